"""The gates of the call on a project: one function per gate, from the dossier to what it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workflows.acts.base import Context
from workflows.calls.gates import KindGate, Moment, Quantifier, TerritoryGate, TimeShareGate
from workflows.calls.model import Unit
from workflows.calls.sources import Sourced
from workflows.dossier import Dossier
from workflows.findings import Finding, refusal, warning
from workflows.french import listing, share
from workflows.guards.candidate import candidate_findings
from workflows.sites import Plan, Site, chosen, months_at, share_at
from workflows.specialties import SPECIALTIES, in_group

PROJECT_INCOMPLETE = refusal(
    "project_incomplete",
    "La demande ne dit pas encore {what}.",
    "Complétez la demande avant de poursuivre.",
)
RECRUITER_KIND = refusal(
    "recruiter_kind",
    "L’établissement recruteur ({kind}) n’est pas de ceux que l’appel admet : {allowed}.",
    "Changez d’établissement recruteur, ou motivez une dérogation.",
)
PARTNER_KIND = refusal(
    "partner_kind",
    "{name} ({kind}) n’est pas de ceux que l’appel admet comme partenaires : {allowed}.",
    "Changez de partenaire, ou motivez une dérogation.",
)
KIND_TOLERATED = warning(
    "kind_tolerated",
    "{name} ({kind}) n’est pas dans la liste de l’appel, qui ne l’exclut pas clairement.",
    "Un responsable apprécie.",
)
NOT_INDEPENDENT = refusal(
    "not_independent",
    "Le recruteur et {name} sont la même entité juridique ({entity}).",
    "Choisissez un partenaire indépendant du recruteur, ou motivez une dérogation.",
)
SITE_COUNT = refusal(
    "site_count",
    "Le projet compte {count} établissements ; l’appel en demande {bounds}.",
    "Corrigez la liste des établissements, ou motivez une dérogation.",
)
SITE_COUNT_UNUSUAL = warning(
    "site_count_unusual",
    "Le projet compte {count} établissements, l’appel parle aussi de {usual}.",
    "Un responsable apprécie.",
)
PROJECT_SIZE = refusal(
    "project_size",
    "Le projet groupe {size} postes ; l’appel admet {allowed}.",
    "Modifiez le groupement, ou motivez une dérogation.",
)
TIME_SHARE_LOW = refusal(
    "time_share_low",
    "{label} : {actual} du contrat, il en faut au moins {floor}.",
    "Revoyez la répartition des demi-journées, ou motivez une dérogation.",
)
TIME_SHARE_HIGH = refusal(
    "time_share_high",
    "{label} : {actual} du contrat, {ceiling} au plus.",
    "Revoyez la répartition des demi-journées, ou motivez une dérogation.",
)
MONTHS_LOW = refusal(
    "months_low",
    "{label} : {actual} mois de travail, il en faut au moins {floor}.",
    "Revoyez la répartition du contrat, ou motivez une dérogation.",
)
SHARE_MODULATED = warning(
    "share_modulated",
    "{label} : {actual}, répartition différente motivée par le déposant.",
    "Lisez le motif : l’appel admet une modulation motivée.",
)
OUT_OF_TERRITORY = refusal(
    "out_of_territory",
    "{label} : {sites} n’y satisfait pas.",
    "Associez un établissement du territoire, ou motivez une dérogation.",
)
LESS_FAVOURED = warning(
    "less_favoured",
    "{label} : le projet relève d’un territoire de second rang ({area}).",
    "La commission départage ; ce n’est pas un motif de refus.",
)
SPECIALTY_OUT = refusal(
    "specialty_out",
    "La spécialité « {specialty} » n’est pas admise par l’appel.",
    "Orientez le déposant vers un autre dispositif, ou motivez une dérogation.",
)


def planned(plan: Plan) -> bool:
    """True once a plan holds some half-days: a share can be measured."""
    return any(period.months * period.weekly for period in plan)


def _incomplete(dossier: Dossier, unit: Unit | None) -> Iterator[Finding]:
    missing = [
        words
        for words, given in (
            ("quel établissement recrute", dossier.recruiter),
            ("quel est le partenaire", dossier.partners),
            ("quelle est la spécialité", dossier.specialty),
            ("comment le temps est partagé", planned(dossier.plan)),
            ("quelle est la durée", dossier.months),
            ("qui est le candidat", dossier.candidate or unit is not Unit.CANDIDATE_AND_POST),
        )
        if not given
    ]
    if missing:
        yield PROJECT_INCOMPLETE(what=listing(missing))


def _kind(site: Site, gate: KindGate, reason: Any) -> Iterator[Finding]:
    kinds = gate.kinds
    if not kinds.is_known or site.kind in kinds.needed:
        return
    if gate.tolerated is not None and site.kind in (gate.tolerated.value or ()):
        yield KIND_TOLERATED(gate.tolerated.rule, name=site.name, kind=site.kind.label)
        return
    allowed = listing([kind.label for kind in kinds.needed])
    yield reason.on(kinds, name=site.name, kind=site.kind.label, allowed=allowed)


def _establishments(context: Context[Any]) -> Iterator[Finding]:
    dossier, gates = context.dossier, context.call.clauses.gates
    recruiter = dossier.recruiter
    if recruiter is not None:
        yield from _kind(recruiter, gates.recruiter, RECRUITER_KIND)
    for partner in dossier.partners:
        yield from _kind(partner, gates.partner, PARTNER_KIND)
        if recruiter and gates.independent.value and partner.legal_entity == recruiter.legal_entity:
            yield NOT_INDEPENDENT.on(gates.independent, name=partner.name, entity=partner.legal_entity)
    yield from _counts(dossier, gates.count, gates.usual_count)
    size = dossier.project.size if dossier.project else 1
    sizes = gates.project_sizes
    if sizes.is_known and size not in sizes.needed:
        yield PROJECT_SIZE.on(sizes, size=size, allowed=listing([str(n) for n in sizes.needed]))


def _counts(dossier: Dossier, count: Sourced[tuple[int, int]], usual: Sourced[int] | None) -> Iterator[Finding]:
    number = len(dossier.sites)
    if count.value is not None:
        least, most = count.value
        if number and not least <= number <= most:
            bounds = str(least) if least == most else f"{least} à {most}"
            yield SITE_COUNT.on(count, count=number, bounds=bounds)
            return
    if usual is not None and usual.value is not None and number > usual.value:
        yield SITE_COUNT_UNUSUAL(usual.rule, count=number, usual=usual.value)


def _time_share(dossier: Dossier, gate: TimeShareGate) -> Iterator[Finding]:
    if not planned(dossier.plan):
        return
    sites = chosen(dossier.sites, gate.selector)
    actual, months = share_at(dossier.plan, sites), months_at(dossier.plan, sites)
    found: list[Finding] = []
    if gate.floor is not None and gate.floor.value is not None and actual < gate.floor.value:
        found.append(
            TIME_SHARE_LOW.on(gate.floor, label=gate.label, actual=share(actual), floor=share(gate.floor.value))
        )
    if gate.ceiling is not None and gate.ceiling.value is not None and actual > gate.ceiling.value:
        ceiling = share(gate.ceiling.value)
        found.append(TIME_SHARE_HIGH.on(gate.ceiling, label=gate.label, actual=share(actual), ceiling=ceiling))
    floor = gate.floor_months
    if floor is not None and floor.value is not None and months < floor.value:
        found.append(MONTHS_LOW.on(floor, label=gate.label, actual=months, floor=floor.value))
    if found and gate.modulable is not None and gate.modulable.value and dossier.share_motivated:
        yield SHARE_MODULATED(gate.modulable.rule, label=gate.label, actual=share(actual))
        return
    yield from found


def _territory(dossier: Dossier, gate: TerritoryGate) -> Iterator[Finding]:
    sites = [s for s in dossier.sites if gate.among.matches(s)]
    areas = gate.areas.value
    if areas is None or not sites:
        return
    ranks = {s.id: [a for a in areas if a.selector.matches(s)] for s in sites}
    outside = [s.name for s in sites if not ranks[s.id]]
    enough = not outside if gate.quantifier is Quantifier.ALL else len(outside) < len(sites)
    if not enough:
        yield OUT_OF_TERRITORY.on(gate.areas, label=gate.label, sites=listing(outside))
        return
    best = min((a for found in ranks.values() for a in found), key=lambda area: area.rank)
    if best.rank > min(area.rank for area in areas):
        yield LESS_FAVOURED(gate.areas.rule, label=gate.label, area=best.label)


def _specialty(context: Context[Any]) -> Iterator[Finding]:
    code, gate = context.dossier.specialty, context.call.clauses.gates.specialties
    if code is None:
        return
    label = SPECIALTIES[code].label if code in SPECIALTIES else code
    if gate.only is not None and gate.only.is_known and not any(in_group(code, g) for g in gate.only.needed):
        yield SPECIALTY_OUT.on(gate.only, specialty=label)
    if gate.excluded is not None and any(in_group(code, g) for g in gate.excluded.value or ()):
        yield SPECIALTY_OUT.on(gate.excluded, specialty=label)


Gate = Callable[[Context[Any]], Iterator[Finding]]


def _time_shares(context: Context[Any]) -> Iterator[Finding]:
    for gate in context.call.clauses.gates.time_shares:
        yield from _time_share(context.dossier, gate)


def _territories(context: Context[Any]) -> Iterator[Finding]:
    for gate in context.call.clauses.gates.territories:
        yield from _territory(context.dossier, gate)


def _completeness(context: Context[Any]) -> Iterator[Finding]:
    yield from _incomplete(context.dossier, context.call.clauses.filing.unit.value)


def _candidate(context: Context[Any]) -> Iterator[Finding]:
    candidate = context.dossier.candidate
    if candidate is not None:
        yield from candidate_findings(candidate, context.call, Moment.FILING)


#: Every gate of the filing, by the name it bears on the fiche d’instruction.
PROJECT_GATES: dict[str, Gate] = {
    "Demande": _completeness,
    "Établissements": _establishments,
    "Temps partagé": _time_shares,
    "Territoire": _territories,
    "Spécialité": _specialty,
    "Candidat": _candidate,
}


def project_findings(context: Context[Any]) -> tuple[Finding, ...]:
    """Everything the gates of the call find in the project, refusals and warnings alike."""
    return tuple(finding for gate in PROJECT_GATES.values() for finding in gate(context))


def time_share_findings(context: Context[Any]) -> tuple[Finding, ...]:
    """What the gates on the time share alone find in the plan of the dossier."""
    return tuple(_time_shares(context))
