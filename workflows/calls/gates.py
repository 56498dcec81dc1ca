"""The gates of a call: what a project, its places of work, its specialty and its candidate must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from workflows.calls.sources import Sourced
from workflows.sites import SiteKind, SiteSelector


@dataclass(frozen=True, slots=True)
class KindGate:
    """Which kinds of structure may play a part. `tolerated` kinds only warn (a head decides)."""

    kinds: Sourced[tuple[SiteKind, ...]]
    tolerated: Sourced[tuple[SiteKind, ...]] | None = None


@dataclass(frozen=True, slots=True)
class TimeShareGate:
    """A bound on the time spent at the sites of `selector`, measured over the whole contract.

    `floor` and `ceiling` are shares; `floor_months` counts months of work. `modulable`: a motivated difference is
    allowed by the call, so that a breach needs a reason and not a derogation.
    """

    label: str
    selector: SiteSelector
    floor: Sourced[Fraction] | None = None
    ceiling: Sourced[Fraction] | None = None
    floor_months: Sourced[Fraction] | None = None
    modulable: Sourced[bool] | None = None


class Quantifier(StrEnum):
    """How many of the sites must be in the territory."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Area:
    """A piece of territory; `rank` orders areas from the most (1) to the least favoured."""

    label: str
    selector: SiteSelector
    rank: int = 1


@dataclass(frozen=True, slots=True)
class TerritoryGate:
    """`quantifier` of the sites of `among` must lie in one of the `areas`."""

    label: str
    areas: Sourced[tuple[Area, ...]]
    quantifier: Quantifier = Quantifier.ANY
    among: SiteSelector = SiteSelector()


@dataclass(frozen=True, slots=True)
class SpecialtyGate:
    """Specialties accepted: codes of DES or `filiere:<name>`. Both directions may be given; None: no condition."""

    only: Sourced[tuple[str, ...]] | None = None
    excluded: Sourced[tuple[str, ...]] | None = None


class CandidateFact(StrEnum):
    """What a call may ask of the candidate."""

    FULL_LICENCE = "full_licence"
    SPECIALIST_TITLE = "specialist_title"
    FOREIGN_TITLE = "foreign_title"
    RESIDENCY_ENDS_ON = "residency_ends_on"
    TITLE_OBTAINED_ON = "title_obtained_on"

    @property
    def label(self) -> str:
        """The French words for the fact."""
        return _FACT_LABELS[self]


_FACT_LABELS = {
    CandidateFact.FULL_LICENCE: "la plénitude d’exercice",
    CandidateFact.SPECIALIST_TITLE: "un titre de spécialiste",
    CandidateFact.FOREIGN_TITLE: "un titre étranger (praticien associé)",
    CandidateFact.RESIDENCY_ENDS_ON: "la fin de l’internat",
    CandidateFact.TITLE_OBTAINED_ON: "la date d’obtention du titre",
}


class Moment(StrEnum):
    """When a gate on the candidate is checked."""

    FILING = "filing"
    AWARD = "award"
    START = "start"


class Comparison(StrEnum):
    """How a fact is compared with what the call asks."""

    IS_TRUE = "is_true"
    IS_FALSE = "is_false"
    ON_OR_BEFORE = "on_or_before"
    ON_OR_AFTER = "on_or_after"


@dataclass(frozen=True, slots=True)
class CandidateGate:
    """A condition on the candidate, checked at `moment`; `reference` is the date a dated fact is compared with."""

    fact: CandidateFact
    comparison: Sourced[Comparison]
    moment: Moment
    reference: Sourced[date] | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """All the gates of a call. `independent`: recruiter and partners are different legal entities."""

    recruiter: KindGate
    partner: KindGate
    independent: Sourced[bool]
    count: Sourced[tuple[int, int]]
    usual_count: Sourced[int] | None
    project_sizes: Sourced[tuple[int, ...]]
    time_shares: tuple[TimeShareGate, ...]
    territories: tuple[TerritoryGate, ...]
    specialties: SpecialtyGate
    candidate: tuple[CandidateGate, ...]
