"""Successions of legal entities: who took over the recruiter, since when, by which deed (A43)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Succession:
    """One legal entity in the place of another at the recruiter: whoever is paid, and whoever owes, follows it.

    `site` is the FINESS number of the recruiter (9 characters), which stays; `before` and `after` are those of the
    legal entities, with their names. `deed` is a reference.
    """

    site: str
    before: str
    former_name: str
    after: str
    name: str
    on: date
    deed: str = field(metadata={"personal": True})
