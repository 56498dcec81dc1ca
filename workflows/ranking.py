"""Who comes before whom: the ranking of a committee session, and of the reserve list that follows it (A15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from workflows.calls.parameters import Quota
from workflows.dossier import Dossier
from workflows.parts.places import quotas_of
from workflows.parts.rivals import BetterRanked, StandingOffer
from workflows.proofs import of_offer
from workflows.states import State

#: States of a dossier that waits for a place.
WAITING = frozenset({State.COMMITTEE, State.RESERVE})


def better_ranked(view: Dossier, others: Iterable[Dossier], today: date) -> tuple[BetterRanked, ...]:
    """The dossiers of the same session and category that wait before this one, the best first."""
    found = (_before(view, other, today) for other in others)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.rank, one.number)))


def _before(view: Dossier, other: Dossier, today: date) -> BetterRanked | None:
    mine, theirs = view.committee, other.committee
    if mine is None or theirs is None or other.state not in WAITING:
        return None
    if (mine.session, view.category) != (theirs.session, other.category):
        return None
    rank, before = _ranks(view, other)
    if rank is None or before is None or before >= rank:
        return None
    entry = other.reserve
    gave_way = entry is not None and entry.gave_way(today, named=other.candidate is not None)
    offered = entry is not None and entry.stands(today, named=other.candidate is not None)
    silent = gave_way and entry is not None and entry.declined_on is None
    return BetterRanked(
        other.number,
        before,
        eligible=theirs.favourable is not False and not gave_way,
        offered=offered,
        unheard=silent and any(receipt.is_awaited for receipt in of_offer(other)),
    )


def standing_offers(others: Iterable[Dossier], quotas: tuple[Quota, ...], today: date) -> tuple[StandingOffer, ...]:
    """The returned places that stand offered to other dossiers of the reserve list."""
    return tuple(
        StandingOffer(other.number, tuple(quota.id for quota in _quotas(other, quotas)))
        for other in others
        if other.state is State.RESERVE
        and other.reserve is not None
        and other.reserve.stands(today, named=other.candidate is not None)
    )


def _quotas(dossier: Dossier, quotas: tuple[Quota, ...]) -> tuple[Quota, ...]:
    return quotas_of(quotas, category=dossier.category, specialty=dossier.specialty, sites=dossier.sites)


def _ranks(view: Dossier, other: Dossier) -> tuple[int | None, int | None]:
    """The two ranks, on the same list: the reserve list for two that stand on it, else that of the committee."""
    if view.reserve is not None and other.reserve is not None:
        return view.reserve.rank, other.reserve.rank
    return (view.committee.rank if view.committee else None), (other.committee.rank if other.committee else None)
