"""Signs of life for whoever supervises this process: given while it makes progress, not while it merely exists."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from threading import Event
from typing import Any

import dramatiq
from flask import Flask
from sqlalchemy import event

from backoffice.services.leases import LONGEST
from backoffice.store.base import db

#: The file descriptor to write to, when somebody listens.
VARIABLE = "TEMPS_PARTAGE_HEARTBEAT_FD"
#: Seconds after which a task in hand is taken to hang: twice the longest attempt.
HANGS_AFTER = 2 * LONGEST.total_seconds()
#: Seconds between two signs of life of a loop that waits.
_SLICE = 5.0


class Heartbeat:
    """Writes signs of life; does nothing when nobody listens. `orphaned` is called once whoever listened is gone."""

    def __init__(self, descriptor: int | None, orphaned: Callable[[], None] = lambda: None) -> None:
        self._descriptor = descriptor
        self._orphaned = orphaned
        if descriptor is not None:
            os.set_inheritable(descriptor, False)
            os.set_blocking(descriptor, False)

    def beat(self) -> None:
        """Give a sign of life."""
        if self._descriptor is None:
            return
        try:
            with suppress(BlockingIOError):  # plenty of them wait to be read
                os.write(self._descriptor, b".")
        except OSError:
            self._descriptor = None
            self._orphaned()


def heartbeat_of(environment: MutableMapping[str, str], orphaned: Callable[[], None]) -> Heartbeat:
    """The heartbeat that the environment asks for; the demand is taken out of it, children do not inherit it."""
    asked = environment.pop(VARIABLE, "")
    return Heartbeat(int(asked) if asked.isdigit() else None, orphaned)


class Beating(Event):
    """The event that stops a loop: each look at it is a sign of life of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.beat: Callable[[], None] = lambda: None

    def is_set(self) -> bool:
        """True once the loop is asked to stop."""
        self.beat()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until asked to stop, or for some seconds, giving signs of life meanwhile."""
        limit = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = _SLICE if limit is None else min(_SLICE, limit - time.monotonic())
            if left <= 0:
                return False
            super().wait(left)
        return True


def beat_at_statements(app: Flask, beat: Callable[[], None]) -> None:
    """Have each statement that this process sends to its database be a sign of life, however long its work is.

    A statement that never ends gives none: the database ends it before that.
    """

    def sent(*_of_the_statement: object) -> None:
        beat()

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", sent)


class InHand(dramatiq.Middleware):
    """Since when each task in hand has been in hand."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def before_process_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        """A task begins."""
        self._since[message.message_id] = time.monotonic()

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: dramatiq.MessageProxy,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        """A task ends, whatever its outcome."""
        self._since.pop(message.message_id, None)

    def after_skip_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        """A task is not done at all."""
        self._since.pop(message.message_id, None)

    def hangs(self) -> bool:
        """True when a task has been in hand for too long."""
        began = min(list(self._since.values()), default=None)
        return began is not None and time.monotonic() - began > HANGS_AFTER


def sound(worker: dramatiq.Worker, in_hand: InHand) -> bool:
    """True while every thread of a worker runs and no task hangs."""
    threads = [*worker.workers, *worker.consumers.values()]
    return not in_hand.hangs() and all(thread.is_alive() for thread in threads)
