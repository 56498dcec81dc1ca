"""The silence clock: two months from receipt, stopped while the depositor owes pieces."""

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.deadlines import add_months
from workflows.parts.silence import SilenceClock, Suspension

FILED = date(2024, 6, 10)
ASKED = date(2024, 6, 17)
DUE = date(2024, 7, 2)
DELIVERED = date(2024, 6, 28)


def test_a_file_of_10_june_is_refused_by_silence_on_10_august():
    assert SilenceClock(FILED).due_on(FILED) == date(2024, 8, 10)


def test_eleven_days_of_waiting_for_a_piece_move_it_to_21_august():
    clock = SilenceClock(FILED).suspended(ASKED, DUE).resumed(DELIVERED)
    assert clock.due_on(DELIVERED) == date(2024, 8, 21)
    assert clock.due_on(date(2024, 12, 31)) == date(2024, 8, 21)


def test_while_the_piece_is_awaited_the_whole_period_is_counted():
    clock = SilenceClock(FILED).suspended(ASKED, DUE)
    assert clock.due_on(ASKED) == date(2024, 8, 25)
    assert clock.due_on(date(2024, 8, 1)) == date(2024, 8, 25)


def test_the_date_as_it_stood_on_an_earlier_day():
    clock = SilenceClock(FILED).suspended(ASKED, DUE).resumed(DELIVERED)
    assert clock.due_on(date(2024, 6, 16)) == date(2024, 8, 10)
    assert clock.due_on(date(2024, 6, 27)) == date(2024, 8, 25)


def test_a_file_of_10_may_is_refused_by_silence_before_a_late_july_committee():
    assert SilenceClock(date(2024, 5, 10)).due_on(date(2024, 7, 25)) == date(2024, 7, 10)


def test_the_date_is_not_moved_for_a_saturday_or_a_holiday():
    assert SilenceClock(FILED).due_on(FILED).isoweekday() == 6
    assert SilenceClock(date(2024, 9, 1)).due_on(FILED) == date(2024, 11, 1)


def test_a_delivery_after_the_due_date_counts_to_the_due_date_only():
    late = SilenceClock(FILED).suspended(ASKED, DUE).resumed(date(2024, 7, 20))
    assert late.due_on(date(2024, 7, 20)) == date(2024, 8, 25)


@pytest.mark.parametrize(
    ("day", "stopped"),
    [
        (date(2024, 6, 16), False),
        (ASKED, True),
        (date(2024, 6, 27), True),
        (DELIVERED, False),
        (DUE, False),
    ],
)
def test_the_clock_stands_still_from_the_request_to_the_delivery(day, stopped):
    assert SilenceClock(FILED).suspended(ASKED, DUE).resumed(DELIVERED).is_suspended(day) is stopped


@pytest.mark.parametrize(("day", "stopped"), [(date(2024, 7, 1), True), (DUE, False), (date(2024, 7, 3), False)])
def test_without_a_delivery_it_runs_again_from_the_due_date(day, stopped):
    assert SilenceClock(FILED).suspended(ASKED, DUE).is_suspended(day) is stopped


def test_requests_that_overlap_are_not_counted_twice():
    clock = SilenceClock(FILED).suspended(ASKED, DUE).suspended(date(2024, 6, 24), date(2024, 7, 9))
    assert clock.due_on(date(2024, 7, 9)) == date(2024, 8, 10) + timedelta(22)


def test_a_delivery_answers_every_open_request_or_the_one_that_is_named():
    second = date(2024, 6, 24)
    clock = SilenceClock(FILED).suspended(ASKED, DUE).suspended(second, date(2024, 7, 9))
    assert clock.resumed(DELIVERED).due_on(date(2024, 7, 9)) == date(2024, 8, 21)
    named = clock.resumed(DELIVERED, asked_on=ASKED)
    assert named.due_on(date(2024, 7, 9)) == date(2024, 8, 10) + timedelta(22)
    assert named.is_suspended(date(2024, 7, 5))
    assert clock.resumed(DELIVERED, asked_on=second).is_suspended(date(2024, 7, 1))


