"""Money: what refers to a component, a category or a reading that exists, and amounts said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from workflows.calls.checks.base import each, known, not_among, repeated, tolerant
from workflows.calls.checks.selectors import check_selector
from workflows.calls.errors import Found, Path
from workflows.calls.funding import (
    Component,
    CostReading,
    FlatAmount,
    Funding,
    Rate,
    RepaymentClause,
    ScaleStep,
)
from workflows.calls.model import CallFile
from workflows.calls.salvage import MissingPartError
from workflows.french import share
from workflows.parts.requests import EndReason

_ROOT: Path = ("clauses", "funding")

#: Why a post ends early, as a repayment clause names it: `cca` is narrower than the reason people report.
REPAYMENT_CAUSES = ("cca", *EndReason)
#: Rates follow the year of the post, never that of the candidate (A27).
_RATE_INDEXES = ("post",)
#: Who may be credited.
_PAYEES = ("recruiter", "partner")

Particular = TypeVar("Particular", Rate, FlatAmount)


def check_funding(file: CallFile) -> Iterator[Found]:
    """Rates, components, flat amounts, readings and repayment clauses."""
    funding = file.clauses.funding
    yield from tolerant(_check_charges(funding))
    yield from tolerant(_check_index(funding))
    yield from tolerant(_check_payee(funding))
    yield from tolerant(_check_components(funding))
    yield from tolerant(_check_rates(funding))
    yield from tolerant(_check_flats(funding))
    yield from tolerant(_check_readings(funding))
    yield from tolerant(_check_reading(funding))
    yield from tolerant(each((*_ROOT, "repayment_clauses"), funding.repayment_clauses, _check_cause))
    yield from tolerant(_check_categories(file))


def _check_charges(funding: Funding) -> Iterator[Found]:
    rate = known(funding.charges)
    if rate is not None and rate > 1:
        yield (
            (*_ROOT, "charges", "value"),
            f'Un taux de charges de {share(rate)} : écrivez par exemple "44 %" ou 0.44.',
        )


def _check_index(funding: Funding) -> Iterator[Found]:
    index = known(funding.rate_index)
    if index is not None and index not in _RATE_INDEXES:
        message = "Les taux suivent l’année du poste, jamais celle du candidat ni l’année civile (A27)."
        yield (*_ROOT, "rate_index", "value"), f"{message} Écrivez « post »."


def _check_payee(funding: Funding) -> Iterator[Found]:
    payee = known(funding.payee)
    if payee is not None and payee not in _PAYEES:
        message = f"« {payee} » ne reçoit pas de crédits. {not_among(payee, _PAYEES)}"
        yield (*_ROOT, "payee", "value"), message


def _ids(items: Iterable[Component] | Iterable[CostReading]) -> list[str]:
    """The ids that could be read."""
    found = []
    for item in items:
        try:
            found.append(item.id)
        except MissingPartError:
            continue
    return found


def _check_components(funding: Funding) -> Iterator[Found]:
    path = (*_ROOT, "components")
    yield from repeated(path, funding.components, lambda component: component.id)
    yield from each(path, funding.components, _check_component)


def _check_component(path: Path, component: Component) -> Iterator[Found]:
    if (component.amount is None) is (component.scale is None):
        yield path, "Une composante a un montant (amount) ou un barème (scale) : donnez l’un des deux."
    if component.scale is None and component.min_distance_km is not None:
        yield (*path, "min_distance_km"), "La distance ne joue que dans un barème (scale) : retirez-la."
    steps = known(component.scale)
    yield from each((*path, "scale", "value"), steps or (), _check_step)


def _check_step(path: Path, step: ScaleStep) -> Iterator[Found]:
    if step.up_to is not None and step.up_to < step.above:
        yield (*path, "up_to"), f"Cet échelon finit ({step.up_to}) avant de commencer ({step.above})."
    if step.sites == 0:
        yield (*path, "sites"), "Un échelon compte au moins un lieu hors du site principal."


def _check_rates(funding: Funding) -> Iterator[Found]:
    path = (*_ROOT, "rates")
    components = _ids(funding.components)

    def check(place: Path, rate: Rate) -> Iterator[Found]:
        if rate.component is not None and rate.component not in components:
            hint = not_among(rate.component, components)
            yield (*place, "component"), f"La composante « {rate.component} » n’existe pas. {hint}"
        yield from _check_years(place, rate.years)
        value = known(rate.rate)
        if value is not None and value > 1:
            yield (*place, "rate", "value"), f"Un taux va de 0 % à 100 % : {share(value)} est trop grand."

    yield from each(path, funding.rates, check)
    yield from _said_twice(path, funding.rates, lambda rate: (rate.component, rate.category))


def _check_flats(funding: Funding) -> Iterator[Found]:
    path = (*_ROOT, "flats")
    yield from each(path, funding.flats, lambda place, flat: _check_years(place, flat.years))
    yield from _said_twice(path, funding.flats, lambda flat: (flat.id, flat.category))


def _check_years(path: Path, years: tuple[int, ...] | None) -> Iterator[Found]:
    if years is not None and not years:
        yield (*path, "years"), "Donnez au moins une année, ou retirez « years » pour toutes."
    if years is not None and 0 in years:
        yield (*path, "years"), "Les années du poste se comptent à partir de 1."


def _said_twice(
    path: Path, items: Iterable[Particular], key: Callable[[Particular], tuple[str | None, str | None]]
) -> Iterator[Found]:
    """Two amounts for the same year of the same posts: nothing says which one applies."""
    seen: list[tuple[object, frozenset[int] | None]] = []
    for rank, item in enumerate(items):
        try:
            what, years = key(item), None if item.years is None else frozenset(item.years)
        except MissingPartError:
            continue
        if any(what == other and _meet(years, others) for other, others in seen):
            yield (
                (*path, rank),
                "Une ligne plus haut vaut déjà pour les mêmes postes et les mêmes années : gardez-en une.",
            )
        seen.append((what, years))


def _meet(years: frozenset[int] | None, others: frozenset[int] | None) -> bool:
    """True for two lists with a year in common; between a list and no list the more particular wins."""
    if years is None or others is None:
        return years is others
    return bool(years & others)


def _check_readings(funding: Funding) -> Iterator[Found]:
    path = (*_ROOT, "readings")
    components = _ids(funding.components)

    def check(place: Path, reading: CostReading) -> Iterator[Found]:
        for rank, component in enumerate(reading.components):
            if component not in components:
                hint = not_among(component, components)
                yield (*place, "components", rank), f"La composante « {component} » n’existe pas. {hint}"
        for rank, component in enumerate(reading.unscaled):
            if component not in reading.components:
                yield (
                    (*place, "unscaled", rank),
                    f"La composante « {component} » n’est pas dans cette lecture.",
                )
        if reading.scaled_by is not None:
            yield from check_selector((*place, "scaled_by"), reading.scaled_by)
        elif reading.unscaled:
            yield (
                (*place, "unscaled"),
                "« unscaled » ne sert qu’avec « scaled_by » : donnez les lieux ou retirez-le.",
            )

    yield from repeated(path, funding.readings, lambda reading: reading.id)
    yield from each(path, funding.readings, check)


def _check_reading(funding: Funding) -> Iterator[Found]:
    chosen, readings = known(funding.reading), _ids(funding.readings)
    if chosen is not None and chosen not in readings:
        yield (
            (*_ROOT, "reading", "value"),
            f"La lecture « {chosen} » n’existe pas. {not_among(chosen, readings)}",
        )


def _check_cause(path: Path, clause: RepaymentClause) -> Iterator[Found]:
    if clause.cause not in REPAYMENT_CAUSES:
        hint = not_among(clause.cause, REPAYMENT_CAUSES)
        yield (
            (*path, "cause"),
            f"La cause « {clause.cause} » n’est pas dans la liste des motifs de fin. {hint}",
        )


def _check_categories(file: CallFile) -> Iterator[Found]:
    categories, funding = file.categories, file.clauses.funding
    lists: tuple[tuple[str, tuple[Component | Rate | FlatAmount, ...]], ...] = (
        ("components", funding.components),
        ("rates", funding.rates),
        ("flats", funding.flats),
    )
    for name, items in lists:
        yield from each((*_ROOT, name), items, lambda path, item: check_category(path, item.category, categories))


def check_category(path: Path, category: str | None, categories: frozenset[str]) -> Iterator[Found]:
    """A category that the call does not cover."""
    if category is not None and category not in categories:
        message = f"L’appel ne couvre pas la catégorie « {category} »."
        yield (*path, "category"), f"{message} {not_among(category, categories)}"
