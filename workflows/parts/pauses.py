"""A pause of the reminders of one dossier: a person asks for it, in writing, until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workflows.jobs import PAUSABLE, Job

#: The longest pause, in months from the day it is asked for.
LONGEST_PAUSE = 6


@dataclass(frozen=True, slots=True)
class Pause:
    """What some jobs tell of a dossier waits for the day after `until`. `jobs`: empty for all that can be paused.

    Acts decided beforehand and legal deadlines do not wait, nor do the alerts before silence becomes a refusal.
    """

    since: date
    until: date
    jobs: tuple[Job, ...] = ()

    @property
    def over_on(self) -> date:
        """The first day on which reminders leave again."""
        return self.until + timedelta(days=1)

    @property
    def paused(self) -> tuple[Job, ...]:
        """The jobs that wait."""
        return tuple(job for job in self.jobs or PAUSABLE if job in PAUSABLE)

    def holds(self, job: Job, on: date) -> bool:
        """True when what that job tells on that day waits; what is told later is not moved."""
        return job in self.paused and on <= self.until
