"""The doctor on letters: pleased with those that were made and sent, and naming what happened behind our back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.orm import Session

from backoffice.services.doctor import check_documents, examine
from backoffice.services.documents import Shelf
from backoffice.services.effects import deliver
from backoffice.services.letters import sending, stages
from tests.backoffice.damage import make_bare, unguard
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE
from tests.letters.office import Office, office
from workflows.states import State


@dataclass(frozen=True)
class Sent:
    """A letter that left by mail, one that left on paper, one that is validated only."""

    desk: Office
    mailed: UUID
    posted: UUID
    waiting: UUID


@pytest.fixture
def sent(session: Session, shelf: Shelf) -> Sent:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    mailed, posted, waiting = desk.signed("L8"), desk.made("L8", "candidate"), desk.validated("L8", "partners")
    row, mine = sending.send_by_mail(session, mailed, desk.head, desk.life.times), hands(Time(desk.life.now), Told())
    assert deliver(session, row, replace(mine, settings=replace(mine.settings, home=shelf.folder.parent)))
    sending.send_on_paper(session, posted, desk.head, desk.life.times, channel="post", on=desk.life.today)
    return Sent(desk, mailed, posted, waiting)


def test_the_doctor_is_pleased_with_letters_that_were_made_sent_and_prepared_again(sent: Sent) -> None:
    desk = sent.desk
    stages.draft(desk.session, desk.due("L8", "partners"), desk.instructor, desk.life.times)
    assert examine(desk.session) == ()
    assert list(check_documents(desk.session, desk.shelf, MACHINE)) == []


NUMBERS = "75 2024"
#: Which letter is harmed, how, and what the doctor names: the letter itself, or a number, or the numbers of a year.
DAMAGES = {
    "number given twice": ("posted", "number = 1", "75 2024-0001"),
    "number that nobody gave": ("posted", "number = 9", NUMBERS),
    "number gone": ("posted", "number = NULL, year = NULL", NUMBERS),
    "number of another year": ("posted", "year = 2023", "75 2023"),
    "numbered before it is validated": ("waiting", "validated_at = NULL, number = 3, year = 2024", "letter"),
    "another letter": ("mailed", "code = 'L9'", "letter"),
    "another addressee": ("posted", "addressee = 'recruiter'", "letter"),
    "another party": ("mailed", "party = '990000001'", "letter"),
    "another dossier": ("posted", "dossier = due", "letter"),
    "sent and never made": ("posted", "sha256 = NULL, size = NULL, generated_at = NULL", "letter"),
    "sent and replaced": ("mailed", "voided_at = sent_at", "letter"),
    "sent no day": ("posted", "sent_on = NULL", "letter"),
    "not sent, and its mail left": ("mailed", "sent_at = NULL, sent_on = NULL", "letter"),
    "sent by no mail": ("mailed", "sending = NULL", "letter"),
}
#: What happens to the letters of the year as a whole.
LOSSES = {
    "DELETE FROM letter WHERE number = 2": NUMBERS,
    "UPDATE letter_counter SET last = 1": NUMBERS,
    "DELETE FROM letter_counter": NUMBERS,
    "INSERT INTO letter_counter (authority, year, last) VALUES ('75', 2023, 4)": "75 2023",
}


def harms(sent: Sent, due: UUID) -> Iterator[tuple[str, TextClause, str]]:
    """What is done, and where the doctor must see it."""
    for name, (which, change, where) in DAMAGES.items():
        letter = getattr(sent, which)
        harming = text(f"UPDATE letter SET {change} WHERE id = :id")  # noqa: S608 - our own words
        yield name, harming.bindparams(bindparam("id", letter, Uuid())), str(letter) if where == "letter" else where
    for loss, where in LOSSES.items():
        yield loss, text(loss), where
    yield "two stand for one party", text("INSERT INTO letter SELECT * FROM letter WHERE number = 1"), str(due)


def test_what_happens_to_a_letter_behind_our_back_is_named(sent: Sent) -> None:
    session, due = sent.desk.session, sent.desk.letter(sent.mailed).due
    make_bare(unguard(session), "letter")
    missed = []
    for name, harming, where in harms(sent, due):
        session.execute(harming)
        named = {ailment.where for ailment in examine(session) if ailment.check == "lettres"}
        session.rollback()
        missed += [] if where in named else [(name, named)]
    assert missed == []
    assert examine(session) == ()
