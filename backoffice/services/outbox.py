"""The outbox: claiming a row under a lease, finishing it behind a fence, giving it up after the last attempt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session

from backoffice.store.base import changed, writing
from backoffice.store.outbox import TRIED_LONG, OutboxRow, is_free, is_open

#: How long a process that gives no sign of life keeps a row before somebody else may try. One that works renews it.
LEASE = timedelta(seconds=20)
#: Waits between attempts; after the last one the row is dead and waits for a person.
BACKOFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
#: Attempts, counted when they begin: what always kills its process ends up dead too.
ATTEMPTS = len(BACKOFF) + 1
#: The longest wait for a server that is away: what waits for it leaves soon after its return.
AWAY = timedelta(minutes=30)
INTERRUPTED = "Chaque tentative a été interrompue avant sa fin."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row under lease. `uncertain`: an earlier attempt had begun to send and nobody knows whether it did.

    `dossier` is None for a mail that gathers several, and for one about a call.
    """

    id: UUID
    lease: UUID
    dossier: UUID | None
    entry: UUID | None
    notice: UUID | None
    run: UUID | None
    call: str | None
    kind: str
    name: str
    addressee: str | None
    party: str | None
    details: dict[str, str]
    at: datetime
    attempts: int
    uncertain: bool

    @property
    def about(self) -> UUID:
        """The dossier the effect is about. LookupError when it is about none, or several."""
        if self.dossier is None:
            raise LookupError(f"effect {self.id} is about no single dossier")
        return self.dossier


def claim(session: Session, row_id: UUID, now: datetime, kinds: Collection[str] | None = None) -> Claimed | None:
    """Take the lease of a row that is due and free, in one committed statement; None when there is nothing to do.

    `kinds`: those the caller can carry out; a row of another kind stays due, for whoever knows it.
    """
    lease, known = uuid4(), true() if kinds is None else OutboxRow.kind.in_(sorted(kinds))
    with writing(session):
        taken = session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, known, is_open(), is_free(now), OutboxRow.next_attempt_at <= now)
            .values(lease=lease, lease_until=now + LEASE, attempts=OutboxRow.attempts + 1)
            .returning(OutboxRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        ).scalar_one_or_none()
        if taken is None:
            return None
        if taken.attempts > ATTEMPTS:
            _give_up(session, row_id, now)
            return None
        return Claimed(
            id=taken.id,
            lease=lease,
            dossier=taken.dossier,
            entry=taken.entry,
            notice=taken.notice,
            run=taken.run,
            call=taken.call,
            kind=taken.kind,
            name=taken.name,
            addressee=taken.addressee,
            party=taken.party,
            details=dict(taken.details),
            at=taken.at,
            attempts=taken.attempts,
            uncertain=taken.started_at is not None,
        )


def _give_up(session: Session, row_id: UUID, now: datetime) -> None:
    over = update(OutboxRow).where(OutboxRow.id == row_id)
    values = {"dead_at": now, "lease": None, "lease_until": None, "last_error": INTERRUPTED, "attempts": ATTEMPTS}
    session.execute(over.values(values).execution_options(synchronize_session=False))


def _fenced(session: Session, row: Claimed, **values: Any) -> bool:
    """Write on a row only while its lease is ours."""
    fenced = update(OutboxRow).where(OutboxRow.id == row.id, OutboxRow.lease == row.lease)
    return changed(session, fenced.values(values)) == 1


def starts(session: Session, row: Claimed, now: datetime) -> bool:
    """Note, committed, that the effect is about to leave the house; False when the lease was lost."""
    with writing(session):
        return _fenced(session, row, started_at=now)


def finish(session: Session, row: Claimed, now: datetime, remark: str | None = None) -> bool:
    """Mark a row done, inside the caller’s transaction; False when the lease was lost. `remark`: what to know of it."""
    return _fenced(session, row, done_at=now, lease=None, lease_until=None, last_error=remark)


