"""Places of work: their kinds, the selectors that clauses use to point at them, and the plan of a shared time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class SiteKind(StrEnum):
    """What an establishment or structure is."""

    CHU = "chu"
    CH = "ch"
    EPS = "eps"
    CLCC = "clcc"
    ESPIC = "espic"
    EHPAD_PUBLIC = "ehpad_public"
    USMP = "usmp"
    PREVENTION = "prevention"
    CDS = "cds"
    MSP = "msp"
    CPTS = "cpts"
    CABINET = "cabinet"

    @property
    def label(self) -> str:
        """The French name of the kind."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    SiteKind.CHU: "centre hospitalier universitaire",
    SiteKind.CH: "centre hospitalier",
    SiteKind.EPS: "autre établissement public de santé",
    SiteKind.CLCC: "centre de lutte contre le cancer",
    SiteKind.ESPIC: "établissement de santé privé d’intérêt collectif",
    SiteKind.EHPAD_PUBLIC: "EHPAD public",
    SiteKind.USMP: "unité sanitaire en milieu pénitentiaire",
    SiteKind.PREVENTION: "dispositif public de prévention",
    SiteKind.CDS: "centre de santé",
    SiteKind.MSP: "maison de santé pluridisciplinaire",
    SiteKind.CPTS: "communauté professionnelle territoriale de santé",
    SiteKind.CABINET: "cabinet libéral",
}

#: Structures outside hospital walls.
AMBULATORY_KINDS = frozenset({SiteKind.CDS, SiteKind.MSP, SiteKind.CPTS, SiteKind.CABINET})


class SiteRole(StrEnum):
    """The part an establishment plays in a post."""

    RECRUITER = "recruiter"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Site:
    """One place of work of a post.

    `id` is the FINESS number of the site (9 characters), `legal_entity` that of its legal entity (EJ). `zones` are
    the labels of zonings the site lies in (sous_dense, qpv, ...). `priority` is None when nobody has said whether the
    establishment is a priority one. `distance_km` is the road distance from the main site.
    """

    id: str
    legal_entity: str
    name: str
    role: SiteRole
    kind: SiteKind
    department: str
    ght: str | None = None
    zones: frozenset[str] = frozenset()
    priority: bool | None = None
    distance_km: int | None = None

    @property
    def is_overseas(self) -> bool:
        """True for a site in a department beyond the seas (97x, 98x)."""
        return self.department.startswith(("97", "98"))


@dataclass(frozen=True, slots=True)
class SiteSelector:
    """A set of sites as a clause describes it: every condition given must hold; None means no condition."""

    role: SiteRole | None = None
    kinds: tuple[SiteKind, ...] | None = None
    not_kinds: tuple[SiteKind, ...] | None = None
    departments: tuple[str, ...] | None = None
    ghts: tuple[str, ...] | None = None
    zones: tuple[str, ...] | None = None
    priority: bool | None = None
    overseas: bool | None = None

    def matches(self, site: Site) -> bool:
        """True when the site meets every condition of the selector."""
        return (
            (self.role is None or site.role is self.role)
            and (self.kinds is None or site.kind in self.kinds)
            and (self.not_kinds is None or site.kind not in self.not_kinds)
            and (self.departments is None or site.department in self.departments)
            and (self.ghts is None or site.ght in self.ghts)
            and (self.zones is None or bool(site.zones.intersection(self.zones)))
            and (self.priority is None or site.priority is self.priority)
            and (self.overseas is None or site.is_overseas is self.overseas)
        )


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of a plan: `months` whole months with the same weekly half-days (10 = full time) at each site."""

    months: int
    half_days: tuple[tuple[str, Fraction], ...]

    @property
    def weekly(self) -> Fraction:
        """Half-days worked per week, all sites together."""
        return sum((n for _, n in self.half_days), Fraction(0))

    def at(self, site_ids: frozenset[str]) -> Fraction:
        """Half-days per week worked at the given sites."""
        return sum((n for site, n in self.half_days if site in site_ids), Fraction(0))


Plan = tuple[Period, ...]


def chosen(sites: tuple[Site, ...], selector: SiteSelector) -> frozenset[str]:
    """Ids of the sites a selector points at."""
    return frozenset(site.id for site in sites if selector.matches(site))


def share_at(plan: Plan, site_ids: frozenset[str]) -> Fraction:
    """Exact share of the whole contract spent at the given sites (A19: planned half-days, leave neutral).

    Raises ValueError for a plan without any half-day.
    """
    total = sum((p.months * p.weekly for p in plan), Fraction(0))
    if total == 0:
        raise ValueError("a plan without half-days has no shares")
    return sum((p.months * p.at(site_ids) for p in plan), Fraction(0)) / total


def months_at(plan: Plan, site_ids: frozenset[str]) -> Fraction:
    """Months of work spent at the given sites: each month counts for the share of the week spent there."""
    return sum((p.months * p.at(site_ids) / p.weekly for p in plan if p.weekly), Fraction(0))
