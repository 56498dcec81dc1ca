"""Mails over a real SMTP conversation: what arrives, and what each answer of the server means for the sender."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Thread
from uuid import UUID

import pytest

from backoffice.services.addresses import Recipient
from backoffice.services.mails import Mail, NotSentError, RefusedForGoodError, SmtpMailer, message_id
from tests.backoffice.smtp_sink import HOST, running

OUTBOX = UUID("3f0c2f0e-6f0b-4d8e-9a39-0c8f3f1b7a11")
CAPUCINE = Recipient("Capucine Bleuet", "capucine@bleuet.example")
CHATAIGNE = Recipient("Hôpital d’Orée-les-Châtaignes", "bam@chataigne.example")

MAIL = Mail(
    message_id=message_id(OUTBOX, "ARS Île-de-France <ne-pas-repondre@temps-partage.example>"),
    sender="ARS Île-de-France <ne-pas-repondre@temps-partage.example>",
    reply_to="assistants@ars.example",
    recipients=(CAPUCINE, CHATAIGNE),
    subject="Dossier NA-2024-007\u00a0: accusé d’enregistrement, n° 1",
    body="Madame, Monsieur,\n\nVotre dossier est enregistré\u00a0: 3\u202f249,79\u00a0€.\n.\nAprès un point seul.\n",
    at=datetime(2024, 6, 10, 12, 12, tzinfo=UTC),
)


@pytest.fixture
def sink():
    with running() as server:
        yield server


@pytest.fixture
def mailer(sink):
    return SmtpMailer(sink.url)


def test_a_mail_arrives_whole(sink, mailer):
    mailer.send(MAIL)
    (received,) = sink.received
    message = received.message
    assert received.sender == "ne-pas-repondre@temps-partage.example"
    assert received.recipients == (CAPUCINE.email, CHATAIGNE.email)
    assert received.header("Subject") == MAIL.subject
    assert received.body == MAIL.body
    assert received.header("Reply-To") == "assistants@ars.example"
    assert received.header("From") == MAIL.sender
    to = "Capucine Bleuet <capucine@bleuet.example>, Hôpital d’Orée-les-Châtaignes <bam@chataigne.example>"
    assert received.header("To") == to
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"


def test_the_date_is_that_of_the_cause_and_the_mail_says_it_is_automatic(sink, mailer):
    mailer.send(MAIL)
    message = sink.received[0].message
    assert parsedate_to_datetime(message["Date"]) == MAIL.at
    assert message["Auto-Submitted"] == "auto-generated"


def test_headers_are_ascii_and_no_line_is_longer_than_a_server_takes(sink, mailer):
    long_words = "châtaigne" * 300
    mailer.send(replace(MAIL, subject=f"{MAIL.subject} {long_words}", body=f"{long_words}\n"))
    (received,) = sink.received
    assert received.content.partition(b"\r\n\r\n")[0].isascii()
    assert max(len(line) for line in received.content.split(b"\r\n")) <= 998
    assert received.body == f"{long_words}\n"


def test_the_same_outbox_row_always_bears_the_same_message_id(sink, mailer):
    mailer.send(MAIL)
    mailer.send(MAIL)
    mailer.send(replace(MAIL, message_id=message_id(UUID(int=7), MAIL.sender)))
    first, second, other = [received.message["Message-ID"] for received in sink.received]
    assert first == second == f"<{OUTBOX}@temps-partage.example>"
    assert other != first


def test_without_an_address_of_the_service_nobody_is_named_to_reply_to(sink, mailer):
    mailer.send(replace(MAIL, reply_to=None))
    assert sink.received[0].message["Reply-To"] is None


@pytest.mark.parametrize("answer", ["451 4.3.0 Try again later", "421 4.3.2 Closing", "452 4.2.2 Mailbox full"])
def test_a_refusal_for_now_may_be_tried_again(sink, mailer, answer):
    sink.refuse(answer)
    with pytest.raises(NotSentError, match=answer[:3]):
        mailer.send(MAIL)
    assert sink.accepted == []
    sink.accept()
    mailer.send(MAIL)
    assert len(sink.accepted) == 1


@pytest.mark.parametrize("answer", ["550 5.7.1 Refused", "554 5.6.0 Not wanted", "552 5.3.4 Too big"])
def test_a_refusal_for_good_is_told_as_such(sink, mailer, answer):
    sink.refuse(answer)
    with pytest.raises(RefusedForGoodError, match=answer[:3]):
        mailer.send(MAIL)
    assert sink.accepted == []


@pytest.mark.parametrize(
    ("answer", "error"), [("450 4.2.1 Greylisted", NotSentError), ("550 5.1.1 Unknown", RefusedForGoodError)]
)
def test_when_every_recipient_is_refused_nothing_leaves(sink, mailer, answer, error):
    sink.refuse_recipient(CAPUCINE.email, answer)
    sink.refuse_recipient(CHATAIGNE.email, answer)
    with pytest.raises(error, match=answer[:3]):
        mailer.send(MAIL)
    assert sink.received == []


def test_when_one_recipient_is_refused_the_other_is_served_and_the_sender_is_told(sink, mailer):
    sink.refuse_recipient(CAPUCINE.email, "550 5.1.1 Unknown")
    sent = mailer.send(MAIL)
    assert sent.refused == ((CAPUCINE.email, "550 5.1.1 Unknown"),)
    assert "capucine@bleuet.example (550 5.1.1 Unknown)" in sent.remark
    (received,) = sink.accepted
    assert received.recipients == (CHATAIGNE.email,)


def test_a_server_that_hangs_up_after_the_content_leaves_it_uncertain(sink, mailer):
    sink.cut_after_data()
    with pytest.raises(smtplib.SMTPServerDisconnected) as caught:
        mailer.send(MAIL)
    assert not isinstance(caught.value, NotSentError | RefusedForGoodError)
    assert len(sink.received) == 1


def test_an_absent_server_may_be_tried_again():
    with socket.socket() as taken:  # bound and not listening: nobody else gets the port, nobody answers
        taken.bind((HOST, 0))
        mailer = SmtpMailer(f"smtp://{HOST}:{taken.getsockname()[1]}")
        with pytest.raises(NotSentError, match="ne répond pas"):
            mailer.send(MAIL)


INJECTIONS = {
    "subject": replace(MAIL, subject="Dossier\r\nBcc: tous@ailleurs.example"),
    "subject, a lone line feed": replace(MAIL, subject="Dossier\nBcc: tous@ailleurs.example"),
    "name": replace(MAIL, recipients=(Recipient("Anis\r\nBcc: tous@ailleurs.example", CAPUCINE.email),)),
    "address": replace(MAIL, recipients=(Recipient("Anis", "anis@vermeil.example\r\nBcc: tous@ailleurs.example"),)),
    "reply to": replace(MAIL, reply_to="a@ars.example\r\nBcc: tous@ailleurs.example"),
    "sender": replace(MAIL, sender="a@ars.example\r\nBcc: tous@ailleurs.example"),
}


@pytest.mark.parametrize("mail", INJECTIONS.values(), ids=INJECTIONS.keys())
def test_a_line_break_in_a_header_stops_the_mail(sink, mailer, mail):
    with pytest.raises(ValueError, match=r"linefeed|carriage return|CR or LF"):
        mailer.send(mail)
    assert sink.received == []


def test_a_name_with_a_comma_or_quotes_stays_one_recipient(sink, mailer):
    name = 'Bleuet, Capucine "Cap" <tous@ailleurs.example>'
    mailer.send(replace(MAIL, recipients=(Recipient(name, CAPUCINE.email),)))
    (received,) = sink.received
    assert received.recipients == (CAPUCINE.email,)
    assert [(a.display_name, a.addr_spec) for a in received.message["To"].addresses] == [(name, CAPUCINE.email)]


# TLS.


def _greet(listening: socket.socket) -> None:
    """Speak as a server up to where TLS would begin."""
    taken, _ = listening.accept()
    with taken, suppress(OSError):
        taken.sendall(b"220 mail.example\r\n")
        taken.recv(1000)
        taken.sendall(b"250-mail.example\r\n250 STARTTLS\r\n")
        taken.recv(1000)
        taken.sendall(b"220 go\r\n")


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_server_proves_its_name_before_it_gets_a_password(monkeypatch, scheme):
    asked = []

    def wrap(context: ssl.SSLContext, taken: socket.socket, **options: object) -> ssl.SSLSocket:
        taken.close()
        asked.append((context.verify_mode, context.check_hostname, options.get("server_hostname")))
        raise ssl.SSLCertVerificationError("unknown authority")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    with socket.create_server((HOST, 0)) as listening:
        speaking = Thread(target=_greet, args=(listening,), daemon=True)
        speaking.start()
        mailer = SmtpMailer(f"{scheme}://anis:mot@{HOST}:{listening.getsockname()[1]}")
        with pytest.raises(NotSentError, match="unknown authority"):
            mailer.send(MAIL)
        speaking.join(10)
    assert asked == [(ssl.CERT_REQUIRED, True, HOST)]
