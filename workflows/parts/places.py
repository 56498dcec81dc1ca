"""Places: what an award takes in every quota that concerns its dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.calls.parameters import Quota
from workflows.sites import Site, SiteRole


class PlaceStatus(StrEnum):
    """How firmly a place is taken. Every status counts in the quota until the place is released."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    HELD = "held"
    CONSUMED = "consumed"

    @property
    def label(self) -> str:
        """The French word for the status."""
        return _LABELS[self]


_LABELS = {
    PlaceStatus.PROVISIONAL: "provisoire, sous réserve de délégation",
    PlaceStatus.CONFIRMED: "confirmée",
    PlaceStatus.HELD: "tenue pendant le remplacement",
    PlaceStatus.CONSUMED: "consommée pour la promotion",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place taken in `quotas` (ids, nested ones included) since `taken_on`; `held_until` is the day it may return."""

    status: PlaceStatus
    quotas: tuple[str, ...]
    taken_on: date
    held_until: date | None = None


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """A quota as it stands when a decision is taken: `places` is None while it is not known.

    `kept`: places of it earmarked for other posts than the one looked at, that nobody has taken yet.
    """

    id: str
    label: str
    places: int | None
    taken: int
    rule: str
    kept: int = 0

    @property
    def left(self) -> int | None:
        """Places left, None when the quota is not known."""
        return None if self.places is None else self.places - self.taken


def quotas_of(
    quotas: Iterable[Quota], *, category: str, specialty: str | None, sites: tuple[Site, ...]
) -> tuple[Quota, ...]:
    """The quotas a dossier counts in: all those whose conditions it meets, with every quota around them."""
    by_id = {quota.id: quota for quota in quotas}
    found: dict[str, Quota] = {}
    for quota in by_id.values():
        if _concerns(quota, category, specialty, sites):
            current: Quota | None = quota
            while current is not None:
                found.setdefault(current.id, current)
                current = by_id.get(current.within) if current.within else None
    return tuple(quota for quota in by_id.values() if quota.id in found)


def is_earmarked(quota: Quota) -> bool:
    """True for a quota whose places are kept for an establishment or a specialty."""
    return quota.finess is not None or quota.specialty is not None


def kept_for_others(quotas: Iterable[Quota], own: Collection[str], taken: Mapping[str, int]) -> dict[str, int]:
    """Places of each quota of a dossier (`own`: their ids) that are earmarked for others and not taken yet."""
    within: dict[str | None, list[Quota]] = {}
    for quota in quotas:
        within.setdefault(quota.within, []).append(quota)

    def kept(outer: str) -> int:
        return sum(kept_in(quota) for quota in within.get(outer, ()))

    def kept_in(quota: Quota) -> int:
        if quota.id in own or not is_earmarked(quota):
            return kept(quota.id)
        return max(0, (quota.places.value or 0) - taken.get(quota.id, 0))

    return {quota: kept(quota) for quota in own}


def _concerns(quota: Quota, category: str, specialty: str | None, sites: tuple[Site, ...]) -> bool:
    recruiters = [s for s in sites if s.role is SiteRole.RECRUITER]
    return (
        (quota.category is None or quota.category == category)
        and (quota.specialty is None or quota.specialty == specialty)
        and (quota.departments is None or any(s.department in quota.departments for s in sites))
        and (quota.ghts is None or any(s.ght in quota.ghts for s in sites))
        and (quota.finess is None or any(quota.finess in {s.id, s.legal_entity} for s in recruiters))
    )
