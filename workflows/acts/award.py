"""Acts of the award: notification, acceptance, candidate, lapse, re-examination."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.actors import Role
from workflows.acts import told
from workflows.acts.answers import AnswerInputs, answer_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import all_closed, label, without_award
from workflows.effects import Addressee, dated, letter, mail
from workflows.guards import answers as on_answer
from workflows.guards import award as on_award
from workflows.guards import committee as on_committee
from workflows.guards import places as on_places
from workflows.guards.common import period_sound, reason_written
from workflows.guards.days import not_in_future, ordered_after_rejection
from workflows.parts.awards import Award
from workflows.parts.candidates import Candidate
from workflows.parts.notices import Notice, Rejection
from workflows.parts.places import PlaceStatus
from workflows.parts.receipts import EXPRESS, voided
from workflows.proofs import NOTICE_DAYS, of_notice
from workflows.states import State

S = State


def award_of(context: Context[Any]) -> Award:
    """The award; LookupError on a dossier without one (the table never lets that happen)."""
    if context.dossier.award is None:
        raise LookupError("no award")
    return context.dossier.award


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyInputs(ActInputs):
    """Who signs the decision: the id of a signatory in force."""

    signed_by: str = field(metadata=label("Signataire"))


def _notify(context: Context[NotifyInputs]) -> Outcome:
    place, award, today = context.dossier.place, award_of(context), context.today
    conditional = place is not None and place.status is PlaceStatus.PROVISIONAL
    notified = replace(
        award,
        conditional=conditional,
        notified_on=today,
        signed_by=context.inputs.signed_by,
        reply_by=None,
        choose_days=_choose_days(context),
        choose_by=None,
    )
    effects = letter("L8b" if conditional else "L8", *told.of_result(context))
    return Outcome({"award": notified}, effects)


def _choose_days(context: Context[Any]) -> int | None:
    """The days left to a doctor who stands in another dossier to say which post is theirs, from their receipt (A34)."""
    asked = context.dossier.around.same_doctor
    return context.call.clauses.award.choice_days.value or None if asked else None


def _accept(context: Context[ActInputs]) -> Outcome:
    member = "candidate_accepted_on" if context.by.role is Role.CANDIDATE else "recruiter_accepted_on"
    changed: dict[str, Any] = {member: context.today}
    return Outcome({"award": replace(award_of(context), **changed)})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionInputs(ActInputs):
    """The evidence that the condition of an award is met, and the day it was. `evidence` is a reference."""

    met_on: date = field(metadata=label("Remplie le"))
    evidence: str = field(metadata=label("Pièce justificative"))


def _meet(context: Context[ConditionInputs]) -> Outcome:
    return Outcome({"award": replace(award_of(context), condition_met_on=context.inputs.met_on)})


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCandidateInputs(ActInputs):
    """The candidate of a post awarded without a name."""

    candidate: Candidate = field(metadata=label("Candidat"))


def _name(context: Context[NameCandidateInputs]) -> Outcome:
    return Outcome({"candidate": context.inputs.candidate})


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyInputs(ActInputs):
    """Facts about the candidate that came to be known; what is None stays as it is."""

    rpps: str | None = field(default=None, metadata=label("Numéro RPPS", personal=True))
    registered: bool | None = field(default=None, metadata=label("Inscription à l’Ordre"))
    full_licence: bool | None = field(default=None, metadata=label("Plénitude d’exercice"))
    specialist_title: bool | None = field(default=None, metadata=label("Titre de spécialiste"))
    foreign_title: bool | None = field(default=None, metadata=label("Titre étranger"))
    residency_ends_on: date | None = field(default=None, metadata=label("Fin de l’internat", long_ago=True))
    title_obtained_on: date | None = field(default=None, metadata=label("Titre obtenu le", long_ago=True))


def _identify(context: Context[IdentifyInputs]) -> Outcome:
    names = [n for n in IdentifyInputs.__dataclass_fields__ if n not in ActInputs.__dataclass_fields__]
    given = {n: getattr(context.inputs, n) for n in names}
    candidate = context.dossier.candidate
    if candidate is None:
        raise LookupError("no candidate")
    return Outcome({"candidate": replace(candidate, **{n: v for n, v in given.items() if v is not None})})


class LapseGround(StrEnum):
    """Why an award may lapse."""

    SILENCE = "silence"
    CONDITION = "unmet_condition"
    NO_START = "no_start"

    @property
    def label(self) -> str:
        """The French words for the ground."""
        return _GROUND_LABELS[self]


_GROUND_LABELS = {
    LapseGround.SILENCE: "aucune réponse à la notification",
    LapseGround.CONDITION: "condition non remplie",
    LapseGround.NO_START: "aucune prise de fonctions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeInputs(ActInputs):
    """The ground of the lapse considered, and the days left to answer."""

    ground: LapseGround = field(metadata=label("Fondement"))
    days: int | None = field(
        default=None,
        metadata=label("Délai de réponse, en jours", help="Vide : 30 jours. Il court de la réception du courrier."),
    )


def _give_notice(context: Context[NoticeInputs]) -> Outcome:
    inputs = context.inputs
    notice = Notice(inputs.ground.value, context.today, days=inputs.days or NOTICE_DAYS)
    return Outcome({"notice": notice}, letter("contradictory_notice", Addressee.RECRUITER, Addressee.CANDIDATE))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNoticeInputs(AnswerInputs):
    """An answer to a contradictory notice. `receipt`: that of the one who answers, when an agent records it."""

    receipt: str | None = field(default=None, metadata=label("Réponse de", agents=True))


def _answer_notice(context: Context[AnswerNoticeInputs]) -> Outcome:
    notice = context.dossier.notice
    if notice is None:
        raise LookupError("no notice")
    kept = bool(of_notice(context.dossier))  # each answer is kept with the receipt of its author
    answered = notice if kept else replace(notice, answered_on=answer_of(context).on)
    return Outcome({"notice": answered}, mail("answer", Addressee.SERVICE))


def _lapse(context: Context[ActInputs]) -> Outcome:
    notice = context.dossier.notice
    ground = notice.ground if notice else ""
    rejection = Rejection(context.today, f"lapsed:{ground}", None, context.inputs.reason or "")
    said = dated(awarded=award_of(context).notified_on, heard=notice.sent_on if notice else None)
    effects = told.of_refusal(context, "L10", Addressee.CANDIDATE, Addressee.RECRUITER, **said)
    over = {**without_award(context.dossier), **all_closed(context)}
    return Outcome({"rejection": rejection, **over}, effects)


class Order(StrEnum):
    """What orders a re-examination."""

    APPEAL = "appeal"
    JUDGMENT = "judgment"
    ACT = "act"

    @property
    def label(self) -> str:
        """The French words for the order."""
        return _ORDER_LABELS[self]


_ORDER_LABELS = {
    Order.APPEAL: "recours accueilli",
    Order.JUDGMENT: "jugement",
    Order.ACT: "décision de l’agence",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReexamineInputs(ActInputs):
    """What orders the re-examination, its date, and where the dossier goes back to."""

    order: Order = field(metadata=label("Fondement"))
    ordered_on: date = field(metadata=label("En date du"))
    to: State = field(metadata=label("Reprendre à l’état"))


def _reexamine(context: Context[ReexamineInputs]) -> Outcome:
    committee = context.dossier.committee
    changes: dict[str, Any] = {
        "rejection": None,
        "notice": None,
        "complete_on": context.dossier.complete_on or context.today,
        "receipts": voided(context.dossier.receipts, EXPRESS),
    }
    if committee is not None:
        changes["committee"] = committee.unjudged() if context.inputs.to is S.COMMITTEE else None
    return Outcome(changes)


def _back_to(context: Context[ReexamineInputs]) -> State:
    return S.COMMITTEE if context.inputs.to is S.COMMITTEE else S.COMPLETE


_AWARDED = (S.SELECTED, S.NOTIFIED)

ACTS = (
    Act(
        "notify",
        "Notifier",
        (Who.HEAD,),
        NotifyInputs,
        _notify,
        (on_award.signed_in_force, on_places.place_confirmed, on_award.doctor_elsewhere),
    ),
    Act(
        "accept_award",
        "Accepter l’attribution",
        (Who.CANDIDATE, Who.RECRUITER),
        ActInputs,
        _accept,
        (on_award.acceptance_open, on_award.acceptance_in_time),
        sources=(S.NOTIFIED,),
    ),
    Act(
        "meet_condition",
        "Constater que la condition est remplie",
        (Who.INSTRUCTOR,),
        ConditionInputs,
        _meet,
        (on_award.condition_waits, not_in_future("met_on")),
        sources=(*_AWARDED, S.IN_POST),
    ),
    Act(
        "name_candidate",
        "Nommer le candidat",
        (Who.RECRUITER, Who.INSTRUCTOR),
        NameCandidateInputs,
        _name,
        (on_award.candidate_not_yet_named, on_award.new_candidate_fits),
        sources=_AWARDED,
    ),
    Act(
        "identify_candidate",
        "Compléter l’identité du candidat",
        (Who.RECRUITER, Who.INSTRUCTOR),
        IdentifyInputs,
        _identify,
        (on_award.candidate_named,),
        sources=tuple(s for s in State if s is not S.DRAFT),
    ),
    Act(
        "give_notice",
        "Envoyer un courrier contradictoire",
        (Who.HEAD,),
        NoticeInputs,
        _give_notice,
        (reason_written, period_sound, on_award.never_served, on_award.no_notice_yet, on_award.silence_opposable),
        sources=_AWARDED,
    ),
    Act(
        "answer_notice",
        "Répondre au courrier contradictoire",
        (Who.RECRUITER, Who.CANDIDATE, Who.INSTRUCTOR),
        AnswerNoticeInputs,
        _answer_notice,
        (
            reason_written,
            on_answer.notice_waiting,
            on_answer.answer_of_somebody,
            on_answer.arrived_soundly,
            not_in_future("came_on"),
        ),
        sources=_AWARDED,
    ),
    Act(
        "lapse",
        "Constater la caducité",
        (Who.HEAD,),
        ActInputs,
        _lapse,
        (reason_written, on_award.never_served, on_award.notice_over),
    ),
    Act(
        "reexamine",
        "Réexaminer",
        (Who.HEAD,),
        ReexamineInputs,
        _reexamine,
        (reason_written, on_committee.committee_file_exists, not_in_future("ordered_on"), ordered_after_rejection),
        choose=_back_to,
    ),
)
