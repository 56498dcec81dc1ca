"""The slots of the clock: each is taken by one clock process, whatever their number."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, update
from sqlalchemy.orm import Session, aliased

from backoffice.services.clocks import SKEW
from backoffice.store.base import changed, insert_into, writing
from backoffice.store.schedule import ClockSlot

#: How long they are kept.
_KEPT = timedelta(days=7)


def take(session: Session, job: str, slot: datetime, now: datetime) -> bool:
    """Take a slot of a job: True for one clock process only, whatever their number.

    Slots that lie ahead were taken before the clock was moved back: from this one on, they are to be taken again.
    """
    mine = insert_into(session, ClockSlot).values(job=job, slot=slot, taken_at=now)
    ahead = aliased(ClockSlot)
    moved_back = exists().where(ahead.job == job, ahead.slot > now + SKEW)
    with writing(session):
        changed(session, delete(ClockSlot).where(ClockSlot.job == job, ClockSlot.slot >= slot, moved_back))
        return session.execute(mine.on_conflict_do_nothing().returning(ClockSlot.job)).first() is not None


def close(session: Session, job: str, slot: datetime, now: datetime) -> None:
    """Note that the work of a slot is done, and forget the old slots."""
    with writing(session):
        changed(session, update(ClockSlot).where(ClockSlot.job == job, ClockSlot.slot == slot).values(done_at=now))
        changed(session, delete(ClockSlot).where(ClockSlot.slot < now - _KEPT))
