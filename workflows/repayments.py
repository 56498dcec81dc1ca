"""The repayment (reversement) as a machine of its own, beside the state of the dossier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.calls.funding import RepaymentReading


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
    RepaymentState.DROPPED: "abandonné après les observations",
}


class Vehicle(StrEnum):
    """How the money comes back."""

    TITLE = "title"
    AMENDING_DECISION = "amending_decision"
    OFFSET = "offset"

    @property
    def label(self) -> str:
        """The French words for the vehicle."""
        return _VEHICLE_LABELS[self]


_VEHICLE_LABELS = {
    Vehicle.TITLE: "titre de recettes",
    Vehicle.AMENDING_DECISION: "décision modificative",
    Vehicle.OFFSET: "compensation",
}

_S = RepaymentState

#: act -> (states it leaves, state it reaches). Each step is decided by a person; only the proposal is the machine's.
REPAYMENT_MOVES: dict[str, tuple[tuple[RepaymentState, ...], RepaymentState]] = {
    "start_contradictory": ((_S.PROPOSED,), _S.CONTRADICTORY),
    "decide_repayment": ((_S.CONTRADICTORY,), _S.DECIDED),
    "drop_repayment": ((_S.PROPOSED, _S.CONTRADICTORY), _S.DROPPED),
    "request_title": ((_S.DECIDED,), _S.TITLE_REQUESTED),
    "record_title": ((_S.TITLE_REQUESTED,), _S.TITLE_ISSUED),
    "use_other_vehicle": ((_S.DECIDED, _S.TITLE_REQUESTED), _S.OTHER_VEHICLE),
    "record_repaid": ((_S.TITLE_ISSUED, _S.PARTLY_PAID, _S.OTHER_VEHICLE), _S.PARTLY_PAID),
}


class Relief(StrEnum):
    """Ways a decided amount may shrink, each with its authority."""

    REDUCED = "reduced"
    REMITTED = "remitted"
    WRITTEN_OFF = "written_off"

    @property
    def label(self) -> str:
        """The French word for the relief."""
        return _RELIEF_LABELS[self]


_RELIEF_LABELS = {
    Relief.REDUCED: "réduction",
    Relief.REMITTED: "remise gracieuse",
    Relief.WRITTEN_OFF: "admission en non-valeur",
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a repayment is about: delegated and served, and what each reading asks back, in euros."""

    delegated: Decimal
    served: Decimal
    prorata: Decimal
    integral: Decimal | None
    contract_year: Decimal | None


@dataclass(frozen=True, slots=True)
class Movement:
    """A payment received or a relief granted, in euros."""

    kind: str
    amount: Decimal
    on: date
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class RepaymentFile:
    """One repayment of a dossier for one cause. `cause` is the id of the end it follows; one per cause, for ever."""

    cause: str
    state: RepaymentState
    opened_on: date
    amounts: Amounts
    proposed: Decimal
    answer_by: date | None = None
    answered_on: date | None = None
    reading: RepaymentReading | None = None
    decided: Decimal | None = None
    decided_on: date | None = None
    vehicle: Vehicle | None = None
    title: str | None = None
    title_on: date | None = field(default=None, metadata={"late": True})
    movements: tuple[Movement, ...] = ()

    @property
    def settled_amount(self) -> Decimal:
        """Paid + reduced + remitted + written off, in euros."""
        return sum((m.amount for m in self.movements), Decimal(0))

    @property
    def repaid(self) -> Decimal:
        """Money that really came back, in euros."""
        return sum((m.amount for m in self.movements if m.kind == "paid"), Decimal(0))

    @property
    def outstanding(self) -> Decimal:
        """What is still due of the decided amount, in euros; zero before the decision."""
        return Decimal(0) if self.decided is None else self.decided - self.settled_amount

    @property
    def is_over(self) -> bool:
        """True when nothing is left to do: dropped, or decided and settled to the cent."""
        if self.state is RepaymentState.DROPPED:
            return True
        return self.decided is not None and self.outstanding == 0
