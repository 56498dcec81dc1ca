"""The acts on a letter: prepared, validated by somebody else, made once, sent, never changed after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.services.act import Done
from backoffice.services.doctor import check_effects
from backoffice.services.documents import Shelf
from backoffice.services.effects import Hands, deliver
from backoffice.services.letters import batches, making, sending, stages
from backoffice.services.letters.asked import letters_held
from backoffice.services.letters.making import LetterRefusedError, outdated
from backoffice.services.letters.sources import source
from backoffice.services.mails import wired
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.letter_lists import batch_progress, listed
from backoffice.store.letters import Letter, LetterStep
from backoffice.store.mails import LetterDue, SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from backoffice.store.scope import Scope
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE
from tests.builders import Hat
from tests.letters.office import CAPACITY, Office, office, read, scan
from tests.letters.pressed import check
from workflows.actors import Actor, Role
from workflows.effects import Addressee
from workflows.letters.award import award_letter
from workflows.letters.kinds import KINDS
from workflows.parts.receipts import Receipt
from workflows.states import State


@pytest.fixture
def desk(session: Session, shelf: Shelf) -> Office:
    """An award was notified: its letters are to be prepared."""
    made = office(session, shelf, "na-2024")
    made.life.to(State.NOTIFIED)
    return made


def number_of_letters(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Letter)) or 0


def test_a_preview_writes_nothing(desk: Office) -> None:
    due = desk.session.get_one(LetterDue, desk.due("L8"))
    row = desk.session.get_one(DossierRow, desk.life.id)
    recruiter = desk.life.dossier.recruiter
    assert recruiter is not None
    draft = stages.preview(desk.session, due, row, recruiter.id)
    assert draft.pages[0].startswith(b"\x89PNG")
    assert draft.missing == ()
    assert number_of_letters(desk.session) == 0


def test_a_letter_that_would_tell_a_milliard_is_not_prepared(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms, calls and openings refuse such an amount before: whatever lets one through, no letter tells it."""
    of = replace(KINDS["L8"], build=lambda matter: replace(award_letter(matter), total=Decimal("1000000000.00")))
    due = desk.due("L8")
    with monkeypatch.context() as wrong:
        wrong.setattr(making, "KINDS", {**KINDS, "L8": of})
        with pytest.raises(LetterRefusedError) as told:
            stages.draft(desk.session, due, desk.instructor, desk.life.times)
    assert str(told.value).startswith("Ce courrier ne peut pas être préparé. Un montant d’un milliard ou plus")
    assert number_of_letters(desk.session) == 0
    assert len(stages.draft(desk.session, due, desk.instructor, desk.life.times)) == 1


def test_each_party_has_a_letter_of_its_own(desk: Office) -> None:
    partners = stages.draft(desk.session, desk.due("L8", "partners"), desk.instructor, desk.life.times)
    assert {desk.letter(one).party for one in partners} == {site.id for site in desk.life.dossier.partners}
    assert stages.draft(desk.session, desk.due("L8", "partners"), desk.instructor, desk.life.times) == []
    row = desk.session.get_one(DossierRow, desk.life.id)
    found = source(desk.session, desk.session.get_one(LetterDue, desk.due("L8", "partners")), row)
    assert [outdated(desk.session, desk.letter(one), found) for one in partners] == [None] * len(partners)


def test_who_prepared_does_not_validate_and_nobody_makes_what_is_not_validated(desk: Office) -> None:
    letter = stages.draft(desk.session, desk.due("L8"), desk.head, desk.life.times)[0]
    with pytest.raises(LetterRefusedError, match="une autre personne"):
        stages.validate(desk.session, letter, desk.head, desk.life.times)
    with pytest.raises(LetterRefusedError, match="un responsable"):
        stages.validate(desk.session, letter, desk.instructor, desk.life.times)
    assert desk.letter(letter).validated_at is None
    with pytest.raises(LetterRefusedError, match="pas validé"):
        stages.make(desk.session, letter, desk.head.id, desk.life.times, desk.shelf)


def test_a_signatory_without_capacity_does_not_sign(desk: Office) -> None:
    with writing(desk.session):
        desk.session.execute(update(Account).values(capacity=None))
    with pytest.raises(LetterRefusedError, match="en quelle qualité"):
        desk.validated("L8")


