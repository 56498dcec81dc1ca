"""Letters made, from their preparation to their sending: steps and numbers; the templates that agencies changed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column, relationship

from backoffice.store.base import Base, CanonicalJson, UtcDateTime, insert_into
from backoffice.store.outbox import OutboxRow

_STANDS = text("voided_at IS NULL")
#: The way of a letter that goes to nobody: it is kept on file.
FILED = "file"


class LetterStep(StrEnum):
    """Where a letter stands: what it waits for, or where it is.

    BEING_MADE and LEAVING: the machine is at it; a row of the outbox that was given up waits for a person again.
    """

    PREPARE = "prepare"
    VALIDATE = "validate"
    MAKE = "make"
    BEING_MADE = "being_made"
    SEND = "send"
    LEAVING = "leaving"
    SENT = "sent"
    FILED = "filed"
    VOID = "void"


class LetterBatch(Base):
    """Letters asked to be made together: by whom, when, how many. What is done is told by the letters."""

    __tablename__ = "letter_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    region: Mapped[str | None] = mapped_column(String(3), index=True)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    letters: Mapped[int]


class Letter(Base):
    """One letter to one party, about a dossier, or about a session of the committee when `dossier` is None.

    `data` and `stamp` are what its template saw, frozen when it was prepared and validated.
    `version`: that of the dossier it was prepared from. `party`: a FINESS or the id of a person; empty for the
    accountant. The bytes are on the document shelf under `sha256`. `making`, `sending`: the rows of the outbox that
    make it and that send it by mail. `sent_on`: the day it left. One that is prepared again is `voided`, and stays. A
    letter that was sent never changes: the database sees to it.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("authority", "year", "number"),
        CheckConstraint("(number IS NULL) = (year IS NULL)", name="whole_number"),
        CheckConstraint("(generated_at IS NULL) = (sha256 IS NULL)", name="whole_file"),
        CheckConstraint("(sent_at IS NULL) = (sent_on IS NULL)", name="whole_sending"),
        CheckConstraint("validated_at IS NOT NULL OR number IS NULL", name="validated_first"),
        CheckConstraint("generated_at IS NOT NULL OR sent_at IS NULL", name="made_first"),
        CheckConstraint("sent_at IS NULL OR voided_at IS NULL", name="sent_stands"),
        Index("uq_letter_standing", "due", "party", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_letter_sha256", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    authority: Mapped[str] = mapped_column(String(80))
    dossier: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    due: Mapped[UUID] = mapped_column(ForeignKey("letter_due.id", ondelete="RESTRICT"))
    code: Mapped[str] = mapped_column(String(40))
    addressee: Mapped[str] = mapped_column(String(30))
    party: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    template: Mapped[str] = mapped_column(String(64))
    data: Mapped[Any] = mapped_column(CanonicalJson)
    stamp: Mapped[Any | None] = mapped_column(CanonicalJson)
    year: Mapped[int | None]
    number: Mapped[int | None]
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drafted_by: Mapped[str] = mapped_column(String(80))
    validated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    validated_by: Mapped[str | None] = mapped_column(String(80))
    signed_by: Mapped[str | None] = mapped_column(String(80))
    batch: Mapped[UUID | None] = mapped_column(ForeignKey("letter_batch.id", ondelete="RESTRICT"), index=True)
    generated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    generated_by: Mapped[str | None] = mapped_column(String(80))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    making: Mapped[UUID | None] = mapped_column(ForeignKey("outbox.id", ondelete="RESTRICT"))
    sending: Mapped[UUID | None] = mapped_column(ForeignKey("outbox.id", ondelete="RESTRICT"), index=True)
    channel: Mapped[str | None] = mapped_column(String(20))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_by: Mapped[str | None] = mapped_column(String(80))
    sent_on: Mapped[date | None]
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str | None] = mapped_column(String(80))
    voided_for: Mapped[str | None] = mapped_column(Text)
    maker: Mapped[OutboxRow | None] = relationship(foreign_keys=[making], viewonly=True)
    carrier: Mapped[OutboxRow | None] = relationship(foreign_keys=[sending], viewonly=True)

    @property
    def step(self) -> LetterStep:
        """Where the letter stands; `letter_step` says the same in SQL."""
        if self.voided_at is not None:
            return LetterStep.VOID
        if self.sent_at is not None:
            return LetterStep.FILED if self.channel == FILED else LetterStep.SENT
        if self.generated_at is not None:
            return LetterStep.LEAVING if _at_work(self.carrier) else LetterStep.SEND
        if self.validated_at is None:
            return LetterStep.VALIDATE
        return LetterStep.BEING_MADE if _at_work(self.maker) else LetterStep.MAKE

    @property
    def full_number(self) -> str | None:
        """`2024-0007`; None before it has one."""
        return None if self.number is None else f"{self.year}-{self.number:04}"


