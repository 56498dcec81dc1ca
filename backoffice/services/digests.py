"""The mail that gathers what one run of a job has to tell one recipient, as things stand when it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.addresses import recipients_of_party, somebody
from backoffice.services.callbook import ruling
from backoffice.services.deadlines import told_of
from backoffice.services.facts import view_of
from backoffice.services.mail_digest import DigestItem, compose_digest
from backoffice.services.mails import Mail
from backoffice.services.outbox import Claimed, like
from backoffice.store.base import changed, writing
from backoffice.store.calls import newest_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import DigestLine, DueNotice
from backoffice.store.sweeps import BETWEEN
from config.settings import Settings
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.due import Due, due_items
from workflows.effects import Addressee


def digest_mail(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail | None:
    """The mail of a row that gathers notices; None when nothing is left to tell.

    Raises NobodyToTellError.
    """
    items = tuple(_items(session, claimed, times))
    if not items:
        return None
    call, addressee = items[0].call, Addressee(claimed.addressee or "")
    to = recipients_of_party(session, call, addressee.value, claimed.party or "", claimed.details)
    mail = compose_digest(
        items,
        recipients=somebody(addressee.value, to),
        outbox=claimed.id,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        today=local_day(times.legal, call.authority.zone),
        at=times.legal,
        to=addressee,
    )
    return replace(mail, remark=to.remark)


@dataclass(frozen=True, slots=True)
class _Line:
    """A notice of a mail, and its dossier as it stands."""

    notice: DueNotice
    view: Dossier
    call: Call
    today: date

    @property
    def due(self) -> Due | None:
        """What the notice was about; None once the dossier has moved on."""
        key = (self.notice.kind, self.notice.due_on)
        return next((d for d in due_items(self.view, self.call, self.today) if (d.kind.value, d.on) == key), None)


def _lines(session: Session, claimed: Claimed, legal: datetime) -> Iterator[_Line]:
    lines = (
        select(DueNotice, DossierRow, newest_of(DossierRow.call))
        .join(DigestLine, DigestLine.notice == DueNotice.id)
        .join(DossierRow, DossierRow.id == DigestLine.dossier)
        .where(DigestLine.outbox == claimed.id)
        .order_by(DueNotice.due_on, DossierRow.number)
    )
    for notice, row, newest in session.execute(lines):
        call = ruling(session, row, newest)
        yield _Line(notice, view_of(row), call, local_day(legal, call.authority.zone))


def _items(session: Session, claimed: Claimed, times: Times) -> Iterator[DigestItem]:
    """What is still to be told to the reader of the mail.

    A line is left out when its dossier has moved on, when its day has passed, or when its reader is no longer the one
    to tell. One that a pause holds since leaves in a mail of its own after the pause.
    """
    reader = f"{claimed.addressee}{BETWEEN}{claimed.party or ''}"
    held: dict[datetime, list[DueNotice]] = {}
    for line in list(_lines(session, claimed, times.legal)):
        due = line.due
        if due is None or reader not in told_of(due, line.view):
            continue
        if due.held_until is not None and due.held_until > line.today:
            held.setdefault(due.at(line.call.authority.zone), []).append(line.notice)
        elif not due.too_late(line.today):
            details = {"due_on": line.notice.due_on.isoformat()}
            yield DigestItem(line.view, line.call, line.notice.kind, line.notice.due_on, details, due.what)
    if held:
        _put_off(session, claimed, held, times)


def _put_off(session: Session, claimed: Claimed, held: Mapping[datetime, list[DueNotice]], times: Times) -> None:
    """Move lines that a pause came to hold before they were told to mails that leave after it, at a legal instant."""
    with writing(session):
        for until, notices in held.items():
            ids = [notice.id for notice in notices]
            mine = delete(DigestLine).where(DigestLine.outbox == claimed.id, DigestLine.notice.in_(ids))
            if changed(session, mine) != len(ids):
                continue  # another worker has
            key = f"held:{claimed.id}:{until.isoformat()}"
            later = like(session, claimed, key=key, now=times.machine, due=times.machine + (until - times.legal))
            session.flush()
            session.add_all(DigestLine(outbox=later.id, notice=n.id, dossier=n.dossier) for n in notices)


def too_late(view: Dossier, call: Call, today: date, kind: str, due_on: str | None) -> bool:
    """True once telling of what fell due is of no use any more; `due_on`: its day, None for whatever day."""
    found = [d for d in due_items(view, call, today) if d.kind.value == kind and due_on in {None, d.on.isoformat()}]
    return bool(found) and all(due.too_late(today) for due in found)
