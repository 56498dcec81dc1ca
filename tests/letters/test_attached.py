"""The request for a title goes with the decision it carries out: by its number, and by its file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from backoffice.services.documents import Shelf
from backoffice.services.effects import deliver
from backoffice.services.letters import sending, stages
from backoffice.services.letters.making import LetterRefusedError
from backoffice.services.letters.signing import give_copy
from tests.backoffice.hands import Time, Told, hands
from tests.builders import Hat
from tests.letters.office import Office, office, read, scan
from workflows.states import State


def asked(session: Session, shelf: Shelf) -> Office:
    """A repayment decided, and its title asked for."""
    desk = office(session, shelf, "na-2024", line="FIR")
    life = desk.life.to(State.CLAWBACK).do("start_contradictory", Hat.INSTRUCTOR).later(3)
    life.do("record_remarks", Hat.RECRUITER).later(3)
    life.do("decide_repayment", Hat.HEAD).do("request_title", Hat.INSTRUCTOR)
    return desk


def test_a_title_is_asked_for_with_the_number_and_the_file_of_its_decision(session: Session, shelf: Shelf) -> None:
    desk = asked(session, shelf)
    early = desk.drafted("L16", "accountant")
    with pytest.raises(LetterRefusedError, match="numéro de la décision de reversement à joindre"):
        stages.validate(session, early, desk.head, desk.life.times)
    decision = desk.made("L15")
    with pytest.raises(LetterRefusedError, match="Numéro de la décision jointe"):
        stages.validate(session, early, desk.head, desk.life.times)
    letter = stages.redo(session, early, desk.instructor, desk.life.times)
    stages.validate(session, letter, desk.head, desk.life.times)
    stages.make(session, letter, desk.head.id, desk.life.times, shelf)
    assert f"Décision de reversement n° {desk.letter(decision).full_number} du" in read(desk.bytes_of(letter))
    with pytest.raises(LetterRefusedError, match="décision jointe n’a pas d’exemplaire signé"):
        sending.send_by_mail(session, letter, desk.head, desk.life.times)
    signed = scan("décision")
    give_copy(session, decision, signed, desk.head, desk.life.times, shelf)
    row, mailer = sending.send_by_mail(session, letter, desk.head, desk.life.times), Told()
    mine = hands(Time(desk.life.now), mailer)
    assert deliver(session, row, replace(mine, settings=replace(mine.settings, home=shelf.folder.parent)))
    (mail,) = mailer.sent
    assert [file.content for file in mail.attachments] == [desk.bytes_of(letter), signed.content]


def test_a_decision_written_elsewhere_has_a_day_and_no_number(session: Session, shelf: Shelf) -> None:
    desk = asked(session, shelf)
    stages.leave_elsewhere(session, desk.due("L15"), desk.instructor, desk.life.times)
    data = desk.letter(desk.validated("L16", "accountant")).data
    assert (data["decision"], bool(data["decision_on"])) == (None, True)