def test_a_delivery_does_not_answer_a_request_made_later():
    clock = SilenceClock(FILED).suspended(ASKED, DUE).resumed(date(2024, 6, 12))
    assert clock.is_suspended(ASKED)


def test_a_second_delivery_changes_nothing():
    clock = SilenceClock(FILED).suspended(ASKED, DUE).resumed(DELIVERED)
    assert clock.resumed(date(2024, 7, 1)) == clock
    assert SilenceClock(FILED).resumed(DELIVERED) == SilenceClock(FILED)


def test_a_request_made_once_silence_has_spoken_stops_nothing():
    for asked in (date(2024, 8, 10), date(2024, 9, 2)):
        clock = SilenceClock(FILED).suspended(asked, asked + timedelta(15))
        assert clock.due_on(date(2024, 12, 1)) == date(2024, 8, 10)
        assert not clock.is_suspended(asked)
        assert clock.elapsed(asked)


def test_a_request_made_on_the_eve_still_stops_the_clock():
    clock = SilenceClock(FILED).suspended(date(2024, 8, 9), date(2024, 8, 24))
    assert clock.due_on(date(2024, 8, 9)) == date(2024, 8, 25)


def test_days_before_the_clock_starts_are_not_given_back():
    clock = SilenceClock(FILED).suspended(date(2024, 6, 3), date(2024, 6, 18))
    assert clock.due_on(FILED) == date(2024, 8, 18)


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (FILED, False),
        (date(2024, 8, 20), False),
        (date(2024, 8, 21), True),
        (date(2024, 8, 22), True),
        (date(2025, 8, 22), True),
    ],
)
def test_the_implied_refusal_exists_from_its_date_on(day, refused):
    assert SilenceClock(FILED).suspended(ASKED, DUE).resumed(DELIVERED).elapsed(day) is refused


def test_an_express_decision_in_time_prevents_the_implied_refusal():
    clock = SilenceClock(FILED).suspended(ASKED, DUE).resumed(DELIVERED).ended(date(2024, 7, 22))
    assert clock.ended_on == date(2024, 7, 22)
    assert not clock.elapsed(date(2024, 8, 21))
    assert not clock.elapsed(date(2025, 1, 1))
    assert clock.alerts(date(2024, 7, 22), (15, 3)) == ()


def test_an_express_decision_after_the_date_replaces_the_implied_refusal():
    clock = SilenceClock(FILED).ended(date(2024, 9, 1))
    assert not clock.elapsed(date(2024, 8, 9))
    assert clock.elapsed(date(2024, 8, 10))
    assert clock.elapsed(date(2024, 8, 31))
    assert not clock.elapsed(date(2024, 9, 1))


def test_the_first_proof_of_a_decision_is_the_one_that_ends_the_clock():
    clock = SilenceClock(FILED).ended(date(2024, 7, 22))
    assert clock.ended(date(2024, 7, 25)).ended_on == date(2024, 7, 22)
    assert clock.ended(date(2024, 7, 20)).ended_on == date(2024, 7, 20)


def test_an_ended_clock_is_not_suspended():
    clock = SilenceClock(FILED).suspended(ASKED, DUE).ended(date(2024, 6, 20))
    assert clock.is_suspended(date(2024, 6, 19))
    assert not clock.is_suspended(date(2024, 6, 20))


def test_alerts_come_fifteen_and_three_days_before():
    clock = SilenceClock(FILED)
    assert clock.alerts(FILED, (15, 3)) == (date(2024, 7, 26), date(2024, 8, 7))
    moved = clock.suspended(ASKED, DUE).resumed(DELIVERED)
    assert moved.alerts(DELIVERED, (15, 3)) == (date(2024, 8, 6), date(2024, 8, 18))
    assert moved.alerts(date(2025, 1, 1), (15, 3)) == (date(2024, 8, 6), date(2024, 8, 18))


def test_alerts_follow_the_suspension_while_it_lasts():
    assert SilenceClock(FILED).suspended(ASKED, DUE).alerts(ASKED, (15, 3)) == (date(2024, 8, 10), date(2024, 8, 22))


