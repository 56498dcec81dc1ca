"""How checks go through a call that may have holes: each check stops where it meets one, the others go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from workflows.calls.errors import Found, Path
from workflows.calls.salvage import MissingPartError
from workflows.calls.sources import Sourced
from workflows.shape_fields import nearest

T = TypeVar("T")


def tolerant(found: Iterable[Found]) -> Iterator[Found]:
    """The mistakes found up to the first part that could not be read."""
    try:
        yield from found
    except MissingPartError:
        return


def each(path: Path, items: Iterable[T], check: Callable[[Path, T], Iterable[Found]]) -> Iterator[Found]:
    """The mistakes of every item of a list, each checked on its own."""
    for rank, item in enumerate(items):
        yield from tolerant(check((*path, rank), item))


def known(value: Sourced[T] | None) -> T | None:
    """The value inside, None when there is none or the call leaves it unknown."""
    return None if value is None else value.value


def repeated(path: Path, items: Iterable[T], key: Callable[[T], object], name: str = "id") -> Iterator[Found]:
    """A mistake for every item whose key another item has as well."""
    keys: list[object] = []
    for item in items:
        try:
            keys.append(key(item))
        except MissingPartError:
            keys.append(object())
    counts = Counter(keys)
    for rank, value in enumerate(keys):
        if counts[value] > 1:
            yield (*path, rank, name), f"« {value} » est donné {counts[value]} fois : changez-en un."


def not_among(word: str, words: Iterable[str]) -> str:
    """What to do about a word that should be one of a list."""
    choices = sorted(words)
    near = nearest(word, choices)
    if near:
        return f"Vouliez-vous écrire « {near} » ?"
    return f"Choisissez parmi : {', '.join(choices)}." if choices else "La liste est vide."
