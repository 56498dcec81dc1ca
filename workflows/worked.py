"""What was really worked on a post between two days: months in thirtieths, by year and by holder, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from workflows.account.worth import on_their_terms
from workflows.contract import end_after
from workflows.dossier import Dossier
from workflows.french import thirtieths
from workflows.money.served import FULL_MONTH, served_months
from workflows.sites import Period, Plan
from workflows.tenure import Tenure, clipped

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """Days that a holder served, first and last included; `candidate` is a reference, None for nobody named."""

    candidate: str | None
    first: date
    last: date


def stays(dossier: Dossier, since: date, until: date) -> tuple[Stay, ...]:
    """Who served between two days, both included."""
    served = ((s.candidate, max(s.starts_on, since), s.ends_on or until) for s in clipped(dossier.tenures, until))
    return tuple(Stay(who, first, last) for who, first, last in served if first <= last)


def by_year(dossier: Dossier, until: date) -> Mapping[int, int]:
    """Thirtieths served by calendar year, up to a day included (A6)."""
    found: dict[int, int] = {}
    for month in served_months(dossier.tenures, until):
        found[month.year] = found.get(month.year, 0) + month.thirtieths
    return found


def in_words(served: int) -> str:
    """Thirtieths as a letter says them: `12 mois`, `23 mois et 27/30`, `8/30 de mois`."""
    if served < FULL_MONTH:
        return f"{served}/{FULL_MONTH} de mois"
    return "1 mois" if served == FULL_MONTH else thirtieths(served)


def where(dossier: Dossier, since: date, until: date) -> Mapping[str, Fraction]:
    """The share of the time served at each site between two days: its planned half-days over the months served.

    Leave is neutral, as in the shares of the contract (A19). Empty when nothing was served, or without half-days.
    """
    served = clipped(on_their_terms(dossier), until)
    found: dict[str, Fraction] = {}
    for first, last, period in _stretches(served, until):
        months = _thirtieths(served, last) - _thirtieths(served, max(first, since) - _DAY)
        for site, half_days in period.half_days if last >= since else ():
            found[site] = found.get(site, Fraction(0)) + months * half_days
    total = sum(found.values(), Fraction(0))
    return {site: part / total for site, part in found.items()} if total else {}


def _thirtieths(served: tuple[Tenure, ...], until: date) -> int:
    return sum(month.thirtieths for month in served_months(served, until))


def _stretches(served: tuple[Tenure, ...], until: date) -> Iterator[tuple[date, date, Period]]:
    """The days served, cut wherever the weekly half-days may change: first and last day, and the period of the plan."""
    for stay in served:
        turns = ((stay.starts_on, stay.terms), *((turn.since, turn.terms) for turn in stay.turns))
        after = (stay.ends_on or until) + _DAY
        ends = (*(min(since, after) for since, _ in turns[1:]), after)
        for (since, terms), end in zip(turns, ends, strict=True):
            if terms is not None and terms.plan and since < end:
                yield from _cut(terms.plan, served[0].starts_on, since, end)


def _cut(plan: Plan, origin: date, since: date, end: date) -> Iterator[tuple[date, date, Period]]:
    """The days from `since` to `end` excluded, under each period of a plan begun on `origin`; its last one goes on."""
    starts, months = [origin], 0
    for period in plan[:-1]:
        months += period.months
        starts.append(end_after(origin, months) + _DAY)
    for (first, following), period in zip(pairwise((*starts, date.max)), plan, strict=True):
        if max(first, since) < min(following, end):
            yield max(first, since), min(following, end) - _DAY, period
