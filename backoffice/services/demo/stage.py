"""The stage: a database, the legal clock that stories move, and what the machine does as it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services import due, outbox
from backoffice.services.act import Times
from backoffice.services.clocks import Clocks
from backoffice.services.documents import Shelf, shelf_of
from backoffice.services.effects import Hands, deliver
from backoffice.services.mailfolder import FolderMailer
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline
from config.settings import Settings
from workflows.calls.model import Call


@dataclass
class Stage:
    """Where stories are told. Both clocks are the story’s: what is recorded bears the instant it tells."""

    session: Session
    settings: Settings
    now: datetime
    calls: Mapping[str, Call] = field(default_factory=dict)
    acts: int = 0
    moves: int = 0

    @property
    def times(self) -> Times:
        """The present instant."""
        return Times(self.now, self.now)

    @property
    def shelf(self) -> Shelf:
        """Where the bytes of documents go."""
        return shelf_of(self.settings)

    @property
    def mail(self) -> Path:
        """Where mails go."""
        return self.settings.home / "mail"

    def move(self, to: datetime) -> None:
        """Let time go by: mails leave, deadlines fall due and are noticed, each at its own instant."""
        self.moves += 1
        self.settle()
        while (step := self._next_step()) is not None and step <= to:
            self.now = max(self.now, step)
            while due.tick(self.session, legal=self.now, machine=self.now).notices:
                pass
            self.settle()
        self.now = max(self.now, to)

    def _next_step(self) -> datetime | None:
        """The next instant at which the machine has something to do."""
        deadline = select(func.min(Deadline.run_at)).where(Deadline.run_at > self.now)
        waiting = select(func.min(OutboxRow.next_attempt_at))
        waiting = waiting.where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
        found = (self.session.scalar(deadline), self.session.scalar(waiting))
        return min((instant for instant in found if instant is not None), default=None)

    def settle(self) -> None:
        """Carry out what is due now."""
        clocks = Clocks(legal=lambda: self.now, machine=lambda: self.now)
        hands = Hands(self.settings, clocks, FolderMailer(self.mail))
        while waiting := outbox.to_hint(self.session, self.now):
            for row, _ in waiting:
                deliver(self.session, row, hands)
