"""The application served as a person would: its own processes, free ports, a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
COMMAND = "import sys; from backoffice.cli import main; sys.exit(main())"
#: Seconds the whole application may take to answer, the building of the data included.
PATIENCE = 120.0
_OWN = ("TEMPS_PARTAGE_", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "PUBLIC_URL", "MAIL_FROM")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A demonstration that is served: where, and what it has printed so far."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def printed(self) -> str:
        """What the screen shows."""
        return self.output.read_text("utf-8")

    def wait_for(self, words: str, seconds: float = PATIENCE) -> None:
        """Wait until the screen shows some words. Raises AssertionError with what it shows."""
        limit = time.monotonic() + seconds
        while words not in self.printed:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.printed}"
            assert time.monotonic() < limit, f"« {words} » never came: {self.printed}"
            time.sleep(0.1)

    def stop(self) -> tuple[int, float]:
        """Ask it to end; gives its exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        return code, time.monotonic() - began

    def mails(self) -> list[Path]:
        """The mails of the mailbox, in the order they came."""
        return sorted((self.home / "mail").glob("*.eml"))


@contextmanager
def served(home: Path, output: Path) -> Iterator[Served]:
    """Serve the demonstration of a folder on a free port until the end of the block."""
    port = free_port()
    ports = ("--port", str(port), "--mail-port", str(free_port()))
    command = [sys.executable, "-c", COMMAND, "serve", "--demo", "--home", str(home), *ports]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    with output.open("wb") as screen:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=screen, stderr=subprocess.STDOUT, env=environment
        )
    found = Served(home, port, process, output)
    try:
        found.wait_for("Les pages sont ouvertes")
        yield found
    finally:
        if process.poll() is None:
            found.stop()
