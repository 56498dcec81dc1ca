"""A whole act on PostgreSQL against the same statements replayed without our code; statements per act."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from backoffice.services.act import Done, perform, preview
from backoffice.store.base import db
from backoffice.store.database import bare_app
from config.settings import Settings
from tests import servers
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.databases import migrated
from workflows.states import State

ACT, BEFORE, HAT = "put_to_committee", State.COMPLETE, Hat.INSTRUCTOR
_ACTS = 60
GOAL = 3.5


@dataclass
class Tape:
    """The statements of one act, as the driver received them."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def record(self, _conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        """Keep a statement."""
        rows = parameters if many else [parameters]
        self.statements += [(statement, row) for row in rows]


@contextmanager
def recorded(session: Session) -> Iterator[Tape]:
    """Record the statements of a session’s engine."""
    tape, engine = Tape(), session.get_bind()
    event.listen(engine, "before_cursor_execute", tape.record)
    try:
        yield tape
    finally:
        event.remove(engine, "before_cursor_execute", tape.record)


def _lives(session: Session, count: int) -> list[StoredLife]:
    lives = [stored_life(session, "na-2024") for _ in range(count)]
    for life in lives:
        life.to(BEFORE)
    return lives


def _timed_act(life: StoredLife) -> float:
    """Seconds of an act, looked at just before, as every form is."""
    order = life.order(ACT, HAT)
    preview(life.session, order, life.times)
    start = time.perf_counter()
    answer = perform(life.session, order, life.times)
    spent = time.perf_counter() - start
    if not isinstance(answer, Done):
        raise TypeError(f"the act did not go through: {answer}")
    return spent


def _tapes(lives: list[StoredLife]) -> list[Tape]:
    """The statements of acts that are rolled back, so that they can be replayed."""
    tapes = []
    for life in lives:
        with recorded(life.session) as tape, mock.patch.object(life.session, "commit", life.session.rollback):
            perform(life.session, life.order(ACT, HAT), life.times)
        tapes.append(tape)
    return tapes


def make_durable(url: str) -> None:
    """Set a server for tests as a real one: a commit is on the disk before it answers."""
    with psycopg.connect(servers.libpq(make_url(url)), autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {name} = on")
        connection.execute("SELECT pg_reload_conf()")


def _timed_replay(connection: psycopg.Connection[Any], tape: Tape) -> float:
    start = time.perf_counter()
    for statement, parameters in tape.statements:
        cursor = connection.execute(statement, parameters)
        if cursor.description:
            cursor.fetchall()
    connection.commit()
    return time.perf_counter() - start


def _in_turn(url: str, lives: list[StoredLife], tapes: list[Tape]) -> tuple[list[float], list[float]]:
    """Seconds of acts and of replays, one after the other, so that both find the machine in the same state."""
    with psycopg.connect(servers.libpq(make_url(url))) as connection:
        pairs = [(_timed_act(life), _timed_replay(connection, tape)) for life, tape in zip(lives, tapes, strict=True)]
    return [act for act, _ in pairs], [replay for _, replay in pairs]


def measure() -> list[str]:
    """The ratio of a whole act to its bare statements, and their number."""
    with servers.private_server("postgresql") as server:
        url = migrated(server.url.replace("postgresql://", "postgresql+psycopg://", 1))
        make_durable(url)
        app = bare_app(Settings(database_url=url, home=Path()))
        with app.app_context():
            session = db.session()
            lives = _lives(session, 2 * _ACTS)
            tapes = _tapes(lives[:_ACTS])
            acts, raw = _in_turn(url, lives[_ACTS:], tapes)
            db.session.remove()
            db.engine.dispose()
    whole, floor = statistics.median(acts), statistics.median(raw)
    count = statistics.median(len(tape.statements) for tape in tapes)
    compared = f"{whole * 1e3:.2f} ms ; mêmes requêtes sans notre code : {floor * 1e3:.2f} ms"
    return [
        f"acte complet sur PostgreSQL ({ACT}) : {compared} ; rapport {whole / floor:.2f} (but : {GOAL} au plus)",
        f"requêtes de cet acte : {count:.0f} (but : 10 au plus)",
    ]
