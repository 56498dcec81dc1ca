"""The leases of this process: renewed while it lives and works, so that they may be short for when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backoffice.services import outbox
from backoffice.store.base import writing
from backoffice.store.outbox import OutboxRow

#: How long one attempt may take, all its waits added: what takes longer hangs, and its lease is left to run out.
LONGEST = timedelta(seconds=60)


class Leases:
    """The leases in hand in this process, each with the instant it was taken."""

    def __init__(self) -> None:
        self._held: dict[UUID, datetime] = {}
        self._lock = Lock()

    @contextmanager
    def held(self, lease: UUID, now: datetime) -> Iterator[None]:
        """Hold a lease for as long as the block works."""
        with self._lock:
            self._held[lease] = now
        try:
            yield
        finally:
            with self._lock:
                del self._held[lease]

    def living(self, now: datetime) -> list[UUID]:
        """The leases to renew: those of attempts that do not hang."""
        with self._lock:
            return [lease for lease, since in self._held.items() if now - since < LONGEST]

    def renew(self, session: Session, now: datetime) -> int:
        """Renew them, in one statement; gives their number. A lease that somebody else took over is not."""
        living = self.living(now)
        if not living:
            return 0
        renewed = (
            update(OutboxRow).where(OutboxRow.lease.in_(living)).values(lease_until=now + outbox.LEASE)
        ).execution_options(synchronize_session=False)
        with writing(session):
            session.execute(renewed)
        return len(living)
