"""A machine’s clock that is moved: turns are taken again, and open effects do not wait for an hour to come twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services import outbox, slots
from backoffice.services.clocks import SKEW
from backoffice.services.moved_back import bring_back
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import ClockSlot
from tests.backoffice.stored import MACHINE, stored_life
from workflows.states import State

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BACK = MACHINE - HOUR


def slots_of(session: Session, job: str) -> list[timedelta]:
    """The slots of a job, from the first instant."""
    session.rollback()
    found = session.scalars(select(ClockSlot.slot).where(ClockSlot.job == job).order_by(ClockSlot.slot))
    return [slot - MACHINE for slot in found]


def test_slots_ahead_are_those_of_a_clock_moved_back_and_are_taken_again(session):
    for minutes in (-60, -59, 0):
        assert slots.take(session, "due", MACHINE + minutes * MINUTE, MACHINE)
    assert slots.take(session, "other", MACHINE, MACHINE)
    assert slots.take(session, "due", BACK, BACK)
    assert not slots.take(session, "due", BACK, BACK)
    assert slots_of(session, "due") == [-HOUR]
    assert slots.take(session, "due", BACK + MINUTE, BACK + MINUTE)
    assert slots_of(session, "other") == [timedelta(0)]


def test_a_clock_moved_forward_and_back_takes_each_present_turn_once(session):
    for at in (MACHINE, MACHINE + HOUR, MACHINE + MINUTE, MACHINE + timedelta(days=1)):
        assert slots.take(session, "due", at, at)
        assert not slots.take(session, "due", at, at)


def test_clocks_that_differ_by_little_do_not_take_the_same_turn_twice(session):
    assert slots.take(session, "due", MACHINE + SKEW, MACHINE + SKEW)
    assert slots.take(session, "due", MACHINE, MACHINE)
    assert not slots.take(session, "due", MACHINE, MACHINE)
    assert not slots.take(session, "due", MACHINE + SKEW, MACHINE + SKEW)


@pytest.fixture
def row(session: Session) -> OutboxRow:
    """The receipt of a filing, whose mail waits ten minutes."""
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    found = session.scalars(select(OutboxRow).where(OutboxRow.dossier == life.id, OutboxRow.name == "L1")).one()
    change(session, found, next_attempt_at=MACHINE + 10 * MINUTE)
    return found


def change(session: Session, row: OutboxRow, **values: object) -> None:
    session.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(values))
    session.execute(update(OutboxRow).where(OutboxRow.id != row.id).values(done_at=MACHINE))
    session.commit()
    session.expire_all()


def test_an_effect_keeps_its_delay_from_the_hour_it_is_now(session, row):
    assert bring_back(session, BACK) == 1
    assert row.next_attempt_at == BACK + 10 * MINUTE
    assert bring_back(session, BACK + MINUTE) == 0
    assert row.next_attempt_at == BACK + 10 * MINUTE
    assert outbox.claim(session, row.id, BACK + 10 * MINUTE) is not None


def test_the_lease_and_the_hint_of_whoever_died_before_are_over_in_time(session, row):
    held = {"lease": uuid4(), "lease_until": MACHINE + outbox.LEASE, "hinted_at": MACHINE}
    change(session, row, created_at=BACK - HOUR, next_attempt_at=BACK - MINUTE, **held)
    assert bring_back(session, BACK) == 1
    assert (row.next_attempt_at, row.lease, row.hinted_at) == (BACK - MINUTE, held["lease"], None)
    late = BACK + outbox.LEASE + timedelta(seconds=1)
    assert [found for found, _ in outbox.to_hint(session, late)] == [row.id]
    assert outbox.claim(session, row.id, late) is not None


def test_what_is_done_given_up_or_of_the_present_is_left_as_it_is(session, row):
    assert bring_back(session, MACHINE) == 0
    assert bring_back(session, MACHINE - SKEW) == 0
    change(session, row, dead_at=MACHINE)
    assert bring_back(session, BACK) == 0
    assert row.next_attempt_at == MACHINE + 10 * MINUTE