def _at_work(row: OutboxRow | None) -> bool:
    return row is not None and row.dead_at is None


def letter_step() -> ColumnElement[str]:
    """The step of a letter in SQL, of one that is not prepared where no letter was joined."""

    def waits(column: InstrumentedAttribute[UUID | None]) -> ColumnElement[bool]:
        row = aliased(OutboxRow)
        return or_(column.is_(None), exists().where(row.id == column, row.dead_at.is_not(None)))

    steps = (
        (Letter.id.is_(None), LetterStep.PREPARE),
        (Letter.voided_at.is_not(None), LetterStep.VOID),
        (and_(Letter.sent_at.is_not(None), Letter.channel == FILED), LetterStep.FILED),
        (Letter.sent_at.is_not(None), LetterStep.SENT),
        (and_(Letter.generated_at.is_not(None), waits(Letter.sending)), LetterStep.SEND),
        (Letter.generated_at.is_not(None), LetterStep.LEAVING),
        (Letter.validated_at.is_(None), LetterStep.VALIDATE),
        (waits(Letter.making), LetterStep.MAKE),
    )
    return case(*((condition, step.value) for condition, step in steps), else_=LetterStep.BEING_MADE.value)


def stands() -> ColumnElement[bool]:
    """The condition that a letter was not put away: it is the one of its party."""
    return Letter.voided_at.is_(None)


def has_left() -> ColumnElement[bool]:
    """The condition that a letter left, or leaves: nothing takes it back any more."""
    return or_(Letter.sent_at.is_not(None), Letter.sending.is_not(None))


class LetterCounter(Base):
    """The last number that an authority gave to a letter of a year: the row that a new number locks."""

    __tablename__ = "letter_counter"

    authority: Mapped[str] = mapped_column(String(80), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


class LetterTemplate(Base):
    """A template as an agency changed it, only added to: the highest `version` is in force. `text` None: the shipped
    one again.
    """

    __tablename__ = "letter_template"
    __table_args__ = (UniqueConstraint("authority", "code", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    authority: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    saved_by: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


def template(session: Session, authority: str, code: str) -> LetterTemplate | None:
    """The last template that an authority kept for a letter."""
    mine = select(LetterTemplate).where(LetterTemplate.authority == authority, LetterTemplate.code == code)
    return session.scalar(mine.order_by(LetterTemplate.version.desc()).limit(1))


def kept_templates(session: Session) -> list[tuple[str, str]]:
    """The authority and the code of every letter whose template an agency ever changed, in order."""
    key = (LetterTemplate.authority, LetterTemplate.code)
    return [(authority, code) for authority, code in session.execute(select(*key).distinct().order_by(*key))]


def template_versions(session: Session, authority: str, code: str) -> int:
    """How many versions an authority kept for a letter."""
    mine = (LetterTemplate.authority == authority, LetterTemplate.code == code)
    return session.scalar(select(func.count()).select_from(LetterTemplate).where(*mine)) or 0


def template_history(session: Session, authority: str) -> list[LetterTemplate]:
    """Every template that an authority kept, the newest first."""
    mine = select(LetterTemplate).where(LetterTemplate.authority == authority)
    return list(session.scalars(mine.order_by(LetterTemplate.code, LetterTemplate.version.desc())))


def next_number(session: Session, authority: str, year: int) -> int:
    """The next number of a year, taken: whoever asks next waits for the end of this transaction."""
    adding = insert_into(session, LetterCounter).values(authority=authority, year=year, last=1)
    taken = adding.on_conflict_do_update(
        index_elements=["authority", "year"], set_={"last": LetterCounter.last + 1}
    ).returning(LetterCounter.last)
    return int(session.execute(taken).scalar_one())
