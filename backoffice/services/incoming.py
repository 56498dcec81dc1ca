"""Mails that come to the machine: reports of mails that came back, answers to ours, and what belongs to no dossier."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services import bounces, messages
from backoffice.services.act import Done, Times, perform, preview
from backoffice.services.addresses import known_addresses
from backoffice.services.callbook import ruling
from backoffice.services.documents import Shelf
from backoffice.services.facts import view_of
from backoffice.services.received_mail import ReceivedMail
from backoffice.services.returns import mail_key
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import SentMail
from backoffice.store.people import Document
from backoffice.store.schedule import DigestLine
from config.settings import Settings
from workflows.actors import CLOCK
from workflows.deadlines import local_day
from workflows.decide import Refused

#: Messages that the machine files in one dossier in a day; the others wait for a person.
MOST_A_DAY = 30
_NUMBER = re.compile(r"\b[A-Z][A-Z0-9]{1,4}-\d{4}-\d{3,6}\b")
_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a mail."""

    BOUNCE = "bounce"
    FILED = "filed"
    KNOWN = "known"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail, in one French sentence. `dossier`: the number of the one it is in."""

    outcome: Outcome
    told: str
    dossier: str | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """Where what comes is put: the documents of the dossiers, and the folder of what belongs to none.

    `key`: what the addresses that our mails come back to are made with.
    """

    shelf: Shelf
    aside: Path
    key: bytes = field(repr=False)


def hall_of(settings: Settings) -> Hall:
    """The hall of an installation. Raises SettingsError."""
    return Hall(Shelf(settings.home / "documents"), settings.home / "unmatched", mail_key(settings))


def take(session: Session, content: bytes, hall: Hall, times: Times) -> Taken:
    """Take a mail. The same one twice acts once. Raises UnreadableMailError.

    A report of a mail system tells which addresses refuse; an answer to a mail of ours, or a mail of somebody of the
    dossier that its subject names, is filed in it; anything else is kept aside, for a person.
    """
    mail = ReceivedMail(content)
    report = bounces.report_of(mail, hall.key)
    if report is not None:
        recorded = bounces.record(session, report, times.machine)
        if recorded.mail is None:
            return _aside(hall, mail, "un avis de non-remise qui ne parle d’aucun courriel d’ici")
        refused = ", ".join(recorded.addresses) or "aucune adresse nouvelle"
        doubt = "" if recorded.proven else " Rien ne prouve qu’il vienne d’un serveur : aucune adresse n’est écartée."
        return Taken(Outcome.BOUNCE, f"Avis de non-remise noté ({refused}) : « {recorded.mail.subject} ».{doubt}")
    if mail.is_automatic:
        return _aside(hall, mail, "une réponse automatique")
    row = _answered(session, mail)
    if row is None:
        row = _named(session, mail)
        if row is None:
            return _aside(hall, mail, "un message qui ne nomme aucun dossier")
        if not _is_known(session, row, mail):
            return _aside(hall, mail, f"un expéditeur que le dossier {row.number} ne connaît pas")
    return _filed(session, row, mail, hall, times)


def _aside(hall: Hall, mail: ReceivedMail, what: str) -> Taken:
    """Keep a mail that belongs to no dossier, once, and say so."""
    name = f"{hashlib.sha256((mail.message_id or mail.content.decode('latin-1')).encode()).hexdigest()[:32]}.eml"
    hall.aside.mkdir(parents=True, exist_ok=True)
    part = hall.aside / f".{name}.part"
    part.write_bytes(mail.content)
    part.replace(hall.aside / name)
    _log.warning("un courriel reçu est mis de côté : %s", name)
    return Taken(Outcome.ASIDE, f"Mis de côté, {what} : {hall.aside / name}.")


def set_aside(hall: Hall) -> list[Path]:
    """The mails that wait for a person, the oldest first."""
    return sorted(hall.aside.glob("*.eml"), key=lambda path: (path.stat().st_mtime, path.name))


def _answered(session: Session, mail: ReceivedMail) -> DossierRow | None:
    """The dossier of the mail of ours that is answered: only those who had it know its Message-ID."""
    for message_id in mail.named:
        found = _told_in(session, message_id)
        if len(found) == 1:
            return session.get(DossierRow, found.pop())
    return None


def _named(session: Session, mail: ReceivedMail) -> DossierRow | None:
    """The only dossier that the subject names: anybody may guess a number."""
    numbers = set(_NUMBER.findall(mail.subject.upper()))
    rows = session.scalars(select(DossierRow).where(DossierRow.number.in_(numbers))).all() if numbers else []
    return rows[0] if len(rows) == 1 else None


def _is_known(session: Session, row: DossierRow, mail: ReceivedMail) -> bool:
    """True for a mail whose sender has an address of the dossier."""
    return mail.sender_address in known_addresses(session, view_of(row))


def _told_in(session: Session, message_id: str) -> set[UUID]:
    """The dossiers that a mail of ours is about."""
    sent = session.scalars(select(SentMail).where(SentMail.message_id == message_id)).all()
    alone = {mail.dossier for mail in sent if mail.dossier is not None}
    lines = select(DigestLine.dossier).where(DigestLine.outbox.in_([mail.outbox for mail in sent]))
    return alone or set(session.scalars(lines))


def _filed(session: Session, row: DossierRow, mail: ReceivedMail, hall: Hall, times: Times) -> Taken:
    number, zone = row.number, ruling(session, row).authority.zone
    # it came today, whatever day its sender says
    message = replace(messages.of_mail(mail, zone), received_on=local_day(times.legal, zone))
    if session.get(Document, message.reference(row.id)) is not None:
        return Taken(Outcome.KNOWN, f"Ce message est déjà dans le dossier {number}.", number)
    if _filed_lately(session, row, times) >= MOST_A_DAY:
        _log.error("dossier %s : plus de %d messages en un jour, les autres sont mis de côté", number, MOST_A_DAY)
        return _aside(hall, mail, f"plus de {MOST_A_DAY} messages en un jour pour le dossier {number}")
    order = messages.order(row.id, message, by=CLOCK, now=times.machine)
    if isinstance(preview(session, order, times)[1], Refused):
        return _aside(hall, mail, f"le dossier {number} n’est pas déposé")
    hall.shelf.put(message.content)
    answer = perform(session, order, times)
    if not isinstance(answer, Done):
        return _aside(hall, mail, f"le dossier {number} a changé entre-temps")
    return Taken(Outcome.FILED, f"Message classé dans le dossier {number}.", number)


def _filed_lately(session: Session, row: DossierRow, times: Times) -> int:
    """How many messages the machine filed in a dossier within a day."""
    mine = (Document.dossier == row.id, Document.kind == "message", Document.uploaded_by == CLOCK.id)
    lately = Document.uploaded_at > times.machine - timedelta(days=1)
    return session.scalar(select(func.count()).where(*mine, lately)) or 0
