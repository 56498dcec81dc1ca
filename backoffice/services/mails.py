"""Mails as they leave: the message, and its sending over SMTP."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Protocol
from urllib.parse import urlsplit
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


class Mailer(Protocol):
    """Sends a mail, or raises NotSentError or RefusedForGoodError when it certainly did not leave."""

    def send(self, mail: Mail) -> None:
        """Send a mail."""
        ...


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends through an SMTP server given as smtp://[user:password@]host:port (smtps:// for TLS at once)."""

    url: str

    def send(self, mail: Mail) -> None:
        """Send a mail. An error after the server accepted the data is left to the caller: nobody knows."""
        target = urlsplit(self.url)
        kind = smtplib.SMTP_SSL if target.scheme == "smtps" else smtplib.SMTP
        try:
            server = kind(target.hostname or "127.0.0.1", target.port or 25, timeout=SMTP_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(f"Le serveur de courriel ne répond pas : {error}") from error
        with server:
            try:
                if target.username:
                    server.login(target.username, target.password or "")
                refused = server.send_message(message_of(mail))
            except smtplib.SMTPResponseException as error:
                raise _refusal(error.smtp_code, str(error.smtp_error)) from error
            except smtplib.SMTPRecipientsRefused as error:
                code, text = next(iter(error.recipients.values()))
                raise _refusal(code, text.decode(errors="replace")) from error
            if refused:
                code, text = next(iter(refused.values()))
                raise RefusedForGoodError(f"Certains destinataires sont refusés ({code} {text!r}).")


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
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def message_id(outbox: UUID) -> str:
    """The Message-ID of an outbox row: always the same one."""
    return f"<{outbox}@temps-partage.example>"
