"""Reliability bugs, one patch each: the suite must catch every one (`python -m tests.faults.mutants`, `make mutants`).

A patch begins with a line that says the bug and a line `Caught by:` that names the tests which must fail on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_CAUGHT = "Caught by: "


@dataclass(frozen=True)
class Mutant:
    """A bug: its patch, what it is, the tests that must catch it."""

    patch: Path
    what: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name."""
        return self.patch.stem


def mutants() -> list[Mutant]:
    """Every bug, by name."""
    return [_read(patch) for patch in sorted(FOLDER.glob("*.patch"))]


def _read(patch: Path) -> Mutant:
    what, caught = patch.read_text("utf-8").splitlines()[:2]
    assert caught.startswith(_CAUGHT), f"{patch.name}: the second line names the tests"
    return Mutant(patch, what, tuple(caught.removeprefix(_CAUGHT).split()))
