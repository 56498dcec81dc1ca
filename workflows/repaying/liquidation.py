"""What a repayment may ask on a day: its bases, what each reading gives, and the reading that applies (A1, A2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from workflows.account.adjusting import standing_lines
from workflows.account.asked_back import asked_back
from workflows.account.worth import served_until, to_repay
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier, End
from workflows.parts.bases import Bases, earned_lines, paid_lines
from workflows.parts.ledger import PAYMENTS
from workflows.parts.repayment_steps import UNDECIDED
from workflows.parts.repayments import Amounts, RepaymentFile, RepaymentKind

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Liquidation:
    """A debt as it is computed on a day. `decidable`: a reading is signed, or none is needed; until then it is shown.

    `bases` is None for a repayment whose calculation nobody can make again.
    """

    amounts: Amounts
    bases: Bases | None
    reading: RepaymentReading
    decidable: bool

    @property
    def amount(self) -> Decimal:
        """What the reading that applies asks, in euros."""
        found = self.amounts.of(self.reading)
        return self.amounts.prorata if found is None else found

    @property
    def most(self) -> Decimal:
        """The most that may come to be asked: until a reading is signed, any that a clause opens."""
        asked = [found for reading in RepaymentReading if (found := self.amounts.of(reading)) is not None]
        return self.amount if self.decidable else max(asked)


def of_end(dossier: Dossier, call: Call, end: End) -> Liquidation:
    """The debt that an early end makes today. Raises UnknownValueError (A25)."""
    found = to_repay(dossier, call, end.last_day, cca=end.cca, reason=end.reason)
    allowed = {reading: found.by_reading[reading] for reading in found.available}
    amounts = Amounts(
        paid=found.paid,
        served=found.served,
        prorata=found.by_reading[RepaymentReading.PRORATA],
        integral=allowed.get(RepaymentReading.INTEGRAL),
        contract_year=allowed.get(RepaymentReading.CONTRACT_YEAR),
    )
    earned = earned_lines(served_until(dossier, call, end.last_day).lines)
    bases = Bases(paid_lines(dossier.ledger), earned, asked_back(dossier.repayments, but=end.id))
    return Liquidation(amounts, bases, found.shown, found.decidable)


def overpayment_cause(dossier: Dossier) -> str:
    """What made an overpayment: the last change of the schedule, the last entry of the ledger, what was given back."""
    changed = dossier.adjustments[-1].entry if dossier.adjustments else 0
    written = dossier.ledger[-1].id if dossier.ledger else f"T{len(dossier.tranches)}"
    given = len(_given_back(dossier))
    return f"overpaid:{changed}:{written}" + (f":{given}" if given else "")


def overpayment_bases(dossier: Dossier, but: str | None = None) -> Bases:
    """The calculation of an overpayment: what was paid, the whole schedule that stands, what is asked already."""
    asked = asked_back(dossier.repayments, but)
    return Bases(paid_lines(dossier.ledger), earned_lines(standing_lines(dossier)), asked)


def of_overpayment(dossier: Dossier, but: str | None = None) -> Liquidation:
    """What was paid above the whole schedule today, save what repayments account for, but the one of a cause."""
    bases = overpayment_bases(dossier, but)
    left = max(_ZERO, bases.total_paid - bases.asked)
    amounts = Amounts(left, bases.total_earned, bases.excess, None, None)
    return Liquidation(amounts, bases, RepaymentReading.PRORATA, decidable=True)


def liquidation(dossier: Dossier, call: Call, repayment: RepaymentFile) -> Liquidation:
    """The debt of a repayment as it is today; as it was kept while nobody can compute it again (A25)."""
    if repayment.kind is RepaymentKind.OVERPAYMENT:
        return of_overpayment(dossier, but=repayment.cause)
    try:
        if dossier.end is not None and dossier.end.id == repayment.cause:
            return of_end(dossier, call, dossier.end)
    except UnknownValueError:
        pass
    funding, open_to = call.clauses.funding, repayment.readings
    return Liquidation(repayment.amounts, repayment.bases, funding.reading_among(open_to), funding.settles(open_to))


def undecided(dossier: Dossier) -> Decimal:
    """Euros that were paid in excess of the schedule, or that are proposed to come back, before anybody decides."""
    proposed = (each.proposed for each in dossier.repayments if each.state in UNDECIDED)
    return sum(proposed, overpayment_bases(dossier).excess)


def let_go_of(repayment: RepaymentFile, found: Liquidation, decided: Decimal = _ZERO) -> Decimal:
    """What is let go of the excess that was looked at, once so many euros of it are decided."""
    return max(_ZERO, min(repayment.proposed_excess, found.amounts.prorata) - decided)


def overpaid_since(dossier: Dossier) -> date | None:
    """Since when more was paid than the schedule and what is asked: the day of the payment, refund or change.

    None while there is no such excess.
    """
    paid = [(entry.on, entry.amount) for entry in dossier.ledger if entry.kind in PAYMENTS]
    worth = [(made.on, -made.amount) for made in dossier.adjustments]
    given = _given_back(dossier)
    running, since = -asked_back(dossier.repayments) - sum((amount for _, amount in given), _ZERO), None
    for on, amount in sorted([*paid, *worth, *given]):
        running += amount
        since = (since or on) if running > 0 else None
    return since


def _given_back(dossier: Dossier) -> list[tuple[date, Decimal]]:
    """The money of repayments that went back to the recruiter: its day, and the euros that may be in excess by it."""
    found: list[tuple[date, Decimal]] = []
    for each in dossier.repayments:
        for n, moved in enumerate(each.movements):
            if moved.kind.is_money and moved.lowers < 0:
                before, after = (replace(each, movements=each.movements[:rank]) for rank in (n, n + 1))
                found.append((moved.on, before.examined - after.examined))
    return found
