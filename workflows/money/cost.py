"""The cost of a post under one reading and the authority’s share of it, exact, with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workflows.calls.funding import Component, CostReading, Every, Funding, Rate
from workflows.calls.sources import Sourced, UnknownValueError
from workflows.money.scale import scale_amount
from workflows.money.terms import PostTerms

_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Priced:
    """Exact euros and the values of the call they were made from."""

    value: Fraction
    sources: tuple[Sourced[Any], ...] = ()

    def times(self, factor: Fraction, *sources: Sourced[Any]) -> Priced:
        """The same amount multiplied, its factor’s sources added."""
        return Priced(self.value * factor, self.sources + sources)


def priced_sum(parts: Iterable[Priced]) -> Priced:
    """The sum of amounts, with all their sources."""
    total = Priced(Fraction(0))
    for part in parts:
        total = Priced(total.value + part.value, total.sources + part.sources)
    return total


def reading_of(funding: Funding, reading_id: str | None = None) -> CostReading:
    """The reading of that id; by default the one the call shows, or the whole cost where it has no reading.

    Raises UnknownValueError when the call has readings and shows none, ValueError for an id it does not have.
    """
    if not funding.readings and reading_id is None:
        return _whole_cost(funding)
    wanted = funding.reading.needed if reading_id is None else reading_id
    for reading in funding.readings:
        if reading.id == wanted:
            return reading
    raise ValueError(f"La lecture « {wanted} » du coût n’existe pas dans cet appel : choisissez l’une des siennes.")


def _whole_cost(funding: Funding) -> CostReading:
    return CostReading("", "coût complet", tuple(c.id for c in funding.components), charges=True)


def part_from_components(funding: Funding, terms: PostTerms, post_year: int, reading: CostReading) -> Priced:
    """The authority’s part of the monthly cost. Raises UnknownValueError when no component makes it."""
    counted = _counted(funding, terms, reading)
    if not counted:
        source = funding.printed_cost
        raise UnknownValueError("A25" if source is None else source.rule)
    return priced_sum(_part(funding, terms, post_year, reading, component) for component in counted)


def part_from_printed_cost(funding: Funding, terms: PostTerms, post_year: int, reading: CostReading) -> Priced | None:
    """The authority’s part of the cost printed as a total; None where the reading asks for something else."""
    cost = funding.printed_cost
    if cost is None or cost.value is None or not _is_whole(funding, terms, reading):
        return None
    rate = rate_of(funding, terms, post_year)
    return Priced(Fraction(cost.value), (cost,)).times(rate.needed, rate)


def one_off_parts(
    funding: Funding, terms: PostTerms, post_year: int, reading_id: str | None = None
) -> Mapping[str, Priced]:
    """The authority’s part of each one-off cost of the post, by component."""
    if not any(component.every is Every.ONCE for component in funding.components):
        return {}
    reading = reading_of(funding, reading_id)
    return {
        component.id: _part(funding, terms, post_year, reading, component)
        for component in _counted(funding, terms, reading, once=True)
    }


def whole_monthly_cost(funding: Funding, terms: PostTerms) -> Priced | None:
    """The cost made of every financed component and its charges; None where it depends on the plan."""
    reading = _whole_cost(funding)
    counted = _counted(funding, terms, reading)
    if not counted or any(component.scale is not None for component in counted):
        return None
    return priced_sum(_loaded(funding, terms, reading, component) for component in counted)


def rate_of(funding: Funding, terms: PostTerms, post_year: int, component: str | None = None) -> Sourced[Fraction]:
    """The most particular rate: component, then category, then year. Raises UnknownValueError without any."""
    matching = [
        rate
        for rate in funding.rates
        if (rate.years is None or post_year in rate.years)
        and rate.category in (None, terms.category)
        and rate.component in (None, component)
    ]
    if not matching:
        raise UnknownValueError("A25")
    return max(matching, key=_particularity).rate


def _particularity(rate: Rate) -> tuple[bool, bool, bool]:
    return rate.component is not None, rate.category is not None, rate.years is not None


def _part(funding: Funding, terms: PostTerms, post_year: int, reading: CostReading, component: Component) -> Priced:
    rate = rate_of(funding, terms, post_year, component.id)
    return _loaded(funding, terms, reading, component).times(rate.needed, rate)


def _counted(funding: Funding, terms: PostTerms, reading: CostReading, *, once: bool = False) -> tuple[Component, ...]:
    return tuple(
        component
        for component in funding.components
        if component.financed
        and component.id in reading.components
        and component.category in (None, terms.category)
        and (component.every is Every.ONCE) is once
    )


def _loaded(funding: Funding, terms: PostTerms, reading: CostReading, component: Component) -> Priced:
    """What a component costs: for a month, or as a whole when it is a one-off."""
    cost = _gross(terms, component)
    if reading.scaled_by is not None and component.id not in reading.unscaled:
        cost = cost.times(terms.share_at(reading.scaled_by, funding.reading.rule))
    if reading.charges and component.charged:
        cost = cost.times(1 + funding.charges.needed, funding.charges)
    return cost


def _gross(terms: PostTerms, component: Component) -> Priced:
    if component.scale is not None:
        return Priced(Fraction(scale_amount(component, terms)), (component.scale,))
    if component.amount is None:
        raise ValueError(f"component {component.id!r} has neither an amount nor a scale")
    amount = Fraction(component.amount.needed)
    # An annual amount stays exact here: a rounded twelfth of it is one cent away at the end.
    return Priced(amount / _MONTHS_OF_A_YEAR if component.every is Every.YEAR else amount, (component.amount,))


def _is_whole(funding: Funding, terms: PostTerms, reading: CostReading) -> bool:
    """True when the reading covers what a printed cost does: every monthly component, its charges, in full."""
    every = _counted(funding, terms, _whole_cost(funding))
    return (
        reading.scaled_by is None
        and {component.id for component in every} <= set(reading.components)
        and (reading.charges or not any(component.charged for component in every))
        and not any(component.scale is not None for component in every)
        and not any(rate.component is not None for rate in funding.rates)
    )
