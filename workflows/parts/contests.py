"""Contests (contestations) of a line of the account: the recruiter says that it is wrong, the agency answers.

A claim is another thing: it is about what a repayment asks back, and runs against a title.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workflows.money.gains import GainedEuros

#: Acts that may put an account right, from the most to the least likely: an answer names the one that will follow.
REMEDIES = (
    "correct_ledger_entry",
    "record_payment",
    "record_tranche",
    "reduce_tranche",
    "change_contract_share",
    "waive_distance",
    "notify_money",
    "record_opening",
    "open_overpayment",
    "rectify",
)


class ContestState(StrEnum):
    """Where a contest stands."""

    OPEN = "contested"
    UPHELD = "upheld"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        """The French words for the state."""
        return _LABELS[self]


_LABELS = {
    ContestState.OPEN: "en attente de réponse",
    ContestState.UPHELD: "fondée, la ligne est à corriger",
    ContestState.CORRECTED: "fondée, la ligne est corrigée",
    ContestState.DISMISSED: "écartée, la ligne est juste",
}


@dataclass(frozen=True, slots=True)
class Contest:
    """A line of the account that the recruiter says is wrong.

    `line`: its id, for ever the same. `label` and `amount`: the line as it read that day, in euros. `filed_on`: the day
    the agency received it. `grounds`, `reply` and `evidence` are references of texts. `recorded_by`: the agent who
    recorded one that came otherwise than here. `remedy`: the name of the act that is to put it right, from the answer
    that upholds it until the act is done. `corrected_by`: the line that did, None when the act writes none.
    """

    id: str
    line: str
    label: str
    amount: GainedEuros
    filed_on: date
    grounds: str = field(metadata={"personal": True})
    state: ContestState = ContestState.OPEN
    answered_on: date | None = None
    reply: str | None = field(default=None, metadata={"personal": True})
    remedy: str | None = None
    corrected_by: str | None = field(default=None, metadata={"late": True})
    corrected_on: date | None = field(default=None, metadata={"late": True})
    recorded_by: str | None = field(default=None, metadata={"late": True})
    evidence: str | None = field(default=None, metadata={"late": True, "personal": True})

    @property
    def is_open(self) -> bool:
        """True while nobody answered."""
        return self.state is ContestState.OPEN

    @property
    def awaits_act(self) -> bool:
        """True while the act that is to put the line right is not done."""
        return self.state is ContestState.UPHELD and self.remedy is not None
