"""Mails as they leave: the message, and what every way of sending it answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Protocol
from uuid import UUID

from backoffice.services.addresses import Recipient


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that leaves with a mail. `name`: what its reader’s machine calls it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to leave. `message_id` is derived from the outbox row: a repeated sending bears the same one.

    `body` is its text, `html` the same words as a page; without one the mail is text only. `remark`: what a person
    should know of its recipients.
    """

    message_id: str
    sender: str
    reply_to: str | None
    recipients: tuple[Recipient, ...]
    subject: str
    body: str
    at: datetime
    html: str | None = None
    remark: str | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def is_international(self) -> bool:
        """True when one of its addresses is written with accents: only some servers take it (RFC 6531)."""
        addresses = (self.sender, self.reply_to or "", *(r.email for r in self.recipients))
        return not all((parseaddr(address)[1] or address).isascii() for address in addresses)


class RefusedForGoodError(RuntimeError):
    """The mail server refuses this mail and will refuse it again."""


class NotSentError(RuntimeError):
    """The mail did not leave; it may be tried again."""


class ServerAwayError(NotSentError):
    """The mail server serves nobody for now: it said nothing of this mail, which waits for as long as it takes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that left. `refused`: what the server said of each address it would not serve, the others being served.

    `dry`: it was composed only, and went nowhere.
    """

    refused: tuple[tuple[str, str], ...] = ()
    dry: bool = False

    @property
    def deferred(self) -> tuple[str, ...]:
        """The addresses that the server may serve later: its answer to them begins with 4."""
        return tuple(address for address, said in self.refused if said.startswith("4"))

    @property
    def remark(self) -> str | None:
        """What a person should know of the addresses that were not served."""
        if not self.refused:
            return None
        told = " ; ".join(f"{address} ({why})" for address, why in self.refused)
        return f"Certains destinataires ont été refusés par le serveur : {told}"


class Mailer(Protocol):
    """Sends a mail. Raises NotSentError (ServerAwayError) or RefusedForGoodError when it certainly left to nobody."""

    def send(self, mail: Mail) -> Sent:
        """Send a mail."""
        ...


def message_of(mail: Mail) -> EmailMessage:
    """The message that `wired` writes. Raises ValueError, or MessageError, for what no header can hold.

    It offers no List-Unsubscribe: nobody unsubscribes from a notice about a dossier of theirs.
    """
    message = EmailMessage(policy=SMTPUTF8 if mail.is_international else SMTP)
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.at)
    message["From"] = mail.sender
    message["To"] = [_addressed(r) for r in mail.recipients]
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    if len(mail.subject.splitlines()) > 1:
        raise ValueError("a subject holds no CR or LF")
    # Encoded here: some releases of Python double a space when they fold an accented subject themselves.
    message.set_raw("Subject", Header(mail.subject, "utf-8", header_name="Subject").encode())
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.body, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    for file in mail.attachments:
        message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
    # The same mail is the same bytes; what follows "=" here is found in no quoted-printable part, nor in base64.
    boundary = f"=_{hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]}"
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"{boundary}{depth or ''}")
    return message


def _addressed(recipient: Recipient) -> Address:
    name, _, domain = recipient.email.rpartition("@")
    if not name or not domain or any(sign in recipient.email for sign in ' ,;<>"()'):
        raise ValueError("an address is a name, @ and a domain")
    # an encoded word typed as a name would be read as one, line breaks and all
    return Address(recipient.name.replace("=?", "= ?"), name, domain)


#: Names written as they are lose their quotes when Python folds them: no line is folded within a name.
_UNFOLDED = SMTPUTF8.clone(max_line_length=400)


def wired(mail: Mail) -> bytes:
    """A mail as it goes over the wire, always the same bytes. Raises RefusedForGoodError when it cannot be written."""
    try:
        return message_of(mail).as_bytes(policy=_UNFOLDED if mail.is_international else SMTP)
    except (ValueError, MessageError) as error:
        raise RefusedForGoodError(
            "Le courriel ne peut pas être composé : une adresse, un nom ou l’objet porte un signe interdit. Corrigez "
            "l’adresse du destinataire, puis relancez."
        ) from error


def message_id(outbox: UUID, sender: str) -> str:
    """The Message-ID of an outbox row: always the same one, in the domain of the sender’s address."""
    return f"<{outbox}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"


def outbox_of(message: str) -> UUID | None:
    """The outbox row that a Message-ID of ours names; None for another’s."""
    try:
        return UUID(message.strip().strip("<>").partition("@")[0])
    except ValueError:
        return None
