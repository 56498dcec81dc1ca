"""Races between real processes: each reads, waits for the others at a barrier, then writes.

Run from the tests of the races by `multiprocessing` (spawned: nothing is shared but the database and the barrier).
"""

from __future__ import annotations

import multiprocessing
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from backoffice.services import outbox
from backoffice.services.act import Conflict, Done, Order, Times, perform
from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.store.dossiers import DossierRow
from config.settings import Settings
from tests.backoffice.stored import MACHINE
from tests.moved import Moved
from workers.clock import tick_once
from workflows.actors import Actor
from workflows.acts.base import ActInputs
from workflows.decide import Refused

SECONDS = 60


@dataclass(frozen=True)
class Turn:
    """What one runner does at one turn. Without `locks`, every row lock is taken out of its process."""

    dossier: UUID
    act: str
    inputs: ActInputs
    by: Actor
    at: datetime
    sees_version: bool = False
    key: str | None = None
    locks: bool = True


_LOCK = re.compile(r" FOR (NO KEY )?UPDATE( OF \w+)?")


def _unlocked(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> Any:
    return _LOCK.sub("", statement), parameters


@contextmanager
def _locking(session: Session, *, locks: bool) -> Iterator[None]:
    """With its locks or, in what is sent to the server, without any."""
    if locks:
        yield
        return
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", _unlocked, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", _unlocked)


def _named(answer: Any) -> str:
    match answer:
        case Done(repeated=True):
            return "repeated"
        case Done():
            return "done"
        case Conflict(author=author):
            return f"conflict with {author}"
        case Refused():
            return "refused: " + ", ".join(sorted(answer.codes))
    return repr(answer)


def _decide(session: Session, turn: Turn, barrier: Barrier) -> str:
    version = session.get_one(DossierRow, turn.dossier, populate_existing=True).version if turn.sees_version else None
    order = Order(turn.dossier, turn.act, turn.inputs, turn.by, version, turn.key)
    barrier.wait(SECONDS)
    try:
        with _locking(session, locks=turn.locks):
            return _named(perform(session, order, Times(turn.at, MACHINE)))
    except Exception as error:
        return type(error).__name__


def _run(url: str, turns: list[Turn], barrier: Barrier, answers: Any) -> None:
    app = bare_app(Settings(database_url=url, home=Path()), "race")
    with app.app_context():
        told = [_decide(db.session(), turn, barrier) for turn in turns]
        answers.put(told)
        db.session.remove()
        db.engine.dispose()


def _claim(url: str, rows: list[UUID], barrier: Barrier, answers: Any) -> None:
    app = bare_app(Settings(database_url=url, home=Path()), "race")
    with app.app_context():
        told = []
        for row in rows:
            session = db.session()
            session.execute(select(1))
            session.rollback()
            barrier.wait(SECONDS)
            told.append("claimed" if outbox.claim(session, row, MACHINE) else "nothing")
        answers.put(told)
        db.session.remove()
        db.engine.dispose()


def _tick(url: str, instants: list[datetime], barrier: Barrier, answers: Any) -> None:
    app = bare_app(Settings(database_url=url, home=Path()), "race")
    told: list[str] = []
    for legal in instants:
        clocks = Moved(legal, MACHINE + timedelta(minutes=len(told))).clocks
        barrier.wait(SECONDS)
        told.append(f"{tick_once(app, clocks, timedelta(minutes=1))} notices")
    answers.put(told)
    with app.app_context():
        db.engine.dispose()


def _race(target: Callable[..., None], url: str, runners: list[Any]) -> list[Counter[str]]:
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(runners)), context.Queue()
    processes = [context.Process(target=target, args=(url, turns, barrier, answers)) for turns in runners]
    for process in processes:
        process.start()
    try:
        told = [answers.get(timeout=2 * SECONDS) for _ in processes]
    except Empty:
        raise TimeoutError("a runner of the race did not come in") from None
    finally:
        for process in processes:
            process.join(1)
            process.kill()
            process.join()
        answers.close()
    return [Counter(turn) for turn in zip(*told, strict=True)]


def race(url: str, runners: list[list[Turn]]) -> list[Counter[str]]:
    """Run every runner in a process of its own; for each turn, how many got which answer."""
    return _race(_run, url, runners)


def race_to_claim(url: str, rows: list[UUID], runners: int) -> list[Counter[str]]:
    """Have so many processes claim each row at once."""
    return _race(_claim, url, [rows] * runners)


def race_to_tick(url: str, instants: list[datetime], runners: int) -> list[Counter[str]]:
    """Have so many clock processes take each slot at once."""
    return _race(_tick, url, [instants] * runners)
