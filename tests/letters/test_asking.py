"""Asking for a letter: one at a time, until the one before has left; it goes the way of every letter."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.act import Done
from backoffice.services.documents import Shelf
from backoffice.services.letters import sending, stages
from backoffice.store.mails import LetterDue
from tests.builders import Hat
from tests.letters.office import Office, office, read
from workflows.deadlines import local_day
from workflows.decide import Refused
from workflows.letters.asked import AskedLetter
from workflows.states import State


def ask(desk: Office, letter: AskedLetter, **given: object) -> Done | Refused:
    answer = desk.life.ask("ask_letter", Hat.INSTRUCTOR, letter=letter, **given)
    assert isinstance(answer, Done | Refused)
    return answer


def codes(answer: Done | Refused) -> frozenset[str]:
    assert isinstance(answer, Refused)
    return answer.codes


def test_a_letter_is_asked_for_again_once_the_one_before_has_left(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.COMPLETE)
    assert codes(ask(desk, AskedLetter.END)) == {"letter_without_object"}
    assert isinstance(ask(desk, AskedLetter.COMPLETE), Done)
    assert codes(ask(desk, AskedLetter.COMPLETE)) == {"letter_asked_already"}
    assert isinstance(ask(desk, AskedLetter.REGISTERED), Done), "another letter is another matter"
    stages.leave_elsewhere(session, desk.due("L1", "depositors"), desk.instructor, desk.life.times)
    assert isinstance(ask(desk, AskedLetter.REGISTERED), Done), "written elsewhere, it has left"
    letter = desk.made("L4", "depositors")
    text = read(desk.bytes_of(letter))
    assert "Votre dossier est complet depuis le" in text
    assert "Capucine Bleuet" in text
    assert codes(ask(desk, AskedLetter.COMPLETE)) == {"letter_asked_already"}, "made is not sent"
    today = local_day(desk.life.times.legal, desk.life.call.authority.zone)
    sending.send_on_paper(session, letter, desk.instructor, desk.life.times, channel="post", on=today)
    assert isinstance(ask(desk, AskedLetter.COMPLETE), Done)


def test_a_year_is_asked_for_once_and_goes_to_the_ministry_too(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.IN_POST).later(100)
    assert codes(ask(desk, AskedLetter.YEAR)) == {"letter_year_missing"}
    assert isinstance(ask(desk, AskedLetter.YEAR, year=2024), Done)
    assert codes(ask(desk, AskedLetter.YEAR, year=2024)) == {"letter_asked_already"}
    assert isinstance(ask(desk, AskedLetter.YEAR, year=2025), Done)
    asked = select(LetterDue).where(LetterDue.dossier == desk.life.id, LetterDue.code == "L17c")
    dues = session.scalars(asked.where(LetterDue.addressee == "ministry").order_by(LetterDue.asked_at)).all()
    session.rollback()
    letter = stages.draft(session, dues[0].id, desk.instructor, desk.life.times)[0]
    assert desk.letter(letter).data["to"]["name"] == "La direction générale de l’offre de soins"
    assert desk.letter(letter).data["year"] in {2024, 2025}
