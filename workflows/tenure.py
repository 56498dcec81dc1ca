"""The successive holders of a post: their days and the gaps between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from workflows.deadlines import add_months
from workflows.money.terms import PostTerms

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """Other terms from a day of a stay on: a changed quotité, a distance waived."""

    since: date
    terms: PostTerms


@dataclass(frozen=True, slots=True)
class Tenure:
    """The stay of one doctor on a post. `ends_on` is the last day served, included; None while it goes on.

    `candidate` is a reference, None while nobody is named. `terms` are what its months are paid by, kept from its
    start on; None for those of the post as they stand. `turns`: the terms that took their place, in order of time.
    Raises ValueError when the end comes before the start.
    """

    candidate: str | None
    starts_on: date
    ends_on: date | None
    terms: PostTerms | None = None
    turns: tuple[Turn, ...] = field(default=(), metadata={"late": True})

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("Un contrat ne peut pas finir avant son premier jour : corrigez l’une des deux dates.")


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which the post was vacant, `first` and `last` included."""

    first: date
    last: date


def turned(stay: Tenure, since: date, change: Callable[[PostTerms], PostTerms], *, present: PostTerms) -> Tenure:
    """The stay with something of its terms changed from a day on; until then on its own, `present` where it has none.

    Whoever decides again decides for all that follows; what is planned of other facts for other days stays planned.
    """
    own, turns = stay.terms or present, stay.turns
    if since <= stay.starts_on:
        own = change(own)
        before: tuple[Turn, ...] = ()
    else:
        then = next((turn.terms for turn in reversed(turns) if turn.since <= since), own)
        before = (*(turn for turn in turns if turn.since < since), Turn(since, change(then)))
    after = (Turn(turn.since, change(turn.terms)) for turn in turns if turn.since > since)
    return replace(stay, terms=own, turns=tuple(_that_change(own, (*before, *after))))


def _that_change(own: PostTerms, turns: Iterable[Turn]) -> Iterator[Turn]:
    """The turns after which something is another than before."""
    for turn in turns:
        if turn.terms != own:
            yield turn
        own = turn.terms


def clipped(tenures: Iterable[Tenure], until: date) -> tuple[Tenure, ...]:
    """The stays in order, with their ends, none after `until` (included) and none on a day already held.

    A day claimed twice stays with the earlier holder (A6); a stay left without a day disappears.
    """
    found: list[Tenure] = []
    free_from = date.min
    for tenure in sorted(tenures, key=lambda t: t.starts_on):
        first = max(tenure.starts_on, free_from)
        last = until if tenure.ends_on is None else min(tenure.ends_on, until)
        if first <= last:
            found.append(replace(tenure, starts_on=first, ends_on=last))
            free_from = last + _DAY
    return tuple(found)


def gaps(tenures: Iterable[Tenure], until: date) -> tuple[Gap, ...]:
    """Vacancies between the first start of the post and `until` (included), the last one up to `until`."""
    found: list[Gap] = []
    free_from: date | None = None
    for stay in clipped(tenures, until):
        if free_from is not None and free_from < stay.starts_on:
            found.append(Gap(free_from, stay.starts_on - _DAY))
        free_from = (stay.ends_on or until) + _DAY
    if free_from is not None and free_from <= until:
        found.append(Gap(free_from, until))
    return tuple(found)


def end_with_duration_kept(ends_on: date, vacancies: Iterable[Gap]) -> date:
    """The end of a post that slides by the length of its vacancies, for a call that keeps the duration.

    Elsewhere the end of the post does not move at a replacement (A12).
    """
    day_after = ends_on + _DAY
    for gap in vacancies:
        months = _whole_months(gap)
        day_after = add_months(day_after, months) + (gap.last + _DAY - add_months(gap.first, months))
    return day_after - _DAY


def _whole_months(gap: Gap) -> int:
    months = (gap.last.year - gap.first.year) * 12 + gap.last.month - gap.first.month + 1
    while add_months(gap.first, months) > gap.last + _DAY:
        months -= 1
    return months
