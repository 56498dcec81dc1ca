"""What the authority pays once for a post: one-off flats, and its part of one-off costs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from workflows.calls.funding import Every, Funding
from workflows.money.cost import Priced, one_off_parts
from workflows.money.flats import flats_of, stands_in
from workflows.money.monthly import contract_factor
from workflows.money.terms import PostTerms


def one_offs(
    funding: Funding, terms: PostTerms, post_year: int, reading: str | None = None
) -> Mapping[tuple[str, str], Priced]:
    """One-off amounts of a year of the post, each under the name it is paid once by.

    As by month, printed amounts prevail over one-off costs unless a `reading` is asked for. Raises
    UnknownValueError when the call leaves one unknown (A25).
    """
    flats = flats_of(funding, terms, post_year)
    found = {
        ("flat", flat.id): Priced(Fraction(flat.amount.needed), (flat.amount,))
        for flat in flats
        if flat.every is Every.ONCE
    }
    if reading is not None or not any(stands_in(flat) for flat in flats):
        parts = one_off_parts(funding, terms, post_year, reading)
        found |= {("component", component): part for component, part in parts.items()}
    factor, sources = contract_factor(funding, terms)
    return {name: part.times(factor, *sources) for name, part in found.items()}
