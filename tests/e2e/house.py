"""A whole installation in the process of the test: web server, worker and relay, clock, mail server.

The pages are served over HTTP on a free port, the worker runs its threads, mail goes to a real SMTP server. The test
moves both clocks: `at` the legal one, which makes the clock process tick and the worker do what it then must;
`minutes` the machine’s, for the mails of decisions that wait ten minutes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour_of_day
from threading import Thread
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from backoffice.services.doctor import examine
from backoffice.services.effects import Hands
from backoffice.services.smtp import SmtpMailer
from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.store.outbox import OutboxRow
from backoffice.web.app import create_app
from config.settings import Settings
from tests.backoffice.smtp_sink import Received, Sink, running
from tests.moved import Moved
from workers import clock
from workers.actor import declare
from workers.broker import make_broker, make_worker
from workers.relay import Relay

HOST = "127.0.0.1"
_PERIOD = timedelta(seconds=60)
_PATIENCE = 20.0


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: the tests say what they see."""


@dataclass(repr=False)
class House:
    """The installation while it runs."""

    app: Flask
    sink: Sink
    moved: Moved
    server: BaseWSGIServer
    zone: str = "Europe/Paris"
    _seen: int = field(default=0, repr=False)

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://{HOST}:{self.server.port}"

    # the clocks

    @property
    def today(self) -> date:
        """The day in the zone of the call of the test."""
        return self.moved.legal.astimezone(ZoneInfo(self.zone)).date()

    def at(self, day: str, hour: str = "10:00") -> House:
        """Go to an hour of a day, "14/06/2024": the clock ticks, and the worker does what fell due."""
        local = datetime.combine(
            datetime.strptime(day, "%d/%m/%Y").date(),  # noqa: DTZ007 - a date, placed in its zone on the next line
            hour_of_day.fromisoformat(hour),
            tzinfo=ZoneInfo(self.zone),
        )
        self.moved.legal = local.astimezone(UTC)
        self.tick()
        return self

    def tick(self) -> int:
        """One turn of the clock process, in a slot of its own; gives the number of things that fell due."""
        self.moved.machine += _PERIOD
        noticed = clock.tick_once(self.app, self.moved.clocks, _PERIOD)
        self.settle()
        return noticed

    def minutes(self, count: int) -> House:
        """Let some minutes pass on the machine’s clock, and the worker send what waited for them."""
        self.moved.machine += timedelta(minutes=count)
        self.settle()
        return self

    # the worker

    def settle(self) -> None:
        """Wait until nothing that is due now remains to be done."""
        until = time.monotonic() + _PATIENCE
        while waiting := self._waiting():
            if time.monotonic() > until:
                raise AssertionError(f"the worker does not come to an end: {waiting}")
            time.sleep(0.01)  # the worker has threads of its own

    def _waiting(self) -> list[str]:
        wanted = select(OutboxRow.name, OutboxRow.last_error).where(
            OutboxRow.done_at.is_(None),
            OutboxRow.dead_at.is_(None),
            OutboxRow.next_attempt_at <= self.moved.machine,
        )
        with self.app.app_context():
            found = [f"{name} ({error})" for name, error in db.session.execute(wanted)]
            db.session.remove()
        return found

    # what came of it

    def mails(self) -> list[Received]:
        """The mails received since one last asked."""
        new = self.sink.accepted[self._seen :]
        self._seen += len(new)
        return new

    def ailments(self) -> list[str]:
        """What the doctor finds."""
        with self.app.app_context():
            found = [f"{a.check} {a.where} {a.what}" for a in examine(db.session())]
            db.session.remove()
        return found


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """A house on a database at the newest schema; with a Redis URL its broker is that one."""
    with running() as sink:
        settings = replace(settings, smtp_url=sink.url, insecure_cookies=True)
        moved = Moved()
        app = create_app(settings, moved.clocks)
        server = make_server(HOST, 0, app, threaded=True, request_handler=_Quiet)
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        with _working(settings, moved):
            yield House(app, sink, moved, server)
        server.shutdown()
        serving.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@contextmanager
def _working(settings: Settings, moved: Moved) -> Iterator[None]:
    """The worker process: its own application, its threads, its relay."""
    app = bare_app(settings, "workers")
    hands = Hands(settings, moved.clocks, SmtpMailer(settings.smtp_url))
    broker = make_broker(settings.redis_url)
    worker = make_worker(broker)
    worker.worker_timeout = 20  # milliseconds between two looks at an empty queue
    relaying = Relay(app, declare(broker, app, hands), hands)
    worker.start()
    relaying.start()
    try:
        yield
    finally:
        relaying.stop()
        worker.stop()
        broker.close()
        with app.app_context():
            db.engine.dispose()
