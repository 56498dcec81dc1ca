"""When credits are planned to be delegated, for each pattern of tranches."""

import pytest

from tests.workflows.money.builders import ara, day, euros, na, plan_schedule, serve
from workflows.calls.funding import Funding, TranchePattern
from workflows.money.schedule import Schedule
from workflows.money.tranches import PlannedTranche, planned_tranches

T1, T2, T3 = TranchePattern.AT_START, TranchePattern.CALENDAR_YEAR, TranchePattern.CONTRACT_YEAR


def tranches(*rows: tuple[str, str]) -> tuple[PlannedTranche, ...]:
    return tuple(PlannedTranche(day(due), int(due[6:]), euros(amount)) for due, amount in rows)


V0 = ("01/11/2024", "31/10/2026")


@pytest.mark.parametrize(
    ("clauses", "term", "pattern", "expected"),
    [
        (na(), V0, T1, [("01/11/2024", "77 994,96")]),
        (
            na(),
            V0,
            T2,
            [("01/11/2024", "6 499,58"), ("01/01/2025", "38 997,48"), ("01/01/2026", "32 497,90")],
        ),
        (na(), V0, T3, [("01/11/2024", "38 997,48"), ("01/11/2025", "38 997,48")]),
        (na(), ("01/01/2025", "31/12/2026"), T2, [("01/01/2025", "38 997,48"), ("01/01/2026", "38 997,48")]),
        (
            ara(),
            ("01/11/2017", "31/10/2019"),
            T2,
            [("01/11/2017", "10 399,32"), ("01/01/2018", "59 796,10"), ("01/01/2019", "38 997,50")],
        ),
        (ara(), ("01/11/2017", "31/10/2019"), T3, [("01/11/2017", "62 395,92"), ("01/11/2018", "46 797,00")]),
    ],
)
def test_planned(
    clauses: Funding, term: tuple[str, str], pattern: TranchePattern, expected: list[tuple[str, str]]
) -> None:
    assert planned_tranches(pattern, plan_schedule(clauses, *term)) == tranches(*expected)


@pytest.mark.parametrize("pattern", [T1, T2, T3])
def test_a_start_in_the_middle_of_a_month_delegates_the_same_total(pattern: TranchePattern) -> None:
    schedule = plan_schedule(ara(), "16/11/2017", "15/11/2019")
    planned = planned_tranches(pattern, schedule)
    assert sum(t.amount for t in planned) == schedule.total
    assert planned[0].due_on == day("16/11/2017")
    if pattern is T3:
        assert planned[1].due_on == day("16/11/2018")


@pytest.mark.parametrize("pattern", [T1, T2, T3])
def test_no_schedule_no_tranche(pattern: TranchePattern) -> None:
    nothing: Schedule = serve(na(), until="31/12/2024")
    assert planned_tranches(pattern, nothing) == ()
