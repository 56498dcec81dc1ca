"""The amounts a call prints as such: which of them apply to a year of a post."""

from __future__ import annotations

from fractions import Fraction

from workflows.calls.funding import Every, FlatAmount, Funding
from workflows.money.cost import Priced, priced_sum
from workflows.money.terms import PostTerms


def flats_of(funding: Funding, terms: PostTerms, post_year: int) -> tuple[FlatAmount, ...]:
    """The flats of a year of the post: for each id the most particular one, category before year."""
    best: dict[str, FlatAmount] = {}
    for flat in funding.flats:
        of_year = flat.years is None or post_year in flat.years
        if flat.category not in (None, terms.category) or not of_year:
            continue
        known = best.get(flat.id)
        if known is None or _particularity(flat) > _particularity(known):
            best[flat.id] = flat
    return tuple(best.values())


def _particularity(flat: FlatAmount) -> tuple[bool, bool]:
    return flat.category is not None, flat.years is not None


def stands_in(flat: FlatAmount) -> bool:
    """True for a flat that replaces what the components would give."""
    return not flat.adds and flat.every is not Every.ONCE


def one_off_only(funding: Funding, terms: PostTerms) -> bool:
    """True for a call that only prints one-off amounts for such a post: nothing is owed by month."""
    once = any(f.every is Every.ONCE and f.category in (None, terms.category) for f in funding.flats)
    return once and not funding.rates


def sum_of(flats: tuple[FlatAmount, ...], every: Every) -> Priced:
    """The flats due that often, together. Raises UnknownValueError for an amount the call leaves unknown."""
    return priced_sum(Priced(Fraction(flat.amount.needed), (flat.amount,)) for flat in flats if flat.every is every)
