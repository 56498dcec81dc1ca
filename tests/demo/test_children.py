"""Children kept alive together: started again when they die or hang, ended together in time, gone with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from backoffice.cli import children, launch
from backoffice.cli.children import HEARTBEAT, Child, Family

PATIENCE = 20.0
#: Notes its process id in a file, then goes on with something else.
_NOTED = "import os, pathlib, signal, sys, time; pathlib.Path({log!r}).open('a').write(f'{{os.getpid()}}\\n'); "
_DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
_STUBBORN = _DEAF + _NOTED
_SLEEPS = "time.sleep(60)"


def child(code: str, name: str = "essai", *, beats: bool = False) -> Child:
    """A child that runs some Python."""
    return Child(name, (sys.executable, "-c", code), dict(os.environ), beats)


def until(done: Callable[[], bool], what: str) -> None:
    """Wait for something to be true; fail when it does not come."""
    limit = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < limit, f"never came: {what}"
        time.sleep(0.02)


def noted(log: Path) -> list[int]:
    """The process ids noted so far."""
    return [int(line) for line in log.read_text().splitlines()] if log.exists() else []


def state_of(pid: int) -> str:
    """The letter of the state of a process: T when stopped, Z when nobody has buried it; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def lives(pid: int) -> bool:
    """True while a process runs."""
    return state_of(pid) not in {"", "Z"}


def freeze(pid: int) -> None:
    """Stop a process where it is; comes back once it is stopped."""
    os.kill(pid, signal.SIGSTOP)
    until(lambda: state_of(pid) == "T", "a frozen process")


@contextmanager
def watched(family: Family) -> Iterator[None]:
    """A family that is watched from another thread, as the command watches it from its own."""
    watching = Thread(target=family.watch)
    family.start()
    watching.start()
    try:
        yield
    finally:
        family.stop.set()
        watching.join()
        family.end()


def test_a_child_that_dies_is_started_again_with_growing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(children, "WAITS", (0.1, 0.3))
    log, said = tmp_path / "log", list[str]()
    with watched(Family([child(_NOTED.format(log=str(log)) + "sys.exit(3)")], said.append)):
        until(lambda: len(noted(log)) >= 4, "four starts")
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
    until(lambda: told != [], "the announcement")
    family.stop.set()
    watching.join()
    assert told == ["prêt"]


# Ending.


def test_they_are_all_asked_to_end_and_those_who_do_not_are_killed(tmp_path: Path):
    log, said = tmp_path / "log", list[str]()
    docile, stubborn = (
        child(_NOTED.format(log=str(log)) + _SLEEPS),
        child(_STUBBORN.format(log=str(log)) + _SLEEPS, "têtu"),
    )
    family = Family([docile, stubborn], said.append, grace=0.5)
    family.start()
    until(lambda: len(noted(log)) == 2, "both at work")
    began = time.monotonic()
    family.end()
    assert 0.4 < time.monotonic() - began < 5
    assert [c.process.returncode for c in family.children if c.process] == [-signal.SIGTERM, -signal.SIGKILL]
    assert said == ["Le processus « têtu » ne s’est pas arrêté à temps : il est tué."]


def test_what_a_child_has_started_is_killed_with_it(tmp_path: Path):
    log = tmp_path / "log"
    grandchild = _STUBBORN.format(log=str(log)) + _SLEEPS
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    family = Family([child(_DEAF + starts)], lambda _said: None, grace=0.2)
    family.start()
    until(lambda: len(noted(log)) == 1, "the grandchild at work")
    family.end()
    until(lambda: not lives(noted(log)[0]), "the grandchild’s end")


def test_whoever_is_in_a_hurry_does_not_wait(tmp_path: Path):
    log = tmp_path / "log"
    family = Family([child(_STUBBORN.format(log=str(log)) + _SLEEPS)], lambda _said: None, grace=60)
    family.start()
    until(lambda: len(noted(log)) == 1, "the child at work")
    ending = Thread(target=family.end)
    ending.start()
    assert lives(noted(log)[0])
    family.hurry.set()
    ending.join(PATIENCE)
    assert not lives(noted(log)[0])


@pytest.mark.parametrize(("grace", "left"), [(25.0, 22.0), (10.0, 8.0), (1.0, 0.8)])
def test_a_child_has_a_little_less_time_than_its_parent(grace: float, left: float):
    assert children.share(grace) == pytest.approx(left)


# Signs of life.

_BEATS = f"end = int(os.environ[{HEARTBEAT!r}]); "


