"""What closes a dossier against somebody: the notice sent before, the ground of the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a dossier was not retained. `reason` is the reference of the written reason."""

    on: date
    ground: str
    rule: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A contradictory notice sent before an award may lapse, which gives `days` to answer from its receipt.

    `answer_by`: the last day of the last addressee who has not answered; None while nothing shows that one of them has
    the letter. `answered_on`: the day of the last answer, once everybody has answered; each answer is with its receipt.
    """

    ground: str
    sent_on: date
    answer_by: date | None = None
    answered_on: date | None = None
    days: int | None = field(default=None, metadata={"late": True})
