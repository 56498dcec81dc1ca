"""Mails that came back: which mail and which address a report is about, and what becomes of the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from backoffice.services import bounces
from backoffice.services.addresses import Recipient
from backoffice.services.bounces import Report, report_of, trust
from backoffice.services.received_mail import ReceivedMail
from backoffice.services.returns import Returns
from backoffice.services.sent_mails import addressed
from backoffice.store.base import db, writing
from backoffice.store.bounces import failing
from backoffice.store.mails import Bounce, SentMail
from backoffice.store.outbox import OutboxRow
from tests.backoffice.reports import KEY, REFUSED, RETURNS, exim, french, qmail, report
from tests.backoffice.stored import MACHINE, stored_life
from workflows.states import State

OTHER = "capucine@bleuet.example"
NOW = MACHINE + timedelta(hours=1)


@pytest.fixture
def sent(session: Session) -> Callable[..., SentMail]:
    """Mails that left, each an hour after the other."""
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    row = session.scalars(select(OutboxRow).where(OutboxRow.name == "L1")).one()
    made: list[SentMail] = []

    def leaves(*to: str, dry: bool = False) -> SentMail:
        mail = SentMail(
            outbox=row.id,
            dossier=life.id,
            message_id=f"<{row.id}-{len(made)}@temps-partage.example>",
            recipients=list(to) or [REFUSED, OTHER],
            subject="Dossier",
            body="",
            sent_at=MACHINE + timedelta(hours=len(made)),
            dry=dry,
        )
        with writing(session):
            session.add(mail)
            session.flush()
            if not dry:
                session.add_all(addressed(mail, [Recipient("", address) for address in mail.recipients]))
        made.append(mail)
        return mail

    return leaves


def read(content: bytes) -> Report:
    found = report_of(ReceivedMail(content), KEY)
    assert found is not None
    return found


def kept(session: Session) -> list[tuple[str, bool, str | None]]:
    session.rollback()
    return [(b.address, b.permanent, b.status) for b in session.scalars(select(Bounce).order_by(Bounce.address))]


def test_a_report_is_matched_by_the_address_it_came_to(session, sent):
    mail = sent()
    recorded = bounces.record(session, read(report(outbox=mail.outbox)), NOW)
    assert recorded.mail is not None
    assert (recorded.addresses, recorded.proven) == ((REFUSED,), True)
    assert kept(session) == [(REFUSED, True, "5.1.1")]
    (row,) = session.scalars(select(Bounce))
    assert "User unknown" in row.said
    assert (row.at, row.recorded_at) == (datetime(2024, 6, 10, 12, 20, tzinfo=UTC), NOW)


@pytest.mark.parametrize("write", [exim, qmail, french, lambda mid: report(message_id=mid)])
def test_a_report_is_matched_by_the_mail_it_gives_back(session, sent, write):
    mail = sent()
    recorded = bounces.record(session, read(write(mail.message_id)), NOW)
    assert recorded.mail is not None
    assert (recorded.mail.id, recorded.proven) == (mail.id, False)
    (bounce,) = session.scalars(select(Bounce))
    assert (bounce.address, bounce.refused, bounce.proven, bounce.permanent) == (REFUSED, True, False, False)


def test_who_knows_a_mail_cannot_cut_its_other_readers_off(session, sent):
    """A recipient reads the Message-ID and writes a report about somebody else; only the key makes an address."""
    mail = sent()
    forged = report(message_id=mail.message_id, address=OTHER)
    for to in (f"retours+{mail.outbox.hex}@agence.example", Returns(RETURNS, b"x" * 32).path(mail.outbox)):
        recorded = bounces.record(session, read(forged.replace(RETURNS.encode(), to.encode())), NOW)
        assert (recorded.addresses, recorded.proven) == ((OTHER,), False)
    assert failing(session, [OTHER]) == frozenset()
    assert [(b.refused, b.proven) for b in session.scalars(select(Bounce))] == [(True, False)]


def test_a_report_that_is_proven_takes_the_place_of_one_that_is_not(session, sent):
    mail = sent()
    bounces.record(session, read(report(message_id=mail.message_id)), NOW)
    assert failing(session, [REFUSED]) == frozenset()
    bounces.record(session, read(report(outbox=mail.outbox)), NOW)
    bounces.record(session, read(report(message_id=mail.message_id, said="450 later", status="4.0.0")), NOW)
    assert failing(session, [REFUSED]) == {REFUSED}


def test_a_report_about_another_mail_is_told_and_changes_nothing(session, sent):
    sent()
    assert bounces.record(session, read(report()), NOW).mail is None
    assert kept(session) == []


def test_the_same_report_twice_is_known_once(session, sent):
    mail = sent()
    for _ in range(2):
        bounces.record(session, read(report(outbox=mail.outbox)), NOW)
    assert len(kept(session)) == 1


def test_a_delay_is_no_refusal_and_a_refusal_takes_its_place(session, sent):
    mail = sent()
    delayed = report(outbox=mail.outbox, action="delayed", status="4.4.1", said="connection timed out")
    bounces.record(session, read(delayed), NOW)
    assert kept(session) == [(REFUSED, False, "4.4.1")]
    assert failing(session, [REFUSED]) == frozenset()
    bounces.record(session, read(report(outbox=mail.outbox)), NOW)
    bounces.record(session, read(delayed), NOW)
    assert kept(session) == [(REFUSED, True, "5.1.1")]


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_says_nothing_of_an_address(session, sent, action):
    mail = sent()
    bounces.record(session, read(report(outbox=mail.outbox, action=action, status="2.0.0")), NOW)
    assert kept(session) == []


def test_a_report_cannot_name_an_address_we_did_not_write_to(session, sent):
    mail = sent()
    forged = read(report(outbox=mail.outbox, address="direction@ailleurs.example"))
    assert bounces.record(session, forged, NOW).addresses == ()
    assert kept(session) == []


def test_an_address_that_forwards_answers_for_the_one_it_forwards_to(session, sent):
    mail = sent(OTHER)
    forwarded = read(report(outbox=mail.outbox, address="capucine@maison.example", said="550 5.2.2 Mailbox full"))
    assert bounces.record(session, forwarded, NOW).addresses == (OTHER,)
    (row,) = session.scalars(select(Bounce))
    assert "capucine@maison.example" in row.said


def test_a_report_that_comes_from_the_future_is_dated_when_it_is_read(session, sent):
    mail = sent()
    early = datetime(2020, 1, 1, tzinfo=UTC)
    bounces.record(session, read(report(outbox=mail.outbox)), early)
    assert session.scalars(select(Bounce)).one().at == early


# Which addresses refuse.


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent while the block lasts."""
    found: list[str] = []

    def note(*arguments: object) -> None:
        found.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def comes_back(session: Session, mail: SentMail) -> None:
    # several mails of one row: what names this one is its own Message-ID, and a mail system says it
    bounces.record(session, read(report(message_id=mail.message_id)), NOW)
    with writing(session):
        session.execute(
            update(Bounce).where(Bounce.mail == mail.id, ~Bounce.proven).values(proven=True, permanent=True)
        )


