"""One lapse per sum notified from the FIR: three years after the year it was first notified in (reference 3.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from workflows.decide import Decision
from workflows.due.money import lapsing
from workflows.parts.credits import NotifiedSum, beyond, first_of
from workflows.states import State

M = Decimal("3249.79")
END_OF_2027, END_OF_2028 = date(2027, 12, 31), date(2028, 12, 31)
DAYS = [date(2024, 9, 1), date(2025, 2, 1), date(2026, 3, 1)]


def sums(*euros: str) -> tuple[NotifiedSum, ...]:
    return tuple(NotifiedSum(day, Decimal(amount)) for day, amount in zip(DAYS, euros, strict=False))


@pytest.mark.parametrize(
    ("whole", "taken", "kept", "left"),
    [
        (sums("10.00"), "4.00", sums("4.00"), sums("6.00")),
        (sums("10.00"), "10.00", sums("10.00"), ()),
        (sums("10.00"), "11.00", sums("10.00"), ()),
        (sums("10.00"), "0.00", (), sums("10.00")),
        (sums("10.00"), "-1.00", (), sums("10.00")),
        (sums("10.00", "5.00"), "12.00", sums("10.00", "2.00"), sums("0.00", "3.00")[1:]),
        ((), "1.00", (), ()),
    ],
)
def test_the_first_euros_of_some_sums_and_what_is_beyond(whole, taken, kept, left):
    assert first_of(whole, Decimal(taken)) == kept
    assert beyond(whole, Decimal(taken)) == left


def from_the_fir() -> Life:
    """A post of 24 months paid by the FIR, notified in 2024 before its start on 1 November."""
    life = ruled(life_of("na-2024"), "clauses.funding.line", printed("FIR"))
    life = ruled(life, "clauses.funding.scaled_by_contract", printed(True)).to(State.IN_POST).later(3)
    notice = life.dossier.money_notice
    assert notice is not None
    assert notice.notified_on.year == 2024
    return life


def delegated(life: Life, day: date, euros: Decimal) -> Life:
    life.on(day).do("confirm_presence", Hat.INSTRUCTOR)
    return life.do("record_tranche", Hat.INSTRUCTOR, amount=euros, budget_year=day.year)


def test_a_tranche_lapses_with_the_sum_it_delegates():
    life = from_the_fir()
    assert lapsing(life.dossier, life.call) == {END_OF_2027: 24 * M}
    delegated(life, date(2025, 1, 10), 12 * M)
    assert lapsing(life.dossier, life.call) == {END_OF_2027: 24 * M}
    life.do("record_payment", Hat.INSTRUCTOR)
    delegated(life, date(2026, 1, 10), 12 * M)
    assert lapsing(life.dossier, life.call) == {END_OF_2027: 12 * M}


@pytest.mark.parametrize(("day", "late"), [(END_OF_2027, False), (date(2028, 1, 1), True)])
def test_a_payment_is_late_by_the_same_date(day, late):
    life = delegated(from_the_fir(), date(2025, 1, 10), 12 * M)
    answer = life.on(date(2028, 2, 1)).attempt("record_payment", Hat.INSTRUCTOR, paid_on=day)
    assert isinstance(answer, Decision)
    told = [f for f in answer.findings if f.code == "payment_after_lapse"]
    assert bool(told) is late
    assert all("2024" in f.sentence and "31\u00a0décembre\u00a02027" in f.sentence for f in told)


def shared(life: Life, day: date, share: Fraction) -> Life:
    life.on(day).do("change_contract_share", Hat.HEAD, share=share, since=date(2026, 6, 1))
    return life.do("notify_money", Hat.HEAD)


def test_a_notification_made_again_keeps_the_year_of_what_was_notified_before():
    life = shared(from_the_fir(), date(2025, 2, 1), Fraction(1, 2))  # 5 months at half
    half = Decimal("1624.90")
    assert lapsing(life.dossier, life.call) == {END_OF_2027: 19 * M + 5 * half}
    shared(life, date(2025, 3, 1), Fraction(1))  # whole again: only what is added is of 2025
    added = 24 * M - (19 * M + 5 * half)
    assert lapsing(life.dossier, life.call) == {END_OF_2027: 24 * M - added, END_OF_2028: added}
    delegated(life, date(2026, 6, 2), 24 * M)  # a tranche of both
    assert lapsing(life.dossier, life.call) == {END_OF_2027: 24 * M - added, END_OF_2028: added}
    life.do("record_payment", Hat.INSTRUCTOR, amount=24 * M - added)  # the first notified is paid first
    assert lapsing(life.dossier, life.call) == {END_OF_2028: added}
    assert life.dossier.credits[0].lapses_on == END_OF_2028


def test_an_award_that_falls_leaves_its_date_to_what_was_delegated():
    life = delegated(from_the_fir(), date(2025, 1, 10), 12 * M)
    life.changed(money_notice=None)
    assert life.dossier.credits[0].lapses_on == END_OF_2027
