"""Letters made, from their preparation to their sending; the templates that agencies changed; numbers; batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
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
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime, insert_into
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow

if TYPE_CHECKING:
    from backoffice.store.reading import Scope

_STANDS = text("voided_at IS NULL")


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

    @property
    def full_number(self) -> str | None:
        """`2024-0007`; None before it has one."""
        return None if self.number is None else f"{self.year}-{self.number:04}"


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


def standing(session: Session, dues: Collection[UUID]) -> dict[UUID, list[Letter]]:
    """The letters that stand for some letters to prepare, by these."""
    found: dict[UUID, list[Letter]] = {due: [] for due in dues}
    wanted = select(Letter).where(Letter.due.in_(list(dues)), Letter.voided_at.is_(None))
    for letter in session.scalars(wanted.order_by(Letter.drafted_at, Letter.party)) if dues else ():
        found[letter.due].append(letter)
    return found


def asked_with(session: Session, dossier: UUID, code: str) -> list[tuple[LetterDue, JournalEntry, Letter | None]]:
    """The letters of a code that a dossier asked for, the last first, each with the act that asked and what stands."""
    stands = and_(Letter.due == LetterDue.id, Letter.voided_at.is_(None))
    wanted = (
        select(LetterDue, JournalEntry, Letter)
        .join(JournalEntry, JournalEntry.id == LetterDue.entry)
        .outerjoin(Letter, stands)
        .where(LetterDue.dossier == dossier, LetterDue.code == code, LetterDue.cancelled_at.is_(None))
        .order_by(JournalEntry.seq.desc())
    )
    return [(due, entry, letter) for due, entry, letter in session.execute(wanted)]


def of_dossier(session: Session, dossier: UUID) -> list[Letter]:
    """The letters of a dossier, those voided included, in order."""
    wanted = select(Letter).where(Letter.dossier == dossier)
    return list(session.scalars(wanted.order_by(Letter.drafted_at, Letter.party)))


def _seen(scope: Scope) -> ColumnElement[bool]:
    """The condition that a reader sees a letter to prepare: that of its dossier; for a session, that of its region.

    A member sees no session as a whole: each has a letter of their own.
    """
    condition = scope.condition()
    return condition if scope.region is None else or_(condition, LetterDue.region == scope.region)


def one(session: Session, scope: Scope, letter: UUID) -> tuple[Letter, DossierRow | None] | None:
    """A letter and its dossier, None for one of a session, if the reader may see it."""
    wanted = (
        select(Letter, DossierRow)
        .join(LetterDue, LetterDue.id == Letter.due)
        .outerjoin(DossierRow, DossierRow.id == Letter.dossier)
    )
    own = and_(Letter.dossier.is_(None), Letter.party == str(scope.member))
    seen = _seen(scope) if scope.member is None else own
    found = session.execute(wanted.where(Letter.id == letter, seen)).one_or_none()
    return None if found is None else (found[0], found[1])


def of_session(session: Session, call: str, name: str) -> list[tuple[LetterDue, list[Letter]]]:
    """The letters asked for a session, each with those that stand; one taken back, with those of it that left."""
    wanted = select(LetterDue).where(LetterDue.call == call, LetterDue.session == name)
    dues = list(session.scalars(wanted.order_by(LetterDue.asked_at, LetterDue.code)))
    made = standing(session, [due.id for due in dues])
    found = ((due, made[due.id] if due.cancelled_at is None else _left(made[due.id])) for due in dues)
    return [(due, letters) for due, letters in found if letters or due.cancelled_at is None]


def _left(letters: Iterable[Letter]) -> list[Letter]:
    return [letter for letter in letters if letter.sent_at is not None or letter.sending is not None]


def asked(session: Session, scope: Scope, dues: Iterable[UUID]) -> list[tuple[LetterDue, DossierRow | None]]:
    """Some letters to prepare, those that the reader may see and that were not taken back."""
    wanted = (
        select(LetterDue, DossierRow)
        .outerjoin(DossierRow, DossierRow.id == LetterDue.dossier)
        .where(LetterDue.id.in_(list(dues)), LetterDue.cancelled_at.is_(None), _seen(scope))
        .order_by(DossierRow.number, LetterDue.asked_at, LetterDue.code, LetterDue.addressee)
    )
    return [(due, row) for due, row in session.execute(wanted)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter of the list: to prepare while `letter` is None. `row` is None for one of a session."""

    due: LetterDue
    row: DossierRow | None
    letter: Letter | None


