"""Amounts of a month, computed once for the same clauses and the same terms: schedules ask for them again and again."""

from __future__ import annotations

from functools import lru_cache

from workflows.calls.funding import Funding
from workflows.money.monthly import MonthlyAmount, monthly_amount
from workflows.money.terms import PostTerms


class Itself:
    """Clauses compared by identity: they are one object of a call, long to compare and never changed."""

    __slots__ = ("funding",)

    def __init__(self, funding: Funding) -> None:
        self.funding = funding

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and other.funding is self.funding

    def __hash__(self) -> int:
        return id(self.funding)


def known_amount(funding: Funding, terms: PostTerms, post_year: int, reading: str | None) -> MonthlyAmount:
    """The same as `monthly_amount`, errors included, which are told again each time."""
    return _known(Itself(funding), terms, post_year, reading)


@lru_cache(maxsize=1024)
def _known(clauses: Itself, terms: PostTerms, post_year: int, reading: str | None) -> MonthlyAmount:
    return monthly_amount(clauses.funding, terms, post_year, reading)