def test_a_letter_is_signed_numbered_in_its_year_and_made_once(desk: Office) -> None:
    first, second = desk.made("L8"), desk.made("L8", "candidate")
    one, two = desk.letter(first), desk.letter(second)
    assert (one.year, one.number, two.number) == (2024, 1, 2)
    again = stages.make(desk.session, first, desk.head.id, desk.life.times, desk.shelf)
    assert again == one.sha256
    assert desk.letter(first).number == 1
    assert one.size == len(desk.bytes_of(first))
    assert one.stamp is not None
    assert one.stamp["signatory"] == {"name": "Iris-Pourpre", "capacity": CAPACITY}
    assert one.stamp["dated_on"]
    assert one.signed_by == desk.head.id
    check(desk.bytes_of(first), "Attribution d’un poste")
    text = read(desk.bytes_of(first))
    assert "Courrier n° 2024-0001" in text
    assert "PROJET" not in text


def test_a_stop_after_the_number_was_taken_makes_the_same_file(desk: Office, shelf: Shelf) -> None:
    letter = desk.validated("L8")

    class Full(Shelf):
        def put(self, content: bytes) -> str:
            raise OSError("disk full")

    with pytest.raises(OSError, match="full"):
        stages.make(desk.session, letter, desk.head.id, desk.life.times, Full(shelf.folder))
    assert (desk.letter(letter).number, desk.letter(letter).sha256) == (1, None)
    desk.life.later(3)
    stages.make(desk.session, letter, desk.head.id, desk.life.times, shelf)
    assert desk.letter(letter).full_number == "2024-0001"


def test_a_changed_fact_asks_for_the_letter_again(desk: Office) -> None:
    letter = desk.made("L8")
    with writing(desk.session):
        row = desk.session.get_one(DossierRow, desk.life.id)
        row.facts = row.facts.replace('"name":"CH de Mirabelle"', '"name":"CH des Tournesols"')
        row.version += 1
    with pytest.raises(LetterRefusedError, match="Nom du destinataire"):
        sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    again = stages.redo(desk.session, letter, desk.head, desk.life.times)
    assert again != letter
    assert "a changé" in (desk.letter(letter).voided_for or "")
    assert desk.letter(letter).sha256
    assert desk.letter(again).validated_at is None
    with pytest.raises(LetterRefusedError, match="rien à refaire"):
        stages.redo(desk.session, again, desk.head, desk.life.times)


def test_a_letter_of_a_decision_taken_back_has_no_object(desk: Office) -> None:
    letter = desk.validated("L8")
    with writing(desk.session):
        desk.session.execute(update(LetterDue).values(cancelled_at=MACHINE))
    with pytest.raises(LetterRefusedError, match="reprise"):
        stages.make(desk.session, letter, desk.head.id, desk.life.times, desk.shelf)


def test_a_mail_carries_the_file_and_the_letter_is_sent_once_it_left(desk: Office, shelf: Shelf) -> None:
    letter = desk.signed("L8")
    row = sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    assert desk.letter(letter).sent_at is None
    with pytest.raises(LetterRefusedError, match="déjà parti, ou part"):
        sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    mailer = Told()
    mine = hands(Time(desk.life.now), mailer)
    assert deliver(desk.session, row, with_home(mine, shelf))
    mail = mailer.sent[0]
    assert [(file.name, file.content) for file in mail.attachments] == [
        ("courrier-2024-0001.pdf", scan(str(letter)).content)
    ]
    assert wired(mail) == wired(mail)
    assert b"application/pdf" in wired(mail)
    assert mail.subject == "Dossier NA-2024-0001\u00a0: décision d’attribution"
    assert "ci-joint le courrier n° 2024-0001" in " ".join(mail.body.split())
    sent = desk.letter(letter)
    assert sent.sent_at == desk.life.now
    assert sent.channel == "email"
    assert desk.session.scalar(select(func.count()).select_from(SentMail).where(SentMail.outbox == row)) == 1
    assert list(check_effects(desk.session)) == []  # a letter that persons send is no effect of the decision


def with_home(mine: Hands, shelf: Shelf) -> Hands:
    return replace(mine, settings=replace(mine.settings, home=shelf.folder.parent))


def proof_warnings(desk: Office, receipt: Receipt, **given: Any) -> set[str]:
    """What is told to who proves a receipt; the proof is recorded."""
    answer = desk.life.ask("record_proof", Hat.INSTRUCTOR, receipt=receipt.id, **given)
    assert isinstance(answer, Done)
    assert answer.decision is not None
    return {finding.code for finding in answer.decision.findings}


def test_a_letter_that_left_never_changes(desk: Office) -> None:
    letter = desk.made("L8")
    today = desk.life.today
    recruiter, candidate = (
        next(r for r in desk.life.dossier.receipts if r.to is to) for to in (Addressee.RECRUITER, Addressee.CANDIDATE)
    )
    assert letters_held(desk.session, desk.life.id) == {recruiter.id}
    assert [proof_warnings(desk, r) for r in (recruiter, candidate)] == [{"letter_not_left"}, set()]
    sending.send_on_paper(desk.session, letter, desk.head, desk.life.times, channel="registered", on=today)
    assert letters_held(desk.session, desk.life.id) == frozenset()
    assert proof_warnings(desk, recruiter, reason="Autre numéro.") == set()
    for change in (
        update(Letter).where(Letter.id == letter).values(channel="post"),
        delete(Letter).where(Letter.id == letter),
    ):
        with pytest.raises(DBAPIError), writing(desk.session):
            desk.session.execute(change)
    with pytest.raises(LetterRefusedError, match="ne change plus"):
        stages.redo(desk.session, letter, desk.head, desk.life.times)


