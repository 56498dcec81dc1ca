"""Successions of legal entities: who took over the recruiter, since when, by which deed (A43)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Succession:
    """One legal entity in the place of another at the recruiter: whoever is paid, and whoever owes, follows it.

    `site` is the FINESS number of the recruiter (9 characters), which stays; `before` and `after` are those of the
    legal entities, with their names. `deed` is a reference. `siret`: of the one that took over, where it was told.
    """

    site: str
    before: str
    former_name: str
    after: str
    name: str
    on: date
    deed: str = field(metadata={"personal": True})
    siret: str | None = field(default=None, metadata={"late": True})


def corrected(known: Iterable[Succession], entity: str, since: date) -> Succession | None:
    """The last succession that stands, when another one, of the same day or to the same entity, takes its place."""
    last = next(reversed(standing(known)), None)
    return last if last is not None and (last.on == since or last.after == entity) else None


def standing(known: Iterable[Succession]) -> tuple[Succession, ...]:
    """The successions of a recruiter that stand, in order of time, without those that a later one corrects."""
    found: list[Succession] = []
    for taken in known:
        if found and (found[-1].on == taken.on or found[-1].after == taken.after):
            found.pop()
        found.append(taken)
    return tuple(found)
