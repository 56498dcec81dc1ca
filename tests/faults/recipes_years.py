"""Time itself: years of ticks, both nights when clocks change, in six zones."""

from __future__ import annotations

from datetime import date, timedelta

from tests.faults.installation import Installation
from tests.faults.years import simulate


def test_r24b_years_of_ticks_in_six_zones_each_reminder_once_each_deadline_at_its_instant(house: Installation):
    """Four years with the first seed; a quarter of some year with the others."""
    first, last = date(2024, 1, 1), date(2027, 12, 31)
    if not house.first_seed:
        first += timedelta(days=house.random.randrange(1200))
        last = first + timedelta(days=91)
    with house.session() as session:
        ticks, deadlines, wrong = simulate(session, first, last, house.random.randrange(1000))
    house.note(f"{ticks} ticks of three clocks, {deadlines} deadlines, from {first} to {last}")
    assert wrong == []
