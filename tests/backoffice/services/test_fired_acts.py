"""What the machine does by itself: acts that a person decided beforehand, renewals; each once, however often hinted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services import due, effects, outbox
from backoffice.services.doctor import examine
from backoffice.services.effects import deliver
from backoffice.services.facts import view_of
from backoffice.services.outbox import LEASE
from backoffice.services.personal_texts import clear
from backoffice.services.records import WAIT_BEFORE_SENDING
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat
from tests.nominal import lacking
from workflows.dossier import Dossier
from workflows.states import State


def waiting(session: Session, kind: str, name: str | None = None) -> UUID:
    session.rollback()
    wanted = select(OutboxRow.id).where(OutboxRow.kind == kind, OutboxRow.done_at.is_(None))
    found = session.scalars(wanted.where(OutboxRow.name == name) if name else wanted).first()
    assert found is not None
    return found


def row_of(session: Session, row_id: UUID) -> OutboxRow:
    session.rollback()
    session.expire_all()
    return session.get_one(OutboxRow, row_id)


def stored(session: Session, number: str) -> Dossier:
    session.rollback()
    session.expire_all()
    return view_of(session.scalars(select(DossierRow).where(DossierRow.number == number)).one())


def entries(session: Session, life: StoredLife) -> list[JournalEntry]:
    session.rollback()
    return list(session.scalars(select(JournalEntry).where(JournalEntry.dossier == life.id).order_by(JournalEntry.seq)))


@pytest.fixture
def leaving(session) -> StoredLife:
    """A post whose doctor has announced a departure, sixty days ahead."""
    return stored_life(session, "na-2024").to(State.IN_POST).later(30).do("announce_departure", Hat.INSTRUCTOR)


@pytest.fixture
def time(session, leaving) -> Time:
    """The day after the departure, noticed by the clock."""
    departure = leaving.dossier.departure
    assert departure is not None
    legal = leaving.on(departure.dates.effective_on).later(1).now
    due.tick(session, legal=legal, machine=MACHINE)
    return Time(legal)


def test_an_announced_departure_takes_effect_by_itself_once(session, leaving, time):
    row_id = waiting(session, "act")
    assert deliver(session, row_id, hands(time, Told()))
    assert not deliver(session, row_id, hands(time, Told()))
    assert stored(session, leaving.dossier.number).state is State.WITHDRAWN
    last = entries(session, leaving)[-1]
    assert (last.act, last.author, last.author_kind, last.at) == ("withdraw", "clock", "clock", time.legal)
    assert examine(session) == ()


def test_a_departure_taken_back_after_the_machine_carried_it_out_leaves_a_post_that_goes_on(session, leaving, time):
    assert deliver(session, waiting(session, "act"), hands(time, Told()))
    leaving.dossier = stored(session, leaving.dossier.number)
    leaving.later(1).do("revert", Hat.HEAD)
    assert (leaving.dossier.state, leaving.dossier.departure) == (State.IN_POST, None)
    kinds = set(session.scalars(select(Deadline.kind).where(Deadline.dossier == leaving.id)))
    assert "tranche" in kinds
    assert "departure" not in kinds
    due.tick(session, legal=leaving.now, machine=MACHINE)
    acts = select(OutboxRow.done_at).where(OutboxRow.kind == "act")
    assert None not in session.scalars(acts).all()
    assert examine(session) == ()


def test_an_act_done_by_a_process_that_died_before_saying_so_is_not_done_twice(session, leaving, time, monkeypatch):
    row_id = waiting(session, "act")
    with monkeypatch.context() as dying:
        dying.setattr(effects, "_settle", lambda *_arguments: 1 / 0)
        dying.setattr(outbox, "fail", lambda *_arguments, **_named: False)
        assert not deliver(session, row_id, hands(time, Told()))
    assert row_of(session, row_id).done_at is None
    length = len(entries(session, leaving))
    time.wait(LEASE + timedelta(seconds=1))
    assert deliver(session, row_id, hands(time, Told()))
    assert len(entries(session, leaving)) == length
    assert row_of(session, row_id).done_at == time.machine


def test_a_departure_cancelled_meanwhile_does_not_happen(session, leaving, time):
    row_id = waiting(session, "act")
    leaving.do("cancel_departure", Hat.INSTRUCTOR)
    assert deliver(session, row_id, hands(time, Told()))
    assert stored(session, leaving.dossier.number).state is State.IN_POST


def test_a_departure_put_off_meanwhile_does_not_happen_on_the_former_day(session, leaving, time):
    row_id = waiting(session, "act")
    leaving.do("cancel_departure", Hat.INSTRUCTOR).do("announce_departure", Hat.INSTRUCTOR)
    assert deliver(session, row_id, hands(time, Told()))
    assert stored(session, leaving.dossier.number).state is State.IN_POST
    departure = leaving.dossier.departure
    assert departure is not None
    later = leaving.on(departure.dates.effective_on).later(1).now
    due.tick(session, legal=later, machine=MACHINE)
    assert deliver(session, waiting(session, "act"), hands(Time(later), Told()))
    assert stored(session, leaving.dossier.number).state is State.WITHDRAWN


def test_a_replacement_agreed_and_then_refused_is_no_trouble(session, leaving):
    leaving.propose_replacement().do("agree_replacement", Hat.HEAD)
    departure = leaving.dossier.departure
    assert departure is not None
    leaving.on(departure.dates.effective_on).do("withdraw", Hat.INSTRUCTOR).do("refuse_request", Hat.HEAD, request="R1")
    row_id = waiting(session, "act", "replace")
    late = Time(leaving.now, leaving.machine + WAIT_BEFORE_SENDING)
    assert deliver(session, row_id, hands(late, Told()))
    assert row_of(session, row_id).last_error is None
    assert stored(session, leaving.dossier.number).state is State.WITHDRAWN


def test_an_act_that_the_rules_refuse_waits_for_a_person_with_the_reasons(session, leaving, time):
    row_id = waiting(session, "act")
    session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(name="declare_complete"))
    session.commit()
    assert not deliver(session, row_id, hands(time, Told()))
    row = row_of(session, row_id)
    assert row.dead_at == MACHINE
    assert "Impossible à l’état" in str(row.last_error)
    assert stored(session, leaving.dossier.number).state is State.IN_POST


def test_an_end_with_money_due_opens_a_repayment_by_itself_once(session):
    life = stored_life(session, "na-2024").to(State.ENDED)
    row_id = waiting(session, "act", "open_clawback")
    time = Time(life.now)
    assert not deliver(session, row_id, hands(time, Told()))  # the end can still be taken back
    time.wait(timedelta(minutes=10))
    assert deliver(session, row_id, hands(time, Told()))
    assert not deliver(session, row_id, hands(time, Told()))
    dossier = stored(session, life.dossier.number)
    assert dossier.state is State.CLAWBACK
    assert dossier.repayment is not None
    assert dossier.repayment.proposed > 0


def test_an_end_with_nothing_to_pay_back_is_no_trouble(session):
    life = stored_life(session, "na-2024").to(State.ENDED)
    row_id = waiting(session, "act", "open_clawback")
    life.do("open_clawback", Hat.CLOCK)
    time = Time(life.now)
    time.wait(timedelta(minutes=10))
    assert deliver(session, row_id, hands(time, Told()))
    row = row_of(session, row_id)
    assert (row.dead_at, row.done_at) == (None, time.machine)


def test_what_is_paid_above_the_schedule_is_proposed_by_the_machine_once(session):
    life = stored_life(session, "na-2024").to(State.IN_POST).later(3)
    life.do("record_opening", Hat.HEAD, notified=Decimal("80000.00"), paid=Decimal("80000.00"))
    row_id, time = waiting(session, "act", "open_overpayment"), Time(life.now)
    assert deliver(session, row_id, hands(time, Told()))
    assert not deliver(session, row_id, hands(time, Told()))
    (asked,) = stored(session, life.dossier.number).repayments
    assert (asked.proposed, asked.proposed_by) == (Decimal("2005.04"), None)
    told = row_of(session, waiting(session, "mail", "repayment_proposed"))
    assert told.details == {"repayment": asked.cause}


def test_what_a_person_proposed_meanwhile_is_no_trouble(session):
    life = stored_life(session, "na-2024").to(State.IN_POST).later(3)
    life.do("record_opening", Hat.HEAD, notified=Decimal("80000.00"), paid=Decimal("80000.00"))
    row_id, time = waiting(session, "act", "open_overpayment"), Time(life.now)
    life.do("open_overpayment", Hat.INSTRUCTOR)
    assert deliver(session, row_id, hands(time, Told()))
    row = row_of(session, row_id)
    assert (row.dead_at, row.done_at) == (None, time.machine)


# Renewals.


@pytest.fixture
def renewed(session) -> StoredLife:
    """A post near its end, renewed."""
    life = stored_life(session, "idf-2025").to(State.IN_POST)
    award = life.dossier.award
    assert award is not None
    assert award.planned_end is not None
    return life.on(award.planned_end - timedelta(days=120)).do("renew", Hat.RECRUITER)


def test_a_renewal_opens_a_linked_draft_once(session, renewed):
    row_id, time = waiting(session, "renewal"), Time(renewed.now)
    assert deliver(session, row_id, hands(time, Told()))
    assert not deliver(session, row_id, hands(time, Told()))
    number = renewed.dossier.renewed_by[0]
    draft = stored(session, number)
    assert (draft.state, draft.renewal_of, draft.months) == (State.DRAFT, renewed.dossier.number, 12)
    assert (draft.sites, draft.specialty) == (renewed.dossier.sites, renewed.dossier.specialty)
    assert not any(depositor.confirmed for depositor in draft.depositors)
    assert examine(session) == ()


def test_the_texts_of_a_renewal_are_its_own(session, renewed):
    deliver(session, waiting(session, "renewal"), hands(Time(renewed.now), Told()))
    before, after = renewed.dossier.candidate, stored(session, renewed.dossier.renewed_by[0]).candidate
    assert before is not None
    assert after is not None
    assert before.rpps is not None
    assert after.rpps is not None
    assert after.rpps != before.rpps
    assert clear(session, after.rpps) == clear(session, before.rpps) == renewed.profile.candidate.rpps


def test_a_renewal_opened_by_a_process_that_died_is_not_opened_twice(session, renewed, monkeypatch):
    row_id, time = waiting(session, "renewal"), Time(renewed.now)
    with monkeypatch.context() as dying:
        dying.setattr(effects, "_settle", lambda *_arguments: 1 / 0)
        dying.setattr(outbox, "fail", lambda *_arguments, **_named: False)
        deliver(session, row_id, hands(time, Told()))
    time.wait(LEASE + timedelta(seconds=1))
    assert deliver(session, row_id, hands(time, Told()))
    assert len(session.scalars(select(DossierRow)).all()) == 2


def test_a_renewal_is_filed_after_the_closing_of_the_call_and_the_doctor_finds_that_right(session, renewed):
    deliver(session, waiting(session, "renewal"), hands(Time(renewed.now), Told()))
    row = session.scalars(select(DossierRow).where(DossierRow.number == renewed.dossier.renewed_by[0])).one()
    life = replace(renewed, id=row.id, dossier=view_of(row))
    if lacking(life):
        life.do("receive_piece", life.depositor)
    life.do("confirm_deposit", life.depositor).do("submit", life.depositor)
    closing = life.call.parameters.closing_at(life.today).value
    assert closing is not None
    assert life.now > closing.at
    assert examine(session) == ()
