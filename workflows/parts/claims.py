"""Claims (réclamations) against a repayment: objects beside it, so that contesting forgets nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.calendars import Calendar
from workflows.deadlines import add_months, court_period_end

#: Months to claim once the decision is received, and months to answer, after which silence is a rejection
#: (décret n° 2012-1246 art. 118, transposed).
CLAIM_MONTHS = 2
ANSWER_MONTHS = 6
CLAIM_RULE = "décret n° 2012-1246 art. 118"


class ClaimState(StrEnum):
    """Where a claim stands. A silence is a clock, not a state: see `Claim.silent_on`."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REDUCED = "reduced"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """The French words for the state."""
        return _LABELS[self]


_LABELS = {
    ClaimState.OPEN: "ouverte",
    ClaimState.ACCEPTED: "acceptée",
    ClaimState.REDUCED: "acceptée en partie",
    ClaimState.REJECTED: "rejetée",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the recruiter against a repayment decided.

    `contested`: euros it asks to be relieved of; `granted`: euros it was, once answered. `filed_on`: the day the agency
    received it, from which the six months run. `grounds` and `evidence` are references of texts. `recorded_by`: the
    agent who recorded a claim that came otherwise than here, None when the recruiter filed it.
    """

    id: str
    filed_on: date
    contested: Decimal
    grounds: str = field(metadata={"personal": True})
    state: ClaimState = ClaimState.OPEN
    recorded_on: date | None = None
    recorded_by: str | None = None
    evidence: str | None = field(default=None, metadata={"personal": True})
    answered_on: date | None = None
    granted: Decimal | None = None

    @property
    def is_open(self) -> bool:
        """True while no answer was given."""
        return self.state is ClaimState.OPEN

    @property
    def silent_on(self) -> date:
        """The day on which silence is a rejection, unless an answer came before."""
        return add_months(self.filed_on, ANSWER_MONTHS)

    def waits(self, today: date) -> bool:
        """True while an answer is due: silence has not rejected it yet."""
        return self.is_open and today < self.silent_on


def claim_until(received_on: date, calendar: Calendar) -> date:
    """The last day to claim against a decision received on a day, included; counted as the periods of courts are."""
    return court_period_end(received_on, CLAIM_MONTHS, calendar)
