"""Mails that came back: what a report of a mail system says, and the address of ours it is about (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services.mail_layout import clean
from backoffice.services.received_mail import ReceivedMail, decoded
from backoffice.services.returns import row_named
from backoffice.services.sent_mails import bounce
from backoffice.store.base import changed, writing
from backoffice.store.mails import Bounce, SentMail

_ADDRESS = re.compile(r"[^\s<>\"'(),:;=\[\]]{1,64}@[^\s<>\"'(),:;=\[\]]{1,190}")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b|(?<![\d.])([45]\d\d)[ -]")
_DAEMON = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|maildaemon)@", re.IGNORECASE)
_RETURNED = re.compile(
    r"undeliver|non remis|non distribu|delivery (status|failure|has failed)|failure notice|returned mail|mail delivery"
    r"|échec de (la )?remise|could not be delivered",
    re.IGNORECASE,
)
_FAILED, _DELAYED = "failed", "delayed"
_LONGEST = 1000
_READ = 20_000


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that did not take a mail, and what was said of it. `permanent`: it will not later either."""

    address: str
    said: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What came back. `outbox` and `message_ids`: what may tell which mail of ours it is about.

    `outbox` is proven: the report came to an address that nobody but the mail systems on the way of the mail is told.
    Everybody who had the mail knows its Message-ID: by that alone, a report may be anybody’s.
    """

    outbox: UUID | None
    message_ids: tuple[str, ...]
    failures: tuple[Failure, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a report taught. `mail`: None when it is about none of ours. `addresses`: those that it says refuse.

    `proven`: a mail system says it; else the addresses are written to as before.
    """

    mail: SentMail | None
    addresses: tuple[str, ...]
    proven: bool = False


def report_of(mail: ReceivedMail, key: bytes) -> Report | None:
    """What a report of a mail system says; None for a mail that is none. Unusual ones are read as well as may be.

    `key`: of the installation, what its addresses of return are made with.
    """
    status = [part for part in mail.parts if part.get_content_type().endswith("delivery-status")]
    returned = bool(_RETURNED.search(mail.subject)) and _is_from_a_system(mail)
    if not status and not mail.header("X-Failed-Recipients") and not returned:
        return None
    failures = [failure for part in status for failure in _told(part)] or list(_guessed(mail))
    told = {failure.address: failure for failure in failures}
    return Report(_proven(mail, key), tuple(_originals(mail)), tuple(told.values()), mail.date)


def _is_from_a_system(mail: ReceivedMail) -> bool:
    found = _ADDRESS.search(mail.sender)
    empty = mail.header("Return-Path").replace(" ", "") == "<>"
    return empty or (found is not None and bool(_DAEMON.match(found[0])))


def _proven(mail: ReceivedMail, key: bytes) -> UUID | None:
    """The outbox row named by the address the report came to, when that address is one we made."""
    found = (row_named(address, key) for address in mail.addressed())
    return next((row for row in found if row is not None), None)


def _told(part: Message) -> Iterator[Failure]:
    """The groups of fields of a delivery-status part: the first is about the message, each other about an address."""
    groups = part.get_payload() if part.is_multipart() else _lines_of(part)
    for group in groups if isinstance(groups, list) else []:
        if not isinstance(group, Message):
            continue
        address = _typed(group.get("Final-Recipient")) or _typed(group.get("Original-Recipient"))
        original = _typed(group.get("Original-Recipient"))
        action = decoded(group.get("Action")).strip().lower() or _FAILED
        if (not address and not original) or action not in {_FAILED, _DELAYED}:
            continue
        code, why = decoded(group.get("Status")).strip(), _typed(group.get("Diagnostic-Code"))
        said = clean(f"{code} {why}".strip() or action, _LONGEST)
        permanent = action == _FAILED and not code.startswith("4")
        yield Failure((original or address).lower(), said, permanent)


def _lines_of(part: Message) -> list[Message]:
    """The groups of a delivery-status part that the parser took for text."""
    found = part.get_payload(decode=True)
    groups = re.split(r"\r?\n\s*\r?\n", found.decode("utf-8", "replace")) if isinstance(found, bytes) else []
    return [_fields(group) for group in groups]


def _fields(group: str) -> Message:
    message = Message()
    for line in re.sub(r"\r?\n[ \t]+", " ", group).splitlines():
        name, colon, value = line.partition(":")
        if colon and re.fullmatch(r"[!-9;-~]{1,60}", name):
            message[name] = clean(value, _LONGEST)
    return message


