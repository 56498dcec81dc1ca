"""The view of a repayment: what a page, a list or an export tells of it, every amount from one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.account.asked_back import limit_of
from workflows.account.payees import debtor_of, last_siret, succession_of
from workflows.calls.funding import Funding, RepaymentReading, Vehicle
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.parts.bases import EarnedLine, PaidLine
from workflows.parts.claims import Claim
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.repayment_steps import UNDECIDED
from workflows.parts.repayments import Debtor, RepaymentFile, RepaymentKind
from workflows.parts.successions import Succession

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """What one reading asks back, in euros; None: no clause of the call allows it for this end (A2).

    `signed`: the agency signed that one for the call (A1). `retained`: the amount proposed or decided rests on it.
    """

    reading: RepaymentReading
    amount: Decimal | None
    signed: bool
    retained: bool

    @property
    def label(self) -> str:
        """The French words for the reading."""
        return self.reading.label.capitalize()

    @property
    def asks(self) -> str:
        """What it asks back, in words."""
        return self.reading.asks


@dataclass(frozen=True, slots=True)
class YearServed:
    """What was served in a year of the post: thirtieths of months, and euros."""

    post_year: int
    thirtieths: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DebtLine:
    """A movement of the debt, and what is left of it after, in euros; below zero: to give back to the recruiter."""

    movement: Movement
    left: Decimal


@dataclass(frozen=True, slots=True)
class Debt:
    """What became of a repayment, in euros: the same amounts everywhere.

    `asked`: what is decided, or proposed until then; nothing once it is given up. Once it is decided,
    asked = recovered + relieved + due - to_refund.
    """

    asked: Decimal
    decided: Decimal | None
    recovered: Decimal
    reduced: Decimal
    remitted: Decimal
    written_off: Decimal
    due: Decimal
    to_refund: Decimal

    @property
    def relieved(self) -> Decimal:
        """Reduced, remitted and written off."""
        return self.reduced + self.remitted + self.written_off


@dataclass(frozen=True, slots=True)
class Calculation:
    """How much may be asked, in euros (bases de la liquidation): what was paid, asked elsewhere, earned; its lines.

    `limit`: the most that may be asked, for no more is asked back than was paid. The lines are empty for what was
    opened before they were kept.
    """

    paid: Decimal
    asked_elsewhere: Decimal
    earned: Decimal
    limit: Decimal
    payments: tuple[PaidLine, ...]
    months: tuple[EarnedLine, ...]
    years: tuple[YearServed, ...]


@dataclass(frozen=True, slots=True)
class DebtorLine:
    """Who owes (A5, A43). `siret`: the one that its legal entity was paid on; None when it never was.

    `follows`: the succession that made it the debtor.
    """

    debtor: Debtor
    siret: str | None
    follows: Succession | None


@dataclass(frozen=True, slots=True)
class Way:
    """How the money comes back: the line of credits, its usual vehicle, the one chosen, the deed that carries it."""

    line: str | None
    usual: Vehicle | None
    chosen: Vehicle | None
    deed: str | None

    @property
    def differs(self) -> bool:
        """True when the vehicle chosen is not the usual one of its line."""
        return None not in {self.usual, self.chosen} and self.usual is not self.chosen


@dataclass(frozen=True, slots=True)
class RepaymentView:
    """All that there is to tell of a repayment. `decidable`: the agency has signed its reading, or none is needed.

    `readings` is empty for what rests on no clause.
    """

    repayment: RepaymentFile
    debt: Debt
    calculation: Calculation
    readings: tuple[ReadingLine, ...]
    decidable: bool
    moved: tuple[DebtLine, ...]
    debtor: DebtorLine | None
    way: Way
    barred_after: date

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims against it."""
        return self.repayment.claims


def debt_of(repayment: RepaymentFile) -> Debt:
    """What became of a repayment."""
    proposed = repayment.proposed if repayment.state in UNDECIDED else _ZERO
    return Debt(
        asked=proposed if repayment.decided is None else repayment.decided,
        decided=repayment.decided,
        recovered=repayment.repaid,
        reduced=repayment.moved_by(MovementKind.REDUCED),
        remitted=repayment.moved_by(MovementKind.REMITTED),
        written_off=repayment.written_off,
        due=repayment.outstanding,
        to_refund=repayment.to_refund,
    )


def repayment_view(dossier: Dossier, repayment: RepaymentFile, call: Call) -> RepaymentView:
    """The view of a repayment of a dossier."""
    funding = call.clauses.funding
    overpaid = repayment.kind is RepaymentKind.OVERPAYMENT
    return RepaymentView(
        repayment,
        debt_of(repayment),
        _calculation(dossier, repayment),
        () if overpaid else tuple(_readings(repayment, funding)),
        decidable=funding.settles(repayment.readings),
        moved=tuple(_moved(repayment)),
        debtor=_debtor(dossier, repayment),
        way=_way(repayment, call),
        barred_after=repayment.barred_after,
    )


def _calculation(dossier: Dossier, repayment: RepaymentFile) -> Calculation:
    bases = repayment.bases
    months = bases.earned if bases else ()
    return Calculation(
        paid=bases.total_paid if bases else repayment.amounts.paid,
        asked_elsewhere=bases.asked if bases else _ZERO,
        earned=repayment.amounts.served,
        limit=limit_of(dossier, repayment),
        payments=bases.paid if bases else (),
        months=months,
        years=_years(months),
    )


def _readings(repayment: RepaymentFile, funding: Funding) -> Iterator[ReadingLine]:
    signed, retained = funding.signed_reading, repayment.read_under(funding)
    for reading in RepaymentReading:
        yield ReadingLine(reading, repayment.amounts.of(reading), reading is signed, reading is retained)


def _years(earned: tuple[EarnedLine, ...]) -> tuple[YearServed, ...]:
    found: dict[int, YearServed] = {}
    for line in earned:
        had = found.get(line.post_year, YearServed(line.post_year, 0, _ZERO))
        days = had.thirtieths + line.months * line.thirtieths
        found[line.post_year] = YearServed(line.post_year, days, had.amount + line.amount)
    return tuple(found[year] for year in sorted(found))


def _moved(repayment: RepaymentFile) -> Iterator[DebtLine]:
    left = repayment.decided or _ZERO
    for moved in repayment.movements:
        left -= moved.lowers
        yield DebtLine(moved, left)


def _debtor(dossier: Dossier, repayment: RepaymentFile) -> DebtorLine | None:
    found = debtor_of(dossier, repayment)
    if found is None:
        return None
    return DebtorLine(found, last_siret(dossier, found.legal_entity), succession_of(dossier, found))


def _way(repayment: RepaymentFile, call: Call) -> Way:
    funding = call.clauses.funding
    usual = funding.repayment_vehicle(funding.line.value)
    return Way(funding.line.value, usual.value if usual else None, repayment.vehicle, repayment.deed)
