"""What leaves the house for people: mails as they left, letters to prepare, addresses that refuse."""

from __future__ import annotations

from datetime import datetime
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
    exists,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime
from backoffice.store.outbox import OutboxRow, mail_left
from workflows.effects import Addressee

#: The addressee of a letter that goes to nobody: it is kept on file.
ON_FILE = Addressee.SERVICE.value


class SentMail(Base):
    """A mail as it left, kept with the dossiers it is about: `dossier`, or those of its lines when it gathers several.

    `dry`: composed and kept, and not sent: the installation sends nothing.
    """

    __tablename__ = "sent_mail"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    outbox: Mapped[UUID] = mapped_column(ForeignKey("outbox.id", ondelete="RESTRICT"), index=True)
    dossier: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    message_id: Mapped[str] = mapped_column(String(200), index=True)
    recipients: Mapped[Any] = mapped_column(CanonicalJson)
    subject: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    doubtful: Mapped[bool] = mapped_column(default=False)
    dry: Mapped[bool] = mapped_column(default=False, server_default=false(), index=True)


class MailRecipient(Base):
    """An address that a mail was sent to, in lower case: found by the address, with no mail to read.

    `party`: who that is, a FINESS or the id of a person; None for the service and the members of a committee.
    `mailbox`: the address is the functional mailbox of its party. `at`: when the mail left.
    """

    __tablename__ = "mail_recipient"
    __table_args__ = (Index("ix_mail_recipient_address", "address", "at"),)

    mail: Mapped[UUID] = mapped_column(ForeignKey("sent_mail.id", ondelete="RESTRICT"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    party: Mapped[str | None] = mapped_column(String(40))
    mailbox: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Bounce(Base):
    """An address of a mail that did not take it: what the mail system said, when it said it, when we learnt it.

    `refused`: it will not take the mail later either, by what was said. `proven`: a mail system said it, and not
    anybody who writes to us. `permanent`: both, and no person has said since that the address takes mail again.
    `seen_at`: when a person saw to it that the addressee knows what the mail says.
    """

    __tablename__ = "bounce"
    __table_args__ = (UniqueConstraint("mail", "address"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    mail: Mapped[UUID] = mapped_column(ForeignKey("sent_mail.id", ondelete="RESTRICT"))
    address: Mapped[str] = mapped_column(String(254), index=True)
    permanent: Mapped[bool]
    refused: Mapped[bool] = mapped_column(default=False)
    proven: Mapped[bool] = mapped_column(default=True)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str | None] = mapped_column(String(20))
    said: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LetterDue(Base):
    """A letter to prepare, sign and send: persons see to it. `elsewhere_at`: somebody wrote it by hand. `idle_at`:
    since when it has no object; it may have one again.

    An entry of the journal of a dossier asks for it; or a person, for a session of the committee, of a `call` of a
    `region`: `asked_by` whom, with what `details`.
    """

    __tablename__ = "letter_due"
    __table_args__ = (
        UniqueConstraint("entry", "code", "addressee"),
        CheckConstraint("(dossier IS NULL) = (entry IS NULL)", name="whole_entry"),
        CheckConstraint("(dossier IS NULL) = (session IS NOT NULL)", name="one_object"),
        CheckConstraint("session IS NULL OR (call IS NOT NULL AND asked_by IS NOT NULL)", name="whole_session"),
        Index("ix_letter_due_session", "call", "session"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    entry: Mapped[UUID | None] = mapped_column(ForeignKey("journal.id", ondelete="RESTRICT"), index=True)
    call: Mapped[str | None] = mapped_column(String(80))
    session: Mapped[str | None] = mapped_column(String(80))
    region: Mapped[str | None] = mapped_column(String(3))
    asked_by: Mapped[str | None] = mapped_column(String(80))
    details: Mapped[Any | None] = mapped_column(CanonicalJson)
    code: Mapped[str] = mapped_column(String(40))
    addressee: Mapped[str] = mapped_column(String(30))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    elsewhere_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    elsewhere_by: Mapped[str | None] = mapped_column(String(80))
    idle_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def letter_left(entry: ColumnElement[UUID], letters_before: datetime) -> ColumnElement[bool]:
    """The condition that a letter of a journal entry may have left: persons send it, and nothing tells us when.

    What is kept on file leaves never.
    """
    asked = (LetterDue.entry == entry, LetterDue.cancelled_at.is_(None), LetterDue.asked_at <= letters_before)
    return exists().where(*asked, LetterDue.addressee != ON_FILE)


def left_house(entry: ColumnElement[UUID], letters_before: datetime) -> ColumnElement[bool]:
    """The condition that a mail or a letter of a journal entry has left, or may have."""
    return or_(exists().where(OutboxRow.entry == entry, mail_left()), letter_left(entry, letters_before))
