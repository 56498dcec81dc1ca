"""A decision bears the signature of its author (CRPA, art. L. 212-1): by mail it leaves with its signed copy only."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.services.doctor import check_documents
from backoffice.services.documents import Received, Shelf, sweep
from backoffice.services.effects import deliver
from backoffice.services.letters import sending, signing
from backoffice.services.letters.making import LetterRefusedError
from backoffice.store.base import writing
from backoffice.store.outbox import OutboxRow
from backoffice.store.signed_copies import SignedCopy, signed_copy
from tests.backoffice.hands import Time, Told, hands
from tests.builders import Hat
from tests.letters.office import Office, office, scan
from workflows.letters.asked import AskedLetter
from workflows.letters.kinds import KINDS
from workflows.states import State


@pytest.fixture
def desk(session: Session, shelf: Shelf) -> Office:
    made = office(session, shelf, "na-2024")
    made.life.to(State.NOTIFIED)
    return made


def give(desk: Office, letter: UUID, given: Received) -> str:
    return signing.give_copy(desk.session, letter, given, desk.instructor, desk.life.times, desk.shelf)


def mail(desk: Office, row: UUID) -> Told:
    told = Told()
    mine = hands(Time(desk.life.now), told)
    deliver(desk.session, row, replace(mine, settings=replace(mine.settings, home=desk.shelf.folder.parent)))
    return told


def test_a_decision_leaves_by_mail_with_its_signed_copy_only(desk: Office) -> None:
    letter = desk.made("L8")
    with pytest.raises(LetterRefusedError, match="exemplaire signé"):
        sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    given = scan("premier")
    sha256 = give(desk, letter, given)
    assert sha256 == hashlib.sha256(given.content).hexdigest()
    kept = signed_copy(desk.session, letter)
    assert kept is not None
    assert (kept.given_by, kept.given_at, kept.size) == (desk.instructor.id, desk.life.now, len(given.content))
    row = sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    sent = mail(desk, row).sent[0]
    assert [file.content for file in sent.attachments] == [given.content]
    body = " ".join(sent.body.split())
    assert "L’exemplaire joint porte cette signature : Iris-Pourpre (La directrice" in body


def test_a_letter_that_decides_nothing_goes_as_it_was_made_and_is_not_said_signed(desk: Office) -> None:
    desk.life.do("ask_letter", Hat.INSTRUCTOR, letter=AskedLetter.REGISTERED)
    letter = desk.made("L1", "depositors")
    sent = mail(desk, sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)).sent[0]
    assert [file.content for file in sent.attachments] == [desk.bytes_of(letter)]
    body = " ".join(sent.body.split())
    assert "Signataire de ce courrier : Iris-Pourpre (La directrice" in body
    assert "cette signature" not in body


def test_a_decision_posted_on_paper_needs_no_copy_and_may_have_one(desk: Office) -> None:
    letter = desk.made("L8")
    sending.send_on_paper(desk.session, letter, desk.head, desk.life.times, channel="post", on=desk.life.today)
    give(desk, letter, scan("papier"))
    with pytest.raises(LetterRefusedError, match="ne change plus"):
        give(desk, letter, scan("autre"))


def test_what_left_by_mail_never_changes(desk: Office) -> None:
    letter = desk.made("L8")
    give(desk, letter, scan("premier"))
    last = give(desk, letter, scan("second"))
    kept = signed_copy(desk.session, letter)
    assert kept is not None
    assert (kept.rank, kept.sha256) == (2, last)
    desk.session.rollback()
    row = sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    with pytest.raises(LetterRefusedError, match="ne change plus"):
        give(desk, letter, scan("autre"))
    mail(desk, row)
    with pytest.raises(LetterRefusedError, match="ne change plus"):
        give(desk, letter, scan("autre"))
    for change in (update(SignedCopy).values(size=1), delete(SignedCopy)):
        with pytest.raises(DBAPIError, match="append-only"), writing(desk.session):
            desk.session.execute(change)


def test_a_mail_handed_over_without_a_copy_does_not_leave(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = desk.made("L8")
    monkeypatch.setattr(sending, "unsigned", lambda *_: None)  # as an older release handed it over
    row = sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    monkeypatch.undo()
    assert mail(desk, row).sent == []
    assert "exemplaire signé" in (desk.session.get_one(OutboxRow, row, populate_existing=True).last_error or "")
    desk.session.rollback()
    give(desk, letter, scan("premier"))
    assert mail(desk, sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)).sent


@pytest.mark.parametrize("code", KINDS)
def test_only_letters_that_are_signed_decide(code: str) -> None:
    assert KINDS[code].signed or not KINDS[code].decides


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("signe.pdf", b"", "est vide"),
        ("signe.pdf", b"Bonjour", "ne correspond pas"),
        ("signe.png", b"\x89PNG\r\n\x1a\n", "est un PDF"),
        ("signe.exe", b"MZ", "n’est pas accepté"),
        ("signe.pdf", b"%PDF-" + b"x" * 10 * 1024 * 1024, "10 Mo"),
    ],
)
def test_a_copy_is_a_pdf_that_can_be_read(desk: Office, name: str, content: bytes, why: str) -> None:
    letter = desk.made("L8")
    with pytest.raises(LetterRefusedError, match=why):
        give(desk, letter, Received(name, content))
    assert signed_copy(desk.session, letter) is None


def test_the_file_that_was_made_is_no_signed_copy_and_comes_first(desk: Office) -> None:
    letter = desk.validated("L8")
    with pytest.raises(LetterRefusedError, match="pas encore produit"):
        give(desk, letter, scan("trop tôt"))
    made = desk.made("L8", "candidate")
    with pytest.raises(LetterRefusedError, match="sans signature"):
        give(desk, made, Received("courrier.pdf", desk.bytes_of(made)))


def test_the_bytes_of_a_copy_are_kept_and_looked_after(desk: Office) -> None:
    letter = desk.made("L8")
    sha256 = give(desk, letter, scan("premier"))
    later = datetime(2099, 1, 1, tzinfo=UTC)
    assert sweep(desk.session, desk.shelf, later) == 0
    assert list(check_documents(desk.session, desk.shelf, later)) == []
    desk.shelf.path(sha256).unlink()
    found = [(ailment.where, ailment.what) for ailment in check_documents(desk.session, desk.shelf, later)]
    assert found == [(str(letter), "le fichier du document manque")]
