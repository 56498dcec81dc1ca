"""The titles asked of the accountant: one for each repayment, for ever."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base


class TitleRequest(Base):
    """A title asked for. Its key is the repayment: whatever goes round the rules, none is asked for twice.

    `entry`: the number of the journal entry that asked for it.
    """

    __tablename__ = "title_request"

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    cause: Mapped[str] = mapped_column(String(80), primary_key=True)
    entry: Mapped[int]
    asked_on: Mapped[date]
