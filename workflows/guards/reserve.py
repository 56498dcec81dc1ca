"""Guards of the reserve list: the offer of a returned place, its answers, the selection that follows (A15)."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflows.actors import Role
from workflows.acts.base import Context, guard, input_guard
from workflows.deadlines import period_end
from workflows.findings import Check, Finding, check, hold, refusal, warning
from workflows.french import listing, short_day
from workflows.guards.common import is_out_of_bounds
from workflows.guards.places import place_left, takes_place
from workflows.states import State

NOT_OFFERED = refusal(
    "place_not_offered",
    "Aucune place n’a été proposée à ce dossier de la liste complémentaire.",
    "Proposez la place avec une date de réponse, puis retenez le dossier.",
)
RESERVE_EXPIRED = refusal(
    "reserve_expired",
    "La liste complémentaire valait jusqu’au {valid_until}.",
    "Elle ne sert plus après cette date, sauf si l’appel ne la fixe pas : un responsable apprécie alors.",
)
RESERVE_ENDS_FIRST = warning(
    "reserve_ends_before_reply",
    "La réponse est attendue jusqu’au {reply_by}, et la liste complémentaire ne vaut que jusqu’au {valid_until}.",
    "Donnez moins de jours pour répondre, ou retenez le dossier avant cette date.",
    rule="A15",
)
NOT_ITS_TURN = hold(
    "better_ranked_not_offered",
    "Des dossiers mieux classés attendent encore une place : {numbers}.",
    "Proposez-leur d’abord la place ; un responsable peut lever la réserve avec un motif.",
    rule="A15",
)
ALL_OFFERED = hold(
    "places_all_offered",
    "Les places qui restent dans « {label} » sont déjà proposées à d’autres dossiers : {numbers}.",
    "Attendez leur réponse ; un responsable peut lever la réserve avec un motif.",
    rule="A15",
)
OFFERED_AGAIN = warning(
    "offer_made_again",
    "La place proposée le {offered_on} a été acceptée : une nouvelle proposition efface cette réponse.",
    "Retenez plutôt le dossier.",
    rule="A15",
)
NOT_ACCEPTED = warning(
    "offer_not_accepted",
    "Aucune acceptation de la place proposée n’est enregistrée de la part {who}.",
    "Demandez la réponse : elle se donne sur la page du dossier. Le silence n’annule rien de lui-même.",
    rule="A15",
)
DECLINED = warning(
    "offer_declined",
    "La place proposée a été refusée le {declined_on}.",
    "Proposez-la au suivant de la liste, ou vérifiez que ce refus ne tient plus.",
    rule="A15",
)
NO_OFFER = refusal(
    "no_offer_waiting",
    "Aucune place proposée n’attend de réponse.",
    "Rien n’est à faire.",
)
ALREADY_ACCEPTED = refusal(
    "offer_already_accepted",
    "Vous avez déjà accepté la place proposée.",
    "Rien n’est à faire ; pour y renoncer, répondez que vous la refusez.",
)
ANSWER_LATE = warning(
    "offer_answer_late",
    "La réponse était attendue jusqu’au {reply_by}.",
    "Un responsable apprécie : la place a pu être proposée au suivant de la liste.",
    rule="A15",
)

OFFER_NOT_RECEIVED = warning(
    "offer_not_received",
    "La place a été proposée avant à {numbers}, sans réponse et sans preuve de réception.",
    "Enregistrez la preuve de réception : sans elle, le silence ne dit pas que la place est refusée.",
    rule="A15",
)

#: Days to answer an offer where the call gives none (A15).
_OFFER_DAYS = 8
_WHO = {
    "recruiter_accepted_on": "de l’établissement recruteur",
    "candidate_accepted_on": "du candidat",
}


def accepting_member(role: Role) -> str:
    """The member of a line of the list that holds the acceptance of who acts."""
    return "candidate_accepted_on" if role is Role.CANDIDATE else "recruiter_accepted_on"


@guard
def offered_from_reserve(context: Context[Any]) -> Check:
    """A reserve dossier is selected only after a place was offered (A15)."""
    reserve = context.dossier.reserve
    waits = context.dossier.state is State.RESERVE and reserve is not None and reserve.offered_on is None
    return check(NOT_OFFERED() if waits else None)


@guard
def list_valid(context: Context[Any]) -> Check:
    """The reserve list still serves (A15)."""
    until = _valid_until(context)
    if until is None or context.today <= until:
        return check()
    return check(RESERVE_EXPIRED.on(context.call.clauses.committee.reserve_until, valid_until=short_day(until)))


def _valid_until(context: Context[Any]) -> date | None:
    reserve = context.dossier.reserve
    return reserve.valid_until if context.dossier.state is State.RESERVE and reserve is not None else None


@input_guard
def answer_while_valid(context: Context[Any]) -> Check:
    """An offer whose answer may come after the end of the list is pointed out: it would serve nothing then (A15)."""
    until = _valid_until(context)
    if until is None or context.today > until or is_out_of_bounds(context.inputs.days):
        return check()
    reply_by = offer_reply_by(context)
    told = RESERVE_ENDS_FIRST(reply_by=short_day(reply_by), valid_until=short_day(until))
    return check(told if reply_by > until else None, reply_by=reply_by)


def offer_reply_by(context: Context[Any]) -> date:
    """The last day to answer an offer made today: the days given, those of the call, or eight."""
    days = context.inputs.days or context.call.clauses.committee.offer_days.value or _OFFER_DAYS
    return period_end(context.today, days, context.calendar)


@guard
def offer_accepted(context: Context[Any]) -> Check:
    """Selecting from the list without the acceptance of those asked is pointed out; nothing is refused (A15)."""
    reserve = context.dossier.reserve
    if context.dossier.state is not State.RESERVE or reserve is None or reserve.offered_on is None:
        return check()
    if reserve.declined_on is not None:
        return check(DECLINED(declined_on=short_day(reserve.declined_on)))
    silent = reserve.silent(named=context.dossier.candidate is not None)
    who = listing([_WHO[member] for member in silent])
    return check(NOT_ACCEPTED(who=who) if silent else None, silent=silent)


@guard
def next_on_the_list(context: Context[Any]) -> Check:
    """A place is offered in the order of the list, to the next whose turn has not passed (A15)."""
    waiting = [b.number for b in context.dossier.around.better_ranked if b.eligible and not b.offered]
    return check(NOT_ITS_TURN(numbers=listing(waiting)) if waiting else None, waiting=tuple(waiting))


@guard
def earlier_offers_received(context: Context[Any]) -> Check:
    """A turn that passed in silence is pointed out while nothing proves that the offer was received (A15)."""
    unheard = [b.number for b in context.dossier.around.better_ranked if b.unheard]
    return check(OFFER_NOT_RECEIVED(numbers=listing(unheard)) if unheard else None, unheard=tuple(unheard))


@guard
def place_not_offered_twice(context: Context[Any]) -> Check:
    """A returned place stands offered to one dossier at a time, and nobody else takes it meanwhile (A15)."""
    around = context.dossier.around
    if not takes_place(context.act, context.dossier):
        return check()
    found: list[Finding] = []
    for use in around.quotas:
        rivals = [offer.number for offer in around.offers if use.id in offer.quotas]
        left = None if use.places is None else use.places - use.taken
        if left is not None and 0 < left <= len(rivals):
            found.append(ALL_OFFERED(label=use.label, numbers=listing(rivals)))
    return check(found, offers=[offer.number for offer in around.offers])


#: What every act that takes a place looks at, whichever it is: the places left, and those that stand offered.
TAKING_A_PLACE = (place_left, place_not_offered_twice)


@guard
def acceptance_kept(context: Context[Any]) -> Check:
    """Offering again to a dossier that accepted the place is pointed out: its answers are lost."""
    entry = context.dossier.reserve
    accepted = entry is not None and (entry.recruiter_accepted_on or entry.candidate_accepted_on)
    if entry is None or entry.offered_on is None or entry.declined_on or not accepted:
        return check()
    return check(OFFERED_AGAIN(offered_on=short_day(entry.offered_on)))


@guard
def offer_waiting(context: Context[Any]) -> Check:
    """A place was offered and nobody declined it."""
    reserve = context.dossier.reserve
    waits = reserve is not None and reserve.offered_on is not None and reserve.declined_on is None
    return check(None if waits else NO_OFFER())


@input_guard
def not_accepted_twice(context: Context[Any]) -> Check:
    """Whoever has accepted may still decline, not accept again."""
    reserve = context.dossier.reserve
    done = reserve is not None and getattr(reserve, accepting_member(context.by.role)) is not None
    return check(ALREADY_ACCEPTED() if done and context.inputs.accepted else None)


@guard
def answered_in_time(context: Context[Any]) -> Check:
    """The answer comes within the period given with the offer; later, a person decides (A15)."""
    reply_by = context.dossier.reserve.reply_by if context.dossier.reserve else None
    late = reply_by is not None and context.today > reply_by
    return check(ANSWER_LATE(reply_by=short_day(reply_by)) if late and reply_by else None)
