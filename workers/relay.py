"""The relay: hints the rows that are due, at least every two seconds. It alone hints."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

import dramatiq
from flask import Flask

from backoffice.services import outbox
from backoffice.services.effects import Hands
from backoffice.store.base import db
from config.faultpoints import faultpoint
from workers.actor import hint
from workers.broker import hints_waiting

PERIOD_SECONDS = 1.0
#: Hints given in one turn, and hints that wait in the broker: a row that waits for its turn longer than a lease is
#: hinted again, and a broker that holds every row several times over keeps the workers from the last ones.
_AT_ONCE, _WAITING_AT_MOST = 100, 200
#: Hints given whatever waits: what waits may be rubbish that nobody takes.
_TRICKLE = 5
_log = logging.getLogger(__name__)


def relay_once(app: Flask, actor: dramatiq.Actor[[str], None], hands: Hands) -> int:
    """Hint the rows that are due now; gives their number. A hint that fails is given again at the next turn."""
    with app.app_context():
        try:
            room = max(_TRICKLE, _WAITING_AT_MOST - hints_waiting(actor.broker))
            rows = outbox.to_hint(db.session(), hands.clocks.machine(), min(room, _AT_ONCE))
            if rows:
                faultpoint("relay.marked")
            for sent, (row_id, queue) in enumerate(rows):
                try:
                    hint(actor, row_id, queue)
                except Exception:
                    outbox.unhint(db.session(), [row for row, _ in rows[sent:]])
                    raise
                faultpoint("relay.hinted", row_id)
            return len(rows)
        finally:
            db.session.remove()


def forget_hints(app: Flask) -> None:
    """Forget the hints given before this process started: nobody may be left to take them."""
    with app.app_context():
        try:
            outbox.forget_hints(db.session())
        finally:
            db.session.remove()


class Relay(Thread):
    """Runs `relay_once` until it is stopped; an error is logged and tried again."""

    def __init__(
        self,
        app: Flask,
        actor: dramatiq.Actor[[str], None],
        hands: Hands,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        """`turned` is called after each turn, whatever came of it."""
        super().__init__(name="relay", daemon=True)
        self._turned = turned
        self._forget: Callable[[], None] = lambda: forget_hints(app)
        self._run_once: Callable[[], int] = lambda: relay_once(app, actor, hands)
        self._stop_asked = Event()

    def run(self) -> None:
        """Loop until stopped."""
        fresh = True
        while not self._stop_asked.is_set():
            hinted = 0
            try:
                if fresh:
                    self._forget()
                    fresh = False
                hinted = self._run_once()
            except Exception:
                _log.exception("the relay could not hint; it tries again")
            self._turned()
            if not hinted:
                self._stop_asked.wait(PERIOD_SECONDS)

    def stop(self, seconds: float = 10) -> None:
        """Ask the loop to end and wait for it, some seconds at most."""
        self._stop_asked.set()
        self.join(timeout=seconds)
