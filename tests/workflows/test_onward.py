"""No dossier stands where nobody of the agency can carry it further, whatever else may still be done on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.golden.scenes import scenes
from tests.lives import Life, life_of
from workflows.acts.award import LapseGround
from workflows.onward import may_go_on
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.requests import RequestState
from workflows.states import State

CALLS = ("na-2024", "cvl-ville-hopital", "idf-2025", "ara-2017", "guyane-2020")
SCENES = {f"{call}: {title}": life for call in CALLS for title, life in scenes(call)}


def goes_on(life: Life) -> bool:
    return may_go_on(life.dossier, life.call, life.now)


def proven(life: Life) -> Life:
    """The same life once every letter is proven to have been received."""
    found = tuple(replace(r, received_on=r.asked_on) for r in life.dossier.receipts)
    return life.copy().changed(receipts=found)


def stuck(call: str = "na-2024") -> Life:
    """Notified and then given notice by a letter that nothing is kept of, the start never told: nothing leads on."""
    life = life_of(call).to(State.NOTIFIED).later(60)
    life.do("give_notice", Hat.HEAD, ground=LapseGround.NO_START)
    return life.changed(receipts=())


@pytest.mark.parametrize("scene", SCENES)
def test_the_agency_may_carry_every_dossier_on_for_years(scene):
    life = SCENES[scene]
    later = proven(life)
    later.now += timedelta(days=4 * 365)
    assert goes_on(life)
    assert goes_on(later)


@pytest.mark.parametrize("call", CALLS)
def test_a_dossier_that_only_a_pause_or_a_message_may_be_put_on_is_stuck(call):
    life = stuck(call)
    possible = {name for name, found in life.explained(Hat.HEAD).items() if found.allowed or found.held}
    assert {"pause_reminders", "file_message", "judge_piece", "withdraw"} <= possible
    assert not goes_on(life)


def test_a_step_back_is_no_way_on():
    life = stuck()
    assert life.dossier.last is not None
    life.changed(last=replace(life.dossier.last, since=()))
    assert life.explained(Hat.HEAD)["revert"].allowed
    assert not goes_on(life)


def test_a_letter_to_prove_or_a_request_to_answer_is_somebodys_work():
    life = stuck()
    sent = life_of("na-2024").to(State.NOTIFIED).dossier.receipts
    assert goes_on(life.copy().changed(receipts=sent))
    life.do("ask_deferral", Hat.RECRUITER)
    assert goes_on(life)
    answered = tuple(replace(r, state=RequestState.REFUSED) for r in life.dossier.requests)
    assert not goes_on(life.changed(requests=answered))


def test_what_was_served_ends_by_a_withdrawal():
    """The award of a post that was served does not lapse: whoever does not come is recorded as gone (A16)."""
    life = stuck()
    served = life_of("na-2024").to(State.IN_POST).dossier.tenures
    assert goes_on(life.changed(tenures=served))


@pytest.mark.parametrize("step", RepaymentState)
def test_a_repayment_always_has_a_next_step(step):
    life = proven(life_of("na-2024").to(State.CLAWBACK).later(5))
    current = life.dossier.repayment
    assert current is not None
    # what was decided is what is settled, once it is said to be
    reached = replace(current, state=step, decided=Decimal(0) if step is RepaymentState.PAID else current.proposed)
    assert goes_on(life.changed(repayments=(reached,)))


@pytest.mark.parametrize("state", [State.DRAFT, State.REJECTED, State.ENDED])
def test_a_draft_and_what_is_over_wait_for_nobody_of_the_agency(state):
    assert goes_on(stuck().changed(state=state))
