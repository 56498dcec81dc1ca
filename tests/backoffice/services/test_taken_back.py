"""What a decision asks for waits while it can be taken back; mails and letters leave the house, looks do not."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services.effects import deliver
from backoffice.services.records import WAIT_BEFORE_SENDING
from backoffice.store import reading
from backoffice.store.calls import QuotaRow
from backoffice.store.outbox import OutboxRow
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat
from workflows.decide import Refused
from workflows.parts.requests import EndReason
from workflows.states import State

MOMENT = timedelta(seconds=1)


def look(session: Session) -> UUID:
    """The row that asks the machine whether money is due."""
    found = session.scalar(select(OutboxRow.id).where(OutboxRow.name == "open_clawback"))
    assert isinstance(found, UUID)
    return found


def carried_out(session: Session, life: StoredLife) -> bool:
    """Whether the machine looks now."""
    return deliver(session, look(session), hands(Time(life.now, life.machine), Told()))


def refused_codes(life: StoredLife, act: str) -> frozenset[str]:
    answer = life.ask(act, Hat.HEAD)
    assert isinstance(answer, Refused), act
    return answer.codes


def test_an_end_recorded_by_mistake_is_taken_back_before_a_repayment_opens(session):
    life = stored_life(session, "na-2024").to(State.ENDED)
    life.machine += WAIT_BEFORE_SENDING - MOMENT
    assert not carried_out(session, life)
    life.do("revert", Hat.HEAD)
    life.machine += timedelta(days=1)
    assert not carried_out(session, life)
    assert life.dossier.state is State.IN_POST
    assert life.dossier.repayments == ()


def test_a_look_of_the_machine_that_found_nothing_is_no_letter(session):
    # one tranche, for November and December, and both months served: nothing is due
    life = stored_life(session, "na-2024").to(State.IN_POST).later(3)
    life.do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
    life.on(date(2025, 1, 6))
    life.do("record_end", Hat.INSTRUCTOR, last_day=date(2024, 12, 31), end_reason=EndReason.PERSONAL)
    life.machine += WAIT_BEFORE_SENDING
    assert carried_out(session, life)
    assert "still_in_the_house" in refused_codes(life, "rectify")
    life.do("revert", Hat.HEAD)
    assert life.dossier.state is State.IN_POST


def test_a_decision_sent_by_letter_is_taken_back_in_the_first_ten_minutes_only(session):
    life = stored_life(session, "na-2024").to(State.NOTIFIED)
    life.machine = MACHINE + WAIT_BEFORE_SENDING - MOMENT
    assert "still_in_the_house" in refused_codes(life, "rectify")
    life.machine = MACHINE + WAIT_BEFORE_SENDING
    assert "left_the_house" in refused_codes(life, "revert")
    life.do("rectify", Hat.HEAD)
    assert life.dossier.state is State.SELECTED


def test_a_letter_cancelled_with_its_decision_says_nothing_of_the_next(session):
    life = stored_life(session, "na-2024").to(State.NOTIFIED).do("revert", Hat.HEAD)
    life.machine += timedelta(days=60)
    life.do("notify", Hat.HEAD)
    assert "still_in_the_house" in refused_codes(life, "rectify")


@pytest.mark.parametrize(("waited", "left"), [(WAIT_BEFORE_SENDING - MOMENT, False), (WAIT_BEFORE_SENDING, True)])
def test_the_history_says_the_same_as_the_rules(session, waited, left):
    life = stored_life(session, "na-2024").to(State.NOTIFIED)
    past = reading.history(session, life.id, MACHINE + waited - WAIT_BEFORE_SENDING)
    assert life.dossier.last is not None
    assert (life.dossier.last.entry in past.left) is left


# The reserve list, as it is stored.


@pytest.fixture
def list_of_two(session) -> tuple[StoredLife, StoredLife]:
    """First and second of the reserve list, ranked the other way round by the committee."""
    found = []
    for committee_rank, reserve_rank in ((2, 1), (1, 2)):
        life = stored_life(session, "na-2024").to(State.COMMITTEE)
        life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR, rank=committee_rank)
        found.append(life.on(life.profile.decided).do("put_on_reserve", Hat.HEAD, rank=reserve_rank))
    return found[0], found[1]


def test_a_place_is_offered_in_the_order_of_the_list(list_of_two):
    first, second = list_of_two
    assert refused_codes(second, "offer_place") == {"better_ranked_not_offered"}
    first.do("offer_place", Hat.HEAD)
    second.do("offer_place", Hat.HEAD)  # the first holds an offer: a second place is for the second


def test_the_only_place_left_is_offered_to_one_dossier(session, list_of_two):
    first, second = list_of_two
    session.execute(update(QuotaRow).where(QuotaRow.call == "na-2024").values(places=1))
    session.commit()
    first.do("offer_place", Hat.HEAD)
    assert refused_codes(second, "offer_place") == {"places_all_offered"}
    third = stored_life(session, "na-2024").to(State.COMMITTEE).on(first.profile.judged)
    third.do("record_opinion", Hat.INSTRUCTOR, rank=3).on(first.profile.decided)
    assert "places_all_offered" in refused_codes(third, "select")
    first.do("answer_offer", Hat.CANDIDATE, accepted=False)
    second.do("offer_place", Hat.HEAD)


def test_taking_a_closure_back_leaves_the_place_to_whom_it_stands_offered_to(session):
    closed, listed = stored_life(session, "na-2024"), stored_life(session, "na-2024")
    closed.to(State.WITHDRAWN).later(3).do("close", Hat.HEAD)
    listed.to(State.RESERVE).on(closed.today)
    session.execute(update(QuotaRow).where(QuotaRow.call == "na-2024").values(places=1))
    session.commit()
    listed.do("offer_place", Hat.HEAD)
    assert refused_codes(closed, "revert") == {"places_all_offered"}
    listed.do("answer_offer", Hat.RECRUITER).do("answer_offer", Hat.CANDIDATE).do("select", Hat.HEAD)
    assert refused_codes(closed, "revert") == {"no_place_left"}


def test_a_place_declined_goes_to_the_next(list_of_two):
    first, second = list_of_two
    first.do("offer_place", Hat.HEAD).do("answer_offer", Hat.CANDIDATE, accepted=False)
    second.do("offer_place", Hat.HEAD).do("answer_offer", Hat.CANDIDATE).do("answer_offer", Hat.RECRUITER)
    second.do("select", Hat.HEAD, reason=None)
    assert second.dossier.state is State.SELECTED


def test_a_place_left_without_an_answer_goes_to_the_next(list_of_two):
    first, second = list_of_two
    first.do("offer_place", Hat.HEAD, days=5)
    second.do("offer_place", Hat.HEAD)
    assert "better_ranked_passed_over" in refused_codes(second, "select")
    second.later(12).do("select", Hat.HEAD)
    assert second.dossier.state is State.SELECTED
