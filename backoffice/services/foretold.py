"""What the machine will do by itself for a dossier: when, why, unless what, and what it has already done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import false, null, select
from sqlalchemy.orm import Session

from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import Deadline, DueNotice
from backoffice.store.sweeps import noticed, pointless, waiting
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


#: A kind of what falls due, and its day.
Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the jobs have noticed on a dossier, and what has come and none has seen to."""

    notices: Mapping[Key, Notice] = field(default_factory=dict)
    missed: frozenset[Key] = frozenset()


#: A clock that turns has seen by then to what has come: past it, the machine is late.
_SEEN_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Foretold:
    """One thing that falls due on a dossier. `notice`: that a job saw to it; None: it is still to come, or `late`."""

    due: Due
    words: Explained
    zone: str
    notice: Notice | None
    late: bool = False

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


def seen_to(session: Session, row: DossierRow, legal: datetime) -> Seen:
    """What the jobs have noticed on a dossier, and what they should have. One statement.

    What an act of the last minutes brought is not missed yet.
    """
    since = legal - _SEEN_WITHIN
    made = select(DueNotice.kind, DueNotice.due_on, DueNotice.noticed_at, DueNotice.tells)
    left = select(Deadline.kind, Deadline.due_on, null(), false())
    left = left.where(Deadline.dossier == row.id, waiting(since), ~noticed(), ~pointless())
    rows: list[Any] = list(session.execute(made.where(DueNotice.dossier == row.id).union_all(left)))
    notices = {(kind, on): Notice(at, tells) for kind, on, at, tells in rows if at is not None}
    missed = {(kind, on) for kind, on, at, _ in rows if at is None and row.touched_at <= since}
    return Seen(notices, frozenset(missed))


def told(due: Iterable[Due], view: Dossier, call: Call, seen: Seen, today: date) -> tuple[Foretold, ...]:
    """What falls due in words, with what was seen to; in order of the instants. Of one matter, the last is late."""
    zone, items = call.authority.zone, sorted(due, key=lambda item: item.on)
    acted = [item for item in items if item.act is not None or (item.mailed and not item.too_late(today))]
    late = {item.family: item for item in acted if _key(item) in seen.missed}.values()
    found = [
        Foretold(item, explained(item, view, call), zone, seen.notices.get(_key(item)), item in late) for item in items
    ]
    return tuple(sorted(found, key=lambda line: (line.at, line.due.on, line.due.kind.value)))


def _key(due: Due) -> Key:
    return due.kind.value, due.on


def of_dossier(session: Session, row: DossierRow, legal: datetime) -> tuple[Foretold, ...]:
    """What falls due on a dossier from what is known now, in order, with what was seen to. Two statements."""
    view, call = view_of(row), ruling(session, row)
    today = local_day(legal, call.authority.zone)
    return told(due_items(view, call, today), view, call, seen_to(session, row, legal), today)
