"""Messages that came for a dossier, dropped or pasted by an agent or received by the machine: documents with a date."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid5

from backoffice.services.act import Order
from backoffice.services.documents import DocumentRefusedError, Received, shown_name
from backoffice.services.mail_layout import clean
from backoffice.services.received_mail import ReceivedMail, UnreadableMailError
from backoffice.store.people import Document
from workflows.actors import Actor
from workflows.acts.messages import MessageInputs
from workflows.deadlines import local_day

MAIL_TYPE = "message/rfc822"
TEXT_TYPE = "text/plain"
_LONGEST_SENDER, _LONGEST_SUBJECT, _LONGEST_TEXT = 254, 400, 200_000


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is filed: its bytes, and what is known of it. `received_on`: None while nobody has said it.

    `once`: what makes it the same message when it comes again.
    """

    content: bytes
    media_type: str
    name: str
    sender: str | None
    subject: str | None
    received_on: date | None
    once: str

    def reference(self, dossier: UUID) -> UUID:
        """The id of its document in a dossier: the same message comes there once."""
        return uuid5(dossier, f"message/{self.once}")


def dropped(given: Received, zone: str) -> Message:
    """A file that an agent drops: a mail (EML) or a PDF. Raises DocumentRefusedError."""
    if Path(given.name).suffix.lower() == ".pdf":
        given.media_type()
        return _message(given.content, "application/pdf", shown_name(given.name), None, None, None)
    if Path(given.name).suffix.lower() != ".eml":
        raise DocumentRefusedError("Un message se dépose en EML (le courriel enregistré) ou en PDF.")
    try:
        return of_mail(ReceivedMail(given.content), zone)
    except UnreadableMailError as error:
        raise DocumentRefusedError(str(error)) from error


def of_mail(mail: ReceivedMail, zone: str) -> Message:
    """A mail, dated by what it says of itself, on the day of the authority’s zone."""
    day = local_day(mail.date, zone) if mail.date else None
    name = f"{shown_name(mail.subject)[:100] or 'message'}.eml"
    found = _message(mail.content, MAIL_TYPE, name, mail.sender or None, mail.subject or None, day)
    return _with_id(found, mail.message_id) if mail.message_id else found


def pasted(text: str) -> Message:
    """The text of a mail that an agent pastes. Raises DocumentRefusedError."""
    lines = [clean(line, _LONGEST_TEXT) for line in text.replace("\r\n", "\n").split("\n")]
    words = "\n".join(lines).strip()
    if not words:
        raise DocumentRefusedError("Déposez un fichier, ou collez le texte du message.")
    if len(words) > _LONGEST_TEXT:
        raise DocumentRefusedError("Ce texte est trop long. Enregistrez le message en EML ou en PDF, et déposez-le.")
    return _message(f"{words}\n".encode(), TEXT_TYPE, "message.txt", None, None, None)


def _message(
    content: bytes, media_type: str, name: str, sender: str | None, subject: str | None, day: date | None
) -> Message:
    return Message(content, media_type, name, sender, subject, day, hashlib.sha256(content).hexdigest())


def _with_id(message: Message, message_id: str) -> Message:
    """A message known by its Message-ID: the servers it went through add to its bytes."""
    once = hashlib.sha256(message_id.encode()).hexdigest()
    return Message(
        message.content,
        message.media_type,
        message.name,
        message.sender,
        message.subject,
        message.received_on,
        once,
    )


def order(dossier: UUID, message: Message, *, by: Actor, now: datetime, key: str | None = None) -> Order:
    """The act that files a message whose day is known, with its document. Its bytes go on the shelf before."""
    if message.received_on is None:
        raise ValueError("a message without a day cannot be filed")
    reference = message.reference(dossier)
    sender = clean(message.sender or "", _LONGEST_SENDER) or None
    subject = clean(message.subject or "", _LONGEST_SUBJECT) or None
    document = Document(
        id=reference,
        dossier=dossier,
        sha256=hashlib.sha256(message.content).hexdigest(),
        size=len(message.content),
        media_type=message.media_type,
        name=message.name,
        uploaded_by=by.id,
        uploaded_at=now,
        kind="message",
        received_on=message.received_on,
        sender=sender,
        subject=subject,
    )
    inputs = MessageInputs(file=str(reference), received_on=message.received_on, sender=sender, subject=subject)
    return Order(dossier, "file_message", inputs, by, key=key, brings=(document,))
