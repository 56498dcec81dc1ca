"""Mails that nobody took: which dossiers somebody must look at, until a person has seen to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services import bounces
from backoffice.services.bounces import report_of
from backoffice.services.doctor import examine
from backoffice.services.effects import deliver
from backoffice.services.received_mail import ReceivedMail
from backoffice.services.sent_mails import PUT_OFF
from backoffice.services.smtp import SmtpMailer
from backoffice.store.base import writing
from backoffice.store.bounces import undelivered, undelivered_number
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from backoffice.store.scope import Scope
from tests.backoffice.hands import Time, hands
from tests.backoffice.reports import KEY, report
from tests.backoffice.smtp_sink import Sink, running
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from workflows.states import State

DOCTOR = "capucine-bleuet@medecin.example"
CONTACT = "parme@chataigne.example"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def life(session: Session) -> StoredLife:
    life = stored_life(session, "na-2024").to(State.NOTIFIED)
    account = Account(email=CONTACT, name="Anémone Parme", role="establishment", establishment=box_of(life)[7:16])
    with writing(session):
        session.add(account)
    return life


def box_of(life: StoredLife) -> str:
    return f"bureau-{life.profile.recruiter.id}@etablissement.example"


def leaves(session: Session, life: StoredLife, sink: Sink) -> SentMail:
    """A request for pieces goes to the recruiter."""
    life.later(1).do("request_pieces", Hat.INSTRUCTOR)
    row = session.scalar(select(OutboxRow.id).where(OutboxRow.name == "L3", OutboxRow.done_at.is_(None)))
    assert isinstance(row, UUID)
    assert deliver(session, row, hands(Time(life.now), SmtpMailer(sink.url)))
    session.rollback()
    return session.scalars(select(SentMail).where(SentMail.outbox == row)).one()


def comes_back(session: Session, life: StoredLife, mail: SentMail, address: str, *, proven: bool = True) -> None:
    content = report(outbox=mail.outbox if proven else None, message_id=mail.message_id, address=address)
    found = report_of(ReceivedMail(content), KEY)
    assert found is not None
    assert bounces.record(session, found, life.machine).addresses == (address,)


def flagged(session: Session) -> list[UUID]:
    session.rollback()
    return list(session.scalars(select(DossierRow.id).where(undelivered())))


def test_a_mail_that_everybody_took_alerts_nobody(session, life, sink):
    leaves(session, life, sink)
    assert flagged(session) == []
    assert undelivered_number(session, None) == 0


def test_a_contact_who_refuses_is_no_alert_when_the_mailbox_took_the_mail(session, life, sink):
    comes_back(session, life, leaves(session, life, sink), CONTACT)
    assert flagged(session) == []


@pytest.mark.parametrize("proven", [True, False])
def test_a_mail_that_no_address_of_a_party_took_is_told_until_a_person_sees_to_it(session, life, sink, proven):
    mail = leaves(session, life, sink)
    for address in (CONTACT, box_of(life)):
        comes_back(session, life, mail, address, proven=proven)
    assert flagged(session) == [life.id]
    bounces.trust(session, CONTACT)
    bounces.trust(session, box_of(life))
    assert flagged(session) == [life.id], "an address that works again did not get this mail"
    bounces.see_to(session, mail.id, life.machine)
    assert flagged(session) == []


def test_a_mailbox_that_refuses_is_told_though_a_contact_took_the_mail(session, life, sink):
    comes_back(session, life, leaves(session, life, sink), box_of(life))
    assert flagged(session) == [life.id]
    bounces.trust(session, box_of(life))
    assert flagged(session) == []


def test_a_report_that_anybody_may_write_is_no_alert_about_a_mailbox_when_a_contact_took_the_mail(session, life, sink):
    comes_back(session, life, leaves(session, life, sink), box_of(life), proven=False)
    assert flagged(session) == []


def test_an_address_refused_at_once_counts_as_one_whose_mail_came_back(session, life, sink):
    sink.refuse_recipient(box_of(life), "550 5.1.1 Unknown")
    leaves(session, life, sink)
    assert flagged(session) == [life.id]


def test_who_was_put_off_and_gets_the_mail_later_has_it(session, life, sink):
    sink.put_off(CONTACT)
    mail = leaves(session, life, sink)
    again = session.scalars(select(OutboxRow.id).where(OutboxRow.dedupe_key == f"again:{mail.outbox}")).one()
    time = Time(life.now)
    time.wait(PUT_OFF + timedelta(seconds=1))
    assert deliver(session, again, hands(time, SmtpMailer(sink.url)))
    session.rollback()
    second = session.scalars(select(SentMail).where(SentMail.outbox == again)).one()
    comes_back(session, life, second, CONTACT)
    assert flagged(session) == [], "the mailbox took the first"
    comes_back(session, life, mail, box_of(life))
    assert flagged(session) == [life.id]
    assert examine(session) == ()


def test_the_doctor_alone_is_a_party(session, sink):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    row = session.scalars(select(OutboxRow.id).where(OutboxRow.name == "L1")).one()
    assert deliver(session, row, hands(Time(life.now), SmtpMailer(sink.url)))
    session.rollback()
    comes_back(session, life, session.scalars(select(SentMail).where(SentMail.outbox == row)).one(), DOCTOR)
    assert flagged(session) == [life.id]


def test_each_sees_those_of_their_own_region(session, life, sink):
    sink.refuse_recipient(box_of(life), "550 5.1.1 Unknown")
    leaves(session, life, sink)
    assert undelivered_number(session, None) == 1
    region = life.call.authority.region
    assert undelivered_number(session, Scope(region=region)) == 1
    assert undelivered_number(session, Scope(region="93")) == 0
