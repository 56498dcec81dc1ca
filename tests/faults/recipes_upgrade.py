"""Upgrading while running: processes of the release before meet a schema and messages of today."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import dramatiq
from sqlalchemy import update

from backoffice.services.act import Order
from backoffice.services.clocks import machine_now
from backoffice.services.documents import Shelf
from backoffice.services.letters import batches, sending
from backoffice.store.base import writing
from backoffice.store.outbox import LETTER_MAKE, LETTER_SEND, OutboxRow
from backoffice.store.people import Account
from tests.backoffice.stored import stored_life
from tests.faults.installation import AGENT, Installation, Prepared
from tests.faults.invariants import examined
from tests.faults.processes import ROOT, Running
from tests.letters.office import CAPACITY, Office, publish_with_contacts
from tests.lives import life_of
from workers.broker import make_broker
from workflows.acts import ACTS
from workflows.shapes import load
from workflows.states import State

#: The release before.
BEFORE = "7855a87"
_OLD_WORKER = """
from datetime import timedelta
from backoffice.services import outbox
outbox.LEASE = timedelta(seconds=13)
outbox.BACKOFF = (timedelta(seconds=4),) * 6
from workers.__main__ import main
main(["work"])
"""


class NoHistoryError(AssertionError):
    """The history of the repository is not here."""


def release_before(folder: Path) -> Path:
    """The code of the release before, in a folder. Raises NoHistoryError where git or the commit is missing."""
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", BEFORE]
    made = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - fixed words
    if made.returncode:
        raise NoHistoryError(f"the commit {BEFORE} is needed: {made.stderr.decode(errors='replace')}")
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # from 3.11.4 on
        archive.extractall(folder)  # noqa: S202 - of our own repository
    return folder


def old_worker(house: Installation, code: Path) -> Running:
    """Start a worker of the release before."""
    return house.processes.start("old work", _OLD_WORKER, cwd=code)


_OLD_DOSSIERS = """
import json
from backoffice.store.base import db
from backoffice.store.database import bare_app
from config.settings import from_environment
from tests.backoffice.stored import stored_life
from tests.builders import Hat
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State
with bare_app(from_environment(), "old").app_context():
    for _ in range({count}):
        life = stored_life(db.session(), "na-2024").to(State.SUBMITTED)
        key = life.dossier.pieces[0].key
        life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
        print("made", json.dumps([str(life.id), life.dossier.number, life.dossier.version, key]), flush=True)
    db.session.remove()
    db.engine.dispose()
"""


def prepare_before(house: Installation, code: Path, count: int) -> None:
    """Make dossiers with the code of the release before, and leave their mails to be sent."""
    house.ends(house.processes.start("old office", _OLD_DOSSIERS.format(count=count), cwd=code))
    inputs = ACTS["request_pieces"].inputs
    for line in house.processes.log.read_text("utf-8").splitlines():
        if line.startswith("made "):
            dossier, number, version, key = json.loads(line.removeprefix("made "))
            order = Order(UUID(dossier), "request_pieces", load(inputs, {"keys": [key], "days": 15}), AGENT)
            house.dossiers.append(Prepared(UUID(dossier), number, version, order))
    house.set_legal_clock(life_of("na-2024").on(date(2024, 6, 10), "14:12"))


def test_r27_a_worker_of_the_release_before_sends_its_mails_on_the_schema_of_today_and_leaves_the_rest_due(
    house: Installation,
):
    code = release_before(house.folder / "before")
    prepare_before(house, code, 3)
    old = old_worker(house, code)
    took = house.drain()
    known = len(house.mails())
    house.note(f"the old worker sent {known} mails of its release in {took:.1f} s")
    assert known == 6
    assert house.redis is not None
    broker = make_broker(house.redis.url)
    for name, arguments in {"rubbish": (1, 2), "deliver": (str(uuid4()), "one more argument")}.items():
        strange: dramatiq.Message[None] = dramatiq.Message("mail", name, arguments, {}, {})
        broker.enqueue(strange)
    broker.close()
    for number in range(6):
        house.ask(number)
    house.until(lambda: any(row.attempts for row in house.rows(done_at=None)), "the old worker has tried")
    house.processes.work()
    house.until(lambda: any(row.done_at for row in house.rows(name="L3")), "the new worker sends")
    house.stops(old)
    house.drain()
    assert examined(house, doubles=0).mails == known + 6


def letters_to_carry(house: Installation) -> None:
    """A letter that the worker has to make, and one that it has to send."""
    with house.session() as session:
        publish_with_contacts(session, "na-2024")
        life = stored_life(session, "na-2024").to(State.NOTIFIED)
        desk = Office(life, Shelf(house.folder / "documents"))
        now = machine_now()
        with writing(session):
            session.execute(update(Account).values(capacity=CAPACITY))
            session.execute(update(OutboxRow).values(done_at=now, cancelled_at=now))
        batches.make_many(session, [desk.validated("L8")], life.call.authority.region, desk.head, life.times)
        sending.send_by_mail(session, desk.signed("L8", "candidate"), desk.head, life.times)


def test_r27b_what_the_release_before_cannot_read_stays_due_and_the_new_worker_sends_it(house: Installation):
    letters_to_carry(house)
    house.prepare(1)
    with house.session() as session, writing(session):  # they wait, whatever prepared the other dossier took back
        of_letters = update(OutboxRow).where(OutboxRow.kind.in_((LETTER_MAKE, LETTER_SEND)))
        session.execute(of_letters.values(done_at=None, cancelled_at=None))
    old = old_worker(house, release_before(house.folder / "before"))
    house.ask(0)
    house.until(lambda: any(row.attempts for row in house.rows(done_at=None)), "the old worker has tried")
    house.stops(old)
    letters = [row for kind in (LETTER_MAKE, LETTER_SEND) for row in house.rows(kind=kind)]
    assert [(row.done_at, row.dead_at) for row in letters] == [(None, None)] * 2
    assert [row for row in house.rows() if row.dead_at] == []
    house.note(f"{house.waiting()} effects left by the old worker")
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).mails == 2
