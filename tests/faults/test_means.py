"""The means of the suite: fault points that fire as told and nowhere else, a proxy that does what it is told."""

from __future__ import annotations

import ast
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config import faultpoints
from config.faultpoints import FaultSyntaxError, read
from config.settings import SettingsError, for_service, from_environment
from tests.faults.proxy import Proxy, proxied

ROOT = Path(__file__).resolve().parents[2]
ARMED = {faultpoints.VARIABLE: "act.locked=kill"}


def test_faults_are_refused_outside_a_demonstration():
    with pytest.raises(SettingsError, match=faultpoints.VARIABLE):
        from_environment(ARMED)
    real = {"MAIL_FROM": "a@b.example", "PUBLIC_URL": "https://b.example", "SMTP_URL": "smtp://b.example"}
    with pytest.raises(SettingsError, match=faultpoints.VARIABLE):
        for_service(ARMED | real)
    assert for_service(ARMED | {"TEMPS_PARTAGE_DEMO": "1"}).demo


@pytest.mark.parametrize(
    "text",
    ["act.locked", "act.locked=", "act.locked=burn", "nowhere=kill", "act.locked=kill:x", "act.locked=kill:1:2:3"],
)
def test_a_fault_that_nobody_knows_is_refused(text):
    with pytest.raises(FaultSyntaxError):
        read(text)


def test_faults_are_read():
    found = read("act.locked=kill:3, outbox.claimed=sleep:*:0.5,relay.marked=raise:~20")
    assert [(f.action, f.when, f.one_in, f.seconds) for f in found.values()] == [
        ("kill", 3, 0, 0.0),
        ("sleep", None, 0, 0.5),
        ("raise", 1, 20, 0.0),
    ]


def passes(faults: str, log: Path, times: int) -> subprocess.CompletedProcess[str]:
    code = f"from config.faultpoints import faultpoint\nfor n in range({times}): faultpoint('act.locked', n)"
    environment = {faultpoints.VARIABLE: faults, faultpoints.LOG: str(log)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - our own code


def noted(log: Path) -> list[tuple[str, str, str]]:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [(line["point"], line["action"], line["about"]) for line in lines]


def test_a_kill_at_the_third_passage_is_noted_first_and_happens_once_for_all(tmp_path):
    log = tmp_path / "log"
    assert passes("act.locked=kill:3", log, 5).returncode == -signal.SIGKILL
    assert noted(log) == [("act.locked", "kill", "2")]
    assert passes("act.locked=kill:3", log, 5).returncode == 0
    assert len(noted(log)) == 1


def test_a_fault_at_each_passage_happens_each_time(tmp_path):
    assert passes("act.locked=sleep:*:0", tmp_path / "log", 4).returncode == 0
    assert [about for _, _, about in noted(tmp_path / "log")] == ["0", "1", "2", "3"]


def test_an_error_is_raised_and_other_points_do_nothing(tmp_path):
    assert "InjectedError: act.locked" in passes("act.locked=raise", tmp_path / "log", 1).stderr
    assert passes("act.before_commit=kill", tmp_path / "other", 3).returncode == 0


def test_every_point_is_somewhere_in_the_code_and_no_other_is():
    called = set()
    for folder in ("backoffice", "config", "workers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "faultpoint":
                    assert isinstance(node.args[0], ast.Constant), path
                    called.add(node.args[0].value)
    assert called == faultpoints.POINTS


@contextmanager
def echo() -> Iterator[int]:
    """A server that says again what it hears; gives its port."""

    def serve(one: socket.socket) -> None:
        with one, suppress(OSError):
            while data := one.recv(1000):
                one.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy before an echo."""
    with echo() as port, proxied("127.0.0.1", port) as made:
        yield made


def said(proxy: Proxy, text: bytes, patience: float = 5) -> bytes:
    """What comes back through the proxy."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=patience) as connection:
        connection.sendall(text)
        return connection.recv(1000)


def test_a_proxy_that_is_told_nothing_lets_everything_through(proxy):
    assert said(proxy, b"bonjour") == b"bonjour"


def test_a_proxy_swallows_without_closing_then_heals(proxy):
    proxy.swallow()
    with pytest.raises(TimeoutError):
        said(proxy, b"bonjour", 0.2)
    proxy.heal()
    assert said(proxy, b"bonjour") == b"bonjour"


def test_a_proxy_refuses_cuts_and_resets(proxy):
    proxy.refuses = True
    with pytest.raises(OSError, match="reset"):
        assert said(proxy, b"bonjour") != b""
    proxy.heal()
    proxy.cut_after = 3
    with pytest.raises(OSError, match="reset"):
        assert said(proxy, b"bonjour") != b""
    proxy.heal()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connection:
        connection.sendall(b"un")
        assert connection.recv(10) == b"un"
        proxy.reset()
        with pytest.raises(OSError, match="reset"):
            assert connection.recv(10) != b""
