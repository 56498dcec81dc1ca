"""Named places in the code where a test makes the process fail. Without the environment variable they do nothing.

    TEMPS_PARTAGE_FAULTS="outbox.after_send=kill:3,act.before_commit=raise:~20"

Each item is `point=action[:when[:seconds]]`. Actions: `kill` (as `kill -9` on oneself), `stop` (as SIGSTOP), `sleep`,
`raise`. `when`: the number of the passage in a process (1 when nothing is said), once in the whole installation; `*`
for each passage; `~20` for one in twenty by chance. What fires is first written and synced to the file that
TEMPS_PARTAGE_FAULTS_LOG names, one JSON object a line: a mail that left twice is then explained by a kill.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

VARIABLE = "TEMPS_PARTAGE_FAULTS"
LOG = "TEMPS_PARTAGE_FAULTS_LOG"
POINTS = frozenset(
    {
        "act.locked",
        "act.before_commit",
        "act.after_commit",
        "outbox.claimed",
        "outbox.before_send",
        "outbox.after_send",
        "outbox.before_finish",
        "outbox.after_finish",
        "actor.before_ack",
        "relay.marked",
        "relay.hinted",
        "due.before_commit",
        "due.after_commit",
        "documents.put",
    }
)


class InjectedError(RuntimeError):
    """What the action `raise` raises."""


class FaultSyntaxError(ValueError):
    """A list of faults that cannot be read."""


@dataclass
class Fault:
    """What happens at a point, and how often it was passed. `when`: None for each passage."""

    point: str
    action: str
    when: int | None = 1
    one_in: int = 0
    seconds: float = 0.0
    passages: int = 0

    @property
    def is_once(self) -> bool:
        """True for what happens once, whatever the number of processes and of their lives."""
        return self.when is not None and not self.one_in

    def is_now(self) -> bool:
        """Count a passage; True when the fault happens at this one."""
        self.passages += 1
        if self.one_in:
            return random.random() < 1 / self.one_in  # noqa: S311 - chance for tests, not for secrets
        return self.when is None or self.passages == self.when


def read(text: str) -> dict[str, Fault]:
    """The faults of a list, by point. Raises FaultSyntaxError."""
    found = [_fault(item.strip()) for item in text.split(",") if item.strip()]
    return {fault.point: fault for fault in found}


def _fault(item: str) -> Fault:
    point, _, told = item.partition("=")
    action, when, seconds, *rest = [*told.split(":"), "", ""][: max(3, told.count(":") + 1)]
    if point not in POINTS or action not in _ACTIONS or rest:
        raise FaultSyntaxError(f"« {item} » n’est pas une panne connue.")
    try:
        if when.startswith("~"):
            return Fault(point, action, one_in=int(when[1:]), seconds=float(seconds or 0))
        return Fault(point, action, None if when == "*" else int(when or 1), seconds=float(seconds or 0))
    except ValueError as error:
        raise FaultSyntaxError(f"« {item} » n’est pas une panne connue.") from error


_LOCK = Lock()


def faultpoint(name: str, about: object = "") -> None:
    """A place where a test may make the process fail. `about`: what is being done, an id."""
    if _armed:
        _pass(name, about)


def _pass(name: str, about: object) -> None:
    fault = _armed.get(name)
    if fault is None:
        return
    with _LOCK:
        if not fault.is_now() or (fault.is_once and _has_fired(fault)):
            return
        _note(fault, about)
    _ACTIONS[fault.action](fault)


def _has_fired(fault: Fault) -> bool:
    try:
        lines = Path(os.environ[LOG]).read_text("utf-8").splitlines()
    except (KeyError, FileNotFoundError):
        return False
    return any(json.loads(line)["point"] == fault.point for line in lines)


def _note(fault: Fault, about: object) -> None:
    path = os.environ.get(LOG)
    if not path:
        return
    told = {"at": time.time(), "pid": os.getpid(), "point": fault.point, "action": fault.action, "about": str(about)}
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, json.dumps(told).encode() + b"\n")
        os.fsync(file)
    finally:
        os.close(file)


def _raise(fault: Fault) -> None:
    raise InjectedError(fault.point)


_ACTIONS: dict[str, Callable[[Fault], None]] = {
    "kill": lambda _fault: os.kill(os.getpid(), signal.SIGKILL),
    "stop": lambda _fault: os.kill(os.getpid(), signal.SIGSTOP),
    "sleep": lambda fault: time.sleep(fault.seconds),
    "raise": _raise,
}
_armed = read(os.environ.get(VARIABLE, ""))
