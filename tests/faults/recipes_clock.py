"""Clocks that are off for days, several at once, paused, killed: each reminder once, none forgotten."""

from __future__ import annotations

import signal
import time
from collections import Counter

from sqlalchemy import select, union

from backoffice.services.effects import IN_DOUBT
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DigestLine, DueNotice
from tests.faults.installation import Installation
from tests.faults.invariants import examined

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
