"""Closing instants, periods and receipts: every expected date is one a call or a text of law gives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendars import Calendar
from workflows.deadlines import (
    Bound,
    Closing,
    UnknownZoneError,
    add_months,
    local_day,
    period_end,
    receipt_due_on,
    receipt_watch_on,
    registration_due_on,
    start_of_day,
)

PARIS = "Europe/Paris"
MICROSECOND = timedelta(microseconds=1)
METROPOLE = Calendar("metropole")

NA_2024 = Closing(date(2024, 6, 14), Bound.AU_PLUS_TARD, PARIS, "au plus tard le 14 juin 2024")
IDF_2025 = Closing(date(2025, 4, 30), Bound.JUSQU_AU, PARIS, "jusqu’au mercredi 30 avril 2025 délai de rigueur")
ARA_2017 = Closing(date(2017, 4, 30), Bound.AVANT, PARIS, "avant le 30 avril 2017")

CLOSING_TABLE = [
    (NA_2024, "UTC", (2024, 6, 14, 22, 0)),
    (NA_2024, "Europe/Paris", (2024, 6, 15, 0, 0)),
    (NA_2024, "America/Guadeloupe", (2024, 6, 14, 18, 0)),
    (NA_2024, "America/Martinique", (2024, 6, 14, 18, 0)),
    (NA_2024, "America/Cayenne", (2024, 6, 14, 19, 0)),
    (NA_2024, "Indian/Reunion", (2024, 6, 15, 2, 0)),
    (NA_2024, "Indian/Mayotte", (2024, 6, 15, 1, 0)),
    (IDF_2025, "UTC", (2025, 4, 30, 22, 0)),
    (IDF_2025, "Europe/Paris", (2025, 5, 1, 0, 0)),
    (IDF_2025, "America/Guadeloupe", (2025, 4, 30, 18, 0)),
    (IDF_2025, "America/Martinique", (2025, 4, 30, 18, 0)),
    (IDF_2025, "America/Cayenne", (2025, 4, 30, 19, 0)),
    (IDF_2025, "Indian/Reunion", (2025, 5, 1, 2, 0)),
    (IDF_2025, "Indian/Mayotte", (2025, 5, 1, 1, 0)),
    (ARA_2017, "UTC", (2017, 4, 29, 22, 0)),
    (ARA_2017, "Europe/Paris", (2017, 4, 30, 0, 0)),
    (ARA_2017, "America/Guadeloupe", (2017, 4, 29, 18, 0)),
    (ARA_2017, "America/Martinique", (2017, 4, 29, 18, 0)),
    (ARA_2017, "America/Cayenne", (2017, 4, 29, 19, 0)),
    (ARA_2017, "Indian/Reunion", (2017, 4, 30, 2, 0)),
    (ARA_2017, "Indian/Mayotte", (2017, 4, 30, 1, 0)),
]


@pytest.mark.parametrize(("closing", "zone", "local"), CLOSING_TABLE)
def test_the_closing_instant_on_each_clock(closing, zone, local):
    assert closing.at.tzinfo is UTC
    assert closing.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime(*local)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("closing", "last"), [(NA_2024, (2024, 6, 14)), (IDF_2025, (2025, 4, 30)), (ARA_2017, (2017, 4, 29))]
)
def test_the_last_valid_day(closing, last):
    assert closing.last_day == date(*last)


@pytest.mark.parametrize(
    ("zone", "paris"),
    [
        ("Europe/Paris", datetime(2024, 6, 15, 0, tzinfo=ZoneInfo(PARIS))),
        ("America/Martinique", datetime(2024, 6, 15, 6, tzinfo=ZoneInfo(PARIS))),
        ("Indian/Reunion", datetime(2024, 6, 14, 22, tzinfo=ZoneInfo(PARIS))),
    ],
)
def test_a_call_closes_on_the_clock_of_its_authority(zone, paris):
    closing = Closing(date(2024, 6, 14), Bound.AU_PLUS_TARD, zone, "au plus tard le 14 juin 2024")
    assert closing.at == paris


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Martinique", "Indian/Reunion"])
@pytest.mark.parametrize(
    ("bound", "closes_on"),
    [
        (Bound.AU_PLUS_TARD, date(2024, 6, 15)),
        (Bound.JUSQU_AU, date(2024, 6, 15)),
        (Bound.AVANT, date(2024, 6, 14)),
    ],
)
def test_accepted_one_microsecond_before_refused_at_the_instant(zone, bound, closes_on):
    closing = Closing(date(2024, 6, 14), bound, zone, f"{bound.value} 14 juin 2024")
    midnight = datetime(closes_on.year, closes_on.month, closes_on.day, tzinfo=ZoneInfo(zone))
    assert closing.at == midnight
    assert closing.accepts(closing.at - MICROSECOND)
    assert not closing.accepts(closing.at)
    assert not closing.accepts(closing.at + MICROSECOND)
    assert closing.accepts(datetime(2024, 6, 13, 23, 59, 59, 999_999, tzinfo=ZoneInfo(zone)))


def test_the_instant_counts_whatever_zone_it_is_told_in():
    received = datetime(2024, 6, 15, 5, 59, tzinfo=ZoneInfo(PARIS))
    closing = Closing(date(2024, 6, 14), Bound.JUSQU_AU, "America/Martinique", "jusqu’au 14 juin 2024")
    assert closing.accepts(received)
    assert not closing.accepts(received + timedelta(minutes=1))


@pytest.mark.parametrize("day", [date(2017, 4, 30), date(2025, 5, 1), date(2024, 6, 15)])
def test_a_printed_date_stays_where_it_is_on_a_sunday_a_holiday_or_a_saturday(day):
    assert Closing(day, Bound.JUSQU_AU, PARIS, "").last_day == day


def test_which_wordings_include_their_day():
    included = {bound.value: bound.includes_day for bound in Bound}
    assert included == {"au plus tard le": True, "jusqu’au": True, "avant le": False}


def test_a_wording_typed_with_a_straight_apostrophe_is_the_same():
    assert Bound("jusqu'au") is Bound.JUSQU_AU
    with pytest.raises(ValueError, match="vers le"):
        Bound("vers le")


@pytest.mark.parametrize(
    ("closing", "shown"),
    [
        (
            NA_2024,
            ("vendredi 14 juin 2024 inclus, minuit heure de Paris", "15 juin 2024"),
        ),
        (
            IDF_2025,
            ("mercredi 30 avril 2025 inclus, minuit heure de Paris", "1er mai 2025"),
        ),
        (
            ARA_2017,
            ("samedi 29 avril 2017 inclus, minuit heure de Paris", "30 avril 2017"),
        ),
        (
            Closing(date(2020, 10, 15), Bound.JUSQU_AU, "America/Cayenne", "jusqu’au 15 octobre 2020"),
            ("jeudi 15 octobre 2020 inclus, minuit heure de Cayenne", "16 octobre 2020"),
        ),
    ],
)
def test_the_closing_as_a_person_reads_it(closing, shown):
    last, closed = shown
    weekday, number, month, year, rest = last.split(" ", 4)
    last, closed = f"{weekday} {number}\u00a0{month}\u00a0{year} {rest}", closed.replace(" ", "\u00a0")
    assert closing.as_sentence() == f"jusqu’au {last}\u202f; fermé le {closed} à 0\u00a0h\u00a000"


@pytest.mark.parametrize("zone", ["Europe/Pariss", "", "America", "../etc/passwd", "Paris"])
def test_an_unknown_zone_is_refused_at_once(zone):
    with pytest.raises(UnknownZoneError) as refusal:
        Closing(date(2024, 6, 14), Bound.AVANT, zone, "avant le 14 juin 2024")
    assert isinstance(refusal.value, ValueError)
    assert f"«\u00a0{zone}\u00a0»" in str(refusal.value)


def test_an_instant_without_a_zone_is_refused():
    naive = datetime(2024, 6, 14, 12, 0)  # noqa: DTZ001  # the mistake under test
    with pytest.raises(ValueError, match="fuseau"):
        local_day(naive, PARIS)
    with pytest.raises(ValueError, match="fuseau"):
        NA_2024.accepts(naive)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Paris", date(2024, 6, 15)),
        ("America/Martinique", date(2024, 6, 14)),
        ("Indian/Reunion", date(2024, 6, 15)),
    ],
)
def test_the_day_of_an_instant_depends_on_the_clock(zone, day):
    assert local_day(datetime(2024, 6, 14, 22, 30, tzinfo=UTC), zone) == day


@pytest.mark.parametrize(
    ("day", "zone", "starts", "hours"),
    [
        # summer time begins at 2 a.m. and ends at 3 a.m.
        (date(2024, 3, 31), "Europe/Paris", datetime(2024, 3, 30, 23, tzinfo=UTC), 23),
        (date(2024, 10, 27), "Europe/Paris", datetime(2024, 10, 26, 22, tzinfo=UTC), 25),
        (date(2024, 3, 31), "Indian/Reunion", datetime(2024, 3, 30, 20, tzinfo=UTC), 24),
        # midnight is skipped: the day begins at 1 a.m.
        (date(2024, 3, 31), "Asia/Beirut", datetime(2024, 3, 30, 22, tzinfo=UTC), 23),
        # midnight strikes twice
        (date(2024, 11, 3), "America/Havana", datetime(2024, 11, 3, 4, tzinfo=UTC), 25),
        # midnight goes back to 11 p.m.
        (date(2018, 2, 17), "America/Sao_Paulo", datetime(2018, 2, 17, 2, tzinfo=UTC), 25),
    ],
)
def test_a_day_begins_at_its_first_instant(day, zone, starts, hours):
    begun = start_of_day(day, zone)
    assert begun == starts
    assert begun.tzinfo is UTC
    assert start_of_day(day + timedelta(1), zone) - begun == timedelta(hours=hours)


def test_a_closing_on_either_clock_change_keeps_its_whole_day():
    short = Closing(date(2024, 3, 31), Bound.JUSQU_AU, PARIS, "jusqu’au 31 mars 2024")
    long = Closing(date(2024, 10, 27), Bound.JUSQU_AU, PARIS, "jusqu’au 27 octobre 2024")
    assert short.at == datetime(2024, 3, 31, 22, tzinfo=UTC)
    assert long.at == datetime(2024, 10, 27, 23, tzinfo=UTC)
    twice = datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo(PARIS))
    assert long.accepts(twice)
    assert long.accepts(twice.replace(fold=1))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2024, 6, 10), 2, date(2024, 8, 10)),
        (date(2024, 5, 10), 2, date(2024, 7, 10)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2023, 12, 30), 2, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 11, 1), 24, date(2026, 11, 1)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(2024, 8, 31), 0, date(2024, 8, 31)),
        (date(2024, 10, 31), 2, date(2024, 12, 31)),
    ],
)
def test_months_go_by_day_number(day, n, expected):
    assert add_months(day, n) == expected


@pytest.mark.parametrize(
    ("start", "days", "calendar_id", "expected"),
    [
        (date(2026, 3, 5), 30, "metropole", date(2026, 4, 7)),  # 4 April is the Saturday of Easter
        (date(2024, 6, 17), 15, "metropole", date(2024, 7, 2)),
        (date(2024, 5, 13), 14, "guadeloupe", date(2024, 5, 28)),  # 27 May is a holiday there
        (date(2024, 5, 13), 14, "metropole", date(2024, 5, 27)),
        (date(2024, 6, 17), 0, "metropole", date(2024, 6, 17)),
    ],
)
def test_a_period_set_by_the_agency_includes_its_last_day_and_ends_on_a_working_day(start, days, calendar_id, expected):
    assert period_end(start, days, Calendar(calendar_id)) == expected


@pytest.mark.parametrize(
    ("received_on", "calendar_id", "registration", "watch", "receipt"),
    [
        (date(2024, 6, 10), "metropole", date(2024, 6, 11), date(2024, 6, 20), date(2024, 6, 24)),
        # 8 May and Ascension, then Whit Monday; in Martinique 22 May as well
        (date(2024, 5, 7), "metropole", date(2024, 5, 10), date(2024, 5, 22), date(2024, 5, 24)),
        (date(2024, 5, 7), "martinique", date(2024, 5, 10), date(2024, 5, 23), date(2024, 5, 27)),
        (
            date(2024, 6, 15),
            "metropole",
            date(2024, 6, 17),
            date(2024, 6, 26),
            date(2024, 6, 28),
        ),  # a Saturday
    ],
)
def test_receipts_are_counted_in_working_days(received_on, calendar_id, registration, watch, receipt):
    calendar = Calendar(calendar_id)
    assert registration_due_on(received_on, calendar) == registration
    assert receipt_watch_on(received_on, 8, calendar) == watch
    assert receipt_due_on(received_on, calendar) == receipt


days = st.dates(date(2010, 1, 1), date(2060, 12, 31))
zones = st.sampled_from(
    [
        "Europe/Paris",
        "America/Martinique",
        "America/Cayenne",
        "Indian/Reunion",
        "Asia/Beirut",
        "America/Miquelon",
    ]
)


@given(days, zones)
def test_the_first_instant_of_a_day_belongs_to_it_and_the_one_before_does_not(day, zone):
    begun = start_of_day(day, zone)
    assert local_day(begun, zone) == day
    assert local_day(begun - MICROSECOND, zone) == day - timedelta(1)


@given(days, zones, st.sampled_from(Bound), st.integers(-3_600_000_000, 3_600_000_000))
def test_a_filing_is_accepted_exactly_on_the_days_up_to_the_last(day, zone, bound, microseconds):
    closing = Closing(day, bound, zone, f"{bound.value} {day}")
    received = closing.at + timedelta(microseconds=microseconds)
    assert closing.accepts(received) is (local_day(received, zone) <= closing.last_day)


@given(days, days, st.integers(-60, 60))
def test_adding_months_keeps_the_order_of_days(a, b, n):
    earlier, later = sorted((a, b))
    assert add_months(earlier, n) <= add_months(later, n)


@given(days, st.integers(-60, 60))
def test_adding_months_moves_by_whole_months_and_keeps_the_day_when_it_exists(day, n):
    moved = add_months(day, n)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == n
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(1)).day == 1)


@given(days, st.integers(0, 120), st.sampled_from(["metropole", "alsace-moselle", "guyane"]))
def test_a_period_never_ends_early_nor_on_a_day_off(start, length, calendar_id):
    calendar = Calendar(calendar_id)
    end = period_end(start, length, calendar)
    assert start + timedelta(length) <= end <= start + timedelta(length + 4)
    assert calendar.is_working_day(end)
