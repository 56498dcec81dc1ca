"""Schedules are changed by differences: what stood stays written, and the sum is always what is due."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.money.builders import PLAIN, na
from tests.workflows.money.test_properties import clauses
from tests.workflows.money.test_served import successions
from workflows.calls.funding import Funding
from workflows.contract import end_after
from workflows.money.differences import Difference, differences, standing
from workflows.money.schedule import Schedule, planned, served
from workflows.tenure import Tenure

HORIZON = date(2027, 12, 31)
M = Decimal("3249.79")


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Some schedule of some call."""
    return served(draw(clauses()), PLAIN, draw(successions()), draw(st.dates(date(2024, 11, 1), HORIZON)))


@given(st.lists(schedules(), max_size=4))
def test_the_differences_of_a_history_make_its_last_schedule(history: list[Schedule]) -> None:
    written: list[Difference] = []
    for schedule in history:
        made = differences(standing(written), schedule.lines)
        assert sum((d.amount for d in made), Decimal(0)) == schedule.total - sum(
            (line.amount for line in standing(written)), Decimal(0)
        )
        written += made
        assert sorted(standing(written), key=_when) == sorted(schedule.lines, key=_when)
        assert differences(standing(written), schedule.lines) == ()
    assert all(d.thirtieths or d.amount for d in written)


@given(clauses(), st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(1, 6), st.integers(0, 700))
def test_independent_events_may_come_in_any_order(funding: Funding, start: date, late: int, days: int) -> None:
    """A deferral before the start, an early end: whichever is written first, the same stands."""
    deferred = start + timedelta(days=30 * late)
    end = end_after(deferred, 24)
    last = min(end, deferred + timedelta(days=days))
    nominal = planned(funding, PLAIN, start, end_after(start, 24)).lines
    moved = planned(funding, PLAIN, deferred, end).lines
    both = served(funding, PLAIN, (Tenure(None, deferred, last),), last).lines
    first = [*differences((), nominal), *differences(nominal, moved), *differences(moved, both)]
    cut = served(funding, PLAIN, (Tenure(None, start, last),), last).lines if last >= start else ()
    second = [*differences((), nominal), *differences(nominal, cut), *differences(cut, both)]
    assert standing(first) == standing(second)


def _when(line: object) -> tuple[int, int, int]:
    return line.year, line.month, line.post_year  # type: ignore[attr-defined]


def test_a_deferral_of_two_months_moves_two_months():
    """NA, 6.1, V1: the first two months go, two come at the end; the total stays 77 994,96."""
    before = planned(na(), PLAIN, date(2024, 11, 1), date(2026, 10, 31))
    after = planned(na(), PLAIN, date(2025, 1, 1), date(2026, 12, 31))
    made = differences(before.lines, after.lines)
    gone = [d for d in made if d.amount < 0 and d.thirtieths < 0]
    assert [(d.year, d.month, d.thirtieths, d.amount) for d in gone][:2] == [(2024, 11, -30, -M), (2024, 12, -30, -M)]
    assert sum(d.amount for d in made) == 0
    by_year = {year: sum(d.amount for d in made if d.year == year) for year in (2024, 2025, 2026)}
    assert by_year == {2024: -2 * M, 2025: 0, 2026: 2 * M}
