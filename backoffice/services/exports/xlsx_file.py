"""Tables as an XLSX workbook, a sheet for each, written row after row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import IO, Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types

from backoffice.services.exports.table import Cell, Kind, Table, checked

#: The longest text a cell may hold, and the longest name of a sheet.
LONGEST_TEXT, LONGEST_NAME = 32_767, 31
#: Rows of a sheet, its titles left out.
MOST_ROWS = 1_048_575
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMATS = {
    Kind.TEXT: {"num_format": "@", "valign": "top"},
    Kind.DATE: {"num_format": "dd/mm/yyyy", "align": "left", "valign": "top"},
    Kind.WHOLE: {"num_format": "#,##0", "valign": "top"},
    Kind.YEAR: {"num_format": "0", "valign": "top"},
    Kind.EUROS: {"num_format": '#,##0.00\\ "€"', "valign": "top"},
    Kind.SHARE: {"num_format": "0.00%", "valign": "top"},
}


def write_xlsx(tables: Iterable[Table], file: IO[bytes], *, made_at: datetime) -> None:
    """Write a workbook. Raises as `checked` does, and ValueError for more rows than a sheet holds."""
    with Workbook(file, _OPTIONS) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "valign": "top", "bottom": 1})
        formats = {kind: book.add_format(format_) for kind, format_ in _FORMATS.items()}
        names: set[str] = set()
        for table in tables:
            sheet = book.add_worksheet(sheet_name(table.name, names))
            _write_sheet(sheet, table, bold, formats)


def _write_sheet(sheet: Any, table: Table, bold: Any, formats: dict[Kind, Any]) -> None:
    for rank, column in enumerate(table.columns):
        sheet.set_column(rank, rank, column.width)
    sheet.freeze_panes(1, 0)
    for rank, column in enumerate(table.columns):
        sheet.write_string(0, rank, column.title, bold)
    last = 0
    for last, row in enumerate(checked(table), 1):
        if last > MOST_ROWS:
            raise ValueError(f"a sheet holds {MOST_ROWS} rows at most")
        for rank, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(sheet, last, rank, cell, formats[column.kind])
    if last:
        sheet.autofilter(0, 0, last, len(table.columns) - 1)


def _write_cell(sheet: Any, row: int, rank: int, cell: Cell, format_: Any) -> None:
    match cell:
        case None:
            return
        case str():
            sheet.write_string(row, rank, cut(cell), format_)
        case date():
            sheet.write_datetime(row, rank, cell, format_)
        case int() | Decimal() | Fraction():
            sheet.write_number(row, rank, float(cell), format_)


def cut(text: str) -> str:
    """A text that a cell can hold."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def sheet_name(name: str, taken: set[str]) -> str:
    """A name that a sheet may bear, unlike the others, which it joins."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")[:LONGEST_NAME].rstrip(" '") or "Feuille"
    found, number = plain, 1
    while found.lower() in taken:
        number += 1
        found = f"{plain[: LONGEST_NAME - 4]} {number}"
    taken.add(found.lower())
    return found
