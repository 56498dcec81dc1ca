"""What a list says of letters before anything is done: which are to be prepared again, which the act would refuse."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from backoffice.services.documents import Shelf
from backoffice.services.letters import sending, stages, templates
from backoffice.services.letters.freshness import listed_outdated
from backoffice.services.letters.hurdles import foretold
from backoffice.services.letters.making import LetterRefusedError, outdated
from backoffice.services.letters.sources import source
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.letter_lists import signs_of
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.people import Account, Person
from tests.backoffice.stored import MACHINE, agent_id
from tests.builders import Hat
from tests.letters.office import Office, office
from tests.letters.test_attached import asked
from workflows.actors import Actor
from workflows.states import State


def notified(session: Session, shelf: Shelf) -> Office:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    return desk


def said(desk: Office, letter: UUID) -> tuple[str | None, str | None]:
    """What a list and the page of a letter say of it."""
    row = desk.letter(letter)
    due, dossier = desk.session.get_one(LetterDue, row.due), desk.session.get_one(DossierRow, row.dossier)
    signs = signs_of(desk.session, [letter])[letter]
    return listed_outdated(desk.session, row, due, dossier, signs), outdated(
        desk.session, row, source(desk.session, due, dossier)
    )


def test_a_list_says_of_a_letter_what_its_page_says(session: Session, shelf: Shelf) -> None:
    desk = notified(session, shelf)
    letter = desk.drafted("L8")
    assert said(desk, letter) == (None, None)
    text = templates.shipped("L8").text + "\n// un mot\n"
    authority = desk.letter(letter).authority
    session.rollback()
    templates.save(session, authority, "L8", text, by="menthe-grise", now=MACHINE)
    listed, page = said(desk, letter)
    assert listed == page == "Le modèle a changé depuis que ce courrier a été préparé."
    templates.restore(session, authority, "L8", by="menthe-grise", now=MACHINE)
    assert said(desk, letter) == (None, None)
    desk.life.later(2).do("withdraw", Hat.INSTRUCTOR)
    listed, page = said(desk, letter)
    assert listed == page
    assert listed


def test_a_list_reads_again_a_letter_that_goes_with_another_one(session: Session, shelf: Shelf) -> None:
    desk = asked(session, shelf)
    letter = desk.drafted("L16", "accountant")
    assert said(desk, letter) == (None, None)
    desk.made("L15")  # the version of the dossier is the same
    listed, page = said(desk, letter)
    assert listed == page
    assert "Numéro de la décision jointe" in (listed or "")


def test_one_statement_tells_that_a_whole_list_is_as_it_was(session: Session, shelf: Shelf) -> None:
    desk = notified(session, shelf)
    made = [desk.drafted("L8", to) for to in ("recruiter", "candidate")]
    letters = [session.get_one(Letter, one) for one in made]
    dues = [session.get_one(LetterDue, letter.due) for letter in letters]
    rows = [session.get_one(DossierRow, desk.life.id)] * 2
    sent: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *told: sent.append(told[2]))
    signs = signs_of(session, made)
    assert [
        listed_outdated(session, letter, due, row, signs[letter.id])
        for letter, due, row in zip(letters, dues, rows, strict=True)
    ] == [None, None]
    assert len(sent) == 1


def _by_whoever_prepared_it(desk: Office) -> tuple[UUID, Actor]:
    return desk.drafted("L8"), desk.instructor


def _for_nobody_to_sign(desk: Office) -> tuple[UUID, Actor]:
    letter = desk.drafted("L8")
    with writing(desk.session):
        desk.session.execute(update(Account).values(signs=False))
    return letter, desk.head


def _by_somebody_without_a_capacity(desk: Office) -> tuple[UUID, Actor]:
    letter = desk.drafted("L8")
    with writing(desk.session):
        mine = update(Account).where(Account.id == agent_id(desk.life.call, "iris-pourpre"))
        desk.session.execute(mine.values(capacity=None))
    return letter, desk.head


@pytest.mark.parametrize(
    "case", [_by_whoever_prepared_it, _for_nobody_to_sign, _by_somebody_without_a_capacity], ids=lambda c: c.__name__
)
def test_what_a_validation_refuses_is_foretold(
    session: Session, shelf: Shelf, case: Callable[[Office], tuple[UUID, Actor]]
) -> None:
    desk = notified(session, shelf)
    letter, by = case(desk)
    told = _foretold(desk, letter, by)
    with pytest.raises(LetterRefusedError) as refused:
        stages.validate(session, letter, by, desk.life.times)
    assert told == str(refused.value)


def test_a_request_without_the_number_of_its_decision_is_foretold(session: Session, shelf: Shelf) -> None:
    desk = asked(session, shelf)
    letter = desk.drafted("L16", "accountant")
    assert "numéro de la décision de reversement à joindre" in (_foretold(desk, letter, desk.head) or "")


def test_what_a_sending_refuses_is_foretold_and_what_it_does_is_not(session: Session, shelf: Shelf) -> None:
    desk = notified(session, shelf)
    bare, copied = desk.made("L8"), desk.signed("L8", "candidate")
    told = _foretold(desk, bare, desk.head)
    with pytest.raises(LetterRefusedError) as refused:
        sending.send_by_mail(session, bare, desk.head, desk.life.times)
    assert told == str(refused.value)
    assert _foretold(desk, copied, desk.head) is None
    with writing(session):
        session.execute(update(Person).values(email=None))
    told = _foretold(desk, copied, desk.head)
    with pytest.raises(LetterRefusedError, match="adresse électronique") as nowhere:
        sending.send_by_mail(session, copied, desk.head, desk.life.times)
    assert told == str(nowhere.value)


def test_what_nothing_stops_is_foretold_as_such(session: Session, shelf: Shelf) -> None:
    desk = notified(session, shelf)
    letter = desk.drafted("L8")
    assert _foretold(desk, letter, desk.head) is None
    stages.validate(session, letter, desk.head, desk.life.times)
    due = session.get_one(LetterDue, desk.due("L8", "candidate"))
    dossier = session.get_one(DossierRow, desk.life.id)
    assert foretold(session, due, dossier, None, by=desk.instructor, times=desk.life.times) is None


def _foretold(desk: Office, letter: UUID, by: Actor) -> str | None:
    row = desk.letter(letter)
    due, dossier = desk.session.get_one(LetterDue, row.due), desk.session.get_one(DossierRow, row.dossier)
    told = foretold(desk.session, due, dossier, row, by=by, times=desk.life.times)
    assert not desk.session.dirty
    desk.session.rollback()
    return told
