"""What is to repay after an early end, under each reading of the clause (A1, A2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from workflows.calls.funding import Funding, RepaymentReading
from workflows.money.schedule import Schedule
from workflows.money.served import start_of_year

_ZERO = Decimal("0.00")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Repayment:
    """Euros to ask back, by reading; never less than nothing nor more than was paid.

    `available`: the readings that a clause of the call allows for the cause. `shown`: the one that applies;
    while a clause leaves a choice that the agency has not signed it is prorata, and the repayment is not `decidable`.
    """

    paid: Decimal
    served: Decimal
    by_reading: Mapping[RepaymentReading, Decimal]
    available: tuple[RepaymentReading, ...]
    shown: RepaymentReading
    decidable: bool

    @property
    def amount(self) -> Decimal:
        """Euros under the reading shown."""
        return self.by_reading[self.shown]


def repayment(funding: Funding, paid: Decimal, served: Schedule, ended_on: date, *causes: str) -> Repayment:
    """What the recruiter gives back for a post whose last day was `ended_on`, for causes such as "cca".

    `paid`: euros really paid and not asked back yet; what was only delegated is to be reduced, not repaid. `served`
    is the schedule of the days served. Without a clause for any of them only months paid and not served come back
    (A2). Raises ValueError when the payments sum to less than nothing.
    """
    if paid < 0:
        raise ValueError("La somme des versements est négative : vérifiez les versements enregistrés.")
    by_reading = {
        RepaymentReading.PRORATA: max(_ZERO, paid - served.total),
        RepaymentReading.INTEGRAL: paid,
        RepaymentReading.CONTRACT_YEAR: max(_ZERO, paid - _completed_years(served, ended_on)),
    }
    available = _available(funding, causes)
    return Repayment(
        paid,
        served.total,
        MappingProxyType(by_reading),
        available,
        funding.reading_among(available),
        funding.settles(available),
    )


def _available(funding: Funding, causes: tuple[str, ...]) -> tuple[RepaymentReading, ...]:
    if any(clause.cause in causes for clause in funding.repayment_clauses):
        return tuple(RepaymentReading)
    return (RepaymentReading.PRORATA,)


def _completed_years(served: Schedule, ended_on: date) -> Decimal:
    """Euros served in the years of the contract that were completed when the post ended."""
    start = served.starts_on
    if start is None:
        return _ZERO
    return sum(
        (amount for year, amount in served.by_post_year.items() if start_of_year(start, year + 1) - _DAY <= ended_on),
        _ZERO,
    )
