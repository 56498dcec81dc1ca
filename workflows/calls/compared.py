"""What a version of a call says that the one before did not: values added, changed, and no longer known."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from workflows.calls.model import Call
from workflows.calls.parameters import Envelope, Extension
from workflows.calls.sources import Sourced

#: Members of a call that its file writes.
_WRITTEN = ("title", "authority", "clauses", "parameters")
#: Values that a line may show as the file writes them.
_SIMPLE = (str, int, Decimal, date)


class Change(StrEnum):
    """What became of a value."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value of a call, by its key path, in two versions; None where it is not known. Tables are named by their id."""

    change: Change
    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """The path, with the values that one line can show."""
        told = [text for value in (self.before, self.after) if (text := _told(value))]
        if len(set(told)) < len(told) and isinstance(self.after, Sourced):
            return f"{self.path} : {told[0]}, désormais {self.after.origin.label} ({self.after.rule})"
        return f"{self.path} : {' devient '.join(told)}" if told else self.path


def compared(before: Call, after: Call) -> tuple[Difference, ...]:
    """What the second version adds, changes and removes, in the order of the file."""
    return tuple(each for name in _WRITTEN for each in _differences(getattr(before, name), getattr(after, name), name))


def removed(differences: tuple[Difference, ...]) -> tuple[str, ...]:
    """The key paths of what is no longer known."""
    return tuple(each.path for each in differences if each.change is Change.REMOVED)


def _differences(before: Any, after: Any, path: str, *, row: bool = False) -> Iterator[Difference]:
    """`row`: a table of a list, told once when it comes or goes, and not value by value."""
    had, has = _is_known(before), _is_known(after)
    if before == after or not (had or has):
        return
    mine, theirs = _parts(before) if had else {}, _parts(after) if has else {}
    if mine is None or theirs is None or (row and had != has):
        change = Change.CHANGED if had and has else Change.ADDED if has else Change.REMOVED
        yield Difference(change, path, before if had else None, after if has else None)
        return
    rows = isinstance(before if had else after, tuple)
    for key in dict.fromkeys([*mine, *theirs]):
        yield from _differences(mine.get(key), theirs.get(key), f"{path}.{key}", row=rows)


def _parts(value: Any) -> dict[str, Any] | None:
    """The parts of a table or of a list of tables by their keys; None for a value."""
    if isinstance(value, Mapping):
        return {str(key): part for key, part in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, Sourced):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, tuple) and all(dataclasses.is_dataclass(part) for part in value):
        return {_key(part, rank): part for rank, part in enumerate(value, 1)}
    return None


def _key(table: Any, rank: int) -> str:
    match table:
        case Envelope():
            return f"{table.year} ({table.since.isoformat()})"
        case Extension():
            return table.decided_on.isoformat()
    return str(getattr(table, "id", None) or rank)


def _is_known(value: Any) -> bool:
    """True for what tells something: a value that is known, or a table that holds one."""
    match value:
        case None:
            return False
        case Sourced():
            return value.is_known
    parts = _parts(value)
    return True if parts is None else any(_is_known(part) for part in parts.values())


def _told(value: Any) -> str:
    match value:
        case Envelope():
            return _told(value.amount)
        case Sourced():
            return _told(value.value)
        case bool():
            return "oui" if value else "non"
    return str(value) if isinstance(value, _SIMPLE) else ""
