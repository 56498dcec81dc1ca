"""What a mail of reminders tells when it leaves: to each reader once, and what a pause held as soon as it no longer
does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backoffice.services import digests, due
from backoffice.services.doctor import examine
from backoffice.services.effects import deliver
from backoffice.services.smtp import SmtpMailer
from backoffice.store.base import writing
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DigestLine
from tests.backoffice.hands import Time, hands
from tests.backoffice.smtp_sink import Sink, running
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from workflows.jobs import Job
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


def ask(life: StoredLife, *also: str) -> StoredLife:
    """Ask for a piece of the filing that cannot be read, and others, within fifteen days."""
    key = life.dossier.pieces[0].key
    life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    return life.do("request_pieces", Hat.INSTRUCTOR, keys=(key, *also), days=15)


@pytest.fixture
def life(session: Session) -> StoredLife:
    """A filed dossier of which a piece is asked for, at ten in Paris on 11 June 2024."""
    return ask(stored_life(session, "na-2024").to(State.SUBMITTED).later(1))


@pytest.fixture
def time(life: StoredLife) -> Time:
    return Time(life.now)


@pytest.fixture
def post(time: Time, sink: Sink) -> Any:
    return hands(time, SmtpMailer(sink.url))


def tick(session: Session, time: Time) -> None:
    due.tick(session, legal=time.legal, machine=time.machine)


def waiting(session: Session, job: str = "J4") -> list[OutboxRow]:
    """The mails of a job that have not left, in the order in which they may."""
    session.rollback()
    session.expire_all()
    found = select(OutboxRow).where(OutboxRow.kind == "digest", OutboxRow.name == job, OutboxRow.done_at.is_(None))
    return list(session.scalars(found.order_by(OutboxRow.next_attempt_at, OutboxRow.party)))


def deliver_all(session: Session, post: Any, job: str = "J4") -> None:
    """Carry out what is due of a job, and what that makes due."""
    for _ in range(5):
        rows = [row.id for row in waiting(session, job) if row.next_attempt_at <= post.clocks.machine()]
        for row in rows:
            assert deliver(session, row, post)
        if not rows:
            return
    pytest.fail("a mail is put off for ever")


def days(life: StoredLife, time: Time, number: int) -> None:
    """Let days pass, for the machine and in the dossier."""
    time.wait(timedelta(days=number))
    life.later(number)


# The end of a pause.


def paused(session: Session, life: StoredLife, time: Time, post: Any, until: int) -> UUID:
    """A reminder noticed ten days after the request, that a pause of so many days caught before it left."""
    days(life, time, 10)
    tick(session, time)
    life.do("pause_reminders", Hat.INSTRUCTOR, until=life.today + timedelta(days=until), jobs=(Job.J4,))
    deliver_all(session, post)
    (held,) = waiting(session)
    return held.id


def test_a_reminder_that_a_pause_held_leaves_as_soon_as_it_is_ended(session, life, time, post, sink):
    """The pause outlasts the pieces: at its end the reminder would come too late to be of use."""
    held = paused(session, life, time, post, until=20)
    assert sink.received == []
    days(life, time, 2)
    assert not deliver(session, held, post)
    life.machine = time.machine
    life.do("resume_reminders", Hat.INSTRUCTOR)
    deliver_all(session, post)
    (received,) = sink.accepted
    assert "26 juin 2024" in received.body.replace("\u00a0", " ")
    assert waiting(session) == []
    assert examine(session) == ()


def test_a_pause_made_shorter_lets_its_reminder_leave_at_its_new_end(session, life, time, post, sink):
    paused(session, life, time, post, until=20)
    life.machine = time.machine
    life.do("pause_reminders", Hat.INSTRUCTOR, until=life.today + timedelta(days=2), jobs=(Job.J4,))
    deliver_all(session, post)
    assert sink.received == [], "it waits for the new end of the pause"
    (held,) = waiting(session)
    run_at = session.scalars(select(Deadline.run_at).where(Deadline.kind == "pieces_reminder")).one()
    assert held.next_attempt_at - time.machine == run_at - time.legal
    session.rollback()
    time.wait(run_at - time.legal)
    deliver_all(session, post)
    assert len(sink.accepted) == 1


def test_the_end_of_a_pause_leaves_the_reminders_of_other_dossiers_where_they_are(session, life, time, post, sink):
    other = ask(stored_life(session, "na-2024").to(State.SUBMITTED).later(1))
    days(life, time, 10)
    other.later(10)
    tick(session, time)
    for each in (life, other):
        each.do("pause_reminders", Hat.INSTRUCTOR, until=each.today + timedelta(days=3), jobs=(Job.J4,))
    deliver_all(session, post)
    (held,) = waiting(session)
    assert len(lines(session, held.id)) == 2
    life.machine = time.machine
    life.do("resume_reminders", Hat.INSTRUCTOR)
    deliver_all(session, post)
    (received,) = sink.accepted
    assert life.dossier.number in received.body
    assert other.dossier.number not in received.body
    (still,) = waiting(session)
    assert lines(session, still.id) == [other.id]
    assert still.next_attempt_at > time.machine
    time.wait(timedelta(days=4))
    deliver_all(session, post)
    assert other.dossier.number in sink.accepted[1].body
    assert life.dossier.number not in sink.accepted[1].body


def lines(session: Session, row: UUID) -> list[UUID]:
    return list(session.scalars(select(DigestLine.dossier).where(DigestLine.outbox == row)))


def test_a_pause_ended_while_a_mail_is_written_holds_nothing(session, life, time, post, sink, monkeypatch):
    """The mail was being written under the pause: its line is looked at again, and not put off for twenty days."""
    days(life, time, 10)
    tick(session, time)
    life.do("pause_reminders", Hat.INSTRUCTOR, until=life.today + timedelta(days=20), jobs=(Job.J4,))
    read = digests._lines

    def read_then_ended(*given):
        found = list(read(*given))
        if life.dossier.pause is not None:
            life.do("resume_reminders", Hat.INSTRUCTOR)
        return iter(found)

    monkeypatch.setattr(digests, "_lines", read_then_ended)
    deliver_all(session, post)
    assert len(sink.accepted) == 1


def test_a_line_that_another_worker_has_put_off_takes_no_other_with_it(session, life, time, post, sink, monkeypatch):
    other = ask(stored_life(session, "na-2024").to(State.SUBMITTED).later(1))
    days(life, time, 10)
    other.later(10)
    tick(session, time)
    for each in (life, other):
        each.do("pause_reminders", Hat.INSTRUCTOR, until=each.today + timedelta(days=3), jobs=(Job.J4,))
    read, meanwhile = digests._lines, [life.id]

    def read_then_taken(*given):
        found = list(read(*given))
        with writing(session):
            session.execute(delete(DigestLine).where(DigestLine.dossier.in_(meanwhile)))
        meanwhile.clear()
        return iter(found)

    monkeypatch.setattr(digests, "_lines", read_then_taken)
    deliver_all(session, post)
    (held,) = waiting(session)
    assert lines(session, held.id) == [other.id]


# What has lost its object meanwhile.


def test_an_alert_about_a_receipt_that_left_meanwhile_is_not_sent(session, time, post, sink):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    at = session.scalars(select(Deadline.run_at).where(Deadline.dossier == life.id, Deadline.job == "J3")).one()
    session.rollback()
    time.legal = at
    tick(session, time)
    (alert,) = [row.id for row in waiting(session, "J3") if life.id in lines(session, row.id)]
    (receipt,) = session.scalars(select(OutboxRow.id).where(OutboxRow.dossier == life.id, OutboxRow.name == "L2"))
    session.rollback()
    assert deliver(session, receipt, post)
    before = len(sink.accepted)
    assert deliver(session, alert, post)
    told = [received for received in sink.accepted[before:] if life.dossier.number in received.body]
    assert told == []


def test_an_alert_about_a_receipt_that_has_not_left_is_sent(session, time, post, sink):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    at = session.scalars(select(Deadline.run_at).where(Deadline.dossier == life.id, Deadline.job == "J3")).one()
    session.rollback()
    time.legal = at
    tick(session, time)
    deliver_all(session, post, "J3")
    assert any(life.dossier.number in received.body for received in sink.accepted)


# One reader under two names.


def test_a_recruiter_who_also_files_is_told_once_of_all_that_is_asked_of_it(session, time, post, sink):
    """ARA-15: the establishments file together. The pieces of the start are asked of the recruiter (CVL-15)."""
    life = stored_life(session, "ara-2017").to(State.NOTIFIED).later(1)
    recruiter, partner = life.profile.recruiter.id, life.profile.partner.id
    ask(life, "start/convention")
    at = session.scalars(
        select(Deadline.run_at).where(Deadline.dossier == life.id, Deadline.kind == "pieces_reminder")
    ).one()
    session.rollback()
    time.legal = at
    due.run(session, Job.J4, legal=time.legal, machine=time.machine, by="clock")
    mine = [row for row in waiting(session) if row.call == "ara-2017"]
    assert [row.party for row in mine] == sorted((recruiter, partner))
    for row in mine:
        assert lines(session, row.id) == [life.id]
    deliver_all(session, post)
    texts = {received.recipients[0]: " ".join(received.body.split()) for received in sink.accepted}
    to_recruiter = texts[f"bureau-{recruiter}@etablissement.example"]
    to_partner = texts[f"bureau-{partner}@etablissement.example"]
    assert "- convention CHU / CH signée" in to_recruiter
    assert "convention CHU / CH signée" not in to_partner
    for text in (to_recruiter, to_partner):
        assert text.count("elle est illisible") == 1
