"""Acts of a departure: withdrawal, announced departure, giving the post back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from workflows.account.adjusting import adjusted
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import all_closed, answered, label
from workflows.acts.post import closed_tenures
from workflows.dossier import Dossier, End, EndOutcome
from workflows.effects import Addressee, Effect, EffectKind, mail
from workflows.guards import cca as on_cca
from workflows.guards import departure as on_departure
from workflows.guards import replacement as on_replacement
from workflows.guards import requests as on_request
from workflows.guards.common import reason_written
from workflows.parts.departures import Departure, Vacancy
from workflows.parts.places import Place, PlaceStatus
from workflows.parts.requests import EndReason, FourDates, Request, RequestState
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


def as_announced(departure: Departure) -> WithdrawInputs:
    """What is recorded once a departure announced has taken effect, and leaves the post vacant."""
    return WithdrawInputs(
        dates=departure.dates,
        end_reason=departure.reason,
        cca_from=departure.cca_from,
        request=departure.request,
    )


def once_left(context: Context[Any], dossier: Dossier, departure: Departure) -> Dossier:
    """The dossier once a departure announced has left its post vacant."""
    on = max(context.today, departure.dates.effective_on)
    leaving = replace(context, act="withdraw", dossier=dossier, inputs=as_announced(departure), today=on)
    changes = adjusted(dossier, _withdraw(leaving).changes, act=leaving.act, on=on, call=context.call)
    return replace(dossier, state=State.WITHDRAWN, **changes)


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
    soon = on_cca.cca_soon(context.call, last_day, left.cca_from, left.reason) if left else None
    end = End(
        id=f"F{dossier.version + 1}",
        last_day=served or last_day,
        outcome=EndOutcome.VACATED if started else EndOutcome.NEVER_STARTED,
        # a replacement who gave up before the first day did not end what was served
        reason=vacancy.reason if vacancy and (left or not started) else None,
        cca=left is not None and on_cca.leaves_as_cca(left.reason, left.cca_from),
        suspected_cca=soon is not None,
        told_on=vacancy.told_on if vacancy else None,
    )
    place = dossier.place if started else None
    effects = mail("post_closed", Addressee.RECRUITER, Addressee.SERVICE) if dossier.award else ()
    changes = {"end": end, "place": place, "vacancy": None, **all_closed(context)}
    return Outcome(changes, effects)


#: Where a departure may be announced.
LEAVABLE = (S.SELECTED, S.NOTIFIED, S.IN_POST)

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
            on_cca.cca_pointed_out,
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
            on_cca.cca_pointed_out,
            on_departure.leave_is_no_end,
        ),
        sources=LEAVABLE,
    ),
    Act(
        "cancel_departure",
        "Annuler un départ annoncé",
        (Who.INSTRUCTOR,),
        ActInputs,
        _cancel_departure,
        (reason_written, on_departure.departure_known),
        sources=LEAVABLE,
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
