"""Acts around the committee: its file, its opinion, selection, reserve list, refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from workflows.acts import told
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import all_closed, label, without_award
from workflows.contract import planned_end
from workflows.effects import Addressee, dated, letter, mail
from workflows.guards import award as on_award
from workflows.guards import budget as on_budget
from workflows.guards import committee as on_committee
from workflows.guards import places as on_places
from workflows.guards import repayment as on_repayment
from workflows.guards import reserve as on_reserve
from workflows.guards.common import period_sound, reason_written
from workflows.guards.days import not_in_past
from workflows.guards.sheet import sheet
from workflows.parts.awards import Award
from workflows.parts.committee_file import CommitteeFile
from workflows.parts.notices import Rejection
from workflows.parts.places import Place, PlaceStatus
from workflows.parts.reserves import ReserveEntry
from workflows.states import State

S = State


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeInputs(ActInputs):
    """The session, and the derogations by code of the failed gate, each with its reason."""

    session: str = field(metadata=label("Séance") | {"longest": 80})
    derogations: Mapping[str, str] = field(default_factory=dict, metadata=label("Dérogations", personal=True))


def _put(context: Context[CommitteeInputs]) -> Outcome:
    file = CommitteeFile(context.inputs.session, context.today, sheet(context))
    return Outcome({"committee": file}, letter("L18", Addressee.SERVICE))


def _take_back(context: Context[ActInputs]) -> Outcome:
    return Outcome({"committee": None})


_MOTIVE = "Le procès-verbal et son extrait les portent."
_PRESENT = "Au vote sur ce dossier. Ceux qui ne sont comptés ni contre ni parmi les abstentions ont voté pour."


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionInputs(ActInputs):
    """The opinion of the committee as its procès-verbal gives it."""

    judged_on: date = field(metadata=label("Séance du", help="Le jour que porte le procès-verbal."))
    favourable: bool = field(metadata=label("Avis favorable"))
    rank: int | None = field(default=None, metadata=label("Rang", help="À partir de 1."))
    motive: str | None = field(default=None, metadata=label("Motifs de l’avis", personal=True, help=_MOTIVE))
    present: tuple[str, ...] = field(default=(), metadata=label("Membres présents", help=_PRESENT))
    against: tuple[str, ...] = field(default=(), metadata=label("Votes contre"))
    abstaining: tuple[str, ...] = field(default=(), metadata=label("Abstentions"))
    conflicted_votes: tuple[str, ...] = field(default=(), metadata=label("Votes de membres liés au dossier"))


def _record_opinion(context: Context[OpinionInputs]) -> Outcome:
    inputs, committee = context.inputs, context.dossier.committee
    if committee is None:
        raise LookupError("no committee file")
    judged = replace(
        committee,
        judged_on=inputs.judged_on,
        favourable=inputs.favourable,
        rank=inputs.rank,
        conflicted_votes=inputs.conflicted_votes,
        present=inputs.present,
        against=inputs.against,
        abstaining=inputs.abstaining,
        motive=inputs.motive or None,
    )
    return Outcome({"committee": judged})


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectInputs(ActInputs):
    """What the award carries; start and duration are those of the application unless given."""

    planned_start: date | None = field(
        default=None, metadata=label("Prise de fonctions prévue", help="Vide : celle que demande le dossier.")
    )
    months: int | None = field(
        default=None, metadata=label("Durée, en mois", help="Vide : celle que demande le dossier.")
    )
    condition: str | None = field(default=None, metadata=label("Condition", personal=True))
    condition_by: date | None = field(
        default=None, metadata=label("Condition à remplir au plus tard le", help="Ce jour est compris.")
    )


def taken_place(context: Context[Any]) -> Place:
    """The place an award takes: in every quota the dossier counts in, provisional while one is unknown."""
    uses = context.dossier.around.quotas
    unknown = any(use.places is None for use in uses)
    status = PlaceStatus.PROVISIONAL if unknown else PlaceStatus.CONFIRMED
    return Place(status, tuple(use.id for use in uses), context.today)


def _select(context: Context[SelectInputs]) -> Outcome:
    inputs, dossier, clauses = context.inputs, context.dossier, context.call.clauses
    start = inputs.planned_start or dossier.wished_start
    months = inputs.months or dossier.months or 0
    place = taken_place(context)
    award = Award(
        decided_on=context.today,
        clauses=context.call.digest,
        planned_start=start,
        planned_end=planned_end(clauses.contract, start, months, renewal=dossier.is_renewal) if start else None,
        months=months,
        conditional=place.status is PlaceStatus.PROVISIONAL,
        condition=inputs.condition or None,
        condition_by=inputs.condition_by,
    )
    return Outcome({"place": place, "award": award, "reserve": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class RankInputs(ActInputs):
    """The rank on the reserve list; the rank of the opinion unless given."""

    rank: int | None = field(default=None, metadata=label("Rang", help="À partir de 1."))


def _reserve_entry(context: Context[RankInputs]) -> ReserveEntry:
    return ReserveEntry(on_committee.reserve_rank(context), context.call.clauses.committee.reserve_until.value)


def _reserve(context: Context[RankInputs]) -> Outcome:
    entry = _reserve_entry(context)
    return Outcome({"reserve": entry}, letter("L9", Addressee.CANDIDATE, Addressee.RECRUITER))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInputs(ActInputs):
    """The offer of a returned place, with the days left to reply (the call’s by default)."""

    days: int | None = field(default=None, metadata=label("Délai de réponse, en jours"))


def _offer(context: Context[OfferInputs]) -> Outcome:
    entry, reply_by = context.dossier.reserve, on_reserve.offer_reply_by(context)
    if entry is None:
        raise LookupError("no reserve entry")
    asked = (Addressee.RECRUITER, *((Addressee.CANDIDATE,) if context.dossier.candidate else ()))
    return Outcome({"reserve": entry.offered(context.today, reply_by)}, mail("place_offered", *asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOfferInputs(ActInputs):
    """The answer of the recruiter or of the doctor to the place offered."""

    accepted: bool = field(metadata=label("Place acceptée"))


def _answer_offer(context: Context[AnswerOfferInputs]) -> Outcome:
    entry, accepted = context.dossier.reserve, context.inputs.accepted
    if entry is None:
        raise LookupError("no reserve entry")
    answered = entry.answered(on_reserve.accepting_member(context.by.role), context.today, accepted=accepted)
    said = "accepted" if accepted else "declined"
    return Outcome({"reserve": answered}, mail("answer", Addressee.SERVICE, offer=said))


def _reject(context: Context[ActInputs]) -> Outcome:
    rejection = Rejection(context.today, "not_retained", None, context.inputs.reason or "")
    effects = told.of_refusal(context, "L10", Addressee.CANDIDATE, Addressee.DEPOSITORS)
    return Outcome({"rejection": rejection, "reserve": None, **all_closed(context)}, effects)


def _confirm_place(context: Context[ActInputs]) -> Outcome:
    place, award = context.dossier.place, context.dossier.award
    if place is None or award is None:
        raise LookupError("no place")
    status = PlaceStatus.CONSUMED if context.dossier.tenures else PlaceStatus.CONFIRMED
    changes = {"place": replace(place, status=status), "award": replace(award, conditional=False)}
    to = told.of_result(context) if award.notified_on and award.conditional else ()
    return Outcome(changes, letter("award_confirmed", *to, **dated(awarded=award.notified_on)))


def _back_to_reserve(context: Context[RankInputs]) -> Outcome:
    changes, award = {"reserve": _reserve_entry(context), **without_award(context.dossier)}, context.dossier.award
    taken_back = dated(replaces=award.notified_on if award else None)
    return Outcome(changes, letter("L9", Addressee.CANDIDATE, Addressee.RECRUITER, **taken_back))


ACTS = (
    Act(
        "put_to_committee",
        "Inscrire à une séance",
        (Who.INSTRUCTOR,),
        CommitteeInputs,
        _put,
        (on_committee.session_open, on_committee.gates_pass, on_committee.no_pending_piece_request),
    ),
    Act(
        "take_back",
        "Retirer de la séance",
        (Who.INSTRUCTOR,),
        ActInputs,
        _take_back,
        (reason_written, on_committee.not_judged_yet),
    ),
    Act(
        "record_opinion",
        "Saisir l’avis de la commission",
        (Who.INSTRUCTOR,),
        OpinionInputs,
        _record_opinion,
        (on_committee.opinion_sound, on_committee.votes_sound, on_committee.corrected_with_reason),
        sources=(S.COMMITTEE,),
    ),
    Act(
        "select",
        "Retenir",
        (Who.HEAD,),
        SelectInputs,
        _select,
        (
            on_committee.judged,
            on_committee.opinion_followed,
            on_committee.no_conflicted_vote,
            on_committee.ranking_followed,
            on_reserve.offered_from_reserve,
            on_reserve.list_valid,
            on_reserve.offer_accepted,
            on_committee.project_kept_whole,
            on_award.award_content,
            not_in_past("condition_by"),
            on_award.candidate_fits_at_award,
            *on_reserve.TAKING_A_PLACE,
            on_budget.envelope_covers,
            on_repayment.reading_signed,
        ),
    ),
    Act(
        "put_on_reserve",
        "Inscrire sur la liste complémentaire",
        (Who.HEAD,),
        RankInputs,
        _reserve,
        (on_committee.judged, on_committee.rank_given),
    ),
    Act(
        "offer_place",
        "Proposer une place",
        (Who.HEAD,),
        OfferInputs,
        _offer,
        (
            period_sound,
            on_reserve.list_valid,
            on_reserve.answer_while_valid,
            on_reserve.next_on_the_list,
            on_reserve.earlier_offers_received,
            *on_reserve.TAKING_A_PLACE,
            on_reserve.acceptance_kept,
        ),
        sources=(S.RESERVE,),
    ),
    Act(
        "answer_offer",
        "Répondre à la place proposée",
        (Who.CANDIDATE, Who.RECRUITER),
        AnswerOfferInputs,
        _answer_offer,
        (on_reserve.offer_waiting, on_reserve.not_accepted_twice, on_reserve.answered_in_time),
        sources=(S.RESERVE,),
    ),
    Act(
        "reject",
        "Ne pas retenir",
        (Who.HEAD,),
        ActInputs,
        _reject,
        (reason_written, on_committee.judged),
    ),
    Act(
        "confirm_place",
        "Confirmer la place",
        (Who.INSTRUCTOR,),
        ActInputs,
        _confirm_place,
        (on_places.place_provisional, on_places.quota_covers),
        sources=(S.SELECTED, S.NOTIFIED, S.IN_POST),
    ),
    Act(
        "back_to_reserve",
        "Remettre sur la liste complémentaire",
        (Who.HEAD,),
        RankInputs,
        _back_to_reserve,
        (
            reason_written,
            on_committee.rank_given,
            on_award.never_served,
            on_places.place_may_return,
            on_places.quota_too_small,
        ),
    ),
)
