"""The queries of whoever looks after the installation: what waits, what failed, when the clock last turned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, func, literal, null, or_, select, true
from sqlalchemy.orm import Session

from backoffice.store.calls import CallVersion
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import Bounce, SentMail
from backoffice.store.outbox import TRIED_LONG, OutboxRow, is_free, is_open
from backoffice.store.schedule import ClockSlot, DigestLine, JobRun
from backoffice.store.scope import Scope

ONE_DAY = timedelta(days=1)


class RowState(StrEnum):
    """Where a row of the outbox stands at an instant.

    LATER: its instant has not come. DUE: it waits for a worker. RUNNING: a worker holds its lease. DOUBTFUL: an
    attempt that may have gone through has ended badly, another is to come. DEAD: given up, it waits for a person.
    """

    LATER = "later"
    DUE = "due"
    RUNNING = "running"
    DOUBTFUL = "doubtful"
    DEAD = "dead"
    DONE = "done"


class Age(StrEnum):
    """For how long a row has been due, or dead."""

    MINUTE = "under_1_minute"
    MINUTES = "under_5_minutes"
    HOUR = "under_1_hour"
    DAY = "under_1_day"
    MORE = "more"


_AGES = (
    (Age.MINUTE, timedelta(minutes=1)),
    (Age.MINUTES, timedelta(minutes=5)),
    (Age.HOUR, timedelta(hours=1)),
    (Age.DAY, ONE_DAY),
)


def _word(value: StrEnum) -> ColumnElement[str]:
    return literal(value.value, String)


def _state(now: datetime) -> ColumnElement[str]:
    return case(
        (OutboxRow.done_at.is_not(None), _word(RowState.DONE)),
        (OutboxRow.dead_at.is_not(None), _word(RowState.DEAD)),
        (~is_free(now), _word(RowState.RUNNING)),
        (OutboxRow.started_at.is_not(None), _word(RowState.DOUBTFUL)),
        (OutboxRow.next_attempt_at <= now, _word(RowState.DUE)),
        else_=_word(RowState.LATER),
    )


def _since(now: datetime) -> ColumnElement[datetime | None]:
    """Since when a row is dead, or due and free; when one tried for long was made; NULL for the others."""
    return case(
        (OutboxRow.dead_at.is_not(None), OutboxRow.dead_at),
        (_tried_long(now), OutboxRow.created_at),
        (_waits(now), OutboxRow.next_attempt_at),
        else_=null(),
    )


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(is_open(), is_free(now), OutboxRow.next_attempt_at <= now)


def _tried_long(now: datetime) -> ColumnElement[bool]:
    return and_(is_open(), is_free(now), OutboxRow.attempts >= TRIED_LONG)


def _age(since: ColumnElement[Any], now: datetime) -> ColumnElement[str | None]:
    steps = [(since > now - limit, _word(age)) for age, limit in _AGES]
    return case((since.is_(None), null()), *steps, else_=_word(Age.MORE))


def _within(scope: Scope | None) -> ColumnElement[bool]:
    """The condition on rows joined to their dossier: those of the scope; all of them without one.

    A mail that gathers several dossiers belongs to the region of its call.
    """
    if scope is None:
        return true()
    calls = select(CallVersion.call).where(CallVersion.region == scope.region)
    return or_(scope.condition(), and_(OutboxRow.dossier.is_(None), OutboxRow.call.in_(calls)))


def _rows(scope: Scope | None, *columns: Any) -> Select[Any]:
    joined = select(*columns).select_from(OutboxRow).outerjoin(DossierRow, DossierRow.id == OutboxRow.dossier)
    return joined.where(_within(scope))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of a kind stand at a state; by age, since when the oldest, when one was last hinted."""

    kind: str
    state: RowState
    age: Age | None
    number: int
    attempts: int
    oldest: datetime | None
    hinted_at: datetime | None


