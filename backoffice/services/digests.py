"""The mail that gathers what one run of a job has to tell one recipient, as things stand when it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backoffice.services.addresses import recipients_of_party, somebody
from backoffice.services.callbook import ruling
from backoffice.services.deadlines import told_of
from backoffice.services.facts import view_of
from backoffice.services.mail_digest import DigestItem, compose_digest
from backoffice.services.mails import Mail
from backoffice.services.outbox import Claimed
from backoffice.store.base import writing
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


def digest_mail(session: Session, claimed: Claimed, settings: Settings, legal: datetime) -> Mail | None:
    """The mail of a row that gathers notices; None when nothing is left to tell.

    Raises NobodyToTellError.
    """
    items = tuple(_items(session, claimed, legal))
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
        today=local_day(legal, call.authority.zone),
        at=legal,
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


def _items(session: Session, claimed: Claimed, legal: datetime) -> Iterator[DigestItem]:
    """What is still to be told to the reader of the mail.

    A line is left out when its dossier has moved on, when its day has passed, or when its reader is no longer the one
    to tell. One that a pause holds since is noticed again after the pause.
    """
    reader = f"{claimed.addressee}{BETWEEN}{claimed.party or ''}"
    held: list[UUID] = []
    for line in list(_lines(session, claimed, legal)):
        due = line.due
        if due is None or reader not in told_of(due, line.view):
            continue
        if due.held_until is not None and due.held_until > line.today:
            held.append(line.notice.id)
        elif not due.too_late(line.today):
            details = {"due_on": line.notice.due_on.isoformat()}
            yield DigestItem(line.view, line.call, line.notice.kind, line.notice.due_on, details, due.what)
    if held:
        _notice_again(session, held)


def _notice_again(session: Session, notices: list[UUID]) -> None:
    """Forget notices that a pause came to hold before they were told: their deadlines wait for its end."""
    with writing(session):
        for table, column in ((DigestLine, DigestLine.notice), (DueNotice, DueNotice.id)):
            session.execute(delete(table).where(column.in_(notices)).execution_options(synchronize_session=False))


def too_late(view: Dossier, call: Call, today: date, kind: str, due_on: str | None) -> bool:
    """True once telling of what fell due is of no use any more; `due_on`: its day, None for whatever day."""
    found = [d for d in due_items(view, call, today) if d.kind.value == kind and due_on in {None, d.on.isoformat()}]
    return bool(found) and all(due.too_late(today) for due in found)
