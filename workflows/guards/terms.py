"""Guards on what the months of a post are worth: quotité, distance waived, contract extended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from workflows.account.worth import awarded
from workflows.actors import Role, decides_at
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.funding import Component
from workflows.calls.model import Call
from workflows.deadlines import add_months
from workflows.dossier import Dossier
from workflows.findings import Check, check, refusal
from workflows.french import listing, share, short_day
from workflows.guards.common import LONGEST_CONTRACT
from workflows.guards.content import SHARE_OUT_OF_BOUNDS
from workflows.guards.money import PART_TIME_UNSCALED, part_time_unsaid
from workflows.money.served import thirtieths_between
from workflows.parts.awards import Award
from workflows.sites import Site, SiteKind

SHARE_UNCHANGED = refusal(
    "contract_share_unchanged",
    "Le contrat est déjà à {share} d’un temps plein le {since}, et ensuite.",
    "Rien n’est à faire ; un changement prévu se repousse en rétablissant d’abord, à partir de son jour, la quotité "
    "d’avant.",
)
OUTSIDE_POST = refusal(
    "change_outside_post",
    "Le changement ne peut pas prendre effet le {day}.",
    "Choisissez un jour {when}.",
)
NO_DISTANCE = refusal(
    "no_distance_rule",
    "Aucune prime de cet appel ne dépend d’une distance.",
    "Rien n’est à faire.",
)
SITE_UNKNOWN = refusal(
    "waiver_site_unknown",
    "Le poste n’a pas de partenaire sous le numéro {site}.",
    "Choisissez l’un de ceux-ci : {known}.",
)
SITE_FAR = refusal(
    "waiver_pointless",
    "Ce lieu, {site}, compte déjà pour la prime.",
    "Rien n’est à faire.",
)
SITE_SAME_ENTITY = refusal(
    "waiver_same_entity",
    "Ce lieu, {site}, relève de la même entité juridique que le recruteur, et n’est pas une unité sanitaire en "
    "milieu pénitentiaire.",
    "La distance ne se lève qu’entre entités différentes, ou pour une telle unité.",
    rule="CVL-11",
)
END_NOT_LATER = refusal(
    "extension_not_later",
    "Le nouveau terme ({until}) ne vient pas après celui du poste ({end}).",
    "Corrigez la date ; une fin plus proche se constate par une fin anticipée.",
)
EXTENSION_TOO_LONG = refusal(
    "extension_too_long",
    "Avec ce terme le poste durerait plus de {months} mois.",
    "Corrigez la date.",
)
FINANCED_BY_DG = refusal(
    "extension_financed_by_dg",
    "Seul le directeur général décide de financer les mois ajoutés.",
    "Prolongez sans financement, ou faites décider le directeur général.",
)


@input_guard
def share_sound(context: Context[Any]) -> Check:
    """The share is one of a full time, and another than it is from that day on."""
    given, since = context.inputs.share, context.inputs.since
    if not 0 < given <= 1:
        return check(SHARE_OUT_OF_BOUNDS(share=share(given)), share=given)
    same = _shares_from(context.dossier, since) == {given}
    return check(SHARE_UNCHANGED(share=share(given), since=short_day(since)) if same else None, share=given)


def _shares_from(dossier: Dossier, since: date) -> set[Fraction]:
    """The shares of the present contract on a day and later, as decided so far."""
    stay = dossier.tenures[-1] if dossier.tenures else None
    if stay is None or stay.ends_on is not None or stay.terms is None:
        return {dossier.contract_share}
    steps = ((stay.starts_on, stay.terms), *((turn.since, turn.terms) for turn in stay.turns))
    on_day = [terms for day, terms in steps if day <= since][-1:] or [stay.terms]
    return {terms.contract_share for terms in (*on_day, *(terms for day, terms in steps if day > since))}


@input_guard
def share_followed(context: Context[Any]) -> Check:
    """Where the call does not say whether the amount follows the contract, a part time waits for a head (A41)."""
    scaled, given = context.call.clauses.funding.scaled_by_contract, context.inputs.share
    held = part_time_unsaid(context.call, given)
    return check(PART_TIME_UNSCALED(scaled.rule, share=share(given)) if held else None)


@input_guard
def within_post(context: Context[Any]) -> Check:
    """The change takes effect on a day of the present stay; made before a start, it counts from its first day on."""
    award, stays, since = context.dossier.award, context.dossier.tenures, context.inputs.since
    if award is None or award.planned_start is None or award.planned_end is None:
        return check()
    held = bool(stays) and stays[-1].ends_on is None
    first = stays[-1].starts_on if held else award.expected_start or award.planned_start
    outside = not first <= since <= award.planned_end if held else since > first
    until = short_day(award.planned_end)
    when = f"du {short_day(first)} au {until}" if held else f"jusqu’au {short_day(first)}, premier jour du contrat"
    return check(OUTSIDE_POST(day=short_day(since), when=when) if outside else None, since=since)


def distance_components(call: Call) -> tuple[Component, ...]:
    """The components that are owed only for sites far enough."""
    return tuple(c for c in call.clauses.funding.components if c.scale is not None and c.min_distance_km is not None)


@guard
def distance_counts(context: Context[Any]) -> Check:
    """Some premium of the call depends on a distance (CVL-10)."""
    return check(None if distance_components(context.call) else NO_DISTANCE())


@input_guard
def site_waivable(context: Context[Any]) -> Check:
    """The distance is waived between different legal entities, or for a prison health unit (CVL-11)."""
    asked, partners = context.inputs.site, {site.id: site for site in context.dossier.partners}
    site = partners.get(asked)
    if site is None:
        known = listing([f"{s.name} ({s.id})" for s in partners.values()], last="ou") or "aucun"
        return check(SITE_UNKNOWN(site=asked[:40], known=known))
    waived = any(w.site == asked and w.since <= context.inputs.since for w in context.dossier.waivers)
    if waived or _is_far(site, context.call):
        return check(SITE_FAR(site=site.name))
    recruiter = context.dossier.recruiter
    apart = recruiter is not None and recruiter.legal_entity != site.legal_entity
    allowed = apart or site.kind is SiteKind.USMP
    return check(None if allowed else SITE_SAME_ENTITY(site=site.name), kind=site.kind, distance=site.distance_km)


def _is_far(site: Site, call: Call) -> bool:
    """True for a site that every scale counts already; one whose distance nobody gave is not."""
    least = [c.min_distance_km.value for c in distance_components(call) if c.min_distance_km is not None]
    known = [km for km in least if km is not None]
    return site.distance_km is not None and bool(known) and site.distance_km >= max(known)


# The extension.


def extended(award: Award, until: date, financed: bool) -> Award:
    """The award once the contract goes until a day, with or without the credits of the months added (A35)."""
    end, longer = award.financed_end, replace(award, planned_end=until)
    if not financed or end is None:
        return replace(longer, financed_until=end)
    added = thirtieths_between(end + timedelta(days=1), until)
    return replace(longer, financed_until=None, extra_thirtieths=award.extra_thirtieths + added)


@input_guard
def extension_sound(context: Context[Any]) -> Check:
    """The new end comes after the present one, and no post is longer than an assistant may serve (A35)."""
    award, until = context.dossier.award, context.inputs.until
    if award is None or award.planned_end is None or award.planned_start is None:
        return check()
    long, early = until >= _too_late(award.planned_start), until <= award.planned_end
    return check(
        END_NOT_LATER(until=short_day(until), end=short_day(award.planned_end)) if early else None,
        EXTENSION_TOO_LONG(months=LONGEST_CONTRACT) if long else None,
        until=until,
    )


def _too_late(start: date) -> date:
    return add_months(start, LONGEST_CONTRACT)


def _is_longer(award: Award, until: date) -> bool:
    """True for an end after the present one, of a post that is not longer than one may be."""
    start, end = award.planned_start, award.planned_end
    return start is not None and end is not None and end < until < _too_late(start)


@input_guard
def financed_by_the_dg(context: Context[Any]) -> Check:
    """Months added to a contract are financed by a decision of the director general alone (A35)."""
    wanted, level = context.inputs.financed, decides_at(context.by.role, Role.DG)
    return check(FINANCED_BY_DG() if wanted and not level else None, financed=wanted)


@input_guard
def extension_priced(context: Context[Any]) -> Check:
    """Months that are financed have a price: a year of the post without a rate blocks them (A25)."""
    award, inputs = context.dossier.award, context.inputs
    if award is None or not inputs.financed or not _is_longer(award, inputs.until):
        return check()
    after = replace(context.dossier, award=extended(award, inputs.until, financed=True))
    return check(total=awarded(after, context.call).total)
