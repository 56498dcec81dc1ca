"""Deadlines of dossiers: written at each act, seen to by the jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.services.stale import see_to_stale
from backoffice.store.base import canonical
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DigestLine
from backoffice.store.sweeps import BETWEEN
from workflows.calls.model import Call
from workflows.deadlines import local_day, start_of_day
from workflows.dossier import Dossier
from workflows.due import Due, DueKind, due_items
from workflows.effects import Addressee
from workflows.parties import parties

#: The release of the planning: one more when what falls due of the same facts changes, and the clock plans every
#: dossier again.
PLANNING = 5
#: How the key of a mail begins whose lines wait for the end of a pause.
HELD = "held:"


def planned(dossier: UUID, view: Dossier, call: Call, today: date) -> list[Deadline]:
    """The deadlines of a dossier as its facts say now, not written yet."""
    found = {(due.kind, due.on): due for due in due_items(view, call, today)}
    return [_row(dossier, due, view, call) for due in found.values()]


def agenda(rows: list[Deadline]) -> str:
    """The digest of deadlines, empty when there are none."""
    if not rows:
        return ""
    plain = [[r.kind, r.due_on.isoformat(), _instant(r), r.family, r.told, r.act, r.job] for r in rows]
    return hashlib.sha256(canonical(sorted(plain, key=str)).encode()).hexdigest()


def _instant(row: Deadline) -> str:
    return (row.run_at or row.due_at).isoformat()


def rewrite(session: Session, dossier: UUID, rows: list[Deadline], *, before: str) -> None:
    """Replace the deadlines of a dossier, whose digest was `before`, unless they stay the same."""
    if agenda(rows) == before:
        return
    if before:
        session.execute(delete(Deadline).where(Deadline.dossier == dossier))
    session.add_all(rows)


def let_go(session: Session, dossier: UUID, now: datetime) -> None:
    """Have the mails that wait for the end of a pause of a dossier leave, within the caller’s transaction.

    Each is written as things stand then: what a pause still holds is put off again.
    """
    told = select(DigestLine.outbox).where(DigestLine.dossier == dossier)
    waits = and_(OutboxRow.dedupe_key.like(f"{HELD}%"), OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
    later = update(OutboxRow).where(OutboxRow.id.in_(told), waits, OutboxRow.attempts == 0)
    forward = later.where(OutboxRow.next_attempt_at > now).values(next_attempt_at=now)
    session.execute(forward.execution_options(synchronize_session=False))


def plan_again(session: Session, row: DossierRow, today: date) -> None:
    """Write the deadlines of a dossier anew, within the caller’s transaction, as the rules and its call are now."""
    due = planned(row.id, view_of(row), ruling(session, row), today)
    rewrite(session, row.id, due, before=row.agenda)
    row.agenda, row.planned = agenda(due), PLANNING


def plan_stale(session: Session, legal: datetime, unread: set[UUID]) -> int:
    """Plan again the dossiers whose deadlines an older release wrote, a batch of them; gives their number.

    `unread`: dossiers that cannot be planned; one that fails joins them, and the others go on.
    """

    def planned_anew(row: DossierRow) -> None:
        session.execute(delete(Deadline).where(Deadline.dossier == row.id))
        row.agenda = ""
        plan_again(session, row, local_day(legal, ruling(session, row).authority.zone))

    older = select(DossierRow.id).where(DossierRow.planned < PLANNING)
    unknown = select(Deadline.dossier).where(Deadline.job == "", Deadline.noticed_at.is_(None))
    trouble = "the deadlines of dossier %s cannot be planned"
    return see_to_stale(session, older.union(unknown), unread, planned_anew, trouble)


def _row(dossier: UUID, due: Due, view: Dossier, call: Call) -> Deadline:
    told = told_of(due, view)
    return Deadline(
        dossier=dossier,
        kind=due.kind.value,
        due_on=due.on,
        due_at=start_of_day(due.on, call.authority.zone),
        run_at=due.at(call.authority.zone),
        family=due.family,
        addressee=_known_before(due, told),
        act=due.act,
        job=due.job,
        told=told,
        unless_sent=due.unless_sent,
    )


#: Reminders that the release before mails, each in a row of its own: it would not know what to write of the others.
MAILED_BEFORE = frozenset({DueKind.DRAFT_REMINDER, DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY})


def _known_before(due: Due, told: list[str]) -> str | None:
    """Whom a clock of the release before may write to."""
    if due.kind not in MAILED_BEFORE:
        return None
    return ",".join(dict.fromkeys(who.split(BETWEEN)[0] for who in told)) or None


def told_of(due: Due, view: Dossier) -> list[str]:
    """Whom the machine writes to, as "addressee|party"; an addressee nobody stands for is kept, to be seen."""
    return list(_told(due, view)) if due.mailed else []


def _told(due: Due, view: Dossier) -> Iterator[str]:
    for addressee in due.to:
        known = [] if addressee is Addressee.SERVICE else list(parties(view, addressee.value, {}))
        for party in known or [""]:
            yield f"{addressee.value}{BETWEEN}{party}"


def told_as(due: Due, view: Dossier, addressee: str, party: str | None) -> tuple[Addressee, ...]:
    """Under what names a mail tells its reader of a due: a `party`, or an `addressee` that is no party; () for none.

    A pause that outlasts the due does not count: it may be ended before.
    """
    told = (who.split(BETWEEN) for who in told_of(replace(due, held_until=None), view))
    return tuple(Addressee(name) for name, who in told if (who == party if party else (name, who) == (addressee, "")))
