"""An amount that depends on the weekly half-days worked off the main site (prime d’exercice territorial)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from workflows.calls.funding import Component, ScaleStep
from workflows.money.terms import MissingFactError, PostTerms
from workflows.sites import Site, SiteRole


def scale_amount(component: Component, terms: PostTerms) -> Decimal:
    """Euros per month owed by the scale of a component: 0 below its first step.

    Half-days are the mean of the plan, per week, at the sites of partners that are far enough, or whose distance
    is waived; the main site is that of the recruiter. When several steps apply, the one asking for most sites wins,
    then the highest. Raises UnknownValueError for a scale or a distance the call leaves unknown, MissingFactError for
    a plan without half-days or a place of work whose distance nobody has given.
    """
    if component.scale is None:
        raise ValueError(f"component {component.id!r} has no scale")
    steps, rule = component.scale.needed, component.scale.rule
    terms.require_plan(rule)
    off_site = _off_site(terms, component)
    half_days = sum(off_site, Fraction(0))
    matching = [step for step in steps if _applies(step, half_days, len(off_site))]
    if not matching:
        return Decimal(0)
    return max(matching, key=lambda step: (step.sites, step.above, not step.above_included)).amount


def _applies(step: ScaleStep, half_days: Fraction, sites: int) -> bool:
    above = half_days > step.above or (step.above_included and half_days == step.above)
    below = step.up_to is None or half_days <= step.up_to
    return above and below and sites >= step.sites


def _off_site(terms: PostTerms, component: Component) -> list[Fraction]:
    """Mean weekly half-days at each site off the main one that counts."""
    months = sum(period.months for period in terms.plan)
    found = []
    for site in terms.sites:
        worked = sum((p.months * p.at(frozenset({site.id})) for p in terms.plan), Fraction(0))
        if site.role is not SiteRole.RECRUITER and worked and (site.id in terms.waived or _is_far(site, component)):
            found.append(worked / months)
    return found


def _is_far(site: Site, component: Component) -> bool:
    if component.min_distance_km is None:
        return True
    least, rule = component.min_distance_km.needed, component.min_distance_km.rule
    if site.distance_km is None:
        raise MissingFactError(
            rule,
            f"La distance entre {site.name} et le site principal n’est pas connue : indiquez-la en kilomètres.",
        )
    return site.distance_km >= least
