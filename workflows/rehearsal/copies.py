"""Copies: one table of a scenario that stands for many, told apart by {n}."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from workflows.rehearsal.scenario import Doctor, DossierFile, Opening

#: Most copies of a dossier or of a doctor.
MOST_COPIES = 200

#: Stands for every dossier of the scenario.
ALL = "all"
_RANGE = ".."
_RENEWED = re.compile(r"-R[0-9]+$")


def filled(value: Any, rank: int, number: str = "") -> Any:
    """Plain data where {n} is the rank of a copy, {nn} the same on two digits, {number} the number of the dossier."""
    if isinstance(value, str):
        text = value.replace("{nn}", f"{rank:02}").replace("{n}", str(rank))
        return text.replace("{number}", number) if number else text
    if isinstance(value, Mapping):
        return {key: filled(inner, rank, number) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(inner, rank, number) for inner in value)
    return value


def doctors_of(doctors: Iterable[Doctor]) -> tuple[Doctor, ...]:
    """Every doctor, copies made."""
    return tuple(_filled(d, rank) for d in doctors for rank in range(1, min(d.copies or 1, MOST_COPIES) + 1))


def openings_of(*dossiers: DossierFile) -> tuple[Opening, ...]:
    """Every dossier to open, copies made, in the order of the file; never more copies than allowed."""
    found = []
    for dossier in dossiers:
        for rank in range(1, min(max(dossier.copies or 1, 1), MOST_COPIES) + 1):
            own: DossierFile = _filled(dossier, rank)
            found.append(Opening(own.number, rank, own))
    return tuple(found)


def _filled(table: Any, rank: int) -> Any:
    """The same object with {n} filled in its texts."""
    texts = {f.name: getattr(table, f.name) for f in dataclasses.fields(table)}
    return dataclasses.replace(table, **{n: filled(v, rank) for n, v in texts.items() if isinstance(v, str)})


def renewed_from(number: str, numbers: Container[str]) -> str | None:
    """The dossier that the machine renews under this number (`G-03-R1`), among those of the scenario."""
    parent = _RENEWED.sub("", number)
    return parent if parent != number and parent in numbers else None


def named(references: Iterable[str], numbers: Sequence[str]) -> tuple[str, ...]:
    """The dossiers that words such as `all`, `G-03` or `G-01..G-15` name, in order, each once.

    `G-03-R1` names the dossier that will renew `G-03`. Raises LookupError with the word that names none.
    """
    wanted: set[str] = set()
    renewals: dict[str, None] = {}
    for word in references:
        first, dots, last = word.partition(_RANGE)
        if word == ALL:
            wanted |= set(numbers)
        elif word in numbers:
            wanted.add(word)
        elif dots and first in numbers and last in numbers and numbers.index(first) <= numbers.index(last):
            wanted |= set(numbers[numbers.index(first) : numbers.index(last) + 1])
        elif renewed_from(word, numbers):
            renewals[word] = None
        else:
            raise LookupError(word)
    return (*(number for number in numbers if number in wanted), *renewals)