def test_a_clock_that_only_informs_gives_the_same_dates():
    informative = SilenceClock(FILED, informative=True)
    stopped = informative.suspended(ASKED, DUE).resumed(DELIVERED)
    assert stopped.informative
    assert stopped.due_on(DELIVERED) == date(2024, 8, 21)
    assert stopped.elapsed(date(2024, 8, 21))
    assert stopped.alerts(DELIVERED, (15, 3)) == (date(2024, 8, 6), date(2024, 8, 18))


def test_another_length_of_silence():
    assert SilenceClock(date(2024, 12, 31), months=4).due_on(FILED) == date(2025, 4, 30)


@pytest.mark.parametrize("months", [0, -2])
def test_a_silence_lasts_at_least_a_month(months):
    with pytest.raises(ValueError, match="mois"):
        SilenceClock(FILED, months=months)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="précède"):
        Suspension(ASKED, None, date(2024, 6, 16))
    with pytest.raises(ValueError, match="précède"):
        Suspension(ASKED, date(2024, 6, 16), DUE)


def test_clocks_are_values():
    clock = SilenceClock(FILED)
    assert clock.suspended(ASKED, DUE) is not clock
    assert clock.suspensions == ()
    with pytest.raises(FrozenInstanceError):
        clock.months = 3  # type: ignore[misc]


starts = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@st.composite
def suspensions(draw):
    asked = date(2024, 6, 10) + timedelta(draw(st.integers(-10, 120)))
    due = asked + timedelta(draw(st.integers(0, 40)))
    given_on = draw(st.none() | st.integers(0, 60).map(lambda n: asked + timedelta(n)))
    return Suspension(asked, given_on, due)


several = st.lists(suspensions(), max_size=6).map(tuple)
dates_around = st.integers(-20, 260).map(lambda n: FILED + timedelta(n))


@given(several, dates_around)
def test_suspensions_never_shorten_the_clock_nor_stretch_it_beyond_their_days(found, today):
    due = SilenceClock(FILED, suspensions=found).due_on(today)
    total = sum(((s.due_on if s.ends_on is None else max(s.ends_on, s.due_on)) - s.starts_on).days for s in found)
    assert date(2024, 8, 10) <= due <= date(2024, 8, 10) + timedelta(total)


@given(several, suspensions(), dates_around)
def test_one_more_suspension_never_brings_the_date_nearer(found, other, today):
    clock = SilenceClock(FILED, suspensions=found)
    assert replace(clock, suspensions=(*found, other)).due_on(today) >= clock.due_on(today)


@given(several, dates_around, st.randoms(use_true_random=False))
def test_the_order_of_suspensions_does_not_matter(found, today, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    one, other = (SilenceClock(FILED, suspensions=tuple(order)) for order in (found, shuffled))
    assert one == other
    assert one.due_on(today) == other.due_on(today)
    assert one.is_suspended(today) is other.is_suspended(today)


@given(several, dates_around)
def test_a_repeated_suspension_counts_once(found, today):
    once, twice = SilenceClock(FILED, suspensions=found), SilenceClock(FILED, suspensions=found * 2)
    assert once.due_on(today) == twice.due_on(today)


@given(several)
def test_the_clock_gives_back_exactly_the_days_it_stood_still(found):
    clock = SilenceClock(FILED, suspensions=found)
    settled = FILED + timedelta(400)
    due = clock.due_on(settled)
    still = sum(clock_stood_still(clock, FILED + timedelta(n), settled) for n in range((due - FILED).days))
    assert due == add_months(FILED, 2) + timedelta(still)


def clock_stood_still(clock, day, known_on):
    """A suspension covers `day`, as known on `known_on`."""
    return any(
        s.starts_on <= day < min(s.due_on, s.ends_on or s.due_on) and s.starts_on <= known_on for s in clock.suspensions
    )


@given(starts, st.integers(1, 6), st.integers(-5, 300))
def test_silence_has_spoken_from_the_due_date_and_never_before(start, months, offset):
    clock = SilenceClock(start, months=months)
    day = start + timedelta(offset)
    assert clock.elapsed(day) is (day >= add_months(start, months))
