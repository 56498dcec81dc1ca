"""What is left of the repayments of a post in its account: each on its own, never one against another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.account.contestable import written_after
from workflows.account.lines import Totals, account_lines, balances
from workflows.dossier import Dossier
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import Amounts, RepaymentFile
from workflows.states import State

ZERO = Decimal("0.00")
DAY = date(2026, 3, 2)
LIFE = life_of("na-2024")
EUROS = st.decimals("0.01", "2000.00", places=2)


def decided(cause: str, amount: Decimal, *moved: Movement, on: date = DAY) -> RepaymentFile:
    """A repayment decided on a day, and what became of it."""
    asked = Amounts(amount, ZERO, amount, None, None)
    state = RepaymentState.DECIDED
    return RepaymentFile(cause, state, on, asked, amount, decided=amount, decided_on=on, movements=moved)


def sums(*repayments: RepaymentFile) -> Totals:
    return balances(replace(LIFE.dossier, repayments=repayments), LIFE.call, DAY + timedelta(days=400))


def test_what_is_to_give_back_of_a_repayment_is_not_set_against_what_is_due_of_another() -> None:
    paid = Movement(MovementKind.PAID, Decimal("1000.00"), DAY)
    granted = Movement(MovementKind.REDUCED, Decimal("400.00"), DAY)
    found = sums(decided("F1", Decimal("1000.00"), paid, granted), decided("overpaid:1:E1", Decimal("300.00")))
    assert (found.to_recover, found.to_refund) == (Decimal("300.00"), Decimal("400.00"))


DAYS = st.integers(0, 60).map(lambda n: DAY + timedelta(n))
MOVEMENTS = st.builds(Movement, st.sampled_from(MovementKind), EUROS, DAYS)
REPAYMENTS = st.lists(st.tuples(EUROS, st.lists(MOVEMENTS, max_size=4)), max_size=3)


@given(REPAYMENTS)
def test_what_is_left_is_the_sum_of_what_is_left_of_each(drawn: list[tuple[Decimal, list[Movement]]]) -> None:
    repayments = [decided(f"F{n}", amount, *moved) for n, (amount, moved) in enumerate(drawn)]
    found = sums(*repayments)
    assert found.to_recover == sum((r.outstanding for r in repayments), ZERO)
    assert found.to_refund == sum((r.to_refund for r in repayments), ZERO)
    assert found.taken_back == sum((r.taken_back for r in repayments), ZERO)


def test_each_line_says_what_is_left_after_it() -> None:
    paid = Movement(MovementKind.PAID, Decimal("700.00"), DAY + timedelta(5))
    granted = Movement(MovementKind.REDUCED, Decimal("400.00"), DAY + timedelta(9))
    refunded = Movement(MovementKind.REFUNDED, Decimal("100.00"), DAY + timedelta(12))
    asked = replace(decided("F1", Decimal("1000.00"), paid, granted, refunded), title="24-7", title_on=DAY)
    lines = account_lines(replace(LIFE.dossier, repayments=(asked,)))
    assert [(line.id, line.after.to_recover, line.after.to_refund) for line in lines] == [
        ("R1", Decimal("1000.00"), ZERO),
        ("R1-T", Decimal("1000.00"), ZERO),
        ("R1-1", Decimal("300.00"), ZERO),
        ("R1-2", ZERO, Decimal("100.00")),
        ("R1-3", ZERO, ZERO),
    ]


def test_the_lines_of_a_day_are_in_the_order_in_which_they_were_written() -> None:
    # 6.1 V0: 6 499,58 on 2024, then 38 997,48 on 2025, all of it on one day
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.do("record_payment", Hat.INSTRUCTOR).do("correct_ledger_entry", Hat.HEAD, entry="E1")
    second = {"amount": Decimal("38997.48"), "budget_year": 2025}
    life.do("record_tranche", Hat.INSTRUCTOR, **second).do("record_payment", Hat.INSTRUCTOR)
    lines = account_lines(life.dossier)[1:]
    assert [line.id for line in lines] == ["T1", "E1", "E2", "T2", "E3"]
    assert [line.after.to_pay for line in lines[:4]] == [
        Decimal("6499.58"),
        ZERO,
        Decimal("6499.58"),
        Decimal("45497.06"),
    ]
    assert [line.entry for line in lines] == sorted(line.entry for line in lines)


def _of_old(life: Life) -> Dossier:
    """Its facts as they were before the entry of each line was kept."""
    return replace(life.dossier, written=())


def test_a_day_whose_lines_have_no_entry_keeps_the_order_it_had() -> None:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.do("record_payment", Hat.INSTRUCTOR).do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    schedule = [f"S{made.entry}" for made in life.dossier.adjustments]
    assert [line.id for line in account_lines(life.dossier)] == [schedule[0], "T1", "E1", schedule[1]]
    assert [line.id for line in account_lines(_of_old(life))] == [*schedule, "T1", "E1"]


def test_without_entries_what_came_later_was_written_after() -> None:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.later(1).do("record_payment", Hat.INSTRUCTOR).later(1)
    life.do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    first, second = (f"S{made.entry}" for made in life.dossier.adjustments)
    order = [first, "T1", "E1", second]
    for dossier in (life.dossier, _of_old(life)):
        assert [line.id for line in written_after(dossier, "M2024-11-1")] == order[1:]
        for place, name in enumerate(order):
            assert [line.id for line in written_after(dossier, name)] == order[place + 1 :]


def test_what_an_act_writes_now_comes_after_what_has_no_entry() -> None:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR).later(2)
    life.do("record_payment", Hat.INSTRUCTOR).changed(written=())
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    life.do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    # written last, though it left on the day before the payment
    life.do("record_payment", Hat.INSTRUCTOR, paid_on=life.today - timedelta(days=1))
    first, second = (f"S{made.entry}" for made in life.dossier.adjustments)
    assert [line.id for line in account_lines(life.dossier)] == [first, "T1", "E3", "E1", "E2", second]
    after = {name: {line.id for line in written_after(life.dossier, name)} for name in ("E1", "E2", second, "E3")}
    assert after == {"E1": {"E2", second, "E3"}, "E2": {second, "E3"}, second: {"E3"}, "E3": set()}
