"""What a call says of the scheduled jobs: live parameters, that change no clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType, TypeVar

from workflows.calls.sources import Sourced
from workflows.effects import Addressee
from workflows.jobs import JOBS, SEND_AT, Job, JobRule, Stop

T = TypeVar("T")

#: Days before or after the day a job looks at; negative for the other side of it.
DayOffset = NewType("DayOffset", int)


@dataclass(frozen=True, slots=True)
class JobSettings:
    """The settings of a job that a call gives; what it leaves out is the default of the job."""

    days: Sourced[tuple[DayOffset, ...]] | None = None
    to: Sourced[tuple[Addressee, ...]] | None = None
    unless: Sourced[tuple[Stop, ...]] | None = None
    off: Sourced[bool] | None = None


@dataclass(frozen=True, slots=True)
class Jobs:
    """The scheduled jobs under a call. `send_at`: hour of the authority’s day at which their mails leave."""

    send_at: Sourced[int] | None = None
    J1: JobSettings | None = None
    J2: JobSettings | None = None
    J3: JobSettings | None = None
    J4: JobSettings | None = None
    J5: JobSettings | None = None
    J6: JobSettings | None = None
    J7: JobSettings | None = None
    J8: JobSettings | None = None
    J9: JobSettings | None = None
    J10: JobSettings | None = None

    def of(self, job: Job) -> JobSettings:
        """The settings of a job, empty when the call says nothing of it."""
        found: JobSettings | None = getattr(self, job.value)
        return found or _NOTHING

    def rule(self, job: Job) -> JobRule:
        """What a job runs under, defaults included. The stops no call may take away are always in it."""
        sheet, said = JOBS[job], self.of(job)
        unless = _or(said.unless, sheet.unless)
        return JobRule(
            days=sheet.days if said.days is None else tuple(said.days.value or ()),
            to=_or(said.to, sheet.to),
            unless=tuple(dict.fromkeys((*sheet.always, *unless))),
            send_at=_or(self.send_at, SEND_AT),
            off=_or(said.off, False),
        )


_NOTHING = JobSettings()


def _or(said: Sourced[T] | None, default: T) -> T:
    return default if said is None or said.value is None else said.value


#: A call that says nothing of the jobs.
DEFAULT_JOBS = Jobs()
