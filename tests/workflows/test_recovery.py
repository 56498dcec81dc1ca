"""How the money comes back: the vehicle of its line, a title asked for once, an offset on a tranche, the time-bar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from backoffice.callfiles import CALLS, quota_sources
from tests.builders import Hat, call_of, rewritten
from tests.lives import Life
from tests.workflows.due import due
from tests.workflows.repaying import (
    DAY,
    SERVED,
    UNSERVED,
    WHOLE,
    answered,
    current,
    decided,
    on_line,
    proposed,
    relieved,
    titled,
)
from workflows.account_lines import account_lines
from workflows.calls.errors import CallFileError
from workflows.calls.explain.money import money
from workflows.calls.funding import Vehicle
from workflows.calls.parse import parse_call
from workflows.calls.sources import Origin, Sourced
from workflows.claims import ClaimState
from workflows.decide import Decision, Refused
from workflows.due import DueKind
from workflows.ledger import LedgerKind
from workflows.money.bases import EarnedLine
from workflows.reliefs import Relief
from workflows.repayments import MovementKind, RepaymentState
from workflows.states import State

# The vehicle.


@pytest.mark.parametrize(
    ("line", "vehicle", "warned"),
    [
        ("FIR", Vehicle.TITLE, set()),
        ("fir ", Vehicle.TITLE, set()),
        ("MIGAC", Vehicle.AMENDING_DECISION, set()),
        (None, Vehicle.TITLE, {"line_unknown"}),
    ],
)
def test_the_vehicle_follows_the_line_of_credits(line: str | None, vehicle: Vehicle, warned: set[str]) -> None:
    done = on_line(answered(), line).attempt("decide_repayment", Hat.HEAD, vehicle=None)
    assert isinstance(done, Decision)
    assert done.after.repayments[-1].vehicle is vehicle
    assert {f.code for f in done.findings} == warned


def test_another_vehicle_than_that_of_the_line_is_pointed_out() -> None:
    done = on_line(answered(), "MIGAC").attempt("decide_repayment", Hat.HEAD, vehicle=Vehicle.TITLE)
    assert isinstance(done, Decision)
    assert {f.code for f in done.findings} == {"vehicle_differs"}
    assert done.after.repayments[-1].vehicle is Vehicle.TITLE


def test_a_call_sets_the_vehicle_of_its_lines() -> None:
    life = on_line(answered(), "FIR")
    chosen = {"FIR": Sourced(Vehicle.OFFSET, Origin.CHOICE, "A3", "Note du 4 mars 2024.")}
    life.under(rewritten(life.call, "clauses.funding.repayment_vehicles", chosen))
    done = life.attempt("decide_repayment", Hat.HEAD, vehicle=None)
    assert isinstance(done, Decision)
    assert done.after.repayments[-1].vehicle is Vehicle.OFFSET


def test_the_file_of_a_call_names_the_vehicle_of_a_line() -> None:
    text = (CALLS / "guyane-2020.toml").read_text("utf-8")
    table = '[clauses.funding.repayment_vehicles]\nMIGAC = { value = "title", rule = "DG-01" }\n'
    call = parse_call(text + "\n" + table, quota_sources=quota_sources())
    found = call.clauses.funding.repayment_vehicle("MIGAC")
    assert found is not None
    assert (found.value, found.rule) == (Vehicle.TITLE, "DG-01")
    # unsaid, it changes nothing of what the call froze
    assert parse_call(text, quota_sources=quota_sources()).digest == call_of("guyane-2020", completed=False).digest
    with pytest.raises(CallFileError):
        parse_call(text + "\n" + table.replace('"title"', '"cheque"'), quota_sources=quota_sources())


@pytest.mark.parametrize(("line", "lines"), [(None, 2), ("FIR", 1), ("MIGAC", 1), ("autre", 0)])
def test_the_vehicles_are_shown_with_the_call_as_defaults(line: str | None, lines: int) -> None:
    call = on_line(answered(), line).call
    told = [told for told in money(call) if "à reverser" in told.text]
    assert len(told) == lines
    assert {line.mark for line in told} <= {"[A3, valeur par défaut]"}


def test_no_title_is_requested_for_an_amending_decision() -> None:
    life = on_line(answered(), "MIGAC").do("decide_repayment", Hat.HEAD, vehicle=None)
    answer = life.attempt("request_title", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert answer.codes == {"vehicle_not_title"}
    unnamed = life.attempt("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION)
    assert isinstance(unnamed, Refused)
    assert unnamed.codes == {"deed_missing"}
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-2026-3")
    assert (current(life).state, current(life).deed) == (RepaymentState.OTHER_VEHICLE, "DM-2026-3")
    assert current(life.do("record_repaid", Hat.INSTRUCTOR)).state is RepaymentState.PAID


# A title, once for ever.


def test_a_title_is_requested_once_whatever_happens_since() -> None:
    life = decided().do("request_title", Hat.INSTRUCTOR)
    asked_on = current(life).title_asked_on
    assert asked_on == life.today
    again = life.attempt("request_title", Hat.INSTRUCTOR)
    assert isinstance(again, Refused)
    assert "title_already_requested" in again.codes
    # another way, then back to the title: it is still the one requested first
    life.later(3).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    assert (current(life).state, current(life).title_asked_on) == (RepaymentState.TITLE_REQUESTED, asked_on)
    assert isinstance(life.attempt("request_title", Hat.INSTRUCTOR), Refused)
    letters = [effect.name for done in life.journal for effect in done.effects if effect.name == "L16"]
    assert letters == ["L16"]


def test_the_guard_alone_refuses_a_second_request() -> None:
    life = decided().do("request_title", Hat.INSTRUCTOR)
    life.changed(repayments=(replace(current(life), state=RepaymentState.DECIDED),))
    answer = life.attempt("request_title", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert answer.codes == {"title_already_requested"}


# An offset.


def _with_a_tranche_left() -> Life:
    """Half of the tranche was paid: 14 months served are worth more than what is still to be paid."""
    life = decided(amount=Decimal("60000.00"), notified=WHOLE)
    return life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)


def test_an_offset_is_written_on_both_sides() -> None:
    life = _with_a_tranche_left()
    due_before = current(life).outstanding
    assert due_before == Decimal("60000.00") - SERVED
    life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("5000.00"))
    repayment, dossier = current(life), life.dossier
    (movement,) = repayment.movements
    assert (movement.kind, movement.amount, movement.tranche) == (MovementKind.OFFSET, Decimal("5000.00"), "T1")
    entry = dossier.ledger[-1]
    assert (entry.kind, entry.amount, entry.tranche) == (LedgerKind.OFFSET, Decimal("5000.00"), "T1")
    assert entry.reference == repayment.cause
    assert (repayment.repaid, repayment.outstanding) == (Decimal("5000.00"), due_before - 5000)
    # what the recruiter owed has paid what it was owed
    assert dossier.credits[0].to_pay == WHOLE - Decimal("65000.00")
    assert repayment.repaid <= dossier.paid


def test_no_offset_above_what_the_tranche_still_has_to_pay() -> None:
    life = decided().do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    answer = life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("0.01"))
    assert isinstance(answer, Refused)
    assert answer.codes == {"amount_above_tranche"}
    unknown = life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T9", amount=Decimal("0.01"))
    assert isinstance(unknown, Refused)
    assert unknown.codes == {"tranche_unknown"}


def test_no_offset_without_having_chosen_it() -> None:
    answer = titled().attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("0.01"))
    assert isinstance(answer, Refused)
    assert "vehicle_not_offset" in answer.codes


def test_an_offset_is_taken_back_on_both_sides_and_nothing_is_erased() -> None:
    life = _with_a_tranche_left()
    before, credit = current(life), life.dossier.credits[0]
    life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("5000.00"))
    written = life.dossier.ledger[-1]
    life.later(1).do("correct_ledger_entry", Hat.HEAD, entry=written.id)
    repayment, back = current(life), life.dossier.ledger[-1]
    assert (back.kind, back.amount, back.corrects) == (LedgerKind.OFFSET, Decimal("-5000.00"), written.id)
    assert [moved.kind for moved in repayment.movements] == [MovementKind.OFFSET, MovementKind.OFFSET_UNDONE]
    assert repayment.repaid == 0
    assert (repayment.outstanding, repayment.state) == (before.outstanding, before.state)
    assert life.dossier.credits[0] == credit
    lines = {line.id: line for line in account_lines(life.dossier)}
    assert lines["R1-2"].amount == Decimal("-5000.00")
    assert lines["R1-2"].after.recovered == 0
    again = life.attempt("correct_ledger_entry", Hat.HEAD, entry=written.id)
    assert isinstance(again, Refused)
    assert "entry_corrected" in again.codes
    # the right amount may be written since
    assert current(life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("50.00"))).repaid == 50


def test_an_offset_taken_back_leaves_what_else_came_back() -> None:
    life = _with_a_tranche_left().do("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("5000.00"))
    offset = life.dossier.ledger[-1].id
    life.do("record_repaid", Hat.INSTRUCTOR, amount=current(life).outstanding)
    assert current(life).state is RepaymentState.PAID
    life.do("correct_ledger_entry", Hat.HEAD, entry=offset)
    assert (current(life).state, current(life).outstanding) == (RepaymentState.PARTLY_PAID, Decimal("5000.00"))


def _settled(life: Life) -> str:
    """The repayment paid in full and settled; gives the entry of its offset."""
    life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("5000.00"))
    offset = life.dossier.ledger[-1].id
    life.do("record_repaid", Hat.INSTRUCTOR, amount=current(life).outstanding).do("settle", Hat.INSTRUCTOR)
    return offset


def test_an_offset_of_a_repayment_that_is_settled_is_not_taken_back() -> None:
    life = _with_a_tranche_left()
    answer = life.attempt("correct_ledger_entry", Hat.HEAD, entry=_settled(life))
    assert isinstance(answer, Refused)
    assert "entry_corrected" in answer.codes


def test_an_offset_given_back_to_the_recruiter_is_not_taken_back() -> None:
    life = _with_a_tranche_left().do("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("5000.00"))
    offset, left = life.dossier.ledger[-1].id, current(life).outstanding
    relieved(life, Relief.REDUCED, left)
    life.do("file_claim", Hat.RECRUITER, contested=None)
    life.do("answer_claim", Hat.HEAD, outcome=ClaimState.ACCEPTED, granted=None)
    life.do("record_refund", Hat.INSTRUCTOR, amount=Decimal("5000.00"))
    answer = life.attempt("correct_ledger_entry", Hat.HEAD, entry=offset)
    assert isinstance(answer, Refused)
    assert "entry_corrected" in answer.codes


# The time-bar.


def test_five_years_from_the_day_the_agency_knew() -> None:
    life = proposed()
    known = current(life).known_on
    assert known == date(2025, 12, 31)
    assert current(life).barred_after == date(2030, 12, 31)
    alerts = due(life, DueKind.TIME_BAR)
    assert [d.on for d in alerts] == [date(2030, 12, 31) - 180 * DAY, date(2030, 12, 31) - 30 * DAY]
    assert {d.rule for d in alerts} == {"C. civ. art. 2224"}
    life.do("start_contradictory", Hat.INSTRUCTOR).do("record_remarks", Hat.RECRUITER)
    assert isinstance(life.copy().on(date(2030, 12, 31)).attempt("decide_repayment", Hat.HEAD), Decision)
    late = life.copy().on(date(2031, 1, 1))
    held = late.attempt("decide_repayment", Hat.HEAD)
    assert isinstance(held, Refused)
    assert held.codes == {"time_barred"}
    lifted = late.attempt("decide_repayment", Hat.HEAD, lifts={"time_barred": "motif-0009"})
    assert isinstance(lifted, Decision)
    assert due(decided(), DueKind.TIME_BAR) == []


# What is kept for the letters.


def test_the_calculation_is_kept_with_the_amount() -> None:
    bases = current(proposed()).bases
    assert bases is not None
    month = Decimal("3249.79")
    assert bases.earned == (
        EarnedLine(date(2024, 11, 1), date(2025, 10, 1), 1, 12, 30, month),
        EarnedLine(date(2025, 11, 1), date(2025, 12, 1), 2, 2, 30, month),
    )
    assert [(line.id, line.amount) for line in bases.paid] == [("E1", WHOLE)]
    assert (bases.total_paid, bases.total_earned, bases.excess) == (WHOLE, SERVED, UNSERVED)
    assert bases.thirtieths == 14 * 30


def test_the_debtor_is_stored_with_the_decision() -> None:
    life = answered()
    assert current(life).debtor is None
    debtor = current(life.do("decide_repayment", Hat.HEAD)).debtor
    recruiter = life.profile.recruiter
    assert debtor is not None
    assert (debtor.site, debtor.legal_entity, debtor.name) == (recruiter.id, recruiter.legal_entity, recruiter.name)


def test_settled_only_at_zero() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR, amount=UNSERVED - Decimal("0.01"))
    answer = life.attempt("settle", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert answer.codes == {"not_settled"}
    relieved(life, Relief.REMITTED, Decimal("0.01"))
    life.do("settle", Hat.INSTRUCTOR)
    assert life.dossier.state is State.ENDED
    assert current(life).settled_on == life.today
