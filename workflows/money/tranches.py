"""When the credits of a post are planned to be delegated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.calls.funding import TranchePattern
from workflows.money.schedule import Schedule
from workflows.money.served import start_of_year


@dataclass(frozen=True, slots=True)
class PlannedTranche:
    """Credits planned for a day, in euros, on the budget of a year."""

    due_on: date
    budget_year: int
    amount: Decimal


def planned_tranches(pattern: TranchePattern, schedule: Schedule) -> tuple[PlannedTranche, ...]:
    """The tranches that delegate a whole schedule, in order; none for an empty schedule.

    All at the start; or each calendar year in January, the first at the start (A48); or at the start of each
    year of the contract.
    """
    start = schedule.starts_on
    if start is None:
        return ()
    match pattern:
        case TranchePattern.AT_START:
            dated = [(start, schedule.total)]
        case TranchePattern.CALENDAR_YEAR:
            dated = [(max(start, date(year, 1, 1)), due) for year, due in schedule.by_budget_year.items()]
        case TranchePattern.CONTRACT_YEAR:
            dated = [(start_of_year(start, year), due) for year, due in schedule.by_post_year.items()]
    return tuple(PlannedTranche(day, day.year, due) for day, due in dated)


def still_due(planned: Iterable[PlannedTranche], budget_year: int, delegated: Decimal) -> Decimal:
    """Euros to delegate on a budget year, so that all that is planned up to it has left; never less than nothing.

    What was delegated for months found vacant since then is deducted.
    """
    expected = sum((tranche.amount for tranche in planned if tranche.budget_year <= budget_year), Decimal(0))
    return max(Decimal(0), expected - delegated)


def due_of(planned: Iterable[PlannedTranche], budget_year: int, day: date, delegated: Decimal) -> Decimal:
    """Euros to delegate on a day, on a budget year: what is planned up to that day, else up to the end of that year.

    Nothing on a year that is over: what it lacks is delegated on the one that runs.
    """
    tranches = tuple(planned)
    if budget_year < day.year:
        return Decimal(0)
    come = [tranche for tranche in tranches if budget_year == day.year and tranche.due_on <= day]
    return still_due(come, budget_year, delegated) or still_due(tranches, budget_year, delegated)


def next_tranche(planned: Iterable[PlannedTranche], day: date, delegated: Decimal) -> tuple[int, Decimal]:
    """The budget year and the euros of what is to be delegated on a day, or else first after it; zero for nothing."""
    tranches = tuple(planned)
    years = (day.year, *(tranche.budget_year for tranche in tranches if tranche.budget_year > day.year))
    dues = ((year, due_of(tranches, year, day, delegated)) for year in years)
    return next(((year, due) for year, due in dues if due), (day.year, Decimal(0)))
