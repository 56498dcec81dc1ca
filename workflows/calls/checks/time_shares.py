"""Bounds on the time spent at some sites: each one, then all together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from workflows.calls.checks.base import each, known
from workflows.calls.checks.selectors import apart, check_selector, implies
from workflows.calls.errors import Found, Path
from workflows.calls.gates import TimeShareGate
from workflows.calls.salvage import MissingPartError
from workflows.french import share
from workflows.sites import SiteSelector

#: Beyond this many bounds, only the first ones are added up together.
_ADDED_UP = 12


@dataclass(frozen=True, slots=True)
class _Bound:
    rank: int
    label: str
    selector: SiteSelector
    floor: Fraction | None
    ceiling: Fraction | None
    months: Fraction | None


def check_time_shares(path: Path, gates: tuple[TimeShareGate, ...], longest: int | None) -> Iterator[Found]:
    """Every bound; `longest` is the longest contract of the call in months, None when it is not known."""
    yield from each(path, gates, _check_gate)
    bounds = list(_bounds(gates))
    yield from _too_long(path, bounds, longest)
    yield from _floors_above_ceilings(path, bounds)
    yield from _floors_above_one(path, bounds)


def _check_gate(path: Path, gate: TimeShareGate) -> Iterator[Found]:
    yield from check_selector((*path, "selector"), gate.selector)
    if gate.floor is None and gate.ceiling is None and gate.floor_months is None:
        yield path, "Cette condition ne borne rien : donnez floor, ceiling ou floor_months, ou retirez-la."
    for name, bound in (("floor", known(gate.floor)), ("ceiling", known(gate.ceiling))):
        if bound is not None and bound > 1:
            yield (
                (*path, name, "value"),
                f"Une part du temps va de 0 à 1, ou de 0 % à 100 % : {bound} est trop grand.",
            )


def _bounds(gates: Iterable[TimeShareGate]) -> Iterator[_Bound]:
    for rank, gate in enumerate(gates):
        try:
            floor, ceiling, months = known(gate.floor), known(gate.ceiling), known(gate.floor_months)
            yield _Bound(rank, gate.label, gate.selector, floor, ceiling, months)
        except MissingPartError:
            continue


def _too_long(path: Path, bounds: list[_Bound], longest: int | None) -> Iterator[Found]:
    for bound in bounds:
        if bound.months is not None and longest is not None and bound.months > longest:
            message = f"{bound.months} mois de travail ne tiennent pas dans un contrat de {longest} mois."
            yield (*path, bound.rank, "floor_months", "value"), message


def _floors_above_ceilings(path: Path, bounds: list[_Bound]) -> Iterator[Found]:
    for bound in bounds:
        for wider in bounds:
            if bound.floor is None or wider.ceiling is None or not wider.ceiling < bound.floor <= 1:
                continue
            if bound is wider or implies(bound.selector, wider.selector):
                place = "" if bound is wider else f" de « {wider.label} », qui comprend ces lieux"
                message = f"Le plancher ({share(bound.floor)}) dépasse le plafond ({share(wider.ceiling)}){place}."
                yield (*path, bound.rank, "floor", "value"), f"{message} Corrigez l’un ou l’autre."


def _floors_above_one(path: Path, bounds: list[_Bound]) -> Iterator[Found]:
    """Floors on sites that no one site can share are added up: the whole time cannot exceed 100 %."""
    floors = [b for b in bounds if b.floor is not None and b.floor <= 1][:_ADDED_UP]
    for size in range(2, len(floors) + 1):
        for group in combinations(floors, size):
            total = sum((b.floor or Fraction(0) for b in group), Fraction(0))
            if total > 1 and all(apart(a.selector, b.selector) for a, b in combinations(group, 2)):
                labels = " et ".join(f"« {b.label} »" for b in group)
                message = f"Les planchers de {labels} font ensemble {share(total)} du temps."
                yield (*path, group[-1].rank, "floor", "value"), f"{message} Abaissez-en un."
                return
