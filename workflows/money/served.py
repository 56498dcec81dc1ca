"""Months of a post in thirtieths (A6), and the year of the post each of them belongs to (A27).

The unit is the post: a calendar month it served without a gap is 30 thirtieths whatever its length and
whoever held it; any other month counts the days served, 30 at most. The later holder receives what remains.
A year of the post is twelve months at most: one begun inside a month of 31 days would else count a thirtieth more
than its price. Its last days yield.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from workflows.contract import end_after
from workflows.money.terms import PostTerms
from workflows.tenure import Tenure, clipped

#: Thirtieths of a whole month.
FULL_MONTH = 30
_MONTHS_OF_A_YEAR = 12
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Share:
    """Thirtieths of one month that one holder served in one year of the post; `terms`: those of the stay, if any."""

    post_year: int
    candidate: str | None
    thirtieths: int
    terms: PostTerms | None = None


@dataclass(frozen=True, slots=True)
class ServedMonth:
    """A calendar month of a post: its shares in order of time, never more than 30 thirtieths together."""

    year: int
    month: int
    shares: tuple[Share, ...]

    @property
    def thirtieths(self) -> int:
        """Thirtieths served by the post."""
        return sum(share.thirtieths for share in self.shares)

    @property
    def by_post_year(self) -> Mapping[int, int]:
        """Thirtieths by year of the post."""
        found: dict[int, int] = {}
        for share in self.shares:
            found[share.post_year] = found.get(share.post_year, 0) + share.thirtieths
        return MappingProxyType(found)

    @property
    def by_holder(self) -> Mapping[str | None, int]:
        """Thirtieths by candidate."""
        found: dict[str | None, int] = {}
        for share in self.shares:
            found[share.candidate] = found.get(share.candidate, 0) + share.thirtieths
        return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class _Part:
    """Days of one month held by one person in one year of the post."""

    first: date
    last: date
    candidate: str | None
    terms: PostTerms | None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def served_months(tenures: Iterable[Tenure], until: date, limit: int | None = None) -> tuple[ServedMonth, ...]:
    """The months served up to `until` (included), in order; a month without service is absent.

    Years of the post are counted from its first start, not from the candidate nor the calendar. `limit`: thirtieths
    that the post may count in all, those of the award; None for whatever was served.
    """
    stays = clipped(tenures, until)
    by_month: dict[tuple[int, int], list[_Part]] = {}
    for stay in stays:
        for part in _parts(stay, stays[0].starts_on, until):
            by_month.setdefault((part.first.year, part.first.month), []).append(part)
    left = _Left(limit)
    months = (ServedMonth(*month, _shares(parts, stays[0].starts_on, left)) for month, parts in by_month.items())
    return tuple(month for month in months if month.shares)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a post, from `first` on, that one year of the post and one holder’s terms price."""

    first: date
    post_year: int
    terms: PostTerms | None


def stretches(tenures: Iterable[Tenure], until: date) -> Iterator[Stretch]:
    """The days served up to `until` (included), cut wherever a month may be worth something else; in order."""
    stays = clipped(tenures, until)
    for stay in stays:
        for part in _parts(stay, stays[0].starts_on, until):
            yield Stretch(part.first, year_of_post(stays[0].starts_on, part.first), part.terms)


def thirtieths_between(first: date, last: date) -> int:
    """Thirtieths of a contract from its first day to its last one: its whole months from day to day, then days."""
    months = (last.year - first.year) * _MONTHS_OF_A_YEAR + last.month - first.month + 1
    while months and end_after(first, months) > last:
        months -= 1
    rest = (last - (end_after(first, months) if months else first - _DAY)).days
    return months * FULL_MONTH + min(max(rest, 0), FULL_MONTH)


def year_of_post(start: date, day: date) -> int:
    """The year of a post that started on `start` to which a day belongs (1 = its first twelve months)."""
    year = day.year - start.year + 1
    return year if start_of_year(start, year) <= day else year - 1


def start_of_year(start: date, year: int) -> date:
    """First day of a year of a post that started on `start`."""
    return start if year <= 1 else end_after(start, (year - 1) * _MONTHS_OF_A_YEAR) + _DAY


def _parts(stay: Tenure, origin: date, until: date) -> Iterator[_Part]:
    """The stay cut at the ends of months, at the turns of the years of the post, and where its terms change."""
    first, last = stay.starts_on, stay.ends_on or until
    while first <= last:
        month_end = first.replace(day=monthrange(first.year, first.month)[1])
        year_end = start_of_year(origin, year_of_post(origin, first) + 1) - _DAY
        turn_end = min((turn.since - _DAY for turn in stay.turns if turn.since > first), default=last)
        cut = min(last, month_end, year_end, turn_end)
        yield _Part(first, cut, stay.candidate, _terms_on(stay, first))
        first = cut + _DAY


def _terms_on(stay: Tenure, day: date) -> PostTerms | None:
    return next((turn.terms for turn in reversed(stay.turns) if turn.since <= day), stay.terms)


@dataclass(slots=True)
class _Left:
    """Thirtieths that a post may still count: of its award, and of each of its years."""

    in_all: int | None
    of_years: dict[int, int] = field(default_factory=dict)

    def take(self, post_year: int, thirtieths: int) -> int:
        """What may be counted of some thirtieths of a year; it is left no more."""
        of_year = self.of_years.get(post_year, _MONTHS_OF_A_YEAR * FULL_MONTH)
        taken = min(thirtieths, of_year, thirtieths if self.in_all is None else self.in_all)
        self.of_years[post_year] = of_year - taken
        if self.in_all is not None:
            self.in_all -= taken
        return taken


def _shares(parts: list[_Part], origin: date, left: _Left) -> tuple[Share, ...]:
    """Thirtieths of the parts of one month, the last part of a month without a gap taking what remains."""
    length = monthrange(parts[0].first.year, parts[0].first.month)[1]
    without_gap = sum(part.days for part in parts) == length
    remaining, shares = FULL_MONTH, []
    for part in parts:
        takes_rest = without_gap and part is parts[-1]
        post_year = year_of_post(origin, part.first)
        thirtieths = left.take(post_year, remaining if takes_rest else min(part.days, remaining))
        remaining -= thirtieths
        if thirtieths:
            shares.append(Share(post_year, part.candidate, thirtieths, part.terms))
    return tuple(shares)
