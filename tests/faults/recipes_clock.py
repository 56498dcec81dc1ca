"""Clocks that are off for days, several at once, paused, killed, set to another hour: each reminder once, none lost."""

from __future__ import annotations

import signal
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, union

from backoffice.services.clocks import machine_now
from backoffice.services.effects import IN_DOUBT
from backoffice.store.base import writing
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import ClockSlot, Deadline, DigestLine, DueNotice
from tests.faults.installation import Installation
from tests.faults.invariants import examined
from tests.faults.processes import Running

#: From the request for pieces to the day of the reminder, and to the last day.
_REMINDED, _LAST = 10, 15


def _asked(house: Installation, dossiers: int = 3) -> None:
    """Pieces asked for on some dossiers, and their mails sent."""
    house.prepare(dossiers)
    for number in range(dossiers):
        house.ask(number)
    works = house.processes.work()
    house.drain()
    house.stops(works)


def _all_noticed(house: Installation) -> bool:
    due = select(Deadline.due_on).where(Deadline.due_at <= house.times.legal, Deadline.noticed_at.is_(None))
    return bool(house.scalar(select(~due.exists())))


def _noticed(house: Installation) -> Counter[tuple[str, str]]:
    with house.session() as session:
        found = session.execute(select(DueNotice.dossier, DueNotice.kind, DueNotice.due_on))
        return Counter((str(dossier), f"{kind} {day}") for dossier, kind, day in found)


def _caused_by_the_clock(house: Installation) -> list[OutboxRow]:
    return [row for row in house.rows(kind="mail") + house.rows(kind="digest") if row.entry is None]


def _told_of_pieces(house: Installation) -> Counter[str]:
    """Of how many dossiers the mails of the clock tell each kind of deadline of the pieces."""
    single = select(DueNotice.kind, DueNotice.dossier).join(OutboxRow, OutboxRow.notice == DueNotice.id)
    gathered = select(DueNotice.kind, DueNotice.dossier).join(DigestLine, DigestLine.notice == DueNotice.id)
    with house.session() as session:
        told = {(kind, dossier) for kind, dossier in session.execute(union(single, gathered))}
    return Counter(kind for kind, _ in told if kind.startswith("pieces_"))


def _each_once(house: Installation) -> int:
    """Every notice once, every mail of the clock once; gives the number of these mails."""
    house.until(lambda: _all_noticed(house), "everything due is noticed")
    house.processes.work()
    house.drain()
    noticed = _noticed(house)
    assert noticed
    assert set(noticed.values()) == {1}
    examined(house, doubles=0)
    return len(_caused_by_the_clock(house))


def test_r26_a_scheduler_off_for_three_days_and_more_sends_one_reminder_and_not_three(house: Installation):
    _asked(house)
    house.go_on(_LAST)
    house.processes.clock()
    mails = _each_once(house)
    kinds = Counter(kind.split()[0] for _, kind in _noticed(house))
    house.note(f"noticed {dict(kinds)}, {mails} mails of the clock")
    assert kinds["pieces_reminder"] == kinds["pieces_last_day"] == 3
    assert _told_of_pieces(house) == {"pieces_last_day": 3}


def test_r23_three_clocks_one_of_them_paused_do_each_thing_once(house: Installation):
    _asked(house)
    house.go_on(_REMINDED)
    clocks = [house.processes.clock() for _ in range(3)]
    time.sleep(house.random.uniform(0, 2))
    paused = house.random.choice(clocks)
    paused.pause()
    house.until(lambda: _all_noticed(house), "everything due is noticed")
    paused.resume()
    before = _noticed(house)
    mails = _each_once(house)
    assert _noticed(house) == before
    for clock in clocks:
        house.stops(clock)
    house.note(f"{sum(before.values())} notices, {mails} mails of the clock")
    assert mails >= 1


def test_r23b_a_clock_killed_before_or_after_its_commit_is_made_up_for(house: Installation):
    _asked(house)
    house.go_on(_REMINDED)
    point = house.random.choice(["due.before_commit", "due.after_commit"])
    killed = house.processes.clock(f"{point}=kill")
    house.ends(killed, -signal.SIGKILL)
    house.processes.clock()
    mails = _each_once(house)
    house.note(f"killed at {point}, {mails} mails of the clock")
    assert mails >= 1


def test_r02b_killed_after_the_250_a_reminder_is_not_sent_again_and_the_doubt_is_said(house: Installation):
    _asked(house, 1)
    house.go_on(_REMINDED)
    clock = house.processes.clock()
    house.until(lambda: _all_noticed(house), "everything due is noticed")
    house.stops(clock)
    asked, before = len(_caused_by_the_clock(house)), len(house.mails())
    assert asked >= 1
    house.ends(house.processes.work("outbox.after_send=kill"), -signal.SIGKILL)
    house.leases_end()
    house.processes.work()
    house.drain()
    assert len(house.mails()) - before == asked
    assert [row.last_error for row in _caused_by_the_clock(house) if row.last_error] == [IN_DOUBT]
    examined(house, doubles=0)


