"""The jobs notice what fell due once, on its day or later; days without a clock bring one reminder, not three."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from backoffice.services import due, slots
from backoffice.services.doctor import examine
from backoffice.store.base import writing
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import CallNotice, ClockSlot, Deadline, DigestLine, DueNotice, JobRun
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat
from workflows.jobs import Job
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

NOTHING = due.Noticed()


def instant(session: Session, life: StoredLife, kind: str) -> datetime:
    """The instant from which a job sees to the first deadline of a kind."""
    found = session.scalars(
        select(Deadline).where(Deadline.dossier == life.id, Deadline.kind == kind).order_by(Deadline.run_at)
    ).first()
    assert found is not None
    assert found.run_at is not None
    return found.run_at


def doctor(life: StoredLife) -> str:
    """The id of the doctor of a dossier."""
    assert life.dossier.candidate is not None
    return life.dossier.candidate.id


def tick(session: Session, legal: datetime) -> due.Noticed:
    return due.tick(session, legal=legal, machine=MACHINE)


def remind(session: Session, legal: datetime) -> due.Noticed:
    """Run the job of the missing pieces alone."""
    return due.run(session, Job.J4, legal=legal, machine=MACHINE, by="clock")


def mails(session: Session, job: str | None = None) -> list[OutboxRow]:
    found = select(OutboxRow).where(OutboxRow.kind == "digest").order_by(OutboxRow.at, OutboxRow.name)
    return [row for row in session.scalars(found) if job in {None, row.name}]


def told(session: Session, row: OutboxRow) -> list[tuple[str, date]]:
    """What a mail gathers: kinds and days."""
    found = (
        select(DueNotice.kind, DueNotice.due_on)
        .join(DigestLine, DigestLine.notice == DueNotice.id)
        .where(DigestLine.outbox == row.id)
        .order_by(DueNotice.due_on, DueNotice.kind)
    )
    return [(kind, on) for kind, on in session.execute(found)]


def kinds(session: Session) -> list[str]:
    found = select(DueNotice.kind).order_by(DueNotice.due_on, DueNotice.kind)
    return list(session.scalars(found))


def ask(life: StoredLife) -> StoredLife:
    """Ask for a piece of a filed dossier, within fifteen days."""
    piece = life.dossier.pieces[0].key
    life.later(1).do("judge_piece", Hat.INSTRUCTOR, key=piece, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    return life.do("request_pieces", Hat.INSTRUCTOR, keys=(piece,), days=15)


@pytest.fixture
def sent_mail(session):
    """Keeps a mail of a dossier as if it had left."""

    def keep(life: StoredLife, name: str) -> None:
        row = session.scalars(select(OutboxRow).where(OutboxRow.dossier == life.id, OutboxRow.name == name)).one()
        with writing(session):
            session.get_one(OutboxRow, row.id).done_at = MACHINE
            session.add(
                SentMail(
                    outbox=row.id,
                    dossier=life.id,
                    message_id="<m@temps-partage.example>",
                    recipients=["capucine-bleuet@medecin.example"],
                    subject="Accusé de réception",
                    body="Bonjour",
                    sent_at=MACHINE,
                )
            )

    return keep


@pytest.fixture
def asked(session, sent_mail) -> StoredLife:
    """A filed dossier, acknowledged, of which a piece is asked for; what its call had to say is said."""
    life = ask(stored_life(session, "na-2024").to(State.SUBMITTED))
    sent_mail(life, "L2")
    tick(session, life.now)
    return life


def test_nothing_is_noticed_before_its_hour(session, asked):
    at = instant(session, asked, "pieces_reminder")
    assert remind(session, at - timedelta(seconds=1)) == NOTHING
    assert remind(session, at) == due.Noticed(1, 1)


def test_a_reminder_leaves_at_eight_on_the_clock_of_the_authority(session, asked):
    assert instant(session, asked, "pieces_reminder").isoformat() == "2024-06-21T06:00:00+00:00"


def test_a_reminder_is_asked_for_once_whatever_the_number_of_ticks(session, asked):
    at = instant(session, asked, "pieces_reminder")
    remind(session, at)
    assert remind(session, at) == NOTHING
    assert remind(session, at + timedelta(hours=5)) == NOTHING
    assert len(mails(session)) == 1


def test_a_reminder_says_what_caused_it(session, asked):
    at = instant(session, asked, "pieces_reminder")
    remind(session, at)
    (row,) = mails(session)
    (notice,) = session.scalars(select(DueNotice)).all()
    (run,) = session.scalars(select(JobRun).where(JobRun.job == "J4")).all()
    assert (row.run, row.entry, row.notice, row.dossier, row.call) == (run.id, None, None, None, "na-2024")
    assert (row.queue, row.name, row.addressee, row.at) == ("digest", "J4", "depositors", at)
    assert row.party == doctor(asked)
    assert told(session, row) == [("pieces_reminder", notice.due_on)]
    assert (row.created_at, row.next_attempt_at, notice.noticed_at) == (MACHINE, MACHINE, at)
    assert (run.at, run.ran_at, run.by, run.notices, run.effects) == (at, MACHINE, "clock", 1, 1)
    assert examine(session) == ()


def test_with_a_clock_every_day_both_reminders_leave_then_the_service_is_told(session, asked):
    day = instant(session, asked, "pieces_reminder")
    for n in range(10):
        tick(session, day + timedelta(days=n))
    found = [(row.addressee, [kind for kind, _ in told(session, row)]) for row in mails(session, "J4")]
    assert found == [
        ("depositors", ["pieces_reminder"]),
        ("depositors", ["pieces_last_day"]),
        ("service", ["pieces_overdue"]),
    ]


def test_after_days_without_a_clock_one_reminder_leaves_and_not_two(session, asked):
    last_day = instant(session, asked, "pieces_last_day")
    assert remind(session, last_day + timedelta(hours=9)) == due.Noticed(2, 1)
    (row,) = mails(session)
    assert [kind for kind, _ in told(session, row)] == ["pieces_last_day"]
    assert kinds(session) == ["pieces_reminder", "pieces_last_day"]


def test_once_the_time_has_passed_the_depositor_is_not_reminded_and_the_service_is_told(session, asked):
    remind(session, instant(session, asked, "pieces_overdue"))
    (row,) = mails(session, "J4")
    assert (row.addressee, row.party) == ("service", None)
    assert kinds(session) == ["pieces_reminder", "pieces_last_day", "pieces_overdue"]


def test_three_missed_reminders_of_a_draft_make_one(session):
    life = stored_life(session, "na-2024")
    found = session.scalars(select(Deadline).where(Deadline.job == "J2").order_by(Deadline.run_at)).all()
    assert len(found) >= 2
    last, day = found[-1].run_at, found[-1].due_on
    assert last is not None
    tick(session, last)
    (row,) = mails(session, "J2")
    assert told(session, row) == [("draft_reminder", day)]
    assert row.party == doctor(life)


def test_what_is_settled_before_its_day_is_never_noticed(session, asked):
    at = instant(session, asked, "pieces_reminder")
    asked.do("receive_piece", Hat.CANDIDATE, keys=(asked.dossier.piece_requests[0].keys[0],))
    assert remind(session, at) == NOTHING


def test_a_deadline_that_is_written_again_is_not_told_again(session, asked):
    at = instant(session, asked, "pieces_reminder")
    tick(session, at)
    asked.now = at + timedelta(hours=1)
    asked.do("request_pieces", Hat.INSTRUCTOR, keys=(asked.dossier.pieces[1].key,), days=20)
    tick(session, at + timedelta(hours=2))
    assert kinds(session).count("pieces_reminder") == 1
    assert examine(session) == ()


def test_a_deadline_that_moves_is_noticed_on_its_new_day_too(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    before = instant(session, life, "silence_elapsed")
    life.later(1).do("request_pieces", Hat.INSTRUCTOR, keys=(life.dossier.pieces[0].key,), days=15)
    assert instant(session, life, "silence_elapsed") > before


def test_each_day_is_the_day_of_the_authority(session):
    life = stored_life(session, "guyane-2020").to(State.SUBMITTED)
    at = instant(session, life, "silence_elapsed")
    assert at.hour == 11  # eight in Cayenne, in UTC
    tick(session, at - timedelta(seconds=1))
    assert "silence_elapsed" not in kinds(session)
    tick(session, at)
    assert "silence_elapsed" in kinds(session)


def test_an_alert_goes_to_the_service(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    tick(session, instant(session, life, "silence_alert"))
    (row,) = mails(session, "J5")
    assert (row.addressee, row.party) == ("service", None)


def test_the_service_is_told_of_a_refusal_nobody_wrote(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    at = instant(session, life, "silence_elapsed")
    due.run(session, Job.J5, legal=at, machine=MACHINE, by="clock")
    (row,) = mails(session, "J5")
    assert (row.addressee, [kind for kind, _ in told(session, row)]) == ("service", ["silence_elapsed"])
    assert kinds(session) == ["silence_alert", "silence_alert", "silence_elapsed"]


def test_an_announced_departure_asks_for_its_act_on_its_day(session):
    life = stored_life(session, "na-2024").to(State.IN_POST).later(30)
    life.do("announce_departure", Hat.INSTRUCTOR)
    at = instant(session, life, "departure")
    tick(session, at + timedelta(days=2))
    (row,) = session.scalars(select(OutboxRow).where(OutboxRow.kind == "act")).all()
    assert (row.name, row.queue, row.addressee, row.at) == ("withdraw", "work", None, at)
    assert row.notice is not None


def test_two_requests_for_pieces_are_two_matters(session):
    """The alert about one, on a day, does not stand for the reminder of the other on the same day."""
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    first, second = (piece.key for piece in life.dossier.pieces[:2])
    life.later(1)
    for key in (first, second):
        life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(first,), days=14)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(second,), days=20)
    first_day = instant(session, life, "pieces_reminder")
    for day in range(16):
        remind(session, first_day + timedelta(days=day))
    found = [(row.addressee, kind) for row in mails(session, "J4") for kind, _ in told(session, row)]
    assert found.count(("depositors", "pieces_reminder")) == 2
    assert ("service", "pieces_overdue") in found


# One mail for each recipient and run.


def test_one_recipient_of_many_dossiers_gets_one_mail(session):
    lives = [ask(stored_life(session, "na-2024").to(State.SUBMITTED)) for _ in range(5)]
    tick(session, instant(session, lives[0], "pieces_overdue"))
    (row,) = mails(session, "J4")
    assert [kind for kind, _ in told(session, row)] == ["pieces_overdue"] * 5


def test_each_recipient_reads_of_its_own_dossiers_only(session):
    mine, other = stored_life(session, "na-2024"), stored_life(session, "idf-2025")
    for life in (mine, other):
        tick(session, instant(session, life, "draft_reminder"))
    parties = {row.party: row.call for row in mails(session, "J2")}
    assert parties[doctor(mine)] == "na-2024"
    assert set(parties.values()) == {"na-2024", "idf-2025"}


def test_the_number_of_statements_does_not_follow_the_number_of_dossiers(session):
    counted = []
    for number in (1, 12):
        lives = [ask(stored_life(session, "na-2024").to(State.SUBMITTED)) for _ in range(number)]
        tick(session, lives[0].now)
        sent: list[str] = []

        def note(_c: object, _k: object, statement: str, *_rest: object, sent: list[str] = sent) -> None:
            sent.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        made = due.run(
            session, Job.J4, legal=instant(session, lives[-1], "pieces_overdue"), machine=MACHINE, by="menthe-grise"
        )
        event.remove(session.get_bind(), "before_cursor_execute", note)
        assert made.notices >= number
        counted.append(len(sent))
    assert counted[0] == counted[1]


# What has lost its object.


def test_the_receipt_is_watched_until_it_has_left(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    at = instant(session, life, "receipt_watch")
    assert due.foreseen(session, Job.J3, at) == (due.Foreseen("receipt_watch", 1),)
    tick(session, at)
    assert [row.addressee for row in mails(session, "J3")] == ["service"]


def test_a_receipt_that_left_is_watched_no_more(session, sent_mail):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    sent_mail(life, "L2")
    at = instant(session, life, "receipt_watch")
    assert due.foreseen(session, Job.J3, at) == ()
    tick(session, at)
    assert mails(session, "J3") == []
    assert "receipt_watch" not in kinds(session)
    (seen,) = session.scalars(select(Deadline.noticed_at).where(Deadline.kind == "receipt_watch")).all()
    assert seen == at


# By hand.


def test_looking_at_what_a_job_would_do_writes_nothing(session, asked):
    at = instant(session, asked, "pieces_last_day")
    found = due.foreseen(session, Job.J4, at)
    assert {f.kind: f.number for f in found} == {"pieces_reminder": 1, "pieces_last_day": 1}
    assert kinds(session) == []


def test_a_job_run_by_hand_says_by_whom_and_does_its_own_work_only(session, asked):
    at = instant(session, asked, "silence_alert")
    assert due.run(session, Job.J5, legal=at, machine=MACHINE, by="menthe-grise").notices == 1
    assert kinds(session) == ["silence_alert"]
    assert [(r.job, r.by) for r in session.scalars(select(JobRun).where(JobRun.job == "J5"))] == [
        ("J5", "menthe-grise")
    ]


def test_a_call_is_noticed_once_and_not_when_it_was_loaded_afterwards(session, asked):
    found = session.scalars(select(CallNotice.kind)).all()
    assert len(found) == len(set(found))
    tick(session, asked.now)
    assert session.scalars(select(CallNotice.kind)).all() == found
    assert session.scalars(select(OutboxRow).where(OutboxRow.kind == "call")).all() == []


# Slots.

SLOT = MACHINE.replace(second=0)


def test_a_slot_is_taken_once(session):
    assert slots.take(session, "due", SLOT, MACHINE)
    assert not slots.take(session, "due", SLOT, MACHINE)
    assert slots.take(session, "other", SLOT, MACHINE)
    assert slots.take(session, "due", SLOT + timedelta(minutes=1), MACHINE)


def test_a_closed_slot_says_when_and_old_slots_are_forgotten(session):
    old = SLOT - timedelta(days=8)
    for slot in (old, SLOT):
        slots.take(session, "due", slot, MACHINE)
    slots.close(session, "due", SLOT, MACHINE)
    session.expire_all()
    (kept,) = session.scalars(select(ClockSlot)).all()
    assert (kept.slot, kept.done_at) == (SLOT, MACHINE)
    assert not slots.take(session, "due", SLOT, MACHINE)
