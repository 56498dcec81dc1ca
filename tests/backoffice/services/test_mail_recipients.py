"""Whom a mail reaches: every address of an establishment once, without those that refuse; those put off come later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.addresses import NobodyToTellError, recipients, recipients_of_party, somebody
from backoffice.services.doctor import examine
from backoffice.services.effects import deliver
from backoffice.services.mailers import DryMailer
from backoffice.services.sent_mails import PUT_OFF
from backoffice.services.smtp import SmtpMailer
from backoffice.store.base import writing
from backoffice.store.mails import Bounce, SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account, Establishment
from tests.backoffice.hands import Time, hands
from tests.backoffice.smtp_sink import Sink, running
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from workflows.effects import Addressee
from workflows.parties import parties
from workflows.states import State


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def life(session: Session) -> StoredLife:
    return stored_life(session, "na-2024").to(State.NOTIFIED)


def contact(session: Session, life: StoredLife, email: str, *, closed: bool = False) -> None:
    """Somebody who signs in for the recruiter."""
    account = Account(
        email=email,
        name="Anémone Parme",
        role="establishment",
        establishment=life.profile.recruiter.id,
        disabled_at=life.machine if closed else None,
    )
    with writing(session):
        session.add(account)


def reached(session: Session, life: StoredLife, to: Addressee = Addressee.RECRUITER) -> list[str]:
    return [r.email for r in recipients(session, life.dossier, life.call, to.value, {}).recipients]


def asked(session: Session, life: StoredLife) -> UUID:
    """A request for the pieces of the start, that waits to leave for the recruiter."""
    life.later(1).do("request_pieces", Hat.INSTRUCTOR)
    found = session.scalar(select(OutboxRow.id).where(OutboxRow.name == "L3", OutboxRow.done_at.is_(None)))
    assert found is not None
    return found


def row_of(session: Session, row: UUID) -> OutboxRow:
    session.rollback()
    return session.get_one(OutboxRow, row, populate_existing=True)


def test_a_request_goes_to_the_mailbox_of_an_establishment_and_to_all_its_contacts(session, life):
    box = f"bureau-{life.profile.recruiter.id}@etablissement.example"
    contact(session, life, "parme@chataigne.example")
    contact(session, life, "indigo@chataigne.example")
    contact(session, life, "parti@chataigne.example", closed=True)
    assert reached(session, life) == [box, "indigo@chataigne.example", "parme@chataigne.example"]
    assert reached(session, life, Addressee.PARTNERS) == [f"bureau-{life.profile.partner.id}@etablissement.example"]


def test_the_same_address_written_in_two_ways_is_one(session, life):
    box = f"bureau-{life.profile.recruiter.id}@etablissement.example"
    contact(session, life, box.upper())
    assert reached(session, life) == [box]


def test_an_establishment_without_a_mailbox_is_reached_by_its_contacts(session, life):
    with writing(session):
        session.get_one(Establishment, life.profile.recruiter.id).email = None
    assert reached(session, life) == []
    contact(session, life, "parme@chataigne.example")
    assert reached(session, life) == ["parme@chataigne.example"]


def test_the_parties_behind_an_addressee_are_those_of_the_dossier(life):
    recruiter, doctor = life.profile.recruiter.id, life.dossier.candidate.id
    assert parties(life.dossier, "recruiter", {}) == (recruiter,)
    assert parties(life.dossier, "candidate", {}) == (doctor,)
    assert parties(life.dossier, "depositors", {}) == (doctor,)
    assert parties(life.dossier, "partners", {}) == (life.profile.partner.id,)
    assert parties(life.dossier, "service", {}) == ()
    assert parties(life.dossier, "reporter", {"request": "R9"}) == ()


def test_one_party_is_reached_alone(session, life):
    found = recipients_of_party(session, life.call, "recruiter", life.profile.recruiter.id)
    assert [r.email for r in found.recipients] == reached(session, life)
    service = recipients_of_party(session, life.call, "service", "")
    assert [r.email for r in service.recipients] == reached(session, life, Addressee.SERVICE)


# Addresses that refuse.


def refuse(session: Session, life: StoredLife, address: str) -> None:
    """A mail to an address came back for good."""
    row = session.scalars(select(OutboxRow.id).limit(1)).one()
    mail = SentMail(
        outbox=row, dossier=life.id, message_id="<1@x>", recipients=[address], subject="", body="", sent_at=life.machine
    )
    with writing(session):
        session.add(mail)
        session.flush()
        session.add(Bounce(mail=mail.id, address=address, permanent=True, at=life.machine, recorded_at=life.machine))


def test_an_address_that_refuses_is_left_out_when_another_remains_and_a_person_is_told(session, life, sink):
    box, gone = f"bureau-{life.profile.recruiter.id}@etablissement.example", "parme@chataigne.example"
    contact(session, life, gone)
    refuse(session, life, gone)
    row = asked(session, life)
    assert deliver(session, row, hands(Time(life.now), SmtpMailer(sink.url)))
    (received,) = sink.accepted
    assert received.recipients == (box,)
    assert gone in (row_of(session, row).last_error or "")


def test_the_mailbox_of_an_establishment_is_never_left_out_by_the_machine_alone(session, life, sink):
    box = f"bureau-{life.profile.recruiter.id}@etablissement.example"
    contact(session, life, "parme@chataigne.example")
    refuse(session, life, box)
    assert deliver(session, asked(session, life), hands(Time(life.now), SmtpMailer(sink.url)))
    assert sink.accepted[0].recipients == (box, "parme@chataigne.example")
    contact(session, life, box.upper())  # the same address, as that of a person
    assert box in reached(session, life)


def test_a_mail_that_would_reach_nobody_waits_for_a_person(session, life, sink):
    box = "parme@chataigne.example"
    contact(session, life, box)
    with writing(session):
        session.get_one(Establishment, life.profile.recruiter.id).email = None
    refuse(session, life, box)
    row = asked(session, life)
    assert not deliver(session, row, hands(Time(life.now), SmtpMailer(sink.url)))
    assert sink.received == []
    dead = row_of(session, row)
    assert dead.dead_at is not None
    assert box in (dead.last_error or "")
    with pytest.raises(NobodyToTellError, match=box):
        somebody("recruiter", recipients(session, life.dossier, life.call, "recruiter", {}))


def test_the_address_of_another_party_is_not_another_address(session, life):
    doctor = "capucine-bleuet@medecin.example"
    refuse(session, life, doctor)
    found = recipients(session, life.dossier, life.call, "candidate", {})
    assert (found.recipients, found.left_out) == ((), (doctor,))
    assert len(reached(session, life)) == 1


# What the server says of each address.


def served(session: Session, life: StoredLife, sink: Sink) -> tuple[UUID, str, str]:
    box, other = f"bureau-{life.profile.recruiter.id}@etablissement.example", "parme@chataigne.example"
    contact(session, life, other)
    return asked(session, life), box, other


def test_a_recipient_refused_for_good_is_known_to_refuse(session, life, sink):
    row, other, box = served(session, life, sink)
    sink.refuse_recipient(box, "550 5.1.1 Unknown")
    deliver(session, row, hands(Time(life.now), SmtpMailer(sink.url)))
    session.rollback()
    (mail,) = session.scalars(select(SentMail).where(SentMail.outbox == row))
    (bounce,) = session.scalars(select(Bounce).where(Bounce.mail == mail.id))
    assert mail.recipients == [other]
    assert (bounce.address, bounce.permanent, bounce.status) == (box, True, "5.1.1")
    assert reached(session, life) == [other]
    waiting = select(OutboxRow.id).where(OutboxRow.dedupe_key == f"again:{row}")
    assert session.scalar(waiting) is None, "there is nothing to try again"


def test_a_recipient_put_off_gets_the_mail_later_and_the_others_only_once(session, life, sink):
    row, box, other = served(session, life, sink)
    sink.put_off(box)
    time = Time(life.now)
    post = hands(time, SmtpMailer(sink.url))
    assert deliver(session, row, post)
    session.rollback()
    again = session.scalars(select(OutboxRow).where(OutboxRow.dedupe_key == f"again:{row}")).one()
    later = again.id
    assert not deliver(session, later, post), "not before the server forgets"
    time.wait(PUT_OFF)
    assert deliver(session, later, post)
    assert [received.recipients for received in sink.accepted] == [(other,), (box,)]
    session.rollback()
    mails = session.scalars(select(SentMail).where(SentMail.dossier == life.id).order_by(SentMail.sent_at)).all()
    assert [mail.recipients for mail in mails] == [[other], [box]]
    kind = (again.kind, again.queue)
    assert kind not in {("mail", "mail"), ("mail", "digest")}, "the release before would write to everybody"
    assert mails[0].body == mails[1].body
    assert len({mail.message_id for mail in mails}) == 2
    assert reached(session, life) == [box, other], "to be put off is not to refuse"
    assert examine(session) == ()


def test_a_recipient_put_off_for_ever_ends_with_a_person(session, life, sink):
    row, box, _ = served(session, life, sink)
    sink.refuse_recipient(box, "450 4.2.2 Mailbox full")
    time = Time(life.now)
    post = hands(time, SmtpMailer(sink.url))
    deliver(session, row, post)
    session.rollback()
    later = session.scalars(select(OutboxRow.id).where(OutboxRow.dedupe_key == f"again:{row}")).one()
    for _ in range(12):
        time.wait(timedelta(hours=8))
        deliver(session, later, post)
    assert row_of(session, later).dead_at is not None
    assert len(sink.accepted) == 1
    assert session.scalars(select(OutboxRow.id).where(OutboxRow.dedupe_key.like("again:%"))).all() == [later]


def test_a_dry_installation_keeps_the_mail_and_sends_nothing(session, life, sink):
    row = asked(session, life)
    assert deliver(session, row, hands(Time(life.now), DryMailer()))
    session.rollback()
    (mail,) = session.scalars(select(SentMail).where(SentMail.outbox == row))
    assert mail.dry
    assert mail.html is not None
    assert mail.html.startswith("<!DOCTYPE html>")
    assert mail.recipients == reached(session, life)
    assert sink.received == []
