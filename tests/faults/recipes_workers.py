"""Workers that die, are stopped, or are killed by what they do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from backoffice.services import outbox
from backoffice.services.clocks import machine_now
from config.faultpoints import POINTS
from tests.demo.served import free_port
from tests.faults.installation import Installation
from tests.faults.invariants import examined
from tests.faults.load import Load

#: Points of a sending at which a worker may die.
_ANYWHERE = sorted(point for point in POINTS if point.startswith(("outbox.", "actor.", "relay.")))


def test_r01b_killed_anywhere_again_and_again_under_load_loses_nothing_and_doubles_only_in_the_window(
    house: Installation,
):
    house.prepare(4)
    faults = ",".join(f"{point}=kill:~{house.random.randint(6, 15)}" for point in _ANYWHERE)
    for _ in range(2):
        house.processes.work(faults, lease=4, kept=True)
    for number in range(40):
        house.ask(number)
    house.until(lambda: len(house.fired) >= 4 or house.waiting() == 0, "some kills")
    house.processes.end_kept()
    healed = time.monotonic()
    house.processes.work(lease=4)
    house.drain(30)
    outcome = examined(house)
    house.note(f"{len(house.fired)} kills, {outcome.mails} mails, {outcome.doubles} doubles explained")
    house.note(f"drained in {time.monotonic() - healed:.1f} s")


def test_r04_the_worker_killed_under_its_supervisor_is_replaced_and_then_the_whole_group(house: Installation):
    house.prepare(2)
    port = free_port()
    code = f"import sys\nfrom backoffice.cli import main\nsys.exit(main(['serve', '--port', '{port}']))"
    served = house.processes.start("serve", code)
    house.until(lambda: _child(served.process.pid, "workers", "work") is not None, "the worker runs")
    house.ask(0)
    house.drain()
    worker = _child(served.process.pid, "workers", "work")
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    house.fault("kill the worker")
    house.ask(1)
    took = house.drain(60)
    house.note(f"replaced and sent in {took:.1f} s")
    family = [served.process.pid, *_descendants(served.process.pid)]
    for pid in family:
        os.kill(pid, signal.SIGKILL)
    house.fault("kill the group")
    house.ask(0)
    again = house.processes.start("serve", code)
    house.leases_end()
    house.drain(60)
    again.ask_to_stop()
    house.ends(again)
    assert examined(house).mails == 3


def _parents() -> dict[int, tuple[int, list[str]]]:
    """Parent and command of every process of the machine."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            found[int(entry.name)] = (int(fields[1]), command)
    return found


def _descendants(pid: int) -> list[int]:
    parents = _parents()
    children = [child for child, (parent, _) in parents.items() if parent == pid]
    return [*children, *(below for child in children for below in _descendants(child))]


def _child(pid: int, *words: str) -> int | None:
    parents = _parents()
    found = (child for child in _descendants(pid) if child in parents and set(words) <= set(parents[child][1]))
    return next(found, None)


def test_r05_asked_to_stop_then_killed_in_the_middle_of_a_long_sending_leaves_no_half_effect(house: Installation):
    house.prepare(1)
    house.ask()
    slow = house.processes.work("outbox.after_send=sleep:1:60")
    house.until_fired()
    slow.ask_to_stop()
    time.sleep(house.random.uniform(0.2, 1.0))
    slow.kill()
    house.fault("kill")
    house.leases_end()
    house.processes.work()
    house.drain()
    assert examined(house, doubles=1).mails == 1


def test_r05b_asked_to_stop_the_worker_finishes_what_it_began_and_leaves_the_rest(house: Installation):
    house.prepare(4)
    for number in range(12):
        house.ask(number)
    works = house.processes.work("outbox.after_send=sleep:*:0.3")
    house.until_fired(2)
    house.stops(works)
    assert [row for row in house.rows() if row.lease is not None] == []
    assert house.waiting() > 0
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).mails == 12


def test_r07_a_mail_that_always_kills_its_worker_ends_up_dead_and_a_person_may_try_it_again(house: Installation):
    house.prepare(1)
    house.ask()
    house.processes.work("outbox.claimed=kill:*", kept=True)

    def over() -> bool:
        house.leases_end()
        return any(row.dead_at for row in house.rows())

    house.until(over, "the row is given up")
    (row,) = house.rows(cancelled_at=None)
    assert (row.attempts, row.last_error) == (outbox.ATTEMPTS, outbox.INTERRUPTED)
    assert len(house.fired) == outbox.ATTEMPTS
    house.processes.end_kept()
    examined(house, dead=1, doubles=0)
    with house.session() as session:
        assert outbox.revive(session, row.id, machine_now())
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).mails == 1


def test_r20b_two_workers_and_a_loaded_office_send_each_mail_once(house: Installation):
    house.prepare(6)
    for _ in range(2):
        house.processes.work()
    load = Load(house, threads=3)
    with load.running():
        house.until(lambda: len(house.accepted) >= 60, "sixty acts accepted")
    house.drain()
    assert examined(house, doubles=0).mails == len(house.accepted)
