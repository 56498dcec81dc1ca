"""What the clock does: job after job, notice what fell due, once, and ask for its effects.

The number of statements does not depend on the number of dossiers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backoffice.services import call_jobs
from backoffice.store.base import changed, in_spite_of_others, writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import Deadline, JobRun
from backoffice.store.sweeps import Sweep, allow_long, jobs_waiting, noticed, pointless, waiting
from config.faultpoints import faultpoint
from workflows.jobs import Job

_log = logging.getLogger(__name__)

#: Who runs the jobs at their hours.
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a run noticed: notices made, effects asked for."""

    notices: int = 0
    effects: int = 0

    def __add__(self, other: Noticed) -> Noticed:
        return Noticed(self.notices + other.notices, self.effects + other.effects)


def tick(session: Session, *, legal: datetime, machine: datetime) -> Noticed:
    """Run every job that has something to see to: what is due and not noticed, never what is due "today".

    After days without a clock only the last reminder of a matter is mailed; the earlier ones are noticed in silence.
    """
    session.rollback()
    found = set(session.scalars(jobs_waiting(legal)))

    def calls() -> Noticed:
        return Noticed(*call_jobs.run(session, tuple(Job), legal=legal, machine=machine, by=CLOCK))

    swept = partial(_swept, session, legal=legal, machine=machine, by=CLOCK)
    steps: list[Callable[[], Noticed]] = [calls, *(partial(swept, job) for job in Job if job.value in found)]
    made, wrong = Noticed(), list[Exception]()
    for step in steps:
        try:
            made += step()
        except Exception as error:  # one job that fails keeps no other from its work
            _log.exception("une tâche n’a pas pu passer")
            wrong.append(error)
    if wrong:
        raise ExceptionGroup("some jobs could not be run", wrong)
    return made


def run(session: Session, job: Job, *, legal: datetime, machine: datetime, by: str) -> Noticed:
    """Run one job now, for somebody."""
    made = Noticed(*call_jobs.run(session, (job,), legal=legal, machine=machine, by=by))
    return made + _swept(session, job, legal=legal, machine=machine, by=by)


def _swept(session: Session, job: Job, *, legal: datetime, machine: datetime, by: str) -> Noticed:
    """One job on every dossier, in one transaction that may meet acts in the other direction."""
    return in_spite_of_others(lambda: _run_once(session, job, legal=legal, machine=machine, by=by))


def _run_once(session: Session, job: Job, *, legal: datetime, machine: datetime, by: str) -> Noticed:
    dialect, run_id = session.get_bind().dialect.name, uuid4()
    sweep = Sweep(dialect, job.value, run_id, legal, machine)
    with writing(session):
        allow_long(session)
        session.add(JobRun(id=run_id, job=job.value, at=legal, ran_at=machine, by=by))
        session.flush()
        notices = changed(session, sweep.notices())
        effects = 0
        if notices:
            effects = changed(session, sweep.acts()) + changed(session, sweep.mails())
            session.execute(sweep.lines())
        session.execute(sweep.seen())
        mine = JobRun.id == run_id
        if notices:
            changed(session, update(JobRun).where(mine).values(notices=notices, effects=effects))
        else:  # a clock that came second, or deadlines written again after they were noticed
            changed(session, delete(JobRun).where(mine))
        session.expunge_all()
        faultpoint("due.before_commit", job.value)
    faultpoint("due.after_commit", job.value)
    return Noticed(notices, effects)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a run of a job would notice: so many deadlines of a kind."""

    kind: str
    number: int


def foreseen(session: Session, job: Job, legal: datetime) -> tuple[Foreseen, ...]:
    """What a run of a job would notice at an instant, by kind. Writes nothing."""
    found = (
        select(Deadline.kind, func.count())
        .where(waiting(legal, job.value), ~noticed(), ~pointless())
        .group_by(Deadline.kind)
        .order_by(Deadline.kind)
    )
    dossiers = [Foreseen(kind, number) for kind, number in session.execute(found)]
    return (*dossiers, *(Foreseen(kind, 1) for kind in call_jobs.foreseen(session, job, legal)))


def foreseen_dossiers(session: Session, job: Job, legal: datetime, limit: int) -> list[tuple[str, str, date]]:
    """The first dossiers that a run would notice something on: number, kind, day."""
    wanted = (
        select(DossierRow.number, Deadline.kind, Deadline.due_on)
        .join(Deadline, Deadline.dossier == DossierRow.id)
        .where(waiting(legal, job.value), ~noticed(), ~pointless())
        .order_by(Deadline.due_on, DossierRow.number)
    )
    return [(number, kind, on) for number, kind, on in session.execute(wanted.limit(limit))]
