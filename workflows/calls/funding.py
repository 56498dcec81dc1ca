"""The money clauses of a call: cost base, rates, printed amounts, readings, tranches, repayment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from workflows.calls.sources import Origin, Sourced
from workflows.sites import SiteSelector


class Every(StrEnum):
    """How often an amount is due."""

    MONTH = "month"
    YEAR = "year"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """One step of a scale by weekly half-days off the main site.

    The step applies above `above` (from `above` itself when `above_included`) and up to `up_to` included (None: no
    upper bound) on at least `sites` sites other than the main one. `amount` is euros per month.
    """

    above: Fraction
    up_to: Fraction | None
    sites: int
    amount: Decimal
    above_included: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the cost of a post: `amount` euros gross, or a `scale`; unknown amount = nobody may compute with it.

    `charged`: employer charges are added to it. `financed`: it counts in what the authority pays for.
    `category`: the component exists only for posts of that category (None: all).
    `min_distance_km`: a scale is owed only for sites at least that far from the main one.
    """

    id: str
    label: str
    amount: Sourced[Decimal] | None
    every: Every
    charged: bool
    financed: bool
    scale: Sourced[tuple[ScaleStep, ...]] | None = None
    category: str | None = None
    min_distance_km: Sourced[int] | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Share of the cost paid by the authority, by years of the post (1 = months 1 to 12), category or component.

    None stands for "all". The most particular rate wins: component, then category, then year.
    """

    rate: Sourced[Fraction]
    years: tuple[int, ...] | None = None
    category: str | None = None
    component: str | None = None


@dataclass(frozen=True, slots=True)
class FlatAmount:
    """An amount of the authority's part printed as such, in euros.

    By month or by year it stands in for anything computed, unless it `adds` to it; a one-off amount always adds.
    Flats of the same id are alternatives (the most particular one wins: category, then year); of other ids, a sum.
    """

    id: str
    label: str
    amount: Sourced[Decimal]
    every: Every
    years: tuple[int, ...] | None = None
    category: str | None = None
    adds: bool = False


@dataclass(frozen=True, slots=True)
class CostReading:
    """One way to understand which cost the authority pays for.

    `components`: ids that count. `charges`: employer charges counted. `scaled_by`: the amounts of the components are
    multiplied by the share of time at these sites, except for the components listed in `unscaled`.
    """

    id: str
    label: str
    components: tuple[str, ...]
    charges: bool
    scaled_by: SiteSelector | None = None
    unscaled: tuple[str, ...] = ()


class TranchePattern(StrEnum):
    """How the credits of a post are delegated over time."""

    AT_START = "at_start"
    CALENDAR_YEAR = "calendar_year"
    CONTRACT_YEAR = "contract_year"


class RepaymentReading(StrEnum):
    """What is asked back at an early end (A1)."""

    PRORATA = "prorata"
    INTEGRAL = "integral"
    CONTRACT_YEAR = "annee_contrat"

    @property
    def label(self) -> str:
        """How people name the reading: a repayment `au prorata`."""
        return _READING_WORDS[self][0]

    @property
    def asks(self) -> str:
        """What it asks back, in words."""
        return _READING_WORDS[self][1]

    @property
    def kept(self) -> str:
        """What it leaves to the recruiter, in words that an amount follows."""
        return _READING_WORDS[self][2]


_READING_WORDS = {
    RepaymentReading.PRORATA: (
        "au prorata",
        "les crédits versés pour des mois qui n’ont pas été servis",
        "Restent acquis les mois servis",
    ),
    RepaymentReading.INTEGRAL: ("en entier", "tous les crédits versés", "Reste acquis"),
    RepaymentReading.CONTRACT_YEAR: (
        "par année du contrat",
        "les crédits versés, moins ceux des années de contrat terminées",
        "Restent acquises les années de contrat terminées",
    ),
}


class Vehicle(StrEnum):
    """How the money of a repayment comes back."""

    TITLE = "title"
    AMENDING_DECISION = "amending_decision"
    OFFSET = "offset"

    @property
    def label(self) -> str:
        """The French words for the vehicle."""
        return _VEHICLE_LABELS[self]


_VEHICLE_LABELS = {
    Vehicle.TITLE: "titre de recettes",
    Vehicle.AMENDING_DECISION: "décision modificative",
    Vehicle.OFFSET: "compensation",
}

#: By which way the money of a line comes back where the call says nothing: the FIR is in the budget of the agency, the
#: MIGAC are granted by a decision that another one lowers.
USUAL_VEHICLES: Mapping[str, Sourced[Vehicle]] = MappingProxyType(
    {
        "FIR": Sourced(Vehicle.TITLE, Origin.DEFAULT, "A3"),
        "MIGAC": Sourced(Vehicle.AMENDING_DECISION, Origin.DEFAULT, "A3"),
    }
)


@dataclass(frozen=True, slots=True)
class RepaymentClause:
    """A clause by which the authority may recover credits when a post ends early for `cause`."""

    cause: str
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Funding:
    """Everything a call says about money, frozen into the award.

    `flats`: printed amounts of the authority's part. `rates` x `components` under the `reading` chosen: computed
    amounts (without any reading: the whole cost). `charges`: rate of employer charges. `printed_cost`: what a post
    costs for a month, every financed component and its charges included; it prevails over their sum.
    `scaled_by_contract`: a part-time contract scales the amount (A41).
    `vehicle`: the act that carries the credits where the call names one (an amendment to the CPOM), in French.
    `repayment_vehicles`: by line of credits, how the money of a repayment comes back, where it is not the usual way.
    """

    rates: tuple[Rate, ...]
    components: tuple[Component, ...]
    charges: Sourced[Fraction]
    flats: tuple[FlatAmount, ...]
    readings: tuple[CostReading, ...]
    reading: Sourced[str]
    printed_cost: Sourced[Decimal] | None
    scaled_by_contract: Sourced[bool]
    indexed: Sourced[bool]
    tranches: Sourced[TranchePattern]
    line: Sourced[str]
    payee: Sourced[str]
    rate_index: Sourced[str]
    repayment_clauses: tuple[RepaymentClause, ...]
    repayment_reading: Sourced[RepaymentReading]
    vehicle: Sourced[str] | None = None
    repayment_vehicles: Mapping[str, Sourced[Vehicle]] = field(default_factory=dict, metadata={"late": True})

    @property
    def signed_reading(self) -> RepaymentReading | None:
        """The reading that the agency has signed; None while it is only a default, or not known (A1)."""
        return None if self.repayment_reading.is_default else self.repayment_reading.value

    def reading_among(self, open_to: Collection[RepaymentReading]) -> RepaymentReading:
        """The reading that applies among those that a clause opens: the signed one, else pro rata."""
        signed = self.signed_reading
        return signed if signed is not None and signed in open_to else RepaymentReading.PRORATA

    def settles(self, open_to: Collection[RepaymentReading]) -> bool:
        """True when nothing more is to be signed: it is, or no clause leaves a choice (A2)."""
        return self.signed_reading is not None or set(open_to) <= {RepaymentReading.PRORATA}

    def repayment_vehicle(self, line: str | None) -> Sourced[Vehicle] | None:
        """How the money of a line comes back; None for no line, or for one that neither the call nor usage knows."""
        name = (line or "").strip().upper()
        given = {key.strip().upper(): vehicle for key, vehicle in self.repayment_vehicles.items()}
        return given.get(name) or USUAL_VEHICLES.get(name)
