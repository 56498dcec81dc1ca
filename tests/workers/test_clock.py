"""The clock process: it ticks once per slot, sees to everything that is due, and stops when asked."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from backoffice.services.documents import Shelf
from backoffice.store.dossiers import DossierRow
from backoffice.store.money import MonthChangeRow
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import CallNotice, ClockSlot, DueNotice
from tests.backoffice.hands import Time
from tests.backoffice.stored import MACHINE, stored_life
from tests.workers.conftest import listens, until
from workers import clock
from workflows.states import State

MINUTE = timedelta(minutes=1)


def test_a_slot_begins_on_a_round_instant():
    now = datetime(2024, 6, 10, 14, 12, 37, 123456, tzinfo=UTC)
    assert clock.slot_of(now, MINUTE) == datetime(2024, 6, 10, 14, 12, tzinfo=UTC)
    assert clock.slot_of(now, timedelta(hours=1)) == datetime(2024, 6, 10, 14, 0, tzinfo=UTC)
    assert clock.slot_of(now + timedelta(seconds=23), MINUTE) == datetime(2024, 6, 10, 14, 13, tzinfo=UTC)


@pytest.fixture
def eve(session) -> Time:
    """The eve of a closing, with five drafts to remind."""
    lives = [stored_life(session, "na-2024") for _ in range(5)]
    closing = lives[0].call.parameters.closing.value
    assert closing is not None
    return Time(closing.at - timedelta(hours=3))


def test_a_tick_sees_to_everything_that_is_due_in_one_slot(app, session, eve):
    total = clock.tick_once(app, eve.clocks, MINUTE)
    on_dossiers, on_calls = (len(session.scalars(select(table.id)).all()) for table in (DueNotice, CallNotice))
    assert on_dossiers >= 5
    assert total == on_dossiers + on_calls
    (slot,) = session.scalars(select(ClockSlot)).all()
    assert (slot.slot, slot.done_at) == (MACHINE, MACHINE)


def test_the_same_slot_is_worked_once(app, session, eve):
    assert clock.tick_once(app, eve.clocks, MINUTE) > 0
    eve.legal += timedelta(days=30)
    assert clock.tick_once(app, eve.clocks, MINUTE) == 0
    eve.machine += MINUTE
    clock.tick_once(app, eve.clocks, MINUTE)
    assert len(session.scalars(select(ClockSlot)).all()) == 2


HOUR = timedelta(hours=1)


def test_a_clock_moved_back_takes_up_its_turns_at_once(app, session, eve):
    for _ in range(3):
        clock.tick_once(app, eve.clocks, MINUTE)
        eve.wait(MINUTE)
    before = len(session.scalars(select(DueNotice.id)).all())
    eve.wait(-HOUR)
    stored_life(session, "na-2024")  # whose reminder is due as well
    for _ in range(3):
        clock.tick_once(app, eve.clocks, MINUTE)
        eve.wait(MINUTE)
    assert len(session.scalars(select(DueNotice.id)).all()) == before * 6 // 5  # what five drafts had, one more has
    slots = session.scalars(select(ClockSlot.slot).order_by(ClockSlot.slot)).all()
    assert slots == [MACHINE + step * MINUTE for step in (-57, -56, -55)]


def test_what_was_asked_for_before_the_clock_was_moved_back_does_not_wait_for_its_hour(app, session, eve):
    clock.tick_once(app, eve.clocks, MINUTE)
    rows = session.scalars(select(OutboxRow)).all()
    assert {row.next_attempt_at for row in rows} == {MACHINE}
    eve.wait(-HOUR)
    clock.tick_once(app, eve.clocks, MINUTE)
    session.rollback()
    session.expire_all()
    assert {row.next_attempt_at for row in session.scalars(select(OutboxRow))} == {eve.machine}


def test_the_clock_ticks_until_asked_to_stop_and_survives_its_errors(app, eve, monkeypatch, tmp_path):
    stop, ticks = Event(), []

    def tick(*_arguments: object) -> int:
        ticks.append(1)
        if len(ticks) == 1:
            raise OSError("away")
        if len(ticks) == 3:
            stop.set()
        return 0

    monkeypatch.setattr(clock, "tick_once", tick)
    clock.run(app, eve.clocks, timedelta(milliseconds=2), stop, Shelf(tmp_path))
    assert len(ticks) == 3


def test_the_money_that_an_older_release_wrote_is_drawn_while_the_clock_runs(app, session, eve, monkeypatch, tmp_path):
    life = stored_life(session, "na-2024").to(State.SELECTED)
    session.execute(delete(MonthChangeRow))
    session.execute(update(DossierRow).values(drawn=0))
    session.commit()
    stop = Event()

    def tick(*_arguments: object) -> int:
        stop.set()
        return 0

    monkeypatch.setattr(clock, "tick_once", tick)
    clock.run(app, eve.clocks, timedelta(milliseconds=2), stop, Shelf(tmp_path))
    months = session.scalars(select(MonthChangeRow.month).where(MonthChangeRow.dossier == life.id)).all()
    assert len(months) == 24
    assert session.scalars(select(DossierRow.id).where(DossierRow.drawn != DossierRow.version)).all() == []


def test_files_without_a_document_are_swept_once_a_day(app, session, eve, tmp_path):
    shelf = Shelf(tmp_path)
    shelf.put(b"%PDF-1.4")
    (lost,) = shelf.files()
    yesterday = (MACHINE - timedelta(days=2)).timestamp()
    os.utime(lost, (yesterday, yesterday))
    assert clock.sweep_once(app, eve.clocks, shelf) == 1
    assert list(shelf.files()) == []
    shelf.put(b"%PDF-1.4")
    os.utime(lost, (yesterday, yesterday))
    assert clock.sweep_once(app, eve.clocks, shelf) == 0  # the day has had its sweep
    eve.machine += timedelta(days=1)
    assert clock.sweep_once(app, eve.clocks, shelf) == 1


def test_two_clock_processes_share_the_slots_and_stop_when_asked(session, eve, processes):
    both = [processes.start("clock", "--period", "1") for _ in range(2)]

    def closed() -> int:
        session.rollback()
        return len(session.scalars(select(ClockSlot.slot).where(ClockSlot.done_at.is_not(None))).all())

    until(lambda: closed() >= 3, "three slots worked")
    until(lambda: all(listens(process) for process in both), "both clocks have started")
    for process in both:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(20) for process in both] == [0, 0]
    reminded = select(DueNotice.id).where(DueNotice.kind == "draft_reminder")
    assert len(session.scalars(reminded).all()) == 15
    mails = select(OutboxRow.id).where(OutboxRow.kind == "digest", OutboxRow.name == "J2")
    assert len(session.scalars(mails).all()) == 1  # one doctor filed them all
    assert processes.log.count("échéances relevées") == 1


def test_a_clock_without_its_tables_tells_it_and_goes_on(app, session, eve):
    session.execute(text("ALTER TABLE clock_slot RENAME TO elsewhere"))
    session.commit()
    with pytest.raises(DBAPIError):
        clock.tick_once(app, eve.clocks, MINUTE)
    session.execute(text("ALTER TABLE elsewhere RENAME TO clock_slot"))
    session.commit()
    assert clock.tick_once(app, eve.clocks, MINUTE) > 0
