"""Processes of an installation under test: started with its settings, restarted when they die, all ended at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from config import faultpoints

ROOT = Path(__file__).resolve().parents[2]
#: Short waits, so that what takes a minute in an office takes seconds here. Set before anything reads them.
_HASTE = """
import faulthandler, signal
faulthandler.register(signal.SIGUSR1)
from datetime import timedelta
from backoffice.services import outbox
from backoffice.services.smtp import SmtpMailer
outbox.LEASE = timedelta(seconds={lease})
outbox.BACKOFF = (timedelta(seconds=1),) * 6
SmtpMailer.__init__.__defaults__ = (None, 2.0, 4.0)
"""
_WORKERS = "from workers.__main__ import main\nimport sys\nsys.exit(main({arguments!r}))"
_PAGES = "import sys\nfrom gunicorn.app.wsgiapp import run\nsys.argv = {arguments!r}\nrun()"
_KEPT = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "HOME"})


@dataclass
class Running:
    """A process: how it was started, and whether it is started again when it dies."""

    name: str
    code: str
    environment: dict[str, str]
    log: Path
    kept: bool = False
    cwd: Path = ROOT
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-c", self.code],
                cwd=self.cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def lives(self) -> bool:
        """True while it runs, or is paused."""
        return self.process.poll() is None

    def kill(self) -> None:
        """As `kill -9`, its children included."""
        if self.lives:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def pause(self) -> None:
        """As SIGSTOP."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """As SIGCONT."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """As SIGTERM."""
        self.process.send_signal(signal.SIGTERM)


@dataclass
class Processes:
    """The processes of one installation. `settings`: their environment."""

    folder: Path
    settings: dict[str, str]
    all: list[Running] = field(default_factory=list)

    @property
    def fault_log(self) -> Path:
        """What the fault points noted."""
        return self.folder / "faults.jsonl"

    @property
    def log(self) -> Path:
        """What the processes said."""
        return self.folder / "processes.log"

    def start(
        self, name: str, code: str, faults: str = "", *, kept: bool = False, prelude: str = "", cwd: Path = ROOT
    ) -> Running:
        """Start one with some faults (`config.faultpoints`); `cwd`: the folder of its code."""
        system = {key: value for key, value in os.environ.items() if key in _KEPT}
        armed = {faultpoints.VARIABLE: faults, faultpoints.LOG: str(self.fault_log)} if faults else {}
        running = Running(name, f"{prelude}\n{code}", system | self.settings | armed, self.log, kept, cwd)
        self.all.append(running)
        return running

    def work(self, faults: str = "", *, lease: float = 5, kept: bool = False) -> Running:
        """Start a worker process."""
        code = _WORKERS.format(arguments=["work"])
        return self.start("work", code, faults, kept=kept, prelude=_HASTE.format(lease=lease))

    def clock(self, faults: str = "", *, period: int = 1, kept: bool = False) -> Running:
        """Start a clock process."""
        return self.start("clock", _WORKERS.format(arguments=["clock", "--period", str(period)]), faults, kept=kept)

    def pages(self, port: int, faults: str = "", *, workers: int = 2, threads: int = 4) -> Running:
        """Start the pages on a port."""
        served = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", str(workers)]
        quiet = ["--threads", str(threads), "--log-level", "warning", "--no-control-socket", "--graceful-timeout", "5"]
        return self.start(
            "pages", _PAGES.format(arguments=["gunicorn", *served, *quiet, "backoffice.web.wsgi:load()"]), faults
        )

    def revive(self) -> None:
        """Start the kept ones that died again, as the supervisor does."""
        for running in self.all:
            if running.kept and not running.lives:
                running.start()

    def end_kept(self) -> None:
        """Kill those that would be started again, for good."""
        for running in self.all:
            if running.kept:
                running.kept = False
                running.kill()

    def end(self) -> None:
        """Kill them all."""
        for running in self.all:
            running.kept = False
            if running.lives:
                running.kill()
