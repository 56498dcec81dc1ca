"""Claims against a repayment: beside it, with their clock, answered by a head; an accepted one makes the reduction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.repaying import DAY, UNSERVED, answered, current, decided, proposed, relieved, titled
from workflows.calendars import Calendar
from workflows.calls.funding import Vehicle
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.due import DueKind, due_items
from workflows.legal_clocks import ClockKind, LegalClock, legal_clocks
from workflows.parts.claims import Claim, ClaimState, claim_until
from workflows.parts.movements import MovementKind
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.states import State

CENT, ZERO = Decimal("0.01"), Decimal(0)


def _claim(life: Life) -> Claim:
    return current(life).claims[-1]


def test_the_recruiter_files_a_claim_and_the_repayment_stays_as_it_is() -> None:
    life = titled()
    before = current(life)
    life.do("file_claim", Hat.RECRUITER, channel=None, came_on=None, evidence=None)
    claim = _claim(life)
    assert (claim.state, claim.contested, claim.filed_on) == (ClaimState.OPEN, UNSERVED, life.today)
    assert (claim.recorded_by, claim.grounds) == (None, "motif-0004")
    assert (current(life).state, current(life).outstanding) == (before.state, before.outstanding)


def test_an_agent_records_a_claim_with_the_day_it_came() -> None:
    life = titled().later(20)
    came_on = life.today - 6 * DAY
    life.do("file_claim", Hat.INSTRUCTOR, came_on=came_on, contested=Decimal("1000.00"))
    claim = _claim(life)
    assert (claim.filed_on, claim.recorded_on) == (came_on, life.today)
    assert (claim.recorded_by, claim.contested) == ("lavande-azur", Decimal("1000.00"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"grounds": ""}, "grounds_missing"),
        ({"contested": UNSERVED + CENT}, "claim_above_debt"),
        ({"contested": Decimal(0)}, "claim_above_debt"),
        ({"channel": None}, "answer_arrival_unknown"),
    ],
)
def test_a_claim_says_why_and_no_more_than_is_asked(given: dict[str, object], code: str) -> None:
    answer = decided().attempt("file_claim", Hat.INSTRUCTOR, **given)
    assert isinstance(answer, Refused)
    assert answer.codes == {code}


def test_nothing_is_claimed_before_the_decision() -> None:
    answer = proposed().attempt("file_claim", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert "repayment_step" in answer.codes


def test_one_claim_at_a_time_and_another_once_answered() -> None:
    life = decided().do("file_claim", Hat.INSTRUCTOR)
    again = life.attempt("file_claim", Hat.INSTRUCTOR)
    assert isinstance(again, Refused)
    assert again.codes == {"claim_already_open"}
    life.do("answer_claim", Hat.HEAD).later(3).do("file_claim", Hat.INSTRUCTOR)
    assert [claim.state for claim in current(life).claims] == [ClaimState.REJECTED, ClaimState.OPEN]


def _amended() -> Life:
    """No title is to come: the decision is what a claim contests."""
    return answered().do("decide_repayment", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION).later(1)


def test_the_two_months_run_from_the_proof_of_receipt() -> None:
    # 10 February + 2 months franc: until 11 April, a Saturday, so Monday 13
    assert claim_until(date(2026, 2, 10), Calendar("metropole")) == date(2026, 4, 13)
    life = _amended()
    assert "claim_late" not in _warned(life.copy().later(400).attempt("file_claim", Hat.INSTRUCTOR))
    life.prove("L15")
    until = claim_until(life.today, Calendar(life.call.authority.calendar))
    assert "claim_late" not in _warned(life.on(until).attempt("file_claim", Hat.INSTRUCTOR))
    late = life.on(until + DAY).attempt("file_claim", Hat.INSTRUCTOR)
    # a transposition warns; it never refuses
    assert isinstance(late, Decision)
    assert "claim_late" in _warned(late)


def test_silence_for_six_months_is_a_rejection_told_beforehand() -> None:
    life = decided().do("file_claim", Hat.INSTRUCTOR)
    claim, filed = _claim(life), life.today
    silent = date(filed.year + (filed.month > 6), (filed.month + 5) % 12 + 1, filed.day)
    assert claim.silent_on == silent
    assert claim.waits(silent - DAY)
    assert not claim.waits(silent)
    due = {d.kind: d.on for d in due_items(life.dossier, life.call, life.today) if "claim" in d.kind.value}
    assert due == {DueKind.CLAIM_DUE: silent - 30 * DAY, DueKind.CLAIM_ELAPSED: silent}
    # a clock, not a state: an express answer may still come
    life.on(silent + DAY).do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)
    assert current(life).outstanding == 0
    assert not [d for d in due_items(life.dossier, life.call, life.today) if "claim" in d.kind.value]


@pytest.mark.parametrize(
    ("outcome", "granted", "reduced"),
    [
        (ClaimState.ACCEPTED, None, "1000.00"),
        (ClaimState.ACCEPTED, "1000.00", "1000.00"),
        (ClaimState.REDUCED, "400.00", "400.00"),
        (ClaimState.REJECTED, None, "0.00"),
    ],
)
def test_an_answer_makes_the_reduction_it_grants(outcome: ClaimState, granted: str | None, reduced: str) -> None:
    life = decided().do("file_claim", Hat.INSTRUCTOR, contested=Decimal("1000.00")).later(10)
    given = None if granted is None else Decimal(granted)
    life.do("answer_claim", Hat.DG, outcome=outcome, granted=given)
    claim = _claim(life)
    assert (claim.state, claim.granted, claim.answered_on) == (outcome, Decimal(reduced), life.today)
    # what was contested is not forgotten
    assert (claim.contested, claim.grounds) == (Decimal("1000.00"), "motif-0004")
    assert current(life).outstanding == UNSERVED - Decimal(reduced)
    made = [(m.kind, m.amount, m.claim) for m in current(life).movements]
    assert made == ([(MovementKind.REDUCED, Decimal(reduced), claim.id)] if Decimal(reduced) else [])


@pytest.mark.parametrize(
    ("outcome", "granted"),
    [
        (ClaimState.OPEN, None),
        (ClaimState.ACCEPTED, "999.99"),
        (ClaimState.REDUCED, None),
        (ClaimState.REDUCED, "1000.00"),
        (ClaimState.REDUCED, "0.00"),
        (ClaimState.REDUCED, "-1.00"),
        (ClaimState.REJECTED, "0.01"),
    ],
)
def test_an_answer_and_its_amount_agree(outcome: ClaimState, granted: str | None) -> None:
    life = decided().do("file_claim", Hat.INSTRUCTOR, contested=Decimal("1000.00"))
    given = None if granted is None else Decimal(granted)
    answer = life.attempt("answer_claim", Hat.DG, outcome=outcome, granted=given)
    assert isinstance(answer, Refused)
    assert answer.codes == {"claim_grant_wrong"}


def test_an_instructor_does_not_answer_and_nothing_is_answered_twice() -> None:
    life = decided().do("file_claim", Hat.RECRUITER, channel=None, came_on=None, evidence=None)
    other = life.attempt("answer_claim", Hat.INSTRUCTOR)
    assert isinstance(other, Refused)
    assert other.codes == {"not_allowed"}
    again = life.do("answer_claim", Hat.HEAD).attempt("answer_claim", Hat.HEAD)
    assert isinstance(again, Refused)
    assert again.codes == {"claim_not_open"}


def test_a_claim_accepted_once_paid_makes_money_to_give_back() -> None:
    life = titled().do("file_claim", Hat.INSTRUCTOR, contested=Decimal("500.00"))
    life.do("record_repaid", Hat.INSTRUCTOR)
    assert (current(life).state, current(life).is_over) == (RepaymentState.PAID, True)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)
    assert (current(life).outstanding, current(life).to_refund) == (Decimal(0), Decimal("500.00"))
    closing = life.attempt("settle", Hat.INSTRUCTOR)
    assert isinstance(closing, Refused)
    assert closing.codes == {"not_refunded"}
    over = life.attempt("record_refund", Hat.INSTRUCTOR, amount=Decimal("500.01"))
    assert isinstance(over, Refused)
    assert over.codes == {"amount_above_refund"}
    life.do("record_refund", Hat.INSTRUCTOR)
    assert current(life).repaid == UNSERVED - 500
    assert life.do("settle", Hat.INSTRUCTOR).dossier.state is State.ENDED


def test_a_claim_may_still_come_once_the_repayment_is_settled() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR).do("settle", Hat.INSTRUCTOR).later(5)
    life.do("file_claim", Hat.INSTRUCTOR, contested=Decimal("10.00")).later(5)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED).do("record_refund", Hat.INSTRUCTOR)
    assert life.dossier.state is State.ENDED
    assert current(life).is_over


def test_an_open_claim_warns_before_settling() -> None:
    life = titled().do("file_claim", Hat.INSTRUCTOR).do("record_repaid", Hat.INSTRUCTOR)
    closing = life.attempt("settle", Hat.INSTRUCTOR)
    assert isinstance(closing, Decision)
    assert _warned(closing) == {"claim_open"}
    # silence has rejected it
    silent = _claim(life).silent_on
    assert _warned(life.copy().on(silent).attempt("settle", Hat.INSTRUCTOR)) == set()
    assert _warned(life.do("answer_claim", Hat.HEAD).attempt("settle", Hat.INSTRUCTOR)) == set()


def test_the_clock_of_a_title_waits_for_its_receipt() -> None:
    life = titled()
    waiting = _clocks(life)[ClockKind.CLAIM]
    title = current(life)
    assert (waiting.starts_on, waiting.waiting_since, waiting.about) == (None, title.title_on, title.cause)
    life.do("record_title_receipt", Hat.INSTRUCTOR)
    running = _clocks(life)[ClockKind.CLAIM]
    until = claim_until(life.today, Calendar(life.call.authority.calendar))
    assert (running.starts_on, running.until, running.waiting_since) == (life.today, until, None)


def test_both_clocks_of_a_claim_are_shown() -> None:
    life = _amended()
    waiting = _clocks(life)[ClockKind.CLAIM]
    assert (waiting.starts_on, waiting.until, waiting.waiting_since) == (None, None, life.today - DAY)
    life.prove("L15")
    until = claim_until(life.today, Calendar(life.call.authority.calendar))
    assert (_clocks(life)[ClockKind.CLAIM].until, _clocks(life)[ClockKind.CLAIM].over) == (until, False)
    life.later(3).do("file_claim", Hat.INSTRUCTOR)
    found = _clocks(life)
    assert (found[ClockKind.CLAIM].answered, found[ClockKind.CLAIM].over) == (True, True)
    answer = found[ClockKind.CLAIM_ANSWER]
    assert (answer.starts_on, answer.until, answer.over) == (life.today, _claim(life).silent_on, False)
    life.do("answer_claim", Hat.HEAD)
    assert ClockKind.CLAIM_ANSWER not in _clocks(life)


def _clocks(life: Life) -> dict[ClockKind, LegalClock]:
    return {clock.kind: clock for clock in legal_clocks(life.dossier, life.call, life.today)}


def test_the_history_tells_a_claim_and_its_answer() -> None:
    life = decided()
    before = life.dossier
    life.do("file_claim", Hat.INSTRUCTOR, contested=Decimal("1000.00"))
    told = " ".join(described(before, life.dossier))
    assert "qui conteste 1\u202f000,00\u00a0€\u00a0: ouverte." in told
    assert "le silence vaut rejet." in told
    before = life.dossier
    life.do("answer_claim", Hat.DG, outcome=ClaimState.REDUCED, granted=Decimal("400.00"))
    told = " ".join(described(before, life.dossier))
    assert "Réduction de 400,00\u00a0€" in told
    assert "acceptée en partie." in told


def _warned(answer: Decision | Refused) -> set[str]:
    assert isinstance(answer, Decision), answer
    return {f.code for f in answer.findings}


# What was written off stays due, and is contested with the rest.


@pytest.mark.parametrize("written_off", [UNSERVED, Decimal("12497.90")])
def test_a_claim_bears_on_what_was_written_off_too(written_off: Decimal) -> None:
    life = relieved(titled(), Relief.WRITTEN_OFF, written_off).do("file_claim", Hat.INSTRUCTOR, contested=None)
    assert _claim(life).contested == UNSERVED
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)
    found = current(life)
    assert (found.moved_by(MovementKind.REDUCED), found.written_off, found.balance) == (UNSERVED, ZERO, ZERO)
    # nothing of it was due: nothing of it is collected any more
    answer = life.attempt("record_repaid", Hat.INSTRUCTOR, amount=CENT)
    assert isinstance(answer, Refused)


def test_a_claim_accepted_in_part_is_taken_off_what_is_due_then_off_what_was_written_off() -> None:
    life = relieved(titled(), Relief.WRITTEN_OFF, Decimal("12497.90")).do("file_claim", Hat.INSTRUCTOR, contested=None)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.REDUCED, granted=Decimal("20100.00"))
    found = current(life)
    assert (found.outstanding, found.written_off, found.to_refund) == (ZERO, Decimal("12397.90"), ZERO)
    assert found.contestable == found.payable == UNSERVED - Decimal("20100.00")


def test_what_was_paid_beyond_what_was_due_is_given_back_once_nothing_is_written_off() -> None:
    life = relieved(titled(), Relief.WRITTEN_OFF, Decimal("2497.90"))
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("30000.00"))
    life.do("file_claim", Hat.INSTRUCTOR, contested=None)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.REDUCED, granted=Decimal("2500.00"))
    assert (current(life).written_off, current(life).to_refund) == (ZERO, Decimal("2.10"))
