"""The money of dossiers, drawn from their facts for the pages and exports of budgets: euros in whole cents.

Nothing here is the truth: it follows the facts of each dossier, in the transaction of the act that changes them.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base


class MonthChangeRow(Base):
    """What one act added to one month of a post. `entry`: its journal entry; thirtieths and cents may be lost.

    The sum of a month is what stands of it.
    """

    __tablename__ = "month_change"
    __table_args__ = (CheckConstraint("month BETWEEN 1 AND 12", name="month_of_year"),)

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    entry: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    post_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[str] = mapped_column(String(40))
    made_on: Mapped[date]
    thirtieths: Mapped[int]
    cents: Mapped[int] = mapped_column(BigInteger)


class MoneyFlowRow(Base):
    """An amount of a dossier on the budget of a year: delegated, paid, owed or recovered. `rank`: its order."""

    __tablename__ = "money_flow"

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    flow: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    made_on: Mapped[date]
    cents: Mapped[int] = mapped_column(BigInteger)


class EnvelopeRow(Base):
    """A year for which a call has an envelope: the row that an award locks when the envelope binds."""

    __tablename__ = "envelope"

    call: Mapped[str] = mapped_column(String(80), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
