"""The debt of a repayment, all from one place: readings, calculation, debtor, vehicle, what came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Hat, finess
from tests.lives import Life
from tests.workflows.repaying import (
    SERVED,
    UNSERVED,
    WHOLE,
    answered,
    current,
    decided,
    in_post,
    on_line,
    paid,
    proposed,
    reading,
    relieved,
    titled,
)
from workflows.account.lines import account_lines
from workflows.calls.funding import RepaymentReading, Vehicle
from workflows.calls.sources import Origin
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.reliefs import Relief
from workflows.repaying.view import ReadingLine, RepaymentView, repayment_view

R = RepaymentReading


def seen(life: Life) -> RepaymentView:
    return repayment_view(life.dossier, current(life), life.call)


def by_reading(life: Life) -> dict[RepaymentReading, ReadingLine]:
    return {line.reading: line for line in seen(life).readings}


# The three readings (A1, A2). 6.1 V3: 24 months paid, 14 served; a year of the contract was completed.


def test_the_three_readings_side_by_side_to_the_cent() -> None:
    found = by_reading(proposed())
    assert {r: line.amount for r, line in found.items()} == {
        R.PRORATA: UNSERVED,
        R.INTEGRAL: WHOLE,
        R.CONTRACT_YEAR: WHOLE - 12 * Decimal("3249.79"),
    }


@pytest.mark.parametrize("chosen", list(R))
def test_the_reading_that_the_call_signed_is_the_one_retained(chosen: RepaymentReading) -> None:
    found = by_reading(reading(proposed(), chosen))
    assert [line.reading for line in found.values() if line.signed] == [chosen]
    assert [line.reading for line in found.values() if line.retained] == [chosen]


def test_while_unset_pro_rata_is_only_shown_and_nothing_can_be_decided() -> None:
    for origin, value in ((Origin.DEFAULT, R.PRORATA), (Origin.UNKNOWN, None)):
        found = seen(reading(proposed(), value, origin))
        assert not found.decidable
        assert not any(line.signed for line in found.readings)
        assert [line.reading for line in found.readings if line.retained] == [R.PRORATA]


def test_without_a_clause_for_the_cause_only_pro_rata_is_open() -> None:
    life = proposed("cvl-ville-hopital")
    found = seen(life)
    assert [line.amount is None for line in found.readings] == [False, True, True]


def test_an_overpayment_reads_no_clause() -> None:
    life = paid(in_post(), WHOLE + Decimal("500.00")).do("open_overpayment", Hat.INSTRUCTOR)
    found = seen(reading(life, R.PRORATA, Origin.DEFAULT))
    assert found.readings == ()
    assert found.decidable
    assert found.debt.asked == Decimal("500.00")


# The calculation.


def test_the_calculation_adds_up_to_the_pro_rata_amount() -> None:
    found = seen(proposed()).calculation
    assert found.paid == sum((line.amount for line in found.payments), Decimal(0)) == WHOLE
    assert found.earned == sum((line.amount for line in found.years), Decimal(0)) == SERVED
    assert [(line.post_year, line.thirtieths) for line in found.years] == [(1, 360), (2, 60)]
    assert found.paid - found.asked_elsewhere - found.earned == UNSERVED
    assert found.limit == WHOLE


def test_what_other_repayments_ask_is_taken_off_and_caps_the_amount() -> None:
    life = paid(in_post(), WHOLE + Decimal("500.00")).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(1).do("record_remarks", Hat.RECRUITER)
    life.do("decide_repayment", Hat.HEAD)
    last_day = date(life.profile.start.year + 1, 12, 31)
    life.on(date(last_day.year + 1, 1, 2)).do("record_end", Hat.INSTRUCTOR, last_day=last_day, cca_from=None)
    life.do("open_clawback", Hat.CLOCK)
    clawback = life.dossier.clawback
    assert clawback is not None
    found = repayment_view(life.dossier, clawback, life.call).calculation
    assert found.asked_elsewhere == Decimal("500.00")
    assert found.paid - found.asked_elsewhere - found.earned == clawback.amounts.prorata == UNSERVED
    assert found.limit == WHOLE


def test_a_repayment_opened_before_its_calculation_was_kept_gives_its_totals() -> None:
    life = proposed()
    found = repayment_view(life.dossier, replace(current(life), bases=None), life.call).calculation
    assert (found.payments, found.years) == ((), ())
    assert (found.paid, found.earned) == (WHOLE, SERVED)


# The debt.


def test_the_debt_goes_down_line_after_line_to_what_is_left() -> None:
    life = relieved(titled(), Relief.REMITTED, Decimal("97.90"))
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("400.00"))
    found = seen(life)
    assert [line.left for line in found.moved] == [Decimal("32400.00"), Decimal("32000.00")]
    debt = found.debt
    assert (debt.remitted, debt.recovered, debt.due) == tuple(map(Decimal, ("97.90", "400.00", "32000.00")))


def test_the_same_debt_as_the_account_of_the_post() -> None:
    life = relieved(titled(), Relief.REDUCED, Decimal("97.90")).do("record_repaid", Hat.INSTRUCTOR)
    after, debt = account_lines(life.dossier)[-1].after, seen(life).debt
    assert (after.decided, after.recovered, after.relieved) == (debt.asked, debt.recovered, debt.relieved)
    assert (after.to_recover, after.to_refund) == (debt.due, debt.to_refund)


@given(
    parts=st.lists(st.integers(1, 4_000_000), max_size=5),
    reliefs=st.lists(st.sampled_from([Relief.REDUCED, Relief.REMITTED, Relief.WRITTEN_OFF]), max_size=2),
)
def test_asked_is_recovered_relieved_and_due_whatever_comes(parts: list[int], reliefs: list[Relief]) -> None:
    life = LIFE.copy()
    for relief in reliefs:
        left = current(life).outstanding
        if left > 1:
            relieved(life, relief, (left / 3).quantize(Decimal("0.01")))
    for cents in parts:
        amount = min(Decimal(cents).scaleb(-2), current(life).outstanding)
        if amount:
            life.do("record_repaid", Hat.INSTRUCTOR, amount=amount)
    found = seen(life)
    debt = found.debt
    assert debt.asked == debt.recovered + debt.relieved + debt.due - debt.to_refund
    assert debt.asked <= found.calculation.limit
    assert not found.moved or found.moved[-1].left == debt.due - debt.to_refund


LIFE = titled()


@given(moves=st.lists(st.tuples(st.sampled_from(list(MovementKind)), st.integers(1, 900_000)), max_size=8))
def test_the_last_line_of_the_column_is_what_is_left_whatever_moved(moves: list[tuple[MovementKind, int]]) -> None:
    """Offsets, what undoes them, refunds: each kind of movement is counted the same way in the column and the debt."""
    movements = tuple(Movement(kind, Decimal(cents).scaleb(-2), LIFE.today) for kind, cents in moves)
    moved = replace(current(LIFE), movements=movements)
    found = repayment_view(LIFE.dossier, moved, LIFE.call)
    debt, left = found.debt, found.moved[-1].left if found.moved else moved.decided
    assert left == debt.due - debt.to_refund
    assert debt.asked == debt.recovered + debt.relieved + left


def test_an_offset_that_is_undone_is_owed_again() -> None:
    life = decided(amount=Decimal("60000.00"), notified=WHOLE)
    kinds = (MovementKind.OFFSET, MovementKind.OFFSET_UNDONE)
    movements = tuple(Movement(kind, Decimal("5000.00"), life.today) for kind in kinds)
    found = repayment_view(life.dossier, replace(current(life), movements=movements), life.call)
    owed = Decimal("60000.00") - SERVED
    assert [line.left for line in found.moved] == [owed - 5000, owed]


def test_what_is_given_up_is_not_asked() -> None:
    life = answered().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED).do("drop_repayment", Hat.HEAD)
    assert seen(life).debt.asked == 0


# The debtor and the vehicle.


def test_the_debtor_is_the_recruiter_with_the_siret_it_was_paid_on() -> None:
    life = proposed()
    found, site = seen(life).debtor, life.dossier.recruiter
    assert found is not None
    assert site is not None
    assert (found.debtor.site, found.debtor.legal_entity, found.debtor.name) == (site.id, site.legal_entity, site.name)
    payee = life.dossier.ledger[0].payee
    assert payee is not None
    assert found.siret == payee.siret


def test_a_siret_is_that_of_the_legal_entity_that_owes_and_of_no_other() -> None:
    life = proposed()
    payee = life.dossier.ledger[0].payee
    assert payee is not None
    elsewhere = replace(life.dossier.ledger[0], payee=replace(payee, legal_entity=finess(977)))
    found = seen(life.changed(ledger=(elsewhere,))).debtor
    assert found is not None
    assert found.siret is None


def test_after_a_succession_the_successor_owes_and_the_page_says_since_when() -> None:
    life = decided().do("record_succession", Hat.HEAD)
    found = seen(life).debtor
    assert found is not None
    assert (found.debtor.legal_entity, found.debtor.name) == (finess(977), "CH du Sureau")
    assert found.follows is not None
    assert found.follows.on == life.today
    assert found.siret is None


@pytest.mark.parametrize(
    ("line", "usual"), [("FIR", Vehicle.TITLE), ("MIGAC", Vehicle.AMENDING_DECISION), (None, None)]
)
def test_the_vehicle_is_that_of_the_line_until_one_is_chosen(line: str | None, usual: Vehicle | None) -> None:
    way = seen(on_line(answered(), line)).way
    assert (way.line, way.usual, way.chosen, way.differs) == (line, usual, None, False)
    life = on_line(answered(), line).do("decide_repayment", Hat.HEAD, vehicle=Vehicle.OFFSET)
    way = seen(life).way
    assert (way.chosen, way.differs) == (Vehicle.OFFSET, usual is not None)
