"""Ways in which a debt shrinks or is given up: four acts, each prepared by one person and granted by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Relief(StrEnum):
    """What somebody in authority may do with a debt without its being paid.

    A reduction says that it was not due; a remission forgives what is due; a write-off gives up collecting it, and it
    stays due; an abandonment, before any decision, asks for nothing.
    """

    REDUCED = "reduced"
    REMITTED = "remitted"
    WRITTEN_OFF = "written_off"
    ABANDONED = "abandoned"

    @property
    def label(self) -> str:
        """The French word for the relief."""
        return _LABELS[self]

    @property
    def act(self) -> str:
        """The name of the act that grants it."""
        return GRANTING[self]


_LABELS = {
    Relief.REDUCED: "réduction",
    Relief.REMITTED: "remise gracieuse",
    Relief.WRITTEN_OFF: "admission en non-valeur",
    Relief.ABANDONED: "abandon",
}

#: relief -> the act that grants it.
GRANTING = {
    Relief.REDUCED: "reduce_repayment",
    Relief.REMITTED: "remit_repayment",
    Relief.WRITTEN_OFF: "write_off_repayment",
    Relief.ABANDONED: "drop_repayment",
}


@dataclass(frozen=True, slots=True)
class PreparedRelief:
    """A relief prepared for somebody else to grant. `amount`: euros; None for an abandonment, which takes it all."""

    relief: Relief
    amount: Decimal | None
    prepared_on: date
    prepared_by: str
