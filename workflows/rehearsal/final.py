"""The end of a rehearsal: the account of each dossier, of the quotas, and of what a complement gave."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced
from workflows.dossier import Dossier
from workflows.french import listing
from workflows.rehearsal.clock import Clock
from workflows.rehearsal.money import awarded_account, cost_lines, funded_account, owed
from workflows.rehearsal.report import Completed, DossierReport, QuotaReport
from workflows.rehearsal.words import dates_of, scalar_words
from workflows.rehearsal.world import World


def dossier_report(dossier: Dossier, world: World, clock: Clock, names: Mapping[str, str]) -> DossierReport:
    """A dossier as the rehearsal leaves it."""
    return DossierReport(
        dossier=dossier,
        silence_on=dates_of(dossier, world.today).get("silence_on"),
        holders={t.candidate: names.get(t.candidate, t.candidate) for t in dossier.tenures if t.candidate},
        awarded=awarded_account(dossier, world.call),
        funded=funded_account(dossier, world.call, names),
        costs=cost_lines(dossier, world.call),
        owed=owed(dossier, world.call),
        coming=clock.coming(dossier.number),
    )


def quota_reports(world: World, highest: Mapping[str, int]) -> tuple[QuotaReport, ...]:
    """Every quota of the call."""
    taken = world.taken()
    return tuple(
        QuotaReport(q.id, q.label, q.places.value, taken[q.id], max(highest.get(q.id, 0), taken[q.id]))
        for q in world.call.parameters.quotas
    )


def completed(call: Call) -> tuple[Completed, ...]:
    """Every value of the call that a complement gives, in the order of the call."""
    if call.complement is None:
        return ()
    return tuple(
        Completed(path, value.rule, _words(value.value))
        for path, value in (*_sourced(call.clauses, "clauses"), *_sourced(call.parameters, "parameters"))
        if value.origin is Origin.COMPLEMENT
    )


def _sourced(value: Any, path: str) -> Iterator[tuple[str, Sourced[Any]]]:
    """Every value with its source, by its path in the call; tables with an id are told by it."""
    if isinstance(value, Sourced):
        yield path, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for item in dataclasses.fields(value):
            yield from _sourced(getattr(value, item.name), f"{path}.{item.name}")
    elif isinstance(value, tuple):
        for rank, inner in enumerate(value):
            yield from _sourced(inner, f"{path}[{getattr(inner, 'id', rank)}]")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _sourced(inner, f"{path}.{key}")


def _words(value: Any) -> str:
    """A value as the file of the call would show it to a person."""
    if isinstance(value, tuple):
        return listing(_words(item) for item in value)
    return str(value.value) if isinstance(value, Enum) else scalar_words(value, "UTC") or str(value)
