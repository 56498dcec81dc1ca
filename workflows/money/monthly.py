"""The authority’s part of the cost of a post for one month of one of its years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflows.calls.funding import CostReading, Every, Funding
from workflows.calls.sources import Sourced, UnknownValueError
from workflows.money.cost import Priced, part_from_components, part_from_printed_cost, priced_sum, reading_of
from workflows.money.flats import flats_of, one_off_only, stands_in, sum_of
from workflows.money.mismatch import Mismatch, cost_mismatch, part_mismatch
from workflows.money.rounding import cents
from workflows.money.terms import PostTerms


@dataclass(frozen=True, slots=True)
class MonthlyAmount:
    """What the authority owes for a whole month, in euros.

    `exact` is unrounded, `amount` is it to the cent. `yearly` is a flat for the whole year of the post, beside
    the months. `printed`: the call prints these amounts. `computed` is what its components give for a month,
    None when they do not say. `unsettled`: rules of the values nobody has decided; while there are any, the
    amount may be shown and not notified (A24, A25, A41).
    """

    exact: Fraction
    amount: Decimal
    yearly: Decimal
    printed: bool
    computed: Decimal | None
    reading: str | None
    mismatches: tuple[Mismatch, ...]
    unsettled: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """True when a financial notification may rest on the amount."""
        return not self.unsettled


@dataclass(frozen=True, slots=True)
class ReadingAmount:
    """One reading of the cost and what it gives: an amount, or the rule of the value that is unknown.

    `shown`: it is the one to show first. `chosen`: the call or the agency decided so, not a default (A24).
    """

    reading: CostReading
    amount: MonthlyAmount | None
    unknown: str | None
    chosen: bool
    shown: bool


def monthly_amount(funding: Funding, terms: PostTerms, post_year: int, reading: str | None = None) -> MonthlyAmount:
    """The amount of a month in a year of the post (1 = its months 1 to 12).

    Printed amounts prevail, unless a `reading` is asked for by its id: then it is what that reading gives. Raises
    UnknownValueError naming the rule when the call leaves a needed value unknown (A25), MissingFactError when
    the dossier does.
    """
    flats = flats_of(funding, terms, post_year)
    standing = tuple(flat for flat in flats if stands_in(flat) and reading is None)
    extra = tuple(flat for flat in flats if flat.adds)
    factor, factor_sources = contract_factor(funding, terms)
    base = sum_of(standing, Every.MONTH) if standing else _computed_part(funding, terms, post_year, reading)
    monthly = priced_sum([base, sum_of(extra, Every.MONTH)]).times(factor, *factor_sources)
    yearly = sum_of(standing + extra, Every.YEAR).times(factor, *factor_sources)
    computed = _from_components(funding, terms, post_year, reading)
    mismatches = [cost_mismatch(funding, terms)]
    if standing and computed is not None:
        mismatches.append(part_mismatch(base.value, sum_of(standing, Every.YEAR).value, computed))
    return MonthlyAmount(
        exact=monthly.value,
        amount=cents(monthly.value),
        yearly=cents(yearly.value),
        printed=bool(standing),
        computed=None if computed is None else cents(computed * factor),
        reading=reading or (None if standing else funding.reading.value),
        mismatches=tuple(m for m in mismatches if m is not None),
        unsettled=unsettled(monthly.sources + yearly.sources),
    )


def amounts_by_reading(funding: Funding, terms: PostTerms, post_year: int) -> tuple[ReadingAmount, ...]:
    """What every reading of the cost gives for a month, in the order of the call (A24)."""
    return tuple(_of_reading(funding, terms, post_year, reading) for reading in funding.readings)


def contract_factor(funding: Funding, terms: PostTerms) -> tuple[Fraction, tuple[Sourced[Any], ...]]:
    """What a part-time contract multiplies amounts by, with its source; 1 where the call is silent (A41)."""
    if terms.contract_share == 1:
        return Fraction(1), ()
    scaled = funding.scaled_by_contract
    return (terms.contract_share if scaled.value else Fraction(1)), (scaled,)


def unsettled(sources: Iterable[Sourced[Any]]) -> tuple[str, ...]:
    """Rules of the values that are unknown or only a default, each once."""
    return tuple(dict.fromkeys(s.rule for s in sources if s.is_default or s.value is None))


def _of_reading(funding: Funding, terms: PostTerms, post_year: int, reading: CostReading) -> ReadingAmount:
    shown = funding.reading.value == reading.id
    amount, unknown = None, None
    try:
        amount = monthly_amount(funding, terms, post_year, reading.id)
    except UnknownValueError as error:
        unknown = error.rule
    return ReadingAmount(reading, amount, unknown, shown and not funding.reading.is_default, shown)


def _computed_part(funding: Funding, terms: PostTerms, post_year: int, reading: str | None) -> Priced:
    """The monthly part under a reading, with the source of the choice of that reading."""
    if one_off_only(funding, terms):
        return Priced(Fraction(0))
    wanted = reading_of(funding, reading)
    part = part_from_printed_cost(funding, terms, post_year, wanted)
    if part is None:
        part = part_from_components(funding, terms, post_year, wanted)
    return part.times(Fraction(1), *_choice_sources(funding, reading))


def _choice_sources(funding: Funding, reading: str | None) -> tuple[Sourced[Any], ...]:
    """The source of the choice of a reading; one asked for without being chosen is nobody’s choice."""
    choice = funding.reading
    if not funding.readings:
        return ()
    if reading is None or reading == choice.value:
        return (choice,)
    return (Sourced(None, choice.origin, choice.rule),)


def _from_components(funding: Funding, terms: PostTerms, post_year: int, reading: str | None) -> Fraction | None:
    """The monthly part the components give for a full-time contract; None when they do not say."""
    try:
        return part_from_components(funding, terms, post_year, reading_of(funding, reading)).value
    except UnknownValueError:
        return None
