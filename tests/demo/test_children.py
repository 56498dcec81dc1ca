"""Children kept alive together: started again when they die, later each time, ended together in time."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from backoffice.cli import children
from backoffice.cli.children import Child, Family

_STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)


def child(code: str, name: str = "essai") -> Child:
    """A child that runs some Python."""
    return Child(name, (sys.executable, "-c", code), dict(os.environ))


def test_a_child_that_dies_is_started_again_with_growing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(children, "WAITS", (0.1, 0.3))
    log, said = tmp_path / "log", list[str]()
    code = f"import pathlib, sys; pathlib.Path({str(log)!r}).open('a').write('x'); sys.exit(3)"
    family = Family([child(code)], said.append)
    watching = Thread(target=family.watch)
    family.start()
    watching.start()
    limit = time.monotonic() + 20
    while (not log.exists() or len(log.read_text()) < 4) and time.monotonic() < limit:
        time.sleep(0.02)
    family.stop.set()
    watching.join()
    family.end()
    assert len(log.read_text()) >= 4
    assert said[:3] == [
        "Le processus « essai » s’est arrêté (code 3) ; il repart dans 0.1 s.",
        "Le processus « essai » s’est arrêté (code 3) ; il repart dans 0.3 s.",
        "Le processus « essai » s’est arrêté (code 3) ; il repart dans 0.3 s.",
    ]


def test_a_child_that_held_long_starts_from_the_first_wait_again():
    held = child("pass")
    held.start(now=0.0)
    assert held.process is not None
    held.process.wait()
    held.deaths = 4
    assert held.ended(now=children.HELD_AFTER + 1) == 0
    assert held.deaths == 1


def test_it_is_announced_once_when_it_is_ready():
    family, told = Family([], print), list[str]()
    answers = iter([False, False, True, True])

    def ready() -> bool:
        found = next(answers, None)
        if found is None:
            family.stop.set()
        return bool(found)

    watching = Thread(target=family.watch, args=(ready, lambda: told.append("prêt")))
    watching.start()
    time.sleep(1.0)
    family.stop.set()
    watching.join()
    assert told == ["prêt"]


def test_they_are_all_asked_to_end_and_those_who_do_not_are_killed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(children, "GRACE", 0.5)
    family = Family([child("import time; time.sleep(60)"), child(_STUBBORN)], print)
    family.start()
    time.sleep(0.5)
    began = time.monotonic()
    family.end()
    assert time.monotonic() - began < 5
    assert [c.process.returncode < 0 for c in family.children if c.process] == [True, True]
