"""Working days and holidays of each authority: the days the law names, not those a library lists."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import calendars
from workflows.calendars import CALENDARS, Calendar, UnknownCalendarError, YearNotCoveredError

NATIONAL_2024 = {
    date(2024, 1, 1),  # jour de l’an
    date(2024, 4, 1),  # lundi de Pâques
    date(2024, 5, 1),
    date(2024, 5, 8),
    date(2024, 5, 9),  # Ascension
    date(2024, 5, 20),  # lundi de Pentecôte
    date(2024, 7, 14),
    date(2024, 8, 15),
    date(2024, 11, 1),
    date(2024, 11, 11),
    date(2024, 12, 25),
}
NATIONAL_2025 = {
    date(2025, 1, 1),
    date(2025, 4, 21),
    date(2025, 5, 1),
    date(2025, 5, 8),
    date(2025, 5, 29),
    date(2025, 6, 9),
    date(2025, 7, 14),
    date(2025, 8, 15),
    date(2025, 11, 1),
    date(2025, 11, 11),
    date(2025, 12, 25),
}
NATIONAL_2026 = {
    date(2026, 1, 1),
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 5, 8),
    date(2026, 5, 14),
    date(2026, 5, 25),
    date(2026, 7, 14),
    date(2026, 8, 15),
    date(2026, 11, 1),
    date(2026, 11, 11),
    date(2026, 12, 25),
}
NATIONAL = {2024: NATIONAL_2024, 2025: NATIONAL_2025, 2026: NATIONAL_2026}
GOOD_FRIDAY = {2024: date(2024, 3, 29), 2025: date(2025, 4, 18), 2026: date(2026, 4, 3)}
ABOLITION = {
    "mayotte": (4, 27),
    "martinique": (5, 22),
    "guadeloupe": (5, 27),
    "guyane": (6, 10),
    "reunion": (12, 20),
}
IDS = ["metropole", "alsace-moselle", "guadeloupe", "martinique", "guyane", "reunion", "mayotte"]

ids = st.sampled_from(IDS)
days = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def own_days(calendar_id: str, year: int) -> set[date]:
    if calendar_id == "alsace-moselle":
        return {GOOD_FRIDAY[year], date(year, 12, 26)}
    if calendar_id in ABOLITION:
        return {date(year, *ABOLITION[calendar_id])}
    return set()


def holidays_of(calendar_id: str, year: int) -> set[date]:
    first = date(year, 1, 1)
    every = (first + timedelta(n) for n in range(366))
    return {day for day in every if day.year == year and Calendar(calendar_id).is_holiday(day)}


def test_the_ids_a_call_file_may_name():
    assert set(CALENDARS) == set(IDS)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
@pytest.mark.parametrize("calendar_id", IDS)
def test_a_year_holds_the_national_days_and_those_of_the_territory_only(calendar_id, year):
    assert holidays_of(calendar_id, year) == NATIONAL[year] | own_days(calendar_id, year)


@pytest.mark.parametrize(
    ("calendar_id", "day"),
    [
        ("guadeloupe", date(2024, 3, 7)),  # mi-carême
        ("guadeloupe", date(2024, 3, 29)),  # vendredi saint
        ("guadeloupe", date(2025, 7, 21)),  # Victor Schœlcher
        ("martinique", date(2025, 7, 21)),
    ],
)
def test_a_customary_day_off_is_a_working_day(calendar_id, day):
    assert not Calendar(calendar_id).is_holiday(day)
    assert Calendar(calendar_id).is_working_day(day)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2024, 6, 14), True),  # Friday
        (date(2024, 6, 15), False),  # Saturday
        (date(2024, 6, 16), False),  # Sunday
        (date(2024, 6, 17), True),
        (date(2025, 6, 9), False),  # Whit Monday, first day of the week of the Île-de-France jury
        (date(2025, 6, 10), True),
    ],
)
def test_working_days_are_monday_to_friday_without_holidays(day, working):
    assert Calendar("metropole").is_working_day(day) is working


@pytest.mark.parametrize(
    ("calendar_id", "day", "expected"),
    [
        ("metropole", date(2026, 4, 4), date(2026, 4, 7)),  # Saturday before Easter Monday
        ("metropole", date(2026, 4, 7), date(2026, 4, 7)),
        ("metropole", date(2026, 4, 3), date(2026, 4, 3)),
        ("alsace-moselle", date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday
        ("alsace-moselle", date(2025, 12, 25), date(2025, 12, 29)),
        ("metropole", date(2025, 12, 25), date(2025, 12, 26)),
        ("mayotte", date(2026, 4, 27), date(2026, 4, 28)),
        ("reunion", date(2027, 12, 20), date(2027, 12, 21)),
    ],
)
def test_next_working_day(calendar_id, day, expected):
    assert Calendar(calendar_id).next_working_day(day) == expected


@pytest.mark.parametrize(
    ("calendar_id", "day", "n", "expected"),
    [
        ("metropole", date(2024, 6, 10), 10, date(2024, 6, 24)),
        ("guyane", date(2024, 6, 7), 1, date(2024, 6, 11)),  # Monday 10 June is a holiday there
        ("metropole", date(2024, 6, 7), 1, date(2024, 6, 10)),
        ("metropole", date(2024, 6, 8), 1, date(2024, 6, 10)),  # from a Saturday
        ("metropole", date(2024, 4, 30), 8, date(2024, 5, 15)),  # 1, 8 and 9 May
        ("metropole", date(2024, 6, 10), 0, date(2024, 6, 10)),
        ("metropole", date(2024, 6, 10), -1, date(2024, 6, 7)),
        ("metropole", date(2024, 5, 10), -2, date(2024, 5, 6)),
    ],
)
def test_add_working_days(calendar_id, day, n, expected):
    assert Calendar(calendar_id).add_working_days(day, n) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2024, 6, 10), date(2024, 6, 13), 3),
        (date(2024, 6, 13), date(2024, 6, 10), -3),
        (date(2024, 6, 14), date(2024, 6, 17), 1),
        (date(2024, 6, 14), date(2024, 6, 16), 0),
        (date(2024, 6, 14), date(2024, 6, 14), 0),
        (date(2024, 5, 7), date(2024, 5, 10), 1),
    ],
)
def test_working_days_between(start, end, expected):
    assert Calendar("metropole").working_days_between(start, end) == expected


def test_an_unknown_calendar_is_refused_with_the_list_of_known_ones():
    with pytest.raises(UnknownCalendarError) as refusal:
        Calendar("corse")
    assert isinstance(refusal.value, ValueError)
    message = str(refusal.value)
    assert "«\u00a0corse\u00a0»" in message
    assert all(calendar_id in message for calendar_id in IDS)


@pytest.mark.parametrize("year", [202, 1983, 2101, 9999])
def test_a_year_whose_holidays_are_not_known_is_refused_rather_than_counted_without(year):
    with pytest.raises(YearNotCoveredError, match=str(year)):
        Calendar("metropole").is_holiday(date(year, 5, 1))


@pytest.mark.parametrize("year", [1984, 2100])
def test_the_first_and_last_years_are_known(year):
    assert Calendar("mayotte").is_holiday(date(year, 4, 27))
    assert Calendar("mayotte").is_holiday(date(year, 12, 25))


def test_an_instant_is_not_a_day():
    with pytest.raises(TypeError):
        Calendar("metropole").is_working_day(datetime(2024, 5, 1, tzinfo=UTC))


def test_equal_calendars_are_interchangeable():
    assert Calendar("guyane") == Calendar("guyane")
    assert len({Calendar("guyane"), Calendar("guyane"), Calendar("reunion")}) == 2


def test_threads_that_ask_at_once_get_the_same_answer():
    calendars._legal_holidays.cache_clear()
    asked = [(calendar_id, year) for year in range(2017, 2031) for calendar_id in IDS] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: calendars._legal_holidays(*pair), asked))
    assert answers == [calendars._legal_holidays(*pair) for pair in asked]
    assert {len(found) for found in answers} <= {11, 12, 13}


def test_importing_the_rules_does_not_load_the_library():
    code = "import sys, workflows.calendars; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  # our own text


@given(ids, days)
def test_next_working_day_is_the_first_one_not_before(calendar_id, day):
    calendar = Calendar(calendar_id)
    found = calendar.next_working_day(day)
    assert found >= day
    assert calendar.is_working_day(found)
    assert not any(calendar.is_working_day(day + timedelta(n)) for n in range((found - day).days))


@given(ids, days, st.integers(1, 60))
def test_counting_back_what_was_added_gives_the_same_number(calendar_id, day, n):
    calendar = Calendar(calendar_id)
    later = calendar.add_working_days(day, n)
    assert calendar.is_working_day(later)
    assert calendar.working_days_between(day, later) == n
    assert calendar.add_working_days(later, -n) <= day


@given(ids, days, days, days)
def test_counts_add_up_and_change_sign_with_the_direction(calendar_id, a, b, c):
    between = Calendar(calendar_id).working_days_between
    assert between(a, b) == -between(b, a)
    assert between(a, b) + between(b, c) == between(a, c)


@given(ids, days, st.integers(-30, 30), st.integers(-30, 30))
def test_adding_more_working_days_goes_later(calendar_id, day, n, m):
    calendar = Calendar(calendar_id)
    if n < m:
        assert calendar.add_working_days(day, n) < calendar.add_working_days(day, m)
