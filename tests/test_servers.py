"""The throwaway servers of the tests leave nothing behind, even when the run is killed, and say it when they fail."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import make_url

from tests import servers
from tests.servers import ROOT, NoServerError

RUN = """
from tests import servers
servers.begin_run()
print(servers.run_folder(), servers.url_of({kind!r}), flush=True)
input()
servers.end_run()
"""
LONG = 30


def begin(kind: str) -> tuple[subprocess.Popen[str], Path, str]:
    """A run of its own that has started a server: its process, its folder, the URL of the server."""
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", RUN.format(kind=kind)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    folder, _, url = process.stdout.readline().strip().partition(" ")
    return process, Path(folder), url


def end(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def answers(kind: str, url: str) -> bool:
    try:
        servers.SERVERS[kind].check(url)
    except (psycopg.Error, redis.RedisError):
        return False
    return True


@pytest.mark.parametrize("kind", ["postgresql", "redis"])
def test_a_run_that_ends_stops_its_server_and_forgets_its_folder(kind):
    process, folder, url = begin(kind)
    assert answers(kind, url)
    process.communicate("\n", timeout=LONG)
    assert process.returncode == 0
    assert not answers(kind, url)
    assert not folder.exists()


@pytest.mark.parametrize("kind", ["postgresql", "redis"])
def test_a_run_that_is_killed_leaves_no_server_and_no_folder(kind):
    process, folder, url = begin(kind)
    process.send_signal(signal.SIGKILL)
    process.wait(LONG)
    end(process)
    assert soon(lambda: not answers(kind, url))
    assert soon(lambda: not folder.exists())


def test_a_keeper_that_is_killed_takes_its_server_along():
    process, folder, url = begin("redis")
    subprocess.run(["kill", "-9", (folder / "redis.pid").read_text()], check=True)  # noqa: S603, S607 - our own process
    gone = soon(lambda: not answers("redis", url))
    process.communicate("\n", timeout=LONG)
    assert gone or not sys.platform.startswith("linux")


def test_a_server_that_cannot_start_is_an_error_that_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    monkeypatch.setenv(servers.RUN, str(tmp_path))
    (tmp_path / "redis").mkdir()
    with pytest.raises(NoServerError, match="TEST_REDIS_URL") as raised:
        servers.url_of("redis")
    assert "échouent" in str(raised.value)
    assert "FileExistsError" in str(raised.value)


def test_a_given_server_is_used_instead(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://quelqu-un@ailleurs/base")
    assert make_url(servers.url_of("postgresql")).host == "ailleurs"


def test_our_folders_can_be_reached_by_everybody_and_are_short():
    folder = servers.reachable_folder()
    try:
        assert all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))
        assert len(str(folder)) < 60
    finally:
        folder.rmdir()


def test_servers_are_in_memory_only_where_there_is_room(monkeypatch, tmp_path):
    tmp_path.chmod(0o755)
    monkeypatch.setattr(servers, "LONGEST_FOLDER", 200)
    monkeypatch.setattr(servers, "MEMORY", tmp_path)
    monkeypatch.setattr(servers, "ROOM", 10**18)
    folder = servers.reachable_folder(in_memory=True)
    assert folder.parent != tmp_path
    folder.rmdir()
    assert not servers.roomy(tmp_path / "absent")
    monkeypatch.setattr(servers, "ROOM", 1)
    assert servers.roomy(tmp_path)
