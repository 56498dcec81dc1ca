"""The signed copies of letters: the scan of what a person signed, kept beside the file that was made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backoffice.store.base import Base, UtcDateTime


class SignedCopy(Base):
    """A letter once it was signed by hand or otherwise: a PDF, its bytes on the document shelf under `sha256`.

    Rows are only added: the last of a letter is the one that leaves with it.
    """

    __tablename__ = "signed_copy"
    __table_args__ = (UniqueConstraint("letter", "rank"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    letter: Mapped[UUID] = mapped_column(ForeignKey("letter.id", ondelete="RESTRICT"))
    rank: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by: Mapped[str] = mapped_column(String(80))


def signed_copy(session: Session, letter: UUID) -> SignedCopy | None:
    """The signed copy of a letter, the last that was given; None while there is none."""
    mine = select(SignedCopy).where(SignedCopy.letter == letter)
    return session.scalar(mine.order_by(SignedCopy.rank.desc()).limit(1))


def with_copy(session: Session, letters: list[UUID]) -> set[UUID]:
    """Those of some letters that have a signed copy."""
    return set(session.scalars(select(SignedCopy.letter).where(SignedCopy.letter.in_(letters)))) if letters else set()
