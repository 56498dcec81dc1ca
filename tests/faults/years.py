"""Years of ticks in six zones: every reminder once, every deadline at its very instant.

Three clocks tick. One of them is paused now and then in the middle of a tick, and goes on with the instant it had read.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services import due, slots
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DigestLine, DueNotice
from tests.backoffice.stored import stored_life
from workflows.deadlines import hour_of_day

ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
)
#: What falls due each day: at which hour, and whether somebody is told.
HOURS = {"minuit": 0, "nuit": 2, "matin": 8}
TOLD = "matin"
PERIOD = timedelta(hours=1)
MODEL = "na-2024"


@dataclass
class Town:
    """A dossier in each zone."""

    session: Session
    dossiers: dict[str, UUID] = field(default_factory=dict)

    def settle(self) -> None:
        """Open a dossier in each zone."""
        model = self.session.get_one(DossierRow, stored_life(self.session, MODEL).id)
        plain = {c.name: getattr(model, c.name) for c in DossierRow.__table__.columns}
        with writing(self.session):
            for number, zone in enumerate(ZONES):
                own = {"id": UUID(int=number + 1), "number": f"Z-{number}", "agenda": "simulé"}
                self.session.add(DossierRow(**{**plain, **own}))
                self.dossiers[zone] = UUID(int=number + 1)

    def plan(self, days: list[date]) -> None:
        """Make something fall due on every dossier, several times a day."""
        for zone, dossier in self.dossiers.items():
            with writing(self.session):
                self.session.add_all(
                    Deadline(
                        dossier=dossier,
                        kind=kind,
                        due_on=day,
                        due_at=hour_of_day(day, 0, zone),
                        run_at=hour_of_day(day, hour, zone),
                        family=kind,
                        job="J4",
                        told=[f"recruiter|{dossier.int:09}"] if kind == TOLD else [],
                    )
                    for day in days
                    for kind, hour in HOURS.items()
                )
                self.session.flush()
                self.session.expunge_all()


@dataclass
class Clock:
    """One of the clocks: `held`: the instant it had read when it was paused."""

    rng: random.Random
    pauses: bool
    held: datetime | None = None
    until: datetime | None = None

    def now(self, instant: datetime) -> datetime | None:
        """The instant it ticks at; None while it is paused."""
        if self.held is not None and self.until is not None:
            if instant < self.until:
                return None
            stale, self.held = self.held, None
            return stale
        if self.pauses and self.rng.random() < 0.02:
            self.held, self.until = instant, instant + self.rng.randint(1, 72) * PERIOD
            return None
        return instant


def live(session: Session, first: datetime, last: datetime, seed: int) -> int:
    """Tick from an instant to another, on three clocks; gives the number of ticks that were worked."""
    rng, worked, instant = random.Random(seed), 0, first  # noqa: S311 - a simulation
    clocks = [Clock(rng, pauses=False), Clock(rng, pauses=False), Clock(rng, pauses=True)]
    while instant <= last:
        for clock in clocks:
            now = clock.now(instant)
            if now is not None and slots.take(session, "due", now, now):
                due.tick(session, legal=now, machine=now)
                slots.close(session, "due", now, now)
                worked += 1
        instant += PERIOD
    return worked


def faults(town: Town, days: list[date]) -> Iterator[str]:
    """What did not happen once, or not at its hour; nothing when all is well."""
    session = town.session
    for zone, dossier in town.dossiers.items():
        rows = session.execute(
            select(DueNotice.kind, DueNotice.due_on, func.count(), func.min(DueNotice.noticed_at))
            .where(DueNotice.dossier == dossier)
            .group_by(DueNotice.kind, DueNotice.due_on)
        )
        seen = {(kind, on): (number, at) for kind, on, number, at in rows}
        for day in days:
            for kind, hour in HOURS.items():
                yield from _fault(zone, day, kind, hour, seen.get((kind, day)))
        told = session.scalar(select(func.count()).select_from(DigestLine).where(DigestLine.dossier == dossier))
        if told != len(days):
            yield f"{zone} : {told} rappels pour {len(days)} jours"
    mails = session.scalar(
        select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == "digest", OutboxRow.name == "J4")
    )
    if mails != len(days) * len(town.dossiers):
        yield f"{mails} courriels pour {len(days) * len(town.dossiers)} rappels"


def _fault(zone: str, day: date, kind: str, hour: int, seen: tuple[int, datetime] | None) -> Iterator[str]:
    if seen is None:
        yield f"{zone}, {day}, {kind} : jamais vu"
        return
    number, at = seen
    local = at.astimezone(ZoneInfo(zone))
    wanted = hour_of_day(day, hour, zone)
    if number != 1 or at != wanted or local.date() != day:
        yield f"{zone}, {day}, {kind} : vu {number} fois, à {local}, attendu à {wanted}"


def days_between(first: date, last: date) -> list[date]:
    """Every day from one to another, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def simulate(session: Session, first: date, last: date, seed: int) -> tuple[int, int, list[str]]:
    """Live from a day to another in the six zones; gives the ticks worked, the deadlines, and what went wrong."""
    days = days_between(first, last)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    town = Town(session)
    town.settle()
    town.plan(days)
    ticks = live(session, start, start + timedelta(days=len(days) + 2), seed)
    return ticks, len(days) * len(HOURS) * len(ZONES), list(faults(town, days))
