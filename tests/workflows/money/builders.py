"""The money clauses of real and invented calls, written in Python, and the posts they are tried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from workflows.calls.funding import (
    Component,
    CostReading,
    Every,
    FlatAmount,
    Funding,
    Rate,
    RepaymentClause,
    RepaymentReading,
    ScaleStep,
    TranchePattern,
)
from workflows.calls.sources import Origin, Sourced
from workflows.money.schedule import Schedule, planned, served
from workflows.money.terms import PostTerms
from workflows.sites import Period, Site, SiteKind, SiteRole, SiteSelector
from workflows.tenure import Tenure

T = TypeVar("T")


def printed(value: T, rule: str) -> Sourced[T]:
    return Sourced(value, Origin.PRINTED, rule)


def law(value: T, rule: str = "arrêté du 8 juillet 2022") -> Sourced[T]:
    return Sourced(value, Origin.LAW, rule)


def default(value: T, rule: str) -> Sourced[T]:
    return Sourced(value, Origin.DEFAULT, rule)


def complement(value: T, rule: str) -> Sourced[T]:
    return Sourced(value, Origin.COMPLEMENT, rule)


def choice(value: T, rule: str) -> Sourced[T]:
    return Sourced(value, Origin.CHOICE, rule)


def euros(text: str) -> Decimal:
    """An amount as the tables of the rules print it: 77 994,96."""
    return Decimal(text.replace(" ", "").replace(",", "."))


def day(text: str) -> date:
    """A day as people write it: 01/11/2024."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def component(name: str, amount: str | None, rule: str, every: Every = Every.MONTH, **changes: object) -> Component:
    value: Sourced[Decimal]
    value = printed(Decimal(amount), rule) if amount is not None else Sourced(None, Origin.UNKNOWN, rule)
    built = Component(name, name, value, every, charged=True, financed=True)
    return replace(built, **changes)  # type: ignore[arg-type]


WHOLE = CostReading("whole", "coût complet, charges comprises", ("base", "iespe", "pet"), charges=True)


def funding(**changes: object) -> Funding:
    """Clauses that say nothing about amounts; the tests add what they need."""
    silent = Funding(
        rates=(),
        components=(),
        charges=Sourced(None, Origin.UNKNOWN, "A25"),
        flats=(),
        readings=(),
        reading=Sourced(None, Origin.UNKNOWN, "A24"),
        printed_cost=None,
        scaled_by_contract=default(False, "A41"),
        indexed=default(False, "A26"),
        tranches=default(TranchePattern.CALENDAR_YEAR, "A48"),
        line=Sourced(None, Origin.UNKNOWN, "3.4"),
        payee=default("recruiter", "A5"),
        rate_index=default("post", "A27"),
        repayment_clauses=(),
        repayment_reading=Sourced(None, Origin.UNKNOWN, "A1"),
    )
    return replace(silent, **changes)  # type: ignore[arg-type]


NA_CLAUSE = RepaymentClause("cca", "remboursement du financement délégué", "NA-21")


def na(**changes: object) -> Funding:
    """Nouvelle-Aquitaine 2024: 3 249,79 printed, beside the components it says it comes from."""
    clauses = funding(
        rates=(Rate(printed(Fraction(1, 2), "NA-17")),),
        components=(
            component("base", "2803.59", "NA-19"),
            component("iespe", "1010", "NA-19"),
            component("pet", "700", "NA-19"),
        ),
        charges=printed(Fraction(44, 100), "NA-19"),
        flats=(FlatAmount("part", "part de l’agence", printed(Decimal("3249.79"), "NA-18"), Every.MONTH),),
        readings=(WHOLE,),
        reading=printed("whole", "NA-17"),
        printed_cost=printed(Decimal("6499.58"), "NA-19"),
        repayment_clauses=(NA_CLAUSE,),
    )
    return replace(clauses, **changes)  # type: ignore[arg-type]


def na_recomputed(base: Component, **changes: object) -> Funding:
    """Nouvelle-Aquitaine without its printed totals, on another monthly or annual base."""
    components = (base, *na().components[1:])
    return na(**{"components": components, "flats": (), "printed_cost": None, **changes})


LEGAL_BASE = replace(component("base", None, "3.2", Every.YEAR), amount=law(Decimal("33643.13")))


def idf(**changes: object) -> Funding:
    """Île-de-France 2025, with a complement: 60 % of a cost of 6 499,58."""
    clauses = funding(
        rates=(Rate(printed(Fraction(60, 100), "IDF-04")),),
        printed_cost=complement(Decimal("6499.58"), "IDF-15"),
    )
    return replace(clauses, **changes)  # type: ignore[arg-type]


