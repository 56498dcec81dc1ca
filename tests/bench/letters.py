"""How many letters a second, against the compiler alone on the same template; and 250 letters asked for together."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import typst
from sqlalchemy import select

from backoffice.services.clocks import Clocks
from backoffice.services.documents import Shelf
from backoffice.services.effects import Hands, deliver
from backoffice.services.letters import batches, templates
from backoffice.services.letters.press import STANDARDS, press
from backoffice.store.base import db, writing
from backoffice.store.database import bare_app
from backoffice.store.dossiers import JournalEntry
from backoffice.store.letter_lists import batch_progress
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from config.settings import Settings
from tests.backoffice.hands import Told
from tests.databases import migrated
from tests.letters.office import Office, office
from workflows.letters.data import Stamp, printed
from workflows.letters.kinds import KINDS
from workflows.letters.members import Sample, sample
from workflows.states import State

_LETTERS = 250
_ROUNDS = 40
_AT = datetime(2024, 7, 22, tzinfo=UTC)


def measure() -> list[str]:
    """Milliseconds a letter, bare and ours, one after the other in the same run; then seconds for a batch."""
    return [*_against_the_compiler(), *_a_batch()]


def _against_the_compiler() -> list[str]:
    lines = []
    for code in KINDS:
        data, stamp = printed(sample(KINDS[code].data, Sample.ODD)), printed(Stamp())
        number = iter(range(10**6))

        def job(code: str = code, data: Any = data, stamp: Any = stamp, number: Any = number) -> Any:
            told = {**stamp, "number": f"2024-{next(number):04}"}  # no letter is like the one before
            return templates.job(templates.shipped(code), data, told, _AT)

        bare, ours = [], []
        for _ in range(_ROUNDS):
            bare.append(_timed(_bare, job()))
            ours.append(_timed(press().pdf, job()))
        floor, mine = (1000 * statistics.median(found[5:]) for found in (bare, ours))
        lines.append(
            f"courrier {code}: {mine:.1f} ms, typst seul {floor:.1f} ms, rapport {mine / floor:.2f} (but <= 2)"
        )
    return lines


def _timed(work: Callable[[Any], object], made: Any) -> float:
    began = time.perf_counter()
    work(made)
    return time.perf_counter() - began


def _bare(made: Any) -> bytes:
    compiled: Any = typst.compile
    sources = {name: text.encode() for name, text in made.sources.items()}
    content: bytes = compiled(
        sources, sys_inputs=dict(made.inputs), pdf_standards=list(STANDARDS), ignore_system_fonts=True
    )
    return content


def _a_batch() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(database_url=migrated(f"sqlite:///{home / 'bench.sqlite3'}"), home=home)
        with bare_app(settings).app_context():
            try:
                return _batch_of(settings, office(db.session(), Shelf(home / "documents"), "na-2024"))
            finally:
                db.session.remove()
                db.engine.dispose()


def _batch_of(settings: Settings, desk: Office) -> list[str]:
    desk.life.to(State.NOTIFIED)
    session, times = desk.session, desk.life.times
    first = desk.validated("L8")
    _like(desk, first, _LETTERS - 1)
    letters = list(session.scalars(select(Letter.id)))
    session.rollback()
    began = time.perf_counter()
    batch = batches.make_many(session, letters, "75", desk.head, times)
    asked = time.perf_counter() - began
    hands = Hands(settings, Clocks(lambda: times.legal, lambda: times.machine), Told())
    rows = list(session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "letter_make")))
    for row in rows:
        deliver(session, row, hands)
    total = time.perf_counter() - began
    progress = batch_progress(session, "75", batch)
    if progress is None or progress.made != _LETTERS:
        raise RuntimeError(f"not every letter was made: {progress}")
    each = 1000 * total / _LETTERS
    return [f"{_LETTERS} courriers en lot: {total:.1f} s ({each:.1f} ms chacun, demandés en {1000 * asked:.0f} ms)"]


def _like(desk: Office, letter: Any, number: int) -> None:
    """So many letters like one, as if as many acts had asked for them."""
    session = desk.session
    with writing(session):
        model = session.get_one(Letter, letter)
        due = session.get_one(LetterDue, model.due)
        act = session.get_one(JournalEntry, due.entry)
        for rank in range(number):
            entry = _copy(act, id=uuid4(), seq=1000 + rank)
            asked = _copy(due, id=uuid4(), entry=entry.id)
            for row in (entry, asked, _copy(model, id=uuid4(), due=asked.id)):
                session.add(row)
                session.flush()


def _copy(row: Any, **other: Any) -> Any:
    return type(row)(**{column.name: getattr(row, column.name) for column in row.__table__.c} | other)


if __name__ == "__main__":
    for line in measure():
        print(line)
