"""Effects to carry out, and the notices of the clock: the only link between a decision and the workers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime


class Deadline(Base):
    """Something that will fall due on a dossier, as its last act left it: rewritten at each act.

    `due_on` is a day of the authority’s zone. `family` gathers the reminders of one matter: after days without a
    clock only the last of a family is mailed. `addressee`: whom the machine writes to, several separated by commas.
    `act` is fired by the machine, on inputs a person decided beforehand.
    """

    __tablename__ = "deadline"
    __table_args__ = (Index("ix_deadline_due", "due_at"),)

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    family: Mapped[str] = mapped_column(String(40))
    addressee: Mapped[str | None] = mapped_column(String(30))
    act: Mapped[str | None] = mapped_column(String(40))


class DueNotice(Base):
    """Something that fell due on a dossier. Its key makes a missed, doubled or parallel tick harmless."""

    __tablename__ = "due_notice"
    __table_args__ = (UniqueConstraint("dossier", "kind", "due_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[date]
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxRow(Base):
    """One effect, made once, caused by exactly one journal entry or one notice.

    A claim is one committed UPDATE that takes a lease; the finish is fenced by the lease. `dead_at`: given up after
    the last attempt, visible to a person. `started_at`: an attempt that may have gone through (mail being sent).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(entry IS NULL) <> (notice IS NULL)", name="one_cause"),
        CheckConstraint("queue IN ('mail', 'work')", name="known_queue"),
        CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="one_outcome"),
        CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="whole_lease"),
        Index("ix_outbox_waiting", "done_at", "dead_at", "next_attempt_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    entry: Mapped[UUID | None] = mapped_column(ForeignKey("journal.id", ondelete="RESTRICT"), index=True)
    notice: Mapped[UUID | None] = mapped_column(ForeignKey("due_notice.id", ondelete="RESTRICT"))
    queue: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    addressee: Mapped[str | None] = mapped_column(String(30))
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


class LetterDue(Base):
    """A decision letter to prepare, sign and send: persons see to it."""

    __tablename__ = "letter_due"
    __table_args__ = (UniqueConstraint("entry", "code", "addressee"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    entry: Mapped[UUID] = mapped_column(ForeignKey("journal.id", ondelete="RESTRICT"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    addressee: Mapped[str] = mapped_column(String(30))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClockSlot(Base):
    """A slot of a scheduled job, taken by one clock process only."""

    __tablename__ = "clock_slot"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SentMail(Base):
    """A mail as it left, kept in the dossier."""

    __tablename__ = "sent_mail"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    outbox: Mapped[UUID] = mapped_column(ForeignKey("outbox.id", ondelete="RESTRICT"), index=True)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    message_id: Mapped[str] = mapped_column(String(200))
    recipients: Mapped[Any] = mapped_column(CanonicalJson)
    subject: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    doubtful: Mapped[bool] = mapped_column(default=False)


def mail_left() -> ColumnElement[bool]:
    """The condition on an outbox row that it is a mail and has left, or may have. What the machine did by itself, an
    act it fired or a look that found nothing, is no mail.
    """
    attempted = or_(OutboxRow.done_at.is_not(None), OutboxRow.lease.is_not(None), OutboxRow.started_at.is_not(None))
    return and_(OutboxRow.kind == "mail", OutboxRow.cancelled_at.is_(None), attempted)


def letter_left(entry: ColumnElement[UUID], letters_before: datetime) -> ColumnElement[bool]:
    """The condition that a letter of a journal entry may have left: persons send it, and nothing tells us when."""
    asked = (LetterDue.entry == entry, LetterDue.cancelled_at.is_(None), LetterDue.asked_at <= letters_before)
    return exists().where(*asked)


def left_house(entry: ColumnElement[UUID], letters_before: datetime) -> ColumnElement[bool]:
    """The condition that a mail or a letter of a journal entry has left, or may have."""
    return or_(exists().where(OutboxRow.entry == entry, mail_left()), letter_left(entry, letters_before))
