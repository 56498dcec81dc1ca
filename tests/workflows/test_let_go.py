"""What was let go of an excess is not asked for again, as long as it still is in excess: no more, no less."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.repaying import DAY, SERVED, WHOLE, current, in_post, on_line, reading, relieved
from tests.workflows.test_net_credits import also_paid, extended
from workflows.account.asked_back import held
from workflows.account.worth import funded
from workflows.calls.funding import RepaymentReading
from workflows.decide import Refused
from workflows.facts import from_plain, plain
from workflows.parts.claims import ClaimState
from workflows.parts.reliefs import Relief
from workflows.repaying.liquidation import overpayment_bases

TEN, ZERO = Decimal("10000.00"), Decimal("0.00")
M = Decimal("3249.79")
ANSWER: dict[str, Any] = {"channel": None, "came_on": None, "evidence": None}


def excess(life: Life) -> Decimal:
    return overpayment_bases(life.dossier).excess


def opened(extra: Decimal = TEN) -> Life:
    return on_line(in_post(amount=WHOLE + extra), "FIR").later(10).do("open_overpayment", Hat.INSTRUCTOR)


def decided(amount: Decimal = TEN) -> Life:
    life = opened().do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER)
    return life.later(5).do("decide_repayment", Hat.HEAD, amount=amount)


def dropped() -> Life:
    life = opened().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED, amount=None)
    return life.do("drop_repayment", Hat.HEAD).do("settle_overpayment", Hat.INSTRUCTOR)


def found_not_due() -> Life:
    life = decided().do("file_claim", Hat.RECRUITER, **ANSWER, contested=None)
    return life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED, granted=None)


def reduced() -> Life:
    return relieved(decided(), Relief.REDUCED, TEN)


def ended(life: Life) -> Life:
    last = date(life.profile.start.year + 1, 12, 31)
    life.on(last + 2 * DAY).do(
        "record_end", Hat.INSTRUCTOR, last_day=last, cca_from=last + DAY, known_on=last, told_on=last
    )
    return life.do("open_clawback", Hat.CLOCK)


LET_GO = [dropped, found_not_due, reduced]


@pytest.mark.parametrize("how", LET_GO)
def test_what_was_let_go_is_not_asked_again(how: Any) -> None:
    life = how()
    assert excess(life) == ZERO
    assert excess(also_paid(life.copy(), Decimal("300.00"))) == Decimal("300.00")
    # nor by the end of the post: only the ten months that nobody served
    assert current(ended(life)).proposed == WHOLE - SERVED


@pytest.mark.parametrize("how", LET_GO)
def test_what_the_schedule_absorbed_is_no_longer_let_go(how: Any) -> None:
    """Four months more are worth 12 999,16: the 10 000,00 pay them, and come back when nobody serves them."""
    life = extended(how(), 4)
    assert excess(life) == ZERO
    assert current(ended(life)).proposed == WHOLE + TEN - SERVED


@pytest.mark.parametrize("how", LET_GO)
def test_a_part_absorbed_is_a_part_no_longer_let_go(how: Any) -> None:
    life = extended(how(), 2)
    assert current(ended(life)).proposed == WHOLE + 2 * M - SERVED


def test_what_the_decision_left_is_let_go_until_it_is_absorbed() -> None:
    life = decided(Decimal("4000.00"))
    assert excess(life) == ZERO
    extended(life, 2)
    also_paid(life, Decimal("2000.00"))
    assert excess(life) == life.dossier.paid_net - funded(life.dossier, life.call).total == Decimal("1500.42")


def test_what_is_found_not_due_first_pays_what_is_owed() -> None:
    """Two months more were owed while the 10 000,00 were to come back: found not due, these pay them first."""
    life = relieved(extended(decided(), 2), Relief.REDUCED, TEN)
    assert current(life).let_go == TEN - 2 * M
    assert excess(life) == ZERO
    assert excess(also_paid(life, 2 * M)) == 2 * M, "paid by mistake: nothing was owed any more"


def test_a_debt_given_up_stays_taken_back() -> None:
    life = extended(relieved(decided(), Relief.REMITTED, TEN), 4)
    assert life.dossier.paid_net == WHOLE
    assert current(ended(life)).proposed == WHOLE - SERVED


def test_what_rested_on_a_payment_that_never_left_goes_with_it() -> None:
    """Two entries for one payment: found not due, then corrected; a true overpayment is asked for afterwards."""
    life = also_paid(on_line(in_post(), "FIR"), TEN).later(3).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED, amount=None).do("drop_repayment", Hat.HEAD)
    life.do("correct_ledger_entry", Hat.HEAD, entry="E2")
    assert excess(also_paid(life, TEN)) == TEN


def test_what_is_paid_in_error_after_a_whole_reading_is_asked_back() -> None:
    """A clause took back the months served too: that says nothing of what is paid afterwards."""
    life = reading(on_line(in_post(), "FIR"), RepaymentReading.INTEGRAL)
    ended(life).do("start_contradictory", Hat.INSTRUCTOR).later(3).do("record_remarks", Hat.RECRUITER)
    life.do("decide_repayment", Hat.HEAD)
    assert current(life).decided == WHOLE
    assert excess(also_paid(life, Decimal("500.00"))) == Decimal("500.00")


def test_facts_of_before_keep_what_they_let_go() -> None:
    life = decided(Decimal("4000.00"))
    bare = plain(life.dossier)
    for told in bare["repayments"]:
        told.pop("let_go")
    old = from_plain(bare)
    assert overpayment_bases(old).asked == overpayment_bases(life.dossier).asked == TEN


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 900_000)),
        st.tuples(st.just("extend"), st.integers(1, 3)),
        st.tuples(st.sampled_from(("drop", "decide", "reduce")), st.integers(1, 100)),
    ),
    max_size=5,
)


@given(events=EVENTS)
def test_the_shield_is_what_was_let_go_and_still_is_in_excess(events: list[tuple[str, int]]) -> None:
    """The test keeps on its own what was let go: never more than the excess that is left."""
    life, spared = START.copy(), ZERO
    for kind, n in events:
        if kind == "pay":
            also_paid(life, Decimal(n).scaleb(-2))
        elif kind == "extend":
            extended(life, n)
        elif excess(life):
            spared += _let_go(life, kind, n)
        over = max(ZERO, life.dossier.paid_net - funded(life.dossier, life.call).total)
        spared = min(spared, over)
        assert excess(life) == over - spared
        life.later(1)


START = on_line(in_post(), "FIR")


def _let_go(life: Life, kind: str, percent: int) -> Decimal:
    """Ask the excess back and let some of it go; what was let go."""
    asked = excess(life)
    part = max(Decimal("0.01"), (asked * percent / 100).quantize(ZERO))
    life.later(1).do("open_overpayment", Hat.INSTRUCTOR)
    cause = life.dossier.repayments[-1].cause
    if kind == "drop":
        life.do("prepare_relief", Hat.INSTRUCTOR, repayment=cause, relief=Relief.ABANDONED, amount=None)
        life.do("drop_repayment", Hat.HEAD, repayment=cause)
        return asked
    life.do("start_contradictory", Hat.INSTRUCTOR, repayment=cause)
    life.later(2).do("record_remarks", Hat.RECRUITER, repayment=cause, **ANSWER)
    amount = part if kind == "decide" else asked
    life.do("decide_repayment", Hat.HEAD, repayment=cause, amount=amount)
    if kind == "reduce":
        life.do("prepare_relief", Hat.INSTRUCTOR, repayment=cause, relief=Relief.REDUCED, amount=part)
        life.do("reduce_repayment", Hat.HEAD, repayment=cause, amount=part)
        return part
    return asked - part


# What is held, below which no entry is corrected.


def test_an_entry_is_corrected_once_the_debt_that_rested_on_it_is_reduced() -> None:
    life = also_paid(reading(on_line(in_post(amount=TEN), "FIR"), RepaymentReading.INTEGRAL), TEN)
    ended(life).do("start_contradictory", Hat.INSTRUCTOR).later(3).do("record_remarks", Hat.RECRUITER)
    life.do("decide_repayment", Hat.HEAD)
    assert current(life).decided == 2 * TEN
    refused = life.attempt("correct_ledger_entry", Hat.HEAD, entry="E2")
    assert isinstance(refused, Refused)
    assert refused.codes == {"correction_below_repayment"}
    relieved(life, Relief.REDUCED, TEN).do("correct_ledger_entry", Hat.HEAD, entry="E2")
    assert (life.dossier.paid, current(life).standing) == (TEN, TEN)


@pytest.mark.parametrize(("relief", "holds"), [(Relief.REDUCED, 0), (Relief.REMITTED, 0), (Relief.WRITTEN_OFF, 1)])
def test_what_is_written_off_may_still_be_paid_and_holds_what_was_paid(relief: Relief, holds: int) -> None:
    life = reading(on_line(in_post(amount=TEN), "FIR"), RepaymentReading.INTEGRAL)
    ended(life).do("start_contradictory", Hat.INSTRUCTOR).later(3).do("record_remarks", Hat.RECRUITER)
    life.do("decide_repayment", Hat.HEAD).do("request_title", Hat.INSTRUCTOR)
    relieved(life.do("record_title", Hat.INSTRUCTOR), relief, TEN)
    assert held(life.dossier.repayments) == holds * TEN


def test_what_came_back_is_held_until_it_is_given_back() -> None:
    life = ended(on_line(in_post(), "FIR")).do("start_contradictory", Hat.INSTRUCTOR).later(3)
    life.do("record_remarks", Hat.RECRUITER).do("decide_repayment", Hat.HEAD).do("request_title", Hat.INSTRUCTOR)
    life.do("record_title", Hat.INSTRUCTOR).do("record_repaid", Hat.INSTRUCTOR)
    life.do("file_claim", Hat.RECRUITER, **ANSWER)
    asked = current(life).decided
    assert asked is not None
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED, granted=None)
    assert (current(life).standing, held(life.dossier.repayments)) == (ZERO, asked)
    refused = life.attempt("correct_ledger_entry", Hat.HEAD, entry="E1")
    assert isinstance(refused, Refused)
    assert refused.codes == {"correction_below_repayment"}
    life.do("record_refund", Hat.INSTRUCTOR)
    assert held(life.dossier.repayments) == ZERO


def test_what_is_only_proposed_holds_nothing_for_its_decision_counts_it_again() -> None:
    """A payment written twice is corrected without giving the repayment up; the recruiter is asked for what is left."""
    life = also_paid(reading(on_line(in_post(amount=TEN), "FIR"), RepaymentReading.INTEGRAL), TEN)
    ended(life).do("start_contradictory", Hat.INSTRUCTOR).later(3).do("record_remarks", Hat.RECRUITER)
    assert held(life.dossier.repayments) == ZERO
    life.do("correct_ledger_entry", Hat.HEAD, entry="E2")
    above = life.attempt("decide_repayment", Hat.HEAD, amount=TEN + Decimal("0.01"))
    assert isinstance(above, Refused)
    assert above.codes == {"amount_above_due", "amount_above_paid"}
    assert current(life.do("decide_repayment", Hat.HEAD, amount=TEN)).decided == TEN


# What came back and is to be given back.


def refund_owed() -> Life:
    """10 000,00 came back, were found not due, and are still to be given back; four months added absorbed them."""
    life = decided().do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR)
    life.do("record_repaid", Hat.INSTRUCTOR, amount=TEN).do("file_claim", Hat.RECRUITER, **ANSWER, contested=None)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED, granted=None)
    return extended(life, 4)


def test_the_lines_of_an_end_make_its_amount_while_a_refund_is_owed() -> None:
    life = refund_owed()
    assert (current(life).to_refund, current(life).let_go) == (TEN, ZERO)
    asked = current(ended(life))
    assert asked.bases is not None
    assert asked.bases.total_paid - asked.bases.asked - asked.bases.total_earned == asked.proposed == WHOLE - SERVED
    # what the agency is to give back is not asked for before it is given
    assert excess(life) == ZERO


def test_what_is_given_back_after_an_end_is_asked_back_then() -> None:
    life = ended(refund_owed())
    first = life.dossier.repayments[0]
    life.later(30).do("record_refund", Hat.INSTRUCTOR, repayment=first.cause, amount=TEN)
    assert excess(life) == TEN
    assert [effect.name for effect in life.journal[-1].effects] == ["open_overpayment"]
    life.later(2).do("open_overpayment", Hat.CLOCK)
    made = life.dossier.repayments[-1]
    assert (made.proposed, made.known_on) == (TEN, life.today - 2 * DAY)


def test_what_is_given_back_is_proposed_though_another_excess_was_already() -> None:
    life = also_paid(ended(refund_owed()), Decimal("500.00")).do("open_overpayment", Hat.CLOCK)
    first = life.dossier.repayments[0]
    life.do("record_refund", Hat.INSTRUCTOR, repayment=first.cause, amount=TEN).do("open_overpayment", Hat.CLOCK)
    assert [each.proposed for each in life.dossier.repayments[-2:]] == [Decimal("500.00"), TEN]
    assert excess(life) == ZERO


def test_what_came_back_under_a_clause_and_is_owed_again_hides_no_later_error() -> None:
    """A clause took back the months served too: the refund of all of it is no shield for what is paid afterwards."""
    life = reading(on_line(in_post(), "FIR"), RepaymentReading.INTEGRAL)
    ended(life).do("start_contradictory", Hat.INSTRUCTOR).later(3).do("record_remarks", Hat.RECRUITER)
    life.do("decide_repayment", Hat.HEAD).do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR)
    life.do("record_repaid", Hat.INSTRUCTOR, amount=WHOLE).do("file_claim", Hat.RECRUITER, **ANSWER, contested=None)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED, granted=None)
    assert (current(life).to_refund, excess(life)) == (WHOLE, ZERO)
    assert excess(also_paid(life, Decimal("500.00"))) == Decimal("500.00")
