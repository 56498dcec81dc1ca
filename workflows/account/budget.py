"""The budget of a call: what its posts commit, owe, were given and give back, year by year.

A year is a calendar year. Nothing here adds up dossiers: the months and the flows of each are drawn from its facts, and
figures are made of their sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.calls.parameters import Budget
from workflows.dossier import Dossier
from workflows.parts.ledger import PAYMENTS, LedgerKind

_ZERO = Decimal("0.00")


class Flow(StrEnum):
    """What an amount of a dossier is to the budget."""

    DELEGATED = "delegated"
    PAID = "paid"
    OWED = "owed"
    RECOVERED = "recovered"

    @property
    def label(self) -> str:
        """The French word for the flow."""
        return _LABELS[self]


_LABELS = {
    Flow.DELEGATED: "délégué",
    Flow.PAID: "versé",
    Flow.OWED: "à reverser",
    Flow.RECOVERED: "recouvré",
}


@dataclass(frozen=True, slots=True)
class MonthChange:
    """What one act added to one month of a post: `entry` is its journal entry; thirtieths and euros may be lost.

    `awards`: it first commits the post, whatever the act, and is no difference with anything: its entry is the first
    one of the post. An amount that came late is awarded all the same.
    """

    entry: int
    act: str
    on: date
    year: int
    month: int
    post_year: int
    thirtieths: int
    amount: Decimal
    awards: bool = False


@dataclass(frozen=True, slots=True)
class FlowLine:
    """An amount of a dossier on the budget of a year, in euros; below zero for what was taken back."""

    flow: Flow
    year: int
    on: date
    amount: Decimal


def month_changes(dossier: Dossier, since: int = 0) -> tuple[MonthChange, ...]:
    """All that acts changed in the schedule of a post, in order; their sum by month is the schedule that stands.

    `since`: how many adjustments, the first ones, are left out.
    """
    return tuple(
        MonthChange(made.entry, made.act, made.on, d.year, d.month, d.post_year, d.thirtieths, d.amount, rank == 0)
        for rank, made in enumerate(dossier.adjustments)
        if rank >= since
        for d in made.differences
    )


def flows(dossier: Dossier) -> tuple[FlowLine, ...]:
    """Every amount given to or asked back from a dossier.

    Credits count on their budget year. What is owed counts on the year it was decided, until it is settled; what came
    back, on the year it came.
    """
    given = (FlowLine(Flow.DELEGATED, t.budget_year, t.delegated_on, t.amount) for t in dossier.tranches)
    return (*given, *_ledger(dossier), *_repayments(dossier))


#: Entries that change what is delegated, and which way.
_DELEGATING = {LedgerKind.NOTIFIED: 1, LedgerKind.OPENING_NOTIFIED: 1, LedgerKind.REDUCED: -1}


def _ledger(dossier: Dossier) -> Iterator[FlowLine]:
    for entry in dossier.ledger:
        if entry.kind in _DELEGATING:
            amount = _DELEGATING[entry.kind] * entry.amount
            yield FlowLine(Flow.DELEGATED, entry.budget_year, entry.on, amount)
        if entry.kind in PAYMENTS:
            yield FlowLine(Flow.PAID, entry.budget_year, entry.on, entry.amount)


def _repayments(dossier: Dossier) -> Iterator[FlowLine]:
    for asked in dossier.repayments:
        on = asked.decided_on or asked.opened_on
        if asked.outstanding:
            yield FlowLine(Flow.OWED, on.year, on, asked.outstanding)
        for moved in asked.movements:
            if moved.kind.is_money:
                yield FlowLine(Flow.RECOVERED, moved.on.year, moved.on, moved.lowers)


def is_over(year: int, month: int, day: date) -> bool:
    """True when a month has ended before a day: what it is worth is due then."""
    return (year, month) < (day.year, day.month)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the dossiers of a call make together in one year, in euros: their months, those over, and their flows."""

    committed: Decimal = _ZERO
    due: Decimal = _ZERO
    flows: Mapping[Flow, Decimal] | None = None

    @property
    def is_nothing(self) -> bool:
        """True when no amount is left of anything, as when a correction took all of it back."""
        return not (self.committed or self.due or any((self.flows or {}).values()))

    def flow(self, flow: Flow) -> Decimal:
        """The sum of one flow."""
        return (self.flows or {}).get(flow, _ZERO)


@dataclass(frozen=True, slots=True)
class Figures:
    """A call in one year, in euros. `envelope` is None while nobody gave it: nothing is available then, nor missing.

    `to_recover`: what was decided and is still owed.
    """

    year: int
    envelope: Decimal | None
    committed: Decimal
    due: Decimal
    delegated: Decimal
    paid: Decimal
    to_recover: Decimal
    recovered: Decimal

    @property
    def available(self) -> Decimal | None:
        """What may still be committed; never below zero."""
        return None if self.envelope is None else max(_ZERO, self.envelope - self.committed)

    @property
    def overrun(self) -> Decimal:
        """What is committed above the envelope."""
        return _ZERO if self.envelope is None else max(_ZERO, self.committed - self.envelope)

    @property
    def paid_above(self) -> Decimal:
        """What was paid above the envelope: it may be committed no more, and still be to come back."""
        return _ZERO if self.envelope is None else max(_ZERO, self.paid - self.envelope)


@dataclass(frozen=True, slots=True)
class Totals:
    """The years of a call together, in euros; None where one of them is not known. An overrun makes up for nothing."""

    envelope: Decimal | None
    committed: Decimal
    due: Decimal
    delegated: Decimal
    paid: Decimal
    to_recover: Decimal
    recovered: Decimal
    available: Decimal | None
    overrun: Decimal


def totals(years: Iterable[Figures]) -> Totals:
    """The sums of some years, column by column."""
    found = tuple(years)
    return Totals(
        envelope=_known_sum(each.envelope for each in found),
        committed=sum((each.committed for each in found), _ZERO),
        due=sum((each.due for each in found), _ZERO),
        delegated=sum((each.delegated for each in found), _ZERO),
        paid=sum((each.paid for each in found), _ZERO),
        to_recover=sum((each.to_recover for each in found), _ZERO),
        recovered=sum((each.recovered for each in found), _ZERO),
        available=_known_sum(each.available for each in found),
        overrun=sum((each.overrun for each in found), _ZERO),
    )


def _known_sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = _ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def figures(budget: Budget, sums: Mapping[int, Sums], day: date) -> tuple[Figures, ...]:
    """The figures of every year that has an envelope or an amount, in order, as they stand on a day."""
    return tuple(_figures(budget, year, sums.get(year, Sums()), day) for year in sorted(_years(budget, sums, day)))


def _years(budget: Budget, sums: Mapping[int, Sums], day: date) -> set[int]:
    amounts = (year for year, found in sums.items() if not found.is_nothing)
    return {*amounts, *(e.year for e in budget.envelopes if e.since <= day)}


def _figures(budget: Budget, year: int, sums: Sums, day: date) -> Figures:
    envelope = budget.envelope(year, day)
    return Figures(
        year=year,
        envelope=None if envelope is None else envelope.value,
        committed=sums.committed,
        due=sums.due,
        delegated=sums.flow(Flow.DELEGATED),
        paid=sums.flow(Flow.PAID),
        to_recover=max(_ZERO, sums.flow(Flow.OWED)),
        recovered=sums.flow(Flow.RECOVERED),
    )
