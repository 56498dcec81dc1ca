"""Deadlines of dossiers: written at each act, noticed by the clock."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backoffice.store.base import canonical
from backoffice.store.schedule import Deadline
from workflows.calls.model import Call
from workflows.deadlines import start_of_day
from workflows.dossier import Dossier
from workflows.due import Due, DueKind, due_items

#: Reminders of one matter: only the last one due is mailed after days without a clock.
FAMILIES = {
    DueKind.PIECES_REMINDER: "pieces",
    DueKind.PIECES_LAST_DAY: "pieces",
    DueKind.PIECES_OVERDUE: "pieces",  # once it has come, a reminder would come too late
    DueKind.DRAFT_REMINDER: "draft",
    DueKind.SILENCE_ALERT: "silence",
    DueKind.SILENCE_ELAPSED: "silence",
    DueKind.START_WATCH: "start",
}

#: Kinds that make the machine write to somebody or fire an act; the others are shown in the lists of the day.
MAILED = frozenset({DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY, DueKind.DRAFT_REMINDER})


def planned(dossier: UUID, view: Dossier, call: Call, today: date) -> list[Deadline]:
    """The deadlines of a dossier as its facts say now, not written yet."""
    found = {(due.kind, due.on): due for due in due_items(view, call, today)}
    return [_row(dossier, due, call) for due in found.values()]


def agenda(rows: list[Deadline]) -> str:
    """The digest of deadlines, empty when there are none."""
    if not rows:
        return ""
    plain = [[r.kind, r.due_on.isoformat(), r.due_at.isoformat(), r.family, r.addressee, r.act] for r in rows]
    return hashlib.sha256(canonical(sorted(plain, key=str)).encode()).hexdigest()


def rewrite(session: Session, dossier: UUID, rows: list[Deadline], *, before: str) -> None:
    """Replace the deadlines of a dossier, whose digest was `before`, unless they stay the same."""
    if agenda(rows) == before:
        return
    if before:
        session.execute(delete(Deadline).where(Deadline.dossier == dossier))
    session.add_all(rows)


def _row(dossier: UUID, due: Due, call: Call) -> Deadline:
    return Deadline(
        dossier=dossier,
        kind=due.kind.value,
        due_on=due.on,
        due_at=due_at(due.on, call),
        family=FAMILIES.get(due.kind, due.kind.value),
        addressee=",".join(due.to) or None if due.kind in MAILED else None,
        act=due.act,
    )


def due_at(day: date, call: Call) -> datetime:
    """The instant a day begins in the authority’s zone."""
    return start_of_day(day, call.authority.zone)
