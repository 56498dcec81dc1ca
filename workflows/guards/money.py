"""Guards on money: what may be notified, delegated, asked back."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from workflows.account.worth import awarded, planned_credits
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.model import Call
from workflows.findings import Check, check, hold, refusal, warning
from workflows.french import amount, listing, share, short_day
from workflows.money.tranches import due_of
from workflows.parts.places import PlaceStatus
from workflows.parts.requests import RequestKind

COST_UNSETTLED = refusal(
    "cost_unsettled",
    "Le montant n’est pas arrêté : l’agence n’a pas encore fixé {rules}.",
    "Complétez ou signez ces choix dans le fichier de l’appel.",
    rule="A25",
)
PART_TIME_UNSCALED = hold(
    "part_time_unscaled",
    "Le contrat est à {share} d’un temps plein et l’appel ne dit pas si le montant suit cette quotité.",
    "Complétez l’appel ; un responsable peut lever la réserve avec un motif, le montant reste alors entier.",
    rule="A41",
)
CONDITIONAL_AWARD = refusal(
    "award_conditional",
    "L’attribution est encore sous réserve de délégation : aucun crédit ne peut être notifié.",
    "Confirmez d’abord la place.",
    rule="A18",
)
PRESENCE_UNCONFIRMED = hold(
    "presence_unconfirmed",
    "La présence du médecin n’a pas été confirmée depuis {days} jours.",
    "Demandez confirmation au recruteur ; un responsable peut lever la réserve avec un motif.",
)
END_DECLARED = hold(
    "end_declared",
    "Un départ est déclaré sur ce poste : {what}.",
    "Attendez la suite ; un responsable peut lever la réserve avec un motif.",
)
PATTERN_DIFFERS = warning(
    "tranche_pattern_differs",
    "Le montant diffère de la tranche prévue ({planned}).",
    "Vérifiez les mois vacants et le calendrier des délégations.",
)
YEAR_OUTSIDE = hold(
    "tranche_year_outside",
    "L’exercice {year} n’est pas de ceux du poste ({first} à {last}).",
    "Corrigez l’exercice ; un responsable peut lever la réserve avec un motif, pour une régularisation.",
)


def part_time_unsaid(call: Call, given: Fraction) -> bool:
    """True for a part time under a call that does not say whether the amount follows the contract (A41)."""
    scaled = call.clauses.funding.scaled_by_contract
    return 0 < given < 1 and (scaled.is_default or scaled.value is None)


@guard
def cost_settled(context: Context[Any]) -> Check:
    """The amount rests on values that the call prints or that the agency signed (A24, A25).

    A part-time contract that the call does not speak of only holds it for a head (A41).
    """
    schedule, scaled = awarded(context.dossier, context.call), context.call.clauses.funding.scaled_by_contract
    lacking = tuple(rule for rule in schedule.unsettled if rule != scaled.rule)
    part = share(context.dossier.contract_share)
    return check(
        COST_UNSETTLED(lacking[0], rules=listing(lacking)) if lacking else None,
        PART_TIME_UNSCALED(scaled.rule, share=part) if scaled.rule in schedule.unsettled else None,
        total=schedule.total,
        unsettled=schedule.unsettled,
    )


@guard
def award_unconditional(context: Context[Any]) -> Check:
    """The place is confirmed (A18)."""
    award, place = context.dossier.award, context.dossier.place
    provisional = place is not None and place.status is PlaceStatus.PROVISIONAL
    waiting = (award is not None and award.conditional) or provisional
    return check(CONDITIONAL_AWARD() if waiting else None)


@guard
def presence_confirmed(context: Context[Any]) -> Check:
    """The recruiter confirmed the presence of the doctor lately (A47)."""
    days, confirmed = context.call.clauses.award.presence_days, context.dossier.presence_confirmed_on
    if days.value is None:
        return check()
    stale = confirmed is None or context.today > confirmed + timedelta(days=days.value)
    return check(PRESENCE_UNCONFIRMED(days.rule, days=days.value) if stale else None, confirmed_on=confirmed)


@guard
def no_end_declared(context: Context[Any]) -> Check:
    """No departure is told: nothing more is delegated after it without a head (J8)."""
    kinds = {RequestKind.WITHDRAWAL, RequestKind.EARLY_END}
    told = [r for r in context.dossier.requests if r.kind in kinds and r.is_open]
    if context.dossier.departure:
        day = short_day(context.dossier.departure.dates.effective_on)
        return check(END_DECLARED("A47", what=f"il prend effet le {day}"))
    return check(END_DECLARED("A47", what=told[0].kind.label) if told else None)


@input_guard
def tranche_as_planned(context: Context[Any]) -> Check:
    """A tranche that differs from the planned one is pointed out (A48)."""
    pattern, inputs = context.call.clauses.funding.tranches, context.inputs
    planned, day = planned_credits(context.dossier, context.call), inputs.delegated_on or context.today
    due = due_of(planned, inputs.budget_year, day, context.dossier.delegated_net)
    differs = inputs.amount != due
    return check(PATTERN_DIFFERS(pattern.rule, planned=amount(due)) if differs else None, planned=due)


@input_guard
def year_of_post(context: Context[Any]) -> Check:
    """A tranche is on the budget of a year of the post, the only ones that its pattern plans (A48)."""
    award, stays, year = context.dossier.award, context.dossier.tenures, context.inputs.budget_year
    if award is None or award.planned_start is None or award.planned_end is None:
        return check()
    first = min((award.planned_start, *(stay.starts_on for stay in stays))).year
    last = max(award.planned_end.year, first)
    told = {"year": year, "first": first, "last": last}
    rule = context.call.clauses.funding.tranches.rule
    return check(None if first <= year <= last else YEAR_OUTSIDE(rule, **told), **told)
