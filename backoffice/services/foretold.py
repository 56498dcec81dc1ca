"""What the machine will do by itself for a dossier: when, why, unless what, and what it has already done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import DueNotice
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.due import Due, Explained, due_items, explained
from workflows.french import instant, typography


@dataclass(frozen=True, slots=True)
class Notice:
    """That a job saw to something due: when, and whether it told of it or a later one of the same matter did."""

    at: datetime
    tells: bool = True


#: What was noticed on a dossier, by kind and day.
Notices = Mapping[tuple[str, date], Notice]


@dataclass(frozen=True, slots=True)
class Foretold:
    """One thing that falls due on a dossier. `notice`: that a job saw to it; None: it is still to come."""

    due: Due
    words: Explained
    zone: str
    notice: Notice | None

    @property
    def at(self) -> datetime:
        """The instant it falls due."""
        return self.due.at(self.zone)

    @property
    def done(self) -> str | None:
        """When the machine saw to it, in words; None: it is still to come."""
        if self.notice is None:
            return None
        when = f"le {instant(self.notice.at, self.zone)}"
        if self.due.act is not None or (self.due.mailed and self.notice.tells):
            return typography(f"fait {when}")
        if self.due.mailed:
            return typography(f"vu {when}, sans courriel : un rappel plus récent est parti à sa place")
        return typography(f"vu {when}")


def notices_of(session: Session, dossier: UUID) -> Notices:
    """What the jobs have noticed on a dossier. One statement."""
    found = select(DueNotice.kind, DueNotice.due_on, DueNotice.noticed_at, DueNotice.tells)
    rows = session.execute(found.where(DueNotice.dossier == dossier))
    return {(kind, on): Notice(at, tells) for kind, on, at, tells in rows}


def told(due: Iterable[Due], view: Dossier, call: Call, notices: Notices) -> tuple[Foretold, ...]:
    """What falls due in words, with what was seen to; in order of the instants."""
    zone = call.authority.zone
    found = [Foretold(item, explained(item, view, call), zone, notices.get((item.kind.value, item.on))) for item in due]
    return tuple(sorted(found, key=lambda line: (line.at, line.due.on, line.due.kind.value)))


def of_dossier(session: Session, row: DossierRow, legal: datetime) -> tuple[Foretold, ...]:
    """What falls due on a dossier from what is known now, in order, with what was seen to. Two statements."""
    view, call = view_of(row), ruling(session, row)
    due = due_items(view, call, local_day(legal, call.authority.zone))
    return told(due, view, call, notices_of(session, row.id))
