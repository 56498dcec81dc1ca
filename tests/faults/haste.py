"""What the processes of the soak set before they begin: short waits, a legal clock of its own, a trace, faults.

A process reads `legal` (seconds the legal clock is ahead), appends to `trace.jsonl` (each sending and how it ended),
and reads `arm-NAME` (faults as `config.faultpoints` reads them) several times a second, all in the folder of the house.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from backoffice.services import clocks, effects, outbox, records, surroundings
from backoffice.services.smtp import SmtpMailer
from config import faultpoints

#: A lease that a machine under load does not outlast by itself, and a worker paused for `PAST_THE_LEASE` does.
LEASE = timedelta(seconds=8)
PAST_THE_LEASE = 9.5
#: Attempts last longer than any fault: what is given up here is given up for what it says, not for how often it failed.
BACKOFF = (timedelta(seconds=1),) * 60
BEFORE_SENDING = timedelta(seconds=2)
_HOLDING = (records, surroundings)
_PATIENCE, _LIMIT = 2.0, 4.0
_LOOK = 0.15


@contextmanager
def short_waits() -> Iterator[None]:
    """Decisions taken in this process that could be taken back hold their mail for seconds only."""
    with ExitStack() as stack:
        for module in _HOLDING:
            stack.enter_context(patch.object(module, "WAIT_BEFORE_SENDING", BEFORE_SENDING))
        yield


def begin(folder: str, name: str) -> None:
    """Set this process up, before it imports what it runs."""
    home = Path(folder)
    for module, name_of, value in (
        (outbox, "LEASE", LEASE),
        (outbox, "BACKOFF", BACKOFF),
        (outbox, "ATTEMPTS", len(BACKOFF) + 1),
        (clocks, "shifted", lambda _by: clocks.Clocks(legal=lambda: _legal(home))),
        *((module, "WAIT_BEFORE_SENDING", BEFORE_SENDING) for module in _HOLDING),
    ):
        setattr(module, name_of, value)
    SmtpMailer.__init__.__defaults__ = (None, _PATIENCE, _LIMIT)
    _trace(home / "trace.jsonl")
    threading.Thread(target=_watch, args=(home / f"arm-{name}",), daemon=True).start()


def _legal(home: Path) -> datetime:
    return clocks.machine_now() + timedelta(seconds=float((home / "legal").read_text()))


def _watch(orders: Path) -> None:
    known = ""
    while True:
        text = orders.read_text() if orders.exists() else ""
        if text != known:
            known, faultpoints._armed = text, faultpoints.read(text)
        time.sleep(_LOOK)


def _trace(log: Path) -> None:
    """Note each mail that begins to leave, and how each attempt ended: done, not done, or with which error."""

    def note(row: str, what: str) -> None:
        line = json.dumps({"at": time.time(), "pid": os.getpid(), "row": row, "what": what}).encode() + b"\n"
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        with suppress(OSError):
            os.write(file, line)
        os.close(file)

    send, deliver = SmtpMailer.send, effects.deliver

    def traced_send(self: SmtpMailer, mail: Any) -> Any:
        note(mail.message_id.strip("<>").partition("@")[0], "sends")
        return send(self, mail)

    def traced_delivery(session: Any, row_id: UUID, hands: Any) -> bool:
        try:
            done = deliver(session, row_id, hands)
        except BaseException as error:
            note(str(row_id), type(error).__name__)
            raise
        note(str(row_id), "done" if done else "not done")
        return done

    SmtpMailer.send = traced_send  # type: ignore[method-assign]
    effects.deliver = traced_delivery
