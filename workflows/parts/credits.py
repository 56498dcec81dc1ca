"""Credits of a post: what was notified, in tranches, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from workflows.parts.ledger import PAYMENTS, LedgerEntry, LedgerKind

_ZERO = Decimal("0.00")
#: Sums notified from the FIR lapse on 31 December of this year after the one they are notified in (L.1435-10).
FIR_YEARS = 3
_NOTIFYING = frozenset({LedgerKind.NOTIFIED, LedgerKind.OPENING_NOTIFIED})


@dataclass(frozen=True, slots=True)
class NotifiedSum:
    """Euros that a financial notification opened first, on a day: they lapse by that day, whatever becomes of them."""

    on: date
    amount: Decimal


def first_of(sums: Iterable[NotifiedSum], euros: Decimal) -> tuple[NotifiedSum, ...]:
    """The first euros of some sums; all of them when there are no more."""
    found: list[NotifiedSum] = []
    for each in sums:
        part = min(each.amount, euros)
        if part > 0:
            found.append(NotifiedSum(each.on, part))
            euros -= part
    return tuple(found)


def beyond(sums: Iterable[NotifiedSum], euros: Decimal) -> tuple[NotifiedSum, ...]:
    """What is left of some sums without their first euros."""
    found: list[NotifiedSum] = []
    for each in sums:
        part = min(each.amount, max(_ZERO, euros))
        euros -= part
        if each.amount > part:
            found.append(NotifiedSum(each.on, each.amount - part))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Tranche:
    """Credits delegated to the recruiter, in euros. `sums`: when what it delegates was first notified."""

    id: str
    amount: Decimal
    budget_year: int
    delegated_on: date
    sums: tuple[NotifiedSum, ...] = field(default=(), metadata={"late": True})


@dataclass(frozen=True, slots=True)
class MoneyNotice:
    """The financial notification (L11): what was notified, and what had left when it replaced another one, in euros.

    `monthly`: what a whole month is worth, each from its day of `first_days` on; in a notification made before days
    were kept, by year of the post. `sums`: when each part of the total was first notified, the first one first.
    `call_version`: number of the version of the call in force at the first of the notifications that this one goes on
    from; None where the journal alone says it, and for a call that nobody loaded.
    """

    notified_on: date
    monthly: tuple[Decimal, ...]
    total: Decimal
    delegated: Decimal = Decimal("0.00")
    sums: tuple[NotifiedSum, ...] = field(default=(), metadata={"late": True})
    first_days: tuple[date, ...] = field(default=(), metadata={"late": True})
    call_version: int | None = field(default=None, metadata={"late": True})

    @property
    def notified(self) -> tuple[NotifiedSum, ...]:
        """When each part of the total was first notified."""
        return self.sums or (NotifiedSum(self.notified_on, self.total),)

    def after(self, former: MoneyNotice | None) -> MoneyNotice:
        """The same notification in the place of another: only what it adds is notified by it for the first time."""
        kept = first_of(former.notified, self.total) if former else ()
        added = self.total - sum((each.amount for each in kept), _ZERO)
        sums = (*kept, *first_of((NotifiedSum(self.notified_on, added),), added))
        return replace(self, sums=sums, call_version=former.call_version if former else self.call_version)


@dataclass(frozen=True, slots=True)
class Credit:
    """One tranche with all that the ledger says of it, in euros: each amount is the sum of its entries.

    `notified_on`: the day it was delegated; `sums`: when what it delegates was first notified.
    """

    id: str
    budget_year: int
    notified_on: date
    notified: Decimal
    reduced: Decimal
    paid: Decimal
    sums: tuple[NotifiedSum, ...] = ()

    @property
    def standing(self) -> Decimal:
        """What the tranche is worth now."""
        return self.notified - self.reduced

    @property
    def to_pay(self) -> Decimal:
        """What may still be paid of it."""
        return self.standing - self.paid

    @property
    def waiting(self) -> tuple[NotifiedSum, ...]:
        """What may still be paid of it, by the day it was first notified; the first one is paid first."""
        return beyond(first_of(self.sums, self.standing), self.paid)

    @property
    def lapses_on(self) -> date:
        """The last day to pay what comes first of it, for credits of the FIR."""
        return lapses_on(min(each.on for each in self.waiting or self.sums))

    @property
    def is_sound(self) -> bool:
        """True when no more was reduced than notified, nor paid than what stands."""
        return min(self.notified, self.reduced, self.paid, self.standing, self.to_pay) >= 0


def credits_of(
    tranches: Iterable[Tranche], ledger: Iterable[LedgerEntry], notice: MoneyNotice | None = None
) -> tuple[Credit, ...]:
    """Every tranche of a post, those that started elsewhere last, each with what its entries make of it.

    A tranche written before sums were kept was notified by the `notice`, before it was delegated.
    """
    entries = tuple(ledger)
    opened = [e for e in entries if e.kind is LedgerKind.OPENING_NOTIFIED and e.corrects is None]
    rows = [(t.id, t.budget_year, t.delegated_on, t.amount, t.sums or _unkept(t, notice)) for t in tranches]
    rows += [(e.id, e.budget_year, e.on, _ZERO, (NotifiedSum(e.on, e.amount),)) for e in opened]
    return tuple(
        Credit(
            name,
            year,
            on,
            amount + _sum(entries, name, _NOTIFYING),
            _sum(entries, name, frozenset({LedgerKind.REDUCED})),
            _sum(entries, name, PAYMENTS),
            sums,
        )
        for name, year, on, amount, sums in rows
    )


def _unkept(tranche: Tranche, notice: MoneyNotice | None) -> tuple[NotifiedSum, ...]:
    days = (tranche.delegated_on, *((notice.notified_on,) if notice else ()))
    return (NotifiedSum(min(days), tranche.amount),)


def _sum(entries: tuple[LedgerEntry, ...], tranche: str, kinds: frozenset[LedgerKind]) -> Decimal:
    return sum((e.amount for e in entries if e.kind in kinds and e.tranche == tranche), _ZERO)


def lapses_on(notified_on: date) -> date:
    """The last day on which a sum notified from the FIR may be paid."""
    return date(notified_on.year + FIR_YEARS, 12, 31)


def is_fir(line: str | None) -> bool:
    """True for credits of the FIR, the only ones that lapse."""
    return (line or "").strip().upper() == "FIR"
