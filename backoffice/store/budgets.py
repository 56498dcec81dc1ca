"""The queries of budgets: sums of what is drawn from the facts; as many statements for one dossier or a thousand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session, defer

from backoffice.store.dossiers import UNDRAWN, DossierRow
from backoffice.store.money import EnvelopeRow, MoneyFlowRow, MonthChangeRow
from backoffice.store.people import Establishment
from workflows.account.budget import Flow
from workflows.states import State


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
    """What acts of one name changed of a month in all the dossiers of a call.

    `awards`: what they first committed of their posts. `recent`: since the day asked for.
    """

    call: str
    year: int
    month: int
    act: str
    awards: bool
    recent: bool
    cents: int


def month_sums(session: Session, region: str | None, since: date, call: str | None = None) -> list[MonthSum]:
    """What acts changed of each month, call by call, in order of time. One statement."""
    first = _first_entries(region, call)
    awards = case((MonthChangeRow.entry == first.c.entry, 1), else_=0)
    recent = case((MonthChangeRow.made_on >= since, 1), else_=0)
    keys = (DossierRow.call, MonthChangeRow.year, MonthChangeRow.month, MonthChangeRow.act)
    wanted = (
        select(*keys, awards, recent, _total(MonthChangeRow.cents))
        .join(DossierRow, DossierRow.id == MonthChangeRow.dossier)
        .join(first, first.c.dossier == MonthChangeRow.dossier)
        .where(*_within(region, call))
        .group_by(*keys, text("5"), text("6"))
        .order_by(*keys, text("5"), text("6"))
    )
    found = session.execute(wanted)
    return [MonthSum(of, y, m, act, bool(award), bool(new), total) for of, y, m, act, award, new, total in found]


def _first_entries(region: str | None, call: str | None) -> Subquery:
    """The journal entry that first committed each post: `workflows.account.budget.MonthChange.awards`."""
    wanted = select(MonthChangeRow.dossier, func.min(MonthChangeRow.entry).label("entry"))
    wanted = wanted.join(DossierRow, DossierRow.id == MonthChangeRow.dossier).where(*_within(region, call))
    return wanted.group_by(MonthChangeRow.dossier).subquery()


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


#: States of a post that its schedule counts on while nobody serves there.
_IDLE = tuple(state.value for state in (State.SELECTED, State.NOTIFIED, State.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class WholeDossier:
    """A dossier that budgets read whole, and why.

    `idle`: its schedule counts a month that is over, and nobody serves there. `undecided`: it may have money to come
    back before anybody decides: it was paid, and has a repayment or was paid above its schedule. `reserve`: it stands
    on the reserve list.
    """

    row: DossierRow
    idle: bool
    undecided: bool
    reserve: bool


def whole_dossiers(
    session: Session, region: str | None, before: tuple[int, int], call: str | None = None, *, reserve: bool = False
) -> Iterator[WholeDossier]:
    """The dossiers that budgets read whole, by number, read as they are needed. One statement.

    `before`: the year and month before which a month is over. `reserve`: with all of the reserve list.
    """
    months = select(MonthChangeRow.dossier, func.sum(MonthChangeRow.cents).label("cents"))
    worth = months.group_by(MonthChangeRow.dossier).subquery()
    payments = select(MoneyFlowRow.dossier, func.sum(MoneyFlowRow.cents).label("cents"))
    paid = payments.where(MoneyFlowRow.flow == Flow.PAID.value).group_by(MoneyFlowRow.dossier).subquery()
    above = paid.c.cents > func.coalesce(worth.c.cents, 0)
    why = (
        and_(DossierRow.state.in_(_IDLE), _counts_before(before)),
        and_(paid.c.dossier.is_not(None), or_(DossierRow.repayment.is_not(None), above)),
        and_(true() if reserve else false(), DossierRow.state == State.RESERVE.value),
    )
    wanted = (
        select(DossierRow, *(case((one, 1), else_=0) for one in why))
        .options(defer(DossierRow.search, raiseload=True))
        .outerjoin(paid, paid.c.dossier == DossierRow.id)
        .outerjoin(worth, worth.c.dossier == DossierRow.id)
        .where(or_(*why), *_within(region, call))
        .order_by(DossierRow.number)
    )
    for row, *reasons in session.execute(wanted.execution_options(yield_per=200)):
        yield WholeDossier(row, *map(bool, reasons))


def _counts_before(before: tuple[int, int]) -> ColumnElement[bool]:
    """The condition that the schedule of a dossier counts a month before that one."""
    line, (year, month) = MonthChangeRow, before
    passed = or_(line.year < year, and_(line.year == year, line.month < month))
    return exists().where(line.dossier == DossierRow.id, passed)


def undrawn_number(session: Session, region: str | None, call: str | None = None) -> int:
    """How many dossiers an older release wrote, whose money the clock has not drawn yet."""
    waiting = select(func.count()).select_from(DossierRow).where(text(UNDRAWN), *_within(region, call))
    return session.scalar(waiting) or 0


def _within(region: str | None, call: str | None) -> list[ColumnElement[bool]]:
    """The dossiers that an agent of a region sees, none without a region; those of a call."""
    seen = false() if region is None else DossierRow.region == region
    return [seen, *([DossierRow.call == call] if call is not None else [])]
