"""The queries of budgets: sums of what is drawn from the facts; as many statements for one dossier or a thousand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, case, cast, false, func, select, text
from sqlalchemy.orm import Session

from backoffice.store.dossiers import UNDRAWN, DossierRow
from backoffice.store.money import EnvelopeRow, MoneyFlowRow, MonthChangeRow
from backoffice.store.people import Establishment


def committed_by_others(session: Session, call: str, dossier: UUID, *, lock: bool) -> dict[int, int]:
    """Cents that the other posts of a call commit, by year. `lock`: nobody else is selected meanwhile."""
    if lock:
        years = select(EnvelopeRow.year).where(EnvelopeRow.call == call).order_by(EnvelopeRow.year)
        session.execute(years.with_for_update()).all()
    wanted = (
        select(MonthChangeRow.year, _total(MonthChangeRow.cents))
        .join(DossierRow, DossierRow.id == MonthChangeRow.dossier)
        .where(DossierRow.call == call, DossierRow.id != dossier)
        .group_by(MonthChangeRow.year)
    )
    return dict(session.execute(wanted).all())


def _total(column: Any) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What acts of one name changed of a month in all the dossiers of a call. `recent`: since the day asked for."""

    call: str
    year: int
    month: int
    act: str
    recent: bool
    cents: int


def month_sums(session: Session, region: str | None, since: date, call: str | None = None) -> list[MonthSum]:
    """What acts changed of each month, call by call, in order of time. One statement."""
    recent = case((MonthChangeRow.made_on >= since, 1), else_=0)
    keys = (DossierRow.call, MonthChangeRow.year, MonthChangeRow.month, MonthChangeRow.act)
    wanted = (
        select(*keys, recent, _total(MonthChangeRow.cents))
        .join(DossierRow, DossierRow.id == MonthChangeRow.dossier)
        .where(*_within(region, call))
        .group_by(*keys, text("5"))
        .order_by(*keys, text("5"))
    )
    found = session.execute(wanted)
    return [MonthSum(of, year, month, act, bool(new), cents) for of, year, month, act, new, cents in found]


@dataclass(frozen=True, slots=True)
class FlowSum:
    """The flows of one kind on the budget of a year, in all the dossiers of a call."""

    call: str
    year: int
    flow: str
    cents: int


def flow_sums(session: Session, region: str | None, call: str | None = None) -> list[FlowSum]:
    """The flows of each year, call by call. One statement."""
    keys = (DossierRow.call, MoneyFlowRow.year, MoneyFlowRow.flow)
    wanted = (
        select(*keys, _total(MoneyFlowRow.cents))
        .join(DossierRow, DossierRow.id == MoneyFlowRow.dossier)
        .where(*_within(region, call))
        .group_by(*keys)
        .order_by(*keys)
    )
    return [FlowSum(of, year, flow, cents) for of, year, flow, cents in session.execute(wanted)]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What one act changed of a month of one post."""

    number: str
    recruiter: str | None
    year: int
    month: int
    post_year: int
    act: str
    made_on: date
    thirtieths: int
    cents: int


def changes(
    session: Session, region: str | None, call: str, of: tuple[int, int] | None = None, *, limit: int | None = None
) -> Iterator[ChangeLine]:
    """Every change of the months of a call, or of one (year, month), read as they are needed."""
    line = MonthChangeRow
    wanted = (
        select(DossierRow.number, Establishment.name, line.year, line.month, line.post_year)
        .add_columns(line.act, line.made_on, line.thirtieths, line.cents)
        .join(DossierRow, DossierRow.id == line.dossier)
        .outerjoin(Establishment, Establishment.finess == DossierRow.recruiter)
        .where(*_within(region, call))
        .order_by(line.year, line.month, DossierRow.number, line.entry, line.post_year)
        .limit(limit)
    )
    if of is not None:
        wanted = wanted.where(line.year == of[0], line.month == of[1])
    for row in session.execute(wanted.execution_options(yield_per=1000)):
        yield ChangeLine(*row)


def undrawn_number(session: Session, region: str | None, call: str | None = None) -> int:
    """How many dossiers an older release wrote, whose money the clock has not drawn yet."""
    waiting = select(func.count()).select_from(DossierRow).where(text(UNDRAWN), *_within(region, call))
    return session.scalar(waiting) or 0


def _within(region: str | None, call: str | None) -> list[ColumnElement[bool]]:
    """The dossiers that an agent of a region sees, none without a region; those of a call."""
    seen = false() if region is None else DossierRow.region == region
    return [seen, *([DossierRow.call == call] if call is not None else [])]
