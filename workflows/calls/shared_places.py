"""Two calls that would award the same places of a quota source: each counts its own dossiers only (A17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflows.calls.model import Call
from workflows.calls.parameters import Quota
from workflows.calls.quota_source import parse_quota_source

#: Members of a quota that say which dossiers count in it.
_CONDITIONS = ("category", "departments", "ghts", "finess", "specialty")


def shared_places(call: Call, others: Iterable[Call], sources: Mapping[str, str]) -> tuple[str, ...]:
    """Why a call may not be in force beside others, a French sentence for each place that two of them would award.

    `sources`: the texts of the quota sources that the call names. An entry and one it is part of hold the same places.
    """
    mine = drawn_on(call.parameters.quotas)
    if not mine:
        return ()
    around = {name: _around(sources[name]) for name in {_name(quota) for quota in mine}}
    return tuple(
        f"« {quota.label} » ({quota.source}) prend des places que l’appel « {other.id} » prend déjà "
        f"(« {theirs.label} », {theirs.source}). Une place ne se donne qu’une fois : partagez-les en écrivant "
        "« places » dans chacun des deux appels, sans « source »."
        for other in others
        for theirs in drawn_on(other.parameters.quotas)
        for quota in mine
        if _name(quota) == _name(theirs) and _overlap(_entry(quota), _entry(theirs), around[_name(quota)])
    )


def drawn_on(quotas: tuple[Quota, ...]) -> tuple[Quota, ...]:
    """The sourced quotas whose places a call takes: those that no narrower one of a source bounds for all dossiers."""
    within = {quota.id: quota.within for quota in quotas}
    sourced = [quota for quota in quotas if quota.source]
    bounded = {
        outer.id
        for inner in sourced
        for outer in sourced
        if outer.id in _up(inner.within, within) and _counts_all(inner, outer)
    }
    return tuple(quota for quota in sourced if quota.id not in bounded)


def _counts_all(inner: Quota, outer: Quota) -> bool:
    """True when every dossier that counts in the outer quota counts in the inner one."""
    return all(getattr(inner, name) in (None, getattr(outer, name)) for name in _CONDITIONS)


def _overlap(one: str, other: str, around: Mapping[str, str | None]) -> bool:
    return one in _up(other, around) or other in _up(one, around)


def _up(start: str | None, around: Mapping[str, str | None]) -> Iterator[str]:
    """A name, then those around it."""
    while start is not None:
        yield start
        start = around.get(start)


def _around(text: str) -> dict[str, str | None]:
    return {entry.id: entry.within for entry in parse_quota_source(text).entries}


def _name(quota: Quota) -> str:
    return (quota.source or "").partition(":")[0]


def _entry(quota: Quota) -> str:
    return (quota.source or "").partition(":")[2]
