"""The gates: numbers in order, codes that exist, dates that a condition needs."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.calls.checks.base import each, known, not_among, tolerant
from workflows.calls.checks.selectors import check_selector
from workflows.calls.checks.time_shares import check_time_shares
from workflows.calls.errors import Found, Path
from workflows.calls.gates import (
    CandidateFact,
    CandidateGate,
    Comparison,
    Gates,
    KindGate,
    SpecialtyGate,
    TerritoryGate,
)
from workflows.calls.model import CallFile
from workflows.calls.salvage import MissingPartError
from workflows.specialties import GROUP_PREFIX, SPECIALTIES, Filiere, members

_ROOT: Path = ("clauses", "gates")
_DATES = frozenset({CandidateFact.RESIDENCY_ENDS_ON, CandidateFact.TITLE_OBTAINED_ON})
_COMPARES_DATES = frozenset({Comparison.ON_OR_BEFORE, Comparison.ON_OR_AFTER})


def check_gates(file: CallFile) -> Iterator[Found]:
    """Every gate of the call."""
    gates = file.clauses.gates
    yield from tolerant(_check_count(gates))
    yield from tolerant(_check_sizes(gates))
    yield from tolerant(_check_kinds((*_ROOT, "recruiter"), gates.recruiter))
    yield from tolerant(_check_kinds((*_ROOT, "partner"), gates.partner))
    yield from tolerant(_check_times(file))
    yield from tolerant(each((*_ROOT, "territories"), gates.territories, _check_territory))
    yield from tolerant(_check_specialties((*_ROOT, "specialties"), gates.specialties))
    yield from tolerant(each((*_ROOT, "candidate"), gates.candidate, _check_candidate))


def _check_times(file: CallFile) -> Iterator[Found]:
    try:
        months = known(file.clauses.contract.months)
        longest = max(months) if months else None
    except MissingPartError:
        longest = None
    yield from check_time_shares((*_ROOT, "time_shares"), file.clauses.gates.time_shares, longest)


def _check_count(gates: Gates) -> Iterator[Found]:
    count, usual = known(gates.count), known(gates.usual_count)
    if count is None:
        return
    least, most = count
    if not 1 <= least <= most:
        message = "Donnez le plus petit puis le plus grand nombre d’établissements, par exemple [2, 3]."
        yield (*_ROOT, "count", "value"), message
    elif usual is not None and not least <= usual <= most:
        message = f"{usual} n’est pas entre {least} et {most}, les bornes que donne « count »."
        yield (*_ROOT, "usual_count", "value"), message


def _check_sizes(gates: Gates) -> Iterator[Found]:
    sizes = known(gates.project_sizes)
    if sizes is not None and (not sizes or 0 in sizes):
        yield (*_ROOT, "project_sizes", "value"), "Un projet porte au moins un poste, par exemple [1, 2, 3]."


def _check_kinds(path: Path, gate: KindGate) -> Iterator[Found]:
    kinds, tolerated = known(gate.kinds), known(gate.tolerated)
    if kinds is not None and not kinds:
        message = "Nommez au moins une sorte de structure, ou écrivez unknown = true."
        yield (*path, "kinds", "value"), message
    both = sorted(set(kinds or ()) & set(tolerated or ()))
    if both:
        message = f"Une structure admise n’est pas seulement tolérée : retirez {', '.join(both)} d’une liste."
        yield (*path, "tolerated", "value"), message


def _check_territory(path: Path, gate: TerritoryGate) -> Iterator[Found]:
    yield from check_selector((*path, "among"), gate.among)
    areas = known(gate.areas)
    if areas is not None and not areas:
        yield (*path, "areas", "value"), "Décrivez au moins un territoire, ou écrivez unknown = true."
    for rank, area in enumerate(areas or ()):
        place = (*path, "areas", "value", rank)
        yield from check_selector((*place, "selector"), area.selector)
        if area.rank == 0:
            yield (*place, "rank"), "Le rang se compte à partir de 1, le territoire le plus favorisé."


def _check_specialties(path: Path, gate: SpecialtyGate) -> Iterator[Found]:
    for name, source in (("only", gate.only), ("excluded", gate.excluded)):
        groups = known(source)
        for rank, group in enumerate(groups or ()):
            yield from check_specialty((*path, name, "value", rank), group)
    only = known(gate.only)
    if only is None:
        return
    admitted = frozenset[str]().union(*(members(group) for group in only))
    excluded = known(gate.excluded)
    barred = frozenset[str]().union(*(members(group) for group in excluded or ()))
    if all(members(group) for group in only) and not admitted - barred:
        yield (*path, "only", "value"), "Aucune spécialité n’est admise : corrigez « only » ou « excluded »."


def check_specialty(path: Path, group: str) -> Iterator[Found]:
    """A code or a filière that the list of specialties does not have."""
    if not members(group):
        words = [f"{GROUP_PREFIX}{f}" for f in Filiere] if group.startswith(GROUP_PREFIX) else [*SPECIALTIES]
        hint = not_among(group, words)
        yield path, f"La spécialité « {group} » n’est pas dans la liste. {hint}"


def _check_candidate(path: Path, gate: CandidateGate) -> Iterator[Found]:
    comparison, dated = known(gate.comparison), gate.fact in _DATES
    if comparison is not None and (comparison in _COMPARES_DATES) is not dated:
        choices = sorted(c for c in Comparison if (c in _COMPARES_DATES) is dated)
        yield (*path, "comparison", "value"), f"Pour {gate.fact.label}, écrivez {' ou '.join(choices)}."
    if dated and gate.reference is None:
        yield path, "Cette condition compare une date : donnez la date de référence (reference)."
    if not dated and gate.reference is not None:
        yield (*path, "reference"), "Cette condition ne compare pas de date : retirez « reference »."
