"""What the reminders of the machine tell: what is expected, from whom, until when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from backoffice.services.mail_matter import Matter, Values, wanted_of
from backoffice.services.mail_vacancy import withdrawn
from workflows.asking import reminded, still_awaited
from workflows.due import DueKind
from workflows.due.money import titles_reminded_of
from workflows.effects import Addressee
from workflows.french import count, zone_label
from workflows.letters.law import basis
from workflows.letters.pieces import asked, filing_pieces, start_pieces
from workflows.parts.repayments import RepaymentFile
from workflows.parts.requests import RequestKind
from workflows.states import State

#: What an alert is about, in a few words: the end of its subject.
_ALERTS: Mapping[str, str] = MappingProxyType(
    {
        "receipt_watch": "accusé de réception en retard",
        "pieces_overdue": "délai des pièces passé",
        "silence_alert": "le silence vaudra bientôt rejet",
        "silence_elapsed": "le silence vaut rejet",
        "offer_over": "place proposée restée sans réponse",
        "award_reply": "acceptation attendue",
        "choice": "choix du médecin attendu",
        "condition": "condition de l’attribution à remplir",
        "start_watch": "prise de fonctions à constater",
        "financing_loss": "prise de fonctions non constatée",
        "replacement_reminder": "remplacement à proposer",
        "give_back": "poste vacant, décision à prendre",
        "notice_over": "courrier contradictoire resté sans réponse",
        "tranche": "tranche à déléguer",
        "fir_lapse": "crédits à verser avant leur perte",
        "contradictory_over": "reversement à décider",
        "title_unpaid": "titre de recettes impayé",
        "claim_due": "réclamation à répondre",
        "claim_elapsed": "réclamation restée sans réponse",
        "time_bar": "reversement bientôt prescrit",
        "retention_over": "durée de conservation atteinte",
    }
)
_UNKNOWN_ALERT = "à suivre"


def nature(kind: str) -> str:
    """What an alert of a kind is about, in a few words."""
    return _ALERTS.get(kind, _UNKNOWN_ALERT)


def _pieces_due(matter: Matter) -> Values:
    early = matter.name == DueKind.PIECES_REMINDER.value
    mine = matter.present(reminded(matter.view, matter.details.get("due_on"), matter.call, early=early) or None)
    keys = wanted_of(matter, _together([still_awaited(matter.view, request) for request in mine]))
    return {
        "asked_on": mine[0].asked_on,
        "due_on": max(request.due_on for request in mine),
        "groups": asked(matter.view, matter.call, keys),
    }


def _together(awaited: Iterable[Mapping[Addressee, tuple[str, ...]]]) -> dict[Addressee, tuple[str, ...]]:
    """What is awaited of each by several requests, each piece once."""
    found: dict[Addressee, tuple[str, ...]] = {}
    for of_one in awaited:
        for who, keys in of_one.items():
            found[who] = tuple(dict.fromkeys((*found.get(who, ()), *keys)))
    return found


def _draft(matter: Matter) -> Values:
    view, closing = matter.view, matter.call.parameters.closing_at(matter.today)
    open_still = closing.value is not None and closing.value.last_day >= matter.today
    ends = matter.present(closing.value if open_still and view.state is State.DRAFT else None)
    joint, names = matter.call.clauses.filing.joint.value, {site.id: site.name for site in view.sites}
    waiting = [names.get(d.party or "", "le candidat") for d in view.depositors if joint and not d.confirmed]
    return {
        "wording": ends.wording,
        "last_day": ends.last_day,
        "clock": zone_label(ends.zone),
        "days_left": (ends.last_day - matter.today).days,
        "closing_basis": basis(closing) if closing.value == matter.call.parameters.closing.value else None,
        "waiting": waiting,
        "groups": filing_pieces(view, matter.call),
        "complete_at_deadline": bool(matter.call.clauses.filing.complete_at_deadline.value),
    }


def _start_watch(matter: Matter) -> Values:
    award = matter.view.award if matter.view.state is State.NOTIFIED else None
    return {
        "start": matter.present(matter.present(award).expected_start),
        "groups": start_pieces(matter.view, matter.call),
        "for_recruiter": _for_recruiter(matter),
    }


def _for_recruiter(matter: Matter) -> bool:
    return not matter.to or Addressee.RECRUITER in matter.to


def _replacement(matter: Matter) -> Values:
    values = withdrawn(matter)
    proposed = any(r.kind is RequestKind.REPLACEMENT and r.is_open for r in matter.view.requests)
    waits = matter.view.state is State.WITHDRAWN and values["replaceable"] and not (values["agreed"] or proposed)
    matter.present(values["vacancy"] if waits else None)
    return values | {"for_recruiter": _for_recruiter(matter)}


def _award_reply(matter: Matter) -> Values:
    award = matter.present(matter.view.award if matter.view.state is State.NOTIFIED else None)
    waiting = {
        "le médecin": award.candidate_accepted_on is None,
        "l’établissement recruteur": award.recruiter_accepted_on is None,
    }
    mine = {Addressee.CANDIDATE: "le médecin", Addressee.RECRUITER: "l’établissement recruteur"}
    reader = {mine[who] for who in matter.to if who in mine} or set(waiting)
    asked_for = [who for who, waits in waiting.items() if waits and who in reader]
    return {"reply_by": matter.present(award.reply_by if asked_for else None), "waiting": asked_for}


def _title_unpaid(matter: Matter) -> Values:
    on = matter.details.get("due_on")
    day = date.fromisoformat(on) if on else None
    found = matter.present(titles_reminded_of(matter.view, matter.call, day) or None)
    several = count(len(found), "titre de recettes", "titres de recettes")
    named = f"titre de recettes {found[0].title}" if len(found) == 1 else several
    return {"titles": [_title(repayment) for repayment in found], "named": named}


def _title(repayment: RepaymentFile) -> Values:
    """What a title asks for, what came of it, and what is left."""
    asked = repayment.decided if repayment.title_amount is None else repayment.title_amount
    return {
        "number": repayment.title,
        "on": repayment.title_on,
        "asked": asked,
        "settled": (asked or Decimal(0)) - repayment.outstanding,
        "left": repayment.outstanding,
    }


def _alert(matter: Matter) -> Values:
    return {
        "what": matter.present(matter.details.get("what")),
        "nature": nature(matter.details.get("kind", "")),
        "state": matter.view.state.label,
    }


#: What each reminder tells, by its name.
REMINDERS: Mapping[str, Callable[[Matter], Values]] = MappingProxyType(
    {
        DueKind.PIECES_REMINDER.value: _pieces_due,
        DueKind.PIECES_LAST_DAY.value: _pieces_due,
        DueKind.DRAFT_REMINDER.value: _draft,
        DueKind.START_WATCH.value: _start_watch,
        DueKind.REPLACEMENT_REMINDER.value: _replacement,
        DueKind.AWARD_REPLY.value: _award_reply,
        DueKind.TITLE_UNPAID.value: _title_unpaid,
        "alert": _alert,
    }
)

_UNTIL: Mapping[str, Callable[[Values], date]] = MappingProxyType(
    {
        DueKind.PIECES_REMINDER.value: lambda values: values["due_on"],
        DueKind.PIECES_LAST_DAY.value: lambda values: values["due_on"],
        DueKind.DRAFT_REMINDER.value: lambda values: values["last_day"],
        DueKind.REPLACEMENT_REMINDER.value: lambda values: values["vacancy"].replace_by,
        DueKind.AWARD_REPLY.value: lambda values: values["reply_by"],
    }
)


def until(kind: str, values: Values) -> date | None:
    """The last day a reminder speaks of: once past, it has nothing to say any more. None when it speaks of none."""
    found = _UNTIL.get(kind)
    return found(values) if found else None
