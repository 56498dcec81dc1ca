"""An offset: what the recruiter owes pays what it is owed, on both sides, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.builders import Hat, rewritten
from tests.lives import Life
from tests.workflows.repaying import (
    OVERPAID,
    TWO_MONTHS,
    WHOLE,
    current,
    decided,
    on_line,
    relieved,
    still_owed,
    titled,
)
from workflows.account.lines import account_lines
from workflows.account.worth import funded
from workflows.calls.funding import Vehicle
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused
from workflows.parts.claims import ClaimState
from workflows.parts.ledger import LedgerKind
from workflows.parts.movements import MovementKind
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.repaying.track import awaited, is_closed

CENT = Decimal("0.01")


def test_an_offset_is_written_on_both_sides() -> None:
    life = still_owed()
    due_before = current(life).outstanding
    assert due_before == OVERPAID
    life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("3000.00"))
    repayment, dossier = current(life), life.dossier
    (movement,) = repayment.movements
    assert (movement.kind, movement.amount, movement.tranche) == (MovementKind.OFFSET, Decimal("3000.00"), "T2")
    entry = dossier.ledger[-1]
    assert (entry.kind, entry.amount, entry.tranche) == (LedgerKind.OFFSET, Decimal("3000.00"), "T2")
    assert entry.reference == repayment.cause
    assert (repayment.repaid, repayment.outstanding) == (Decimal("3000.00"), due_before - 3000)
    # what the recruiter owed has paid what it was owed
    assert dossier.credits[-1].to_pay == TWO_MONTHS - 3000
    assert repayment.repaid <= dossier.paid


def test_no_offset_above_what_the_tranche_still_has_to_pay() -> None:
    life = still_owed()
    answer = life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=CENT)
    assert isinstance(answer, Refused)
    assert answer.codes == {"amount_above_tranche"}
    unknown = life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T9", amount=Decimal("0.01"))
    assert isinstance(unknown, Refused)
    assert unknown.codes == {"tranche_unknown"}


def test_no_offset_without_having_chosen_it() -> None:
    answer = titled().attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("0.01"))
    assert isinstance(answer, Refused)
    assert "vehicle_not_offset" in answer.codes


def test_an_offset_is_taken_back_on_both_sides_and_nothing_is_erased() -> None:
    life = still_owed()
    before, credit = current(life), life.dossier.credits[-1]
    life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("3000.00"))
    written = life.dossier.ledger[-1]
    life.later(1).do("correct_ledger_entry", Hat.HEAD, entry=written.id)
    repayment, back = current(life), life.dossier.ledger[-1]
    assert (back.kind, back.amount, back.corrects) == (LedgerKind.OFFSET, Decimal("-3000.00"), written.id)
    assert [(moved.kind, moved.corrects) for moved in repayment.movements] == [
        (MovementKind.OFFSET, None),
        (MovementKind.OFFSET, 1),
    ]
    assert repayment.repaid == 0
    assert (repayment.outstanding, repayment.state) == (before.outstanding, before.state)
    assert life.dossier.credits[-1] == credit
    lines = {line.id: line for line in account_lines(life.dossier)}
    assert lines["R1-2"].amount == Decimal("-3000.00")
    assert lines["R1-2"].after.recovered == 0
    again = life.attempt("correct_ledger_entry", Hat.HEAD, entry=written.id)
    assert isinstance(again, Refused)
    assert "entry_corrected" in again.codes
    # the right amount may be written since
    assert current(life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("50.00"))).repaid == 50


def test_an_offset_taken_back_leaves_what_else_came_back() -> None:
    life = still_owed().do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("3000.00"))
    offset = life.dossier.ledger[-1].id
    life.do("record_repaid", Hat.INSTRUCTOR, amount=current(life).outstanding)
    assert current(life).state is RepaymentState.PAID
    life.do("correct_ledger_entry", Hat.HEAD, entry=offset)
    assert (current(life).state, current(life).outstanding) == (RepaymentState.PARTLY_PAID, Decimal("3000.00"))


def _settled(life: Life) -> str:
    """The repayment paid in full and settled; gives the entry of its offset."""
    life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("3000.00"))
    offset = life.dossier.ledger[-1].id
    life.do("record_repaid", Hat.INSTRUCTOR, amount=current(life).outstanding).do("settle_overpayment", Hat.INSTRUCTOR)
    return offset


def test_an_offset_of_a_repayment_that_is_settled_is_due_again_once_taken_back() -> None:
    life = still_owed()
    life.do("correct_ledger_entry", Hat.HEAD, entry=_settled(life))
    assert (current(life).state, current(life).outstanding) == (RepaymentState.PARTLY_PAID, Decimal("3000.00"))
    assert not is_closed(current(life), life.dossier.state)


def test_an_offset_given_back_to_the_recruiter_is_not_taken_back() -> None:
    life = still_owed().do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("3000.00"))
    offset, left = life.dossier.ledger[-1].id, current(life).outstanding
    relieved(life, Relief.REDUCED, left)
    life.do("file_claim", Hat.RECRUITER, contested=None)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED, granted=None)
    life.do("record_refund", Hat.INSTRUCTOR, amount=Decimal("3000.00"))
    answer = life.attempt("correct_ledger_entry", Hat.HEAD, entry=offset)
    assert isinstance(answer, Refused)
    assert "correction_refunded" in answer.codes


# What is really owed.


def test_no_offset_on_credits_that_the_post_has_not_earned() -> None:
    """A debt is not paid by money that nobody owes: the recruiter would keep what it has to give back."""
    life = decided(amount=Decimal("60000.00"), notified=WHOLE).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert life.dossier.credits[0].to_pay > current(life).outstanding
    for asked in (current(life).outstanding, CENT):
        answer = life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=asked)
        assert isinstance(answer, Refused)
        assert answer.codes == {"offset_above_owed"}


@pytest.mark.parametrize(("paid", "goes"), [(TWO_MONTHS - OVERPAID, True), (TWO_MONTHS - OVERPAID + CENT, False)])
def test_the_recruiter_keeps_what_the_post_earns_and_no_more(paid: Decimal, goes: bool) -> None:
    life = still_owed().do("record_payment", Hat.INSTRUCTOR, tranche="T2", amount=paid)
    assert isinstance(life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=OVERPAID), Decision) is goes
    if goes:
        life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=OVERPAID)
        kept = life.dossier.paid - current(life).repaid
        assert kept == funded(life.dossier, life.call).total


def test_nothing_is_known_to_be_owed_while_the_cost_is_not_known() -> None:
    life = still_owed()
    unknown = replace(
        life.call.clauses.funding, flats=(), printed_cost=None, charges=Sourced(None, Origin.UNKNOWN, "A25")
    )
    life.under(rewritten(life.call, "clauses.funding", unknown))
    answer = life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=CENT)
    assert isinstance(answer, Refused)
    assert answer.codes == {"offset_above_owed"}


# Part of it.


def test_what_an_offset_leaves_is_offset_too_or_takes_another_way() -> None:
    life = still_owed().do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("100.00"))
    (awaits,) = awaited(current(life), life.dossier.state, life.call, life.today)
    assert (awaits.who, awaits.what) == ("l’instructeur", "compenser 4\u202f900,00\u00a0€ sur une tranche")
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    assert current(life).state is RepaymentState.DECIDED
    life.do("request_title", Hat.INSTRUCTOR)
    assert current(life).title_amount == Decimal("4900.00")
    life.do("record_title", Hat.INSTRUCTOR)
    assert current(life).state is RepaymentState.PARTLY_PAID
    # an offset taken back would change what is due, and not what was asked of the accountant
    entry = life.dossier.ledger[-1].id
    answer = life.attempt("correct_ledger_entry", Hat.HEAD, entry=entry)
    assert isinstance(answer, Refused)
    assert answer.codes == {"correction_before_title"}
    life.do("correct_ledger_entry", Hat.HEAD, entry="R1-T").do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    life.do("correct_ledger_entry", Hat.HEAD, entry=entry)
    assert (current(life).state, current(life).outstanding) == (RepaymentState.OTHER_VEHICLE, OVERPAID)


def test_a_title_issued_is_followed_to_its_end() -> None:
    life = on_line(titled(), "FIR").do("record_repaid", Hat.INSTRUCTOR, amount=CENT)
    answer = life.attempt("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert isinstance(answer, Refused)
    assert answer.codes == {"repayment_step"}
