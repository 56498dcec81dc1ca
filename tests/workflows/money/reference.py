"""The worked examples of the reference, read from the tables beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One row of a table: its cells by the heads of their columns."""

    cells: dict[str, str]

    def __getitem__(self, head: str) -> str:
        return self.cells[head]

    @property
    def doctors(self) -> list[tuple[str, str]]:
        """First and last day of each doctor."""
        return [span(text) for text in self["days of the doctors"].split("//")]

    @property
    def name(self) -> str:
        """What tells the row from the others."""
        return " ".join(self.cells.get(head, "") for head in ("call", "variant", "ledger", "year", "month")).strip()


def span(text: str) -> tuple[str, str]:
    """The first and the last day of « 01/11/2024-31/10/2026 »."""
    first, last = text.strip().split("-")
    return first, last


def rows(name: str) -> list[Row]:
    """The rows of a table, by its name."""
    head, *lines = (line.split("|") for line in _TABLES[name])
    heads = [cell.strip() for cell in head]
    return [Row(dict(zip(heads, (cell.strip() for cell in line), strict=True))) for line in lines]


def _tables() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in (Path(__file__).parent / "reference.txt").read_text("utf-8").splitlines():
        if line.startswith("## "):
            name = line.removeprefix("## ").partition(":")[0]
        elif name and line:
            found.setdefault(name, []).append(line)
    return found


_TABLES = _tables()
