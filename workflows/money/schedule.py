"""The schedule (échéancier) of a post: what each month is worth, planned or served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from workflows.calls.funding import Funding
from workflows.money.known import known_amount
from workflows.money.monthly import MonthlyAmount, unsettled
from workflows.money.one_off import one_offs
from workflows.money.rounding import cents
from workflows.money.served import FULL_MONTH, ServedMonth, Share, served_months
from workflows.money.terms import PostTerms
from workflows.tenure import Tenure

_ZERO = Decimal("0.00")
_FULL_YEAR = 12 * FULL_MONTH
_POST_INDEX = "post"


@dataclass(frozen=True, slots=True)
class Line:
    """One month of one year of the post: thirtieths served or planned, and euros to the cent."""

    year: int
    month: int
    post_year: int
    thirtieths: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Schedule:
    """The lines of a post in order; months without service have none. `unsettled`: see MonthlyAmount."""

    starts_on: date | None
    lines: tuple[Line, ...]
    unsettled: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """True when a financial notification may rest on the schedule."""
        return not self.unsettled

    @property
    def total(self) -> Decimal:
        """Euros of the whole schedule."""
        return sum((line.amount for line in self.lines), _ZERO)

    @property
    def funded_months(self) -> Fraction:
        """Months financed, a partial month counting for its thirtieths."""
        return Fraction(sum(line.thirtieths for line in self.lines), FULL_MONTH)

    @property
    def by_budget_year(self) -> Mapping[int, Decimal]:
        """Euros by calendar year."""
        return self._grouped(lambda line: line.year)

    @property
    def by_post_year(self) -> Mapping[int, Decimal]:
        """Euros by year of the post."""
        return self._grouped(lambda line: line.post_year)

    def _grouped(self, key: Callable[[Line], int]) -> Mapping[int, Decimal]:
        found: dict[int, Decimal] = {}
        for line in self.lines:
            found[key(line)] = found.get(key(line), _ZERO) + line.amount
        return MappingProxyType(found)


def planned(funding: Funding, terms: PostTerms, starts_on: date, ends_on: date, reading: str | None = None) -> Schedule:
    """The schedule of a post held without a gap from `starts_on` to `ends_on`, both included."""
    return served(funding, terms, (Tenure(None, starts_on, ends_on),), ends_on, reading)


def served(
    funding: Funding,
    terms: PostTerms,
    tenures: Iterable[Tenure],
    until: date,
    reading: str | None = None,
    *,
    limit: int | None = None,
) -> Schedule:
    """The schedule of the days served up to `until` (included): the end of the post or the day of the count.

    The days of a stay are paid by its own terms, by `terms` where it has none: who comes later changes nothing of
    what was earned (A26).
    `limit`: thirtieths that are financed in all, those of the award; what is served beyond is not paid.
    Vacant days are not paid, and the end of the post does not move when a doctor is replaced (A12): days after
    `until` count for nothing. Raises UnknownValueError when an amount is unknown (A25), ValueError for rates
    that would not follow the year of the post (A27).
    """
    if funding.rate_index.value not in (None, _POST_INDEX):
        raise ValueError(
            "Les taux suivent l’année du poste, jamais celle du candidat ni l’année civile (A27) : corrigez l’appel."
        )
    stays = tuple(tenures)
    months = served_months(stays, until, limit)
    if not months:
        return Schedule(None, ())
    writer = _Writer(funding, terms, reading)
    lines = tuple(line for month in months for line in writer.lines_of(month))
    return Schedule(min(stay.starts_on for stay in stays), lines, writer.unsettled)


@dataclass(slots=True)
class _Writer:
    """Writes the lines of a schedule month after month, keeping what must be rounded or paid only once."""

    funding: Funding
    terms: PostTerms
    reading: str | None
    rates: dict[tuple[int, int], MonthlyAmount] = field(default_factory=dict)
    thirtieths: dict[int, int] = field(default_factory=dict)
    earned: dict[int, Fraction] = field(default_factory=dict)
    paid_once: set[tuple[str, str]] = field(default_factory=set)
    asked_once: set[tuple[int, int]] = field(default_factory=set)
    rules: dict[str, None] = field(default_factory=dict)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Rules of the values nobody has decided, met so far."""
        return tuple(self.rules)

    def lines_of(self, month: ServedMonth) -> Iterable[Line]:
        """The lines of a month, one for each year of the post; the month is rounded once, as a whole."""
        if len(month.shares) == 1 and month.shares[0].thirtieths == FULL_MONTH:
            share = month.shares[0]  # as below, without counting what is known
            amount = self._rate(share).amount + self._yearly(share) + self._once(share)
            yield Line(month.year, month.month, share.post_year, FULL_MONTH, amount)
            return
        exact = Fraction(0)
        for post_year, thirtieths in month.by_post_year.items():
            shares = [share for share in month.shares if share.post_year == post_year]
            before = cents(exact)
            exact += sum((self._rate(share).exact * share.thirtieths for share in shares), Fraction(0)) / FULL_MONTH
            yearly = sum((self._yearly(share) for share in shares), _ZERO)
            amount = cents(exact) - before + yearly + self._once(shares[0])
            yield Line(month.year, month.month, post_year, thirtieths, amount)

    def _rate(self, share: Share) -> MonthlyAmount:
        terms = share.terms or self.terms
        key = share.post_year, id(terms)  # the stays keep their terms alive; comparing terms would cost more
        if key not in self.rates:
            self.rates[key] = known_amount(self.funding, terms, share.post_year, self.reading)
            self.rules.update(dict.fromkeys(self.rates[key].unsettled))
        return self.rates[key]

    def _yearly(self, share: Share) -> Decimal:
        """The part of a yearly flat earned by some days: a whole year makes it all, never more."""
        year, yearly = share.post_year, self._rate(share).yearly
        if not yearly and not self.earned.get(year):
            self.thirtieths[year] = min(self.thirtieths.get(year, 0) + share.thirtieths, _FULL_YEAR)
            return _ZERO
        flat = Fraction(yearly)
        counted, before = self.thirtieths.get(year, 0), self.earned.get(year, Fraction(0))
        self.thirtieths[year] = min(counted + share.thirtieths, _FULL_YEAR)
        self.earned[year] = before + flat * (self.thirtieths[year] - counted) / _FULL_YEAR
        return cents(self.earned[year]) - cents(before)

    def _once(self, share: Share) -> Decimal:
        """One-off amounts, due with the first month of the post or of the year they name."""
        total, key = _ZERO, (share.post_year, id(share.terms or self.terms))
        if key in self.asked_once:
            return total
        self.asked_once.add(key)
        for name, part in one_offs(self.funding, share.terms or self.terms, share.post_year, self.reading).items():
            if name not in self.paid_once:
                self.paid_once.add(name)
                self.rules.update(dict.fromkeys(unsettled(part.sources)))
                total += cents(part.value)
        return total
