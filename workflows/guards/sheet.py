"""The fiche d’instruction: each rule that the gates apply, the facts it looked at and what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.acts.base import Context
from workflows.calls.gates import CandidateGate, KindGate, Moment, TimeShareGate
from workflows.calls.sources import Sourced
from workflows.findings import Finding, Severity
from workflows.french import count, listing, share, short_day
from workflows.guards.committee import no_pending_piece_request
from workflows.guards.gates import PROJECT_GATES, planned
from workflows.parts.committee_file import SheetLine
from workflows.sites import Site, SiteKind, SiteRole, chosen, months_at, share_at
from workflows.specialties import SPECIALTIES


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that a gate applies: its source, what it is about and the facts looked at, in words."""

    source: Sourced[Any]
    about: str
    inputs: str


def sheet(context: Context[Any]) -> tuple[SheetLine, ...]:
    """The sheet as it is frozen when a dossier goes to the committee: a line for each rule, those that hold too."""
    lines = [line for name in PROJECT_GATES for line in _of_gate(name, context)]
    pending = tuple(no_pending_piece_request.run(context))
    return (*lines, *(_line("Pièces", "", found, {}) for found in pending))


def _of_gate(name: str, context: Context[Any]) -> Iterator[SheetLine]:
    """The lines of a gate, by rule: what the gate found of each, or that it holds."""
    applied = _APPLIED[name](context)
    by_rule: dict[str | None, list[Applied]] = {}
    for one in applied:
        by_rule.setdefault(one.source.rule, []).append(one)
    found: dict[str | None, list[Finding]] = {}
    for finding in PROJECT_GATES[name](context):
        found.setdefault(finding.rule, []).append(finding)
    why = context.inputs.derogations
    for rule in dict.fromkeys((*by_rule, *found)):
        inputs = " ; ".join(dict.fromkeys(one.inputs for one in by_rule.get(rule, ())))
        if rule in found:
            yield from (_line(name, inputs, finding, why) for finding in found[rule])
        else:
            about = listing(list(dict.fromkeys(one.about for one in by_rule[rule])))
            yield SheetLine("held", True, f"{about} : rien à signaler.", rule, None, name, inputs)
    if not by_rule and not found:
        told = "rien à signaler" if name in _BY_PROCEDURE else "l’appel ne pose pas de règle"
        yield SheetLine("held", True, f"{name} : {told}.", None, None, name)


def _line(gate: str, inputs: str, found: Finding, why: Mapping[str, str]) -> SheetLine:
    held = found.severity is Severity.WARNING
    return SheetLine(found.code, held, found.sentence, found.rule, why.get(found.code), gate, inputs)


def _given(sources: Iterable[tuple[Sourced[Any] | None, str, str]]) -> list[Applied]:
    """The rules that the call gives; it says nothing of the others, and no gate applies them."""
    return [Applied(s, about, inputs) for s, about, inputs in sources if s is not None and s.value is not None]


def _kind(site: Site) -> str:
    return f"{site.name}, {site.kind.label}"


def _establishments(context: Context[Any]) -> list[Applied]:
    dossier, gates = context.dossier, context.call.clauses.gates
    recruiter = listing([_kind(s) for s in dossier.sites if s.role is SiteRole.RECRUITER]) or "aucun recruteur"
    partners = " ; ".join(_kind(site) for site in dossier.partners) or "aucun partenaire"
    entities = listing([f"{site.name} (entité juridique {site.legal_entity})" for site in dossier.sites])
    number = count(len(dossier.sites), "établissement")
    size = dossier.project.size if dossier.project else 1
    asked = gates.independent if gates.independent.value else None
    return _given(
        (
            (gates.recruiter.kinds, "Nature du recruteur", recruiter),
            (gates.partner.kinds, "Nature des partenaires", partners),
            *_tolerated(gates.recruiter, (dossier.recruiter,)),
            *_tolerated(gates.partner, dossier.partners),
            (asked, "Indépendance des établissements", entities),
            (gates.count, "Nombre d’établissements", number),
            (gates.usual_count, "Nombre habituel d’établissements", number),
            (gates.project_sizes, "Nombre de postes du projet", count(size, "poste")),
        )
    )


def _tolerated(gate: KindGate, sites: Iterable[Site | None]) -> Iterator[tuple[Sourced[Any] | None, str, str]]:
    """The tolerance of a gate, where it is called upon."""
    for site in sites:
        if site is not None and site.kind not in (gate.kinds.value or tuple(SiteKind)):
            yield gate.tolerated, "Nature admise par tolérance", _kind(site)


def _time_shares(context: Context[Any]) -> list[Applied]:
    gates = context.call.clauses.gates.time_shares if planned(context.dossier.plan) else ()
    return [one for gate in gates for one in _time_share(context, gate)]


def _time_share(context: Context[Any], gate: TimeShareGate) -> list[Applied]:
    sites = chosen(context.dossier.sites, gate.selector)
    part, months = share_at(context.dossier.plan, sites), months_at(context.dossier.plan, sites)
    measured = f"{gate.label} : {share(part)} du contrat"
    modulable = gate.modulable if context.dossier.share_motivated else None
    return _given(
        (
            (gate.floor, gate.label, measured),
            (gate.ceiling, gate.label, measured),
            (gate.floor_months, gate.label, f"{gate.label} : {months} mois"),
            (modulable, "Modulation motivée", "répartition motivée par le déposant"),
        )
    )


def _territories(context: Context[Any]) -> list[Applied]:
    dossier, gates = context.dossier, context.call.clauses.gates.territories
    return _given(
        (gate.areas, gate.label, listing([_where(s) for s in dossier.sites if gate.among.matches(s)]) or "aucun site")
        for gate in gates
    )


def _where(site: Site) -> str:
    return f"{site.name} (département {site.department}{f', GHT {site.ght}' if site.ght else ''})"


def _specialty(context: Context[Any]) -> list[Applied]:
    code, gate = context.dossier.specialty, context.call.clauses.gates.specialties
    known = SPECIALTIES.get(code or "")
    label = known.label if known else code or "aucune spécialité"
    return _given(((gate.only, "Spécialités admises", label), (gate.excluded, "Spécialités écartées", label)))


def _candidate(context: Context[Any]) -> list[Applied]:
    candidate, call = context.dossier.candidate, context.call
    if candidate is None:
        return []
    gates = [gate for gate in call.clauses.gates.candidate if gate.moment is Moment.FILING]
    found = [(gate, f"{gate.fact.label} : {_said(getattr(candidate, gate.fact.value))}") for gate in gates]
    return _given(
        (source, gate.fact.label.capitalize(), said) for gate, said in found for source in _sources(gate) if source
    )


def _sources(gate: CandidateGate) -> tuple[Sourced[Any] | None, ...]:
    """Where a gate on the candidate comes from: the day it compares with, when it has one."""
    return (gate.reference or gate.comparison,)


def _said(value: Any) -> str:
    if value is None:
        return "non renseigné"
    if isinstance(value, date):
        return short_day(value)
    return "oui" if value else "non"


#: Gates that follow from the procedure, and from no rule of the call.
_BY_PROCEDURE = frozenset({"Demande"})
#: What each gate applies, by the name it bears on the sheet.
_APPLIED: dict[str, Callable[[Context[Any]], list[Applied]]] = {
    "Demande": lambda _: [],
    "Établissements": _establishments,
    "Temps partagé": _time_shares,
    "Territoire": _territories,
    "Spécialité": _specialty,
    "Candidat": _candidate,
}
