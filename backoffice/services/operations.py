"""The state of the installation: what waits and for how long, what failed, what an alert says, what is tried again."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.services import outbox
from backoffice.store import operations as store
from backoffice.store.operations import Age, RowState, Tally
from backoffice.store.scope import Scope

_log = logging.getLogger(__name__)

#: A clock turns every minute at the latest: after that long without a turn, somebody must look.
CLOCK_LATE = timedelta(minutes=5)
TROUBLES = (RowState.DEAD, RowState.DOUBTFUL)


@dataclass(frozen=True, slots=True)
class Figures:
    """The outbox in figures: how many rows by kind, state and age."""

    tallies: tuple[Tally, ...]

    @property
    def kinds(self) -> list[str]:
        """The kinds of effects that have rows, by name."""
        return sorted({tally.kind for tally in self.tallies})

    def number(self, state: RowState, kind: str | None = None, age: Age | None = None) -> int:
        """How many rows stand at a state: of a kind or of all, of an age or of all."""
        return sum(
            tally.number
            for tally in self.tallies
            if tally.state is state and kind in {None, tally.kind} and age in {None, tally.age}
        )

    def waiting(self, age: Age, kind: str | None = None) -> int:
        """How many rows have waited for a worker for that long, the doubtful ones included."""
        return self.number(RowState.DUE, kind, age) + self.number(RowState.DOUBTFUL, kind, age)

    def attempts(self, kind: str) -> int:
        """How many attempts the rows of a kind that are not done have taken."""
        return sum(t.attempts for t in self.tallies if t.kind == kind and t.state is not RowState.DONE)

    @property
    def due_since(self) -> datetime | None:
        """Since when the oldest due row waits for a worker, or one tried for long for its next attempt."""
        waiting = (RowState.DUE, RowState.DOUBTFUL, RowState.LATER)
        return min((t.oldest for t in self.tallies if t.state in waiting and t.oldest is not None), default=None)

    @property
    def hinted_at(self) -> datetime | None:
        """When a row was last hinted to a worker."""
        return max((t.hinted_at for t in self.tallies if t.hinted_at is not None), default=None)


def figures(session: Session, now: datetime, scope: Scope | None = None) -> Figures:
    """The outbox in figures, of a scope or of the whole installation. One statement."""
    return Figures(tuple(store.tallies(session, now, scope)))


class AlertKind(StrEnum):
    """What somebody must look at."""

    QUEUE_LATE = "queue_late"
    CLOCK_LATE = "clock_late"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_NEVER = "clock_never"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that somebody must look at, and for how long it has lasted; of a clock ahead, by how much it is."""

    kind: AlertKind
    lasts: timedelta


def alerts(session: Session, now: datetime, late_after: timedelta) -> tuple[Alert, ...]:
    """What is wrong with the whole installation now: effects that nobody carries out, no clock. One statement."""
    pulse = store.pulse(session, now)
    found = []
    if pulse.due_since is not None and now - pulse.due_since > late_after:
        found.append(Alert(AlertKind.QUEUE_LATE, now - pulse.due_since))
    if pulse.ticked_at is None:
        found.append(Alert(AlertKind.CLOCK_NEVER, timedelta(0)))
    elif now - pulse.ticked_at > CLOCK_LATE:
        found.append(Alert(AlertKind.CLOCK_LATE, now - pulse.ticked_at))
    elif pulse.ticked_at - now > CLOCK_LATE:
        found.append(Alert(AlertKind.CLOCK_AHEAD, pulse.ticked_at - now))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Revived:
    """What came of asking for rows to be tried again: how many are, and how many did not wait for it any more."""

    revived: int
    already: int


def revive(session: Session, ids: Collection[UUID], now: datetime, *, by: str, scope: Scope | None = None) -> Revived:
    """Have some rows tried again. Raises LookupError when none of them is in the scope."""
    known = store.known(session, scope, ids)
    if not known:
        raise LookupError("no such rows")
    revived = outbox.revive_many(session, now, store.in_scope(scope, known))
    _log.info("rows revived by %s: %d of %d", by, len(revived), len(known))
    return Revived(len(revived), len(known) - len(revived))


def revive_all(session: Session, kind: str | None, now: datetime, *, by: str, scope: Scope | None = None) -> Revived:
    """Have every dead or doubtful row tried again, of a kind or of all."""
    revived = outbox.revive_many(session, now, store.in_scope(scope, kind=kind))
    _log.info("rows revived by %s: %d (%s)", by, len(revived), kind or "every kind")
    return Revived(len(revived), 0)


_REFUSAL = re.compile(r"(Le serveur de courriel refuse [^(]*)\((\d{3}(?: \d\.\d{1,3}\.\d{1,3})?)")
_HARMLESS = re.compile(
    r"Le serveur de courriel ne (?:répond|sait) |erreur inattendue \(|Personne à prévenir"
    r"|Chaque tentative a été interrompue|L’envoi a été interrompu"
)
_ADDRESS = re.compile(r"\S+@\S+")
HIDDEN = "Le détail est réservé aux agents de la région du dossier."


def without_persons(error: str | None) -> str:
    """A last error as whoever runs the machines may read it: what servers and acts say may be about somebody."""
    if not error:
        return ""
    refusal = _REFUSAL.search(error)
    if refusal:
        return f"{refusal[1].rstrip()} ({refusal[2]})."
    return _ADDRESS.sub("[adresse]", error) if _HARMLESS.match(error) else HIDDEN


def parsed_ids(texts: Iterable[str]) -> list[UUID]:
    """The ids written in some texts; what is no id is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