def ara(**changes: object) -> Funding:
    """Auvergne-Rhône-Alpes 2017, with a complement: 80 % then 60 % of a cost of 6 499,58."""
    clauses = funding(
        rates=(
            Rate(printed(Fraction(80, 100), "ARA-08"), years=(1,)),
            Rate(printed(Fraction(60, 100), "ARA-08"), years=(2,)),
        ),
        printed_cost=complement(Decimal("6499.58"), "ARA-18"),
    )
    return replace(clauses, **changes)  # type: ignore[arg-type]


def step(above: str, up_to: str | None, amount: str, sites: int = 1, *, included: bool = False) -> ScaleStep:
    upper = None if up_to is None else Fraction(up_to)
    return ScaleStep(Fraction(above), upper, sites, Decimal(amount), above_included=included)


PET_SCALE = (
    step("1", "1", "250", included=True),
    step("1", "3", "450"),
    step("3", "4", "700"),
    step("4", "4", "1000", sites=2, included=True),
    step("4", None, "1000"),
)

PET = Component(
    "pet",
    "prime d’exercice territorial",
    None,
    Every.MONTH,
    charged=True,
    financed=True,
    scale=printed(PET_SCALE, "CVL-09"),
    min_distance_km=printed(20, "CVL-10"),
)

HOSPITAL = SiteSelector(role=SiteRole.RECRUITER)
CVL_READINGS = (
    CostReading("a", "part hospitalière du salaire, sans la prime", ("base", "iespe"), False, HOSPITAL),
    CostReading("b", "la même avec la prime", ("base", "iespe", "pet"), False, HOSPITAL, ("pet",)),
    CostReading("c", "la même avec les charges", ("base", "iespe", "pet"), True, HOSPITAL, ("pet",)),
    CostReading("d", "salaire entier et prime", ("base", "iespe", "pet"), False),
)


def cvl(**changes: object) -> Funding:
    """Centre-Val de Loire: four readings, none chosen yet; employer charges are not in the call."""
    clauses = funding(
        rates=(Rate(printed(Fraction(1), "CVL-05")),),
        components=(component("base", "2762.16", "CVL-08"), component("iespe", "1010", "CVL-08"), PET),
        charges=Sourced(None, Origin.UNKNOWN, "CVL-19"),
        readings=CVL_READINGS,
        reading=default("b", "A24"),
    )
    return replace(clauses, **changes)  # type: ignore[arg-type]


def site(name: str, role: SiteRole, distance: int | None = None) -> Site:
    return Site(name, "99" + name, name, role, SiteKind.CH, "41", distance_km=distance)


MAIN = site("9900001", SiteRole.RECRUITER)
NEAR = site("9900002", SiteRole.PARTNER, 12)
FAR = site("9900003", SiteRole.PARTNER, 35)
FARTHER = site("9900004", SiteRole.PARTNER, 60)


def plan_of(months: int = 24, **half_days: str) -> Period:
    """A period of a plan: half-days per week at MAIN, NEAR, FAR and FARTHER."""
    places = {"main": MAIN, "near": NEAR, "far": FAR, "farther": FARTHER}
    return Period(months, tuple((places[name].id, Fraction(n)) for name, n in half_days.items()))


HALF = PostTerms(plan=(plan_of(main="5", far="5"),), sites=(MAIN, FAR))
PLAIN = PostTerms()


def plan_schedule(
    clauses: Funding, first: str, last: str, terms: PostTerms = PLAIN, reading: str | None = None
) -> Schedule:
    """The schedule of a post planned from `first` to `last`."""
    return planned(clauses, terms, day(first), day(last), reading)


def serve(
    clauses: Funding,
    *tenures: tuple[str, str],
    until: str | None = None,
    terms: PostTerms = PLAIN,
    reading: str | None = None,
) -> Schedule:
    """The schedule served by successive doctors, each given by a first and a last day."""
    last = until or tenures[-1][1]
    return served(clauses, terms, holders(*tenures), day(last), reading)


def holders(*tenures: tuple[str, str]) -> tuple[Tenure, ...]:
    """Tenures of invented doctors, one for each pair of days."""
    names = ("Capucine Bleuet", "Anatole Garance", "Iris Safran", "Basile Indigo")
    return tuple(Tenure(name, day(first), day(last)) for name, (first, last) in zip(names, tenures, strict=False))


def with_reading(clauses: Funding, reading: RepaymentReading) -> Funding:
    """The same clauses once the agency has signed its choice of a repayment reading."""
    return replace(clauses, repayment_reading=choice(reading, "A1"))
