"""At which instant a mail leaves: eight o’clock on the clock of the authority, the nights it is moved too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.due import Due, DueKind
from workflows.effects import Addressee
from workflows.jobs import EARLIEST_HOUR, LATEST_HOUR, Job

#: 3.9: the zone of each authority, with the UTC hour of 8 h in winter and in summer.
ZONES = {
    "Europe/Paris": (7, 6),
    "America/Guadeloupe": (12, 12),
    "America/Martinique": (12, 12),
    "America/Cayenne": (11, 11),
    "Indian/Reunion": (4, 4),
    "Indian/Mayotte": (5, 5),
}
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def _reminder(on: date, hour: int = 8) -> Due:
    return Due(DueKind.START_WATCH, on, "", "", Job.J7, (Addressee.RECRUITER,), hour=hour)


@pytest.mark.parametrize("zone", ZONES)
def test_mails_leave_at_eight_o_clock_local_time(zone):
    winter, summer = ZONES[zone]
    assert _reminder(date(2026, 1, 15)).at(zone) == datetime(2026, 1, 15, winter, tzinfo=UTC)
    assert _reminder(date(2026, 7, 15)).at(zone) == datetime(2026, 7, 15, summer, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("night", "before"), [(SPRING, 0), (AUTUMN, 1)])
def test_the_hour_holds_the_nights_the_clock_is_moved(zone, night, before):
    """On the day clocks change, and on the day before, the wall clock shows eight."""
    hours = ZONES[zone]
    expected = [hours[before], hours[1 - before]]
    found = [_reminder(night + timedelta(days=n)).at(zone) for n in (-1, 0)]
    assert [instant.hour for instant in found] == expected
    assert [instant.astimezone(ZoneInfo(zone)).hour for instant in found] == [8, 8]


@pytest.mark.parametrize("hour", range(EARLIEST_HOUR, LATEST_HOUR + 1))
@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_every_hour_a_call_may_choose_exists_once_that_day(hour, night):
    instant = _reminder(night, hour).at("Europe/Paris")
    wall = instant.astimezone(ZoneInfo("Europe/Paris"))
    assert (wall.date(), wall.hour, wall.minute) == (night, hour, 0)
    assert wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset()


@pytest.mark.parametrize("zone", ZONES)
def test_what_has_no_mail_falls_at_midnight(zone):
    deadline = Due(DueKind.REPLACEMENT_DUE, AUTUMN, "", "", Job.J7, (Addressee.SERVICE,))
    wall = deadline.at(zone).astimezone(ZoneInfo(zone))
    assert (wall.date(), wall.hour, wall.minute) == (AUTUMN, 0, 0)
