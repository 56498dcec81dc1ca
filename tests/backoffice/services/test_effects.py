"""Effects: each carried out once behind its lease, over a real mail conversation, with what is doubtful said so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services import due, effects, mailing, operations, outbox
from backoffice.services.effects import deliver
from backoffice.services.operations import AlertKind
from backoffice.services.outbox import BACKOFF, LEASE
from backoffice.services.smtp import SmtpMailer
from backoffice.store.base import writing
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Person
from backoffice.store.schedule import Deadline, DigestLine, DueNotice
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.smtp_sink import Sink, running
from tests.backoffice.stored import MACHINE, StoredLife, known_id, stored_life
from tests.builders import Hat
from workflows.deadlines import local_day
from workflows.decide import Refused
from workflows.jobs import Job
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def life(session) -> StoredLife:
    return stored_life(session, "na-2024").to(State.SUBMITTED)


@pytest.fixture
def time(life) -> Time:
    return Time(life.now)


@pytest.fixture
def smtp(time, sink):
    return hands(time, SmtpMailer(sink.url))


def notice(session: Session) -> UUID:
    """A legal notice that waits: the receipt of the application."""
    found = session.scalar(select(OutboxRow.id).where(OutboxRow.name == "L1"))
    assert isinstance(found, UUID)
    return found


def reminder(session: Session, life: StoredLife, time: Time) -> UUID:
    """A reminder that waits: pieces asked for, ten days later."""
    key = life.dossier.pieces[0].key
    life.later(1).do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(key,), days=15)
    time.legal = life.later(10).now
    due.tick(session, legal=time.legal, machine=time.machine)
    found = session.scalar(select(OutboxRow.id).where(OutboxRow.kind == "digest", OutboxRow.name == "J4"))
    assert isinstance(found, UUID)
    return found


def row_of(session: Session, row_id: UUID) -> OutboxRow:
    session.rollback()
    session.expire_all()
    return session.get_one(OutboxRow, row_id)


def kept(session: Session) -> list[SentMail]:
    session.rollback()
    return list(session.scalars(select(SentMail)))


# A mail.


def test_a_mail_leaves_once_and_is_kept_as_it_left(session, smtp, sink):
    row_id = notice(session)
    assert deliver(session, row_id, smtp)
    (received,) = sink.accepted
    (mail,) = kept(session)
    assert received.message["Message-ID"] == f"<{row_id}@temps-partage.example>" == mail.message_id
    assert received.recipients == ("capucine-bleuet@medecin.example",) == tuple(mail.recipients)
    assert received.header("Subject") == mail.subject
    assert received.body == mail.body
    assert (mail.sent_at, mail.doubtful, mail.outbox) == (MACHINE, False, row_id)
    assert row_of(session, row_id).done_at == MACHINE


def test_the_same_hint_twice_sends_one_mail(session, smtp, sink):
    row_id = notice(session)
    assert deliver(session, row_id, smtp)
    assert not deliver(session, row_id, smtp)
    assert len(sink.received) == 1


def test_a_mail_that_waits_for_its_instant_does_not_leave_before(session, time, smtp, sink):
    row_id = notice(session)
    session.execute(update(OutboxRow).values(next_attempt_at=MACHINE + timedelta(minutes=10)))
    session.commit()
    assert not deliver(session, row_id, smtp)
    time.wait(timedelta(minutes=10))
    assert deliver(session, row_id, smtp)


def test_a_server_that_says_later_is_tried_again_without_any_doubt(session, time, smtp, sink):
    row_id = notice(session)
    sink.refuse("451 greylisted")
    assert not deliver(session, row_id, smtp)
    assert kept(session) == []
    assert "451" in str(row_of(session, row_id).last_error)
    sink.accept()
    time.wait(BACKOFF[0])
    assert deliver(session, row_id, smtp)
    assert [m.doubtful for m in kept(session)] == [False]
    assert len(sink.accepted) == 1


def test_a_server_that_is_away_is_tried_again(session, time, smtp, sink):
    row_id = notice(session)
    away = hands(time, SmtpMailer("smtp://127.0.0.1:1"))
    assert not deliver(session, row_id, away)
    assert "ne répond pas" in str(row_of(session, row_id).last_error)
    time.wait(BACKOFF[0])
    assert deliver(session, row_id, smtp)
    assert [m.doubtful for m in kept(session)] == [False]


def test_a_mail_leaves_after_three_days_without_a_mail_server(session, time, smtp, sink):
    row_id = notice(session)
    away = hands(time, SmtpMailer("smtp://127.0.0.1:1"))
    until = time.machine + timedelta(days=3)
    while time.machine < until:
        assert not deliver(session, row_id, away)
        time.wait(row_of(session, row_id).next_attempt_at - time.machine)
    assert time.machine - until <= outbox.AWAY
    assert deliver(session, row_id, smtp)
    assert [m.doubtful for m in kept(session)] == [False]


def test_an_absence_of_the_mail_server_that_lasts_is_told_until_its_end(session, time, smtp, sink):
    row_id = notice(session)
    session.execute(update(OutboxRow).where(OutboxRow.id != row_id).values(done_at=time.machine))
    session.commit()
    away, began, told = hands(time, SmtpMailer("smtp://127.0.0.1:1")), time.machine, []
    for _ in range(7):
        deliver(session, row_id, away)
        told.append((time.machine - began, late(session, time)))
        assert (operations.figures(session, time.machine).due_since is not None) is late(session, time)
        time.wait(row_of(session, row_id).next_attempt_at - time.machine)
    assert {is_late: lasted for lasted, is_late in reversed(told)} == {
        False: timedelta(0),
        True: timedelta(minutes=36, seconds=10),  # the fifth attempt
    }
    assert late(session, time)
    assert deliver(session, row_id, smtp)
    assert not late(session, time)


def late(session: Session, time: Time) -> bool:
    found = operations.alerts(session, time.machine, timedelta(minutes=5))
    return AlertKind.QUEUE_LATE in {alert.kind for alert in found}


def test_a_refusal_for_good_waits_for_a_person_who_may_try_again(session, time, smtp, sink):
    row_id = notice(session)
    sink.refuse("550 unknown user")
    assert not deliver(session, row_id, smtp)
    row = row_of(session, row_id)
    assert (row.dead_at, row.done_at) == (MACHINE, None)
    time.wait(timedelta(days=30))
    assert not deliver(session, row_id, smtp)
    sink.accept()
    assert outbox.revive(session, row_id, time.machine)
    assert deliver(session, row_id, smtp)
    assert len(sink.accepted) == 1


def test_a_mail_for_nobody_waits_for_a_person(session, smtp, sink):
    with writing(session):
        session.execute(update(Person).values(email=None))
    row_id = notice(session)
    assert not deliver(session, row_id, smtp)
    row = row_of(session, row_id)
    assert row.dead_at == MACHINE
    assert "Personne à prévenir" in str(row.last_error)
    assert effects.MAYBE_GONE not in str(row.last_error)
    assert sink.received == []


@pytest.mark.parametrize("kind", ["notice", "reminder"])
def test_a_mail_that_cannot_be_written_has_certainly_not_left(session, life, time, smtp, sink, kind):
    row_id = notice(session) if kind == "notice" else reminder(session, life, time)
    with writing(session):
        session.execute(update(Person).values(email="capucine\r\nBcc: x@ailleurs.example"))
    assert not deliver(session, row_id, smtp)
    row = row_of(session, row_id)
    assert (row.dead_at, row.started_at, row.done_at) == (time.machine, None, None)
    assert "ne peut pas être composé" in str(row.last_error)
    with writing(session):
        session.execute(update(Person).values(email="capucine@bleuet.example"))
    assert outbox.revive(session, row_id, time.machine)
    assert deliver(session, row_id, smtp)
    assert [received.recipients for received in sink.accepted] == [("capucine@bleuet.example",)]
    assert [m.doubtful for m in kept(session)] == [False]


# In doubt.


def test_a_legal_notice_in_doubt_leaves_again_under_the_same_name_and_says_so(session, time, smtp, sink):
    row_id = notice(session)
    sink.cut_after_data()
    assert not deliver(session, row_id, smtp)
    assert row_of(session, row_id).started_at == MACHINE
    sink.accept()
    time.wait(BACKOFF[0])
    assert deliver(session, row_id, smtp)
    names = [received.message["Message-ID"] for received in sink.received]
    assert names == [f"<{row_id}@temps-partage.example>"] * 2
    assert [m.doubtful for m in kept(session)] == [True]


def test_a_mail_given_up_after_a_sending_in_doubt_says_that_it_may_have_left(session, time, smtp, sink):
    row_id = notice(session)
    sink.cut_after_data()
    assert not deliver(session, row_id, smtp)
    with writing(session):
        session.execute(update(Person).values(email=None))
    sink.accept()
    time.wait(BACKOFF[0])
    assert not deliver(session, row_id, smtp)
    row = row_of(session, row_id)
    assert row.dead_at == time.machine
    assert "Personne à prévenir" in str(row.last_error)
    assert str(row.last_error).endswith(effects.MAYBE_GONE)
    assert len(sink.received) == 1


def test_a_reminder_in_doubt_does_not_leave_again(session, life, time, smtp, sink):
    row_id = reminder(session, life, time)
    sink.cut_after_data()
    assert not deliver(session, row_id, smtp)
    sink.accept()
    time.wait(BACKOFF[0])
    assert deliver(session, row_id, smtp)
    assert len(sink.received) == 1
    row = row_of(session, row_id)
    assert (row.done_at, row.dead_at) == (time.machine, None)
    assert row.started_at is not None
    assert row.last_error == effects.IN_DOUBT
    assert kept(session) == []


@pytest.mark.parametrize(("kind", "times"), [("notice", 1), ("reminder", 0)])
def test_a_process_that_died_while_sending_leaves_the_same_doubt(session, life, time, smtp, sink, kind, times):
    row_id = notice(session) if kind == "notice" else reminder(session, life, time)
    claimed = outbox.claim(session, row_id, time.machine)
    assert claimed is not None
    outbox.starts(session, claimed, time.machine)
    time.wait(LEASE + timedelta(seconds=1))
    assert deliver(session, row_id, smtp)
    assert len(sink.received) == times
    assert [m.doubtful for m in kept(session)] == [True] * times


def test_a_process_that_died_before_sending_leaves_no_doubt(session, life, time, smtp, sink):
    row_id = reminder(session, life, time)
    outbox.claim(session, row_id, time.machine)
    time.wait(LEASE + timedelta(seconds=1))
    assert deliver(session, row_id, smtp)
    assert len(sink.received) == 1
    assert [m.doubtful for m in kept(session)] == [False]


def test_a_zombie_that_wakes_up_records_nothing(session, time):
    row_id = notice(session)
    told = Told()

    def asleep(_mail: object) -> None:
        time.wait(LEASE + timedelta(seconds=1))
        told.before = lambda _mail: None
        assert deliver(session, row_id, hands(time, told))

    told.before = asleep
    assert not deliver(session, row_id, hands(time, told))
    assert len({mail.message_id for mail in told.sent}) == 1
    assert [m.doubtful for m in kept(session)] == [True]


def test_a_lease_lost_before_sending_sends_nothing(session, time, monkeypatch):
    row_id, told = notice(session), Told()
    written = mailing.mail_of

    def slow(*arguments):
        mail = written(*arguments)
        time.wait(LEASE + timedelta(seconds=1))
        outbox.claim(session, row_id, time.machine)
        return mail

    monkeypatch.setattr(effects, "mail_of", slow)
    assert not deliver(session, row_id, hands(time, told))
    assert told.sent == []


def test_whatever_a_mailer_raises_is_written_on_the_row(session, time):
    row_id = notice(session)

    def broken(_mail: object) -> None:
        raise ZeroDivisionError("hors service")

    assert not deliver(session, row_id, hands(time, Told(broken)))
    row = row_of(session, row_id)
    assert row.last_error == "erreur inattendue (ZeroDivisionError)"  # what it says may be about somebody
    assert (row.lease, row.dead_at, row.started_at) == (None, None, MACHINE)


def test_a_kind_of_effect_that_this_release_does_not_know_stays_due_for_one_that_does(session, time):
    row_id = notice(session)
    session.execute(update(OutboxRow).values(kind="telex"))
    session.commit()
    assert not deliver(session, row_id, hands(time, Told()))
    row = row_of(session, row_id)
    assert (row.attempts, row.lease, row.last_error, row.done_at, row.dead_at) == (0, None, None, None, None)


# Reminders that come too late.


def test_a_reminder_of_what_is_settled_meanwhile_is_not_sent(session, life, time, smtp, sink):
    row_id = reminder(session, life, time)
    life.do("receive_piece", Hat.CANDIDATE, keys=life.dossier.piece_requests[0].keys)
    assert deliver(session, row_id, smtp)
    assert sink.received == []
    assert kept(session) == []
    assert row_of(session, row_id).done_at == MACHINE


def test_a_reminder_is_not_sent_once_its_day_has_passed(session, life, time, smtp, sink):
    row_id = reminder(session, life, time)
    time.legal += timedelta(days=20)
    assert deliver(session, row_id, smtp)
    assert sink.received == []


def test_a_draft_is_not_reminded_of_a_call_that_has_closed(session, time, smtp, sink):
    draft = stored_life(session, "na-2024")
    closing = draft.call.parameters.closing.value
    assert closing is not None
    due.tick(session, legal=closing.at - timedelta(minutes=5), machine=MACHINE)
    row_id = session.scalar(select(OutboxRow.id).where(OutboxRow.kind == "digest", OutboxRow.name == "J2"))
    assert isinstance(row_id, UUID)
    time.legal = closing.at
    assert deliver(session, row_id, smtp)
    assert sink.received == []


def test_a_reminder_that_a_pause_came_to_hold_leaves_after_the_pause(session, life, time, smtp, sink):
    row_id = reminder(session, life, time)
    until = local_day(time.legal, "Europe/Paris") + timedelta(days=2)
    life.do("pause_reminders", Hat.INSTRUCTOR, until=until, jobs=(Job.J4,))
    assert deliver(session, row_id, smtp)
    assert sink.received == []
    again = session.scalars(select(Deadline.run_at).where(Deadline.kind == "pieces_reminder")).one()
    assert again is not None
    later = select(OutboxRow.id).where(OutboxRow.kind == "digest", OutboxRow.name == "J4", OutboxRow.id != row_id)
    (second,) = session.scalars(later).all()
    time.wait(again - time.legal - timedelta(seconds=1))
    assert not deliver(session, second, smtp)
    time.wait(timedelta(seconds=1))
    due.tick(session, legal=time.legal, machine=time.machine)
    assert session.scalars(later).all() == [second]  # its deadline is not told once more
    assert deliver(session, second, smtp)
    assert len(sink.received) == 1


def test_a_pause_puts_nothing_off_for_whoever_has_been_told(session, life, time, smtp, sink):
    """Two are told of one notice; the mail of one has left when the pause comes."""
    row_id = reminder(session, life, time)
    told = session.scalars(select(DigestLine).where(DigestLine.outbox == row_id)).one()
    assert deliver(session, row_id, smtp)
    held = uuid4()
    with writing(session):
        like = session.get_one(OutboxRow, row_id)
        session.add(
            OutboxRow(
                id=held,
                dedupe_key="another reader",
                call=like.call,
                run=like.run,
                queue="digest",
                kind="digest",
                name="J4",
                addressee=like.addressee,
                party=like.party,
                details={},
                at=like.at,
                created_at=time.machine,
                next_attempt_at=time.machine,
            )
        )
        session.flush()
        session.add(DigestLine(outbox=held, notice=told.notice, dossier=told.dossier))
    until = local_day(time.legal, "Europe/Paris") + timedelta(days=2)
    life.do("pause_reminders", Hat.INSTRUCTOR, until=until, jobs=(Job.J4,))
    assert deliver(session, held, smtp)
    assert len(sink.received) == 1
    lines = session.scalars(select(DigestLine.outbox).where(DigestLine.notice == told.notice)).all()
    assert row_id in lines  # what has left stays in the dossier
    assert held not in lines
    time.wait(timedelta(days=3))
    due.tick(session, legal=time.legal, machine=time.machine)
    assert [row.kind for row in session.scalars(select(DueNotice)).all()].count("pieces_reminder") == 1


def test_a_reminder_whose_reader_is_no_longer_the_one_to_tell_is_not_sent(session, life, time, smtp, sink):
    row_id = reminder(session, life, time)
    session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(party=str(uuid4())))
    session.commit()
    assert deliver(session, row_id, smtp)
    assert sink.received == []


# Corrections.


def test_a_decision_whose_mail_is_leaving_is_not_taken_back(session, time):
    life = stored_life(session, "na-2024").to(State.COMPLETE)
    row_id = session.scalar(select(OutboxRow.id).where(OutboxRow.name == "L4"))
    assert isinstance(row_id, UUID)
    time.wait(timedelta(minutes=10))
    answers = []
    told = Told(lambda _mail: answers.append(life.ask("revert", Hat.HEAD)))
    assert deliver(session, row_id, hands(time, told))
    (answer,) = answers
    assert isinstance(answer, Refused)
    assert "left_the_house" in answer.codes


def test_the_mail_of_a_decision_taken_back_never_leaves(session, time):
    life = stored_life(session, "na-2024").to(State.COMPLETE)
    row_id = session.scalar(select(OutboxRow.id).where(OutboxRow.name == "L4"))
    assert isinstance(row_id, UUID)
    life.do("revert", Hat.HEAD)
    time.wait(timedelta(hours=1))
    told = Told()
    assert not deliver(session, row_id, hands(time, told))
    assert told.sent == []


def test_the_doctor_of_a_dossier_is_written_to_by_name(session, smtp, sink):
    deliver(session, notice(session), smtp)
    assert "Capucine Bleuet" in str(sink.received[0].header("To"))
    assert session.get_one(Person, known_id("capucine-bleuet")).name == "Capucine Bleuet"
