"""The ledger (compte) of a post: entries that are only added, and the balances they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.money.differences import Difference
from workflows.money.gains import GainedEuros

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What one act changed of the schedule of a post. `entry` is the number of its journal entry."""

    act: str
    entry: int
    on: date
    differences: tuple[Difference, ...]

    @property
    def amount(self) -> Decimal:
        """Euros gained or lost in all."""
        return sum((difference.amount for difference in self.differences), _ZERO)


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the account, by its id, and the number of the journal entry that wrote it."""

    line: str
    entry: int


class LedgerKind(StrEnum):
    """What an entry of the ledger says.

    Tranches notified and the steps of a repayment are written elsewhere: `NOTIFIED` only takes a tranche back.
    """

    NOTIFIED = "notified"
    OPENING_NOTIFIED = "opening_notified"
    OPENING_PAID = "opening_paid"
    PAID = "paid"
    REDUCED = "reduced"
    OFFSET = "offset"

    @property
    def label(self) -> str:
        """The French words for the entry."""
        return _LABELS[self]


_LABELS = {
    LedgerKind.NOTIFIED: "tranche déléguée",
    LedgerKind.OPENING_NOTIFIED: "reprise de crédits délégués ailleurs",
    LedgerKind.OPENING_PAID: "reprise de crédits versés ailleurs",
    LedgerKind.PAID: "versement",
    LedgerKind.REDUCED: "réduction d’une tranche",
    LedgerKind.OFFSET: "compensation sur une tranche",
}


#: Entries that settle what was notified. An offset pays too: what the recruiter owed has paid what it was owed.
PAYMENTS = frozenset({LedgerKind.OPENING_PAID, LedgerKind.PAID, LedgerKind.OFFSET})


@dataclass(frozen=True, slots=True)
class Payee:
    """Who was paid: SIRET (14 digits) and FINESS number of the legal entity (9 characters)."""

    siret: str
    legal_entity: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry: euros, above zero unless it corrects another one, whose opposite it then is.

    `tranche`: the one that is paid, reduced or offset; an opening notified is one, by the id of its entry.
    `reference`: that of the payment, or of the deed. `corrects`: the entry, or the tranche, that it takes back.
    """

    id: str
    kind: LedgerKind
    amount: GainedEuros
    on: date
    budget_year: int
    tranche: str | None = None
    reference: str | None = None
    payee: Payee | None = None
    corrects: str | None = None


def next_id(ledger: Sequence[LedgerEntry], rank: int = 1) -> str:
    """The id of the next entry to add to a ledger, the first one, or that of a later `rank`."""
    return f"E{len(ledger) + rank}"
