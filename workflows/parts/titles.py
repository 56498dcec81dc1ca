"""What becomes of a title asked for, and the titles that were written by mistake."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class TitleChange(StrEnum):
    """What becomes of a title asked for.

    Another way withdraws it, it stands again, another entity owes, or the number told of it was not its own.
    """

    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    SUCCEEDED = "succeeded"
    MISTAKEN = "mistaken"


@dataclass(frozen=True, slots=True)
class MistakenTitle:
    """A title that was written by mistake: its number, its day, and the day on which it was corrected.

    `amount`: for so many euros; None where the facts of an older release do not tell.
    """

    number: str
    title_on: date | None
    corrected_on: date
    amount: Decimal | None = field(default=None, metadata={"late": True})
