"""The mail that gathers what one run of a job has to tell one recipient, as things stand when it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.addresses import recipients_of_party, somebody
from backoffice.services.callbook import ruling
from backoffice.services.deadlines import HELD, told_as
from backoffice.services.facts import view_of
from backoffice.services.mail_digest import DigestItem, compose_digest
from backoffice.services.mails import Mail
from backoffice.services.outbox import Claimed, like
from backoffice.store.base import writing
from backoffice.store.calls import newest_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import Deadline, DigestLine, DueNotice
from backoffice.store.sweeps import pointless
from config.settings import Settings
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.due import Due, due_items


def digest_mail(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail | None:
    """The mail of a row that gathers notices; None when nothing is left to tell.

    Raises NobodyToTellError.
    """
    items = tuple(_items(session, claimed, times))
    if not items:
        return None
    call, addressee = items[0].call, claimed.addressee or ""
    to = recipients_of_party(session, call, addressee, claimed.party or "", claimed.details)
    mail = compose_digest(
        items,
        recipients=somebody(addressee, to),
        outbox=claimed.id,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        today=local_day(times.legal, call.authority.zone),
        at=times.legal,
    )
    return replace(mail, remark=to.remark)


@dataclass(frozen=True, slots=True)
class _Line:
    """A notice of a mail, and its dossier as it stands, at a version. `pointless`: the mail it waited for has left."""

    notice: DueNotice
    view: Dossier
    version: int
    call: Call
    today: date
    pointless: bool

    @property
    def due(self) -> Due | None:
        """What the notice was about; None once the dossier has moved on."""
        if self.pointless:
            return None
        key = (self.notice.kind, self.notice.due_on)
        return next((d for d in due_items(self.view, self.call, self.today) if (d.kind.value, d.on) == key), None)


def _lines(session: Session, claimed: Claimed, legal: datetime) -> Iterator[_Line]:
    same = and_(
        Deadline.dossier == DueNotice.dossier, Deadline.kind == DueNotice.kind, Deadline.due_on == DueNotice.due_on
    )
    lines = (
        select(DueNotice, DossierRow, newest_of(DossierRow.call), pointless())
        .join(DigestLine, DigestLine.notice == DueNotice.id)
        .join(DossierRow, DossierRow.id == DigestLine.dossier)
        .outerjoin(Deadline, same)
        .where(DigestLine.outbox == claimed.id)
        .order_by(DueNotice.due_on, DossierRow.number)
    )
    for notice, row, newest, over in session.execute(lines):
        call = ruling(session, row, newest)
        yield _Line(notice, view_of(row), row.version, call, local_day(legal, call.authority.zone), bool(over))


def _items(session: Session, claimed: Claimed, times: Times) -> Iterator[DigestItem]:
    """What is still to be told to the reader of the mail.

    A line is left out when its dossier has moved on, when the mail it waited for has left, when its day has passed, or
    when its reader is no longer the one to tell. One that a pause holds since leaves in a mail of its own after the
    pause.
    """
    held: dict[datetime, list[_Line]] = {}
    for line in list(_lines(session, claimed, times.legal)):
        due = line.due
        to = () if due is None else told_as(due, line.view, claimed.addressee or "", claimed.party)
        if due is None or not to:
            continue
        if due.held_until is not None and due.held_until > line.today:
            held.setdefault(due.at(line.call.authority.zone), []).append(line)
        elif not due.too_late(line.today):
            details = {"due_on": line.notice.due_on.isoformat()}
            yield DigestItem(line.view, line.call, line.notice.kind, line.notice.due_on, details, due.what, to)
    if held:
        _put_off(session, claimed, held, times)


def _put_off(session: Session, claimed: Claimed, held: Mapping[datetime, list[_Line]], times: Times) -> None:
    """Move lines that a pause came to hold before they were told to mails that leave after it, at a legal instant.

    Whoever acted since the dossier was read may have ended the pause: its lines are looked at again at once.
    """
    keys = {until: [(line.notice.id, line.notice.dossier, line.version) for line in held[until]] for until in held}
    with writing(session):
        versions = _versions(session, {dossier for lines in keys.values() for _, dossier, _ in lines})
        for until, lines in keys.items():
            for still in (True, False):
                due = times.machine + (until - times.legal) if still else times.machine
                moved = {notice: dossier for notice, dossier, seen in lines if (versions[dossier] == seen) is still}
                _move(session, claimed, moved, due, times.machine)


def _versions(session: Session, dossiers: set[UUID]) -> dict[UUID, int]:
    """The versions of dossiers, which nobody acts on before the end of the transaction."""
    held = select(DossierRow.id, DossierRow.version).where(DossierRow.id.in_(dossiers)).order_by(DossierRow.id)
    return dict(session.execute(held.with_for_update(read=True)).all())


def _move(session: Session, claimed: Claimed, lines: Mapping[UUID, UUID], due: datetime, now: datetime) -> None:
    """Move lines of a mail, the dossier of each notice, to another one like it, due at an instant."""
    mine = delete(DigestLine).where(DigestLine.outbox == claimed.id, DigestLine.notice.in_(list(lines)))
    taken = session.scalars(mine.returning(DigestLine.notice).execution_options(synchronize_session=False)).all()
    if not taken:
        return  # another worker has moved them
    later = like(session, claimed, key=f"{HELD}{claimed.id}:{min(taken)}", now=now, due=due)
    session.flush()
    session.add_all(DigestLine(outbox=later.id, notice=notice, dossier=lines[notice]) for notice in taken)


def too_late(view: Dossier, call: Call, today: date, kind: str, due_on: str | None) -> bool:
    """True once telling of what fell due is of no use any more; `due_on`: its day, None for whatever day."""
    found = [d for d in due_items(view, call, today) if d.kind.value == kind and due_on in {None, d.on.isoformat()}]
    return bool(found) and all(due.too_late(today) for due in found)
