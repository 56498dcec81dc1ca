"""The closed lists a form offers, drawn from the dossier: requests, pieces, sessions, signatories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from backoffice.services.committee import voters
from backoffice.services.people import signatories
from backoffice.web.addressees import name_of
from backoffice.web.choices_money import money_choices
from backoffice.web.choices_repayment import said_of
from backoffice.web.forms import Option, options_of
from backoffice.web.reader import Page
from backoffice.web.words import capital
from workflows.acts.base import Act
from workflows.calls.model import Channel, Window
from workflows.calls.parameters import Session
from workflows.calls.sources import Sourced
from workflows.describe import letter_name
from workflows.dossier import Dossier
from workflows.french import count, listing, short_day, typography
from workflows.guards.filing import askable, listed
from workflows.jobs import PAUSABLE
from workflows.letters.asked import AskedLetter, Wish, lacks
from workflows.parts.pieces import Piece, PieceState, Requirement, not_received
from workflows.parts.receipts import Receipt
from workflows.parts.requests import REQUEST_TABLE, Request, RequestKind
from workflows.proofs import of_notice
from workflows.states import State

_ANY_KIND = frozenset(RequestKind)
_LINKED_VOTES = (
    "Cochez les membres liés au dossier qui ont pris part au vote. Ceux qui ont déclaré un lien sont cochés : décochez "
    "ceux qui ont quitté la salle."
)
#: Acts that record what came otherwise than here.
_ARRIVED = frozenset({"answer_notice", "contest_line", "file_claim", "record_remarks", "register_received"})
_DEPARTING = frozenset({"withdraw", "record_end", "announce_departure"})


def choices_for(page: Page, act: Act) -> dict[str, tuple[Option, ...]]:
    """The options of each field of the form of an act, for fields that are a choice among what exists."""
    names = set(act.inputs.__dataclass_fields__)
    found: dict[str, tuple[Option, ...]] = {}
    if "request" in names:
        found["request"] = _requests(page, act.name)
    if "keys" in names or "key" in names:
        many = "keys" in names  # one judges a piece of a round that is over, one does not ask for it again
        pieces = _to_ask(page) if many else tuple(Option(r.key, capital(r.label)) for r in listed_pieces(page))
        found["keys" if many else "key"] = pieces
    if "session" in names and page.call.parameters.sessions:  # a call that announces none takes any
        found["session"] = tuple(Option(s.id, typography(_session(s))) for s in page.call.parameters.sessions)
    if "signed_by" in names:
        found["signed_by"] = tuple(
            Option(str(a.id), f"{a.name}, {a.capacity or a.role}") for a in signatories(page.session, page.row.region)
        )
    if "conflicted_votes" in names:
        found |= dict.fromkeys(("present", "against", "abstaining", "conflicted_votes"), _voters(page))
    if act.name in _OF_RECEIPTS:
        found["receipt"] = tuple(Option(r.id, _provable_in_words(page, r)) for r in _OF_RECEIPTS[act.name](page.facts))
    if act.name in _ARRIVED:
        found["channel"] = tuple(o for o in options_of(Channel) if o.value != Channel.ONLINE.value)
    if "jobs" in names:
        found["jobs"] = tuple(Option(job.value, job.label) for job in PAUSABLE)
    found |= money_choices(page.view, names)
    if act.name in _ALONE:
        name, options = _ALONE[act.name]
        found[name] = options(page)
    return found


def _askable(page: Page) -> tuple[Option, ...]:
    """The letters that have something to tell today, the annual one in any year of the post."""
    years = range((page.facts.started_on or page.today).year, page.today.year + 1)
    wishes = [Wish(letter, year, page.today) for letter in AskedLetter for year in years]
    found = dict.fromkeys(wish.letter for wish in wishes if lacks(page.facts, wish) is None)
    return tuple(Option(wanted.value, wanted.label) for wanted in found)


def _reexaminable(_: Page) -> tuple[Option, ...]:
    return tuple(Option(s.value, s.label) for s in (State.COMPLETE, State.COMMITTEE))


#: Acts with a choice of their own: the field, and what it offers.
_ALONE: Mapping[str, tuple[str, Callable[[Page], tuple[Option, ...]]]] = {
    "ask_letter": ("letter", _askable),
    "reexamine": ("to", _reexaminable),
}


def _to_ask(page: Page) -> tuple[Option, ...]:
    """The pieces that may be asked for, each with where it stands; those that suit come last."""
    held = {piece.key: piece for piece in page.facts.pieces}
    wanted = sorted(known_pieces(page), key=lambda r: r.key in held and held[r.key].state.satisfies)
    return tuple(Option(r.key, typography(f"{capital(r.label)} : {_stands(held.get(r.key))}")) for r in wanted)


def _stands(piece: Piece | None) -> str:
    if piece is None or piece.state is PieceState.EXPECTED:
        return "pas encore reçue"
    if piece.state is PieceState.REFUSED:
        return f"refusée, {piece.defect.label}" if piece.defect else "refusée"
    if piece.state.satisfies:
        return piece.state.label
    return f"reçue le {short_day(piece.received_on)}, à examiner" if piece.received_on else "reçue, à examiner"


def to_ask_again(page: Page) -> list[str]:
    """The keys of what is usually asked for: what has not come, or does not suit."""
    return [r.key for r in not_received(known_pieces(page), page.facts.pieces)]


def _provable(view: Dossier) -> list[Receipt]:
    """The letters whose receipt may be proven: those that wait, the oldest first, then those already proven."""
    return sorted((r for r in view.receipts if not r.void), key=lambda r: (not r.is_awaited, r.entry))


#: The letters that an act may be about, by act.
_OF_RECEIPTS: Mapping[str, Callable[[Dossier], Iterable[Receipt]]] = {
    "record_proof": _provable,
    "withdraw_proof": lambda view: [r for r in view.receipts if r.is_proven and not r.void],
    "answer_notice": lambda view: [r for r in of_notice(view) if r.answered_on is None],
}


def receipt_in_words(page: Page, receipt: Receipt) -> str:
    """A letter and who has to receive it, who comes first: a narrow list cuts the end."""
    what = f"{letter_name(receipt.letter)} du {short_day(receipt.asked_on)}"
    return typography(f"{name_of(page, receipt)} : {what}")


def _provable_in_words(page: Page, receipt: Receipt) -> str:
    proven = f", réception prouvée le {short_day(receipt.received_on)}" if receipt.received_on else ""
    return f"{receipt_in_words(page, receipt)}{typography(proven)}"


def _voters(page: Page) -> tuple[Option, ...]:
    """Who may have voted on the dossier, the links they declared beside their names."""
    return tuple(
        Option(str(v.account), f"{v.name} (a déclaré un lien)" if v.declared else v.name)
        for v in voters(page.session, page.row)
    )


def _session(session: Session) -> str:
    """A session as one chooses it: what the call names it, and when it sits."""
    if session.first == session.last:
        return f"{session.label}, le {short_day(session.first)}"
    return f"{session.label}, du {short_day(session.first)} au {short_day(session.last)}"


#: Fields that hold a start, which the call allows on some days only.
_STARTS = ("planned_start", "new_start", "start_on")


def helps_for(page: Page, act: Act) -> dict[str, str]:
    """What the call says of the values of some fields, in a sentence beside them."""
    names, found = set(act.inputs.__dataclass_fields__), dict[str, str]()
    if "session" in names and not page.call.parameters.sessions:
        found["session"] = "L’appel n’annonce aucune séance : nommez-la par sa date, par exemple « 12 juin 2025 »."
    if "conflicted_votes" in names:
        found["conflicted_votes"] = _LINKED_VOTES
    if "keys" in names:
        found["days"] = _period_help(page)
    windows = starts(page.call.clauses.contract.windows)
    found |= {name: windows for name in _STARTS if name in names and windows}
    found |= said_of(page, act)
    return {name: typography(text) for name, text in found.items()}


def _period_help(page: Page) -> str:
    """How many days an empty answer stands for, and how they are counted."""
    days = page.call.clauses.filing.completion_days
    whose = "choisis là où l’appel ne dit rien" if days.is_default else "ceux de l’appel"
    asked = f"Vide : {count(days.value, 'jour')}, {whose}. " if days.value else ""
    counted = "Le délai compte à partir de demain. S’il finit un samedi, un dimanche ou un jour férié, "
    return f"{asked}{counted}il va jusqu’au premier jour ouvré qui suit."


def starts(windows: Sourced[tuple[Window, ...]]) -> str:
    """The starts a call allows, in a sentence; empty when it says nothing of them."""
    if not windows.value:
        return ""
    return f"L’appel prévoit : {listing([_window(w) for w in windows.value], last='ou')}."


def _window(window: Window) -> str:
    if window.last is None:
        return f"à partir du {short_day(window.first)}"
    if window.first == window.last:
        return f"le {short_day(window.first)}"
    return f"du {short_day(window.first)} au {short_day(window.last)}"


def _requests(page: Page, act: str) -> tuple[Option, ...]:
    kinds = {kind for kind, (_, granting) in REQUEST_TABLE.items() if granting == act} or _ANY_KIND
    if act == "agree_replacement":
        kinds = {RequestKind.REPLACEMENT}
    elif act in _DEPARTING:  # a departure told under one name may turn out to be the other
        kinds = {RequestKind.WITHDRAWAL, RequestKind.EARLY_END}
    return tuple(
        Option(r.id, request_in_words(page, r)) for r in page.readable.requests if r.is_open and r.kind in kinds
    )


def request_in_words(page: Page, request: Request) -> str:
    """A request as everybody names it: its kind, its day, its whole number."""
    return f"{request.kind.label} du {short_day(request.dates.recorded_on)}, n° {page.facts.number}-{request.id}"


def known_pieces(page: Page) -> tuple[Requirement, ...]:
    """The pieces that may be asked for or given on this dossier now, those that the visitor may read."""
    return tuple(r for r in askable(page.facts, page.call.clauses.pieces) if page.readable.piece(r.key))


def listed_pieces(page: Page) -> tuple[Requirement, ...]:
    """The pieces a page tells of: those, and the pieces held of the rounds that are over."""
    return tuple(r for r in listed(page.facts, page.call.clauses.pieces) if page.readable.piece(r.key))
