"""Published calls: each loaded file is a version; quotas are the rows that awards lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ScalarSelect, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime


class CallVersion(Base):
    """One loaded call file. `clauses` is the digest an award freezes; the highest `number` is the version in force.

    `text`, `complement` and the quota `sources` are kept whole: an old decision is explained by the rules of its day.
    """

    __tablename__ = "call_version"
    __table_args__ = (UniqueConstraint("call", "number"), CheckConstraint("number > 0", name="number_positive"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    call: Mapped[str] = mapped_column(String(80), index=True)
    number: Mapped[int]
    region: Mapped[str | None] = mapped_column(String(3), index=True)
    title: Mapped[str] = mapped_column(String(400))
    clauses: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    complement: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[Any] = mapped_column(CanonicalJson)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    loaded_by: Mapped[str] = mapped_column(String(80))


class QuotaRow(Base):
    """A quota of a call as its version in force gives it: the row that a decision on places locks."""

    __tablename__ = "quota"
    __table_args__ = (CheckConstraint("places IS NULL OR places >= 0", name="places_positive"),)

    call: Mapped[str] = mapped_column(String(80), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    label: Mapped[str] = mapped_column(String(400))
    rule: Mapped[str] = mapped_column(String(80))
    places: Mapped[int | None]


class PlaceRow(Base):
    """A place taken by a dossier in a quota. It counts whatever its status, until the row goes."""

    __tablename__ = "place"

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    quota: Mapped[str] = mapped_column(String(80), primary_key=True)
    call: Mapped[str] = mapped_column(String(80), index=True)
    status: Mapped[str] = mapped_column(String(20))


def one_load_at_a_time(session: Session) -> None:
    """Wait for whoever loads a call now, and keep the next one out until this transaction ends. Nobody else waits.

    Two calls that take the same places would not see each other. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE call_version IN SHARE ROW EXCLUSIVE MODE"))


def newest_of(call: Any) -> ScalarSelect[UUID]:
    """The id of the version in force of a call, as a subquery. `call`: a value or a column of the query around it."""
    return (
        select(CallVersion.id)
        .where(CallVersion.call == call)
        .order_by(CallVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
