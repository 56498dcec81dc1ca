"""What open effects hold of instants ahead of the clock: they were written before it was moved back.

Without this, a mail asked for just before would wait until its hour comes again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backoffice.services import outbox
from backoffice.services.clocks import SKEW
from backoffice.store.base import writing
from backoffice.store.outbox import OutboxRow, is_open


def bring_back(session: Session, now: datetime) -> int:
    """Bring the open effects of a time to come back to the present; gives their number.

    One asked for ahead of now keeps its delay, counted from now. A lease lasts no longer than a lease, and a hint of
    the future is forgotten. What a failed attempt put off stays put off: it waits once more what the clock lost.
    """
    soon = now + SKEW
    ahead = or_(OutboxRow.created_at > soon, OutboxRow.hinted_at > soon, OutboxRow.lease_until > soon + outbox.LEASE)
    with writing(session):
        rows = session.scalars(select(OutboxRow).where(is_open(), ahead).with_for_update(skip_locked=True)).all()
        for row in rows:
            _bring_back(row, now, soon)
    return len(rows)


def _bring_back(row: OutboxRow, now: datetime, soon: datetime) -> None:
    if row.created_at > soon:
        row.next_attempt_at -= row.created_at - now
        row.created_at = now
    if row.hinted_at is not None and row.hinted_at > soon:
        row.hinted_at = None
    if row.lease_until is not None and row.lease_until > soon + outbox.LEASE:
        row.lease_until = now + outbox.LEASE
