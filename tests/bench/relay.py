"""How many effects a worker carries out a second, and how long an effect waits after its commit."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.clocks import Clocks, machine_now
from backoffice.services.effects import Hands
from backoffice.services.mails import Mail, Sent
from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.store.outbox import OutboxRow
from config.settings import Settings
from tests import servers
from tests.backoffice.stored import StoredLife, stored_life
from tests.bench.door import make_durable
from tests.databases import migrated
from workers.actor import declare
from workers.broker import make_broker, make_worker
from workers.relay import Relay
from workflows.states import State

_DOSSIERS = 120
_ALONE = 20
_PATIENCE = 60.0


@dataclass
class Stopwatch:
    """A mailer that sends nothing and says when it was asked to."""

    sent: list[float] = field(default_factory=list)
    asked: Event = field(default_factory=Event)

    def send(self, _mail: Mail) -> Sent:
        """Note the instant."""
        self.sent.append(time.perf_counter())
        self.asked.set()
        return Sent()


def measure() -> list[str]:
    """Throughput and latency of one worker process on a durable PostgreSQL, its mails going nowhere."""
    with servers.private_server("postgresql") as server:
        url = migrated(server.url.replace("postgresql://", "postgresql+psycopg://", 1))
        make_durable(url)
        settings = Settings(database_url=url, home=Path())
        app = bare_app(settings)
        with app.app_context():
            try:
                return _measured(app, settings, db.session())
            finally:
                db.session.remove()
                db.engine.dispose()


def _measured(app: Flask, settings: Settings, session: Session) -> list[str]:
    watch = Stopwatch()
    hands = Hands(settings, Clocks(legal=machine_now), watch)
    for _ in range(_DOSSIERS):
        _life(session).to(State.SUBMITTED)
    waiting = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))) or 0
    session.commit()
    broker = make_broker(None)
    relay, worker = Relay(app, declare(broker, app, hands), hands), make_worker(broker)
    start = time.perf_counter()
    worker.start()
    relay.start()
    try:
        _until(lambda: len(watch.sent) >= waiting)
        rate = waiting / (watch.sent[-1] - start)
        alone = [_alone(session, watch) for _ in range(_ALONE)]
    finally:
        relay.stop()
        worker.stop()
        broker.close()
    worst = max(alone)
    return [
        f"un processus de tâches : {rate:.0f} courriels par seconde ({waiting} en attente, serveur de courriel nul)",
        f"du commit à l’effet, au repos : médiane {statistics.median(alone):.2f} s, au pire {worst:.2f} s (but : 2 s)",
    ]


def _life(session: Session) -> StoredLife:
    life = stored_life(session, "na-2024")
    life.machine = machine_now()
    return life


def _alone(session: Session, watch: Stopwatch) -> float:
    """Seconds from the commit of a filing to its first mail."""
    life = _life(session)
    watch.asked.clear()
    start = time.perf_counter()
    life.to(State.SUBMITTED)
    if not watch.asked.wait(_PATIENCE):
        raise TimeoutError("no mail left")
    return watch.sent[-1] - start


def _until(done: Callable[[], bool]) -> None:
    limit = time.perf_counter() + _PATIENCE
    while not done():
        if time.perf_counter() > limit:
            raise TimeoutError("the effects were not carried out")
        time.sleep(0.01)
