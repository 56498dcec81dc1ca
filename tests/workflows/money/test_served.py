"""Thirtieths of the months of a post (A6), and the years of the post they belong to (A27)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.money.builders import day, holders
from workflows.money.served import ServedMonth, served_months
from workflows.tenure import Tenure


def months_of(*tenures: tuple[str, str], until: str | None = None) -> dict[tuple[int, int], ServedMonth]:
    found = served_months(holders(*tenures), day(until or tenures[-1][1]))
    return {(m.year, m.month): m for m in found}


@pytest.mark.parametrize(
    ("first", "last", "month", "thirtieths"),
    [
        ("24/08/2024", "31/12/2024", (2024, 8), 8),
        ("04/11/2024", "31/12/2024", (2024, 11), 27),
        ("01/11/2024", "20/01/2025", (2025, 1), 20),
        ("01/02/2025", "28/02/2025", (2025, 2), 30),
        ("01/02/2024", "29/02/2024", (2024, 2), 30),
        ("02/02/2025", "31/03/2025", (2025, 2), 27),
        ("01/02/2025", "27/02/2025", (2025, 2), 27),
        ("01/01/2025", "31/01/2025", (2025, 1), 30),
        ("02/01/2025", "31/01/2025", (2025, 1), 30),
        ("01/01/2025", "30/01/2025", (2025, 1), 30),
        ("03/01/2025", "31/01/2025", (2025, 1), 29),
        ("31/01/2025", "31/01/2025", (2025, 1), 1),
        ("01/04/2025", "30/04/2025", (2025, 4), 30),
    ],
)
def test_one_holder(first: str, last: str, month: tuple[int, int], thirtieths: int) -> None:
    assert months_of((first, last))[month].thirtieths == thirtieths


@pytest.mark.parametrize(
    ("tenures", "month", "expected"),
    [
        ([("01/11/2024", "15/01/2025"), ("16/01/2025", "31/03/2025")], (2025, 1), [15, 15]),
        ([("01/11/2024", "14/02/2025"), ("15/02/2025", "31/03/2025")], (2025, 2), [14, 16]),
        ([("01/11/2024", "30/01/2025"), ("31/01/2025", "31/03/2025")], (2025, 1), [30]),
        ([("01/11/2024", "10/01/2025"), ("20/01/2025", "31/03/2025")], (2025, 1), [10, 12]),
        ([("01/11/2024", "15/01/2025"), ("17/01/2025", "31/03/2025")], (2025, 1), [15, 15]),
        ([("01/11/2024", "20/02/2025"), ("23/02/2025", "31/03/2025")], (2025, 2), [20, 6]),
        ([("01/11/2024", "20/01/2025"), ("16/01/2025", "31/03/2025")], (2025, 1), [20, 10]),
        (
            [("01/01/2025", "10/01/2025"), ("11/01/2025", "20/01/2025"), ("21/01/2025", "31/01/2025")],
            (2025, 1),
            [10] * 3,
        ),
    ],
)
def test_a_month_never_exceeds_thirty_and_the_later_holder_is_cut(
    tenures: list[tuple[str, str]], month: tuple[int, int], expected: list[int]
) -> None:
    served = months_of(*tenures)[month]
    names = [tenure.candidate for tenure in holders(*tenures)]
    assert [served.by_holder[name] for name in names if name in served.by_holder] == expected


def test_a_month_split_between_two_years_of_the_post_keeps_its_thirtieths() -> None:
    months = months_of(("04/11/2017", "03/11/2019"))
    assert months[2018, 11].by_post_year == {1: 3, 2: 27}
    assert months[2017, 11].by_post_year == {1: 27}
    assert months[2019, 11].by_post_year == {2: 3}
    assert sum(m.by_post_year.get(1, 0) for m in months.values()) == 360
    assert sum(m.by_post_year.get(2, 0) for m in months.values()) == 360


def test_a_full_february_split_between_two_years_of_the_post() -> None:
    months = months_of(("15/02/2018", "14/02/2020"))
    assert months[2018, 2].by_post_year == {1: 14}
    assert months[2019, 2].by_post_year == {1: 14, 2: 16}
    assert months[2020, 2].by_post_year == {2: 14}


def test_years_count_from_the_first_start_of_the_post_not_from_the_candidate() -> None:
    months = months_of(("01/11/2017", "31/03/2018"), ("01/05/2018", "31/10/2019"))
    assert (2018, 4) not in months
    assert months[2018, 10].by_post_year == {1: 30}
    assert months[2018, 11].by_post_year == {2: 30}
    assert months[2019, 10].by_post_year == {2: 30}
    assert len(months) == 23


def test_an_open_tenure_is_served_until_the_day_of_the_count_and_not_beyond() -> None:
    open_tenure = Tenure("Capucine Bleuet", date(2024, 11, 1), None)
    months = served_months((open_tenure,), date(2025, 1, 20))
    assert [(m.year, m.month, m.thirtieths) for m in months] == [
        (2024, 11, 30),
        (2024, 12, 30),
        (2025, 1, 20),
    ]


def test_nobody_served_before_the_first_start() -> None:
    assert served_months((), date(2025, 1, 1)) == ()
    assert served_months((Tenure("Iris Safran", date(2025, 2, 1), None),), date(2025, 1, 1)) == ()


DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))


@st.composite
def successions(draw: st.DrawFn) -> tuple[Tenure, ...]:
    """Successive doctors, with or without gaps, sometimes overlapping by mistake."""
    bounds = sorted(draw(st.lists(DAYS, min_size=2, max_size=8)))
    ends = bounds[1::2]
    starts = [start + timedelta(days=draw(st.integers(-3, 1))) for start in bounds[::2]]
    pairs = [(start, max(start, end)) for start, end in zip(starts, ends, strict=False)]
    return tuple(Tenure(f"n° {i}", first, last) for i, (first, last) in enumerate(pairs))


@given(successions())
def test_no_month_exceeds_thirty_whoever_holds_it(tenures: tuple[Tenure, ...]) -> None:
    for month in served_months(tenures, date(2027, 12, 31)):
        assert 1 <= month.thirtieths <= 30
        assert sum(month.by_holder.values()) == month.thirtieths == sum(month.by_post_year.values())


@given(st.integers(2000, 2100), st.data())
def test_a_whole_february_is_thirty_however_it_is_shared(year: int, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(2, 28), max_size=3, unique=True))
    firsts = [date(year, 2, cut) for cut in [1, *sorted(cuts)]]
    ends = [nxt - timedelta(days=1) for _, nxt in pairwise(firsts)]
    tenures = tuple(
        Tenure(str(i), a, b) for i, (a, b) in enumerate(zip(firsts, [*ends, date(year, 3, 31)], strict=True))
    )
    assert served_months(tenures, date(year, 3, 31))[0].thirtieths == 30


@given(DAYS, st.integers(1, 800), st.data())
def test_cutting_a_tenure_in_two_changes_nothing_for_the_post(first: date, length: int, data: st.DataObject) -> None:
    last = first + timedelta(days=length)
    cut = first + timedelta(days=data.draw(st.integers(0, length - 1)))
    whole = served_months((Tenure("Basile Indigo", first, last),), last)
    parts = (Tenure("Basile Indigo", first, cut), Tenure("Iris Safran", cut + timedelta(days=1), last))
    halves = served_months(parts, last)
    assert [(m.year, m.month, m.by_post_year) for m in whole] == [(m.year, m.month, m.by_post_year) for m in halves]
