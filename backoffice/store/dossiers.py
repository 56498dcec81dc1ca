"""Dossiers and their journal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime
from workflows.states import State


def _in(states: tuple[State, ...]) -> str:
    return "state IN (" + ", ".join(f"'{s.value}'" for s in states) + ")"


def _exactly(column: str, *states: State) -> str:
    """The column is filled exactly in these states."""
    return f"({_in(states)}) = ({column} IS NOT NULL)"


def _at_least(column: str, *states: State) -> str:
    """The column is filled in these states; elsewhere it may be."""
    return f"NOT ({_in(states)}) OR {column} IS NOT NULL"


def _never(column: str, *states: State) -> str:
    """The column is empty in these states."""
    return f"NOT ({_in(states)}) OR {column} IS NULL"


S = State
_BEFORE_AWARD = (S.DRAFT, S.SUBMITTED, S.COMPLETE, S.COMMITTEE, S.RESERVE, S.REJECTED)

#: What each state demands of the row and forbids: the same facts the rules keep, enforced by the database.
STATE_CHECKS = {
    "known_state": _in(tuple(S)),
    "received": "(state = 'draft') = (received_at IS NULL)",
    "complete": _at_least("complete_on", S.COMPLETE, S.COMMITTEE),
    "committee": _at_least("session", S.COMMITTEE),
    "reserve": _exactly("reserve_rank", S.RESERVE),
    "awarded": _at_least("awarded_on", S.SELECTED, S.NOTIFIED, S.IN_POST),
    "not_awarded": _never("awarded_on", *_BEFORE_AWARD),
    "notified": _at_least("notified_on", S.NOTIFIED, S.IN_POST),
    "started": _at_least("started_on", S.IN_POST),
    "placed": _at_least("place", S.SELECTED, S.NOTIFIED, S.IN_POST),
    "not_placed": _never("place", *_BEFORE_AWARD),
    "ended": _exactly("ended_on", S.ENDED, S.CLAWBACK),
    "repaying": _at_least("repayment", S.CLAWBACK),
    "rejected": _exactly("rejected_on", S.REJECTED),
    "money_positive": "delegated_cents >= 0 AND repaid_cents >= 0 AND repaid_cents <= delegated_cents",
    "version_positive": "version >= 0",
}


#: The most cents that a column of a dossier tells: its type is that of the release before, which reads it.
MOST_CENTS = 2**31 - 1

#: The money and the contests of the dossier are not those of its last act yet: an older release wrote it.
UNDRAWN = "drawn <> version"


class DossierRow(Base):
    """A dossier. `facts` is its whole view as the journal gives it, in canonical JSON; the other columns are drawn from
    it for queries.

    `agenda` is the digest of its deadline rows, empty when there are none: rows that stay the same are left alone.
    `planned`: the release of the planning that wrote them. `drawn`: the version whose money and contests were drawn.
    `deposits`: the candidate files, alone or with others. `proof_since`: the oldest day from which the proof of receipt
    of a letter is awaited.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        *(CheckConstraint(rule, name=name) for name, rule in STATE_CHECKS.items()),
        Index("ix_dossier_region_state", "region", "state", "touched_at"),
        Index("ix_dossier_call_state", "call", "state"),
        Index("ix_dossier_state_pieces", "state", "pieces_due_on"),
        Index("ix_dossier_undrawn", "id", postgresql_where=text(UNDRAWN), sqlite_where=text(UNDRAWN)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    call: Mapped[str] = mapped_column(String(80))
    call_version: Mapped[UUID] = mapped_column(ForeignKey("call_version.id", ondelete="RESTRICT"), index=True)
    region: Mapped[str | None] = mapped_column(String(3))
    category: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(Integer)
    opened_on: Mapped[date]
    facts: Mapped[str] = mapped_column(Text)
    head: Mapped[str] = mapped_column(String(64))
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_actor: Mapped[str | None] = mapped_column(String(80))
    search: Mapped[str] = mapped_column(Text, default="")
    agenda: Mapped[str] = mapped_column(String(64), default="")
    planned: Mapped[int] = mapped_column(default=0, server_default="0", index=True)
    drawn: Mapped[int] = mapped_column(default=0, server_default="0")
    specialty: Mapped[str | None] = mapped_column(String(80))
    recruiter: Mapped[str | None] = mapped_column(String(9), index=True)
    candidate: Mapped[UUID | None] = mapped_column(index=True)
    deposits: Mapped[bool] = mapped_column(default=False, server_default=false())
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    complete_on: Mapped[date | None]
    session: Mapped[str | None] = mapped_column(String(80), index=True)
    rank: Mapped[int | None]
    reserve_rank: Mapped[int | None]
    awarded_on: Mapped[date | None]
    notified_on: Mapped[date | None]
    started_on: Mapped[date | None]
    rejected_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(String(20))
    repayment: Mapped[str | None] = mapped_column(String(20))
    pieces_due_on: Mapped[date | None]
    silence_due_on: Mapped[date | None]
    departure_on: Mapped[date | None]
    project: Mapped[str | None] = mapped_column(String(40), index=True)
    proof_since: Mapped[date | None]
    delegated_cents: Mapped[int] = mapped_column(default=0)
    repaid_cents: Mapped[int] = mapped_column(default=0)


class DossierSite(Base):
    """Which establishments a dossier concerns: what scopes an establishment’s queries. `deposits`: it files."""

    __tablename__ = "dossier_site"

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    site: Mapped[str] = mapped_column(String(9), primary_key=True, index=True)
    deposits: Mapped[bool] = mapped_column(default=False, server_default=false())


class FormerDoctor(Base):
    """A doctor that a replacement took off a dossier: they read their own part of it."""

    __tablename__ = "former_doctor"

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class JournalEntry(Base):
    """One entry of the history of a dossier: append-only, chained by its hash to the entry before.

    `changes` are the new values of the members of the dossier, `findings` and `evaluation` what the decision rested
    on. `at` is the legal instant of the act, `recorded_at` the machine’s. `call_version` is the version of the call in
    force then: with the one the dossier was filed under, it gives the clauses that ruled the act.
    """

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("dossier", "seq"),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint(
            "author_kind IN ('agent', 'establishment', 'candidate', 'clock', 'import')", name="author_kind"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    seq: Mapped[int]
    act: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(20))
    author_kind: Mapped[str] = mapped_column(String(20))
    author_role: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(80))
    party: Mapped[str | None] = mapped_column(String(9))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    call_version: Mapped[UUID]
    code_version: Mapped[str] = mapped_column(String(40))
    inputs: Mapped[Any] = mapped_column(CanonicalJson)
    changes: Mapped[Any] = mapped_column(CanonicalJson)
    effects: Mapped[Any] = mapped_column(CanonicalJson)
    findings: Mapped[Any] = mapped_column(CanonicalJson)
    evaluation: Mapped[Any] = mapped_column(CanonicalJson)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class PersonalText(Base):
    """A text about somebody, beside the journal: the journal keeps its reference and its salted digest.

    Erasing sets `text` to NULL and `erased_at`; the chain and the fold stay whole.
    """

    __tablename__ = "personal_text"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    seq: Mapped[int]
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LateAttempt(Base):
    """A filing refused because it came too late: when, by whom, of what. Nothing else changed."""

    __tablename__ = "late_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[str] = mapped_column(String(80))
    draft_digest: Mapped[str] = mapped_column(String(64))


class Command(Base):
    """An accepted or refused command by its idempotency key: the same key gives the same answer, once."""

    __tablename__ = "command"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    author: Mapped[str] = mapped_column(String(80), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"))
    seq: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
