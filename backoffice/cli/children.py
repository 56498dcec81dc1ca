"""Children of a command: started, watched, started again when they die or hang, stopped together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from backoffice.cli import launch

#: Seconds before a child that died is started again: longer each time, back to the first once it has held.
WAITS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
HELD_AFTER = 60.0
#: Seconds the children have to end by themselves; then they are killed.
GRACE = 25.0
#: Seconds without a sign of life after which a child that gives some is taken to hang: more than its longest statement.
STUCK_AFTER = 180.0
#: Names, for a child, the file descriptor it writes its signs of life to.
HEARTBEAT = "TEMPS_PARTAGE_HEARTBEAT_FD"
_POLL = 0.1
_LAUNCHER = (sys.executable, "-I", "-S", str(Path(launch.__file__)))


@dataclass
class Child:
    """A process to keep alive: what it is called on the screen, how it is started, whether it gives signs of life.

    It dies with its parent, however the parent dies. A sign of life is anything written to the pipe it is given:
    no file, no clock, nothing a full disk could take away.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    beats: bool = False
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    due_at: float = 0.0
    heard_at: float = 0.0
    kill_at: float | None = None
    _pipe: int | None = None

    def start(self, now: float) -> None:
        """Start it, out of reach of the keyboard: only its parent stops it."""
        self._hang_up()
        environment = dict(self.environment)
        handed: tuple[int, ...] = ()
        if self.beats:
            self._pipe, end = os.pipe()
            os.set_blocking(self._pipe, False)
            environment[HEARTBEAT], handed = str(end), (end,)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [*_LAUNCHER, str(os.getpid()), *self.command],
                env=environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=handed,
            )
        finally:
            for end in handed:
                os.close(end)
        self.started_at = self.heard_at = now
        self.kill_at = None

    def _hang_up(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def ended(self, now: float) -> int | None:
        """The exit code once it has died, noted so that it is started again later; None while it lives or waits."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        self._signal_group(signal.SIGTERM)  # what it had started itself
        self.process = None
        self._hang_up()
        self.deaths = 1 if now - self.started_at > HELD_AFTER else self.deaths + 1
        self.due_at = now + WAITS[min(self.deaths, len(WAITS)) - 1]
        return code

    def silent_for(self, now: float) -> float:
        """Seconds since its last sign of life; 0 for a child that gives none, or does not run."""
        if self._pipe is None or self.process is None:
            return 0.0
        with contextlib.suppress(BlockingIOError):
            if os.read(self._pipe, 65536):
                self.heard_at = now
        return now - self.heard_at

    def stop_stuck(self, now: float, patience: float) -> None:
        """Ask a child that hangs to end, then kill it; called at each turn until it is dead."""
        if self.process is None:
            return
        if self.kill_at is None:
            self.kill_at = now + patience
            self.process.terminate()
        elif now >= self.kill_at:
            self.kill()

    def kill(self) -> None:
        """Kill it, and whatever it has started."""
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, asked: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, asked)

    @property
    def lives(self) -> bool:
        """True while it runs."""
        return self.process is not None and self.process.poll() is None


@dataclass
class Family:
    """Children kept alive together until they are asked to stop. `say` prints a line; `hurry`: no more waiting."""

    children: Sequence[Child]
    say: Callable[[str], None]
    grace: float = GRACE
    stuck_after: float = STUCK_AFTER
    stop: Event = field(default_factory=Event)
    hurry: Event = field(default_factory=Event)

    def start(self) -> None:
        """Start every child. The thread that calls must outlive them: they die with it."""
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
            self._listen(child, now)
            code = child.ended(now)
            if code is not None:
                wait = child.due_at - now
                self.say(f"Le processus « {child.name} » s’est arrêté (code {code}) ; il repart dans {wait:g} s.")
            if child.process is None and now >= child.due_at:
                child.start(now)

    def _listen(self, child: Child, now: float) -> None:
        silence = child.silent_for(now)
        if silence > self.stuck_after or child.kill_at is not None:
            if child.kill_at is None:
                self.say(
                    f"Le processus « {child.name} » ne donne plus signe de vie depuis {silence:.0f} s : il est arrêté."
                )
            child.stop_stuck(now, share(self.grace))

    def end(self) -> None:
        """Ask every child to end, wait for what each has begun, kill what does not end in time."""
        living = [child for child in self.children if child.lives]
        for child in living:
            if child.process is not None:
                child.process.terminate()
        limit = time.monotonic() + self.grace
        while any(child.lives for child in living) and time.monotonic() < limit and not self.hurry.is_set():
            self.hurry.wait(_POLL / 2)
        for child in living:
            if child.lives:
                self.say(f"Le processus « {child.name} » ne s’est pas arrêté à temps : il est tué.")
            child.kill()
            if child.process is not None:
                child.process.wait()


#: Seconds of the grace that the parent keeps to kill what does not end.
_KEPT = 3.0


def share(grace: float) -> float:
    """The seconds that a child has to end by itself, out of those that all of them have together."""
    return max(grace - _KEPT, grace * 0.8)
