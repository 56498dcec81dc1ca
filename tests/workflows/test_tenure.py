"""Successive holders of a post: their days and the gaps between them."""

from datetime import date

import pytest

from tests.workflows.money.builders import day, holders
from workflows.tenure import Gap, Tenure, clipped, end_with_duration_kept, gaps


def test_a_tenure_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="avant son premier jour"):
        Tenure("Capucine Bleuet", date(2025, 1, 2), date(2025, 1, 1))
    assert Tenure("Capucine Bleuet", date(2025, 1, 2), date(2025, 1, 2)).ends_on == date(2025, 1, 2)


@pytest.mark.parametrize(
    ("tenures", "until", "expected"),
    [
        (
            [("01/11/2024", "31/03/2025"), ("01/05/2025", "31/10/2026")],
            "31/10/2026",
            [("01/04/2025", "30/04/2025")],
        ),
        ([("01/11/2024", "15/01/2025"), ("16/01/2025", "31/10/2026")], "31/10/2026", []),
        ([("01/11/2024", "15/01/2025"), ("10/01/2025", "31/10/2026")], "31/10/2026", []),
        ([("01/11/2024", "31/03/2025")], "30/06/2025", [("01/04/2025", "30/06/2025")]),
        ([("01/11/2024", "31/03/2025")], "31/03/2025", []),
        (
            [("01/11/2024", "31/03/2025"), ("01/05/2025", "31/10/2026")],
            "10/04/2025",
            [("01/04/2025", "10/04/2025")],
        ),
        ([("01/11/2024", "31/03/2025")], "31/10/2024", []),
        ([], "31/10/2024", []),
    ],
)
def test_gaps(tenures: list[tuple[str, str]], until: str, expected: list[tuple[str, str]]) -> None:
    assert gaps(holders(*tenures), day(until)) == tuple(Gap(day(a), day(b)) for a, b in expected)


def test_clipped_keeps_days_apart_and_stops_at_the_end_of_the_post() -> None:
    tenures = (
        Tenure("Anatole Garance", date(2025, 1, 10), None),
        Tenure("Capucine Bleuet", date(2024, 11, 1), date(2025, 1, 15)),
    )
    assert clipped(tenures, date(2025, 3, 31)) == (
        Tenure("Capucine Bleuet", date(2024, 11, 1), date(2025, 1, 15)),
        Tenure("Anatole Garance", date(2025, 1, 16), date(2025, 3, 31)),
    )


@pytest.mark.parametrize(
    ("vacancies", "expected"),
    [
        ([], "31/10/2026"),
        ([("01/04/2025", "30/04/2025")], "30/11/2026"),
        ([("01/04/2025", "30/04/2025"), ("01/06/2025", "31/07/2025")], "31/01/2027"),
        ([("01/04/2025", "10/04/2025")], "10/11/2026"),
        ([("16/02/2025", "20/03/2025")], "05/12/2026"),
    ],
)
def test_an_end_that_slides_by_its_vacancies(vacancies: list[tuple[str, str]], expected: str) -> None:
    slid = end_with_duration_kept(day("31/10/2026"), tuple(Gap(day(a), day(b)) for a, b in vacancies))
    assert slid == day(expected)
