"""The mutants that no check notices, reviewed one by one, with the reason why nothing can notice them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent.parent / "golden" / "survivors.txt"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A line of the list."""

    call: str
    path: str
    rule: str
    mutation: str
    reason: str


def survivors() -> tuple[Survivor, ...]:
    """The list, in the order of its file; lines that begin with # are remarks."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return tuple(Survivor(*(part.strip() for part in line.split("|"))) for line in lines)
