"""The keeper: renews the leases in hand while this process lives; killed or paused with it, it renews nothing."""

from __future__ import annotations

import logging
from threading import Event, Thread

from flask import Flask

from backoffice.services import outbox
from backoffice.services.effects import Hands
from backoffice.store.base import db

#: Renewals within one lease: one that is missed loses nothing.
_PER_LEASE = 4
_log = logging.getLogger(__name__)


def renew_once(app: Flask, hands: Hands) -> int:
    """Renew the leases in hand; gives their number."""
    now = hands.clocks.machine()
    if not hands.leases.living(now):
        return 0
    with app.app_context():
        try:
            return hands.leases.renew(db.session(), now)
        finally:
            db.session.remove()


class Keeper(Thread):
    """Runs `renew_once` until it is stopped; an error is logged and tried again."""

    def __init__(self, app: Flask, hands: Hands) -> None:
        super().__init__(name="keeper", daemon=True)
        self._app = app
        self._hands = hands
        self._stop_asked = Event()

    def run(self) -> None:
        """Loop until stopped."""
        while not self._stop_asked.wait(outbox.LEASE.total_seconds() / _PER_LEASE):
            try:
                renew_once(self._app, self._hands)
            except Exception:
                _log.exception("the leases in hand could not be renewed; it tries again")

    def stop(self, seconds: float = 5) -> None:
        """Ask the loop to end and wait for it, some seconds at most."""
        self._stop_asked.set()
        self.join(timeout=seconds)
