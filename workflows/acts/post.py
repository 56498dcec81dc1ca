"""Acts of the life of a post: start, deferral, presence, end, renewal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from workflows.account.worth import stay_from
from workflows.acts.award import award_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import all_closed, answered, label
from workflows.contract import deferred_end
from workflows.dossier import End, EndOutcome, StartGround
from workflows.effects import Addressee, Effect, EffectKind, dated, letter
from workflows.guards import award as on_award
from workflows.guards import budget as on_budget
from workflows.guards import cca as on_cca
from workflows.guards import departure as on_departure
from workflows.guards import filing as on_filing
from workflows.guards import next_holder as on_next_holder
from workflows.guards import places as on_places
from workflows.guards import post as on_post
from workflows.guards import requests as on_request
from workflows.guards.common import reason_written
from workflows.guards.days import start_ahead, told_soundly
from workflows.parts.places import PlaceStatus
from workflows.parts.requests import EndReason, RequestState
from workflows.starting import award_once_started
from workflows.states import State
from workflows.tenure import Tenure

S = State


@dataclass(frozen=True, slots=True, kw_only=True)
class StartInputs(ActInputs):
    """The first day served, as the procès-verbal d’installation gives it."""

    start_on: date = field(
        metadata=label("Installé le", help="Le premier jour travaillé, au procès-verbal d’installation.")
    )


def _start(context: Context[StartInputs]) -> Outcome:
    start, dossier, place = context.inputs.start_on, context.dossier, context.dossier.place
    holder = dossier.candidate.id if dossier.candidate else None
    changes = {
        "award": award_once_started(dossier, award_of(context), context.call, start),
        "tenures": (*dossier.tenures, stay_from(dossier, holder, start)),
        "presence_confirmed_on": start,
        "deferred_from": None,
        "notice": None,
    }
    # a provisional place stays so until the quota is known: only then may it be consumed (A18)
    if place is not None and place.status is not PlaceStatus.PROVISIONAL:
        changes["place"] = replace(place, status=PlaceStatus.CONSUMED, held_until=None)
    return Outcome(changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferInputs(ActInputs):
    """The new start, and when the fact was known and told to the authority."""

    new_start: date = field(metadata=label("Nouvelle prise de fonctions"))
    known_on: date = field(metadata=label("Fait connu le", help="Le jour où la cause du report a été connue."))
    told_on: date = field(metadata=label("Signalé à l’agence le", help="Le jour où l’agence l’a appris."))
    request: str | None = field(default=None, metadata=label("Demande"))


def _defer(context: Context[DeferInputs]) -> Outcome:
    award, new = award_of(context), context.inputs.new_start
    old_end = award.planned_end or new
    if context.dossier.tenures:  # the end of a post that was served before does not move (A12)
        deferred = replace(award, next_start=new)
    else:
        end = deferred_end(context.call.clauses, old_end, new, award.months)
        deferred = replace(award, planned_start=new, planned_end=end)
    changes = {
        "award": deferred,
        "start_ground": StartGround.DEFERRAL,
        "deferred_from": context.dossier.deferred_from or award.expected_start,
        **answered(context, context.inputs.request, RequestState.GRANTED),
    }
    said = dated(old_start=award.expected_start, old_end=award.planned_end, new_start=new, new_end=deferred.planned_end)
    asked = {"request": context.inputs.request} if context.inputs.request else {}
    return Outcome(changes, letter("L13", Addressee.RECRUITER, Addressee.CANDIDATE, **asked, **said))


def _confirm_presence(context: Context[ActInputs]) -> Outcome:
    return Outcome({"presence_confirmed_on": context.today})


_IF_EARLY = "obligatoire pour une fin anticipée"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndInputs(ActInputs):
    """The last day served; for an early end, why, with evidence, and when it was known and told."""

    last_day: date = field(metadata=label("Dernier jour de fonctions", help="Le dernier jour travaillé, compris."))
    end_reason: EndReason | None = field(default=None, metadata=label("Raison du départ", needed=_IF_EARLY))
    evidence: str | None = field(
        default=None,
        metadata=label(
            "Pièce justificative",
            help="La lettre de démission, l’arrêté ou l’attestation, par son nom ou son numéro.",
            needed=_IF_EARLY,
        ),
    )
    cca_from: date | None = field(default=None, metadata=label("Poste de chef de clinique à partir du"))
    known_on: date | None = field(default=None, metadata=label("Connu du recruteur le"))
    told_on: date | None = field(
        default=None, metadata=label("Signalé à l’agence le", help="Le jour où l’agence l’a appris.")
    )
    request: str | None = field(default=None, metadata=label("Demande"))


def closed_tenures(tenures: tuple[Tenure, ...], last_day: date) -> tuple[Tenure, ...]:
    """The tenures with the open one closed on its last day."""
    return tuple(t if t.ends_on is not None else replace(t, ends_on=last_day) for t in tenures)


def _end(context: Context[EndInputs]) -> Outcome:
    inputs, dossier, award = context.inputs, context.dossier, award_of(context)
    last_day, reason = on_departure.last_day_of(context), on_departure.end_reason_of(context)
    served = closed_tenures(dossier.tenures, last_day)
    early = award.financed_end is not None and last_day < award.financed_end
    end = End(
        id=f"F{dossier.version + 1}",
        last_day=last_day,
        outcome=EndOutcome.EARLY if early else EndOutcome.COMPLETED,
        reason=reason if early else None,
        cca=early and on_cca.leaves_as_cca(reason, on_departure.cca_from_of(context)),
        suspected_cca=early and on_departure.cca_warning(context) is not None,
        told_on=inputs.told_on if early else None,
    )
    changes = {"tenures": served, "end": end, "departure": None, "vacancy": None}
    return Outcome({**changes, **all_closed(context, granted=inputs.request)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewInputs(ActInputs):
    """The renewal asked for."""

    months: int = field(metadata=label("Durée, en mois"))


def _renew(context: Context[RenewInputs]) -> Outcome:
    number = f"{context.dossier.number}-R{len(context.dossier.renewed_by) + 1}"
    effect = Effect(EffectKind.RENEWAL, number, details={"months": str(context.inputs.months)})
    return Outcome({"renewed_by": (*context.dossier.renewed_by, number)}, (effect,))


ACTS = (
    Act(
        "record_start",
        "Constater la prise de fonctions",
        (Who.INSTRUCTOR,),
        StartInputs,
        _start,
        (
            on_award.candidate_named,
            on_post.doctor_identified,
            on_post.candidate_fits_at_start,
            on_filing.start_pieces_complete,
            on_post.start_allowed,
            on_post.start_deferred,
            on_next_holder.end_priced,
            on_departure.not_gone_by("start_on"),
            on_places.place_confirmed,
            on_award.condition_met,
            on_budget.envelope_told,
        ),
    ),
    Act(
        "defer",
        "Accorder un report",
        (Who.HEAD,),
        DeferInputs,
        _defer,
        (
            reason_written,
            on_request.request_answerable("defer"),
            on_post.deferral_open,
            on_post.deferral_reasonable,
            on_departure.not_gone_by("new_start"),
            on_post.told_in_time,
            told_soundly,
            start_ahead("à la décision"),
            on_budget.envelope_covers,
        ),
        sources=(S.SELECTED, S.NOTIFIED),
    ),
    Act(
        "confirm_presence",
        "Confirmer la présence",
        (Who.RECRUITER, Who.INSTRUCTOR),
        ActInputs,
        _confirm_presence,
        sources=(S.IN_POST,),
    ),
    Act(
        "record_end",
        "Constater la fin",
        (Who.INSTRUCTOR, Who.CLOCK),
        EndInputs,
        _end,
        (
            on_request.request_answerable("record_end"),
            on_departure.post_started,
            on_departure.announced_before,
            on_departure.as_announced,
            on_departure.end_sound,
            on_departure.leave_is_no_end,
            on_departure.declared_in_time,
            told_soundly,
        ),
    ),
    Act(
        "renew",
        "Demander le renouvellement",
        (Who.RECRUITER, Who.INSTRUCTOR),
        RenewInputs,
        _renew,
        (on_post.renewal_allowed,),
        sources=(S.IN_POST, S.ENDED),
    ),
)
