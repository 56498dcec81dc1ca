"""Children of a command: started, watched, started again when they die, stopped together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

#: Seconds before a child that died is started again: longer each time, back to the first once it has held.
WAITS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
HELD_AFTER = 60.0
#: Seconds the children have to end by themselves; then they are killed.
GRACE = 22.0
_POLL = 0.1


@dataclass
class Child:
    """A process to keep alive: what it is called on the screen, and how it is started."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    due_at: float = 0.0

    def start(self, now: float) -> None:
        """Start it, out of reach of the keyboard: only its parent stops it."""
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            list(self.command), env=dict(self.environment), stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started_at = now

    def ended(self, now: float) -> int | None:
        """The exit code once it has died, noted so that it is started again later; None while it lives or waits."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        self.process = None
        self.deaths = 1 if now - self.started_at > HELD_AFTER else self.deaths + 1
        self.due_at = now + WAITS[min(self.deaths, len(WAITS)) - 1]
        return code


@dataclass
class Family:
    """Children kept alive together until they are asked to stop. `say` prints a line."""

    children: Sequence[Child]
    say: Callable[[str], None]
    stop: Event = field(default_factory=Event)

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start(time.monotonic())

    def watch(self, ready: Callable[[], bool] = lambda: True, once_ready: Callable[[], None] = lambda: None) -> None:
        """Keep the children alive until asked to stop; `once_ready` is called once, when `ready` first answers yes."""
        announced = False
        while not self.stop.is_set():
            self._revive(time.monotonic())
            if not announced and ready():
                announced = True
                once_ready()
            self.stop.wait(_POLL)

    def _revive(self, now: float) -> None:
        for child in self.children:
            code = child.ended(now)
            if code is not None:
                wait = child.due_at - now
                self.say(f"Le processus « {child.name} » s’est arrêté (code {code}) ; il repart dans {wait:g} s.")
            if child.process is None and now >= child.due_at:
                child.start(now)

    def end(self) -> None:
        """Ask every child to end, wait for what each has begun, kill what does not end in time."""
        living = [child.process for child in self.children if child.process is not None]
        for process in living:
            process.terminate()
        limit = time.monotonic() + GRACE
        for process in living:
            try:
                process.wait(timeout=max(0.0, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
