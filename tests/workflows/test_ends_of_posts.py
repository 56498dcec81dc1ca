"""The end of a post: what a late start, a vacancy and an extension make of it, and the months that are financed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from tests.workflows.leaving import came, granted, left, lifted, replaced
from workflows.account.adjusting import standing_lines
from workflows.account.worth import awarded, funded
from workflows.calls.model import DeferralEnd
from workflows.decide import Decision, Refused
from workflows.french import typography
from workflows.parts.awards import Award
from workflows.parts.requests import FourDates
from workflows.states import State

M = Decimal("3249.79")
LAST_OF_A, FIRST_OF_B = date(2025, 3, 31), date(2025, 5, 1)


def _award(life: Life) -> Award:
    assert life.dossier.award is not None
    return life.dossier.award


def _standing(life: Life) -> Decimal:
    total = sum((line.amount for line in standing_lines(life.dossier)), Decimal(0))
    assert total == funded(life.dossier, life.call).total
    return total


# A start a few days late (A9).


def _awarded(kept: DeferralEnd) -> Life:
    """Nouvelle-Aquitaine, awarded from 1 November 2024 to 31 October 2026."""
    return ruled(life_of("na-2024"), "clauses.deferral.end", printed(kept, "X-01")).to(State.NOTIFIED)


def _deferred(kept: DeferralEnd) -> Life:
    life = _awarded(kept).on(date(2024, 9, 10))
    return life.do("defer", Hat.DG, new_start=FIRST_OF_B, known_on=life.today, told_on=life.today)


@pytest.mark.parametrize(
    ("kept", "start", "end", "total"),
    [
        (DeferralEnd.KEEP_END, date(2025, 5, 1), date(2026, 10, 31), 18 * M),
        # 27 thirtieths of May 2025 and 17 months
        (DeferralEnd.KEEP_END, date(2025, 5, 5), date(2026, 10, 31), 17 * M + Decimal("2924.81")),
        (DeferralEnd.KEEP_DURATION, date(2025, 5, 1), date(2027, 4, 30), 24 * M),
        (DeferralEnd.KEEP_DURATION, date(2025, 5, 5), date(2027, 5, 4), 24 * M),
    ],
)
def test_a_start_after_a_deferral_keeps_the_end_that_it_kept(kept, start, end, total):
    life = came(_deferred(kept), start)
    assert _award(life).planned_end == end
    assert abs(_standing(life) - total) <= Decimal("0.01"), "two parts of a month may round apart"
    assert _standing(life) <= 24 * M


@pytest.mark.parametrize(
    ("kept", "end"),
    [(DeferralEnd.KEEP_END, date(2026, 10, 31)), (DeferralEnd.KEEP_DURATION, date(2026, 11, 3))],
)
def test_a_start_that_nobody_deferred_is_a_deferral_for_the_end(kept, end):
    assert _award(came(_awarded(kept), date(2024, 11, 4))).planned_end == end


def test_an_earlier_start_gives_no_month_more():
    life = life_of("na-2024").changed(wished_start=date(2024, 11, 15))
    life = ruled(life, "clauses.deferral.end", printed(DeferralEnd.KEEP_END, "X-01")).to(State.NOTIFIED)
    assert _award(life).planned_end == date(2026, 11, 14)
    life = came(life, date(2024, 11, 4))
    assert _award(life).planned_end == date(2026, 11, 14)
    assert _standing(life) == 24 * M


@pytest.mark.parametrize(
    ("kept", "end"),
    [(DeferralEnd.KEEP_END, date(2026, 10, 31)), (DeferralEnd.KEEP_DURATION, date(2027, 5, 4))],
)
def test_a_replacement_before_the_start_keeps_the_end_as_a_deferral_does(kept, end):
    life = granted(left(_deferred(kept), date(2025, 3, 31)), date(2025, 5, 5))
    assert (_award(life).planned_start, _award(life).planned_end) == (date(2025, 5, 5), end)
    assert _award(came(life, date(2025, 5, 5))).planned_end == end


def test_the_end_that_the_call_prints_holds_whatever_the_start():
    # IDF-06: 31 October 2027
    life = life_of("idf-2025").to(State.NOTIFIED).on(date(2025, 9, 10))
    life.do("defer", Hat.DG, new_start=date(2026, 1, 1), known_on=life.today, told_on=life.today)
    life = came(life, date(2026, 1, 1))
    assert _award(life).planned_end == date(2027, 10, 31)
    assert _standing(life) == Decimal("85794.50")  # 6.2, V1 end fixed


# A vacancy that pushes the end, and an extension that nobody finances (A12, A35).


def _pushed() -> Life:
    """In post from 1 November 2024 under a call that keeps the duration."""
    life = ruled(life_of("na-2024"), "clauses.replacement.end_unchanged", printed(False, "X-01"))
    return life.to(State.IN_POST).later(3)


def test_a_vacancy_pushes_the_end_financed_as_it_pushes_the_end():
    first = _pushed().do("extend", Hat.DG, until=date(2026, 12, 31))
    first = replaced(first, LAST_OF_A, FIRST_OF_B)
    assert (_award(first).planned_end, _award(first).financed_end) == (date(2027, 1, 31), date(2026, 11, 30))
    then = replaced(_pushed(), LAST_OF_A, FIRST_OF_B).do("extend", Hat.DG, until=date(2027, 1, 31))
    assert _award(then) == _award(first)
    assert _standing(first) == _standing(then) == 24 * M == Decimal("77994.96")


def test_financed_months_and_a_vacancy_in_any_order():
    first = replaced(_pushed().do("extend", Hat.DG, until=date(2026, 12, 31), financed=True), LAST_OF_A, FIRST_OF_B)
    then = replaced(_pushed(), LAST_OF_A, FIRST_OF_B)
    then.do("extend", Hat.DG, until=date(2027, 1, 31), financed=True)
    assert _award(first).financed_end == _award(then).financed_end == date(2027, 1, 31)
    assert _standing(first) == _standing(then) == 26 * M


# Never above the award.


def _from(start: date, call_id: str = "na-2024") -> Life:
    return came(life_of(call_id).changed(wished_start=start).to(State.NOTIFIED), start)


def test_a_start_inside_a_long_month_finances_the_months_awarded():
    life = _from(date(2025, 5, 2))
    assert _award(life).planned_end == date(2027, 5, 1)
    assert funded(life.dossier, life.call).funded_months == 24
    assert _standing(life) == awarded(life.dossier, life.call).total == Decimal("77994.96")


def test_each_year_of_the_post_is_twelve_months_at_its_rate():
    # 6.4 V0, begun on the second of a month of 31 days
    life = _from(date(2018, 1, 2), "ara-2017")
    years = {1: 12 * Decimal("5199.66"), 2: 12 * Decimal("3899.75")}
    assert dict(funded(life.dossier, life.call).by_post_year) == years
    assert _standing(life) == Decimal("109192.92")


@pytest.mark.parametrize(
    ("until", "months"),
    [(date(2027, 6, 1), 25), (date(2027, 5, 31), 25), (date(2027, 8, 1), 27)],
)
def test_months_that_the_director_general_finances_come_on_top(until, months):
    life = _from(date(2025, 5, 2)).later(3).do("extend", Hat.DG, until=until, financed=True)
    assert funded(life.dossier, life.call).funded_months == months


def test_a_vacancy_that_pushes_the_end_gives_no_day_more():
    # A leaves on 1 April, B comes on 2 May: 1 and 30 thirtieths in these two months, and a month more at the end
    life = replaced(_pushed(), date(2025, 4, 1), date(2025, 5, 2))
    assert _award(life).planned_end == date(2026, 11, 30)
    assert funded(life.dossier, life.call).funded_months == 24


# A year of the post that has no rate (A25).


def _printed_for_two_years() -> Life:
    """Auvergne-Rhône-Alpes, which prints a rate for two years, under which a vacancy would push the end."""
    life = ruled(life_of("ara-2017"), "clauses.replacement.end_unchanged", printed(False, "X-01"))
    return life.to(State.IN_POST).later(3)


def test_a_replacement_that_pushes_the_post_into_a_year_without_a_rate_is_for_a_head():
    life = left(_printed_for_two_years(), date(2018, 3, 31)).propose_replacement(new_start=date(2018, 5, 1))
    held = life.attempt("replace", Hat.HEAD)
    assert isinstance(held, Refused)
    assert held.codes == {"end_unpriced_held"}
    assert isinstance(life.attempt("replace", Hat.HEAD, lifts={"end_unpriced_held": "motif-0002"}), Decision)
    at_once = ruled(_printed_for_two_years(), "clauses.replacement.end_unchanged", printed(True, "X-01"))
    kept = left(at_once, date(2018, 3, 31)).propose_replacement(new_start=date(2018, 5, 1))
    assert isinstance(kept.attempt("replace", Hat.HEAD), Decision)


def test_the_start_that_does_it_is_a_fact_and_is_pointed_out():
    life = granted(left(_printed_for_two_years(), date(2018, 3, 31)), date(2018, 5, 1))
    life.on(date(2018, 5, 1), "16:00").deliver(Hat.RECRUITER)
    answer = life.attempt("record_start", Hat.INSTRUCTOR, start_on=date(2018, 5, 1))
    assert isinstance(answer, Decision)
    assert "end_unpriced" in {f.code for f in answer.findings}
    (found,) = [f for f in answer.findings if f.code == "end_unpriced"]
    assert typography("pousse la fin du poste au 30\xa0novembre\xa02019, dans une année") in found.sentence


_LEAVES = FourDates(date(2018, 3, 1), date(2018, 3, 1), date(2018, 4, 1), date(2018, 3, 1))


def test_a_replacement_agreed_before_the_departure_is_held_alike():
    life = _printed_for_two_years()
    life.on(date(2018, 3, 1)).do("announce_departure", Hat.INSTRUCTOR, dates=_LEAVES)
    life.propose_replacement(new_start=date(2018, 5, 1))
    held = life.attempt("agree_replacement", Hat.HEAD)
    assert isinstance(held, Refused)
    assert held.codes == {"end_unpriced_held"}
    lifted(life, "agree_replacement")
