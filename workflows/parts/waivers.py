"""The distance of the prime d’exercice territorial, waived for a place of work (CVL-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DistanceWaiver:
    """A place of work that counts for the premium though it is too near, from a day on.

    `site`: its id. `proposal`: the reference of the proposal of the director. `by`: the account that decided it.
    """

    site: str
    since: date
    granted_on: date
    proposal: str
    by: str
