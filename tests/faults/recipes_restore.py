"""The machine of the database is lost: another one is restored from a base backup and the log received since."""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url, select
from sqlalchemy.exc import DBAPIError

from backoffice.store.dossiers import Command, DossierRow
from tests.faults import restore, sink
from tests.faults.installation import Installation, installed
from tests.faults.invariants import examined
from tests.faults.servers import crashed, restarted_empty
from tests.servers import libpq

#: The point of the log that the recovery stops at.
_POINT = "before"


def test_r35_restored_to_an_earlier_point_only_what_was_sent_after_it_leaves_again(house: Installation):
    house.prepare(3)
    with restore.backed_up(house) as backup:
        worker = house.processes.work()
        for number in range(house.random.randint(2, 6)):
            house.ask(number)
        house.drain()
        house.stops(worker)
        backup.take_base()
        waiting = {str(row) for n in range(house.random.randint(1, 3)) for row in house.ask(n).outbox}
        position = _named_point(house)
        house.processes.work()
        house.drain()
        kept = set(house.accepted)
        sent = {one.id for one in house.mails()}
        for number in range(house.random.randint(1, 4)):
            house.ask(number)
        house.drain()
        backup.until_received(position)
        lost = {one.id for one in house.mails()} - sent
        crashed(house, start=False)
        with _elsewhere(house, backup, _POINT) as other:
            assert set(other.accepted) == kept
            assert {str(row.id) for row in other.rows(done_at=None)} == waiting
            other.processes.work()
            other.drain()
            again = Counter(one.id for one in other.mails())
            assert {name.strip("<>").partition("@")[0] for name, times in again.items() if times > 1} == waiting
            examined(_without(other, lost), doubles=len(waiting))
            other.note(f"{len(waiting)} mails leave again, {len(lost)} acts lost with the point chosen")
        house.notes += other.notes


def test_r35b_restored_from_the_log_received_until_the_crash_all_that_was_acknowledged_is_there(house: Installation):
    house.prepare(3)
    with restore.backed_up(house) as backup:
        house.processes.work()
        for number in range(3):
            house.ask(number)
        backup.take_base()
        last = _asked_until_the_crash(house)
        with _elsewhere(house, backup, None) as other:
            lost = set(house.accepted) - set(other.accepted)
            late = [last[key] for key in lost]
            assert all(crash < 1 for crash in late), late
            other.note(f"{len(last)} acts under load, {len(lost)} of the last second lost")
            unknown = {name for name in (one.id for one in other.mails()) if not _is_known(other, name)}
            assert len(unknown) <= len(lost)
            other.processes.work()
            other.drain()
            examined(_without(other, unknown))
        house.notes += other.notes


def _named_point(house: Installation) -> str:
    with psycopg.connect(libpq(make_url(house.database)), autocommit=True) as connection:
        found = connection.execute("SELECT pg_create_restore_point(%s)::text", [_POINT]).fetchone()
    assert found is not None
    return str(found[0])


def _asked_until_the_crash(house: Installation) -> dict[str, float]:
    """Ask for pieces until the database is gone; gives for each act the seconds between its answer and the crash."""
    crash = threading.Timer(house.random.uniform(1, 3), crashed, (house,), {"start": False})
    crash.start()
    done: dict[str, float] = {}
    try:
        while True:
            before = set(house.accepted)
            house.ask(len(done))
            done |= dict.fromkeys(set(house.accepted) - before, time.time())
    except DBAPIError:
        crash.join()
    gone = house.outside_faults[-1][0]
    return {key: gone - at for key, at in done.items()}


@contextmanager
def _elsewhere(house: Installation, backup: restore.Backup, until: str | None) -> Iterator[Installation]:
    """The installation on another machine: its database restored, its documents copied, an empty broker."""
    house.processes.end()
    backup.receiver.kill()
    backup.receiver.wait()
    began, folder = time.monotonic(), house.folder / "elsewhere"
    folder.mkdir()
    for kept in (Path("mails.jsonl"), Path("documents")):
        if (house.folder / kept).is_dir():
            shutil.copytree(house.folder / kept, folder / kept)
        elif (house.folder / kept).exists():
            shutil.copy(house.folder / kept, folder / kept)
    restarted_empty(house)
    try:
        with (
            restore.restored(backup, until) as (url, server),
            installed(url, house.redis, folder, 1, server) as other,
        ):
            other.note(f"answers {time.monotonic() - began:.1f} s after the restoration began")
            _known_there(house, other)
            yield other
    finally:
        crashed(house)


def _known_there(house: Installation, other: Installation) -> None:
    other.dossiers, other.shift = house.dossiers, house.shift
    other.outside_faults = house.outside_faults
    other.go_on(0)
    with other.session() as session:
        kept = {row.key for row in session.execute(select(Command.key))}
        versions = {row.id: row.version for row in session.execute(select(DossierRow.id, DossierRow.version))}
    other.accepted = {key: row for key, row in house.accepted.items() if key in kept}
    for prepared in other.dossiers:
        prepared.version = versions[prepared.id]


def _is_known(house: Installation, message_id: str) -> bool:
    row = message_id.strip("<>").partition("@")[0]
    return any(str(known.id) == row for known in house.rows())


def _without(house: Installation, lost: set[str]) -> Installation:
    """The same, its mail server having forgotten the mails of acts that were lost."""
    log = house.folder / "mails.jsonl"
    lines = zip(log.read_text("utf-8").splitlines(), sink.read(log), strict=True)
    log.write_text("".join(f"{line}\n" for line, one in lines if one.id not in lost), "utf-8")
    return house
