"""Mails as they leave: the message, and its sending over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from backoffice.services.addresses import Recipient

#: Seconds for each exchange with the mail server: well under a lease.
SMTP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to leave. `message_id` is derived from the outbox row: a repeated sending bears the same one."""

    message_id: str
    sender: str
    reply_to: str | None
    recipients: tuple[Recipient, ...]
    subject: str
    body: str
    at: datetime


class RefusedForGoodError(RuntimeError):
    """The mail server refuses this mail and will refuse it again."""


class NotSentError(RuntimeError):
    """The mail did not leave; it may be tried again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that left. `refused`: what the server said of each address it would not serve, the others being served."""

    refused: tuple[tuple[str, str], ...] = ()

    @property
    def remark(self) -> str | None:
        """What a person should know of the addresses that were not served."""
        if not self.refused:
            return None
        told = " ; ".join(f"{address} ({why})" for address, why in self.refused)
        return f"Certains destinataires ont été refusés par le serveur : {told}"


class Mailer(Protocol):
    """Sends a mail. Raises NotSentError or RefusedForGoodError when it certainly left to nobody."""

    def send(self, mail: Mail) -> Sent:
        """Send a mail."""
        ...


_SMTPS_PORT, _SMTP_PORT = 465, 25


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends through an SMTP server given as smtp://[user:password@]host:port; smtps:// for TLS from the start.

    With a user, TLS is asked for before the password is given. The server proves its name by its certificate: an
    authority of one’s own is named by the environment variable SSL_CERT_FILE.
    """

    url: str

    def send(self, mail: Mail) -> Sent:
        """Send a mail. An error once the content is on its way is left to the caller: nobody knows."""
        message = message_of(mail)
        with self._connected() as server:
            try:
                refused = server.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                raise _refusal(*_worst(error.recipients)) from error
            except smtplib.SMTPResponseException as error:
                raise _refusal(error.smtp_code, _text(error.smtp_error)) from error
            except smtplib.SMTPNotSupportedError as error:
                raise RefusedForGoodError(f"Le serveur de courriel ne sait pas envoyer ce message : {error}") from error
        return Sent(tuple((address, f"{code} {_text(said)}") for address, (code, said) in refused.items()))

    def _connected(self) -> smtplib.SMTP:
        target = urlsplit(self.url)
        at_once = target.scheme == "smtps"
        host, port = target.hostname or "127.0.0.1", target.port or (_SMTPS_PORT if at_once else _SMTP_PORT)
        trust = ssl.create_default_context()
        server: smtplib.SMTP
        try:
            if at_once:
                server = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=trust)
            else:
                server = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
            if target.username:
                if not at_once:
                    server.starttls(context=trust)
                server.login(unquote(target.username), unquote(target.password or ""))
        except smtplib.SMTPResponseException as error:
            raise NotSentError(f"Le serveur de courriel refuse la connexion ({error.smtp_code}).") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(f"Le serveur de courriel ne répond pas : {error}") from error
        return server


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _worst(recipients: dict[str, tuple[int, bytes]]) -> tuple[int, str]:
    """The answer to keep when nobody was served: one that may change, if there is any."""
    code, said = min(recipients.values())
    return code, _text(said)


def _refusal(code: int, text: str) -> Exception:
    permanent = 500 <= code < 600  # noqa: PLR2004 - SMTP: 5yz is for good, 4yz for now
    said = f"Le serveur de courriel refuse l’envoi ({code} {text})."
    return RefusedForGoodError(said) if permanent else NotSentError(said)


def message_of(mail: Mail) -> EmailMessage:
    """The message as it goes over the wire. Raises ValueError for an address with a line break."""
    message = EmailMessage()
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.at)
    message["From"] = mail.sender
    message["To"] = ", ".join(formataddr((r.name, r.email)) for r in mail.recipients)
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    if len(mail.subject.splitlines()) > 1:
        raise ValueError("a subject holds no CR or LF")
    # Encoded here: some releases of Python double a space when they fold an accented subject themselves.
    message.set_raw("Subject", Header(mail.subject, "utf-8", header_name="Subject").encode())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte="quoted-printable")
    return message


def message_id(outbox: UUID, sender: str) -> str:
    """The Message-ID of an outbox row: always the same one, in the domain of the sender’s address."""
    return f"<{outbox}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"
