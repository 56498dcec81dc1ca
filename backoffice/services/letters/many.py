"""The same act on many letters, each in its own transaction; and the three to read before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backoffice.services.letters.making import LetterRefusedError
from workflows.letters.members import Sample


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act on many letters: those done, those refused with the reason."""

    done: tuple[UUID, ...]
    refused: tuple[tuple[UUID, str], ...]


def each(letters: Iterable[UUID], act: Callable[[UUID], object]) -> Outcome:
    """Do an act on each letter; one that is refused stops none of the others."""
    done, refused = [], []
    for letter in letters:
        try:
            act(letter)
            done.append(letter)
        except LetterRefusedError as error:
            refused.append((letter, str(error)))
    return Outcome(tuple(done), tuple(refused))


def to_read(letters: Iterable[tuple[UUID, Any]]) -> dict[Sample, UUID]:
    """The shortest letter, the longest, and the oddest: the one whose members are present or absent as no other’s.

    Three letters: fewer are given when there are not so many.
    """
    found = list(letters)
    length = {letter: len(json.dumps(data)) for letter, data in found}
    shape = {letter: _shape(data) for letter, data in found}
    common = Counter(shape.values())
    orders: tuple[tuple[Sample, Callable[[UUID], tuple[int, ...]]], ...] = (
        (Sample.ODD, lambda letter: (common[shape[letter]], -length[letter])),
        (Sample.LONGEST, lambda letter: (-length[letter],)),
        (Sample.SHORTEST, lambda letter: (length[letter],)),
    )
    chosen: dict[Sample, UUID] = {}
    for which, order in orders if len(set(shape.values())) > 1 else orders[1:]:
        left = [letter for letter in length if letter not in chosen.values()]
        if left:
            chosen[which] = min(left, key=order)
    return chosen


def _shape(data: Any) -> tuple[Any, ...]:
    """What a letter has and lacks, whatever it says."""
    return tuple((name, _kind(value)) for name, value in sorted(data.items()))


def _kind(value: Any) -> Any:
    if isinstance(value, list):
        return len(value)
    return _shape(value) if isinstance(value, dict) else value if isinstance(value, bool) else value is None
