"""The days and the numbers of what comes back: none before it was due, no number twice without a word."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.repaying import answered, current, decided, proposed, titled
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.french import short_day
from workflows.parts.claims import ClaimState
from workflows.states import State

DAY = timedelta(days=1)
HUNDRED = Decimal("100.00")


def said(answer: Decision | Refused) -> tuple[bool, set[str]]:
    """Whether it goes through, and what it is told."""
    return isinstance(answer, Decision), {finding.code for finding in answer.findings}


def paid_on(life: Life, day: date) -> tuple[bool, set[str]]:
    """What is answered to a payment received that day."""
    return said(life.attempt("record_repaid", Hat.INSTRUCTOR, amount=HUNDRED, paid_on=day))


def test_nothing_comes_back_before_it_was_decided() -> None:
    life = titled()
    decided_on, issued = current(life).decided_on, current(life).title_on
    assert decided_on is not None
    assert issued is not None
    assert paid_on(life, decided_on - DAY) == (False, {"repaid_before_decision"})
    assert paid_on(life, decided_on) == (True, {"repaid_before_title"})
    assert paid_on(life, issued - DAY) == (True, {"repaid_before_title"})
    assert paid_on(life, issued) == (True, set())


def test_the_day_of_a_payment_is_said_before_it_is_recorded() -> None:
    life = titled()
    answer = life.attempt("record_repaid", Hat.INSTRUCTOR, amount=HUNDRED)
    assert isinstance(answer, Decision)
    told = " ".join(described(life.dossier, answer.after))
    assert "Paiement reçu de 100,00\u00a0€, le" in told


def test_nothing_is_given_back_before_it_came() -> None:
    life = titled().do("file_claim", Hat.INSTRUCTOR, contested=HUNDRED).later(3).do("record_repaid", Hat.INSTRUCTOR)
    came = life.today
    life.later(2).do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)
    early = life.attempt("record_refund", Hat.INSTRUCTOR, amount=HUNDRED, refunded_on=came - DAY)
    assert said(early) == (False, {"refund_before_payment"})
    assert said(life.attempt("record_refund", Hat.INSTRUCTOR, amount=HUNDRED, refunded_on=came)) == (True, set())


# The hearing.


@pytest.mark.parametrize(("days", "goes"), [(-1, False), (0, True)])
def test_nobody_is_heard_before_the_contradictory_step(days: int, goes: bool) -> None:
    life = proposed().later(2).do("start_contradictory", Hat.INSTRUCTOR)
    opened = life.today
    life.later(10).do("record_remarks", Hat.RECRUITER).later(5)
    answer = life.attempt("decide_repayment", Hat.HEAD, heard_on=opened + timedelta(days=days))
    assert said(answer) == (goes, set() if goes else {"heard_before_hearing"})


def test_nobody_is_heard_tomorrow() -> None:
    life = answered()
    assert not isinstance(life.attempt("decide_repayment", Hat.HEAD, heard_on=life.today + DAY), Decision)


# The title.


def test_a_title_whose_request_has_not_left_is_pointed_out() -> None:
    life = decided().do("request_title", Hat.INSTRUCTOR).later(2)
    assert said(life.attempt("record_title", Hat.INSTRUCTOR)) == (True, set())
    waits = life.around(letters_waiting=frozenset({("L16", current(life).cause)}))
    assert said(waits.attempt("record_title", Hat.INSTRUCTOR)) == (True, {"title_request_waits"})


def test_another_day_of_receipt_moves_the_period_to_claim_and_shows_the_first() -> None:
    life = titled().later(2)
    first, given = life.today, {"received_on": life.today}
    assert said(life.attempt("record_title_receipt", Hat.INSTRUCTOR, **given)) == (True, set())
    life.do("record_title_receipt", Hat.INSTRUCTOR, **given).later(5)
    assert said(life.attempt("record_title_receipt", Hat.INSTRUCTOR, **given)) == (True, set())
    again = life.attempt("record_title_receipt", Hat.INSTRUCTOR, received_on=life.today)
    assert said(again) == (True, {"title_receipt_told"})
    assert short_day(first) in again.findings[0].sentence


def test_the_number_of_the_title_of_another_dossier_is_pointed_out() -> None:
    life = decided().do("request_title", Hat.INSTRUCTOR).later(2)
    other = life.around(titled=("NA-2024-0099",))
    assert said(other.attempt("record_title", Hat.INSTRUCTOR)) == (True, {"title_number_elsewhere"})


def test_the_reference_of_another_payment_is_pointed_out() -> None:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.do("record_payment", Hat.INSTRUCTOR, amount=HUNDRED, reference="VIR-1")
    again = life.attempt("record_payment", Hat.INSTRUCTOR, amount=HUNDRED, reference=" vir-1 ")
    assert said(again) == (True, {"payment_reference_used"})
    assert said(life.attempt("record_payment", Hat.INSTRUCTOR, amount=HUNDRED, reference="VIR-2")) == (True, set())
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    assert said(life.attempt("record_payment", Hat.INSTRUCTOR, amount=HUNDRED, reference="VIR-1")) == (True, set())
