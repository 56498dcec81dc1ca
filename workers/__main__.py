"""The processes: `python -m workers work` and `python -m workers clock`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from datetime import timedelta
from threading import Event
from types import FrameType

from flask import Flask

from backoffice.services.clocks import Clocks, shifted
from backoffice.services.documents import shelf_of
from backoffice.services.effects import Hands
from backoffice.services.mails import SmtpMailer
from backoffice.store.database import bare_app
from config.settings import Settings, for_service
from workers import clock
from workers.actor import declare
from workers.broker import make_broker, make_worker
from workers.relay import Relay

_STOP_MS = 20_000


def hands_of(settings: Settings) -> Hands:
    """What effects are carried out with, in this installation."""
    clocks = shifted(settings.legal_shift) if settings.legal_shift else Clocks()
    return Hands(settings, clocks, SmtpMailer(settings.smtp_url))


def work(app: Flask, settings: Settings, stop: Event) -> None:
    """Run the worker and its relay until asked to stop; what has begun is finished."""
    hands = hands_of(settings)
    broker = make_broker(settings.redis_url)
    actor = declare(broker, app, hands)
    worker = make_worker(broker)
    relay = Relay(app, actor, hands)
    worker.start()
    relay.start()
    stop.wait()
    relay.stop()
    worker.stop(timeout=_STOP_MS)
    broker.close()


def main(argv: list[str] | None = None) -> int:
    """Run one process until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="workers")
    parser.add_argument("process", choices=("work", "clock"))
    parser.add_argument("--period", type=int, default=60, help="secondes entre deux tours d’horloge")
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    settings = for_service()
    app = bare_app(settings, "workers")
    stop = Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    if arguments.process == "work":
        work(app, settings, stop)
    else:
        clock.run(app, hands_of(settings).clocks, timedelta(seconds=arguments.period), stop, shelf_of(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
