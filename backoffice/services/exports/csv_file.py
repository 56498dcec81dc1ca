"""A table as CSV: UTF-8 with its mark, semicolons, decimal commas; what French office suites open by a double click."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from backoffice.services.exports.table import Cell, Table, checked

#: What makes an office suite take a text for a formula, wide forms included, wherever blanks come first.
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212")
_BLANKS = " \u00a0\u202f\u3000\ufeff\u200b"
#: Characters gathered before they are given.
_CHUNK = 64 * 1024
_HUNDRED = 100
_SHARE_STEP = Decimal("0.000001")


def csv_chunks(table: Table) -> Iterator[bytes]:
    """The file, piece after piece. Raises as `checked` does."""
    waiting, size = ["\ufeff" + _line(_text(column.title) for column in table.columns)], 0
    for row in checked(table):
        line = _line(_written(cell) for cell in row)
        waiting.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _line(cells: Iterator[str]) -> str:
    return ";".join(cells) + "\r\n"


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return _text(cell)
        case date():
            return cell.strftime("%d/%m/%Y")
        case Decimal():
            return f"{cell:.2f}".replace(".", ",")
        case Fraction():
            return _percent(cell)
    return str(cell)


def _percent(share: Fraction) -> str:
    exact = Decimal(share.numerator * _HUNDRED) / Decimal(share.denominator)
    return f"{exact.quantize(_SHARE_STEP).normalize():f} %".replace(".", ",")


def _text(text: str) -> str:
    """A text between quotes; an apostrophe comes before what would be a formula."""
    risky = text.lstrip(_BLANKS)[:1] in _FORMULA and text != ""
    safe = f"'{text}" if risky and text.lstrip(_BLANKS) else text
    return '"' + safe.replace('"', '""') + '"'
