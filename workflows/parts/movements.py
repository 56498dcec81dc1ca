"""What moves a debt, which way: money in, money given back, what is given up, and what takes one of them back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.parts.reliefs import Relief


class MovementKind(StrEnum):
    """What moves the debt: money in, money given back, what was written by mistake, or a relief of the same name.

    AMENDED: an amending decision lowered the grant. WRITE_OFF_UNDONE: what was written off is paid after all.
    OFFSET_UNDONE: how an older release took an offset back.
    """

    PAID = "paid"
    AMENDED = "amended"
    OFFSET = "offset"
    OFFSET_UNDONE = "offset_undone"
    REFUNDED = "refunded"
    REDUCED = "reduced"
    REMITTED = "remitted"
    WRITTEN_OFF = "written_off"
    WRITE_OFF_UNDONE = "write_off_undone"

    @property
    def label(self) -> str:
        """The French words for the movement."""
        return _LABELS[self]

    @property
    def sign(self) -> int:
        """-1 for what lowers the debt, 1 for what raises it again: the only place where that is said."""
        return 1 if self in _UNDOING else -1

    @property
    def is_money(self) -> bool:
        """True for money that comes or goes, an offset and an amended grant among them; False for a relief."""
        return self not in _RELIEVING


_LABELS = {
    MovementKind.PAID: "paiement reçu",
    MovementKind.AMENDED: "reprise par décision modificative",
    MovementKind.OFFSET: "compensation sur une tranche",
    MovementKind.OFFSET_UNDONE: "annulation d’une compensation",
    MovementKind.REFUNDED: "remboursement au recruteur",
    MovementKind.WRITE_OFF_UNDONE: "reprise d’une admission en non-valeur",
    **{MovementKind(relief.value): relief.label for relief in Relief if relief is not Relief.ABANDONED},
}
_UNDOING = frozenset({MovementKind.OFFSET_UNDONE, MovementKind.REFUNDED, MovementKind.WRITE_OFF_UNDONE})
_RELIEVING = frozenset(
    {MovementKind.REDUCED, MovementKind.REMITTED, MovementKind.WRITTEN_OFF, MovementKind.WRITE_OFF_UNDONE}
)


@dataclass(frozen=True, slots=True)
class Movement:
    """A payment received, an offset, a refund or a relief granted, in euros.

    `authority`: who granted a relief, and by which decision. `claim`: the claim that a reduction answers. `tranche`:
    the one that an offset was made on. `authority_on`: the day of that decision; `opinion_on`: the day on which the
    accountant gave an opinion on it. `corrects`: the place, from 1, of the movement of the same repayment that this one
    takes back, in the opposite way, for as many euros at most.
    """

    kind: MovementKind
    amount: Decimal
    on: date
    authority: str | None = None
    claim: str | None = field(default=None, metadata={"late": True})
    tranche: str | None = field(default=None, metadata={"late": True})
    authority_on: date | None = field(default=None, metadata={"late": True})
    opinion_on: date | None = field(default=None, metadata={"late": True})
    corrects: int | None = field(default=None, metadata={"late": True})

    @property
    def label(self) -> str:
        """The French words for it."""
        return f"annulation : {self.kind.label}" if self.corrects else self.kind.label

    @property
    def lowers(self) -> Decimal:
        """By how much it lowers the debt, in euros; below zero for what raises it again."""
        way = self.kind.sign if self.corrects else -self.kind.sign
        return way * self.amount
