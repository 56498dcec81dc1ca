"""The worked example of a Nouvelle-Aquitaine post, date by date and to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.rehearsal.playing import at, codes, due, local, report, shipped, states, step, steps
from workflows.calls.funding import RepaymentReading
from workflows.due import DueKind
from workflows.effects import Addressee
from workflows.parts.repayment_steps import RepaymentState
from workflows.rehearsal.report import Opened, Step
from workflows.states import State

EVERY_TRANCHE = ("T1", "T2", "T3")
M = Decimal("3249.79")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("tranches", EVERY_TRANCHE)
def test_every_state_on_its_day(tranches):
    # 6.1 writes « reversement » beside L15 and L16: that is the debt, decided on 15/04. The state begins with what the
    # machine proposes (A3), once the end is recorded with money due: L14 is a step of it, before any decision
    assert states(shipped("na-2024-parcours", tranches)) == [
        (day("2024-06-10"), State.SUBMITTED),
        (day("2024-06-28"), State.COMPLETE),
        (day("2024-07-11"), State.COMMITTEE),
        (day("2024-07-11"), State.SELECTED),
        (day("2024-07-22"), State.NOTIFIED),
        (day("2025-01-01"), State.IN_POST),
        (day("2025-06-01"), State.WITHDRAWN),
        (day("2025-06-12"), State.NOTIFIED),
        (day("2025-07-01"), State.IN_POST),
        (day("2026-02-28"), State.ENDED),
        (day("2026-02-28"), State.CLAWBACK),
    ]


def test_the_form_is_a_draft_from_the_day_it_is_opened_until_it_is_filed():
    found = shipped("na-2024-parcours", "T2")
    (opened,) = [line for line in found.history if isinstance(line, Opened)]
    assert local(found, opened).date() == day("2024-05-02")
    acts = [line for line in found.history if isinstance(line, Step)]
    filed = acts.index(step(found, "submit"))
    assert {act.source for act in acts[: filed + 1]} == {State.DRAFT}
    assert State.DRAFT not in {act.source for act in acts[filed + 1 :]}


def test_the_committee_ranks_it_fourth():
    committee = report(shipped("na-2024-parcours", "T2")).dossier.committee
    assert committee is not None
    assert (committee.rank, committee.judged_on) == (4, day("2024-07-11"))


def test_the_silence_clock_stands_still_eleven_days():
    found = shipped("na-2024-parcours", "T2")
    filed, answered = step(found, "submit"), steps(found, "receive_piece")[1]
    assert local(found, filed) == at("2024-06-10T14:12")
    assert filed.dates
    assert filed.dates["silence_on"] == day("2024-08-10")
    asked = step(found, "request_pieces").dates
    assert asked
    assert asked["pieces_due_on"] == day("2024-07-02")
    assert answered.dates
    assert answered.dates["silence_on"] == day("2024-08-21")


def test_a_receipt_and_a_request_for_pieces_leave():
    found = shipped("na-2024-parcours", "T2")
    assert [e.name for e in step(found, "submit").effects] == ["L1", "L2"]
    assert [e.name for e in step(found, "request_pieces").effects] == ["L3"]
    assert {e.name for e in step(found, "notify").effects} == {"L8"}


def test_the_deferral_slides_the_end():
    deferred = step(shipped("na-2024-parcours", "T2"), "defer")
    assert deferred.dates == {"planned_start": day("2025-01-01"), "planned_end": day("2026-12-31")}
    assert "deferral_out_of_windows" in codes(deferred)


def test_the_machine_records_the_departure_at_midnight():
    found = shipped("na-2024-parcours", "T2")
    left = step(found, "withdraw")
    assert local(found, left) == at("2025-06-01T00:00")
    assert left.by.id == "clock"


def test_b_starts_in_july_and_the_end_stays():
    found = shipped("na-2024-parcours", "T2")
    first, second = report(found).dossier.tenures
    assert (first.starts_on, first.ends_on) == (day("2025-01-01"), day("2025-05-31"))
    assert (second.starts_on, second.ends_on) == (day("2025-07-01"), day("2026-02-28"))
    award = report(found).dossier.award
    assert award is not None
    assert award.planned_end == day("2026-12-31")


def test_the_vacant_month_is_deducted_from_the_next_tranche_proposed():
    found = shipped("na-2024-parcours", "T2")
    assert due(found, DueKind.TRANCHE) == [day("2025-01-01"), day("2026-01-01")]
    first, sent = steps(found, "record_tranche")
    assert codes(first) == set()  # the twelve months of 2025, as proposed
    assert codes(sent) == {"tranche_pattern_differs"}
    assert "35\u202f747,69\u00a0€" in sent.findings[0].sentence


def test_the_late_declaration_is_told():
    assert codes(step(shipped("na-2024-parcours", "T2"), "record_end")) == {"declared_late"}


def test_the_answer_waits_for_the_tuesday_after_easter():
    found = shipped("na-2024-parcours", "T2")
    asked = step(found, "start_contradictory")
    assert local(found, asked).date() == day("2026-03-05")
    assert asked.dates == {}  # nothing runs before the proof of receipt
    assert step(found, "record_proof").dates == {"remarks_by": day("2026-04-07")}
    early, late = steps(found, "decide_repayment")
    # the call says nothing of its line of credits: a title, and a warning
    assert codes(early) == {"contradictory_running", "line_unknown"}
    assert local(found, late).date() == day("2026-04-15")
    assert not late.refused
    assert due(found, DueKind.CONTRADICTORY_OVER) == [day("2026-04-08")]


def test_the_repayment_is_decided_then_billed_each_by_its_letter():
    found = shipped("na-2024-parcours", "T2")
    acts = (step(found, "start_contradictory"), steps(found, "decide_repayment")[1], step(found, "request_title"))
    assert [(local(found, act).date(), [(e.name, e.to) for e in act.effects]) for act in acts] == [
        (day("2026-03-05"), [("L14", Addressee.RECRUITER)]),
        (day("2026-04-15"), [("L15", Addressee.RECRUITER)]),
        (day("2026-04-20"), [("L16", Addressee.ACCOUNTANT)]),
    ]
    assert {act.target for act in acts} == {State.CLAWBACK}
    repayment = report(found).dossier.repayment
    assert repayment is not None
    assert (repayment.opened_on, repayment.decided_on) == (day("2026-02-28"), day("2026-04-15"))


@pytest.mark.parametrize("tranches", EVERY_TRANCHE)
def test_what_v4_gives_back(tranches):
    """A five months, one vacant, B eight: the three patterns have all delegated the same by then."""
    account = report(shipped("na-2024-parcours", tranches))
    assert account.funded is not None
    assert account.owed is not None
    assert account.funded.months == 13
    assert account.funded.total == Decimal("42247.27")
    assert {line.reading: line.amount for line in account.owed.readings} == {
        RepaymentReading.PRORATA: Decimal("35747.69"),
        RepaymentReading.INTEGRAL: Decimal("77994.96"),
        RepaymentReading.CONTRACT_YEAR: Decimal("42247.27"),
    }
    repayment = account.dossier.repayment
    assert repayment is not None
    assert repayment.decided == Decimal("35747.69")
    assert repayment.state is RepaymentState.TITLE_REQUESTED


V3 = {
    "T1": ("77994.96", "32497.90", "77994.96", "38997.48"),
    "T2": ("45497.06", "0.00", "45497.06", "6499.58"),
    "T3": ("77994.96", "32497.90", "77994.96", "38997.48"),
}


@pytest.mark.parametrize("tranches", EVERY_TRANCHE)
def test_what_v3_gives_back(tranches):
    paid, prorata, integral, contract_year = (Decimal(text) for text in V3[tranches])
    account = report(shipped("na-2024-fin-anticipee", tranches))
    assert account.owed is not None
    assert account.owed.served == 14 * M == Decimal("45497.06")
    assert account.owed.paid == paid
    assert [line.amount for line in account.owed.readings] == [prorata, integral, contract_year]
    assert all(line.allowed for line in account.owed.readings)
    assert not account.owed.decidable


def test_an_unsigned_reading_decides_nothing():
    refused = step(shipped("na-2024-fin-anticipee", "T2"), "decide_repayment")
    assert codes(refused) == {"reading_not_chosen", "line_unknown"}


def test_the_whole_award_by_budget_year():
    awarded = report(shipped("na-2024-fin-anticipee", "T1")).awarded
    assert awarded is not None
    assert awarded.months == Fraction(24)
    assert awarded.by_year == {2024: Decimal("6499.58"), 2025: Decimal("38997.48"), 2026: Decimal("32497.90")}
