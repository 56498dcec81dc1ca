"""Real worker processes killed at the worst moments: nothing is lost, nothing is done twice, doubt is said."""

from __future__ import annotations

import signal
from datetime import timedelta
from subprocess import Popen
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backoffice.services import due
from backoffice.services.clocks import machine_now
from backoffice.services.doctor import examine
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from tests.backoffice.smtp_sink import Sink
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.databases import Database
from tests.workers.conftest import Processes, listens, until
from workflows.jobs import Job
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

#: Code that kills the process, without any warning, when a function of the effects is called.
DIES_AT = """
import os, signal
from backoffice.services import effects
effects.{function} = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
"""


def wait_dead(process: Popen[bytes]) -> None:
    assert process.wait(30) == -signal.SIGKILL


def rows(session: Session, **conditions: Any) -> list[OutboxRow]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(OutboxRow).filter_by(**conditions)))


def all_done(session: Session) -> bool:
    return all(row.done_at is not None for row in rows(session))


def let_leases_run_out(session: Session) -> None:
    """Time passes: the lease and the hint of whoever died are over."""
    past = machine_now() - timedelta(minutes=5)
    leased = update(OutboxRow).where(OutboxRow.lease.is_not(None))
    session.execute(leased.values(lease_until=past, hinted_at=past))
    session.commit()


def finish(session: Session, processes: Processes) -> None:
    """A new worker takes over, does what is left and stops when asked."""
    worker = processes.start("work")
    until(lambda: all_done(session), "every row done")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def kept(session: Session) -> list[SentMail]:
    session.rollback()
    return list(session.scalars(select(SentMail)))


@pytest.fixture
def database(sqlite: Database) -> Database:
    """Processes killed on SQLite; on PostgreSQL the recipes of `tests/faults` kill them."""
    return sqlite


@pytest.fixture
def life(session: Session) -> StoredLife:
    """A filed dossier: two mails wait."""
    return stored_life(session, "na-2024").to(State.SUBMITTED)


def test_a_worker_sends_what_waits_and_stops_when_asked(session, life, processes, sink):
    finish(session, processes)
    assert len(sink.accepted) == 2
    assert [mail.doubtful for mail in kept(session)] == [False, False]
    assert examine(session) == ()


def test_a_worker_on_redis_sends_what_waits(session, life, processes, sink, redis_url):
    processes.environment["REDIS_URL"] = redis_url
    finish(session, processes)
    assert len(sink.accepted) == 2


def test_a_worker_killed_before_it_sends_loses_nothing_and_leaves_no_doubt(session, life, processes, sink: Sink):
    wait_dead(processes.start("work", prelude=DIES_AT.format(function="mail_of")))
    assert sink.received == []
    assert len(rows(session, attempts=1, started_at=None)) >= 1
    let_leases_run_out(session)
    finish(session, processes)
    assert len(sink.accepted) == 2
    assert [mail.doubtful for mail in kept(session)] == [False, False]


def test_a_worker_killed_once_the_mail_has_left_leaves_a_doubt_and_the_same_name(session, life, processes, sink):
    session.execute(update(OutboxRow).where(OutboxRow.name == "L2").values(done_at=machine_now()))
    session.commit()
    wait_dead(processes.start("work", prelude=DIES_AT.format(function="_settle")))
    assert len(sink.accepted) == 1
    let_leases_run_out(session)
    finish(session, processes)
    assert len({received.message["Message-ID"] for received in sink.accepted}) == 1
    assert len(sink.accepted) == 2
    assert [mail.doubtful for mail in kept(session)] == [True]


def test_a_worker_killed_once_a_reminder_has_left_does_not_send_it_again(session, processes, sink):
    life = stored_life(session, "na-2024").to(State.SUBMITTED).later(1)
    key = life.dossier.pieces[0].key
    life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(key,), days=15).later(10)
    due.run(session, Job.J4, legal=life.now, machine=machine_now(), by="clock")
    session.execute(update(OutboxRow).where(OutboxRow.entry.is_not(None)).values(done_at=machine_now()))
    session.commit()
    ahead = int((life.now - machine_now()).total_seconds())
    processes.environment |= {"TEMPS_PARTAGE_DEMO": "1", "TEMPS_PARTAGE_LEGAL_SHIFT": str(ahead)}
    wait_dead(processes.start("work", prelude=DIES_AT.format(function="_settle")))
    assert len(sink.accepted) == 1
    let_leases_run_out(session)
    finish(session, processes)
    assert len(sink.accepted) == 1
    assert kept(session) == []


def test_an_act_fired_by_a_worker_that_is_killed_is_done_once(session, processes):
    life = stored_life(session, "na-2024").to(State.ENDED)
    session.execute(update(OutboxRow).where(OutboxRow.kind == "mail").values(done_at=machine_now()))
    session.commit()
    wait_dead(processes.start("work", prelude=DIES_AT.format(function="_settle")))
    fired = select(func.count()).select_from(JournalEntry).where(JournalEntry.act == "open_clawback")
    session.rollback()
    assert session.scalar(fired) == 1
    assert not all_done(session)
    let_leases_run_out(session)
    finish(session, processes)
    session.rollback()
    assert session.scalar(fired) == 1
    assert session.get_one(DossierRow, life.id).state == State.CLAWBACK.value
    assert examine(session) == ()


def test_two_workers_share_what_waits_and_double_nothing(session, processes, sink):
    for _ in range(4):
        stored_life(session, "na-2024").to(State.SUBMITTED)
    both = [processes.start("work") for _ in range(2)]
    until(lambda: all_done(session), "every row done")
    until(lambda: all(listens(worker) for worker in both), "both workers have started")
    for worker in both:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(30) for worker in both] == [0, 0]
    names = [received.message["Message-ID"] for received in sink.accepted]
    assert len(names) == len(set(names)) == 8
