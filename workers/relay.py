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
from workers.actor import hint

PERIOD_SECONDS = 1.0
_log = logging.getLogger(__name__)


def relay_once(app: Flask, actor: dramatiq.Actor[[str], None], hands: Hands) -> int:
    """Hint the rows that are due now; gives their number. A hint that fails is given again at the next turn."""
    with app.app_context():
        try:
            rows = outbox.to_hint(db.session(), hands.clocks.machine())
            for sent, (row_id, queue) in enumerate(rows):
                try:
                    hint(actor, row_id, queue)
                except Exception:
                    outbox.unhint(db.session(), [row for row, _ in rows[sent:]])
                    raise
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

    def __init__(self, app: Flask, actor: dramatiq.Actor[[str], None], hands: Hands) -> None:
        super().__init__(name="relay", daemon=True)
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
            if not hinted:
                self._stop_asked.wait(PERIOD_SECONDS)

    def stop(self) -> None:
        """Ask the loop to end and wait for it."""
        self._stop_asked.set()
        self.join(timeout=10)
