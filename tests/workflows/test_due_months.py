"""A month is due once it was served, not because the calendar passed it: posts start on their real day (I9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.leaving import came, left, second_holder
from workflows.account.adjusting import standing_lines
from workflows.account.budget import is_over
from workflows.account.lines import balances
from workflows.account.post import PostAccount, post_account
from workflows.account.served_so_far import by_month, served_so_far, unserved
from workflows.states import State

M = Decimal("3249.79")
ZERO = Decimal("0.00")
DAY = date(2025, 3, 15)


def shown(life: Life, day: date) -> PostAccount:
    return post_account(life.dossier, life.call, day)


def due(account: PostAccount) -> dict[tuple[int, int], Decimal]:
    return {(p.year, p.month): p.due for p in account.points}


def over(account: PostAccount) -> list[tuple[int, int]]:
    """The months whose every euro is due."""
    return [(row.year, row.month) for year in account.years for row in year.months if row.due == row.amount]


def test_nothing_is_due_for_a_post_that_nobody_started():
    account = shown(life_of("na-2024").to(State.NOTIFIED), DAY)
    assert account.balances.due == ZERO
    assert over(account) == []
    months = due(account)
    assert {months[2024, 11], months[2024, 12], months[2025, 1], months[2025, 2], months[2025, 3]} == {ZERO}
    assert months[2026, 10] == account.total == 24 * M


def test_the_months_served_are_due_and_the_present_one_up_to_the_day():
    account = shown(life_of("na-2024").to(State.IN_POST), DAY)
    assert over(account) == [(2024, 11), (2024, 12), (2025, 1), (2025, 2)]
    months = due(account)
    assert months[2025, 2] == 4 * M
    assert months[2025, 3] == account.balances.due == Decimal("14624.06")  # 4 months and 15 thirtieths
    assert months[2025, 4] == 6 * M
    assert months[2026, 10] == 24 * M


def test_the_months_of_a_replacement_are_due_once_they_are_served():
    day, waiting = date(2025, 9, 15), second_holder()
    account = shown(waiting, day)
    assert account.balances.due == 7 * M
    assert due(account).get((2025, 9), account.balances.due) == 7 * M
    assert (2025, 5) in over(account)
    assert not {(2025, 7), (2025, 8)} & set(over(account))
    started = waiting.on(date(2025, 7, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    account = shown(started, day)
    assert due(account)[2025, 8] == 9 * M
    assert {(2025, 7), (2025, 8)} <= set(over(account))


@pytest.mark.parametrize("day", [date(2024, 10, 31), date(2024, 11, 1), DAY, date(2026, 10, 31), date(2027, 1, 5)])
def test_the_curve_and_the_balance_of_a_day_agree(day: date):
    for life in (life_of("na-2024").to(State.NOTIFIED), life_of("na-2024").to(State.IN_POST)):
        account = shown(life, day)
        past = [p.due for p in account.points if (p.year, p.month) <= (day.year, day.month)]
        assert (past[-1] if past else ZERO) == account.balances.due
        assert sum((year.due for year in account.years), ZERO) == account.balances.due


def test_a_month_left_half_way_says_what_is_due_of_it_as_the_balance_and_the_budget_do():
    life = life_of("na-2024").to(State.IN_POST).on(date(2025, 4, 16)).do("withdraw", Hat.INSTRUCTOR)
    day = date(2025, 6, 20)
    account = shown(life, day)
    (april,) = [row for year in account.years for row in year.months if (row.year, row.month) == (2025, 4)]
    assert (april.amount, april.due) == (M, Decimal("1624.90"))  # 15 thirtieths
    assert sum((year.due for year in account.years), ZERO) == account.balances.due == Decimal("17873.85")
    # the months over of the budget: what they commit, less what nobody served of them
    passed = sum(
        (row.amount for year in account.years for row in year.months if (row.year, row.month) < (2025, 6)), ZERO
    )
    assert account.balances.due == passed - sum(unserved(life.dossier, life.call, day).values(), ZERO)


# The budget of a call counts the same months.


def test_months_over_that_nobody_served_are_not_due_on_the_budget():
    months = {(2024, 11): M, (2024, 12): M, (2025, 1): M, (2025, 2): M}
    life = life_of("na-2024").to(State.NOTIFIED)
    assert unserved(life.dossier, life.call, DAY) == months
    life.to(State.IN_POST)
    assert unserved(life.dossier, life.call, DAY) == {}
    life = second_holder()
    assert set(unserved(life.dossier, life.call, date(2025, 9, 15))) <= {(2025, 7), (2025, 8)}


@cache
def _road(name: str) -> Life:
    if name == "replaced":
        return came(second_holder(), date(2025, 7, 1))
    return second_holder() if name == "to be replaced" else life_of("na-2024").to(State(name))


@settings(max_examples=30)
@given(
    name=st.sampled_from(("notified", "in_post", "to be replaced", "replaced")),
    left_on=st.none() | st.dates(date(2025, 7, 2), date(2026, 10, 31)),
    day=st.dates(date(2024, 10, 1), date(2027, 3, 31)),
)
def test_what_nobody_served_of_a_month_is_never_more_than_the_month(name: str, left_on: date | None, day: date):
    life = _road(name).copy()
    if left_on and life.dossier.state is State.IN_POST:
        left(life, left_on)
    months, missing = by_month(standing_lines(life.dossier)), unserved(life.dossier, life.call, day)
    assert all(0 < euros <= months[month] for month, euros in missing.items())
    passed = sum((euros for month, euros in months.items() if is_over(*month, day)), ZERO)
    present = served_so_far(life.dossier, life.call, day).get((day.year, day.month), ZERO)
    due = balances(life.dossier, life.call, day).due
    assert due == passed - sum(missing.values(), ZERO) + present
    assert 0 <= due <= sum(months.values(), ZERO)


def test_of_an_amount_that_nobody_knows_nothing_is_due_nor_to_come():
    life = life_of("idf-2025", completed=False).to(State.SELECTED)
    assert unserved(life.dossier, life.call, date(2026, 5, 5)) == {}