def test_a_child_that_gives_no_more_sign_of_life_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It beats, then is stopped: alive for the system, and of no use to anybody."""
    monkeypatch.setattr(children, "WAITS", (0.1,))
    log, said = tmp_path / "log", list[str]()
    code = _NOTED.format(log=str(log)) + _BEATS + "\nwhile True: os.write(end, b'.'); time.sleep(0.05)"
    with watched(Family([child(code, beats=True)], said.append, grace=0.5, stuck_after=1.5)):
        until(lambda: len(noted(log)) == 1, "the first start")
        freeze(noted(log)[0])
        until(lambda: len(noted(log)) == 2, "its replacement")
        first, second = noted(log)
        assert not lives(first)
        assert lives(second)
    assert said[0].startswith("Le processus « essai » ne donne plus signe de vie depuis")
    assert "code -9" in said[1]


def test_a_child_that_beats_is_left_alone(tmp_path: Path):
    log, said = tmp_path / "log", list[str]()
    beats = "\nfor n in range(40): os.write(end, b'.'); time.sleep(0.05)"
    after = f"\npathlib.Path({str(log)!r}).open('a').write('0\\n'); time.sleep(60)"
    code = _NOTED.format(log=str(log)) + _BEATS + beats + after
    with watched(Family([child(code, beats=True)], said.append, grace=0.5, stuck_after=1.0)):
        until(lambda: 0 in noted(log), "two seconds of beats")
        assert said == []


_BABBLES = """
import os
from workers.heartbeat import Heartbeat
heartbeat = Heartbeat(int(os.environ[{variable!r}]), lambda: os._exit(4))
for n in range(200_000):
    heartbeat.beat()
"""


def test_signs_of_life_that_nobody_reads_do_not_hold_a_child_up():
    """A supervisor that was stopped for days reads them all at once."""
    babbling = child(_BABBLES.format(variable=HEARTBEAT), beats=True)
    babbling.start(now=0.0)
    assert babbling.process is not None
    assert babbling.process.wait(PATIENCE) == 0
    assert babbling.silent_for(now=5.0) == 0.0
    babbling.kill()


# The parent killed.

_PARENT = """
import os, sys
from backoffice.cli.children import Child, Family
family = Family([Child('a', (sys.executable, '-c', {code!r}), dict(os.environ))], print)
family.start()
family.watch()
"""
_BETWEEN = (
    "import os, subprocess; subprocess.run([{python!r}, {launcher!r}, '--watch', str(os.getpid()), *{command!r}])"
)


def parent_of(code: str) -> subprocess.Popen[bytes]:
    """A supervisor of its own, with one child."""
    return subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", _PARENT.format(code=code)], stdin=subprocess.DEVNULL
    )


def test_children_go_with_a_parent_that_was_killed(tmp_path: Path):
    log = tmp_path / "log"
    with parent_of(_NOTED.format(log=str(log)) + _SLEEPS) as parent:
        until(lambda: len(noted(log)) == 1, "the child at work")
        parent.kill()
        parent.wait()
        until(lambda: not lives(noted(log)[0]), "the child’s end")


def test_where_the_kernel_does_not_see_to_it_the_launcher_does(tmp_path: Path):
    log = tmp_path / "log"
    command = [sys.executable, "-c", _NOTED.format(log=str(log)) + _SLEEPS]
    between = _BETWEEN.format(python=sys.executable, launcher=launch.__file__, command=command)
    with subprocess.Popen([sys.executable, "-c", between]) as parent:  # noqa: S603 - our own code
        until(lambda: len(noted(log)) == 1, "the command at work")
        parent.kill()
        parent.wait()
        until(lambda: not lives(noted(log)[0]), "its end")


def test_the_launcher_passes_signals_and_exit_codes_on(tmp_path: Path):
    log = tmp_path / "log"
    launcher = [sys.executable, launch.__file__, "--watch", str(os.getpid()), sys.executable, "-c"]
    assert subprocess.run([*launcher, "raise SystemExit(7)"], check=False).returncode == 7  # noqa: S603 - our own code
    with subprocess.Popen([*launcher, _NOTED.format(log=str(log)) + _SLEEPS]) as watching:  # noqa: S603 - our own code
        until(lambda: len(noted(log)) == 1, "the command at work")
        watching.terminate()
        assert watching.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not lives(noted(log)[0])


def test_a_command_whose_parent_is_already_gone_does_not_begin(tmp_path: Path):
    command = [sys.executable, launch.__file__, "1", sys.executable, "-c", f"open({str(tmp_path / 'x')!r}, 'w')"]
    assert subprocess.run(command, check=False).returncode == launch.ORPHAN  # noqa: S603 - our own code
    assert not (tmp_path / "x").exists()
