"""An installation to break: its database, its broker, its mail server, its processes, and what it accepted."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from psycopg.errors import LockNotAvailable
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backoffice.services.act import Done, Order, Times, perform
from backoffice.services.clocks import machine_now
from backoffice.store.base import db, writing
from backoffice.store.database import bare_app
from backoffice.store.dossiers import Command, DossierRow, JournalEntry
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline
from config.settings import Settings
from tests import servers
from tests.backoffice.stored import stored_life
from tests.builders import Hat
from tests.demo.served import free_port
from tests.faults import sink
from tests.faults.processes import Processes, Running
from tests.lives import Life
from workflows.actors import Actor, Role
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

AGENT = Actor(Role.INSTRUCTOR, "lavande-azur")
SENDER = "ne-pas-repondre@temps-partage.example"
PATIENCE = 60.0
_SOON = timedelta(hours=1)


@dataclass
class Prepared:
    """A dossier that waits for acts: a request for pieces may be made on it again and again, one mail each time."""

    id: UUID
    number: str
    version: int
    order: Order


class NeverHappenedError(AssertionError):
    """Something that was waited for did not come."""


@dataclass(repr=False)
class Installation:
    """See the module. `random`: chance, drawn from the seed of the run. `notes`: what a recipe tells of its outcome."""

    database: str
    redis: servers.Server | None
    folder: Path
    random: Random
    processes: Processes
    app: Flask
    postgres: servers.Server | None = None
    first_seed: bool = False
    dossiers: list[Prepared] = field(default_factory=list)
    accepted: dict[str, UUID] = field(default_factory=dict)
    outside_faults: list[tuple[float, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shift: timedelta = timedelta(0)

    # the database

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The database, to prepare or to look."""
        with self.app.app_context():
            try:
                yield db.session()
            finally:
                db.session.remove()

    def scalar(self, statement: Any) -> Any:
        """One value of the database."""
        with self.session() as session:
            return session.scalar(statement)

    def rows(self, **conditions: Any) -> list[OutboxRow]:
        """Rows of the outbox."""
        with self.session() as session:
            return list(session.scalars(select(OutboxRow).filter_by(**conditions)))

    def prepare(self, count: int) -> None:
        """Make dossiers that are filed, with a piece refused, and whose mails so far were taken back."""
        with self.session() as session:
            for _ in range(count):
                life = stored_life(session, "na-2024").to(State.SUBMITTED)
                key = life.dossier.pieces[0].key
                life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
                order = life.order("request_pieces", Hat.INSTRUCTOR, keys=(key,), days=15)
                self.dossiers.append(Prepared(life.id, life.dossier.number, life.dossier.version, order))
            now = machine_now()
            with writing(session):
                session.execute(update(OutboxRow).values(done_at=now, cancelled_at=now))
        self.set_legal_clock(life)

    def set_legal_clock(self, life: Life) -> None:
        """Have the legal clock of the processes started from now on stand where that of a life stands."""
        self.shift = life.now - machine_now()
        self.go_on(0)

    def go_on(self, days: int) -> None:
        """Have the legal clock of the processes started from now on stand some days later."""
        self.shift += timedelta(days=days)
        self.processes.settings["TEMPS_PARTAGE_LEGAL_SHIFT"] = str(int(self.shift.total_seconds()))

    @property
    def times(self) -> Times:
        """The instants of an act done now."""
        return Times(machine_now() + self.shift, machine_now())

    # acts

    def ask(self, number: int = 0, key: str | None = None) -> Done:
        """Ask for pieces on a dossier, under a key: one act, one mail. What is accepted is noted."""
        prepared, once = self.dossiers[number % len(self.dossiers)], key or str(uuid4())
        order = Order(prepared.id, "request_pieces", prepared.order.inputs, AGENT, None, once)
        with self.session() as session:
            answer = perform(session, order, self.times)
        assert isinstance(answer, Done), answer
        self.accepted[once] = prepared.id
        if not answer.repeated:
            prepared.version += 1
        return answer

    # time

    def until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
        """Wait until something is true; gives the seconds it took. Raises NeverHappenedError."""
        began = time.monotonic()
        while True:
            self.processes.revive()
            if condition():
                return time.monotonic() - began
            if time.monotonic() - began > seconds:
                raise NeverHappenedError(f"after {seconds:g} s, still not: {what}\n{self.said()}")
            time.sleep(0.03)

    def said(self) -> str:
        """The last words of the processes."""
        log = self.processes.log
        return log.read_text("utf-8", errors="replace")[-3000:] if log.exists() else ""

    def ends(self, running: Running, code: int = 0) -> None:
        """Wait until a process has ended, with this code: 0, or the number of a signal below zero."""
        ended = running.process.wait(PATIENCE)
        assert ended == code, f"{running.name} ended with {ended}\n{self.said()}"

    def stops(self, running: Running) -> None:
        """Ask a process to stop, and wait until it has, in good order."""
        running.ask_to_stop()
        self.ends(running)

    def leases_end(self) -> None:
        """Time passes: the leases and the hints of whoever died are over.

        A process stopped in the middle of a write keeps its rows until the database gives its transaction up.
        """
        self.until(self._leases_may_end, "no transaction holds a lease", 2 * PATIENCE)

    def _leases_may_end(self) -> bool:
        past = machine_now() - timedelta(hours=1)
        try:
            with self.session() as session, writing(session):
                session.execute(update(OutboxRow).where(OutboxRow.lease.is_not(None)).values(lease_until=past))
                session.execute(update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(hinted_at=None))
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            return False
        return True

    def waiting(self) -> int:
        """Rows that are neither done nor dead, but for those that leave in the days to come, after a pause."""
        waits = (OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
        soon = OutboxRow.next_attempt_at <= machine_now() + _SOON
        return int(self.scalar(select(func.count()).where(*waits, soon)))

    def drain(self, seconds: float = PATIENCE) -> float:
        """Wait until nothing waits; gives the seconds it took."""
        return self.until(lambda: self.waiting() == 0, f"nothing waits ({self.waiting()} rows do)", seconds)

    # what happened

    def fault(self, what: str) -> None:
        """Note a fault made from outside, now."""
        self.outside_faults.append((time.time(), what))

    @property
    def fired(self) -> list[dict[str, Any]]:
        """What the fault points noted."""
        log = self.processes.fault_log
        return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []

    def until_fired(self, count: int = 1) -> None:
        """Wait until so many faults happened."""
        self.until(lambda: len(self.fired) >= count, f"{count} faults fired")

    def mails(self) -> list[sink.Left]:
        """The messages the mail server may have let go, doubles included."""
        return [one for one in sink.read(self.folder / "mails.jsonl") if one.may_have_left]

    def doubtful(self) -> list[str]:
        """Message-IDs of the mails kept with a doubt."""
        with self.session() as session:
            return list(session.scalars(select(SentMail.message_id).where(SentMail.doubtful)))

    def snapshot(self) -> dict[str, int]:
        """How many rows each table has that an act may write to."""
        tables = (DossierRow, JournalEntry, OutboxRow, Command, Deadline)
        with self.session() as session:
            found = {t.__tablename__: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}
            return found | {"version": session.scalar(select(func.sum(DossierRow.version))) or 0}

    def order_sink(self, **orders: Any) -> None:
        """Tell the mail server what to do from now on; nothing: accept."""
        draft = self.folder / "orders.draft"
        draft.write_text(json.dumps(orders))
        draft.rename(self.folder / "orders.json")

    def note(self, text: str) -> None:
        """Say something of the outcome, for the line of the recipe."""
        self.notes.append(text)


@contextmanager
def installed(
    database: str, redis: servers.Server | None, folder: Path, seed: int, postgres: servers.Server | None = None
) -> Iterator[Installation]:
    """An installation on an empty database at the newest schema; everything ends with the block."""
    port = free_port()
    settings = {
        "DATABASE_URL": database,
        "SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_FROM": SENDER,
        "PUBLIC_URL": "https://temps-partage.example",
        "TEMPS_PARTAGE_HOME": str(folder),
        "TEMPS_PARTAGE_DEMO": "1",
        "TEMPS_PARTAGE_INSECURE_COOKIES": "1",
    } | ({"REDIS_URL": redis.url} if redis else {})
    app = bare_app(Settings(database_url=database, home=folder), "faults")
    random = Random(seed)  # noqa: S311 - chance for tests, not for secrets
    processes = Processes(folder, settings)
    made = Installation(database, redis, folder, random, processes, app, postgres, seed == 1)
    arguments = ["sink", str(port), str(folder / "mails.jsonl"), str(folder / "orders.json")]
    mail = processes.start("sink", _SINK.format(arguments=arguments))
    try:
        _await_port(port, mail)
        yield made
    finally:
        processes.end()
        with app.app_context():
            db.engine.dispose()


_SINK = """
import sys
sys.argv = {arguments!r}
import runpy
runpy.run_module("tests.faults.sink", run_name="__main__")
"""


def _await_port(port: int, process: Running) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.lives:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise NeverHappenedError(f"the {process.name} does not listen")
