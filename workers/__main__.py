"""The processes: `python -m workers work` and `python -m workers clock`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from datetime import timedelta
from threading import Event
from types import FrameType

from flask import Flask

from backoffice.services.clocks import clocks_of
from backoffice.services.documents import shelf_of
from backoffice.services.effects import Hands
from backoffice.services.mailers import mailer_of
from backoffice.store.database import bare_app
from config.settings import Settings, for_service
from workers import clock
from workers.actor import declare
from workers.broker import make_broker, make_worker
from workers.heartbeat import Beating, Heartbeat, InHand, beat_at_statements, heartbeat_of, sound
from workers.keeper import Keeper
from workers.relay import Relay

#: Seconds that what has begun has to end.
GRACE = 20.0


def hands_of(settings: Settings) -> Hands:
    """What effects are carried out with, in this installation."""
    return Hands(settings, clocks_of(settings), mailer_of(settings))


def work(app: Flask, settings: Settings, stop: Event, heartbeat: Heartbeat, grace: float = GRACE) -> None:
    """Run the worker and its relay until asked to stop; what has begun is finished within `grace` seconds."""
    hands = hands_of(settings)
    broker = make_broker(settings.redis_url)
    actor = declare(broker, app, hands)
    in_hand = InHand()
    broker.add_middleware(in_hand)
    worker = make_worker(broker)
    relay = Relay(app, actor, hands, lambda: heartbeat.beat() if sound(worker, in_hand) else None)
    keeper = Keeper(app, hands)
    worker.start()
    relay.start()
    keeper.start()
    stop.wait()
    limit = time.monotonic() + grace
    relay.ask_to_stop()
    worker.stop(timeout=max(0, int((limit - time.monotonic()) * 1000)))
    relay.stop(max(0.0, limit - time.monotonic()))
    keeper.stop(1)
    broker.close()


def _set_logs(*, demo: bool) -> None:
    """What the process says of itself: under a demonstration, only what goes wrong."""
    level = logging.WARNING if demo else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("dramatiq").setLevel(logging.WARNING)


def main(argv: list[str] | None = None) -> int:
    """Run one process until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="workers")
    parser.add_argument("process", choices=("work", "clock"))
    parser.add_argument("--period", type=int, default=60, help="secondes entre deux tours d’horloge")
    parser.add_argument("--grace", type=float, default=GRACE, help="secondes pour finir ce qui est commencé")
    arguments = parser.parse_args(argv)
    settings = for_service()
    _set_logs(demo=settings.demo)
    app = bare_app(settings, "workers")
    stop = Beating()
    heartbeat = heartbeat_of(os.environ, stop.set)

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    if arguments.process == "work":
        work(app, settings, stop, heartbeat, arguments.grace)
    else:
        stop.beat = heartbeat.beat
        beat_at_statements(app, heartbeat.beat)
        clock.run(app, hands_of(settings).clocks, timedelta(seconds=arguments.period), stop, shelf_of(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
