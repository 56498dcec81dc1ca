"""Dates of a post: planned end, deferral, windows."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.contract import end_after, months_late


@pytest.mark.parametrize(
    ("start", "months", "last_day"),
    [
        (date(2024, 11, 1), 24, date(2026, 10, 31)),
        (date(2025, 11, 1), 24, date(2027, 10, 31)),
        (date(2024, 11, 4), 12, date(2025, 11, 3)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2025, 2, 1), 1, date(2025, 2, 28)),
    ],
)
def test_a_contract_ends_the_day_before_its_anniversary(start: date, months: int, last_day: date) -> None:
    assert end_after(start, months) == last_day


@pytest.mark.parametrize(
    ("planned", "actual", "months"),
    [
        (date(2024, 11, 1), date(2025, 1, 1), 2),
        (date(2024, 11, 1), date(2025, 5, 1), 6),
        (date(2024, 11, 1), date(2025, 5, 2), 7),
        (date(2024, 11, 1), date(2024, 11, 2), 1),
        (date(2024, 11, 15), date(2024, 12, 10), 1),
    ],
)
def test_a_begun_month_of_deferral_counts(planned: date, actual: date, months: int) -> None:
    assert months_late(planned, actual) == months
