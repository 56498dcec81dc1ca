"""Mails over a real SMTP conversation: what arrives, and what each answer of the server means for the sender."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string, policy
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from uuid import UUID

import pytest

from backoffice.cli import children
from backoffice.cli.children import share
from backoffice.services.addresses import Recipient
from backoffice.services.leases import LONGEST
from backoffice.services.mailers import DryMailer, mailer_of
from backoffice.services.mailfolder import FolderMailer
from backoffice.services.mails import (
    Mail,
    NotSentError,
    RefusedForGoodError,
    Sent,
    ServerAwayError,
    message_id,
    message_of,
    outbox_of,
    wired,
)
from backoffice.services.returns import KEY_FILE, Returns, row_named
from backoffice.services.smtp import SENDING_SECONDS, SMTP_SECONDS, SmtpMailer
from config.settings import Settings, SettingsError, from_environment
from tests.backoffice.smtp_sink import HOST, running
from workers.__main__ import GRACE
from workers.broker import TIME_LIMIT_MS

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

RETURNS = Returns("retours@agence.example", b"k" * 32)

PAGE = '<!DOCTYPE html>\n<html lang="fr"><body><p>Votre dossier est enregistré.</p></body></html>\n'


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


def test_a_mail_with_a_page_offers_both_the_text_first(sink, mailer):
    mailer.send(replace(MAIL, html=PAGE))
    (received,) = sink.received
    message = received.message
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}
    assert (received.body, received.html) == (MAIL.body, PAGE)


def test_the_same_mail_is_the_same_bytes():
    mail = replace(MAIL, html=PAGE)
    assert message_of(mail).as_bytes() == message_of(mail).as_bytes()
    other = replace(mail, message_id=message_id(UUID(int=7), MAIL.sender))
    assert message_of(mail).get_boundary() != message_of(other).get_boundary()


def test_nobody_is_offered_to_unsubscribe_and_no_machine_is_asked_to_answer(sink, mailer):
    mailer.send(replace(MAIL, html=PAGE))
    message = sink.received[0].message
    assert [name for name in message if name.lower().startswith("list-")] == []
    assert message["Precedence"] is None
    assert message["X-Auto-Response-Suppress"] == "All"


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
    assert sent.deferred == ()
    (received,) = sink.accepted
    assert received.recipients == (CHATAIGNE.email,)


def test_a_recipient_put_off_is_told_apart_from_one_refused_for_good(sink, mailer):
    sink.put_off(CAPUCINE.email)
    assert mailer.send(MAIL).deferred == (CAPUCINE.email,)
    assert mailer.send(MAIL) == Sent()
    assert [received.recipients for received in sink.accepted] == [
        (CHATAIGNE.email,),
        (CAPUCINE.email, CHATAIGNE.email),
    ]


def test_a_mail_that_is_put_off_as_a_whole_leaves_the_next_time(sink, mailer):
    sink.put_off(CAPUCINE.email)
    mail = replace(MAIL, recipients=(CAPUCINE,))
    with pytest.raises(NotSentError, match="451"):
        mailer.send(mail)
    assert mailer.send(mail) == Sent()


def test_a_refusal_for_now_is_kept_when_others_are_for_good(sink, mailer):
    sink.refuse_recipient(CAPUCINE.email, "550 5.1.1 Unknown")
    sink.refuse_recipient(CHATAIGNE.email, "451 4.7.1 Greylisted")
    with pytest.raises(NotSentError, match="451"):
        mailer.send(MAIL)


@pytest.mark.parametrize(
    ("answer", "away"),
    [("421 4.3.2 Closing", True), ("451 4.3.0 Try again later", False), ("452 4.2.2 Mailbox full", False)],
)
def test_a_server_that_closes_says_nothing_of_the_mail_and_one_that_puts_it_off_does(sink, mailer, answer, away):
    sink.refuse(answer)
    with pytest.raises(NotSentError) as caught:
        mailer.send(MAIL)
    assert isinstance(caught.value, ServerAwayError) is away


@pytest.mark.parametrize("greeting", ["421 4.3.2 Busy", "554 5.7.1 Closed", "554 No", "what"])
def test_a_server_that_takes_no_connection_says_nothing_of_the_mail(greeting):
    with socket.create_server((HOST, 0)) as listening:
        speaking = Thread(target=_turn_away, args=(listening, greeting), daemon=True)
        speaking.start()
        with pytest.raises(ServerAwayError, match="Le serveur de courriel"):
            SmtpMailer(f"smtp://{HOST}:{listening.getsockname()[1]}").send(MAIL)
        speaking.join(10)


def _turn_away(listening: socket.socket, greeting: str) -> None:
    taken, _ = listening.accept()
    with taken, suppress(OSError):
        taken.sendall(greeting.encode() + b"\r\n")
        taken.recv(1000)


# Waits.


def test_a_silent_server_is_left_and_nothing_has_left():
    with socket.create_server((HOST, 0)) as silent:
        mailer = SmtpMailer(f"smtp://{HOST}:{silent.getsockname()[1]}", patience=0.2)
        with pytest.raises(ServerAwayError, match="ne répond pas"):
            mailer.send(MAIL)


def test_a_server_that_greets_without_an_end_is_left_in_time():
    with socket.create_server((HOST, 0)) as listening:
        Thread(target=_greet_for_ever, args=(listening,), daemon=True).start()
        begun = monotonic()
        with pytest.raises(ServerAwayError, match="ne répond pas"):
            SmtpMailer(f"smtp://{HOST}:{listening.getsockname()[1]}", patience=5, limit=0.5).send(MAIL)
        assert monotonic() - begun < 4


def _greet_for_ever(listening: socket.socket) -> None:
    """Begin a greeting again and again."""
    taken, _ = listening.accept()
    with taken, suppress(OSError):
        while True:
            taken.sendall(b"220-a\r\n")
            Event().wait(0.05)


def test_the_addresses_of_a_server_that_nobody_answers_at_share_the_wait(monkeypatch):
    with socket.socket() as full, socket.socket() as first:
        full.bind((HOST, 0))
        full.listen(0)  # one connection waits to be taken, the others are not answered
        first.connect(full.getsockname())
        known = socket.getaddrinfo(HOST, full.getsockname()[1], type=socket.SOCK_STREAM)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: known * 10)
        begun = monotonic()
        with pytest.raises(ServerAwayError, match="ne répond pas"):
            SmtpMailer(f"smtp://{HOST}:{full.getsockname()[1]}", patience=1).send(MAIL)
        assert 0.4 < monotonic() - begun < 3


def test_a_server_that_answers_each_line_at_the_last_moment_does_not_outlast_a_lease(sink):
    sink.drag(0.2)
    crowd = tuple(Recipient("", f"r{n}@bleuet.example") for n in range(40))
    begun = monotonic()
    with pytest.raises(NotSentError, match="ne répond plus"):
        SmtpMailer(sink.url, patience=5, limit=0.5).send(replace(MAIL, recipients=crowd))
    assert monotonic() - begun < 4
    assert sink.received == []


def test_every_wait_ends_before_the_limit_of_an_attempt_and_before_a_process_that_stops_is_killed():
    connecting = SMTP_SECONDS / 2 + SMTP_SECONDS  # and its TLS
    assert connecting <= SENDING_SECONDS < GRACE < share(children.GRACE) < children.GRACE
    assert SENDING_SECONDS < TIME_LIMIT_MS / 1000 < LONGEST.total_seconds()


def test_a_server_that_hangs_up_before_the_content_has_taken_nothing():
    with socket.create_server((HOST, 0)) as listening:
        speaking = Thread(target=_hang_up_at_data, args=(listening,), daemon=True)
        speaking.start()
        with pytest.raises(NotSentError, match="ne répond plus"):
            SmtpMailer(f"smtp://{HOST}:{listening.getsockname()[1]}").send(MAIL)
        speaking.join(10)


def _hang_up_at_data(listening: socket.socket) -> None:
    """Agree to everything, and leave when the content is announced."""
    taken, _ = listening.accept()
    with taken, suppress(OSError):
        taken.sendall(b"220 mail.example\r\n")
        while b"DATA" not in taken.recv(1000).upper():
            taken.sendall(b"250 OK\r\n")


def test_what_is_said_to_a_goodbye_changes_nothing_of_what_was_taken():
    with socket.create_server((HOST, 0)) as listening:
        speaking = Thread(target=_sulk, args=(listening,), daemon=True)
        speaking.start()
        assert SmtpMailer(f"smtp://{HOST}:{listening.getsockname()[1]}").send(MAIL) == Sent()
        speaking.join(10)


def _sulk(listening: socket.socket) -> None:
    """Take a mail, and answer an error to QUIT."""
    taken, _ = listening.accept()
    with taken, suppress(OSError), taken.makefile("rb") as lines:
        taken.sendall(b"220 mail.example\r\n")
        for line in lines:
            verb = line.strip().upper()
            if verb == b"DATA":
                taken.sendall(b"354 go on\r\n")
                while lines.readline() != b".\r\n":
                    pass
            taken.sendall(b"500 no\r\n" if verb == b"QUIT" else b"250 OK\r\n")


# The way back.


def test_what_cannot_be_delivered_comes_back_to_an_address_that_names_the_mail(sink):
    SmtpMailer(sink.url, RETURNS).send(MAIL)
    (received,) = sink.accepted
    assert received.sender.startswith("retours+")
    assert row_named(received.sender, RETURNS.key) == OUTBOX
    assert parseaddr(received.header("From"))[1] == "ne-pas-repondre@temps-partage.example"


def test_what_a_recipient_is_given_to_read_does_not_hold_the_address_of_returns(sink):
    SmtpMailer(sink.url, RETURNS).send(replace(MAIL, html=PAGE))
    (received,) = sink.accepted
    token = received.sender.partition("+")[2].partition("@")[0]
    assert token.encode() not in received.content.lower()
    assert outbox_of(received.message["Message-ID"]) == OUTBOX


@pytest.mark.parametrize("message", ["<abc@ailleurs.example>", "", "<@>", f"<{OUTBOX}x@temps-partage.example>"])
def test_a_message_id_of_somebody_else_names_no_row(message):
    assert outbox_of(message) is None


# The ways out.


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example:2525", SmtpMailer("smtp://mail.example:2525", RETURNS)),
        ("smtps://anis:mot@mail.example", SmtpMailer("smtps://anis:mot@mail.example", RETURNS)),
        ("dry:", DryMailer()),
        ("file:/var/mail/essai", FolderMailer(Path("/var/mail/essai"))),
        ("file:///var/mail/essai%20deux", FolderMailer(Path("/var/mail/essai deux"))),
    ],
)
def test_the_setting_says_how_mails_leave(url, expected):
    settings = Settings("sqlite://", Path(), smtp_url=url, mail_bounces=RETURNS.box, mail_key=RETURNS.key.decode())
    assert mailer_of(settings) == expected


def test_processes_of_one_installation_make_the_same_address_of_returns(tmp_path):
    settings = Settings("sqlite://", tmp_path, smtp_url="smtp://mail.example", mail_bounces=RETURNS.box)
    assert mailer_of(settings) == mailer_of(settings)
    assert (tmp_path / KEY_FILE).exists()


def test_a_setting_that_is_refused_is_not_printed_with_its_password():
    with pytest.raises(SettingsError) as refused:
        mailer_of(Settings("sqlite://", Path(), smtp_url="stmp://u:violette@h"))
    assert "violette" not in str(refused.value)
    assert "violette" not in repr(SmtpMailer("smtps://u:violette@h"))


@pytest.mark.parametrize("url", ["", "http://mail.example", "mail.example:25", "file:", "DRY"])
def test_a_way_out_that_nobody_knows_stops_the_start(url):
    with pytest.raises(SettingsError, match="SMTP_URL"):
        mailer_of(Settings("sqlite://", Path(), smtp_url=url))


def test_a_dry_mailer_says_that_nothing_left():
    assert DryMailer().send(MAIL) == Sent(dry=True)
    with pytest.raises(RefusedForGoodError, match="composé"):
        DryMailer().send(replace(MAIL, subject="un\ndeux"))


@pytest.mark.parametrize("value", ["retours", "a+b@agence.example", "a b@agence.example", "<a@agence.example>"])
def test_the_mailbox_of_returns_is_a_plain_address(value):
    with pytest.raises(SettingsError, match="MAIL_BOUNCES"):
        from_environment({"MAIL_BOUNCES": value})
    assert from_environment({"MAIL_BOUNCES": "retours@agence.example"}).mail_bounces == "retours@agence.example"
    assert from_environment({}).mail_bounces is None


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
    with pytest.raises(RefusedForGoodError, match="ne peut pas être composé"):
        mailer.send(mail)
    assert sink.received == []


@pytest.mark.parametrize(
    "email", ["anis", "@vermeil.example", "anis@", "anis parme@vermeil.example", "a@b, c@d.example"]
)
def test_what_is_no_address_stops_the_mail_before_the_server_is_asked(sink, mailer, email):
    with pytest.raises(RefusedForGoodError, match="ne peut pas être composé"):
        mailer.send(replace(MAIL, recipients=(Recipient("Anis", email),)))
    assert sink.received == []


@pytest.mark.parametrize("name", ["=?utf-8?q?Anis=0D=0ABcc:_tous@ailleurs.example?=", "=?utf-8?b?QQ0KQmNjOiB4QHkK?="])
@pytest.mark.parametrize("email", [CAPUCINE.email, "lé@bleuet.example"])
def test_an_encoded_word_typed_as_a_name_adds_no_header(name, email):
    content = wired(replace(MAIL, recipients=(Recipient(name, email),)))
    headers = message_from_bytes(content)
    assert headers["Bcc"] is None
    assert b"\r\nBcc" not in content


# Addresses with accents.

LEA = Recipient("Léa, dite « Églantine »", "léa@églantine.example")


def test_an_address_with_accents_is_written_to_when_the_server_can():
    with running(international=True) as sink:
        assert SmtpMailer(sink.url).send(replace(MAIL, recipients=(LEA, CHATAIGNE), html=PAGE)) == Sent()
    (received,) = sink.accepted
    assert received.recipients == (LEA.email, CHATAIGNE.email)
    read = message_from_string(received.content.decode(), policy=policy.default)
    assert [(a.display_name, a.addr_spec) for a in read["To"].addresses] == [
        (LEA.name, LEA.email),
        (CHATAIGNE.name, CHATAIGNE.email),
    ]
    assert received.header("Subject") == MAIL.subject
    assert received.body == MAIL.body


def test_an_address_with_accents_is_refused_for_good_when_the_server_cannot(sink, mailer):
    with pytest.raises(RefusedForGoodError, match="accentuée"):
        mailer.send(replace(MAIL, recipients=(LEA, CHATAIGNE)))
    assert sink.received == []


def test_long_names_with_commas_stay_whole_beside_an_address_with_accents():
    name = "Hôpital d’Orée-les-Châtaignes, service des affaires médicales, bâtiment « Nord », bureau 7"
    crowd = tuple(Recipient(name, f"léa{n}@bleuet.example") for n in range(20))
    content = wired(replace(MAIL, recipients=crowd))
    read = message_from_string(content.decode(), policy=policy.default)
    assert [(a.display_name, a.addr_spec) for a in read["To"].addresses] == [(name, r.email) for r in crowd]
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


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
