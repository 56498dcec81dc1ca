"""A letter says the decision of its own act, while that decision is the one in force, and to those it was made for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services.documents import Shelf
from backoffice.services.effects import Hands, deliver
from backoffice.services.letters import sending, stages
from backoffice.services.letters.making import LetterRefusedError
from backoffice.store.base import writing
from backoffice.store.dossiers import JournalEntry
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Person
from tests.backoffice.hands import Time, Told, hands
from tests.builders import Hat
from tests.letters.office import Office, office, read
from workflows.calls.funding import Vehicle
from workflows.letters.data import printed
from workflows.parts.requests import RequestKind
from workflows.states import State

BASIS = "CRPA art. L. 242-1"


@pytest.fixture
def desk(session: Session, shelf: Shelf) -> Office:
    """An award of idf-2025 was notified, then its money."""
    made = office(session, shelf, "idf-2025", "FIR")
    made.life.to(State.NOTIFIED).later(20).do("notify_money", Hat.HEAD)
    return made


@dataclass(frozen=True)
class Asked:
    """A letter asked for: by which entry of the journal, to whom."""

    id: UUID
    entry: int
    to: str
    cancelled: bool


def asked(desk: Office, code: str) -> list[Asked]:
    """Every letter of a code that was asked for, the oldest first."""
    wanted = select(LetterDue, JournalEntry.seq).join(JournalEntry, JournalEntry.id == LetterDue.entry)
    wanted = wanted.where(LetterDue.dossier == desk.life.id, LetterDue.code == code)
    rows = desk.session.execute(wanted.order_by(JournalEntry.seq, LetterDue.addressee)).all()
    found = [Asked(due.id, seq, due.addressee, due.cancelled_at is not None) for due, seq in rows]
    desk.session.rollback()
    return found


def deferred(desk: Office) -> None:
    desk.life.later(1).do("ask_deferral", Hat.RECRUITER)
    desk.life.later(5).do("defer", Hat.HEAD, request=desk.life.last_request(RequestKind.DEFERRAL))


def made_from(desk: Office, due: UUID) -> UUID:
    letter = stages.draft(desk.session, due, desk.instructor, desk.life.times)[0]
    stages.validate(desk.session, letter, desk.head, desk.life.times)
    stages.make(desk.session, letter, desk.head.id, desk.life.times, desk.shelf)
    return letter


def rectified(desk: Office) -> None:
    desk.life.machine += timedelta(days=1)
    desk.life.later(3).do("rectify", Hat.HEAD, legal_basis=BASIS)


# What a letter of a decision says, whatever was done since.


def test_an_award_says_what_was_decided_before_a_deferral(desk: Office) -> None:
    before = desk.made("L8")
    deferred(desk)
    sending.send_on_paper(desk.session, before, desk.head, desk.life.times, channel="post", on=desk.life.today)
    after = desk.letter(desk.drafted("L8", "candidate")).data
    assert (after["decided_on"], after["start"], after["months"]) == (
        "20\u00a0juin\u00a02025",
        "1er\u00a0novembre\u00a02025",
        24,
    )
    assert after["total"]["figures"] == "93\u202f594,00\u00a0€"
    told = desk.letter(desk.drafted("L13")).data
    assert told["amounts"]["after"]["figures"] == "85\u202f794,50\u00a0€"


def test_each_financial_notification_tells_its_own_amounts(desk: Office) -> None:
    deferred(desk)
    first = asked(desk, "L11")
    letter = made_from(desk, next(one.id for one in first if one.to == "recruiter"))
    told = desk.letter(letter).data
    assert told["total"]["figures"] == "93\u202f594,00\u00a0€"
    text = read(desk.bytes_of(letter))
    assert "93 594,00 €" in text
    assert "85 794,50 €" not in text
    desk.life.later(5).do("notify_money", Hat.HEAD)
    accountant = next(one.id for one in first if one.to == "accountant")
    with pytest.raises(LetterRefusedError, match="reprise ou remplacée"):
        stages.draft(desk.session, accountant, desk.instructor, desk.life.times)
    second = next(one.id for one in asked(desk, "L11") if one.to == "recruiter" and one not in first)
    assert desk.letter(made_from(desk, second)).data["total"]["figures"] == "85\u202f794,50\u00a0€"


def test_what_is_of_today_still_asks_for_the_letter_again(desk: Office) -> None:
    letter, doctor = desk.made("L8"), desk.life.dossier.candidate
    assert doctor is not None
    with writing(desk.session):
        renamed = update(Person).where(Person.id == UUID(doctor.id)).values(family_name="Bleuet-Garance")
        desk.session.execute(renamed)
    with pytest.raises(LetterRefusedError, match="Médecin"):
        sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)


def test_a_repayment_says_the_way_that_was_decided_and_is_heard_no_more(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024", "FIR")
    desk.life.to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)
    heard = desk.drafted("L14")
    desk.life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD)
    way = {"vehicle": Vehicle.AMENDING_DECISION, "deed": "DM-2026-7"}
    decided_on = desk.life.today
    desk.life.later(6).do("use_other_vehicle", Hat.HEAD, **way)
    told = desk.letter(desk.drafted("L15")).data
    assert (told["by_title"], told["deed"]) == (True, None)
    assert told["decided_on"] == printed(decided_on)
    with pytest.raises(LetterRefusedError, match="n’a plus d’objet"):
        stages.validate(session, heard, desk.head, desk.life.times)


# Decisions taken back, or replaced.


@pytest.mark.parametrize(
    ("code", "state", "act"), [("L8", State.NOTIFIED, "notify"), ("L10", State.REJECTED, "reject")]
)
def test_only_the_last_decision_leaves_when_the_first_was_rectified(
    session: Session, shelf: Shelf, code: str, state: State, act: str
) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(state)
    first = asked(desk, code)
    assert first
    made = made_from(desk, first[0].id)
    rectified(desk)
    desk.life.later(3).do(act, Hat.HEAD)
    with pytest.raises(LetterRefusedError, match="reprise"):
        sending.send_by_mail(session, made, desk.head, desk.life.times)
    for one in first:
        with pytest.raises(LetterRefusedError, match="reprise"):
            stages.draft(session, one.id, desk.instructor, desk.life.times)
    again = [one for one in asked(desk, code) if not one.cancelled]
    assert {one.entry for one in again} == {desk.life.dossier.version}
    assert [stages.draft(session, one.id, desk.instructor, desk.life.times) != [] for one in again] == [True] * len(
        again
    )


def test_a_letter_handed_to_the_mail_does_not_leave_once_its_decision_is_rectified(
    session: Session, shelf: Shelf
) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    letter = desk.signed("L8")
    row = sending.send_by_mail(session, letter, desk.head, desk.life.times)
    rectified(desk)
    mailer = Told()
    assert not deliver(session, row, at_home(desk, mailer))
    assert mailer.sent == []
    kept = desk.letter(letter)
    assert (kept.sent_at, kept.sending, kept.channel) == (None, None, None)
    assert session.get_one(OutboxRow, row).cancelled_at is not None


def at_home(desk: Office, mailer: Told) -> Hands:
    mine = hands(Time(desk.life.now, desk.life.machine), mailer)
    return replace(mine, settings=replace(mine.settings, home=desk.shelf.folder.parent))


def test_the_worker_looks_again_before_a_letter_leaves(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    letter = desk.signed("L8")
    row = sending.send_by_mail(session, letter, desk.head, desk.life.times)
    desk.life.later(5).do("withdraw", Hat.INSTRUCTOR)
    mailer = Told()
    assert not deliver(session, row, at_home(desk, mailer))
    assert mailer.sent == []
    carrying = session.get_one(OutboxRow, row, populate_existing=True)
    assert carrying.dead_at is not None
    assert "attend un autre médecin" in (carrying.last_error or "")
    assert desk.letter(letter).sent_at is None


def test_a_letter_that_left_stays_when_its_decision_is_rectified(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    sent = desk.made("L8")
    sending.send_on_paper(session, sent, desk.head, desk.life.times, channel="post", on=desk.life.today)
    elsewhere = desk.due("L8", "partners")
    stages.leave_elsewhere(session, elsewhere, desk.instructor, desk.life.times)
    rectified(desk)
    assert desk.letter(sent).sent_at is not None
    assert {one.to: one.cancelled for one in asked(desk, "L8")} == {
        "candidate": True,
        "partners": False,
        "recruiter": True,
    }


# Posts that change hands.


def test_nobody_is_told_of_the_award_of_a_post_that_waits_for_a_doctor(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED).later(5).do("withdraw", Hat.INSTRUCTOR)
    for one in asked(desk, "L8"):
        with pytest.raises(LetterRefusedError, match="attend un autre médecin"):
            stages.draft(session, one.id, desk.instructor, desk.life.times)
    desk.life.later(3).propose_replacement().do("replace", Hat.HEAD)
    drafted, refused = {}, {}
    for one in asked(desk, "L8"):
        try:
            drafted[one.to] = stages.draft(session, one.id, desk.instructor, desk.life.times)
        except LetterRefusedError as error:
            refused[one.to] = str(error)
    assert refused.keys() == {"candidate"}
    assert "a quitté le poste" in refused["candidate"]
    assert drafted.keys() == {"partners", "recruiter"}
    data = desk.letter(drafted["recruiter"][0]).data
    assert data["post"]["doctor"] == "Capucine Bleuet"
    assert desk.letter(desk.drafted("L12", "former_candidate")).data["to"]["name"] == "Capucine Bleuet"


def test_a_letter_without_object_is_put_away_and_none_takes_its_place(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    letter = desk.drafted("L8")
    desk.life.later(5).do("withdraw", Hat.INSTRUCTOR)
    assert stages.redo(session, letter, desk.instructor, desk.life.times) == letter
    assert "attend un autre médecin" in (desk.letter(letter).voided_for or "")
