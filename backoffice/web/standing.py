"""Where a dossier stands, in a sentence or two: what happened, and what is awaited from whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backoffice.web.choices import known_pieces
from backoffice.web.reader import Page
from workflows.acts import ACTS
from workflows.calls.model import Call
from workflows.french import amount, count, listing, short_day, typography, unbroken
from workflows.guards.common import level_of
from workflows.parts.pieces import PieceState, missing, not_received
from workflows.parts.repayment_steps import RepaymentState
from workflows.proofs import accepting, of_award
from workflows.repaying.track import stands
from workflows.states import State

#: What is said of a period to answer whose letter nobody is proven to have.
NOT_STARTED = "Le délai de réponse n’est pas parti : la preuve de réception est attendue."


def summary(page: Page) -> str:
    """The first line of a dossier."""
    return unbroken(
        typography(
            " ".join(part for part in (_SAYERS[page.view.state](page), _departure(page), _requests(page)) if part)
        )
    )


def paused(page: Page) -> str:
    """The pause of the reminders that runs, in a sentence, for agents; empty without one."""
    pause = page.view.pause
    if not page.visitor.is_agent or pause is None or pause.until < page.today:
        return ""
    which = listing(job.label.lower() for job in pause.paused) if pause.jobs else "tous ceux qu’une pause peut retenir"
    return unbroken(typography(f"Rappels en pause jusqu’au {short_day(pause.until)} compris : {which}."))


def to_put_right(page: Page) -> list[str]:
    """The contests that were upheld and wait for their act, each in a sentence with who does it, for agents."""
    found = page.facts.upheld_contests if page.visitor.is_agent else ()
    return [
        typography(
            f"Contestation fondée ({contest.label}, {amount(contest.amount)}), à faire par "
            f"{who_does(contest.remedy or '', page.call)} : « {ACTS[contest.remedy or ''].label} »."
        )
        for contest in found
    ]


def who_does(act: str, call: Call) -> str:
    """Who does an act, in words; empty for no act."""
    if act not in ACTS:
        return ""
    level = level_of(ACTS[act], call)
    return level.label if level else ACTS[act].who[0].label


def _draft(page: Page) -> str:
    head = "Le brouillon n’est pas encore déposé."
    lacking = not_received(known_pieces(page), page.view.pieces)
    return f"{head} {_pieces(len(lacking), 'reste à fournir', 'restent à fournir')}" if lacking else head


def _pieces(number: int, one: str, several: str) -> str:
    return f"{count(number, 'pièce')} {one if number == 1 else several}."


def _submitted(page: Page) -> str:
    """What lacks and what waits, told apart: a piece that came is not a piece that is missing."""
    view, required = page.view, known_pieces(page)
    lacking = not_received(required, view.pieces)
    waiting = [piece for piece in view.pieces if piece.state is PieceState.RECEIVED]
    told = ["Le dossier est déposé."]
    asked = view.open_piece_request
    if asked is not None:
        verb = "étaient" if asked.due_on < page.today else "sont"
        told.append(f"Des pièces {verb} demandées jusqu’au {short_day(asked.due_on)}.")
    if lacking:
        told.append(_pieces(len(lacking), "reste à fournir", "restent à fournir"))
    if waiting:
        told.append(_pieces(len(waiting), "reçue attend son examen", "reçues attendent leur examen"))
    if not missing(required, view.pieces) and not waiting:
        told.append("Aucune pièce ne manque.")
    return " ".join(told)


def _committee(page: Page) -> str:
    committee = page.view.committee
    if committee is None or committee.judged_on is None:
        return "La commission examine le dossier."
    if not page.visitor.is_agent:
        return "La commission a examiné le dossier. La décision reste à prendre."
    opinion = "favorable" if committee.favourable else "défavorable"
    rank = f", rang {committee.rank}" if committee.rank else ""
    on = short_day(committee.judged_on)
    return f"La commission a rendu un avis {opinion}{rank} le {on}. La décision reste à prendre."


def _reserve(page: Page) -> str:
    entry = page.view.reserve
    if entry is not None and entry.declined_on is not None:
        return f"La place proposée a été refusée le {short_day(entry.declined_on)}."
    if entry is not None and entry.reply_by is not None:
        return f"Une place est proposée. La réponse est attendue jusqu’au {short_day(entry.reply_by)}."
    rank = f" au rang {entry.rank}" if entry is not None and page.visitor.is_agent else ""
    until = f", valable jusqu’au {short_day(entry.valid_until)}" if entry is not None and entry.valid_until else ""
    return f"Le dossier attend une place{rank} sur la liste complémentaire{until}."


def _notified(page: Page) -> str:
    award = page.view.award
    if award is None:
        return "La décision est notifiée."
    lacking = [
        who
        for who, on in (("du candidat", award.candidate_accepted_on), ("du recruteur", award.recruiter_accepted_on))
        if on is None
    ]
    if lacking:
        until = f" jusqu’au {short_day(award.reply_by)}" if award.reply_by else ""
        told = f"La décision est notifiée. L’acceptation {listing(lacking)} est attendue{until}."
        waits = accepting(page.view, of_award(page.view))
        asked = page.call.clauses.award.acceptance_days.value and any(r.is_awaited for r in waits)
        return f"{told} {NOT_STARTED}" if asked and award.reply_by is None else told
    start = award.expected_start
    when = f"{' était' if start < page.today else ' est'} prévue le {short_day(start)} et" if start else ""
    return f"La décision est notifiée et acceptée. La prise de fonctions{when} reste à constater."


def _vacant(page: Page) -> str:
    view = page.view
    if view.vacancy is None:
        return "Le candidat s’est désisté."
    since, until = short_day(view.vacancy.since), short_day(view.vacancy.replace_by)
    if view.vacancy.replace_by < page.today:
        return f"Le poste est vacant depuis le {since}. Le délai pour proposer un remplacement a pris fin le {until}."
    return f"Le poste est vacant depuis le {since}. Un remplacement peut être proposé jusqu’au {until}."


def _repayment(page: Page) -> str:
    current = page.view.repayment
    if current is None or not page.sees_money:
        return "Le poste est terminé. L’agence en règle les comptes avec l’établissement recruteur."
    due = current.decided if current.decided is not None else current.proposed
    word = "décidé" if current.decided is not None else "proposé"
    stage = stands(current, page.view.state, page.today)
    where = "" if current.state is RepaymentState.PROPOSED else f" ({stage})"
    told = f"Un reversement de {amount(due)} est {word}{where}."
    if current.state is RepaymentState.CONTRADICTORY and current.answer_by is None and current.answered_on is None:
        told += f" {NOT_STARTED}"
    if current.decided is None and current.answer_by and current.answered_on is None:
        over = current.answer_by < page.today
        until = short_day(current.answer_by)
        told += f" Les observations {'étaient' if over else 'sont'} attendues jusqu’au {until}."
    if current.decided is not None and current.settled_amount:
        told += f" Il reste {amount(current.outstanding)} à régler."
    return told


def _departure(page: Page) -> str:
    departure = page.view.departure
    return f"Un départ est annoncé pour le {short_day(departure.dates.effective_on)}." if departure else ""


def _requests(page: Page) -> str:
    waiting = [
        f"{request.kind.label} à effet du {short_day(request.dates.effective_on)}"
        for request in page.readable.requests
        if request.is_open
    ]
    if not waiting:
        return ""
    several = len(waiting) > 1
    return f"{'Des demandes attendent' if several else 'Une demande attend'} une réponse : {listing(waiting)}."


def _always(sentence: str) -> Callable[[Page], str]:
    return lambda _page: sentence


_SAYERS: Mapping[State, Callable[[Page], str]] = {
    State.DRAFT: _draft,
    State.SUBMITTED: _submitted,
    State.COMPLETE: _always("Le dossier est complet. Il peut aller en commission."),
    State.COMMITTEE: _committee,
    State.RESERVE: _reserve,
    State.SELECTED: _always("Le dossier est retenu. La décision reste à notifier."),
    State.NOTIFIED: _notified,
    State.IN_POST: _always("Le médecin est en poste."),
    State.WITHDRAWN: _vacant,
    State.REJECTED: _always("Le dossier n’est pas retenu."),
    State.ENDED: _always("Le poste est terminé."),
    State.CLAWBACK: _repayment,
}
