"""The places of a call: those taken in each quota, as guards and pages count them, and its quotas for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.store.calls import PlaceRow
from workflows.calls.model import Call
from workflows.calls.parameters import Quota
from workflows.parts.places import PlaceStatus
from workflows.parts.rivals import StandingOffer


@dataclass(frozen=True, slots=True)
class QuotaPlaces:
    """A quota: its places (None while they are not known), those taken; among these, provisional and held ones.

    `within`: the label of the quota that this one is part of; `depth`: how many quotas are around it. `standing`: the
    places offered to dossiers of the reserve list, which may still take them.
    """

    label: str
    within: str | None
    depth: int
    places: int | None
    taken: int
    provisional: int
    held: int
    standing: int

    @property
    def left(self) -> int | None:
        """Places that nobody has taken; never below zero."""
        return None if self.places is None else max(0, self.places - self.taken)

    @property
    def offered(self) -> int:
        """Places left that stand offered; an offer above what is left waits for nothing."""
        return self.standing if self.left is None else min(self.standing, self.left)

    @property
    def overrun(self) -> int:
        """Places taken above what the quota holds: it was lowered since, and persons see to it (A18)."""
        return 0 if self.places is None else max(0, self.taken - self.places)


def taken_in(session: Session, call: str, quotas: Collection[str]) -> dict[str, Counter[PlaceStatus]]:
    """The places taken in quotas of a call, by status: every status counts. One statement."""
    counted = select(PlaceRow.quota, PlaceRow.status, func.count()).where(
        PlaceRow.call == call, PlaceRow.quota.in_(quotas)
    )
    found: dict[str, Counter[PlaceStatus]] = {quota: Counter() for quota in quotas}
    for quota, status, number in session.execute(counted.group_by(PlaceRow.quota, PlaceRow.status)):
        found[quota][PlaceStatus(status)] = number
    return found


def quota_places(session: Session, call: Call, standing: Iterable[StandingOffer]) -> tuple[QuotaPlaces, ...]:
    """The quotas of a call in the order of its file, each followed by those within it. One statement.

    `standing`: the places that stand offered to dossiers of its reserve list.
    """
    quotas = {quota.id: quota for quota in call.parameters.quotas}
    if not quotas:
        return ()
    taken = taken_in(session, call.id, quotas)
    offers = Counter(quota for offer in standing for quota in offer.quotas)
    return tuple(
        QuotaPlaces(
            quota.label,
            quotas[quota.within].label if quota.within in quotas else None,
            depth,
            quota.places.value,
            taken[quota.id].total(),
            taken[quota.id][PlaceStatus.PROVISIONAL],
            taken[quota.id][PlaceStatus.HELD],
            offers[quota.id],
        )
        for quota, depth in _nested(quotas, None, 0)
    )


def _nested(quotas: Mapping[str, Quota], within: str | None, depth: int) -> Iterator[tuple[Quota, int]]:
    for quota in quotas.values():
        if quota.within == within:
            yield quota, depth
            yield from _nested(quotas, quota.id, depth + 1)
