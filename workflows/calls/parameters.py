"""The live parameters of a call: dated values that may change or arrive late without changing its clauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.calls.jobs import DEFAULT_JOBS, Jobs
from workflows.calls.sources import Sourced
from workflows.deadlines import Closing


@dataclass(frozen=True, slots=True)
class Extension:
    """A published decision that moves the closing for everybody."""

    closing: Closing
    decided_on: date
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quota:
    """A number of posts that awards may not exceed; unknown places: awards are made "sous réserve" (A18).

    `within` names the quota this one is part of ("dont"). `category`, `departments` and `ghts` say which dossiers
    count in it (None: all); `finess` and `specialty` earmark its places for an establishment or a specialty.
    `source`: the places come from an entry of a quota source, such as `dgos-2020:II:03`.
    """

    id: str
    label: str
    places: Sourced[int]
    within: str | None = None
    category: str | None = None
    departments: tuple[str, ...] | None = None
    ghts: tuple[str, ...] | None = None
    finess: str | None = None
    specialty: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A committee session as announced: some day between `first` and `last` included."""

    id: str
    label: str
    first: date
    last: date
    rule: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the posts of a call may cost in a calendar year, in euros, as it is known from the day `since` on."""

    year: int
    since: date
    amount: Sourced[Decimal]


@dataclass(frozen=True, slots=True)
class Budget:
    """The envelopes of a call. `binds`: no award may commit more; without it an overrun is only pointed out."""

    envelopes: tuple[Envelope, ...] = ()
    binds: Sourced[bool] | None = None

    def envelope(self, year: int, day: date) -> Sourced[Decimal] | None:
        """The envelope of a year as it is known on a day; None while the call says nothing of it."""
        known = [e for e in self.envelopes if e.year == year and e.since <= day]
        return max(known, key=lambda e: e.since).amount if known else None


#: A call that says nothing of its credits.
NO_BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Parameters:
    """What may still move while a call runs."""

    opens_on: Sourced[date]
    closing: Sourced[Closing]
    extensions: tuple[Extension, ...]
    quotas: tuple[Quota, ...]
    sessions: tuple[Session, ...]
    jobs: Jobs = DEFAULT_JOBS
    budget: Budget = NO_BUDGET

    def closing_at(self, day: date) -> Sourced[Closing]:
        """The closing in force on a day: the printed one or its last published extension."""
        decided = [e for e in self.extensions if e.decided_on <= day]
        if not decided:
            return self.closing
        last = max(decided, key=lambda e: e.decided_on)
        return Sourced(last.closing, self.closing.origin, self.closing.rule, last.reason)
