"""The clock process: one small loop. Several may run: a slot is taken by one of them only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

from flask import Flask

from backoffice.services import deadlines, due, moved_back, redrawing, slots
from backoffice.services.act import Times
from backoffice.services.clocks import Clocks
from backoffice.services.documents import Shelf, sweep
from backoffice.store.base import db

JOB = "due"
SWEEP = "documents"
_log = logging.getLogger(__name__)


def slot_of(now: datetime, period: timedelta) -> datetime:
    """The beginning of the slot an instant falls in."""
    seconds = int(period.total_seconds())
    return now - timedelta(seconds=int(now.timestamp()) % seconds, microseconds=now.microsecond)


def tick_once(app: Flask, clocks: Clocks, period: timedelta) -> int:
    """Take the present slot and notice what fell due; gives the number of notices, 0 when another has the slot."""
    machine = clocks.machine()
    with app.app_context():
        try:
            session = db.session()
            slot = slot_of(machine, period)
            if not slots.take(session, JOB, slot, machine):
                _log.debug("le tour de %s est à une autre horloge", slot)
                return 0
            moved = moved_back.bring_back(session, machine)
            if moved:
                _log.warning("l’heure a reculé : effets d’après ramenés à maintenant : %d", moved)
            total = due.tick(session, legal=clocks.legal(), machine=machine).notices
            slots.close(session, JOB, slot, clocks.machine())
            _log.log(logging.INFO if total else logging.DEBUG, "tour de %s : échéances relevées : %d", slot, total)
            return total
        finally:
            db.session.remove()


def plan_once(app: Flask, clocks: Clocks, unread: set[UUID]) -> int:
    """Plan again a batch of the deadlines that an older release wrote; gives their number."""
    with app.app_context():
        try:
            planned = deadlines.plan_stale(db.session(), clocks.legal(), unread)
            if planned:
                _log.info("échéances récrites : dossiers : %d", planned)
            return planned
        finally:
            db.session.remove()


def draw_once(app: Flask, clocks: Clocks, unread: set[UUID]) -> int:
    """Draw a batch of the money that an older release wrote; gives the number of dossiers."""
    with app.app_context():
        try:
            drawn = redrawing.draw_stale(db.session(), Times(clocks.legal(), clocks.machine()), unread)
            if drawn:
                _log.info("the money of %d dossiers was drawn", drawn)
            return drawn
        finally:
            db.session.remove()


def sweep_once(app: Flask, clocks: Clocks, shelf: Shelf) -> int:
    """Take the slot of the day and sweep the files that no document wants; gives their number."""
    machine = clocks.machine()
    with app.app_context():
        try:
            session, slot = db.session(), slot_of(machine, timedelta(days=1))
            if not slots.take(session, SWEEP, slot, machine):
                return 0
            swept = sweep(session, shelf, machine)
            slots.close(session, SWEEP, slot, clocks.machine())
            _log.log(logging.INFO if swept else logging.DEBUG, "fichiers sans document retirés : %d", swept)
            return swept
        finally:
            db.session.remove()


def run(app: Flask, clocks: Clocks, period: timedelta, stop: Event, shelf: Shelf) -> None:
    """Tick until asked to stop; what goes wrong is logged, keeps nothing else from being done, and is tried again."""
    unread: set[UUID] = set()
    undrawn: set[UUID] = set()
    while not stop.is_set():
        planned = _tried("écrire les échéances", lambda: plan_once(app, clocks, unread))
        drawn = _tried("écrire les montants", lambda: draw_once(app, clocks, undrawn))
        _tried("voir ce qui échoit", lambda: tick_once(app, clocks, period))
        _tried("ranger les documents", lambda: sweep_once(app, clocks, shelf))
        if not (planned or drawn):  # else the next batch follows at once; each look at `stop` is a sign of life
            stop.wait(period.total_seconds() / 2)


def _tried(what: str, step: Callable[[], int]) -> int:
    try:
        return step()
    except Exception:
        _log.exception("l’horloge n’a pas pu %s : elle réessaiera", what)
        return 0
