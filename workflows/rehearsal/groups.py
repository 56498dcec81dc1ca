"""Lines of a history that say the same of several dossiers, or several times, told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.french import listing
from workflows.rehearsal.report import Changed, Checked, Fell, Line, Opened, Step


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of the same instant that differ by their dossier, or by the piece they are about."""

    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        """The line that stands for all."""
        return self.lines[0]

    @property
    def dossiers(self) -> tuple[str, ...]:
        """Numbers of the dossiers concerned, each once."""
        found = [line.dossier for line in self.lines if not isinstance(line, Changed)]
        return tuple(dict.fromkeys(number for number in found if number is not None))

    @property
    def times(self) -> int:
        """How many times the act was done on each dossier."""
        return len(self.lines) // max(1, len(self.dossiers))

    @property
    def who(self) -> str:
        """The author of the acts; the words they share when they differ."""
        found = {line.who for line in self.lines if isinstance(line, Step)}
        if len(found) == 1:
            return found.pop()
        return min(found, key=len).partition(" (")[0] if found else ""

    @property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """What every form of the group says alike."""
        forms = [line.inputs for line in self.lines if isinstance(line, Step)]
        return tuple(item for item in forms[0] if all(item in form for form in forms)) if forms else ()


def grouped(lines: Iterable[Line]) -> tuple[Group, ...]:
    """The lines gathered, in their order."""
    found: list[list[Line]] = []
    for line in lines:
        if found and _key(found[-1][0]) == _key(line) and not isinstance(line, Changed):
            found[-1].append(line)
        else:
            found.append([line])
    return tuple(Group(tuple(group)) for group in found)


def _key(line: Line) -> tuple[Any, ...]:
    match line:
        case Step():
            codes = tuple((f.code, f.severity) for f in line.findings)
            met = line.expectation is None or line.expectation.met
            moved = (*(line.dates or {}).items(), *line.changes)
            return ("step", line.at, line.act, line.by.role, line.source, line.target, codes, met, moved)
        case Fell():
            return "fell", line.at, line.due.kind, line.due.on, line.due.what
        case Opened():
            return "opened", line.at, line.renews
        case Checked():
            return "checked", line.at, line.met
        case Changed():
            return "changed", line.at, line.what


def span(group: Group, numbers: Sequence[str]) -> str:
    """The dossiers of a group in words; empty when the rehearsal has only one."""
    return dossier_words(group.dossiers, numbers) if len(numbers) > 1 else ""


def dossier_words(some: Sequence[str], numbers: Sequence[str]) -> str:
    """`G-01`, `G-01 et G-03`, or `G-01 à G-15 (15 dossiers)` for numbers that follow one another."""
    if len(some) > 2:  # noqa: PLR2004  # two are told one by one
        first = numbers.index(some[0])
        if tuple(numbers[first : first + len(some)]) == tuple(some):
            return f"{some[0]} à {some[-1]} ({len(some)} dossiers)"
    return listing(some)
