"""Can this process serve, and does the installation do well? Answered within seconds, whatever hangs.

A check that hangs is left to end by itself, and no second one is begun beside it.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread

import redis
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backoffice.services import operations
from backoffice.services.operations import AlertKind
from backoffice.store.database import Schema, schema_of
from backoffice.store.probe import embedded, probe
from config.settings import Settings

_log = logging.getLogger(__name__)

#: Seconds an answer may take.
PATIENCE = 2.5
_REDIS_SECONDS = 1
#: A disk with less room than this is low, in bytes: documents of 10 MB come by the dozen on the last day of a call.
LEAST_ROOM = 500 * 1024 * 1024

OK, DEGRADED, DOWN = "ok", "degraded", "down"
_GOOD = frozenset({"ok", "newer", "none"})


@dataclass(frozen=True, slots=True)
class Readiness:
    """`status`: ok, degraded (it serves, and somebody should look), down (it cannot serve). `checks`: one word each."""

    status: str
    checks: dict[str, str]


def examined(settings: Settings, now: datetime) -> Readiness:
    """Look at everything. May hang as long as a disk does."""
    checks = _database(settings, now)
    if checks["database"] != "ok" or checks["schema"] == Schema.OLDER:
        return Readiness(DOWN, checks)
    checks |= _disks(settings) | {"redis": _redis(settings.redis_url)}
    good = all(said in _GOOD for said in checks.values())
    return Readiness(OK if good else DEGRADED, checks)


def _database(settings: Settings, now: datetime) -> dict[str, str]:
    try:
        engine = probe(settings.database_url)
        with engine.connect() as connection:
            schema = schema_of(connection)
            if schema is Schema.OLDER:
                return {"database": "ok", "schema": schema.value}
            with Session(connection) as session:
                found = {a.kind for a in operations.alerts(session, now, settings.late_after)}
    except (SQLAlchemyError, OSError) as error:
        _log.warning("the database does not answer: %s", type(error).__name__)
        return {"database": "away"}
    late_clock = found & {AlertKind.CLOCK_LATE, AlertKind.CLOCK_AHEAD, AlertKind.CLOCK_NEVER}
    return {
        "database": "ok",
        "schema": schema.value,
        "queue": "late" if AlertKind.QUEUE_LATE in found else "ok",
        "clock": "late" if late_clock else "ok",
    }


def _disks(settings: Settings) -> dict[str, str]:
    """The room left where documents are, and where the embedded database is."""
    checks = {"disk": _room(settings.home)}
    file = embedded(settings.database_url)
    return checks | ({"database_disk": _room(file.parent)} if file is not None else {})


def _room(folder: Path) -> str:
    try:
        return "ok" if shutil.disk_usage(folder).free >= LEAST_ROOM else "low"
    except OSError:
        return "away"


def _redis(url: str | None) -> str:
    """Redis only wakes workers up: without it, effects are late by some seconds."""
    if url is None:
        return "none"
    try:
        client = redis.Redis.from_url(url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS)
        try:
            client.ping()
        finally:
            client.close()
    except (redis.RedisError, OSError, ValueError):
        return "away"
    return "ok"


@dataclass
class Doorkeeper:
    """Runs one examination at a time, and answers in time even when it hangs."""

    examine: Callable[[], Readiness]
    patience: float = PATIENCE
    _lock: Lock = field(default_factory=Lock)
    _running: Future[Readiness] | None = None

    def answer(self) -> Readiness:
        """What the examination finds; down when it does not end in time."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                Thread(target=self._run, args=(self._running,), name="readiness", daemon=True).start()
            running = self._running
        try:
            return running.result(self.patience)
        except TimeoutError:
            return Readiness(DOWN, {"database": "slow"})

    def _run(self, promised: Future[Readiness]) -> None:
        try:
            promised.set_result(self.examine())
        except Exception:
            _log.exception("the examination failed")
            promised.set_result(Readiness(DOWN, {"database": "away"}))