def _step(name: str) -> ColumnElement[bool]:
    """The condition that a letter to prepare, or a letter, waits for a step."""
    prepared = Letter.id.is_not(None)
    return {
        "prepare": Letter.id.is_(None),
        "validate": and_(prepared, Letter.validated_at.is_(None)),
        "make": and_(Letter.validated_at.is_not(None), Letter.generated_at.is_(None)),
        "send": and_(Letter.generated_at.is_not(None), Letter.sent_at.is_(None)),
        "sent": Letter.sent_at.is_not(None),
    }[name]


STEPS = ("prepare", "validate", "make", "send", "sent")


def _listing(scope: Scope, codes: Collection[str], *columns: Any) -> Any:
    stands = and_(Letter.due == LetterDue.id, Letter.voided_at.is_(None))
    return (
        select(*columns)
        .select_from(LetterDue)
        .outerjoin(DossierRow, DossierRow.id == LetterDue.dossier)
        .outerjoin(Letter, stands)
        .where(LetterDue.cancelled_at.is_(None), LetterDue.elsewhere_at.is_(None))
        .where(LetterDue.code.in_(list(codes)), _seen(scope))
    )


def listed(
    session: Session,
    scope: Scope,
    codes: Collection[str],
    step: str,
    *,
    code: str | None = None,
    limit: int,
    offset: int = 0,
) -> list[Listed]:
    """The letters that wait for a step, the oldest first."""
    wanted = _listing(scope, codes, LetterDue, DossierRow, Letter).where(_step(step))
    if code:
        wanted = wanted.where(LetterDue.code == code)
    wanted = wanted.order_by(LetterDue.asked_at, DossierRow.number, LetterDue.addressee, Letter.party)
    return [Listed(*found) for found in session.execute(wanted.limit(limit).offset(offset))]


def counts(session: Session, scope: Scope, codes: Collection[str]) -> dict[tuple[str, str], int]:
    """How many letters wait for each step, by step and code. One statement."""
    step = case(*((_step(name), name) for name in STEPS), else_="prepare").label("step")
    wanted = _listing(scope, codes, step, LetterDue.code, func.count()).group_by(step, LetterDue.code)
    return {(name, code): number for name, code, number in session.execute(wanted)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. `waiting`: rows of the outbox still open; `failed`: those given up."""

    batch: LetterBatch
    made: int
    failed: list[tuple[Letter, str]]

    @property
    def waiting(self) -> int:
        """Letters that the worker will still make."""
        return max(0, self.batch.letters - self.made - len(self.failed))


def batch_progress(session: Session, region: str | None, batch: UUID) -> Progress | None:
    """How far a batch of a region is."""
    row = session.get(LetterBatch, batch)
    if row is None or row.region != region:
        return None
    made = select(func.count()).select_from(Letter).where(Letter.batch == batch, Letter.generated_at.is_not(None))
    failed = (
        select(Letter, OutboxRow.last_error)
        .join(OutboxRow, OutboxRow.id == Letter.making)
        .where(Letter.batch == batch, OutboxRow.dead_at.is_not(None), Letter.generated_at.is_(None))
    )
    given_up = [(letter, error or "") for letter, error in session.execute(failed)]
    return Progress(row, session.scalar(made) or 0, given_up)


def visible(session: Session, scope: Scope, letters: Iterable[UUID]) -> list[UUID]:
    """Those of some letters that the reader may see, in order."""
    wanted = select(Letter.id).join(LetterDue, LetterDue.id == Letter.due)
    wanted = wanted.outerjoin(DossierRow, DossierRow.id == Letter.dossier)
    wanted = wanted.where(Letter.id.in_(list(letters)), _seen(scope))
    return list(session.scalars(wanted.order_by(Letter.drafted_at, DossierRow.number, Letter.party)))


def waiting(
    session: Session, scope: Scope, codes: Collection[str], step: str, code: str | None, most: int
) -> list[tuple[UUID, Any]]:
    """The ids of what waits for a step, of letters to prepare or of letters, with the data of letters."""
    columns = (LetterDue.id, Letter.data) if step == "prepare" else (Letter.id, Letter.data)
    wanted = _listing(scope, codes, *columns).where(_step(step))
    if code:
        wanted = wanted.where(LetterDue.code == code)
    return [(found, data) for found, data in session.execute(wanted.order_by(LetterDue.asked_at).limit(most))]
