"""Many letters: numbers that nobody takes twice, the three to read before, files that nobody sweeps away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from backoffice.services.doctor import check_documents
from backoffice.services.documents import Shelf, sweep
from backoffice.services.letters import stages
from backoffice.services.letters.making import LetterRefusedError
from backoffice.services.letters.many import each, to_read
from backoffice.store.base import db, writing
from backoffice.store.database import bare_app
from backoffice.store.letters import next_number
from tests.backoffice.stored import MACHINE
from tests.databases import Database
from tests.letters.office import office
from workflows.letters.members import Sample
from workflows.states import State


def test_two_processes_never_take_the_same_number(database: Database) -> None:
    def taken(_: int) -> int:
        with bare_app(database.settings).app_context():
            session = db.session()
            try:
                with writing(session):
                    return next_number(session, "75", 2024)
            finally:
                db.session.remove()
                db.engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(taken, range(12))) == list(range(1, 13))


def test_two_clicks_prepare_and_make_one_letter(database: Database, shelf: Shelf) -> None:
    with bare_app(database.settings).app_context():
        desk = office(db.session(), shelf, "na-2024")
        desk.life.to(State.NOTIFIED)
        due, times = desk.due("L8"), desk.life.times
        instructor, head = desk.instructor, desk.head
        db.session.remove()

        def click(_: int) -> list[UUID]:
            with bare_app(database.settings).app_context():
                try:
                    return stages.draft(db.session(), due, instructor, times)
                except LetterRefusedError:
                    return []
                finally:
                    db.session.remove()
                    db.engine.dispose()

        with ThreadPoolExecutor(4) as pool:
            made = [letter for found in pool.map(click, range(4)) for letter in found]
        assert len(made) == 1
        stages.validate(db.session(), made[0], head, times)

        def produce(_: int) -> str:
            with bare_app(database.settings).app_context():
                try:
                    return stages.make(db.session(), made[0], head.id, times, shelf)
                finally:
                    db.session.remove()
                    db.engine.dispose()

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(produce, range(4)))) == 1
        assert desk.letter(made[0]).number == 1
        db.session.remove()
        db.engine.dispose()


def test_a_refusal_stops_none_of_the_others() -> None:
    good, bad = uuid4(), uuid4()

    def act(letter: UUID) -> None:
        if letter == bad:
            raise LetterRefusedError("Non.")

    outcome = each([bad, good], act)
    assert (outcome.done, outcome.refused) == ((good,), ((bad, "Non."),))


def test_the_three_to_read_are_the_shortest_the_longest_and_the_oddest() -> None:
    usual = {"doctor": "Capucine", "places": [1, 2], "total": {"figures": "1", "words": "un"}}
    letters = {name: uuid4() for name in ("short", "long", "odd", "other")}
    data = {
        "short": {**usual, "doctor": "A"},
        "long": {**usual, "doctor": "Capucine " * 20},
        "odd": {**usual, "total": None, "doctor": "Anémone"},
        "other": usual,
    }
    found = to_read((letters[name], data[name]) for name in letters)
    assert found[Sample.LONGEST] == letters["long"]
    assert found[Sample.ODD] == letters["odd"]
    assert found[Sample.SHORTEST] in {letters["short"], letters["odd"]}
    assert len(set(found.values())) == 3
    assert to_read([]) == {}


def test_one_letter_is_never_three() -> None:
    one, other = uuid4(), uuid4()
    assert list(to_read([(one, {"doctor": "A"})]).values()) == [one]
    assert to_read([(one, {"doctor": "A"}), (other, {"doctor": "Anémone"})]) == {
        Sample.LONGEST: other,
        Sample.SHORTEST: one,
    }


def test_the_file_of_a_letter_is_kept_and_looked_after(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    letter = desk.made("L8")
    later = MACHINE + timedelta(days=4000)
    sweep(session, shelf, later)
    assert list(check_documents(session, shelf, later)) == []
    path = shelf.path(desk.letter(letter).sha256 or "")
    path.write_bytes(b"autre chose")
    assert [a.where for a in check_documents(session, shelf, later)] == [str(letter)]
    path.unlink()
    assert "manque" in next(check_documents(session, shelf, later)).what