def fail(
    session: Session,
    row: Claimed,
    error: str,
    now: datetime,
    *,
    for_good: bool = False,
    certain: bool = True,
    away: bool = False,
) -> bool:
    """Note a failed attempt: try again later, or give up and wait for a person. False when the lease was lost.

    `certain`: nothing left the house. Else the row stays marked as begun, and the next attempt knows it. `away`: what
    the effect needs does not answer, which says nothing of the effect: from `TRIED_LONG` attempts on, none is counted.
    """
    wait = BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
    values: dict[str, Any] = {
        "lease": None,
        "lease_until": None,
        "hinted_at": None,
        "last_error": error.replace("\0", "?")[:2000],
        "next_attempt_at": now + (min(wait, AWAY) if away else wait),
        "dead_at": now if for_good or (row.attempts >= ATTEMPTS and not away) else None,
        "attempts": row.attempts - 1 if away and row.attempts > TRIED_LONG else row.attempts,
    }
    if certain and not row.uncertain:
        values["started_at"] = None
    with writing(session):
        return _fenced(session, row, **values)


_OF_THE_CAUSE = (
    "dossier",
    "call",
    "entry",
    "notice",
    "run",
    "queue",
    "kind",
    "name",
    "addressee",
    "party",
    "details",
    "at",
)


def like(session: Session, row: Claimed, *, key: str, now: datetime, due: datetime, **other: Any) -> OutboxRow:
    """A row of its own for a part of another’s work, due later; `other`: what it has of its own. Not flushed."""
    model = session.get_one(OutboxRow, row.id)
    same = {name: getattr(model, name) for name in _OF_THE_CAUSE}
    made = OutboxRow(id=uuid4(), dedupe_key=key, created_at=now, next_attempt_at=due, **{**same, **other})
    session.add(made)
    return made


def to_hint(session: Session, now: datetime, limit: int = 100) -> list[tuple[UUID, str]]:
    """Rows that are due and free and were not hinted within a lease: (id, queue). They are marked as hinted."""
    with writing(session):
        unhinted = or_(OutboxRow.hinted_at.is_(None), OutboxRow.hinted_at < now - LEASE)
        wanted = (
            select(OutboxRow.id)
            .where(is_open(), is_free(now), unhinted, OutboxRow.next_attempt_at <= now)
            .order_by(OutboxRow.next_attempt_at)
            .limit(limit)
        )
        hinted = session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(wanted.with_for_update(skip_locked=True)))
            .values(hinted_at=now)
            .returning(OutboxRow.id, OutboxRow.queue)
            .execution_options(synchronize_session=False)
        )
        return [(row_id, queue) for row_id, queue in hinted]


def revive(session: Session, row_id: UUID, now: datetime) -> bool:
    """A person asks for a dead row to be tried again; False when it is not dead."""
    with writing(session):
        dead = update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.dead_at.is_not(None))
        again = dead.values(dead_at=None, attempts=0, next_attempt_at=now, hinted_at=None)
        return changed(session, again) == 1


def revive_many(session: Session, now: datetime, *which: ColumnElement[bool]) -> set[UUID]:
    """Have the dead rows among some tried again, and the doubtful ones at once; gives those it changed.

    `which`: conditions on rows. A row that somebody else revived meanwhile, or that a worker holds, is left alone.
    """
    begun = and_(is_open(), is_free(now), OutboxRow.started_at.is_not(None), OutboxRow.next_attempt_at > now)
    with writing(session):
        revived = session.execute(
            update(OutboxRow)
            .where(or_(OutboxRow.dead_at.is_not(None), begun), *which)
            .values(dead_at=None, attempts=0, next_attempt_at=now, hinted_at=None)
            .returning(OutboxRow.id)
            .execution_options(synchronize_session=False)
        )
        return set(revived.scalars())


def forget_hints(session: Session) -> None:
    """Forget every hint given and not taken: a broker that starts empty has lost them."""
    with writing(session):
        lost = update(OutboxRow).where(is_open(), OutboxRow.hinted_at.is_not(None)).values(hinted_at=None)
        session.execute(lost.execution_options(synchronize_session=False))


def unhint(session: Session, rows: list[UUID]) -> None:
    """Forget hints that could not be given: the rows are hinted again at the next turn."""
    with writing(session):
        forgotten = update(OutboxRow).where(OutboxRow.id.in_(rows)).values(hinted_at=None)
        session.execute(forgotten.execution_options(synchronize_session=False))
