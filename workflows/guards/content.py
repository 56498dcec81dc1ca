"""Guards on what an application asks for: its duration, its start, its time share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.contract import in_windows
from workflows.findings import Check, Finding, check, refusal
from workflows.french import listing, share, short_day
from workflows.guards.common import months_finding
from workflows.sites import Plan, Site

MONTHS_NOT_ALLOWED = refusal(
    "months_not_allowed",
    "Une durée de {months} mois n’est pas prévue par l’appel ({allowed}).",
    "Choisissez une durée prévue par l’appel.",
)
START_OUT_OF_WINDOWS = refusal(
    "start_out_of_windows",
    "L’appel ne prévoit pas de prise de fonctions le {start}.",
    "Choisissez une date prévue par l’appel ; après l’attribution, un report peut être accordé.",
)
SHARE_OUT_OF_BOUNDS = refusal(
    "contract_share_out_of_bounds",
    "La quotité d’un contrat est comprise entre 0 et 100 % : {share} ne convient pas.",
    "Donnez-la en pourcentage d’un temps plein, par exemple 80 %.",
)
PLAN_ELSEWHERE = refusal(
    "plan_elsewhere",
    "La répartition du temps nomme un lieu qui n’est pas un établissement du dossier : {where}.",
    "Corrigez la répartition des demi-journées, ou ajoutez l’établissement au dossier.",
)
WEEK_UNSOUND = refusal(
    "plan_week_unsound",
    "La répartition du temps compte une semaine que personne ne peut faire.",
    "Donnez de 1 à 10 demi-journées par semaine en tout, aucune négative.",
)
_WEEK = 10  # half-days of a full time


def plan_finding(plan: Plan, sites: tuple[Site, ...]) -> Finding | None:
    """Half-days at a place that is not of the dossier: no gate would see them."""
    own = {site.id for site in sites}
    strange = dict.fromkeys(where for period in plan for where, _ in period.half_days if where not in own)
    return PLAN_ELSEWHERE(where=listing(list(strange))) if strange else None


def _week_finding(plan: Plan) -> Finding | None:
    """A week of no half-day, of more than a full time, or of fewer than none somewhere: its shares would mean nothing.

    A share of the time is a part of these half-days (A19): whatever they are, shares sum to one.
    """
    unsound = any(not 0 < p.weekly <= _WEEK or any(n < 0 for _, n in p.half_days) for p in plan)
    return WEEK_UNSOUND() if unsound else None


def _length_finding(plan: Plan) -> Finding | None:
    """A plan, or one of its periods, that lasts no month or longer than any contract."""
    lengths = (*(period.months for period in plan), sum(period.months for period in plan)) if plan else ()
    return next((found for found in map(months_finding, lengths) if found is not None), None)


@guard
def plan_at_sites(context: Context[Any]) -> Check:
    """The time is shared between the establishments of the dossier, whatever came last of the two."""
    return check(plan_finding(context.dossier.plan, context.dossier.sites))


@input_guard
def new_plan_at_sites(context: Context[Any]) -> Check:
    """The time share proposed with a replacement is one, between the establishments of the dossier (A14)."""
    plan = context.inputs.plan or ()
    return check(_length_finding(plan), _week_finding(plan), plan_finding(plan, context.dossier.sites))


def contract_findings(context: Context[Any], start: date | None, months: int | None) -> Iterator[Finding]:
    """What the call does not allow in a start and a duration (NA-02, NA-13, IDF-06, IDF-08 for a renewal)."""
    clauses = context.call.clauses
    renewal = clauses.renewal if context.dossier.is_renewal else None
    if renewal is not None:
        longest = renewal.months.value
        if months and longest is not None and months > longest:
            yield MONTHS_NOT_ALLOWED.on(renewal.months, months=months, allowed=f"{longest} mois au plus")
        return
    clause, allowed = clauses.contract, clauses.contract.months.value
    if start and not in_windows(clause, start):
        yield START_OUT_OF_WINDOWS.on(clause.windows, start=short_day(start))
    if months and allowed is not None and months not in allowed:
        words = " ou ".join(f"{m} mois" for m in allowed)
        yield MONTHS_NOT_ALLOWED.on(clause.months, months=months, allowed=words)


@input_guard
def content_sound(context: Context[Any]) -> Check:
    """A draft may be incomplete; what it says could be: a duration, a plan and a contract that somebody may have."""
    inputs = context.inputs
    plan, part = inputs.plan or (), inputs.contract_share
    return check(
        months_finding(inputs.months),
        _length_finding(plan),
        SHARE_OUT_OF_BOUNDS(share=share(part)) if part is not None and not 0 < part <= 1 else None,
        _week_finding(plan),
        plan_finding(plan, context.dossier.sites if inputs.sites is None else inputs.sites),
    )
