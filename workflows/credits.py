"""Credits of a post: what was notified, what was delegated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


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
