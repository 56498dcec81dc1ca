"""What a decision may ask: what is due on that day, never above what the recruiter was heard on (A1, A2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.letters.test_repayment_letters import matter
from tests.lives import Life
from tests.workflows.repaying import (
    DAY,
    SERVED,
    UNSERVED,
    WHOLE,
    answered,
    current,
    ended,
    in_post,
    on_line,
    proposed,
    reading,
)
from tests.workflows.test_net_credits import also_paid, extended
from workflows.calls.funding import RepaymentReading
from workflows.calls.sources import Origin
from workflows.decide import Decision, Refused
from workflows.letters.contradictory import RepaymentNoticeLetter
from workflows.letters.kinds import KINDS
from workflows.letters.repayment import RepaymentLetter
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.requests import EndReason

R = RepaymentReading
MISTAKE = Decimal("5000.00")
CENT = Decimal("0.01")


def codes(answer: Decision | Refused) -> frozenset[str]:
    return answer.codes if isinstance(answer, Refused) else frozenset()


def heard(life: Life) -> Life:
    """The contradictory step is opened, and answered."""
    return life.do("start_contradictory", Hat.INSTRUCTOR).later(3).do("record_remarks", Hat.RECRUITER).later(3)


def with_a_mistake() -> Life:
    """6.1 V3 under T1, of which 5 000,00 were written twice: the recruiter was heard on 32 497,90."""
    life = also_paid(on_line(in_post(amount=WHOLE - MISTAKE), "FIR"), MISTAKE)
    last_day = date(life.profile.start.year + 1, 12, 31)
    days = {"last_day": last_day, "cca_from": last_day + DAY, "known_on": last_day, "told_on": last_day}
    life.on(last_day + 2 * DAY).do("record_end", Hat.INSTRUCTOR, **days)
    return heard(life.do("open_clawback", Hat.CLOCK))


def test_no_more_is_decided_than_what_a_corrected_payment_leaves_due() -> None:
    life = with_a_mistake().do("correct_ledger_entry", Hat.HEAD, entry="E2")
    left = UNSERVED - MISTAKE
    assert codes(life.attempt("decide_repayment", Hat.HEAD, amount=UNSERVED)) == {"amount_above_due"}
    assert codes(life.attempt("decide_repayment", Hat.HEAD, amount=left + CENT)) == {"amount_above_due"}
    life.do("decide_repayment", Hat.HEAD, amount=left)
    assert life.dossier.paid_net == SERVED


def test_the_bases_of_the_decision_are_those_of_its_day() -> None:
    life = with_a_mistake().do("correct_ledger_entry", Hat.HEAD, entry="E2")
    life.do("decide_repayment", Hat.HEAD, amount=UNSERVED - MISTAKE)
    found = current(life)
    assert found.bases is not None
    assert (found.bases.total_paid, found.bases.total_earned) == (WHOLE - MISTAKE, SERVED)
    assert (found.amounts.prorata, found.proposed) == (UNSERVED - MISTAKE, UNSERVED)
    told = KINDS["L15"].build(matter("L15", life))
    assert isinstance(told, RepaymentLetter)
    assert (told.calculation.total_paid, told.calculation.due) == (WHOLE - MISTAKE, UNSERVED - MISTAKE)
    assert (told.proposed, told.lowered) == (UNSERVED, True)


def test_nothing_is_decided_of_an_overpayment_that_the_schedule_has_absorbed() -> None:
    life = on_line(in_post(amount=WHOLE + 10000), "FIR").later(10).do("open_overpayment", Hat.INSTRUCTOR)
    extended(heard(life), 4)
    assert codes(life.attempt("decide_repayment", Hat.HEAD, amount=CENT)) == {"nothing_due_any_more"}
    # nor is anybody heard on nothing
    fresh = on_line(in_post(amount=WHOLE + 10000), "FIR").later(10).do("open_overpayment", Hat.INSTRUCTOR)
    assert codes(extended(fresh, 4).attempt("start_contradictory", Hat.INSTRUCTOR)) == {"nothing_due_any_more"}


def test_part_of_an_overpayment_that_is_left_may_be_decided() -> None:
    life = on_line(in_post(amount=WHOLE + 10000), "FIR").later(10).do("open_overpayment", Hat.INSTRUCTOR)
    extended(heard(life), 2)
    left = Decimal("10000.00") - 2 * Decimal("3249.79")
    assert codes(life.attempt("decide_repayment", Hat.HEAD, amount=left + CENT)) == {"amount_above_due"}
    life.do("decide_repayment", Hat.HEAD, amount=left)
    assert life.dossier.paid_net == WHOLE + 2 * Decimal("3249.79")


def test_what_was_paid_since_is_asked_only_once_the_recruiter_is_heard_on_it() -> None:
    life = also_paid(answered(), Decimal("700.00"))
    above = life.attempt("decide_repayment", Hat.HEAD, amount=UNSERVED + CENT)
    assert codes(above) == {"amount_above_announced"}
    # decided for what was announced, the rest is another repayment
    apart = life.copy().do("decide_repayment", Hat.HEAD).do("open_overpayment", Hat.INSTRUCTOR)
    assert [r.proposed for r in apart.dossier.repayments] == [UNSERVED, Decimal("700.00")]
    # or the recruiter is heard again, on the whole
    again = heard(life)
    assert current(again).proposed == UNSERVED + Decimal("700.00")
    again.do("decide_repayment", Hat.HEAD)
    assert again.dossier.paid_net == SERVED


def test_hearing_again_starts_a_period_of_its_own() -> None:
    life = also_paid(answered(), Decimal("700.00")).do("start_contradictory", Hat.INSTRUCTOR)
    found = current(life)
    assert (found.state, found.answer_by, found.answered_on) == (RepaymentState.CONTRADICTORY, None, None)
    assert codes(life.attempt("decide_repayment", Hat.HEAD)) == {"contradictory_not_received"}
    life.later(1).prove("L14").later(1)
    assert codes(life.attempt("decide_repayment", Hat.HEAD)) == {"contradictory_running"}


def test_nobody_is_heard_again_on_the_same_sum() -> None:
    assert codes(answered().attempt("start_contradictory", Hat.INSTRUCTOR)) == {"already_heard"}
    less = with_a_mistake().do("correct_ledger_entry", Hat.HEAD, entry="E2")
    assert codes(less.attempt("start_contradictory", Hat.INSTRUCTOR)) == {"already_heard"}


# The reading (A1): one for the call, announced to the recruiter, kept by the decision.


@pytest.mark.parametrize(("value", "asks"), [(R.PRORATA, UNSERVED), (R.INTEGRAL, WHOLE)])
def test_the_reading_signed_before_the_procedure_is_the_one_announced(value: RepaymentReading, asks: Decimal) -> None:
    unsigned = reading(ended(), R.PRORATA, Origin.DEFAULT).do("open_clawback", Hat.CLOCK)
    life = heard(reading(unsigned, value))
    assert (current(life).reading, current(life).proposed) == (value, asks)
    told = KINDS["L14"].build(matter("L14", life))
    assert isinstance(told, RepaymentNoticeLetter)
    assert told.amount == asks
    life.do("decide_repayment", Hat.HEAD)
    assert (current(life).reading, current(life).decided) == (value, asks)


def test_a_reading_signed_since_is_announced_before_it_is_decided() -> None:
    life = reading(answered(), R.INTEGRAL)
    assert codes(life.attempt("decide_repayment", Hat.HEAD, amount=UNSERVED)) == {"reading_not_announced"}
    assert codes(life.attempt("decide_repayment", Hat.HEAD, amount=WHOLE)) == {"reading_not_announced"}
    heard(life).do("decide_repayment", Hat.HEAD, amount=WHOLE)
    assert current(life).reading is R.INTEGRAL


@pytest.mark.parametrize("value", [None, R.PRORATA, R.INTEGRAL])
@pytest.mark.parametrize("call_id", ["idf-2025", "cvl-ville-hopital"])
def test_without_a_clause_there_is_nothing_to_sign(call_id: str, value: RepaymentReading | None) -> None:
    """A2: months paid and not served are recovered because they are not due, not because of a clause."""
    life = reading(proposed(call_id), value, Origin.DEFAULT if value else Origin.UNKNOWN)
    heard(life)
    more = life.attempt("decide_repayment", Hat.HEAD, amount=current(life).proposed + CENT)
    assert codes(more) == {"reading_without_clause"}
    life.do("decide_repayment", Hat.HEAD)
    assert current(life).reading is R.PRORATA


def test_a_clause_for_another_cause_asks_for_no_reading() -> None:
    """NA-21 is about who leaves to be chef de clinique: another departure rests on no clause."""
    life = in_post()
    last_day = date(life.profile.start.year + 1, 12, 31)
    life.on(last_day + 2 * DAY).do("record_end", Hat.INSTRUCTOR, last_day=last_day, end_reason=EndReason.PERSONAL)
    life = reading(life.do("open_clawback", Hat.CLOCK), None, Origin.UNKNOWN)
    assert isinstance(heard(life).attempt("decide_repayment", Hat.HEAD), Decision)
