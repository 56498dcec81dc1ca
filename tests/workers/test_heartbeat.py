"""Signs of life: given while a process makes progress, and no more once a task or a thread of it hangs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from flask import Flask
from sqlalchemy import text

from backoffice.cli.children import GRACE, STUCK_AFTER
from backoffice.store.base import STATEMENT_MS, db
from backoffice.store.sweeps import SWEEP_MS
from tests.workers.conftest import until
from workers import heartbeat
from workers.broker import make_worker
from workers.heartbeat import Beating, Heartbeat, InHand, heartbeat_of, sound


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe."""
    ends = os.pipe()
    os.set_blocking(ends[0], False)
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def heard(pipe: tuple[int, int]) -> bool:
    try:
        return bool(os.read(pipe[0], 65536))
    except BlockingIOError:
        return False


def test_a_sign_of_life_reaches_who_listens_and_needs_nobody(pipe: tuple[int, int]):
    Heartbeat(None).beat()
    found = heartbeat_of({}, lambda: None)
    found.beat()
    assert not heard(pipe)
    environment = {heartbeat.VARIABLE: str(pipe[1])}
    heartbeat_of(environment, lambda: None).beat()
    assert heard(pipe)
    assert environment == {}


def test_who_listened_is_gone(pipe: tuple[int, int]):
    told: list[str] = []
    beating = Heartbeat(pipe[1], lambda: told.append("orphan"))
    os.close(pipe[0])
    beating.beat()
    beating.beat()
    assert told == ["orphan"]


def test_a_loop_gives_signs_of_life_while_it_turns_and_while_it_waits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(heartbeat, "_SLICE", 0.02)
    beats: list[float] = []
    stop = Beating()
    stop.beat = lambda: beats.append(time.monotonic())
    assert stop.wait(0.2) is False
    assert len(beats) >= 3
    waiting = Thread(target=stop.wait)
    waiting.start()
    stop.set()
    waiting.join(5)
    assert not waiting.is_alive()
    assert stop.is_set()


def test_each_statement_is_a_sign_of_life(app: Flask):
    beats: list[int] = []
    heartbeat.beat_at_statements(app, lambda: beats.append(1))
    with app.app_context():
        for _ in range(3):
            before = len(beats)
            db.session.execute(text("SELECT 1"))
            assert len(beats) > before
        db.session.remove()


def test_the_longest_statement_ends_before_its_process_is_taken_to_hang():
    assert SWEEP_MS / 1000 < STUCK_AFTER - GRACE
    assert STATEMENT_MS < SWEEP_MS


def message(name: str) -> Any:
    return SimpleNamespace(message_id=name)


def test_a_task_in_hand_for_too_long_hangs(monkeypatch: pytest.MonkeyPatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    broker, in_hand = StubBroker(middleware=[]), InHand()
    in_hand.before_process_message(broker, message("a"))
    now[0] += heartbeat.HANGS_AFTER - 1
    in_hand.before_process_message(broker, message("b"))
    assert not in_hand.hangs()
    now[0] += 2
    assert in_hand.hangs()
    in_hand.after_process_message(broker, message("a"), exception=RuntimeError("boum"))
    assert not in_hand.hangs()
    now[0] += heartbeat.HANGS_AFTER
    assert in_hand.hangs()
    in_hand.after_skip_message(broker, message("b"))
    assert not in_hand.hangs()


def test_a_worker_one_of_whose_threads_died_is_not_sound():
    """A real worker at work on a real task: sound, then no more once a thread of it has ended."""
    broker, in_hand, hold, began = StubBroker(middleware=[]), InHand(), Event(), Event()
    broker.add_middleware(in_hand)

    def hang() -> None:
        began.set()
        hold.wait(20)

    actor: Any = dramatiq.Actor(hang, broker=broker, actor_name="hang", queue_name="work", priority=0, options={})
    worker = make_worker(broker)
    worker.start()
    try:
        actor.send()
        assert began.wait(10)
        assert sound(worker, in_hand)
        worker.workers[0].stop()
        hold.set()
        until(lambda: not worker.workers[0].is_alive(), "the end of a thread")
        assert not sound(worker, in_hand)
    finally:
        hold.set()
        worker.stop(timeout=2000)
        broker.close()
