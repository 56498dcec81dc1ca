"""Acts on requests: what a party reports or asks for, and the answers that change nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from workflows.acts.base import Act, ActInputs, Context, Guard, Outcome, Who
from workflows.acts.common import answered, label
from workflows.effects import Addressee, letter, mail
from workflows.guards import cca as on_cca
from workflows.guards import content as on_content
from workflows.guards import departure as on_departure
from workflows.guards import next_holder as on_next_holder
from workflows.guards import post as on_post
from workflows.guards import replacement as on_replacement
from workflows.guards import requests as on_request
from workflows.guards.common import reason_written
from workflows.guards.days import not_in_future, start_ahead
from workflows.parts.candidates import Candidate
from workflows.parts.requests import (
    REQUEST_TABLE,
    EndReason,
    FourDates,
    Repercussions,
    Request,
    RequestKind,
    RequestState,
)
from workflows.sites import Plan
from workflows.states import State

_FULL_TIME = Fraction(1)
_CCA_LABEL = "Poste de chef de clinique à partir du"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalInputs(ActInputs):
    """A withdrawal or an early end as a party tells it; `effective_on` is the first day without the doctor."""

    fact_on: date = field(
        metadata=label("Date du fait", help="Le jour où c’est arrivé, par exemple la lettre de démission.")
    )
    known_on: date = field(metadata=label("Connu le", help="Le jour où vous l’avez appris."))
    effective_on: date = field(
        metadata=label("Premier jour sans le médecin", help="Le lendemain de son dernier jour ; il peut être à venir.")
    )
    end_reason: EndReason = field(metadata=label("Raison"))
    cca_from: date | None = field(
        default=None, metadata=label(_CCA_LABEL, help="Seulement si le médecin devient chef de clinique.")
    )

    @property
    def dates(self) -> FourDates:
        """The dates, the recording left to the act."""
        return FourDates(self.fact_on, self.known_on, self.effective_on, self.known_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementInputs(ActInputs):
    """A replacement candidate, with what the recruiter must say of the change (CVL-15)."""

    candidate: Candidate = field(metadata=label("Personne proposée"))
    new_start: date = field(metadata=label("Prise de fonctions proposée", help="Pas avant que le poste soit libre."))
    letter: bool = field(default=False, metadata=label("Lettre donnant le motif du désistement"))
    repercussions: tuple[Repercussions, ...] | None = field(
        default=None, metadata=label("Répercussions", help="« Sans répercussion » seul, ou ce qui change.")
    )
    plan: Plan | None = field(default=None, metadata=label("Nouvelle répartition du temps"))
    contract_share: Fraction = field(
        default=_FULL_TIME,
        metadata=label(
            "Quotité du contrat proposé", help="Une part d’un temps plein, quelle que fût celle du médecin remplacé."
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralInputs(ActInputs):
    """A later start asked for, and since when its cause is known."""

    new_start: date = field(metadata=label("Nouvelle prise de fonctions", help="Après la date prévue."))
    known_on: date = field(metadata=label("Fait connu le", help="Le jour où la cause du report a été connue."))


def _report(kind: RequestKind) -> Callable[[Context[Any]], Outcome]:
    def perform(context: Context[Any]) -> Outcome:
        inputs, dossier, today = context.inputs, context.dossier, context.today
        known = getattr(inputs, "known_on", today)
        effective = getattr(inputs, "effective_on", None) or inputs.new_start
        request = Request(
            id=f"R{len(dossier.requests) + 1}",
            kind=kind,
            state=RequestState.REPORTED,
            reported_by=context.by.party or context.by.id,
            dates=FourDates(getattr(inputs, "fact_on", known), known, effective, today),
            reason=getattr(inputs, "end_reason", None),
            candidate=getattr(inputs, "candidate", None),
            repercussions=getattr(inputs, "repercussions", None),
            letter=getattr(inputs, "letter", False),
            cca_from=getattr(inputs, "cca_from", None),
            plan=getattr(inputs, "plan", None),
            contract_share=getattr(inputs, "contract_share", _FULL_TIME),
            about=dossier.candidate.id if dossier.candidate else None,
        )
        effects = mail("request_received", Addressee.REPORTER, Addressee.SERVICE, request=request.id)
        return Outcome({"requests": (*dossier.requests, request)}, effects)

    return perform


def _reporting(
    name: str, text: str, kind: RequestKind, who: tuple[Who, ...], inputs: type[ActInputs], *guards: Guard
) -> Act:
    return Act(
        name,
        text,
        (*who, Who.INSTRUCTOR),
        inputs,
        _report(kind),
        (on_request.not_requested_yet(kind), *guards),
        sources=REQUEST_TABLE[kind][0],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInputs(ActInputs):
    """The request the act is about."""

    request: str = field(metadata=label("Demande"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineInputs(RequestInputs):
    """Taking a request under review; the date of the chair’s written opinion when there is one (A13)."""

    chair_opinion_on: date | None = field(
        default=None, metadata=label("Avis écrit de la présidence, daté du", help="Laissez vide s’il n’y a pas d’avis.")
    )


def _examine(context: Context[ExamineInputs]) -> Outcome:
    moved = answered(context, context.inputs.request, RequestState.UNDER_REVIEW)["requests"]
    opinion = context.inputs.chair_opinion_on
    return Outcome({"requests": tuple(_under_review(r, context.inputs.request, opinion) for r in moved)})


def _under_review(request: Request, named: str, opinion: date | None) -> Request:
    if request.id != named:
        return request
    return replace(request, answered_on=None, chair_opinion_on=opinion or request.chair_opinion_on)


#: Refusals that are decisions: a letter, with its reasons and remedies. Reasons on a person proposed are for the
#: recruiter that proposed them, not for the doctor who leaves.
_REFUSED_BY_LETTER = {
    RequestKind.REPLACEMENT: ("L12", (Addressee.RECRUITER,)),
    RequestKind.DEFERRAL: ("L13", (Addressee.RECRUITER, Addressee.CANDIDATE)),
}


def _refuse(context: Context[RequestInputs]) -> Outcome:
    named = context.inputs.request
    request = context.dossier.request(named)
    decision = _REFUSED_BY_LETTER.get(request.kind) if request else None
    if decision is None:
        effects = mail("request_refused", Addressee.REPORTER, request=named)
    else:
        effects = letter(decision[0], *decision[1], request=named)
    return Outcome(answered(context, named, RequestState.REFUSED), effects)


def _cancel(context: Context[RequestInputs]) -> Outcome:
    effects = mail("request_cancelled", Addressee.REPORTER, request=context.inputs.request)
    return Outcome(answered(context, context.inputs.request, RequestState.CANCELLED), effects)


_ANYWHERE = tuple(s for s in State if s is not State.DRAFT)
_ANY_REQUEST = on_request.request_answerable("any", needed=True)

ACTS = (
    _reporting(
        "report_withdrawal",
        "Signaler un désistement",
        RequestKind.WITHDRAWAL,
        (Who.PARTY,),
        WithdrawalInputs,
        on_departure.dates_in_order,
        on_cca.cca_pointed_out,
    ),
    _reporting(
        "propose_replacement",
        "Proposer un remplacement",
        RequestKind.REPLACEMENT,
        (Who.RECRUITER,),
        ReplacementInputs,
        on_replacement.was_awarded,
        on_request.vacancy_or_departure,
        on_replacement.departure_leaves_post,
        on_replacement.nobody_agreed,
        on_replacement.new_plan_said,
        on_content.new_plan_at_sites,
        on_replacement.repercussions_consistent,
        on_replacement.proposed_start_possible,
        on_next_holder.proposed_share_sound,
        start_ahead("à la demande"),
    ),
    _reporting(
        "ask_deferral",
        "Demander un report",
        RequestKind.DEFERRAL,
        (Who.RECRUITER, Who.CANDIDATE),
        DeferralInputs,
        on_post.deferral_open,
        on_request.asked_before_start,
        on_post.deferral_reasonable,
        not_in_future("known_on"),
        start_ahead("à la demande"),
    ),
    _reporting(
        "declare_early_end",
        "Déclarer une fin anticipée",
        RequestKind.EARLY_END,
        (Who.RECRUITER, Who.CANDIDATE),
        WithdrawalInputs,
        on_departure.dates_in_order,
        on_departure.before_term,
        on_cca.cca_pointed_out,
    ),
    Act(
        "examine_request",
        "Examiner une demande",
        (Who.INSTRUCTOR,),
        ExamineInputs,
        _examine,
        (_ANY_REQUEST, not_in_future("chair_opinion_on")),
        sources=_ANYWHERE,
    ),
    Act(
        "refuse_request",
        "Refuser une demande",
        (Who.HEAD,),
        RequestInputs,
        _refuse,
        (_ANY_REQUEST, reason_written),
        sources=_ANYWHERE,
    ),
    Act(
        "cancel_request",
        "Annuler une demande",
        (Who.PARTY, Who.INSTRUCTOR),
        RequestInputs,
        _cancel,
        (_ANY_REQUEST, on_request.own_request),
        sources=_ANYWHERE,
    ),
)
