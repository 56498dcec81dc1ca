"""The contests that wait for somebody, drawn from the facts of each dossier for the list of dossiers.

Nothing here is the truth: it follows the facts, in the transaction of the act that changes them.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, exists
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base
from backoffice.store.dossiers import DossierRow


class WaitingContest(Base):
    """A contest that waits for its answer, or for the act (`remedy`) that is to put its line right."""

    __tablename__ = "waiting_contest"

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    contest: Mapped[str] = mapped_column(String(20), primary_key=True)
    remedy: Mapped[str | None] = mapped_column(String(40))


def contested() -> ColumnElement[bool]:
    """True for a dossier with a line of its account contested and not answered, or not put right yet."""
    return exists().where(WaitingContest.dossier == DossierRow.id)


def righted_by(acts: Collection[str]) -> ColumnElement[bool]:
    """True for a dossier with a contested line that one of these acts is to put right."""
    return exists().where(WaitingContest.dossier == DossierRow.id, WaitingContest.remedy.in_(acts))