def tallies(session: Session, now: datetime, scope: Scope | None = None) -> list[Tally]:
    """The outbox in figures: every row that is not done, and those done for a day; cancelled ones left out."""
    recent = or_(OutboxRow.done_at.is_(None), OutboxRow.done_at > now - ONE_DAY)
    since = _since(now)
    columns = (
        OutboxRow.kind,
        _state(now).label("state"),
        _age(since, now).label("age"),
        since.label("since"),
        OutboxRow.attempts,
        OutboxRow.hinted_at,
    )
    each = _rows(scope, *columns).where(recent, OutboxRow.cancelled_at.is_(None)).subquery()
    group = (each.c.kind, each.c.state, each.c.age)
    figures = (func.count(), func.sum(each.c.attempts), func.min(each.c.since), func.max(each.c.hinted_at))
    return [
        Tally(kind, RowState(state), Age(age) if age else None, number, int(attempts), oldest, hinted_at)
        for kind, state, age, number, attempts, oldest, hinted_at in session.execute(
            select(*group, *figures).group_by(*group)
        )
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row as a list names it. `number`: of its dossier. `lines`: how many notices it gathers.

    `since`: when it died, when the attempt that is in doubt began, when it fell due, was done or will be tried.
    `started`: it may have left the house.
    """

    id: UUID
    kind: str
    name: str
    addressee: str | None
    call: str | None
    number: str | None
    lines: int
    state: RowState
    started: bool
    attempts: int
    last_error: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows a list shows: their states, their kind, and an instant before which they have waited."""

    states: tuple[RowState, ...]
    kind: str | None = None
    before: datetime | None = None

    def conditions(self, now: datetime) -> Iterator[ColumnElement[bool]]:
        """The SQL conditions on rows."""
        if RowState.DONE not in self.states:
            yield OutboxRow.done_at.is_(None)
        yield OutboxRow.cancelled_at.is_(None)
        yield _state(now).in_([state.value for state in self.states])
        if self.kind is not None:
            yield OutboxRow.kind == self.kind
        if self.before is not None:
            yield _reached(now) <= self.before


def _reached(now: datetime) -> ColumnElement[datetime]:
    """Since when a row has stood where it stands; for one that waits for its instant, that instant."""
    doubtful = and_(is_open(), is_free(now), OutboxRow.started_at.is_not(None))
    return case(
        (OutboxRow.dead_at.is_not(None), OutboxRow.dead_at),
        (OutboxRow.done_at.is_not(None), OutboxRow.done_at),
        (doubtful, OutboxRow.started_at),
        else_=OutboxRow.next_attempt_at,
    )


def listed(
    session: Session, now: datetime, wanted: Wanted, scope: Scope | None = None, *, limit: int, offset: int = 0
) -> list[Listed]:
    """Rows in the order in which they have waited, the oldest first. One statement."""
    lines = select(func.count()).where(DigestLine.outbox == OutboxRow.id).correlate(OutboxRow).scalar_subquery()
    reached = _reached(now)
    columns = (
        *(OutboxRow.id, OutboxRow.kind, OutboxRow.name, OutboxRow.addressee),
        func.coalesce(OutboxRow.call, DossierRow.call),
        DossierRow.number,
        lines,
        _state(now),
        *(OutboxRow.started_at, OutboxRow.attempts, OutboxRow.last_error),
        reached,
    )
    found = _rows(scope, *columns).where(*wanted.conditions(now)).order_by(reached, OutboxRow.id)
    return [
        Listed(
            *(row_id, kind, name, addressee, call, number, gathered, RowState(state)),
            started=started_at is not None,
            attempts=attempts,
            last_error=last_error,
            since=since,
        )
        for row_id, kind, name, addressee, call, number, gathered, state, started_at, attempts, last_error, since in (
            session.execute(found.limit(limit).offset(offset))
        )
    ]


def in_scope(scope: Scope | None, ids: Iterable[UUID] | None = None, kind: str | None = None) -> ColumnElement[bool]:
    """The condition that a row is in the scope, among some rows or of a kind: for a statement on the outbox alone."""
    wanted = _rows(scope, OutboxRow.id)
    if ids is not None:
        wanted = wanted.where(OutboxRow.id.in_(list(ids)))
    if kind is not None:
        wanted = wanted.where(OutboxRow.kind == kind)
    return OutboxRow.id.in_(wanted)


def known(session: Session, scope: Scope | None, ids: Iterable[UUID]) -> set[UUID]:
    """Those of some rows that are in the scope."""
    return set(session.scalars(_rows(scope, OutboxRow.id).where(OutboxRow.id.in_(list(ids)))))


#: The job of the clock that runs the others: a clock that takes its slot and fails is no clock.
TICK = "due"


@dataclass(frozen=True, slots=True)
class Pulse:
    """Since when the oldest row waits for a worker, or for an attempt that succeeds after many that did not; and when a
    clock last did its work. None: none, never.
    """

    due_since: datetime | None
    ticked_at: datetime | None


def pulse(session: Session, now: datetime) -> Pulse:
    """The pulse of the whole installation, in one statement that reads what is not done and the end of an index."""
    due = select(func.min(_since(now))).where(or_(_waits(now), _tried_long(now)))
    done = (ClockSlot.job == TICK, ClockSlot.done_at.is_not(None))
    ticked = select(ClockSlot.done_at).where(*done).order_by(ClockSlot.slot.desc()).limit(1)
    found = session.execute(select(due.scalar_subquery(), ticked.scalar_subquery())).one()
    return Pulse(*found)


@dataclass(frozen=True, slots=True)
class Tick:
    """When a job’s slot was last taken by a clock, and when the work of one was last done."""

    job: str
    taken_at: datetime
    done_at: datetime | None


def ticks(session: Session) -> list[Tick]:
    """The last tick of each job, by name."""
    last = select(ClockSlot.job, func.max(ClockSlot.taken_at), func.max(ClockSlot.done_at))
    return [Tick(*found) for found in session.execute(last.group_by(ClockSlot.job).order_by(ClockSlot.job))]


def last_runs(session: Session, limit: int) -> list[JobRun]:
    """The last runs of the jobs that had something to see to, the newest first."""
    return list(session.scalars(select(JobRun).order_by(JobRun.ran_at.desc(), JobRun.job).limit(limit)))


@dataclass(frozen=True, slots=True)
class Totals:
    """What has been done since the beginning: notices by job; mails sent, and kept without being sent (`dry`);
    addresses that refused (True: for good); dossiers by call and state.
    """

    notices: dict[str, int]
    sent: int
    dry: int
    bounces: dict[bool, int]
    dossiers: dict[tuple[str, str], int]


def totals(session: Session) -> Totals:
    """The totals of the whole installation. Four statements."""
    by_job = select(JobRun.job, func.sum(JobRun.notices)).group_by(JobRun.job)
    mails = {bool(dry): number for dry, number in session.execute(_counted(SentMail.dry))}
    by_call = select(DossierRow.call, DossierRow.state, func.count()).group_by(DossierRow.call, DossierRow.state)
    return Totals(
        notices={job: int(number) for job, number in session.execute(by_job)},
        sent=mails.get(False, 0),
        dry=mails.get(True, 0),
        bounces={bool(permanent): number for permanent, number in session.execute(_counted(Bounce.permanent))},
        dossiers={(call, state): number for call, state, number in session.execute(by_call)},
    )


def _counted(column: Any) -> Select[Any]:
    return select(column, func.count()).group_by(column)
