"""A line of the explanation of a call, and how a value of the call becomes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from workflows.calls.model import Call
from workflows.calls.notes import Topic
from workflows.calls.sources import Origin, Sourced
from workflows.french import typography

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, the rule it rests on, where its value comes from, and the remark the call file makes about it.

    `rule` and `origin` are None for a sentence that only names things.
    """

    text: str
    rule: str | None = None
    origin: Origin | None = None
    note: str | None = None

    @property
    def mark(self) -> str:
        """`[NA-13]` for a printed value, `[A7, valeur par défaut]` for another; empty without a rule."""
        if self.rule is None:
            return ""
        if self.origin in {None, Origin.PRINTED, Origin.UNKNOWN}:
            return f"[{self.rule}]"
        return f"[{self.rule}, {self.origin.label}]"


@dataclass(frozen=True, slots=True)
class Section:
    """The lines about one subject."""

    title: str
    lines: tuple[Line, ...]


def plain(text: str) -> Line:
    """A sentence that rests on no rule."""
    return Line(typography(text))


def told(source: Sourced[T], words: Callable[[T], str], silent: str) -> Line:
    """The sentence of a value; `silent` names what the call does not say when the value is unknown."""
    text = silent if source.value is None else words(source.value)
    return Line(typography(text), source.rule, source.origin, source.note)


def either(source: Sourced[bool], yes: str, no: str, silent: str) -> Line:
    """The sentence of a yes or no."""
    return told(source, lambda value: yes if value else no, silent)


def same(source: Sourced[T], text: str) -> Line:
    """One more sentence about a known value, with the same source and without repeating its remark."""
    return Line(typography(text), source.rule, source.origin)


def notes(call: Call, topic: Topic) -> Iterator[Line]:
    """The informative clauses about a topic; one under the rule that lists the silences of the call is a silence."""
    for note in call.clauses.notes:
        if note.topic is topic:
            silent = note.rule == call.rules.silent
            yield Line(typography(note.text), note.rule, Origin.UNKNOWN if silent else Origin.PRINTED)


def capital(text: str) -> str:
    """The text with a capital first letter; nothing else changes."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The text with a small first letter, to follow a colon; an acronym keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def days(n: int) -> str:
    """`1 jour`, `15 jours`."""
    return f"{n} jour" if n <= 1 else f"{n} jours"
