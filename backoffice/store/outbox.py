"""Effects to carry out: the only link between a decision and the workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime

#: Failed attempts after which a row that waits for its next one is late all the same: what it needs is away.
TRIED_LONG = 5
#: An effect has one cause: a journal entry, a notice on a dossier, the run of a job that gathers notices, or a letter
#: asked for a session.
ONE_CAUSE = (
    "(CASE WHEN entry IS NULL THEN 0 ELSE 1 END) + (CASE WHEN notice IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN run IS NULL THEN 0 ELSE 1 END) + (CASE WHEN due IS NULL THEN 0 ELSE 1 END) = 1"
)


#: The kinds of the rows that make a letter, and that send one by mail.
LETTER_MAKE, LETTER_SEND = "letter_make", "letter_send"


class OutboxRow(Base):
    """One effect, made once, caused by exactly one journal entry, one notice, one run of a job, or one letter that was
    asked for a session (`due`).

    A claim is one committed UPDATE that takes a lease; the finish is fenced by the lease. `dead_at`: given up after
    the last attempt, visible to a person. `started_at`: an attempt that may have gone through (mail being sent).
    `addressee` and `party`: whom a mail goes to, and who that is (a FINESS, the id of a person). A mail that gathers
    notices (`digest`) belongs to a call, and names its dossiers in its lines.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(ONE_CAUSE, name="one_cause"),
        CheckConstraint("dossier IS NOT NULL OR call IS NOT NULL", name="about_something"),
        CheckConstraint("queue IN ('mail', 'work', 'digest')", name="known_queue"),
        CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="one_outcome"),
        CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="whole_lease"),
        Index("ix_outbox_waiting", "done_at", "dead_at", "next_attempt_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    dossier: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    call: Mapped[str | None] = mapped_column(String(80))
    entry: Mapped[UUID | None] = mapped_column(ForeignKey("journal.id", ondelete="RESTRICT"), index=True)
    notice: Mapped[UUID | None] = mapped_column(ForeignKey("due_notice.id", ondelete="RESTRICT"))
    run: Mapped[UUID | None] = mapped_column(ForeignKey("job_run.id", ondelete="RESTRICT"), index=True)
    due: Mapped[UUID | None] = mapped_column(ForeignKey("letter_due.id", ondelete="RESTRICT"))
    queue: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    addressee: Mapped[str | None] = mapped_column(String(30))
    party: Mapped[str | None] = mapped_column(String(40))
    details: Mapped[Any] = mapped_column(CanonicalJson)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hinted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def is_open() -> ColumnElement[bool]:
    """The condition on an outbox row that it is neither done nor given up."""
    return and_(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))


def is_free(now: datetime) -> ColumnElement[bool]:
    """The condition on an outbox row that nobody holds its lease."""
    return or_(OutboxRow.lease.is_(None), OutboxRow.lease_until < now)


def mail_left() -> ColumnElement[bool]:
    """The condition on an outbox row that it is a mail and has left, or may have. What the machine did by itself, an
    act it fired or a look that found nothing, is no mail.
    """
    attempted = or_(OutboxRow.done_at.is_not(None), OutboxRow.lease.is_not(None), OutboxRow.started_at.is_not(None))
    return and_(OutboxRow.kind.in_(("mail", "again", LETTER_SEND)), OutboxRow.cancelled_at.is_(None), attempted)
