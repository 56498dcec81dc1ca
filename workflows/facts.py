"""The facts of a dossier as plain JSON data: what is stored, hashed and folded.

What lies around a dossier is read when a decision is taken; it is no fact of the dossier and is never kept with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.dossier import Dossier
from workflows.shapes import dump, load, schema_of

_AROUND = "around"


def plain(dossier: Dossier) -> dict[str, Any]:
    """The dossier as plain data."""
    data = dump(dossier)
    data.pop(_AROUND)
    return data


def from_plain(data: Mapping[str, Any]) -> Dossier:
    """The dossier of plain data. Raises `marshmallow.ValidationError` for data no dossier was dumped to."""
    return load(Dossier, dict(data))


def plain_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """New values of members of a dossier as plain data."""
    fields = schema_of(Dossier).fields
    return {name: fields[name]._serialize(value, name, None) for name, value in changes.items() if name != _AROUND}


def folded_data(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The plain data that the plain changes of a journal give, the opening first, as they were written then.

    A member that the rules got since is not in it: reading it gives that member its default.
    """
    data: dict[str, Any] = {}
    for changes in entries:
        data |= changes
    return data


def folded(entries: Iterable[Mapping[str, Any]]) -> Dossier:
    """The dossier that the plain changes of a journal give, the opening first. ValueError for an empty journal."""
    data = folded_data(entries)
    if not data:
        raise ValueError("an empty journal gives no dossier")
    return from_plain(data)
