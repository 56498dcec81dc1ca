"""What the machine will do by itself for a dossier: when, why, unless what, and what it has already done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, false, literal, null, or_, select
from sqlalchemy.orm import Session

from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DigestLine, DueNotice
from backoffice.store.sweeps import noticed, pointless, waiting
from workflows.calls.model import Call
from workflows.deadlines import local_day, start_of_day
from workflows.dossier import Dossier
from workflows.due import Due, DueKind, Explained, due_items, explained
from workflows.french import instant, short_day, typography


@dataclass(frozen=True, slots=True)
class Notice:
    """That a job saw to something due: when, and whether it told of it or a later one of the same matter did.

    `acted`: it asked for a mail, or for an act of the machine.
    """

    at: datetime
    tells: bool = True
    acted: bool = True


#: A kind of what falls due, and its day.
Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the jobs have noticed on a dossier, what has come and none has seen to, and what has lost its object."""

    notices: Mapping[Key, Notice] = field(default_factory=dict)
    missed: frozenset[Key] = frozenset()
    pointless: frozenset[Key] = frozenset()


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


@dataclass(frozen=True, slots=True)
class Bygone:
    """Something that a job saw to, and that is due no more as things are known now: a date moved, or an act came."""

    words: Explained
    zone: str
    notice: Notice
    at: datetime

    @property
    def done(self) -> str:
        """When the machine saw to it, in words."""
        when = f"le {instant(self.notice.at, self.zone)}"
        return typography(f"fait {when}" if self.notice.acted else f"vu {when}, sans courriel")


def seen_to(session: Session, row: DossierRow, legal: datetime) -> Seen:
    """What the jobs have noticed on a dossier, what they should have, and what they need not. One statement.

    What an act of the last minutes brought is not missed yet.
    """
    since = legal - _SEEN_WITHIN
    told_in = exists().where(DigestLine.notice == DueNotice.id, DigestLine.dossier == row.id)
    asked_for = exists().where(OutboxRow.notice == DueNotice.id, OutboxRow.dossier == row.id)
    acted = or_(told_in, asked_for)
    made = select(literal(_NOTICED), DueNotice.kind, DueNotice.due_on, DueNotice.noticed_at, DueNotice.tells, acted)
    made = made.where(DueNotice.dossier == row.id)
    mine = and_(Deadline.dossier == row.id, ~noticed())
    left = _deadlines(_MISSED).where(mine, waiting(since), ~pointless())
    lost = _deadlines(_POINTLESS).where(mine, pointless())
    rows: list[Any] = list(session.execute(made.union_all(left, lost)))
    notices = {(kind, on): Notice(*how) for what, kind, on, *how in rows if what == _NOTICED}
    missed = {(kind, on) for what, kind, on, *_ in rows if what == _MISSED and row.touched_at <= since}
    gone = {(kind, on) for what, kind, on, *_ in rows if what == _POINTLESS}
    return Seen(notices, frozenset(missed), frozenset(gone))


_NOTICED, _MISSED, _POINTLESS = "noticed", "missed", "pointless"


def _deadlines(what: str) -> Select[Any]:
    columns: tuple[Any, ...] = (literal(what), Deadline.kind, Deadline.due_on, null(), false(), false())
    return select(*columns)


def told(due: Iterable[Due], view: Dossier, call: Call, seen: Seen, today: date) -> tuple[Foretold, ...]:
    """What falls due in words, with what was seen to; in order of the instants. Of one matter, the last is late.

    What has lost its object is left out.
    """
    zone, items = call.authority.zone, sorted(due, key=lambda item: item.on)
    items = [item for item in items if _key(item) not in seen.pointless]
    acted = [item for item in items if item.act is not None or (item.mailed and not item.too_late(today))]
    late = {item.family: item for item in acted if _key(item) in seen.missed}.values()
    found = [
        Foretold(item, explained(item, view, call), zone, seen.notices.get(_key(item)), item in late) for item in items
    ]
    return tuple(sorted(found, key=lambda line: (line.at, line.due.on, line.due.kind.value)))


def bygone(due: Iterable[Due], call: Call, seen: Seen) -> tuple[Bygone, ...]:
    """What was seen to and is due no more, in words; a kind that this release does not know is left out."""
    zone, kept, known = call.authority.zone, {_key(item) for item in due}, {kind.value for kind in DueKind}
    return tuple(
        Bygone(_bygone_words(DueKind(kind), on), zone, notice, start_of_day(on, zone))
        for (kind, on), notice in seen.notices.items()
        if (kind, on) not in kept and kind in known
    )


def _bygone_words(kind: DueKind, on: date) -> Explained:
    what = typography(f"{kind.label} (échéance du {short_day(on)}).")
    return Explained(when=typography(f"le {short_day(on)}"), what=what, to="", why="", unless="")


def to_come(lines: Iterable[Foretold], now: datetime) -> tuple[Foretold, ...]:
    """What the machine will do by itself after an instant, and what it is late to do."""
    return tuple(line for line in lines if line.late or (line.notice is None and line.at > now))


def done(lines: Iterable[Foretold], others: Iterable[Bygone] = ()) -> tuple[Foretold | Bygone, ...]:
    """What the machine has seen to, in the order it did."""
    seen: list[Foretold | Bygone] = [line for line in lines if line.notice]
    return tuple(sorted([*seen, *others], key=lambda line: (line.notice.at if line.notice else line.at, line.at)))


def _key(due: Due) -> Key:
    return due.kind.value, due.on


def of_dossier(
    session: Session, row: DossierRow, legal: datetime
) -> tuple[tuple[Foretold, ...], tuple[Foretold | Bygone, ...]]:
    """What the machine will do by itself for a dossier, as known now, and what it has done. Two statements."""
    view, call = view_of(row), ruling(session, row)
    today, seen = local_day(legal, call.authority.zone), seen_to(session, row, legal)
    items = due_items(view, call, today)
    lines = told(items, view, call, seen, today)
    return to_come(lines, legal), done(lines, bygone(items, call, seen))