def _typed(field: object) -> str:
    """A field whose value follows its type: `rfc822; somebody@somewhere`, `smtp; 550 ...`."""
    kind, mark, value = decoded(field).partition(";")
    return clean((value if mark else kind).strip().strip("<>"), _LONGEST)


def _guessed(mail: ReceivedMail) -> Iterator[Failure]:
    """The addresses that a report without fields names, with the words around each."""
    text = mail.text[:_READ]
    ours = re.split(r"(?im)^-{2,}.*(?:original|copy of|message).*$|^Return-Path:", text)[0]
    named = _ADDRESS.findall(mail.header("X-Failed-Recipients")) or _ADDRESS.findall(ours)
    for address in dict.fromkeys(found.strip(".").lower() for found in named):
        if _DAEMON.match(address):
            continue
        where = ours.lower().find(address)
        around = clean(ours[max(0, where) : max(0, where) + 500], _LONGEST)
        status = _STATUS.search(around)
        soft = status is not None and (status[1] or status[2]).startswith("4")
        yield Failure(address, around or mail.subject, permanent=not soft)


def _originals(mail: ReceivedMail) -> Iterator[str]:
    """The Message-IDs that the report says it is about: those of the mail it gives back, those it answers."""
    for part in mail.parts[1:]:
        if part.get("Message-ID"):
            yield clean(decoded(part.get("Message-ID")), 250)
        if part.get_content_type() == "text/rfc822-headers":
            found = part.get_payload(decode=True)
            if isinstance(found, bytes):
                yield from re.findall(r"(?im)^Message-ID:\s*(<[^<>\s]{3,250}>)", found.decode("utf-8", "replace"))
    yield from mail.named
    yield from re.findall(r"(?im)^Message-ID:\s*(<[^<>\s]{3,250}>)", mail.text)


def record(session: Session, report: Report, now: datetime) -> Recorded:
    """Keep what a report says of the addresses of one of our mails. The same report twice changes nothing more."""
    with writing(session):
        mail, proven = _mail_of(session, report)
        if mail is None:
            return Recorded(None, ())
        # an instant that the report made up does not come after we read it
        at = min(report.at or now, now)
        known = {b.address: b for b in session.scalars(select(Bounce).where(Bounce.mail == mail.id))}
        told = {failure.address: failure for failure in _ours(mail, report.failures)}
        for address, failure in told.items():
            said = bounce(mail, address, failure.said, permanent=failure.permanent, at=at, now=now, proven=proven)
            _note(session, known.get(address), said)
        return Recorded(mail, tuple(told), proven)


def _mail_of(session: Session, report: Report) -> tuple[SentMail | None, bool]:
    """The mail that a report is about, and whether that is proven."""
    sent = select(SentMail).order_by(SentMail.sent_at.desc()).limit(1)
    if report.outbox is not None:
        found = session.scalar(sent.where(SentMail.outbox == report.outbox))
        if found is not None:
            return found, True
    named = sent.where(SentMail.message_id.in_(report.message_ids))
    return (session.scalar(named) if report.message_ids else None), False


def _ours(mail: SentMail, failures: Iterable[Failure]) -> Iterator[Failure]:
    """The failures of addresses that the mail went to: whoever writes a report names no other address of ours.

    An address we did not write to is one that ours forwards to: it counts when there is only one of ours.
    """
    to = [str(address).lower() for address in mail.recipients]
    for failure in failures:
        if failure.address in to:
            yield failure
        elif len(to) == 1:
            yield Failure(to[0], f"{failure.address} : {failure.said}", failure.permanent)


def _note(session: Session, known: Bounce | None, said: Bounce) -> None:
    """A first failure is kept; one that is proven, or for good, takes the place of a lesser one and never the other way
    round. What a person has judged since stays.
    """
    if known is None:
        session.add(said)
        session.flush()
    elif (said.proven, said.refused) > (known.proven, known.refused):
        for name in ("permanent", "refused", "proven", "status", "said", "at"):
            setattr(known, name, getattr(said, name))


def trust(session: Session, address: str) -> int:
    """A person says that an address takes mail again: what it refused counts no more. Gives the number of refusals."""
    with writing(session):
        over = update(Bounce).where(Bounce.address == address.strip().lower(), Bounce.permanent)
        return changed(session, over.values(permanent=False))


def see_to(session: Session, mail: UUID, now: datetime) -> None:
    """A person says that the addressees of a mail know what it says, by another way: nobody is alerted to it again."""
    with writing(session):
        seen = update(Bounce).where(Bounce.mail == mail, Bounce.seen_at.is_(None)).values(seen_at=now)
        session.execute(seen.execution_options(synchronize_session=False))
