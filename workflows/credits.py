"""Credits of a post: what was notified, in tranches, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.ledger import PAYMENTS, LedgerEntry, LedgerKind

_ZERO = Decimal("0.00")
#: Sums notified from the FIR lapse on 31 December of this year after the one they are notified in (L.1435-10).
FIR_YEARS = 3
_NOTIFYING = frozenset({LedgerKind.NOTIFIED, LedgerKind.OPENING_NOTIFIED})


@dataclass(frozen=True, slots=True)
class Tranche:
    """Credits delegated to the recruiter, in euros."""

    id: str
    amount: Decimal
    budget_year: int
    delegated_on: date


@dataclass(frozen=True, slots=True)
class MoneyNotice:
    """The financial notification (L11): what was notified, and what had left when it replaced another one, in euros."""

    notified_on: date
    monthly: tuple[Decimal, ...]
    total: Decimal
    delegated: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Credit:
    """One tranche with all that the ledger says of it, in euros: each amount is the sum of its entries."""

    id: str
    budget_year: int
    notified_on: date
    notified: Decimal
    reduced: Decimal
    paid: Decimal

    @property
    def standing(self) -> Decimal:
        """What the tranche is worth now."""
        return self.notified - self.reduced

    @property
    def to_pay(self) -> Decimal:
        """What may still be paid of it."""
        return self.standing - self.paid

    @property
    def is_sound(self) -> bool:
        """True when no more was reduced than notified, nor paid than what stands."""
        return min(self.notified, self.reduced, self.paid, self.standing, self.to_pay) >= 0


def credits_of(tranches: Iterable[Tranche], ledger: Iterable[LedgerEntry]) -> tuple[Credit, ...]:
    """Every tranche of a post, those that started elsewhere last, each with what its entries make of it."""
    entries = tuple(ledger)
    opened = [e for e in entries if e.kind is LedgerKind.OPENING_NOTIFIED and e.corrects is None]
    rows = [(t.id, t.budget_year, t.delegated_on, t.amount) for t in tranches]
    rows += [(e.id, e.budget_year, e.on, _ZERO) for e in opened]
    return tuple(
        Credit(
            name,
            year,
            on,
            amount + _sum(entries, name, _NOTIFYING),
            _sum(entries, name, frozenset({LedgerKind.REDUCED})),
            _sum(entries, name, PAYMENTS),
        )
        for name, year, on, amount in rows
    )


def _sum(entries: tuple[LedgerEntry, ...], tranche: str, kinds: frozenset[LedgerKind]) -> Decimal:
    return sum((e.amount for e in entries if e.kind in kinds and e.tranche == tranche), _ZERO)


def lapses_on(notified_on: date) -> date:
    """The last day on which a sum notified from the FIR may be paid."""
    return date(notified_on.year + FIR_YEARS, 12, 31)


def is_fir(line: str | None) -> bool:
    """True for credits of the FIR, the only ones that lapse."""
    return (line or "").strip().upper() == "FIR"
