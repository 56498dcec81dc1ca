"""The clock notices what fell due once, on its day or later; days without a clock bring one reminder, not three."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services import due
from backoffice.services.deadlines import FAMILIES, MAILED
from backoffice.services.doctor import examine
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import ClockSlot, Deadline, DueNotice
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat
from workflows.due import DueKind
from workflows.pieces import Defect, PieceState
from workflows.states import State


def midnight(session: Session, life: StoredLife, kind: str) -> datetime:
    """The instant the first deadline of a kind falls due."""
    found = session.scalars(
        select(Deadline).where(Deadline.dossier == life.id, Deadline.kind == kind).order_by(Deadline.due_at)
    ).first()
    assert found is not None
    return found.due_at


def tick(session: Session, legal: datetime) -> due.Noticed:
    return due.tick(session, legal=legal, machine=MACHINE)


def mails(session: Session) -> list[str]:
    found = select(OutboxRow.name).where(OutboxRow.notice.is_not(None)).order_by(OutboxRow.at, OutboxRow.name)
    return list(session.scalars(found))


def notices(session: Session) -> list[tuple[str, date]]:
    found = select(DueNotice.kind, DueNotice.due_on).order_by(DueNotice.due_on, DueNotice.kind)
    return [(kind, due_on) for kind, due_on in session.execute(found)]


@pytest.fixture
def asked(session) -> StoredLife:
    """A filed dossier of which a piece is asked for, within fifteen days."""
    life = stored_life(session, "na-2024").to(State.SUBMITTED).later(1)
    piece = life.dossier.pieces[0].key
    life.do("judge_piece", Hat.INSTRUCTOR, key=piece, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    return life.do("request_pieces", Hat.INSTRUCTOR, keys=(piece,), days=15)


def test_nothing_is_noticed_before_its_day(session, asked):
    at = midnight(session, asked, "pieces_reminder")
    assert tick(session, at - timedelta(seconds=1)) == due.Noticed(0, 0)
    assert tick(session, at) == due.Noticed(1, 1)


def test_a_reminder_is_asked_for_once_whatever_the_number_of_ticks(session, asked):
    at = midnight(session, asked, "pieces_reminder")
    tick(session, at)
    assert tick(session, at) == due.Noticed(0, 0)
    assert tick(session, at + timedelta(hours=5)) == due.Noticed(0, 0)
    assert mails(session) == ["pieces_reminder"]


def test_a_reminder_says_what_caused_it(session, asked):
    at = midnight(session, asked, "pieces_reminder")
    tick(session, at)
    (row,) = session.scalars(select(OutboxRow).where(OutboxRow.notice.is_not(None))).all()
    (notice,) = session.scalars(select(DueNotice)).all()
    assert (row.notice, row.entry, row.dossier) == (notice.id, None, asked.id)
    assert (row.queue, row.kind, row.addressee, row.at) == ("mail", "mail", "depositors", at)
    assert (row.created_at, row.next_attempt_at, notice.noticed_at) == (MACHINE, MACHINE, at)
    assert examine(session) == ()


def test_with_a_clock_every_day_both_reminders_leave(session, asked):
    day = midnight(session, asked, "pieces_reminder")
    for n in range(10):
        tick(session, day + timedelta(days=n))
    assert mails(session) == ["pieces_reminder", "pieces_last_day"]


def test_after_days_without_a_clock_one_reminder_leaves_and_not_two(session, asked):
    last_day = midnight(session, asked, "pieces_last_day")
    noticed = tick(session, last_day + timedelta(hours=9))
    assert noticed == due.Noticed(2, 1)
    assert mails(session) == ["pieces_last_day"]
    assert [kind for kind, _ in notices(session)] == ["pieces_reminder", "pieces_last_day"]


def test_once_the_time_has_passed_no_reminder_leaves_at_all(session, asked):
    overdue = midnight(session, asked, "pieces_overdue")
    tick(session, overdue)
    assert mails(session) == []
    assert [kind for kind, _ in notices(session)] == ["pieces_reminder", "pieces_last_day", "pieces_overdue"]


def test_three_missed_reminders_of_a_draft_make_one(session):
    life = stored_life(session, "na-2024")
    found = session.scalars(select(Deadline).where(Deadline.dossier == life.id).order_by(Deadline.due_at)).all()
    assert {d.kind for d in found} == {"draft_reminder"}
    assert len(found) >= 2
    assert tick(session, found[-1].due_at) == due.Noticed(len(found), 1)
    assert mails(session) == ["draft_reminder"]


def test_what_is_settled_before_its_day_is_never_noticed(session, asked):
    at = midnight(session, asked, "pieces_reminder")
    asked.do("receive_piece", Hat.CANDIDATE, keys=(asked.dossier.piece_requests[0].keys[0],))
    assert tick(session, at) == due.Noticed(0, 0)


def test_a_deadline_that_moves_is_noticed_on_its_new_day_too(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    before = midnight(session, life, "silence_elapsed")
    life.later(1).do("request_pieces", Hat.INSTRUCTOR, keys=(life.dossier.pieces[0].key,), days=15)
    assert midnight(session, life, "silence_elapsed") > before


def test_each_day_is_the_day_of_the_authority(session):
    life = stored_life(session, "guyane-2020").to(State.SUBMITTED)
    at = midnight(session, life, "silence_alert")
    assert at.hour == 3  # midnight in Cayenne, in UTC
    assert tick(session, at - timedelta(seconds=1)).notices == 0
    assert tick(session, at).notices == 1


def test_an_alert_for_the_service_is_noticed_and_mailed_to_nobody(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    assert tick(session, midnight(session, life, "silence_alert")) == due.Noticed(1, 0)


def test_an_announced_departure_asks_for_its_act_on_its_day(session):
    life = stored_life(session, "na-2024").to(State.IN_POST).later(30)
    life.do("announce_departure", Hat.INSTRUCTOR)
    at = midnight(session, life, "departure")
    tick(session, at + timedelta(days=2))
    (row,) = session.scalars(select(OutboxRow).where(OutboxRow.kind == "act")).all()
    assert (row.name, row.queue, row.addressee, row.at) == ("withdraw", "work", None, at)


def test_many_dossiers_are_seen_to_by_batches_and_none_is_split(session, monkeypatch):
    monkeypatch.setattr(due, "BATCH", 2)
    lives = [stored_life(session, "na-2024") for _ in range(5)]
    count = len(session.scalars(select(Deadline).where(Deadline.dossier == lives[0].id)).all())
    closing = lives[0].call.parameters.closing.value
    assert closing is not None
    last = closing.at - timedelta(minutes=1)
    made = [tick(session, last) for _ in range(4)]
    assert made == [
        due.Noticed(2 * count, 2),
        due.Noticed(2 * count, 2),
        due.Noticed(count, 1),
        due.Noticed(0, 0),
    ]


def test_families_gather_reminders_and_only_mails_are_addressed():
    assert {FAMILIES[kind] for kind in MAILED} == {"pieces", "draft"}
    assert FAMILIES[DueKind.PIECES_OVERDUE] == "pieces"
    assert DueKind.PIECES_OVERDUE not in MAILED


# Slots.

SLOT = MACHINE.replace(second=0)


def test_a_slot_is_taken_once(session):
    assert due.take_slot(session, "due", SLOT, MACHINE)
    assert not due.take_slot(session, "due", SLOT, MACHINE)
    assert due.take_slot(session, "other", SLOT, MACHINE)
    assert due.take_slot(session, "due", SLOT + timedelta(minutes=1), MACHINE)


def test_a_closed_slot_says_when_and_old_slots_are_forgotten(session):
    old = SLOT - timedelta(days=8)
    for slot in (old, SLOT):
        due.take_slot(session, "due", slot, MACHINE)
    due.close_slot(session, "due", SLOT, MACHINE)
    session.expire_all()
    (kept,) = session.scalars(select(ClockSlot)).all()
    assert (kept.slot, kept.done_at) == (SLOT, MACHINE)
    assert not due.take_slot(session, "due", SLOT, MACHINE)