#: Moves the clock of the machine, as the process that runs this reads it: it is ahead by the seconds a file says.
_MOVED = """
from datetime import datetime, timedelta
from pathlib import Path
from backoffice.services import clocks
class Moved(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(seconds=float(Path({file!r}).read_text()))
clocks.datetime = Moved
"""
_PROCESS = "import sys\nfrom workers.__main__ import main\nsys.exit(main({arguments!r}))"


@dataclass
class Machine:
    """A machine with a clock and a worker, whose hour somebody sets."""

    house: Installation
    file: Path
    ahead: timedelta = timedelta(0)

    @property
    def now(self) -> datetime:
        """The hour it is on this machine."""
        return machine_now() + self.ahead

    def start(self, *arguments: str) -> Running:
        """Start a process on it."""
        prelude = _MOVED.format(file=str(self.file))
        return self.house.processes.start(arguments[0], _PROCESS.format(arguments=[*arguments]), prelude=prelude)

    def set(self, ahead: timedelta) -> None:
        """Set its clock, all at once."""
        self.ahead = ahead
        draft = self.file.with_suffix(".draft")
        draft.write_text(str(ahead.total_seconds()))
        draft.rename(self.file)

    def turns(self) -> float:
        """Wait until the last turn of the clock is one of the hour it is now; gives the seconds it took."""
        since = self.now
        last = select(func.max(ClockSlot.slot)).where(ClockSlot.job == "due", ClockSlot.done_at.is_not(None))
        soon = since + timedelta(minutes=2)
        return self.house.until(lambda: since <= self.house.scalar(last) <= soon, f"a turn at {since}")

    def has_turned(self, since: timedelta) -> None:
        """Its clock has turned every second for some time."""
        now = self.now.replace(microsecond=0)
        turns = (now - timedelta(seconds=seconds) for seconds in range(1, int(since.total_seconds())))
        with self.house.session() as session, writing(session):
            session.execute(
                insert(ClockSlot), [{"job": "due", "slot": at, "taken_at": at, "done_at": at} for at in turns]
            )

    def drains(self) -> None:
        """Wait until nothing is open any more, at whatever hour it would leave."""
        left = select(func.count()).where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
        self.house.until(lambda: self.house.scalar(left) == 0, "every effect is done")


def test_r24c_a_machine_set_an_hour_on_an_hour_back_and_a_day_on_skips_nothing_and_doubles_nothing(house: Installation):
    _asked(house)
    house.go_on(_LAST - 1)
    machine = Machine(house, house.folder / "hour")
    machine.set(timedelta(0))
    machine.has_turned(timedelta(hours=2, minutes=10))
    clock = machine.start("clock", "--period", "1")
    house.until(lambda: _all_noticed(house), "everything due is noticed")
    assert _kinds(_noticed(house)) == {"pieces_reminder": 3}
    waited = []
    hour = timedelta(hours=house.random.uniform(1, 2))
    for number, ahead in enumerate((hour, -hour)):
        house.ask(number)  # asked for at the hour before: it waits for nobody to come back to it
        machine.set(ahead)
        waited.append(machine.turns())
        works = machine.start("work")
        machine.drains()
        house.stops(works)
        assert _kinds(_noticed(house)) == {"pieces_reminder": 3}
    machine.set(timedelta(days=1))
    waited.append(machine.turns())
    machine.start("work")
    machine.drains()
    assert _kinds(_noticed(house)) == {"pieces_reminder": 3, "pieces_last_day": 3}
    machine.set(timedelta(0))
    waited.append(machine.turns())
    house.stops(clock)
    machine.drains()
    noticed = _noticed(house)
    assert set(noticed.values()) == {1}
    assert _kinds(noticed) == {"pieces_reminder": 3, "pieces_last_day": 3}
    outcome = examined(house, doubles=0)
    assert max(waited) < _NEXT_TURN
    house.note(f"{len(noticed)} notices, {outcome.mails} mails, a turn at most {max(waited):.1f} s after a move")


#: Seconds in which a clock that turns every second has turned, on a machine that has much to do.
_NEXT_TURN = 20.0


def _kinds(noticed: Counter[tuple[str, str]]) -> dict[str, int]:
    """How often each kind of deadline of the pieces was noticed."""
    found = Counter(kind.split()[0] for _, kind in noticed.elements())
    return {kind: number for kind, number in found.items() if kind.startswith("pieces_")}