def test_an_address_refuses_until_it_takes_a_mail_again(session, sent):
    comes_back(session, sent())
    assert failing(session, [REFUSED.upper(), OTHER]) == {REFUSED}
    sent(OTHER)
    assert failing(session, [REFUSED]) == {REFUSED}
    sent(REFUSED, dry=True)
    assert failing(session, [REFUSED]) == {REFUSED}, "a mail that went nowhere proves nothing"
    sent(REFUSED.title())
    assert failing(session, [REFUSED]) == frozenset()
    comes_back(session, sent(REFUSED))
    assert failing(session, [REFUSED]) == {REFUSED}


def test_looking_for_addresses_that_refuse_reads_their_own_mails_alone(session, sent):
    """One statement, whatever their number, found by the address: no mail is read."""
    for _ in range(3):
        comes_back(session, sent())
    sent(REFUSED)
    with counted() as statements:
        failing(session, [REFUSED, OTHER, "absent@bleuet.example"])
    (statement,) = (sent for sent in statements if sent.startswith("SELECT"))
    assert "LIKE" not in statement.upper()
    assert failing(session, []) == frozenset()


def test_an_address_whose_name_is_in_another_is_another(session, sent):
    comes_back(session, sent())
    sent(f"x{REFUSED}", f"{REFUSED}.fr", REFUSED.replace(".", "_"))
    assert failing(session, [REFUSED]) == {REFUSED}


def test_a_person_says_that_an_address_works_again(session, sent):
    again = read(report(outbox=sent().outbox))
    bounces.record(session, again, NOW)
    assert trust(session, f" {REFUSED.upper()} ") == 1
    assert failing(session, [REFUSED]) == frozenset()
    bounces.record(session, again, NOW)
    assert failing(session, [REFUSED]) == frozenset(), "the same report again says nothing new"
    assert trust(session, REFUSED) == 0


# What is no report.


@pytest.mark.parametrize(
    "content",
    [
        b"From: Anis <anis@vermeil.example>\r\nSubject: Undelivered mail\r\n\r\nJ'ai un souci.\r\n",
        b"From: mailer-daemon@mail.example\r\nSubject: Votre espace\r\n\r\nBonjour.\r\n",
        b"From: Anis <anis@vermeil.example>\r\nSubject: Dossier\r\nReturn-Path: <>\r\n\r\nBonjour.\r\n",
    ],
)
def test_a_letter_of_somebody_is_no_report(content):
    assert report_of(ReceivedMail(content), KEY) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\r\n\r\n\r\n",
        "Final-Recipient",
        "Final-Recipient: \r\nAction: failed",
        "Final-Recipient: rfc822;\x00\xff\r\nStatus: x\r\nAction: failed",
        ": : :\r\n\r\nAction: failed\r\nStatus: 5.5.5",
        "Final-Recipient: rfc822; " + "a" * 5000 + "@b.example\r\nAction: failed",
    ],
)
def test_a_broken_report_never_stops_the_reading(session, sent, body):
    mail = sent(OTHER)
    head = (
        "From: mailer-daemon@x.example\r\n"
        f"To: {Returns(RETURNS, KEY).path(mail.outbox)}\r\n"
        'Content-Type: multipart/report; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    )
    found = read(f"{head}{body}\r\n\r\n--B--\r\n".encode("latin-1"))
    bounces.record(session, found, NOW)
    assert len(kept(session)) <= 1
