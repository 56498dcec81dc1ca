"""The states of a repayment, and the steps that lead from one to another."""

from __future__ import annotations

from enum import StrEnum


class RepaymentState(StrEnum):
    """Where a repayment stands."""

    PROPOSED = "proposed"
    CONTRADICTORY = "contradictory"
    DECIDED = "decided"
    TITLE_REQUESTED = "title_requested"
    TITLE_ISSUED = "title_issued"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OTHER_VEHICLE = "other_vehicle"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """The French word for the state."""
        return _LABELS[self]


_LABELS = {
    RepaymentState.PROPOSED: "proposé",
    RepaymentState.CONTRADICTORY: "procédure contradictoire",
    RepaymentState.DECIDED: "décidé",
    RepaymentState.TITLE_REQUESTED: "titre demandé",
    RepaymentState.TITLE_ISSUED: "titre émis",
    RepaymentState.PARTLY_PAID: "payé en partie",
    RepaymentState.PAID: "payé",
    RepaymentState.OTHER_VEHICLE: "recouvré par une autre voie",
    RepaymentState.DROPPED: "abandonné",
}

_S = RepaymentState

#: Nothing is decided yet.
UNDECIDED = (_S.PROPOSED, _S.CONTRADICTORY)
#: An amount is decided, whatever came of it.
DECIDED = (_S.DECIDED, _S.TITLE_REQUESTED, _S.TITLE_ISSUED, _S.OTHER_VEHICLE, _S.PARTLY_PAID, _S.PAID)
_COLLECTING = (_S.TITLE_ISSUED, _S.OTHER_VEHICLE, _S.PARTLY_PAID)

#: act -> (states it leaves, state it reaches; None when the act says which, or leaves it as it is). Each step is
#: decided by a person; only the proposal that follows an early end is the machine's.
REPAYMENT_MOVES: dict[str, tuple[tuple[RepaymentState, ...], RepaymentState | None]] = {
    "start_contradictory": (UNDECIDED, _S.CONTRADICTORY),
    "record_remarks": ((_S.CONTRADICTORY,), None),
    "decide_repayment": ((_S.CONTRADICTORY,), _S.DECIDED),
    "prepare_relief": (UNDECIDED + DECIDED, None),
    "drop_repayment": (UNDECIDED, _S.DROPPED),
    "reduce_repayment": (DECIDED, None),
    "remit_repayment": (DECIDED, None),
    "write_off_repayment": (DECIDED, None),
    "request_title": ((_S.DECIDED,), _S.TITLE_REQUESTED),
    "record_title": ((_S.TITLE_REQUESTED,), None),
    "record_title_receipt": ((_S.TITLE_ISSUED, _S.PARTLY_PAID, _S.PAID), None),
    "use_other_vehicle": ((_S.DECIDED, _S.TITLE_REQUESTED, _S.OTHER_VEHICLE, _S.PARTLY_PAID), None),
    "record_repaid": (_COLLECTING, None),
    "offset_repayment": (_COLLECTING, None),
    "record_refund": (DECIDED, None),
    "file_claim": (DECIDED, None),
    "answer_claim": (DECIDED, None),
}

#: Acts that are about a repayment even when nothing is left to pay of it.
OF_OVER = frozenset({"file_claim", "answer_claim", "record_title_receipt"})
#: Acts that may be about what was written off, once nothing else is left.
OF_WRITTEN_OFF = frozenset({"record_repaid", "prepare_relief", "reduce_repayment"})
#: Acts that want a title to be issued, or none to be.
TITLE_ISSUED = {"record_title_receipt": True, "use_other_vehicle": False}
