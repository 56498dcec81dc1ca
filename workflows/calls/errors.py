"""What is wrong with a call file: every mistake at once, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.french import count, typography
from workflows.shape_fields import shown

#: A place in a TOML tree: keys and ranks from the root.
Path = tuple[str | int, ...]

#: A mistake as a check finds it: where, and what to do about it.
Found = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class CallFileIssue:
    """One mistake.

    `path` is the key path (`clauses.pieces[2].id`, empty for the file itself), `line` counts from 1. `in_complement`:
    the mistake is in the complement, not in the call.
    """

    path: str
    message: str
    line: int | None = None
    in_complement: bool = False

    def __str__(self) -> str:
        document = "complément" if self.in_complement else ""
        line = f"ligne {self.line}" if self.line else ""
        place = ", ".join(part for part in (document, line, self.path) if part)
        return typography(f"{place} : {self.message}") if place else self.message


class CallFileError(ValueError):
    """A call file that cannot be used. `errors` holds every mistake found, in the order of the file."""

    def __init__(self, errors: Iterable[CallFileIssue]) -> None:
        self.errors = tuple(errors)
        shown = "\n".join(f"- {issue}" for issue in self.errors)
        super().__init__(f"{count(len(self.errors), 'erreur')} à corriger\n{shown}")


def path_text(path: Path) -> str:
    """`("clauses", "pieces", 2, "id")` as `clauses.pieces[2].id`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{shown(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def issues(
    found: Iterable[Found], line: Callable[[Path], int | None], *, in_complement: bool = False
) -> tuple[CallFileIssue, ...]:
    """Mistakes with their lines, in the order of the file; `line` tells the line of a path."""
    told = [CallFileIssue(path_text(p), typography(m), line(p), in_complement) for p, m in dict.fromkeys(found)]
    return tuple(sorted(told, key=lambda issue: (issue.line or 0, issue.path)))


def flatten(messages: Any, path: Path = ()) -> Iterator[Found]:
    """The messages of a `marshmallow.ValidationError` one by one, each with its path."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from flatten(inner, path if key == "_schema" else (*path, key))
    elif isinstance(messages, str):
        yield path, messages
    else:
        for inner in messages:
            yield from flatten(inner, path)