def test_the_file_of_a_letter_that_was_made_never_changes(desk: Office) -> None:
    letter = desk.made("L8")
    changes: tuple[dict[str, Any], ...] = ({"sha256": "0" * 64}, {"number": 9}, {"data": {}}, {"stamp": {}})
    for values in changes:
        with pytest.raises(DBAPIError), writing(desk.session):
            desk.session.execute(update(Letter).where(Letter.id == letter).values(values))


def test_paper_leaves_on_a_day_that_can_be(desk: Office) -> None:
    letter = desk.made("L8")
    today = desk.life.today
    for day, why in ((today + timedelta(days=1), "une fois fait"), (today - timedelta(days=1), "avant sa date")):
        with pytest.raises(LetterRefusedError, match=why):
            sending.send_on_paper(desk.session, letter, desk.head, desk.life.times, channel="post", on=day)
    with pytest.raises(LetterRefusedError, match="comment"):
        sending.send_on_paper(desk.session, letter, desk.head, desk.life.times, channel="pigeon", on=today)


def test_a_batch_is_made_by_the_worker_and_tells_how_far_it_is(desk: Office, shelf: Shelf) -> None:
    letters = [desk.validated("L8"), desk.validated("L8", "candidate"), desk.validated("L8", "partners")]
    region = desk.life.call.authority.region
    batch = batches.make_many(desk.session, letters, region, desk.head, desk.life.times)
    with pytest.raises(LetterRefusedError, match="n’attend"):
        batches.make_many(desk.session, letters, region, desk.head, desk.life.times)
    mine = with_home(hands(Time(desk.life.now), Told()), shelf)
    rows = list(desk.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "letter_make")))
    assert len(rows) == 3
    for done, row in enumerate(rows):
        progress = batch_progress(desk.session, region, batch)
        assert progress is not None
        assert (progress.made, progress.waiting) == (done, 3 - done)
        assert deliver(desk.session, row, mine)
    assert sorted(desk.letter(one).number or 0 for one in letters) == [1, 2, 3]
    assert batch_progress(desk.session, "99", batch) is None


def test_a_letter_that_fails_in_a_batch_says_why(desk: Office, shelf: Shelf) -> None:
    letter = desk.validated("L8")
    region = desk.life.call.authority.region
    batch = batches.make_many(desk.session, [letter], region, desk.head, desk.life.times)
    with writing(desk.session):
        desk.session.execute(update(LetterDue).values(cancelled_at=MACHINE))
    row = desk.session.scalar(select(OutboxRow.id).where(OutboxRow.kind == "letter_make"))
    assert row is not None
    deliver(desk.session, row, with_home(hands(Time(desk.life.now), Told()), shelf))
    progress = batch_progress(desk.session, region, batch)
    assert progress is not None
    assert progress.waiting == 0
    assert [why.split(" : ")[0] for _, why in progress.failed] == ["La décision a été reprise"]


def test_the_instructor_whose_act_asked_for_it_does_not_validate(session: Session, shelf: Shelf) -> None:
    made = office(session, shelf, "na-2024")
    made.life.to(State.NOTIFIED)
    letter = stages.draft(session, made.due("L8"), Actor(Role.HEAD, str(uuid4())), made.life.times)[0]
    stages.validate(session, letter, made.head, made.life.times)
    assert made.letter(letter).validated_by == made.head.id


def test_a_letter_written_by_hand_is_no_longer_to_prepare(desk: Office) -> None:
    due, region = desk.due("L8"), Scope(region=desk.life.call.authority.region)
    stages.leave_elsewhere(desk.session, due, desk.instructor, desk.life.times)
    assert due not in {x.due.id for x in listed(desk.session, region, KINDS, [LetterStep.PREPARE], limit=50)}
    letter = stages.draft(desk.session, due, desk.instructor, desk.life.times)[0]
    waits = listed(desk.session, region, KINDS, [LetterStep.VALIDATE], limit=50)
    assert [x.letter.id for x in waits if x.letter] == [letter]
    with pytest.raises(LetterRefusedError, match="déjà préparé"):
        stages.leave_elsewhere(desk.session, due, desk.instructor, desk.life.times)
