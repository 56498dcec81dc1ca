"""Reference 6.3, reading b: the variants of a post of Centre-Val de Loire, by their acts, and what the account says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.leaving import came, replaced
from workflows.account.adjusting import standing_lines
from workflows.account.lines import balances
from workflows.account.worth import funded
from workflows.acts.award import LapseGround
from workflows.decide import Refused
from workflows.states import State

LATE = date(2023, 1, 1)


def _notified() -> Life:
    """Awarded from 1 November 2022, 24 months at 2 886,08 €."""
    return life_of("cvl-ville-hopital").to(State.NOTIFIED).later(4)


def _account(life: Life) -> Decimal:
    """The total of the account, which is that of its lines and of its schedule."""
    total = sum((line.amount for line in standing_lines(life.dossier)), Decimal(0))
    assert total == funded(life.dossier, life.call).total == balances(life.dossier, life.call, life.today).awarded
    return total


def _deferred() -> Life:
    life = _notified().on(date(2022, 10, 20))
    return life.do("defer", Hat.HEAD, new_start=LATE, known_on=life.today, told_on=life.today)


def test_v0():
    assert _account(life_of("cvl-ville-hopital").to(State.IN_POST)) == Decimal("69265.92")


def test_v1_asked_in_time_keeps_the_duration():
    life = came(_deferred(), LATE)
    assert life.dossier.award is not None
    assert life.dossier.award.planned_end == date(2024, 12, 31)
    assert _account(life) == Decimal("69265.92")


@pytest.mark.parametrize("reason", [None, "motif-0002"])
def test_v1_asked_after_the_start_finances_nothing_unless_a_head_says_so(reason):
    # CVL-17: held; the head who does not lift it lets the award lapse, and nothing was ever served
    life = _notified().on(date(2022, 11, 3))
    asked = {"new_start": LATE, "known_on": life.today, "told_on": life.today}
    held = life.attempt("defer", Hat.HEAD, **asked)
    assert isinstance(held, Refused)
    assert held.codes == {"told_late_held"}
    if reason is not None:
        life.do("defer", Hat.HEAD, **asked, lifts={"told_late_held": reason})
        assert _account(came(life, LATE)) == Decimal("69265.92")
        return
    life.do("give_notice", Hat.HEAD, ground=LapseGround.NO_START)
    life.do("answer_notice", Hat.CANDIDATE).do("answer_notice", Hat.RECRUITER)
    life.do("lapse", Hat.HEAD)
    assert _account(life) == Decimal("0.00")


def test_v1_never_asked_is_held_at_the_start():
    life = _notified().on(LATE, "16:00").deliver(Hat.RECRUITER)
    held = life.attempt("record_start", Hat.INSTRUCTOR, start_on=LATE)
    assert isinstance(held, Refused)
    assert held.codes == {"start_undeferred_held"}
    life.do("record_start", Hat.HEAD, start_on=LATE, lifts={"start_undeferred_held": "motif-0002"})
    assert _account(life) == Decimal("69265.92")


def test_a_holiday_on_the_first_of_the_month_is_no_deferral():
    # A36: 1 November
    life = came(_notified(), date(2022, 11, 2))
    assert _account(life) == Decimal("69265.92")


def test_v2_end_kept():
    life = replaced(life_of("cvl-ville-hopital").to(State.IN_POST), date(2023, 3, 31), date(2023, 5, 1))
    assert _account(life) == Decimal("66379.84")


def _paid(life: Life) -> Life:
    """All at the start (T1)."""
    life.later(1).do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("69265.92"))
    return life.do("record_payment", Hat.INSTRUCTOR)


def _ended(life: Life, last_day: date) -> Life:
    life.on(last_day).do("record_end", Hat.INSTRUCTOR, last_day=last_day)
    return life.do("open_clawback", Hat.CLOCK)


def test_v3_after_fourteen_months():
    life = _ended(_paid(life_of("cvl-ville-hopital").to(State.IN_POST)), date(2023, 12, 31))
    assert _account(life) == Decimal("40405.12")
    assert life.dossier.repayment is not None
    assert life.dossier.repayment.amounts.prorata == Decimal("28860.80")
    assert life.dossier.repayment.amounts.integral is None, "no clause: only what was not served comes back (A2)"


def test_v4_deferred_replaced_and_ended():
    life = replaced(_paid(came(_deferred(), LATE).do("notify_money", Hat.HEAD)), date(2023, 5, 31), date(2023, 7, 1))
    _ended(life, date(2024, 2, 29))
    assert _account(life) == Decimal("37519.04")
    assert life.dossier.repayment is not None
    assert life.dossier.repayment.amounts.prorata == Decimal("31746.88")
