"""The clauses a dossier was filed under, completed by what a later version of the call says.

What was unknown may be completed later, and a default may give way to what the agency signed; what was known never
changes. The tables of a call keep their number and order: a later version that changes them is another call for the
dossiers to come.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from workflows.calls.digest import digest_of
from workflows.calls.model import Authority, Call, Clauses
from workflows.calls.sources import Origin, Sourced

#: What an agency may put in the place of a default after dossiers were filed.
_SIGNED = frozenset({Origin.CHOICE, Origin.COMPLEMENT})


def completed(filed: Call, newest: Call) -> Call:
    """What rules a dossier filed under `filed` while `newest` is in force, whose live parameters it takes."""
    clauses: Clauses = _part(filed.clauses, newest.clauses)
    ruling = replace(filed, parameters=newest.parameters, authority=_reached(filed.authority, newest.authority))
    if clauses == filed.clauses:
        return ruling
    complement = newest.complement if newest.complement is not None else filed.complement
    return replace(ruling, clauses=clauses, digest=digest_of(clauses), complement=complement)


def _reached(filed: Authority, newest: Authority) -> Authority:
    """The authority, with the contacts it has today."""
    now = {name: getattr(newest, name) or getattr(filed, name) for name in ("service", "email", "phone", "address")}
    return replace(filed, **now)


def changed(filed: Call, newest: Call) -> tuple[str, ...]:
    """Key paths of the clauses that were known in `filed` and are others in `newest`."""
    ruling = completed(filed, newest)
    return tuple(_differences(ruling.clauses, newest.clauses, "clauses"))


def _completes(filed: Sourced[Any], newest: Sourced[Any]) -> bool:
    """True for a value that the agency may still give."""
    return newest.is_known and (not filed.is_known or (filed.is_default and newest.origin in _SIGNED))


def _part(filed: Any, newest: Any) -> Any:
    match filed:
        case Sourced():
            return newest if isinstance(newest, Sourced) and _completes(filed, newest) else filed
        case tuple() if isinstance(newest, tuple) and len(newest) == len(filed):
            return tuple(_part(mine, theirs) for mine, theirs in zip(filed, newest, strict=True))
        case Mapping() if isinstance(newest, Mapping):
            return MappingProxyType({key: _part(value, newest.get(key)) for key, value in filed.items()})
    if dataclasses.is_dataclass(filed) and type(filed) is type(newest) and _same_table(filed, newest):
        parts = {f.name: _part(getattr(filed, f.name), getattr(newest, f.name)) for f in dataclasses.fields(filed)}
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
