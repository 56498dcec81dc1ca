"""The relay: hints the rows that are due, at least every two seconds. It alone hints.

A broker that stays away keeps nothing from being done: the relay then carries out what is due by itself, one row after
the other, until the broker answers again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import dramatiq
from dramatiq.errors import ConnectionClosed
from flask import Flask
from sqlalchemy.orm import Session

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
#: Turns in a row that the broker fails before the relay does without it, and the rows it then takes on in one turn.
_TURNS_AWAY, _ALONE_AT_ONCE = 3, 10
_log = logging.getLogger(__name__)


@contextmanager
def _session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        try:
            yield db.session()
        finally:
            db.session.remove()


def relay_once(app: Flask, actor: dramatiq.Actor[[str], None], hands: Hands) -> int:
    """Hint the rows that are due now; gives their number. A hint that fails is given again at the next turn."""
    with _session(app) as session:
        room = max(_TRICKLE, _WAITING_AT_MOST - hints_waiting(actor.broker))
        rows = outbox.to_hint(session, hands.clocks.machine(), min(room, _AT_ONCE))
        if rows:
            faultpoint("relay.marked")
        for sent, (row_id, queue) in enumerate(rows):
            try:
                hint(actor, row_id, queue)
            except Exception:
                outbox.unhint(session, [row for row, _ in rows[sent:]])
                raise
            faultpoint("relay.hinted", row_id)
        return len(rows)


def carry_out_once(
    app: Flask, actor: dramatiq.Actor[[str], None], hands: Hands, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Carry out here a few of the rows that are due now; gives their number. Whoever else does the same is kept from
    them by their leases, as any worker is.

    `goes_on` is asked before each; after a no, the others are left to whoever comes next.
    """
    with _session(app) as session:
        rows = [row_id for row_id, _ in outbox.to_hint(session, hands.clocks.machine(), _ALONE_AT_ONCE)]
    for done, row_id in enumerate(rows):
        if not goes_on():
            with _session(app) as session:
                outbox.unhint(session, rows[done:])
            return done
        actor.fn(str(row_id))
    return len(rows)


def forget_hints(app: Flask) -> None:
    """Forget the hints given so far: nobody may be left to take them."""
    with _session(app) as session:
        outbox.forget_hints(session)


class Relay(Thread):
    """Hints, or carries out without a broker, until it is stopped; an error is logged and tried again."""

    def __init__(
        self,
        app: Flask,
        actor: dramatiq.Actor[[str], None],
        hands: Hands,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        """`turned` is called after each turn, whatever came of it, and before each row carried out here."""
        super().__init__(name="relay", daemon=True)
        self._turned = turned
        self._forget: Callable[[], None] = lambda: forget_hints(app)
        self._hint: Callable[[], int] = lambda: relay_once(app, actor, hands)
        self._carry_out: Callable[[], int] = lambda: carry_out_once(app, actor, hands, self._goes_on)
        self._turns_away = 0
        self._stop_asked = Event()

    def run(self) -> None:
        """Loop until stopped."""
        fresh = True
        while not self._stop_asked.is_set():
            taken = 0
            try:
                if fresh:
                    self._forget()
                    fresh = False
                taken = self._turn()
            except Exception:
                _log.exception("the relay could not hint; it tries again")
            self._turned()
            if not taken:
                self._stop_asked.wait(PERIOD_SECONDS)

    def _turn(self) -> int:
        """Hint, or carry out while the broker stays away; gives the number of rows."""
        try:
            hinted = self._hint()
        except ConnectionClosed as error:
            self._turns_away += 1
            if self._turns_away < _TURNS_AWAY:
                raise
            if self._turns_away == _TURNS_AWAY:
                _log.warning("the broker stays away (%s): the relay carries out what is due by itself", error)
                self._forget()  # what it was hinted is lost, or late
            return self._carry_out()
        if self._turns_away:
            _log.info("the broker answers again")
        self._turns_away = 0
        return hinted

    def _goes_on(self) -> bool:
        self._turned()
        return not self._stop_asked.is_set()

    def ask_to_stop(self) -> None:
        """Ask the loop to end with what it has begun."""
        self._stop_asked.set()

    def stop(self, seconds: float = 10) -> None:
        """Ask the loop to end and wait for it, some seconds at most."""
        self.ask_to_stop()
        self.join(timeout=seconds)
