"""What a post commits while it waits: until it is closed its place is held, and the days to come with it (A12, A16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from workflows.account.adjusting import standing_lines
from workflows.account.post import post_account
from workflows.account.worth import served_until
from workflows.parts.requests import FourDates, RequestKind
from workflows.states import State

M = Decimal("3249.79")


def vacated(life: Life, day: date) -> Life:
    """The doctor is away from a day on."""
    dates = FourDates(fact_on=day, known_on=day, effective_on=day, recorded_on=day)
    return life.on(day).do("withdraw", Hat.INSTRUCTOR, dates=dates)


def replaced(life: Life, start: date) -> Life:
    """Somebody else may come on a day."""
    life.propose_replacement(new_start=start)
    return life.do("replace", Hat.HEAD, request=life.last_request(RequestKind.REPLACEMENT))


def started(life: Life, start: date) -> Life:
    life.on(start).deliver(Hat.RECRUITER)
    return life.do("record_start", Hat.INSTRUCTOR, start_on=start)


def by_year(life: Life) -> Mapping[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in standing_lines(life.dossier):
        found[line.year] = found.get(line.year, Decimal(0)) + line.amount
    return found


def in_post() -> Life:
    """Nouvelle-Aquitaine from 1 November 2024, 24 months."""
    return life_of("na-2024").to(State.IN_POST).later(3)


def test_a_vacant_post_keeps_what_is_left_of_it_committed():
    life = vacated(in_post(), date(2025, 4, 1))
    assert by_year(life) == {2024: 2 * M, 2025: 12 * M, 2026: 10 * M}
    assert served_until(life.dossier, life.call, date(2025, 6, 30)).total == 5 * M  # what is due stays what was served
    account = post_account(life.dossier, life.call, life.today)
    assert {row.whole for year in account.years for row in year.months} == {(M,)}  # the months held are worth the same


def test_the_vacant_months_come_back_once_a_replacement_is_granted():
    """Worked example 6.1, V2: a month without a doctor is 3 249,79 unspent, 74 745,17 in all."""
    life = replaced(vacated(in_post(), date(2025, 4, 1)), date(2025, 5, 1))
    assert life.dossier.state is State.NOTIFIED
    assert by_year(life) == {2024: 2 * M, 2025: 11 * M, 2026: 10 * M}
    assert sum(by_year(life).values()) == Decimal("74745.17")
    granted, written = by_year(life), len(life.dossier.adjustments)
    started(life, date(2025, 5, 1))
    assert by_year(life) == granted  # the start granted is the one that was counted
    assert len(life.dossier.adjustments) == written


def test_a_replacement_who_gives_up_frees_only_the_days_that_pass():
    life = replaced(vacated(in_post(), date(2025, 4, 1)), date(2025, 5, 1))
    early = vacated(life.copy(), date(2025, 4, 20))
    assert sum(by_year(early).values()) == 23 * M  # nothing is committed again by a departure
    late = vacated(life, date(2025, 7, 1))
    assert sum(by_year(late).values()) == 21 * M  # two more months found nobody
    assert sum(by_year(replaced(late, date(2025, 8, 1))).values()) == 20 * M


def test_only_closing_gives_back_what_was_not_served():
    life = vacated(in_post(), date(2025, 4, 1))
    life.on(date(2025, 6, 20)).do("close", Hat.HEAD)
    assert by_year(life) == {2024: 2 * M, 2025: 3 * M}


def test_an_end_of_the_post_gives_it_back_too():
    life = vacated(in_post(), date(2025, 4, 1))
    life.on(date(2025, 4, 10)).do("record_end", Hat.INSTRUCTOR, last_day=date(2025, 3, 31))
    assert sum(by_year(life).values()) == 5 * M


def test_a_withdrawal_taken_back_leaves_the_schedule_as_it_was():
    life = in_post()
    before = standing_lines(life.dossier)
    vacated(life, date(2025, 4, 1)).do("revert", Hat.HEAD)
    assert standing_lines(life.dossier) == before


def test_a_post_that_keeps_its_duration_gives_nothing_back():
    """Worked example 6.1, V2 with the duration kept: 24 months, one of them later."""
    life = ruled(in_post(), "clauses.replacement.end_unchanged", printed(False))
    life = vacated(life, date(2025, 4, 1))
    assert by_year(life) == {2024: 2 * M, 2025: 12 * M, 2026: 10 * M}
    replaced(life, date(2025, 5, 1))
    assert by_year(life) == {2024: 2 * M, 2025: 11 * M, 2026: 11 * M}
    started(life, date(2025, 5, 1))
    assert by_year(life) == {2024: 2 * M, 2025: 11 * M, 2026: 11 * M}


def test_a_month_cut_by_a_departure_is_still_a_whole_month_while_it_is_held():
    life = vacated(in_post(), date(2025, 4, 16))
    assert by_year(life) == {2024: 2 * M, 2025: 12 * M, 2026: 10 * M}
    replaced(life, date(2025, 5, 1))  # 15/30 of April are not served: 1 624,895
    assert by_year(life)[2025] == 11 * M + Decimal("1624.90")


def test_a_post_that_nobody_took_up_stays_committed_as_it_was_awarded():
    life = life_of("na-2024").to(State.NOTIFIED).later(6).do("withdraw", Hat.INSTRUCTOR)
    assert sum(by_year(life).values()) == 24 * M
