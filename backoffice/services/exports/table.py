"""The description of a table to export: its columns, each of one kind, and its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

#: What a cell holds: text, a day, a whole number, a year, euros or a share of one; None: nothing.
Cell = str | date | int | Decimal | Fraction | None


class Kind(StrEnum):
    """What the cells of a column hold, empty ones aside."""

    TEXT = "text"
    DATE = "date"
    WHOLE = "whole"
    YEAR = "year"
    EUROS = "euros"
    SHARE = "share"


_TYPES: dict[Kind, type] = {
    Kind.TEXT: str,
    Kind.DATE: date,
    Kind.WHOLE: int,
    Kind.YEAR: int,
    Kind.EUROS: Decimal,
    Kind.SHARE: Fraction,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what it holds, its width in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 16


def money_columns(*titles: str) -> tuple[Column, ...]:
    """Columns of euros."""
    return tuple(Column(title, Kind.EUROS) for title in titles)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its columns, its rows in order. Rows are gone through once."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]


class TooManyRowsError(ValueError):
    """The tables of a workbook have more rows than it may hold."""


def counted(tables: Iterable[Table], most: int) -> list[Table]:
    """The same tables, counted together as they are gone through: TooManyRowsError past so many rows."""
    left = iter(range(most))

    def checked_rows(rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        for row in rows:
            if next(left, None) is None:
                raise TooManyRowsError(f"more than {most} rows")
            yield row

    return [replace(table, rows=checked_rows(table.rows)) for table in tables]


#: Characters that no XML document may hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def checked(table: Table) -> Iterator[Sequence[Cell]]:
    """The rows of a table. Raises TypeError for a cell that is not of its column, ValueError for a row too short.

    A date with an hour is no day; true and false are no numbers. Characters that no document may hold become spaces.
    """
    kinds = [column.kind for column in table.columns]
    for row in table.rows:
        yield [_checked(kind, cell) for kind, cell in zip(kinds, row, strict=True)]


def _checked(kind: Kind, cell: Cell) -> Cell:
    if cell is None:
        return None
    if not isinstance(cell, _TYPES[kind]) or isinstance(cell, bool | datetime):
        raise TypeError(f"a cell of kind {kind} cannot hold {type(cell).__name__}")
    return _FORBIDDEN.sub(" ", cell) if isinstance(cell, str) else cell
