"""The committee: who sits in a session, what they declare and what marks they give."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base, UtcDateTime


class CommitteeMember(Base):
    """Somebody who sits in a session of a call."""

    __tablename__ = "committee_member"

    call: Mapped[str] = mapped_column(String(80), primary_key=True)
    session: Mapped[str] = mapped_column(String(80), primary_key=True)
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"), primary_key=True)


class Mark(Base):
    """What a member says of a dossier: a mark out of twenty, or a link that keeps them out of it (A40)."""

    __tablename__ = "mark"
    __table_args__ = (
        CheckConstraint("value IS NULL OR (value >= 0 AND value <= 20)", name="out_of_twenty"),
        CheckConstraint("NOT linked OR value IS NULL", name="linked_no_mark"),
    )

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"), primary_key=True)
    value: Mapped[int | None]
    linked: Mapped[bool] = mapped_column(default=False)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
