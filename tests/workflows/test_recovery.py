"""How the money comes back: the vehicle of its line, a title asked for once, an offset on a tranche, the time-bar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from backoffice.callfiles import CALLS, quota_sources
from tests.builders import Hat, call_of, rewritten
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
from workflows.calls.errors import CallFileError
from workflows.calls.explain.money import money
from workflows.calls.funding import Vehicle
from workflows.calls.parse import parse_call
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused
from workflows.due import DueKind
from workflows.parts.bases import EarnedLine
from workflows.parts.movements import MovementKind
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.repaying.track import awaited
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
    (awaits,) = awaited(current(life), life.dossier.state, life.call, life.today)
    assert (awaits.who, "la décision modificative reprend" in awaits.what) == ("l’instructeur", True)
    found = current(life.do("record_repaid", Hat.INSTRUCTOR))
    assert ([moved.kind for moved in found.movements], found.state) == ([MovementKind.AMENDED], RepaymentState.PAID)


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
    assert due(decided().do("request_title", Hat.INSTRUCTOR), DueKind.TIME_BAR) == []


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
