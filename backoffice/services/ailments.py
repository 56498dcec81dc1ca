"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is not as it must be: which check, where, what."""

    check: str
    where: str
    what: str
