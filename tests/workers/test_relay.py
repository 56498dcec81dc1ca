"""From a committed act to the mail server: the relay hints, a worker carries out, whatever the broker."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import dramatiq
import pytest
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware.time_limit import TimeLimitExceeded
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services.effects import Hands
from backoffice.services.outbox import LEASE
from backoffice.services.smtp import SmtpMailer
from backoffice.store.base import db
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from tests.backoffice.hands import Time, hands
from tests.backoffice.smtp_sink import Sink
from tests.backoffice.stored import StoredLife, stored_life
from tests.servers import private_server, reachable_folder
from tests.workers.conftest import until
from workers import actor as actors
from workers.actor import declare
from workers.broker import hints_waiting, make_broker, make_worker
from workers.relay import Relay, carry_out_once, forget_hints, relay_once
from workflows.states import State


@dataclass
class Plant:
    """A worker process in miniature: a broker, its actor, what effects are carried out with."""

    app: Flask
    broker: dramatiq.Broker
    actor: dramatiq.Actor[[str], None]
    hands: Hands

    def relay(self) -> int:
        """One turn of the relay."""
        return relay_once(self.app, self.actor, self.hands)


@pytest.fixture
def life(session: Session) -> StoredLife:
    """A filed dossier: two mails wait."""
    return stored_life(session, "na-2024").to(State.SUBMITTED)


@pytest.fixture
def time(life: StoredLife) -> Time:
    """Clocks that stand still."""
    return Time(life.now)


def plant(app: Flask, time: Time, sink: Sink, url: str | None) -> Plant:
    broker = make_broker(url)
    held = hands(time, SmtpMailer(sink.url))
    return Plant(app, broker, declare(broker, app, held), held)


@pytest.fixture(params=["stub", "redis"])
def works(request: pytest.FixtureRequest, app: Flask, time: Time, sink: Sink) -> Iterator[Plant]:
    """A plant on each kind of broker."""
    made = plant(app, time, sink, request.getfixturevalue("redis_url") if request.param == "redis" else None)
    yield made
    made.broker.close()


@pytest.fixture
def embedded(app: Flask, time: Time, sink: Sink) -> Plant:
    """A plant on the embedded broker."""
    return plant(app, time, sink, None)


def done(session: Session) -> int:
    session.rollback()
    return len(session.scalars(select(OutboxRow.id).where(OutboxRow.done_at.is_not(None))).all())


def all_done(session: Session, works: Plant, count: int) -> None:
    """Run a worker until so many rows are done."""
    worker = make_worker(works.broker)
    worker.start()
    try:
        until(lambda: done(session) == count, f"{count} rows done")
        worker.join()
    finally:
        worker.stop()


def test_the_mails_of_an_act_reach_their_reader_once(session, works, sink):
    assert works.relay() == 2
    all_done(session, works, 2)
    names = [received.message["Message-ID"] for received in sink.accepted]
    session.expire_all()
    assert sorted(names) == sorted(f"<{m.outbox}@temps-partage.example>" for m in session.scalars(select(SentMail)))
    assert len(names) == 2


def test_a_row_is_hinted_once_while_its_hint_is_young(works, time):
    assert works.relay() == 2
    assert works.relay() == 0
    time.wait(LEASE + timedelta(seconds=1))
    assert works.relay() == 2


def test_the_broker_holds_no_more_hints_than_it_must(works, time, monkeypatch):
    monkeypatch.setattr("workers.relay._WAITING_AT_MOST", 2)
    monkeypatch.setattr("workers.relay._TRICKLE", 1)
    assert works.relay() == 2
    time.wait(LEASE + timedelta(seconds=1))
    assert works.relay() == 1


def test_the_same_hint_many_times_sends_one_mail(session, works, time, sink):
    for _ in range(3):
        works.relay()
        forget_hints(works.app)
    all_done(session, works, 2)
    assert len(sink.received) == 2


def test_hints_lost_with_the_broker_are_given_again(session, embedded, time, app, sink):
    embedded.relay()
    fresh = plant(app, time, sink, None)
    assert fresh.relay() == 0
    forget_hints(app)
    assert fresh.relay() == 2
    all_done(session, fresh, 2)


def test_a_hint_that_fails_is_given_again_at_the_next_turn(session, embedded, monkeypatch):
    calls = []

    def away(_actor: object, row_id: UUID, _queue: str) -> None:
        calls.append(row_id)
        if len(calls) == 2:
            raise ConnectionClosed("away")

    monkeypatch.setattr("workers.relay.hint", away)
    with pytest.raises(ConnectionClosed):
        embedded.relay()
    assert embedded.relay() == 1
    assert calls[1] == calls[2]
    assert len(set(calls)) == 2


def test_redis_killed_and_started_again_loses_nothing(session, app, time, sink):
    folder = reachable_folder()
    with private_server("redis", folder) as server:
        works = plant(app, time, sink, server.url)
        server.kill()
        with pytest.raises(ConnectionClosed):
            works.relay()
    shutil.rmtree(folder / "data")
    (folder / "valkey-server").unlink()
    with private_server("redis", folder):
        assert works.relay() == 2
        all_done(session, works, 2)
        works.broker.close()
    shutil.rmtree(folder)
    assert len(sink.accepted) == 2


def test_redis_emptied_with_its_hints_only_makes_effects_late(session, works, time, sink, redis_url):
    works.relay()
    works.broker.flush_all()
    time.wait(LEASE + timedelta(seconds=1))
    works.relay()
    all_done(session, works, 2)
    assert len(sink.accepted) == 2


def test_a_message_that_nobody_can_read_does_not_stop_its_neighbours(session, works, sink):
    for name in ("inconnu", "deliver"):
        strange: dramatiq.Message[None] = dramatiq.Message("mail", name, args=("x",), kwargs={}, options={})
        works.broker.enqueue(strange)
    works.relay()
    all_done(session, works, 2)


def test_the_relay_runs_until_it_is_stopped(session, embedded, sink):
    worker, relay = make_worker(embedded.broker), Relay(embedded.app, embedded.actor, embedded.hands)
    worker.start()
    relay.start()
    until(lambda: done(session) == 2, "two rows done")
    relay.stop()
    worker.stop()
    assert not relay.is_alive()
    assert len(sink.accepted) == 2


def test_the_relay_survives_its_errors(session, embedded, monkeypatch, sink):
    turns = []

    def turn(*arguments: object) -> int:
        turns.append(arguments)
        if len(turns) < 3:
            raise OSError("away")
        return 0

    monkeypatch.setattr("workers.relay.relay_once", turn)
    monkeypatch.setattr("workers.relay.PERIOD_SECONDS", 0.001)
    relay = Relay(embedded.app, embedded.actor, embedded.hands)
    relay.start()
    until(lambda: len(turns) > 3, "more turns after the errors")
    relay.stop()


# Without a broker.


@pytest.fixture
def away(app: Flask, time: Time, sink: Sink) -> Iterator[Plant]:
    """A plant whose broker has gone, and stays away. No worker runs."""
    with private_server("redis") as server:
        made = plant(app, time, sink, server.url)
        server.kill()
        yield made
        made.broker.close()


def alone(works: Plant, goes_on: Callable[[], bool] = lambda: True) -> int:
    """One turn of the relay without its broker."""
    return carry_out_once(works.app, works.actor, works.hands, goes_on)


def test_after_some_turns_without_its_broker_the_relay_carries_out_what_is_due(session, away, sink, monkeypatch):
    monkeypatch.setattr("workers.relay.PERIOD_SECONDS", 0.001)
    signs: list[int] = []
    relay = Relay(away.app, away.actor, away.hands, lambda: signs.append(len(sink.accepted)))
    relay.start()
    until(lambda: len(signs) > 6, "some turns more")
    relay.stop()
    assert done(session) == 2
    assert signs[:6] == [0, 0, 0, 1, 2, 2]  # two turns that wait, a sign of life before each row, and after each turn
    names = [received.message["Message-ID"] for received in sink.accepted]
    assert len(set(names)) == len(names) == 2


def test_what_was_hinted_to_a_broker_that_is_gone_does_not_wait_for_the_end_of_its_hint(
    session, away, sink, monkeypatch
):
    monkeypatch.setattr("workers.relay.PERIOD_SECONDS", 0.001)
    turns: list[int] = []
    relay = Relay(away.app, away.actor, away.hands, lambda: hinted(away, turns))
    relay.start()
    until(lambda: done(session) == 2, "two rows done")
    relay.stop()
    assert len(sink.accepted) == 2


def hinted(works: Plant, turns: list[int]) -> None:
    """After the first turn, the rows look hinted just now."""
    turns.append(1)
    if len(turns) == 1:
        with works.app.app_context():
            db.session.execute(update(OutboxRow).values(hinted_at=works.hands.clocks.machine()))
            db.session.commit()
            db.session.remove()


def test_once_its_broker_answers_again_the_relay_hints_and_carries_out_nothing(session, app, time, sink, monkeypatch):
    monkeypatch.setattr("workers.relay.PERIOD_SECONDS", 0.001)
    folder = reachable_folder()
    with private_server("redis", folder) as server:
        works = plant(app, time, sink, server.url)
        relay = Relay(app, works.actor, works.hands)
        server.kill()
        relay.start()
        until(lambda: done(session) == 2, "two rows done without a broker")
        shutil.rmtree(folder / "data")
        (folder / "valkey-server").unlink()
        with private_server("redis", folder):
            until(lambda: answers(works.broker), "the broker answers")
            stored_life(session, "na-2024").to(State.SUBMITTED)
            until(lambda: hints_waiting(works.broker) == 2, "two hints")
            assert done(session) == 2
            all_done(session, works, 4)
            relay.stop()
            works.broker.close()
    shutil.rmtree(folder)
    assert len(sink.accepted) == 4


def answers(broker: dramatiq.Broker) -> bool:
    try:
        return hints_waiting(broker) >= 0
    except ConnectionClosed:
        return False


def test_two_relays_without_a_broker_share_what_is_due_and_double_nothing(session, away, sink):
    for _ in range(3):
        stored_life(session, "na-2024").to(State.SUBMITTED)
    together = threading.Barrier(2)

    def work() -> None:
        for _ in range(4):
            together.wait(20)
            forget_hints(away.app)
            alone(away)

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    names = [received.message["Message-ID"] for received in sink.accepted]
    assert len(set(names)) == len(names) == done(session) == 8


def test_a_turn_without_a_broker_is_bounded(session, embedded, monkeypatch):
    monkeypatch.setattr("workers.relay._ALONE_AT_ONCE", 1)
    assert [alone(embedded) for _ in range(3)] == [1, 1, 0]
    assert done(session) == 2


def test_asked_to_stop_the_relay_leaves_what_it_has_not_begun_to_whoever_comes_next(session, embedded):
    answers = iter([True, False])
    assert alone(embedded, lambda: next(answers)) == 1
    assert done(session) == 1
    assert embedded.relay() == 1


# The actor.


@pytest.mark.parametrize("error", [OSError("la base est partie"), ZeroDivisionError(), TimeLimitExceeded()])
def test_the_actor_never_raises(embedded, session, monkeypatch, error):
    def broken(*_arguments: object) -> bool:
        raise error

    monkeypatch.setattr(actors, "deliver", broken)
    row_id = session.scalar(select(OutboxRow.id))
    embedded.actor.fn(str(row_id))


@pytest.mark.parametrize("row_id", ["rien", str(UUID(int=7))])
def test_the_actor_ignores_a_row_that_is_not_there(embedded, session, row_id):
    embedded.actor.fn(row_id)
    assert done(session) == 0
