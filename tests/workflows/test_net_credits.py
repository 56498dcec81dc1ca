"""What counts towards the schedule of a post once money is taken back: delegated again when due again.

Whatever was paid too much, decided, given up, found not due or extended: what may still be delegated and what counts
as delegated make the schedule that stands.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.repaying import (
    DAY,
    SERVED,
    UNSERVED,
    WHOLE,
    answered,
    current,
    in_post,
    on_line,
    relieved,
)
from workflows.account.lines import account_lines, balances, credits_to_reduce, if_stopped
from workflows.account.worth import funded
from workflows.calls.funding import RepaymentReading
from workflows.deadlines import add_months
from workflows.decide import Decision
from workflows.due.money import lapsing
from workflows.money.gains import GainedEuros
from workflows.parts.credits import Tranche
from workflows.parts.ledger import LedgerEntry, LedgerKind
from workflows.parts.reliefs import Relief
from workflows.repaying.liquidation import overpayment_bases
from workflows.states import State

Round = tuple[Decimal, Decimal, Relief | None, Decimal, int]
CENT, ZERO = Decimal("0.01"), Decimal("0.00")
M = Decimal("3249.79")
PARTS = st.sampled_from([Decimal(1), Decimal("0.37"), Decimal("0.01")])
RELIEFS = st.sampled_from([None, Relief.REDUCED, Relief.REMITTED, Relief.WRITTEN_OFF, Relief.ABANDONED])
ROUNDS = st.lists(
    st.tuples(st.decimals("0.02", "9000.00", places=2), PARTS, RELIEFS, PARTS, st.integers(0, 3)),
    min_size=1,
    max_size=2,
)


def part_of(amount: Decimal, part: Decimal) -> Decimal:
    return max(CENT, (amount * part).quantize(CENT))


def also_paid(life: Life, amount: Decimal) -> Life:
    """More than is due, notified and paid behind the rules, as an error or an opening would."""
    dossier, rank = life.dossier, len(life.dossier.ledger) + 1
    tranche = Tranche(f"T{len(dossier.tranches) + 1}", amount, life.today.year, life.today)
    kind, gained = LedgerKind.PAID, GainedEuros(amount)
    entry = LedgerEntry(f"E{rank}", kind, gained, life.today, life.today.year, tranche.id, "VIR-0")
    return life.changed(tranches=(*dossier.tranches, tranche), ledger=(*dossier.ledger, entry))


def taken_back(life: Life, part: Decimal, relief: Relief | None, relieving: Decimal) -> Life:
    """The overpayment is asked back, wholly or in part, then given up, wholly or in part; or dropped."""
    life.later(1).do("open_overpayment", Hat.INSTRUCTOR)
    if relief is Relief.ABANDONED:
        return life.do("prepare_relief", Hat.INSTRUCTOR, relief=relief, amount=None).do("drop_repayment", Hat.HEAD)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER).later(5)
    life.do("decide_repayment", Hat.HEAD, amount=part_of(current(life).proposed, part))
    return life if relief is None else relieved(life, relief, part_of(current(life).outstanding, relieving))


def settled(life: Life) -> Life:
    """What is left of it comes back, and it is closed."""
    if not current(life).is_over:
        mine = {"repayment": current(life).cause}
        life.do("request_title", Hat.INSTRUCTOR, **mine).do("record_title", Hat.INSTRUCTOR, **mine)
        life.do("record_repaid", Hat.INSTRUCTOR, **mine)
    return life.do("settle_overpayment", Hat.INSTRUCTOR)


def extended(life: Life, months: int) -> Life:
    """So many months more with their credits, notified again."""
    award = life.dossier.award
    assert award is not None
    assert award.planned_end is not None
    life.do("extend", Hat.DG, until=add_months(award.planned_end + DAY, months) - DAY, financed=True)
    return life.later(1).do("notify_money", Hat.HEAD)


def may_delegate(life: Life, amount: Decimal) -> bool:
    answer = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=amount, budget_year=life.today.year)
    assert isinstance(answer, Decision) or answer.codes == {"tranche_above_award"}
    return isinstance(answer, Decision)


@settings(max_examples=60)
@given(rounds=ROUNDS)
def test_what_counts_and_what_may_be_delegated_make_the_schedule(rounds: list[Round]) -> None:
    life = on_line(in_post(), "FIR").do("confirm_presence", Hat.RECRUITER)
    for extra, part, relief, relieving, months in rounds:
        also_paid(life, extra)
        if not overpayment_bases(life.dossier).excess:
            continue  # what was looked at before, and let go, is not asked about again
        taken_back(life, part, relief, relieving)
        if months:
            extended(life, months)
        _follow(life)
        settled(life)
    _check_once_over(life)


def _schedule(life: Life) -> Decimal:
    return funded(life.dossier, life.call).total


def _follow(life: Life) -> None:
    """All that is left is delegated, to the cent, and paid."""
    found, schedule = balances(life.dossier, life.call, life.today), _schedule(life)
    left, net = found.to_delegate, life.dossier.delegated_net
    assert left == max(ZERO, schedule - net)
    assert not may_delegate(life, left + CENT)
    if left:
        assert left + net == schedule
        assert may_delegate(life, left)
        award = life.dossier.award
        assert award is not None
        assert award.planned_end is not None
        told = if_stopped(life.dossier, life.call, award.planned_end)
        assert told.to_pay == left
        life.do("record_tranche", Hat.INSTRUCTOR, amount=left, budget_year=life.today.year)
        assert sum(lapsing(life.dossier, life.call).values()) == left
        life.later(1).do("record_payment", Hat.INSTRUCTOR, tranche=life.dossier.tranches[-1].id, amount=left)
    assert life.dossier.paid_net == life.dossier.delegated_net == max(schedule, net)
    assert account_lines(life.dossier)[-1].after.taken_back == life.dossier.taken_back
    assert lapsing(life.dossier, life.call) == {}


def _check_once_over(life: Life) -> None:
    """At its end the post has been paid all it was worth: nothing is left to reduce, to pay or to lose."""
    award = life.dossier.award
    assert award is not None
    end = award.planned_end
    assert end is not None
    life.on(end + timedelta(days=2)).do("record_end", Hat.INSTRUCTOR, last_day=end)
    assert life.dossier.state is State.ENDED
    assert credits_to_reduce(life.dossier, life.call) == 0
    assert lapsing(life.dossier, life.call) == {}


def test_the_last_tranche_of_a_post_that_is_over_is_due_in_full() -> None:
    """500,00 taken back, two months more notified, then the end: those two months are due, nothing of them is lost."""
    life = on_line(in_post(amount=WHOLE + 500), "FIR").do("confirm_presence", Hat.RECRUITER)
    extended(taken_back(life, Decimal(1), None, ZERO), 2)
    life.do("record_tranche", Hat.INSTRUCTOR, amount=2 * M, budget_year=life.today.year)
    award = life.dossier.award
    assert award is not None
    end = award.planned_end
    assert end is not None
    life.on(end + 2 * DAY).do("record_end", Hat.INSTRUCTOR, last_day=end)
    assert credits_to_reduce(life.dossier, life.call) == 0
    assert sum(lapsing(life.dossier, life.call).values()) == 2 * M
    paying = life.attempt("record_payment", Hat.INSTRUCTOR, tranche="T2", amount=2 * M)
    assert isinstance(paying, Decision)
    assert "payment_not_earned" not in {finding.code for finding in paying.findings}


#: 6.1 V3 under T1, all paid: what each reading asks.
ASKED = {
    RepaymentReading.PRORATA: UNSERVED,
    RepaymentReading.CONTRACT_YEAR: Decimal("38997.48"),
    RepaymentReading.INTEGRAL: WHOLE,
}


@pytest.mark.parametrize("value", list(ASKED))
def test_months_taken_back_by_a_clause_are_not_due_again(value: RepaymentReading) -> None:
    """Only the months that nobody served stop counting: those that a clause takes back are not to be paid again."""
    life = answered(read=value).do("decide_repayment", Hat.HEAD, amount=ASKED[value])
    assert life.dossier.taken_back == UNSERVED
    assert life.dossier.delegated_net == life.dossier.paid_net == SERVED
    assert balances(life.dossier, life.call, life.today).to_delegate == ZERO


@pytest.mark.parametrize("value", list(ASKED))
def test_what_was_only_notified_is_to_reduce_whatever_is_decided(value: RepaymentReading) -> None:
    notified = answered(amount=Decimal("60000.00"), read=value, notified=WHOLE)
    before = credits_to_reduce(notified.dossier, notified.call)
    assert before == WHOLE - Decimal("60000.00")
    asked = current(notified).amounts.of(value)
    assert asked is not None
    notified.do("decide_repayment", Hat.HEAD, amount=asked)
    assert credits_to_reduce(notified.dossier, notified.call) == before


def test_a_reduction_is_first_of_what_a_clause_took_back_of_months_served() -> None:
    """What a clause took back of months served is reduced: the months not served stay taken back."""
    life = answered(read=RepaymentReading.INTEGRAL).do("decide_repayment", Hat.HEAD, amount=WHOLE)
    relieved(life, Relief.REDUCED, SERVED)
    assert life.dossier.taken_back == UNSERVED
    relieved(life, Relief.REDUCED, Decimal("100.00"))
    assert life.dossier.taken_back == UNSERVED - Decimal("100.00")
    assert account_lines(life.dossier)[-1].after.taken_back == life.dossier.taken_back
