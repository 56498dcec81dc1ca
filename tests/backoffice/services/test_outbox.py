"""The outbox: a lease for one, a fence against whoever lost it, attempts counted when they begin, and dead rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services import outbox
from backoffice.services.outbox import ATTEMPTS, AWAY, BACKOFF, INTERRUPTED, LEASE, Claimed
from backoffice.store.outbox import TRIED_LONG, OutboxRow
from tests.backoffice.stored import MACHINE, stored_life
from workflows.states import State

NOW = MACHINE
LATER = NOW + LEASE + timedelta(seconds=1)


@pytest.fixture
def row_id(session) -> UUID:
    """A row that waits to be sent."""
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    found = session.scalar(select(OutboxRow.id).where(OutboxRow.dossier == life.id, OutboxRow.name == "L1"))
    assert isinstance(found, UUID)
    with_others_done = update(OutboxRow).where(OutboxRow.id != found).values(done_at=NOW)
    session.execute(with_others_done)
    session.commit()
    return found


def row_of(session: Session, row_id: UUID) -> OutboxRow:
    session.rollback()
    session.expire_all()
    return session.get_one(OutboxRow, row_id)


def claimed(session: Session, row_id: UUID, now: datetime = NOW) -> Claimed:
    found = outbox.claim(session, row_id, now)
    assert found is not None
    return found


def test_a_claim_takes_a_lease_and_counts_the_attempt(session, row_id):
    found = claimed(session, row_id)
    row = row_of(session, row_id)
    assert (row.lease, row.lease_until, row.attempts) == (found.lease, NOW + LEASE, 1)
    assert (found.id, found.name, found.kind, found.addressee) == (row_id, "L1", "mail", "depositors")
    assert (found.attempts, found.uncertain) == (1, False)


def test_a_leased_row_is_claimed_by_nobody_else(session, row_id):
    claimed(session, row_id)
    assert outbox.claim(session, row_id, NOW + LEASE) is None
    assert row_of(session, row_id).attempts == 1


def test_a_row_is_not_claimed_before_its_instant(session, row_id):
    session.execute(update(OutboxRow).values(next_attempt_at=NOW + timedelta(minutes=10)))
    session.commit()
    assert outbox.claim(session, row_id, NOW + timedelta(minutes=9)) is None
    assert outbox.claim(session, row_id, NOW + timedelta(minutes=10)) is not None


def test_a_lease_that_has_run_out_goes_to_somebody_else(session, row_id):
    first, second = claimed(session, row_id), claimed(session, row_id, LATER)
    assert second.lease != first.lease
    assert second.attempts == 2


def test_a_zombie_can_neither_finish_nor_fail_nor_begin(session, row_id):
    zombie, heir = claimed(session, row_id), claimed(session, row_id, LATER)
    assert not outbox.finish(session, zombie, LATER)
    session.commit()
    assert not outbox.fail(session, zombie, "trop tard", LATER)
    assert not outbox.starts(session, zombie, LATER)
    row = row_of(session, row_id)
    assert (row.lease, row.done_at, row.last_error, row.started_at) == (heir.lease, None, None, None)
    assert outbox.finish(session, heir, LATER)


def test_a_finished_row_is_over(session, row_id):
    found = claimed(session, row_id)
    assert outbox.finish(session, found, NOW)
    session.commit()
    row = row_of(session, row_id)
    assert (row.done_at, row.lease, row.lease_until) == (NOW, None, None)
    assert outbox.claim(session, row_id, LATER) is None
    assert not outbox.finish(session, found, LATER)


def test_a_finish_belongs_to_the_transaction_around_it(session, row_id):
    found = claimed(session, row_id)
    outbox.finish(session, found, NOW)
    session.rollback()
    assert row_of(session, row_id).done_at is None


def test_a_failed_attempt_is_tried_again_later_and_later_then_given_up(session, row_id):
    now, waits = NOW, []
    for attempt in range(1, ATTEMPTS + 1):
        found = claimed(session, row_id, now)
        assert found.attempts == attempt
        outbox.fail(session, found, f"échec {attempt}", now)
        row = row_of(session, row_id)
        assert (row.last_error, row.lease, row.hinted_at) == (f"échec {attempt}", None, None)
        waits.append(row.next_attempt_at - now)
        now = row.next_attempt_at
    assert tuple(waits[:-1]) == BACKOFF
    assert row_of(session, row_id).dead_at is not None
    assert outbox.claim(session, row_id, now + timedelta(days=9)) is None


def test_what_cannot_succeed_is_given_up_at_once(session, row_id):
    outbox.fail(session, claimed(session, row_id), "refusé", NOW, for_good=True)
    assert row_of(session, row_id).dead_at == NOW


def test_an_error_that_the_database_could_not_store_is_stored_all_the_same(session, row_id):
    outbox.fail(session, claimed(session, row_id), "nul \0 ici" + "x" * 5000, NOW)
    error = row_of(session, row_id).last_error
    assert error is not None
    assert error.startswith("nul ? ici")
    assert len(error) == 2000


def test_what_kills_its_process_each_time_ends_up_dead(session, row_id):
    now = NOW
    for _ in range(ATTEMPTS):
        claimed(session, row_id, now)  # and the process dies
        now += LEASE + timedelta(seconds=1)
    assert outbox.claim(session, row_id, now) is None
    row = row_of(session, row_id)
    assert (row.dead_at, row.attempts, row.lease, row.last_error) == (now, ATTEMPTS, None, INTERRUPTED)


def away(session: Session, row_id: UUID, now: datetime, times: int) -> datetime:
    """Attempts that find nobody; gives when the next one is due."""
    for _ in range(times):
        outbox.fail(session, claimed(session, row_id, now), "absent", now, away=True)
        row = row_of(session, row_id)
        assert row.dead_at is None
        now = row.next_attempt_at
    return now


def test_what_waits_for_a_server_that_is_away_waits_for_as_long_as_it_takes(session, row_id):
    instants = [NOW]
    for _ in range(300):
        instants.append(away(session, row_id, instants[-1], 1))
    waits = [later - earlier for earlier, later in pairwise(instants)]
    assert waits[:4] == [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)]
    assert set(waits[4:]) == {AWAY} == {timedelta(minutes=30)}
    assert row_of(session, row_id).attempts == TRIED_LONG


def test_what_kills_its_process_dies_even_after_a_long_absence_of_the_server(session, row_id):
    now = away(session, row_id, NOW, 50)
    for _ in range(ATTEMPTS - TRIED_LONG):
        claimed(session, row_id, now)  # and the process dies
        now += LEASE + timedelta(seconds=1)
    assert outbox.claim(session, row_id, now) is None
    assert row_of(session, row_id).last_error == INTERRUPTED


def test_an_absence_of_the_server_does_not_give_back_the_attempts_that_were_counted(session, row_id):
    now = NOW
    for _ in range(ATTEMPTS - 1):
        outbox.fail(session, claimed(session, row_id, now), "451", now)
        now = row_of(session, row_id).next_attempt_at
    now = away(session, row_id, now, 20)
    outbox.fail(session, claimed(session, row_id, now), "451", now)
    assert row_of(session, row_id).dead_at == now


def test_what_is_refused_for_good_is_given_up_even_after_a_long_absence_of_the_server(session, row_id):
    now = away(session, row_id, NOW, 50)
    outbox.fail(session, claimed(session, row_id, now), "550", now, for_good=True)
    assert row_of(session, row_id).dead_at == now


def test_an_absence_of_the_server_leaves_the_doubt_of_an_earlier_attempt(session, row_id):
    begun = claimed(session, row_id)
    outbox.starts(session, begun, NOW)
    outbox.fail(session, begun, "coupé", NOW, certain=False)
    now = away(session, row_id, NOW + BACKOFF[0], 20)
    assert claimed(session, row_id, now).uncertain


def test_a_person_brings_a_dead_row_back(session, row_id):
    outbox.fail(session, claimed(session, row_id), "refusé", NOW, for_good=True)
    assert outbox.revive(session, row_id, LATER)
    found = claimed(session, row_id, LATER)
    assert found.attempts == 1


def test_only_a_dead_row_is_brought_back(session, row_id):
    assert not outbox.revive(session, row_id, NOW)
    found = claimed(session, row_id)
    assert not outbox.revive(session, row_id, NOW)
    outbox.finish(session, found, NOW)
    session.commit()
    assert not outbox.revive(session, row_id, NOW)


# Doubt.


def test_an_attempt_that_began_and_never_ended_leaves_a_doubt(session, row_id):
    outbox.starts(session, claimed(session, row_id), NOW)
    assert claimed(session, row_id, LATER).uncertain


def test_a_failure_that_certainly_sent_nothing_leaves_no_doubt(session, row_id):
    found = claimed(session, row_id)
    outbox.starts(session, found, NOW)
    outbox.fail(session, found, "451", NOW)
    assert not claimed(session, row_id, NOW + BACKOFF[0]).uncertain


def test_a_failure_in_the_dark_leaves_a_doubt_that_a_later_certainty_does_not_lift(session, row_id):
    found = claimed(session, row_id)
    outbox.starts(session, found, NOW)
    outbox.fail(session, found, "coupé", NOW, certain=False)
    again = claimed(session, row_id, NOW + BACKOFF[0])
    assert again.uncertain
    outbox.starts(session, again, NOW)
    outbox.fail(session, again, "451", NOW + BACKOFF[0])
    assert claimed(session, row_id, NOW + BACKOFF[0] + BACKOFF[1]).uncertain


# Hints.


def test_a_row_that_is_due_is_hinted_once_per_lease(session, row_id):
    assert outbox.to_hint(session, NOW) == [(row_id, "mail")]
    assert outbox.to_hint(session, NOW + LEASE) == []
    assert outbox.to_hint(session, LATER) == [(row_id, "mail")]


@pytest.mark.parametrize(
    "values",
    [
        {"next_attempt_at": LATER + timedelta(days=1)},
        {"done_at": NOW},
        {"dead_at": NOW},
        {"lease": UUID(int=1), "lease_until": LATER + timedelta(seconds=1)},
    ],
)
def test_what_is_not_due_or_not_free_is_not_hinted(session, row_id, values):
    session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(values))
    session.commit()
    assert outbox.to_hint(session, LATER) == []


def test_a_lease_that_has_run_out_is_hinted_again(session, row_id):
    outbox.to_hint(session, NOW)
    claimed(session, row_id)
    assert outbox.to_hint(session, LATER) == [(row_id, "mail")]


def test_a_failed_row_is_hinted_as_soon_as_its_wait_is_over(session, row_id):
    outbox.to_hint(session, NOW)
    outbox.fail(session, claimed(session, row_id), "451", NOW)
    assert outbox.to_hint(session, NOW) == []
    assert outbox.to_hint(session, NOW + BACKOFF[0]) == [(row_id, "mail")]


def test_a_hint_that_could_not_be_given_is_given_again_at_once(session, row_id):
    outbox.to_hint(session, NOW)
    outbox.unhint(session, [row_id])
    assert outbox.to_hint(session, NOW) == [(row_id, "mail")]


def test_the_hints_of_a_broker_that_is_gone_are_forgotten(session, row_id):
    outbox.to_hint(session, NOW)
    outbox.forget_hints(session)
    assert outbox.to_hint(session, NOW) == [(row_id, "mail")]


def test_hints_are_limited_and_the_oldest_come_first(session):
    for _ in range(3):
        stored_life(session, "na-2024").to(State.SUBMITTED)
    session.execute(update(OutboxRow).where(OutboxRow.name == "L2").values(next_attempt_at=NOW - timedelta(hours=1)))
    session.commit()
    first = {row_id for row_id, _ in outbox.to_hint(session, NOW, limit=3)}
    session.rollback()
    assert set(session.scalars(select(OutboxRow.id).where(OutboxRow.name == "L2"))) == first
    assert len(outbox.to_hint(session, NOW, limit=10)) == 3
