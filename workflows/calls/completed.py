"""The clauses a dossier was filed under, completed by what later versions of the call say.

What was unknown may be completed later; what was known never changes. A default gives way to what the agency signs;
once amounts are notified, those that they rest on stay (A24, A26), and the others may still be signed: the pieces of a
replacement (A10), how a repayment is read and comes back (A1, A3). The tables of a call keep their number and order: a
later version that changes them is another call for the dossiers to come.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from workflows.calls.complement import CONTACTS
from workflows.calls.digest import digest_of
from workflows.calls.model import Authority, Call, Clauses
from workflows.calls.sources import Origin, Sourced

#: What an agency may put in the place of a default after dossiers were filed.
_SIGNED = frozenset({Origin.CHOICE, Origin.COMPLEMENT})


def completed(filed: Call, newest: Call, *, settled: bool = False) -> Call:
    """What rules a dossier filed under `filed` once `newest` is in force, whose live parameters it takes.

    Through several versions, complete step by step: the first value that was known is the one that stays.
    `settled`: amounts had been notified before `newest` was loaded, and stay as they are.
    """
    clauses: Clauses = _part(filed.clauses, newest.clauses, signed=True)
    if settled:
        clauses = _on_amounts_of(_part(filed.clauses, newest.clauses, signed=False), clauses)
    reached = _reached(filed.authority, newest.authority)
    ruling = replace(filed, parameters=newest.parameters, authority=reached, version=newest.version)
    if clauses == filed.clauses:
        return ruling
    complement = newest.complement if newest.complement is not None else filed.complement
    return replace(ruling, clauses=clauses, digest=digest_of(clauses), complement=complement)


def _on_amounts_of(kept: Clauses, signed: Clauses) -> Clauses:
    """The clauses `signed`, with those of `kept` on which the amounts of a post rest: its money, and when it ends."""
    reading, vehicles = signed.funding.repayment_reading, signed.funding.repayment_vehicles
    return replace(
        signed,
        funding=replace(kept.funding, repayment_reading=reading, repayment_vehicles=vehicles),
        contract=replace(signed.contract, fixed_end=kept.contract.fixed_end),
        deferral=replace(signed.deferral, end=kept.deferral.end),
        replacement=replace(signed.replacement, end_unchanged=kept.replacement.end_unchanged),
    )


def _reached(filed: Authority, newest: Authority) -> Authority:
    """The authority, with the contacts it has today."""
    now = {name: getattr(newest, name) or getattr(filed, name) for name in CONTACTS}
    return replace(filed, **now)


def changed(filed: Call, newest: Call) -> tuple[str, ...]:
    """Key paths of the clauses that were known in `filed` and are others in `newest`."""
    ruling = completed(filed, newest)
    return tuple(_differences(ruling.clauses, newest.clauses, "clauses"))


def _completes(filed: Sourced[Any], newest: Sourced[Any], *, signed: bool) -> bool:
    """True for a value that the agency may still give."""
    gives_way = signed and filed.is_default and newest.origin in _SIGNED
    return newest.is_known and (not filed.is_known or gives_way)


def _part(filed: Any, newest: Any, *, signed: bool) -> Any:
    match filed:
        case Sourced():
            return newest if isinstance(newest, Sourced) and _completes(filed, newest, signed=signed) else filed
        case tuple() if isinstance(newest, tuple) and len(newest) == len(filed):
            return tuple(_part(mine, theirs, signed=signed) for mine, theirs in zip(filed, newest, strict=True))
        case Mapping() if isinstance(newest, Mapping):
            return MappingProxyType({key: _part(value, newest.get(key), signed=signed) for key, value in filed.items()})
    if dataclasses.is_dataclass(filed) and type(filed) is type(newest) and _same_table(filed, newest):
        parts = {
            f.name: _part(getattr(filed, f.name), getattr(newest, f.name), signed=signed)
            for f in dataclasses.fields(filed)
        }
        return replace(filed, **parts)  # type: ignore[type-var]
    return filed


def _same_table(filed: Any, newest: Any) -> bool:
    """True for two versions of the same table: those with an id are matched by it."""
    return getattr(filed, "id", None) == getattr(newest, "id", None)


def _differences(filed: Any, newest: Any, path: str) -> Iterator[str]:
    if filed == newest:
        return
    if isinstance(filed, tuple) and isinstance(newest, tuple) and len(filed) == len(newest):
        for rank, (mine, theirs) in enumerate(zip(filed, newest, strict=True)):
            yield from _differences(mine, theirs, f"{path}.{getattr(mine, 'id', None) or rank + 1}")
    elif isinstance(filed, Mapping) and isinstance(newest, Mapping):
        for key in sorted({*filed, *newest}):
            yield from _differences(filed.get(key), newest.get(key), f"{path}.{key}")
    elif dataclasses.is_dataclass(filed) and type(filed) is type(newest) and not isinstance(filed, Sourced):
        for item in dataclasses.fields(filed):
            yield from _differences(getattr(filed, item.name), getattr(newest, item.name), f"{path}.{item.name}")
    else:
        yield path
