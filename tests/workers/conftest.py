"""What the tests of the background processes share: a mail server, effects that wait, processes that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.backoffice.smtp_sink import Sink, running
from tests.databases import Database

ROOT = Path(__file__).resolve().parents[2]
LONG = 30


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server."""
    with running() as server:
        yield server


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is true; fail when it does not come."""
    deadline = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"after {LONG} seconds, still not: {what}")
        time.sleep(0.02)


def listens(process: subprocess.Popen[bytes]) -> bool:
    """True once a process has its own answer to SIGTERM: before, it has not started and nothing stops it in order."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    caught = next(line for line in lines if line.startswith("SigCgt:")).split()[1]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


@dataclass
class Processes:
    """Processes of the installation, with its settings; all of them are killed at the end of the test."""

    environment: dict[str, str]
    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str, prelude: str = "") -> subprocess.Popen[bytes]:
        """Start `python -m workers …`, after some code if there is any."""
        code = f"{prelude}\nimport sys\nfrom workers.__main__ import main\nsys.exit(main({list(arguments)!r}))"
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-c", code], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stderr=log
            )
        self.started.append(process)
        return process

    @property
    def log(self) -> str:
        """What the processes said so far."""
        return (self.folder / "processes.log").read_text(errors="replace")


@pytest.fixture
def processes(database: Database, sink: Sink, tmp_path: Path) -> Iterator[Processes]:
    """Processes on the database and the mail server of the test."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL", "TZ", "HOME"}}
    settings = {
        "DATABASE_URL": database.url,
        "SMTP_URL": sink.url,
        "MAIL_FROM": "ne-pas-repondre@temps-partage.example",
        "PUBLIC_URL": "https://temps-partage.example",
        "TEMPS_PARTAGE_HOME": str(tmp_path),
    }
    found = Processes(kept | settings, tmp_path)
    yield found
    for process in found.started:
        process.kill()
        process.wait()
