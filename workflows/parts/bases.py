"""The calculation of a debt (bases de la liquidation): what was paid, what was earned, what is asked elsewhere.

A bill that does not show its calculation is void (décret n° 2012-1246 art. 24): these lines go with the amount from the
proposal to the letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.money.gains import GainedEuros
from workflows.money.schedule import Line
from workflows.parts.ledger import PAYMENTS, LedgerEntry

_ZERO = Decimal("0.00")
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class PaidLine:
    """Euros paid on a day for a budget year, by the number of their entry; below zero for a correction."""

    id: str
    on: date
    budget_year: int
    amount: GainedEuros


@dataclass(frozen=True, slots=True)
class EarnedLine:
    """Months in a row that are worth the same: from the first to the last one, both included.

    `thirtieths` and `monthly` (euros) are those of each month; `amount` is that of them all.
    """

    first: date
    last: date
    post_year: int
    months: int
    thirtieths: int
    monthly: Decimal

    @property
    def amount(self) -> Decimal:
        """Euros of all the months."""
        return self.monthly * self.months


@dataclass(frozen=True, slots=True)
class Bases:
    """The calculation lines of a debt. `asked`: euros that other repayments ask back already, got back, or let go."""

    paid: tuple[PaidLine, ...]
    earned: tuple[EarnedLine, ...]
    asked: Decimal = _ZERO

    @property
    def total_paid(self) -> Decimal:
        """Euros paid in all."""
        return sum((line.amount for line in self.paid), _ZERO)

    @property
    def total_earned(self) -> Decimal:
        """Euros earned in all."""
        return sum((line.amount for line in self.earned), _ZERO)

    @property
    def thirtieths(self) -> int:
        """Thirtieths of months earned in all."""
        return sum(line.months * line.thirtieths for line in self.earned)

    @property
    def excess(self) -> Decimal:
        """Euros paid above what was earned and is asked elsewhere, never less than nothing."""
        return max(_ZERO, self.total_paid - self.total_earned - self.asked)


def paid_lines(ledger: Iterable[LedgerEntry]) -> tuple[PaidLine, ...]:
    """What was paid, entry by entry, a correction after what it corrects."""
    return tuple(PaidLine(e.id, e.on, e.budget_year, e.amount) for e in ledger if e.kind in PAYMENTS)


def earned_lines(lines: Iterable[Line]) -> tuple[EarnedLine, ...]:
    """The lines of a schedule in order of time, those of months in a row that are worth the same as one."""
    found: list[EarnedLine] = []
    for line in sorted(lines, key=lambda each: (each.year, each.month, each.post_year)):
        month = date(line.year, line.month, 1)
        before = found[-1] if found else None
        if before is not None and _follows(before, line, month):
            found[-1] = EarnedLine(
                before.first, month, line.post_year, before.months + 1, line.thirtieths, before.monthly
            )
        else:
            found.append(EarnedLine(month, month, line.post_year, 1, line.thirtieths, line.amount))
    return tuple(found)


def _follows(before: EarnedLine, line: Line, month: date) -> bool:
    """True for the month just after, of the same year of the post, for as many days and euros."""
    last = before.last
    after = last.year * _MONTHS + last.month == month.year * _MONTHS + month.month - 1
    same = (before.post_year, before.thirtieths, before.monthly) == (line.post_year, line.thirtieths, line.amount)
    return after and same
