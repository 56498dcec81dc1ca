"""What a rehearsal gives: its history in order, then the account of each dossier and of the quotas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from workflows.actors import Actor
from workflows.calls.funding import RepaymentReading
from workflows.dossier import Dossier
from workflows.due import Due
from workflows.effects import Effect
from workflows.findings import Finding
from workflows.states import State


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier was opened as a draft. `renews` is the number of the one it renews."""

    at: datetime
    dossier: str
    renews: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A live parameter of the call became known or changed."""

    at: datetime
    what: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Fell:
    """Something fell due: the machine tells it on its day."""

    at: datetime
    dossier: str
    due: Due


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the scenario expected of an act: a state or codes, and warnings. `met` is False when it was otherwise."""

    wanted: tuple[str, ...]
    warns: tuple[str, ...]
    met: bool


@dataclass(frozen=True, slots=True)
class Step:
    """An act attempted.

    `target` is the state it led to, None when it was refused. `who` are the words for its author, `inputs` what the
    form said, in French. `lifted` are the reasons written to lift a hold, by code. `dates` are the dates that the
    act set, moved or took away (None), by name; `changes` what it changed beside the state, in French.
    """

    at: datetime
    dossier: str
    act: str
    label: str
    by: Actor
    who: str
    source: State
    target: State | None
    findings: tuple[Finding, ...]
    effects: tuple[Effect, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    lifted: Mapping[str, str] | None = None
    dates: Mapping[str, date | None] | None = None
    changes: tuple[str, ...] = ()
    expectation: Expectation | None = None
    note: str | None = None

    @property
    def refused(self) -> bool:
        """True when the act did not go through."""
        return self.target is None


@dataclass(frozen=True, slots=True)
class Checked:
    """A fact checked by the scenario. `dossier` is None for the places of a quota."""

    at: datetime
    dossier: str | None
    what: str
    wanted: str
    found: str
    note: str | None = None

    @property
    def met(self) -> bool:
        """True when the fact is what the scenario says."""
        return self.wanted == self.found


Line = Opened | Changed | Fell | Step | Checked


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a post: thirtieths by holder (their words), and euros when the cost is known."""

    year: int
    month: int
    holders: tuple[tuple[str, int], ...]
    amount: Decimal | None

    @property
    def thirtieths(self) -> int:
        """Thirtieths of the post, 30 at most."""
        return sum(n for _, n in self.holders)


@dataclass(frozen=True, slots=True)
class Account:
    """The months of a post and what the authority pays for them, in euros.

    `unknown` is the rule of the value that the call does not give: then no amount is computed. `unsettled` are the
    rules of values that nobody has decided: then amounts are shown, not notified.
    """

    months: Fraction
    lines: tuple[Month, ...]
    by_year: Mapping[int, Decimal]
    total: Decimal | None
    unknown: str | None = None
    unsettled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """What one reading asks back, in euros. `allowed`: a clause of the call allows it for this end."""

    reading: RepaymentReading
    amount: Decimal
    allowed: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """What a post that ended gives back. `shown` is the reading that applies, signed or not (`decidable`)."""

    paid: Decimal
    served: Decimal
    readings: tuple[ReadingLine, ...]
    shown: RepaymentReading
    decidable: bool


@dataclass(frozen=True, slots=True)
class CostLine:
    """The monthly part under one reading of the cost, in euros; None when a value is unknown."""

    label: str
    amount: Decimal | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class DossierReport:
    """A dossier at the end of the rehearsal: the view itself, its money, and what would fall due next."""

    dossier: Dossier
    silence_on: date | None
    holders: Mapping[str, str]
    awarded: Account | None
    funded: Account | None
    costs: tuple[CostLine, ...]
    owed: Owed | None
    coming: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class QuotaReport:
    """A quota at the end: places known, places taken, and the most ever taken."""

    id: str
    label: str
    places: int | None
    taken: int
    highest: int


@dataclass(frozen=True, slots=True)
class Completed:
    """A value that the complement gives: its place in the call, the rule it stands for, and the value in words."""

    path: str
    rule: str
    value: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A scenario played against a call, in one of its variants."""

    title: str
    about: str | None
    variant: str | None
    call: str
    call_title: str
    digest: str
    zone: str
    complement: str | None
    completed: tuple[Completed, ...]
    places_before: Mapping[str, int]
    history: tuple[Line, ...]
    dossiers: tuple[DossierReport, ...]
    quotas: tuple[QuotaReport, ...]

    @property
    def unmet(self) -> tuple[Step | Checked, ...]:
        """The expectations that were not met."""
        steps = [s for s in self.history if isinstance(s, Step) and s.expectation and not s.expectation.met]
        checks = [c for c in self.history if isinstance(c, Checked) and not c.met]
        return (*steps, *checks)

    @property
    def expected(self) -> int:
        """How many expectations the scenario holds."""
        steps = sum(1 for s in self.history if isinstance(s, Step) and s.expectation)
        return steps + sum(1 for c in self.history if isinstance(c, Checked))
