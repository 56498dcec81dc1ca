"""Acts of a replacement: agreed before a departure, granted after it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from workflows.account.adjusting import adjusted
from workflows.account.worth import on_their_terms
from workflows.acts.award import award_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import answered, label
from workflows.acts.vacancy import LEAVABLE, once_left
from workflows.contract import deferred_end
from workflows.dossier import Dossier, StartGround
from workflows.effects import Addressee, Effect, dated, letter
from workflows.guards import budget as on_budget
from workflows.guards import departure as on_departure
from workflows.guards import next_holder as on_next_holder
from workflows.guards import replacement as on_replacement
from workflows.guards import requests as on_request
from workflows.guards import reserve as on_reserve
from workflows.parts.places import Place, PlaceStatus
from workflows.parts.requests import Request, RequestState
from workflows.states import State

S = State


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceInputs(ActInputs):
    """The request for a replacement that is granted."""

    request: str | None = field(default=None, metadata=label("Demande de remplacement"))


def _agree(context: Context[ReplaceInputs]) -> Outcome:
    departure, request = context.dossier.departure, on_replacement.proposal(context)
    if departure is None or request is None:
        raise LookupError("no departure or no replacement request")
    changes = {
        "departure": replace(departure, replacement=context.inputs.request),
        **answered(context, context.inputs.request, RequestState.GRANTED),
    }
    return Outcome(changes, _granted(context, request, Addressee.RECRUITER, left=departure.dates.effective_on))


def _granted(context: Context[ReplaceInputs], request: Request, *to: Addressee, **days: date) -> tuple[Effect, ...]:
    """The letter of a replacement granted, with the days that it gives to the post."""
    given = dated(start=request.dates.effective_on, end=_end_of(context, request), **days)
    return letter("L12", *to, request=request.id, **given)


def _end_of(context: Context[ReplaceInputs], request: Request) -> date | None:
    """The end of the post once it is replaced: it moves only with the start of a post that nobody served (A9, A12)."""
    dossier, award, new_start = context.dossier, award_of(context), request.dates.effective_on
    if dossier.started_on or award.planned_start is None or new_start <= award.planned_start:
        return award.planned_end
    clauses = context.call.clauses
    return deferred_end(clauses, award.planned_end, new_start, award.months, renewal=dossier.is_renewal)


def _replaced_place(context: Context[Any]) -> Place:
    """The held place is confirmed again, whatever its quota became if the award stays firm (A18).

    A place given back meanwhile is taken again.
    """
    place, award = context.dossier.place, context.dossier.award
    uses = context.dossier.around.quotas
    if place is not None and context.dossier.tenures:
        return place
    short = any(use.places is None or use.taken > use.places for use in uses)
    kept = place is not None and award is not None and award.is_firm and _replaced_state(context) is S.NOTIFIED
    status = PlaceStatus.PROVISIONAL if short and not kept else PlaceStatus.CONFIRMED
    if place is None:
        return Place(status, tuple(use.id for use in uses), context.today)
    return replace(place, status=status, held_until=None)


def _replace(context: Context[ReplaceInputs]) -> Outcome:
    dossier, award = context.dossier, award_of(context)
    request = on_replacement.proposal(context)
    if request is None:
        raise LookupError("no replacement request")
    new_start, started = request.dates.effective_on, dossier.started_on is not None
    place = _replaced_place(context)
    renewed = replace(
        award,
        planned_start=award.planned_start if started else new_start,
        planned_end=_end_of(context, request),
        next_start=new_start if started else None,
        conditional=place.status is PlaceStatus.PROVISIONAL,
        candidate_accepted_on=None,
        recruiter_accepted_on=None,
        reply_by=None,
        choose_days=None,
        choose_by=None,
    )
    if _replaced_state(context) is S.SELECTED:
        renewed = replace(renewed, notified_on=None, signed_by=None)
    changes: dict[str, Any] = {
        "award": renewed,
        "candidate": request.candidate,
        "former": _former(context),
        "plan": request.plan or dossier.plan,
        "contract_share": request.contract_share,
        "tenures": on_their_terms(dossier),
        "place": place,
        "vacancy": None,
        "deferred_from": None,
        "start_ground": StartGround.REPLACEMENT,
        **answered(context, request.id, RequestState.GRANTED),
    }
    told = dossier.vacancy is not None and dossier.vacancy.replacement == request.id  # when it was agreed
    to = (() if told else (Addressee.RECRUITER,)) + (Addressee.FORMER_CANDIDATE, Addressee.CANDIDATE)
    return Outcome(changes, _granted(context, request, *to))


def _carried_out(context: Context[ReplaceInputs], after: Dossier) -> Dossier:
    """The post once its doctor has left and the machine has replaced them, on the day of the departure."""
    if after.departure is None:
        raise LookupError("no departure")
    left = once_left(context, after, after.departure)
    on = max(context.today, after.departure.dates.effective_on)
    changes = _replace(replace(context, act="replace", dossier=left, today=on)).changes
    return replace(left, **adjusted(left, changes, act="replace", on=on, call=context.call))


def _former(context: Context[ReplaceInputs]) -> tuple[str, ...]:
    """Those who held the post or were to hold it before the doctor who comes."""
    leaving = context.dossier.candidate
    return (*context.dossier.former, leaving.id) if leaving else context.dossier.former


def _replaced_state(context: Context[ReplaceInputs]) -> State:
    """The award is made again when the replacement changes the project, or when it was never notified."""
    request, award = on_replacement.proposal(context), context.dossier.award
    changed = request is not None and on_replacement.has_repercussions(request)
    told = award is not None and award.notified_on is not None
    return S.SELECTED if changed or not told else S.NOTIFIED


_REPLACING = (
    on_replacement.was_awarded,
    on_replacement.replacement_open,
    on_replacement.proposal_complete,
    on_replacement.opinion_given,
    on_replacement.shares_rechecked,
    on_replacement.proposed_in_time,
    on_replacement.new_start_possible,
    on_next_holder.next_share_followed,
    on_next_holder.granted_end_priced,
)

ACTS = (
    Act(
        "agree_replacement",
        "Accorder un remplacement avant le départ",
        (Who.HEAD,),
        ReplaceInputs,
        _agree,
        (
            on_departure.departure_known,
            on_departure.departure_to_come,
            on_replacement.departure_leaves_post,
            on_request.request_answerable("replace", needed=True),
            *_REPLACING,
            on_budget.envelope_covers,
        ),
        sources=LEAVABLE,
        carried_out=_carried_out,
    ),
    Act(
        "replace",
        "Accorder le remplacement",
        (Who.HEAD, Who.CLOCK),
        ReplaceInputs,
        _replace,
        (
            on_request.request_answerable("replace", needed=True),
            on_replacement.agreed_before,
            *_REPLACING,
            *on_reserve.TAKING_A_PLACE,
            on_budget.envelope_covers,
        ),
        choose=_replaced_state,
    ),
)
