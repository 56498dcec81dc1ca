"""The letters of the demonstration: some at each stage, none that lacks a mandatory mention."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.demo.build import TODAY
from backoffice.services.demo.home import Demo
from backoffice.services.documents import shelf_of
from backoffice.services.letters.freshness import listed_outdated
from backoffice.services.letters.making import LetterRefusedError, prepare
from backoffice.services.letters.sources import source
from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.letter_lists import signs_of, standing
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue, SentMail
from backoffice.store.people import Account
from backoffice.store.signed_copies import signed_copy
from config.settings import Settings
from tests.demo.reading import dossier
from workflows.letters.kinds import KINDS


@pytest.fixture(scope="module")
def session(prepared: tuple[Settings, Demo]) -> Iterator[Session]:
    """The database of the demonstration, to read."""
    settings, _ = prepared
    with bare_app(settings, "tests.demo.letters").app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def letters(session: Session) -> list[Letter]:
    """Every letter of the demonstration."""
    return list(session.scalars(select(Letter)))


def _stage(letter: Letter) -> str:
    if letter.sent_at:
        return "sent"
    if letter.generated_at:
        return "made"
    return "validated" if letter.validated_at else "prepared"


def test_letters_are_at_every_stage(letters: list[Letter]):
    stages = Counter(_stage(letter) for letter in letters)
    assert set(stages) == {"prepared", "validated", "made", "sent"}
    assert stages["made"] + stages["sent"] <= 10  # each costs a tenth of a second to build
    assert {letter.channel for letter in letters if letter.sent_at} >= {"email", "registered", "hand"}


def test_what_was_made_is_on_the_shelf(letters: list[Letter], prepared: tuple[Settings, Demo]):
    shelf = shelf_of(prepared[0])
    made = [letter for letter in letters if letter.sha256]
    assert all(shelf.path(letter.sha256 or "").read_bytes().startswith(b"%PDF") for letter in made)
    assert len({letter.sha256 for letter in made}) == len(made)


def test_letters_went_through_in_order_and_at_the_instants_of_their_stories(letters: list[Letter]):
    for letter in letters:
        told = (letter.drafted_at, letter.validated_at, letter.generated_at, letter.sent_at)
        known = [instant for instant in told if instant is not None]
        assert known == sorted(known)
        assert known[-1] <= TODAY
        assert letter.drafted_by != letter.validated_by


def test_who_signs_says_in_which_capacity(session: Session, letters: list[Letter]):
    stamps = [letter.stamp or {} for letter in letters if letter.validated_at]
    assert {stamp["signatory"]["capacity"] for stamp in stamps} == {"Responsable du service"}
    assert all(account.capacity for account in session.scalars(select(Account).where(Account.signs)))


def test_one_letter_is_to_be_done_again(session: Session, letters: list[Letter]):
    outdated = []
    for letter in letters:
        due, row = session.get_one(LetterDue, letter.due), session.get_one(DossierRow, letter.dossier)
        why = listed_outdated(session, letter, due, row, signs_of(session, [letter.id])[letter.id])
        if why is not None:
            outdated.append((letter.code, why))
    assert [code for code, _ in outdated] == ["L17c"]
    assert "Le dossier a changé" in outdated[0][1]


def test_nobody_received_a_letter_that_has_not_left(session: Session):
    """A slip that is back is that of a letter sent from here, or written elsewhere."""
    dues = {}
    wanted = select(DossierRow, JournalEntry.seq, LetterDue).join(DossierRow, DossierRow.id == LetterDue.dossier)
    for row, seq, due in session.execute(wanted.join(JournalEntry, JournalEntry.id == LetterDue.entry)):
        dues[row.number, seq, due.code, due.addressee] = due
    letters = standing(session, [due.id for due in dues.values()])
    early = []
    for number in {key[0] for key in dues}:
        for receipt in dossier(session, number).receipts:
            asked = dues.get((number, receipt.entry, receipt.letter, receipt.to.value))
            if asked is None or receipt.received_on is None or asked.elsewhere_at or asked.cancelled_at:
                continue
            if not any(letter.sent_at for letter in letters[asked.id]):
                early.append((number, asked.code, asked.addressee))
    assert early == []


def test_older_letters_were_written_elsewhere(session: Session):
    elsewhere = list(session.scalars(select(LetterDue).where(LetterDue.elsewhere_at.is_not(None))))
    assert len(elsewhere) > 50
    assert all(due.asked_at < due.elsewhere_at for due in elsewhere if due.elsewhere_at)


def test_no_letter_lacks_a_mention(session: Session, letters: list[Letter]):
    """Those prepared, and those that wait to be: what a visitor does next is not stopped by a gap of the data."""
    for letter in letters:
        assert "à compléter" not in json.dumps(letter.data, ensure_ascii=False), letter.code
    waiting = select(LetterDue).where(LetterDue.cancelled_at.is_(None), LetterDue.elsewhere_at.is_(None))
    dues = [due for due in session.scalars(waiting) if due.code in KINDS and due.dossier is not None]
    had = standing(session, [due.id for due in dues])
    left = [due for due in dues if not had[due.id]]
    assert len(left) > 10
    assert [gap for due in left for gap in _gaps(session, due)] == []


def _gaps(session: Session, due: LetterDue) -> list[str]:
    row = session.get_one(DossierRow, due.dossier)
    found = source(session, due, row)
    told: list[str] = []
    for party in found.parties:
        try:
            told += prepare(session, found, party).missing
        except LetterRefusedError as error:
            told.append(f"{row.number}, {due.code}: {error}")
    return told


def test_a_letter_left_by_mail_with_its_file(session: Session, letters: list[Letter]):
    by_mail = [letter for letter in letters if letter.channel == "email"]
    sent = {mail.outbox: mail for mail in session.scalars(select(SentMail))}
    assert by_mail
    assert all(letter.sending in sent for letter in by_mail)


def test_every_decision_that_left_by_mail_was_signed(session: Session, letters: list[Letter]):
    by_mail = [letter for letter in letters if letter.channel == "email" and KINDS[letter.code].decides]
    assert by_mail
    for letter in by_mail:
        copy = signed_copy(session, letter.id)
        assert copy is not None
        assert copy.sha256 != letter.sha256
