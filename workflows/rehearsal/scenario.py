"""What a scenario file holds: people, places, dossiers, dated events, and what is expected of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from workflows.calls.funding import RepaymentReading
from workflows.calls.parameters import Extension
from workflows.deadlines import Closing
from workflows.dossier import Project
from workflows.sites import SiteKind
from workflows.states import State


@dataclass(frozen=True, slots=True)
class Establishment:
    """A place of work. `id` is the word events use for it; without a `finess` number it is also its number.

    Without a `legal_entity` the establishment is its own.
    """

    id: str
    name: str
    kind: SiteKind
    department: str
    finess: str | None = None
    legal_entity: str | None = None
    ght: str | None = None
    zones: frozenset[str] = frozenset()
    priority: bool | None = None
    distance_km: int | None = None

    @property
    def number(self) -> str:
        """The id of the site in a dossier."""
        return self.finess or self.id


@dataclass(frozen=True, slots=True)
class Doctor:
    """A doctor and the facts known about them from the start. With `copies`, {n} in the texts is the number of each."""

    id: str
    name: str | None = None
    copies: int | None = None
    rpps: str | None = None
    registered: bool | None = None
    full_licence: bool | None = None
    specialist_title: bool | None = None
    foreign_title: bool | None = None
    residency_ends_on: date | None = None
    title_obtained_on: date | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody who may sign, from a day to a day included (None: without a bound)."""

    id: str
    name: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PlanPart:
    """Months with the same weekly half-days at each establishment, by its id."""

    months: int
    half_days: Mapping[str, Fraction]


class Filer(StrEnum):
    """Who files: the candidate, the recruiter, or every partner."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class DossierFile:
    """A dossier as it is opened, a draft. With `copies`, {n} and {nn} in the texts are the number of each copy."""

    number: str
    recruiter: str | None = None
    partners: tuple[str, ...] = ()
    copies: int | None = None
    opened_on: date | None = None
    category: str | None = None
    specialty: str | None = None
    plan: tuple[PlanPart, ...] = ()
    months: int | None = None
    wished_start: date | None = None
    candidate: str | None = None
    depositors: tuple[Filer, ...] | None = None
    contract_share: Fraction = Fraction(1)
    share_motivated: bool = False
    other_financing: bool = False
    project: Project | None = None


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A committee session added to the call."""

    id: str
    label: str
    first: date
    last: date
    rule: str = "décision de l’agence"


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A live parameter that becomes known, or changes, on a day: one kind of change each."""

    on: date
    quota: str | None = None
    places: int | None = None
    session: SessionFile | None = None
    opens_on: date | None = None
    closing: Closing | None = None
    extension: Extension | None = None
    note: str | None = None


class Part(StrEnum):
    """The part an actor plays. The machine is none of them: it acts by itself."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    PARTNER = "partner"
    ESTABLISHMENT = "establishment"
    MEMBER = "member"
    INSTRUCTOR = "instructor"
    HEAD = "head"
    DG = "dg"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ActorFile:
    """Who acts. `party` names the establishment or the doctor; by default the one of the dossier."""

    role: Part
    party: str | None = None


@dataclass(frozen=True, slots=True)
class EventFile:
    """An act attempted. `expect` is the state it leads to, or the codes that refuse it; `warns` are codes told."""

    act: str
    actor: ActorFile
    dossier: tuple[str, ...] = ("all",)
    expect: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CheckFile:
    """What must be true at an instant; members left out are not checked.

    `months` and `total` are the months still to be financed and their euros; `repay` the euros of each reading;
    `quotas` the places taken, by quota.
    """

    dossier: tuple[str, ...] = ("all",)
    only: tuple[str, ...] = ()
    state: State | None = None
    silence: date | None = None
    start: date | None = None
    end: date | None = None
    months: Fraction | None = None
    total: Decimal | None = None
    by_year: Mapping[str, Decimal] = field(default_factory=dict)
    delegated: Decimal | None = None
    paid: Decimal | None = None
    repay: Mapping[RepaymentReading, Decimal] = field(default_factory=dict)
    quotas: Mapping[str, int] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """The tree of a scenario file. The instants of events and checks, and the inputs of acts, are read beside it."""

    title: str
    dossiers: tuple[DossierFile, ...]
    events: tuple[EventFile, ...]
    call: str | None = None
    about: str | None = None
    complement: str | None = None
    until: date | None = None
    variants: tuple[str, ...] = ()
    establishments: tuple[Establishment, ...] = ()
    doctors: tuple[Doctor, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    parameters: tuple[ParameterChange, ...] = ()
    places_taken: Mapping[str, int] = field(default_factory=dict)
    checks: tuple[CheckFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An act attempted at a local instant (naive, on the clock of the authority), with its inputs as plain data.

    `dossiers` are the numbers of those it concerns, in their order; `place` is the rank of the event in its file.
    """

    place: int
    at: datetime
    file: EventFile
    dossiers: tuple[str, ...]
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A check at a local instant."""

    place: int
    at: datetime
    file: CheckFile
    dossiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """A dossier to open: its number, its rank among its copies (from 1), and its table with {n} filled in."""

    number: str
    rank: int
    file: DossierFile


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario ready to be played: copies made, references checked, events in order of time."""

    file: ScenarioFile
    openings: tuple[Opening, ...]
    doctors: Mapping[str, Doctor]
    events: tuple[Event, ...]
    checks: tuple[Checkpoint, ...]

    @property
    def variants(self) -> tuple[str | None, ...]:
        """The variants to play; a single None for a scenario without variants."""
        return self.file.variants or (None,)

    def events_of(self, variant: str | None) -> tuple[Event, ...]:
        """The events of a variant: those for all, and its own."""
        return tuple(e for e in self.events if not e.file.only or variant in e.file.only)

    def checks_of(self, variant: str | None) -> tuple[Checkpoint, ...]:
        """The checks of a variant."""
        return tuple(c for c in self.checks if not c.file.only or variant in c.file.only)
