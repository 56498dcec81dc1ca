"""`backoffice serve` as an installation runs it: several processes on one database, killed, stopped, in a hurry."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.databases import Database
from tests.demo.served import COMMAND, HOST, free_port
from tests.demo.test_children import freeze, lives, until

WORK, CLOCK, WEB = b"\0workers\0work\0", b"\0workers\0clock\0", b"\0gunicorn\0"


@dataclass
class Installation:
    """An installation that may be served, and the process that serves it."""

    environment: dict[str, str]
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def serve(self, *options: str) -> Installation:
        """Start it; comes back once it says that it is ready."""
        command = [sys.executable, "-c", COMMAND, "serve", "--port", str(self.port), *options]
        with (self.folder / "screen").open("wb") as screen:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                command, stdout=screen, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self.environment
            )
        until(lambda: "Ctrl-C" in self.printed or self.running.poll() is not None, "ready")
        assert self.running.poll() is None, self.printed
        return self

    @property
    def running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process

    @property
    def printed(self) -> str:
        return (self.folder / "screen").read_text("utf-8")

    def children(self, kind: bytes = b"") -> list[int]:
        """Its own children, of a kind or of all."""
        pid = self.running.pid
        own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in own if kind in Path(f"/proc/{child}/cmdline").read_bytes()]

    def only(self, kind: bytes, number: int = 1) -> list[int]:
        """Its children of a kind once they are that many: a program that starts has no name for an instant."""
        until(lambda: len(self.children(kind)) == number, f"{number} of {kind!r}")
        return self.children(kind)

    def descendants(self) -> list[int]:
        """Its children and theirs."""
        found: list[int] = []
        waiting = [self.running.pid]
        while waiting:
            pid = waiting.pop()
            below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            found += map(int, below)
            waiting += map(int, below)
        return found

    def asks(self, path: str) -> int:
        """The status of a page; 0 when nobody answers."""
        connection = HTTPConnection(HOST, self.port, timeout=3)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()


@pytest.fixture
def installation(postgresql: Database, tmp_path: Path) -> Iterator[Installation]:
    """An installation on PostgreSQL."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL", "TZ", "HOME"}}
    own = {
        "DATABASE_URL": postgresql.url,
        "SMTP_URL": f"smtp://{HOST}:{free_port()}",
        "MAIL_FROM": "bureau@ars.example",
        "PUBLIC_URL": "https://temps-partage.example",
        "TEMPS_PARTAGE_HOME": str(tmp_path / "home"),
    }
    (tmp_path / "home").mkdir()
    found = Installation(kept | own, tmp_path, free_port())
    yield found
    if found.process is not None and found.process.poll() is None:
        left = found.descendants()
        found.process.kill()
        found.process.wait()
        until(lambda: not any(map(lives, left)), "the end of what the test left")


def ask(database: Database, statement: str) -> Any:
    """The only value of a statement."""
    engine = create_engine(database.url)
    with engine.connect() as connection:
        found = connection.execute(text(statement)).scalar()
    engine.dispose()
    return found


def test_several_of_each_work_on_one_database_and_stop_when_asked(installation: Installation, postgresql: Database):
    installation.serve("--web", "1", "--workers", "2", "--clocks", "2", "--grace", "15")
    for kind, number in ((WEB, 1), (WORK, 2), (CLOCK, 2)):
        installation.only(kind, number)
    assert len(installation.children()) == 5
    assert installation.asks("/healthz") == 200
    until(lambda: ask(postgresql, "SELECT count(*) FROM clock_slot WHERE done_at IS NOT NULL"), "a turn of a clock")
    assert installation.asks("/readyz") == 200
    left = installation.descendants()
    installation.running.send_signal(signal.SIGTERM)
    assert installation.running.wait(20) == 0
    assert not any(map(lives, left))


def test_a_supervisor_killed_leaves_nobody_behind(installation: Installation):
    installation.serve("--web", "1", "--workers", "1", "--clocks", "1")
    left = installation.descendants()
    assert len(left) >= 4  # the pages have a process of their own below
    installation.running.kill()
    installation.running.wait()
    until(lambda: not any(map(lives, left)), "the end of its children")


def test_a_worker_that_hangs_is_replaced(installation: Installation):
    installation.serve("--web", "0", "--workers", "1", "--clocks", "0", "--stuck", "4", "--grace", "1")
    (first,) = installation.only(WORK)
    freeze(first)
    until(lambda: installation.children(WORK) not in ([first], []), "another worker")
    assert "ne donne plus signe de vie" in installation.printed
    assert not lives(first)


def test_a_machine_without_pages_takes_no_port(installation: Installation):
    installation.serve("--web", "0", "--workers", "0", "--clocks", "1")
    assert len(installation.children()) == 1
    assert installation.asks("/healthz") == 0
    assert "sans pages" in installation.printed


def test_a_second_interruption_does_not_wait(installation: Installation):
    installation.serve("--web", "0", "--workers", "1", "--clocks", "0", "--grace", "120")
    (worker,) = installation.only(WORK)
    freeze(worker)  # it will not end by itself
    installation.running.send_signal(signal.SIGINT)
    until(lambda: "Arrêt en cours" in installation.printed, "the first interruption")
    assert lives(worker)
    installation.running.send_signal(signal.SIGINT)
    assert installation.running.wait(20) == 0
    assert not lives(worker)
