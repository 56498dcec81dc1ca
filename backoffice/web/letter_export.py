"""The letters of a list as a table to export: the columns of the page, one datum each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from backoffice.services.exports.table import Cell, Column, Kind, Table
from backoffice.store.letters import Letter, LetterStep
from backoffice.web.letter_steps import WORDS
from backoffice.web.letter_subjects import Subject
from workflows.french import typography

_COLUMNS = (
    Column("Courrier", Kind.TEXT, 48),
    Column("Dossier", Kind.TEXT, 24),
    Column("À", Kind.TEXT, 36),
    Column("Où il en est", Kind.TEXT, 24),
    Column("Le", Kind.DATE, 12),
    Column("N°", Kind.TEXT, 12),
    Column("À faire avant", Kind.TEXT, 60),
)


class LetterLine(Protocol):
    """A letter of the list; `letter` is None while it is to prepare."""

    @property
    def about(self) -> Subject:
        """What it is about."""

    @property
    def what(self) -> str:
        """What it is called."""

    @property
    def to(self) -> str:
        """To whom."""

    @property
    def late(self) -> str | None:
        """What to do before anything else."""

    @property
    def blocked(self) -> str | None:
        """Why the visitor cannot carry it on."""

    @property
    def letter(self) -> Letter | None:
        """The letter that was prepared."""


def letters_table(lines: Iterable[LetterLine]) -> Table:
    """A row for each letter of the list."""
    return Table("Courriers", _COLUMNS, map(_row, lines))


def _row(line: LetterLine) -> tuple[Cell, ...]:
    letter = line.letter
    return (
        *(line.what, typography(line.about.short), line.to),
        WORDS[letter.step if letter else LetterStep.PREPARE],
        *((letter.sent_on, letter.full_number) if letter else (None, None)),
        typography(line.late or line.blocked or "") or None,
    )
