"""What the clock does: job after job, notice what fell due, once, and ask for its effects.

The number of statements does not depend on the number of dossiers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.services import call_jobs
from backoffice.store.base import ran_into_another, writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import ClockSlot, Deadline, JobRun
from backoffice.store.sweeps import Sweep, allow_long, jobs_waiting, noticed, pointless, waiting
from config.faultpoints import faultpoint
from workflows.jobs import Job

_log = logging.getLogger(__name__)

#: Who runs the jobs at their hours.
CLOCK = "clock"
#: How often a sweep is tried when it meets an act in the other direction.
_TRIES = 3
#: How long the slots of the clock are kept.
_SLOTS_KEPT = timedelta(days=7)


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
            _log.exception("a job could not be run")
            wrong.append(error)
    if wrong:
        raise ExceptionGroup("some jobs could not be run", wrong)
    return made


def run(session: Session, job: Job, *, legal: datetime, machine: datetime, by: str) -> Noticed:
    """Run one job now, for somebody."""
    made = Noticed(*call_jobs.run(session, (job,), legal=legal, machine=machine, by=by))
    return made + _swept(session, job, legal=legal, machine=machine, by=by)


def _swept(session: Session, job: Job, *, legal: datetime, machine: datetime, by: str) -> Noticed:
    """One job on every dossier; again when the database gave it up for the sake of an act."""
    for _ in range(_TRIES - 1):
        try:
            return _run_once(session, job, legal=legal, machine=machine, by=by)
        except DBAPIError as error:
            if not ran_into_another(error):
                raise
    return _run_once(session, job, legal=legal, machine=machine, by=by)


def _run_once(session: Session, job: Job, *, legal: datetime, machine: datetime, by: str) -> Noticed:
    dialect, run_id = session.get_bind().dialect.name, uuid4()
    sweep = Sweep(dialect, job.value, run_id, legal, machine)
    with writing(session):
        allow_long(session)
        session.add(JobRun(id=run_id, job=job.value, at=legal, ran_at=machine, by=by))
        session.flush()
        notices = _count(session, sweep.notices())
        effects = 0
        if notices:
            effects = _count(session, sweep.acts()) + _count(session, sweep.mails())
            session.execute(sweep.lines())
        session.execute(sweep.seen())
        mine = JobRun.id == run_id
        if notices:
            counted = update(JobRun).where(mine).values(notices=notices, effects=effects)
            session.execute(counted.execution_options(synchronize_session=False))
        else:  # a clock that came second, or deadlines written again after they were noticed
            session.execute(delete(JobRun).where(mine).execution_options(synchronize_session=False))
        session.expunge_all()
        faultpoint("due.before_commit", job.value)
    faultpoint("due.after_commit", job.value)
    return Noticed(notices, effects)


def _count(session: Session, statement: Any) -> int:
    return int(session.connection().execute(statement, execution_options={"preserve_rowcount": True}).rowcount)


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


def foreseen_dossiers(job: Job, legal: datetime, limit: int = 20) -> Select[Any]:
    """The dossiers a run would notice something on: number, kind, day, whom it tells."""
    return (
        select(DossierRow.number, Deadline.kind, Deadline.due_on, Deadline.told)
        .join(Deadline, Deadline.dossier == DossierRow.id)
        .where(waiting(legal, job.value), ~noticed(), ~pointless())
        .order_by(Deadline.due_on, DossierRow.number)
        .limit(limit)
    )


def take_slot(session: Session, job: str, slot: datetime, now: datetime) -> bool:
    """Take a slot of a job: True for one clock process only, whatever their number."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(ClockSlot) if dialect == "postgresql" else sqlite.insert(ClockSlot)
    with writing(session):
        taken = session.execute(
            insert.values(job=job, slot=slot, taken_at=now).on_conflict_do_nothing().returning(ClockSlot.job)
        )
        return taken.first() is not None


def close_slot(session: Session, job: str, slot: datetime, now: datetime) -> None:
    """Note that the work of a slot is done, and forget the old slots."""
    with writing(session):
        done = update(ClockSlot).where(ClockSlot.job == job, ClockSlot.slot == slot)
        session.execute(done.values(done_at=now).execution_options(synchronize_session=False))
        old = delete(ClockSlot).where(ClockSlot.slot < now - _SLOTS_KEPT)
        session.execute(old.execution_options(synchronize_session=False))
