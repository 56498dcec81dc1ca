"""The weeks around both DST nights, hour by hour, in six zones; whole years are a run of their own."""

from __future__ import annotations

from datetime import date

import pytest

from tests.faults.years import simulate


@pytest.mark.parametrize(
    ("first", "last"), [(date(2025, 3, 27), date(2025, 4, 2)), (date(2025, 10, 23), date(2025, 10, 29))]
)
def test_around_a_dst_night_each_reminder_leaves_once_and_each_deadline_is_exact(session, first, last):
    ticks, deadlines, wrong = simulate(session, first, last, seed=1)
    assert wrong == []
    assert deadlines == 7 * 3 * 6
    assert ticks >= 9 * 24
