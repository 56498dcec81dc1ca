"""Acts of a departure: withdrawal, announced departure, replacement, giving the post back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from workflows.accounts import on_their_terms
from workflows.acts.award import award_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import all_closed, answered, label
from workflows.acts.post import closed_tenures, repayment_to_open
from workflows.contract import planned_end
from workflows.dossier import Departure, End, EndOutcome, StartGround, Vacancy
from workflows.effects import Addressee, Effect, EffectKind, letter, mail
from workflows.guards import departure as on_departure
from workflows.guards import places as on_places
from workflows.guards import replacement as on_replacement
from workflows.guards import requests as on_request
from workflows.guards.common import reason_written
from workflows.places import Place, PlaceStatus
from workflows.requests import EndReason, FourDates, Request, RequestState
from workflows.states import State

S = State


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawInputs(ActInputs):
    """A withdrawal with its four dates; `effective_on` is the first day without the doctor."""

    dates: FourDates = field(metadata=label("Dates"))
    end_reason: EndReason = field(metadata=label("Raison du départ"))
    cca_from: date | None = field(default=None, metadata=label("Poste de chef de clinique à partir du"))
    request: str | None = field(default=None, metadata=label("Demande"))


def vacancy_of(context: Context[WithdrawInputs]) -> Vacancy:
    """The vacancy a withdrawal opens: days to propose run from the later of report and departure (A11).

    A doctor who never took up the post leaves it empty as soon as they give it up, whatever start was planned.
    """
    inputs, dossier, clause = context.inputs, context.dossier, context.call.clauses.replacement
    told = max(inputs.dates.known_on, min(inputs.dates.recorded_on, context.today))
    since = inputs.dates.effective_on
    if dossier.state is not S.IN_POST:
        since = min(since, context.today)
    start = max(told, since)
    return Vacancy(
        since=since,
        reason=inputs.end_reason,
        told_on=told,
        replace_by=start + timedelta(days=clause.propose_within_days.value or 0),
        give_back_on=start + timedelta(days=clause.give_back_after_days.value or 0),
        cca_from=inputs.cca_from,
        replacement=dossier.departure.replacement if dossier.departure else None,
    )


def _held(place: Place | None, vacancy: Vacancy, *, served: bool) -> Place | None:
    """The place kept for a replacement; a post that was served keeps its place for the promotion (A16)."""
    if place is None or served:
        return place
    return replace(place, status=PlaceStatus.HELD, held_until=vacancy.give_back_on)


def _to_carry_out(requests: tuple[Request, ...], agreed: str | None) -> tuple[Request, ...]:
    """The requests with the replacement agreed before the departure open again until it is carried out.

    Nothing else is proposed, nor the post closed, meanwhile; and whoever takes the replacement back finds it there.
    """
    return tuple(
        replace(r, state=RequestState.UNDER_REVIEW, answered_on=None) if r.id == agreed else r for r in requests
    )


def _withdraw(context: Context[WithdrawInputs]) -> Outcome:
    dossier, inputs = context.dossier, context.inputs
    agreed = dossier.departure.replacement if dossier.departure else None
    requests = answered(context, inputs.request, RequestState.GRANTED).get("requests", dossier.requests)
    changes: dict[str, Any] = {
        "departure": None,
        "notice": None,
        "reserve": None,
        "requests": _to_carry_out(requests, agreed),
    }
    effects: tuple[Effect, ...] = ()
    if dossier.award is not None:
        vacancy = vacancy_of(context)
        changes |= {"vacancy": vacancy, "place": _held(dossier.place, vacancy, served=bool(dossier.tenures))}
        effects += mail("withdrawal_recorded", Addressee.RECRUITER)
    if dossier.tenures:
        last_day = inputs.dates.effective_on - timedelta(days=1)
        changes["tenures"] = closed_tenures(dossier.tenures, last_day)
    if agreed:
        effects += (Effect(EffectKind.ACT, "replace", details={"request": agreed}),)
    return Outcome(changes, effects)


class DepartureLeadsTo(StrEnum):
    """What an announced departure becomes on its day."""

    WITHDRAW = "withdraw"
    RECORD_END = "record_end"

    @property
    def label(self) -> str:
        """The French words."""
        return "désistement" if self is DepartureLeadsTo.WITHDRAW else "fin du poste"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceInputs(WithdrawInputs):
    """A departure to come: on its day the machine records a withdrawal, or the end of the post."""

    leads_to: DepartureLeadsTo = field(metadata=label("Conséquence"))


def _announce(context: Context[AnnounceInputs]) -> Outcome:
    inputs = context.inputs
    departure = Departure(
        act=inputs.leads_to.value,
        reason=inputs.end_reason,
        dates=inputs.dates,
        request=inputs.request,
        cca_from=inputs.cca_from,
    )
    changes = {"departure": departure, **answered(context, inputs.request, RequestState.GRANTED)}
    return Outcome(changes, mail("departure_announced", Addressee.RECRUITER))


def _cancel_departure(context: Context[ActInputs]) -> Outcome:
    return Outcome({"departure": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceInputs(ActInputs):
    """The request for a replacement that is granted."""

    request: str | None = field(default=None, metadata=label("Demande de remplacement"))


def _agree(context: Context[ReplaceInputs]) -> Outcome:
    departure = context.dossier.departure
    if departure is None:
        raise LookupError("no departure")
    changes = {
        "departure": replace(departure, replacement=context.inputs.request),
        **answered(context, context.inputs.request, RequestState.GRANTED),
    }
    return Outcome(changes)


def _replaced_place(context: Context[Any]) -> Place:
    """The held place is confirmed again; a place given back meanwhile is taken again."""
    place = context.dossier.place
    uses = context.dossier.around.quotas
    if place is not None and context.dossier.tenures:
        return place
    short = any(use.places is None or use.taken > use.places for use in uses)
    status = PlaceStatus.PROVISIONAL if short else PlaceStatus.CONFIRMED
    if place is None:
        return Place(status, tuple(use.id for use in uses), context.today)
    return replace(place, status=status, held_until=None)


def _replace(context: Context[ReplaceInputs]) -> Outcome:
    dossier, award = context.dossier, award_of(context)
    request = on_replacement.proposal(context)
    if request is None:
        raise LookupError("no replacement request")
    new_start, started = request.dates.effective_on, dossier.started_on is not None
    keeps_end = started or award.planned_start is None or new_start <= award.planned_start
    end = award.planned_end
    if not keeps_end:
        contract = context.call.clauses.contract
        end = planned_end(contract, new_start, award.months, renewal=dossier.is_renewal)
    place = _replaced_place(context)
    renewed = replace(
        award,
        planned_start=award.planned_start if started else new_start,
        planned_end=end,
        next_start=new_start if started else None,
        conditional=place.status is PlaceStatus.PROVISIONAL,
        candidate_accepted_on=None,
        recruiter_accepted_on=None,
        reply_by=None,
        choose_by=None,
    )
    if _replaced_state(context) is S.SELECTED:
        renewed = replace(renewed, notified_on=None, signed_by=None)
    changes: dict[str, Any] = {
        "award": renewed,
        "candidate": request.candidate,
        "former": _former(context),
        "plan": request.plan or dossier.plan,
        "tenures": on_their_terms(dossier),
        "place": place,
        "vacancy": None,
        "deferred_from": None,
        "start_ground": StartGround.REPLACEMENT,
        **answered(context, request.id, RequestState.GRANTED),
    }
    to = (Addressee.RECRUITER, Addressee.FORMER_CANDIDATE, Addressee.CANDIDATE)
    return Outcome(changes, letter("L12", *to, request=request.id))


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


class CloseGround(StrEnum):
    """Why a vacant post is given back."""

    RENOUNCED = "renounced"
    REFUSED = "refused"
    EXPIRED = "expired"
    NOTHING = "nothing_to_replace"

    @property
    def label(self) -> str:
        """The French words for the ground."""
        return _GROUND_LABELS[self]


_GROUND_LABELS = {
    CloseGround.RENOUNCED: "le recruteur renonce à remplacer",
    CloseGround.REFUSED: "le remplacement est refusé",
    CloseGround.EXPIRED: "le délai de remplacement est passé",
    CloseGround.NOTHING: "il n’y a rien à remplacer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseInputs(ActInputs):
    """Why the post is given back."""

    ground: CloseGround = field(metadata=label("Fondement"))


def _close(context: Context[CloseInputs]) -> Outcome:
    dossier, vacancy = context.dossier, context.dossier.vacancy
    started = dossier.started_on is not None
    since = vacancy.since if vacancy else context.today
    last_day = since - timedelta(days=1)
    served = dossier.tenures[-1].ends_on if dossier.tenures else None
    left = vacancy if on_departure.left_office(dossier) else None
    soon = on_departure.cca_soon(context.call, last_day, left.cca_from, left.reason) if left else None
    end = End(
        id=f"F{dossier.version + 1}",
        last_day=served or last_day,
        outcome=EndOutcome.VACATED if started else EndOutcome.NEVER_STARTED,
        # a replacement who gave up before the first day did not end what was served
        reason=vacancy.reason if vacancy and (left or not started) else None,
        cca=left is not None and on_departure.leaves_as_cca(left.reason, left.cca_from),
        suspected_cca=soon is not None,
    )
    place = dossier.place if started else None
    effects = mail("post_closed", Addressee.RECRUITER, Addressee.SERVICE) if dossier.award else ()
    changes = {"end": end, "place": place, "vacancy": None, **all_closed(context)}
    return Outcome(changes, effects + repayment_to_open(context))


_REPLACING = (
    on_replacement.was_awarded,
    on_replacement.replacement_open,
    on_replacement.proposal_complete,
    on_replacement.opinion_given,
    on_replacement.shares_rechecked,
    on_replacement.proposed_in_time,
    on_replacement.new_start_possible,
)

_LEAVABLE = (S.SELECTED, S.NOTIFIED, S.IN_POST)

ACTS = (
    Act(
        "withdraw",
        "Enregistrer un désistement",
        (Who.INSTRUCTOR, Who.CLOCK),
        WithdrawInputs,
        _withdraw,
        (
            on_request.request_answerable("withdraw"),
            on_departure.announced_before,
            on_departure.as_announced,
            on_departure.departure_reached,
            on_departure.dates_in_order,
            on_departure.cca_pointed_out,
        ),
    ),
    Act(
        "announce_departure",
        "Annoncer un départ",
        (Who.INSTRUCTOR,),
        AnnounceInputs,
        _announce,
        (
            on_request.request_answerable("announce_departure"),
            on_departure.no_departure_yet,
            on_departure.end_foreseeable,
            on_departure.departure_ahead,
            on_departure.dates_in_order,
            on_departure.cca_pointed_out,
            on_departure.leave_is_no_end,
        ),
        sources=_LEAVABLE,
    ),
    Act(
        "cancel_departure",
        "Annuler un départ annoncé",
        (Who.INSTRUCTOR,),
        ActInputs,
        _cancel_departure,
        (reason_written, on_departure.departure_known),
        sources=_LEAVABLE,
    ),
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
        ),
        sources=_LEAVABLE,
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
            on_places.place_left,
        ),
        choose=_replaced_state,
    ),
    Act(
        "close",
        "Clore le poste",
        (Who.HEAD,),
        CloseInputs,
        _close,
        (reason_written, on_replacement.no_open_replacement, on_replacement.given_back_in_time),
    ),
)
