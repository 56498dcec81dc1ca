"""The repayment (reversement) as a machine of its own, beside the state of the dossier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.calls.funding import RepaymentReading, Vehicle
from workflows.claims import Claim
from workflows.deadlines import add_months
from workflows.money.bases import Bases
from workflows.reliefs import PreparedRelief, Relief

#: Years to ask for what was unduly paid, from the day the agency knew of it (C. civ. art. 2224).
TIME_BAR_YEARS = 5
TIME_BAR_RULE = "C. civ. art. 2224"
_ZERO = Decimal("0.00")


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
    "start_contradictory": ((_S.PROPOSED,), _S.CONTRADICTORY),
    "record_remarks": ((_S.CONTRADICTORY,), None),
    "decide_repayment": ((_S.CONTRADICTORY,), _S.DECIDED),
    "prepare_relief": (UNDECIDED + DECIDED, None),
    "drop_repayment": (UNDECIDED, _S.DROPPED),
    "reduce_repayment": (DECIDED, None),
    "remit_repayment": (DECIDED, None),
    "write_off_repayment": (DECIDED, None),
    "request_title": ((_S.DECIDED,), _S.TITLE_REQUESTED),
    "record_title": ((_S.TITLE_REQUESTED,), _S.TITLE_ISSUED),
    "use_other_vehicle": ((_S.DECIDED, _S.TITLE_REQUESTED, _S.OTHER_VEHICLE), None),
    "record_repaid": (_COLLECTING, None),
    "offset_repayment": (_COLLECTING, None),
    "record_refund": (DECIDED, None),
    "file_claim": (DECIDED, None),
    "answer_claim": (DECIDED, None),
}

#: Acts that are about a repayment even when nothing is left to pay of it.
_OF_OVER = frozenset({"file_claim", "answer_claim"})


class RepaymentKind(StrEnum):
    """What a repayment follows."""

    EARLY_END = "early_end"
    OVERPAYMENT = "overpayment"

    @property
    def label(self) -> str:
        """The French words for what it follows."""
        return "fin anticipée" if self is RepaymentKind.EARLY_END else "trop-perçu"


class MovementKind(StrEnum):
    """What moves the debt: money in, money given back, an offset written by mistake, or a relief of the same name."""

    PAID = "paid"
    OFFSET = "offset"
    OFFSET_UNDONE = "offset_undone"
    REFUNDED = "refunded"
    REDUCED = "reduced"
    REMITTED = "remitted"
    WRITTEN_OFF = "written_off"

    @property
    def label(self) -> str:
        """The French words for the movement."""
        return _MOVEMENT_LABELS[self]


_MOVEMENT_LABELS = {
    MovementKind.PAID: "paiement reçu",
    MovementKind.OFFSET: "compensation sur une tranche",
    MovementKind.OFFSET_UNDONE: "annulation d’une compensation",
    MovementKind.REFUNDED: "remboursement au recruteur",
    **{MovementKind(relief.value): relief.label for relief in Relief if relief is not Relief.ABANDONED},
}
_BACK = frozenset({MovementKind.PAID, MovementKind.OFFSET})
_GONE_AGAIN = frozenset({MovementKind.REFUNDED, MovementKind.OFFSET_UNDONE})
_RELIEVED = frozenset({MovementKind.REDUCED, MovementKind.REMITTED, MovementKind.WRITTEN_OFF})


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a repayment is about: paid and served, and what each reading asks back, in euros."""

    delegated: Decimal
    served: Decimal
    prorata: Decimal
    integral: Decimal | None
    contract_year: Decimal | None

    def of(self, reading: RepaymentReading) -> Decimal | None:
        """What a reading asks back, None when no clause allows it."""
        return {
            RepaymentReading.PRORATA: self.prorata,
            RepaymentReading.INTEGRAL: self.integral,
            RepaymentReading.CONTRACT_YEAR: self.contract_year,
        }[reading]


@dataclass(frozen=True, slots=True)
class Movement:
    """A payment received, an offset, a refund or a relief granted, in euros.

    `authority`: who granted a relief, and by which decision. `claim`: the claim that a reduction answers. `tranche`:
    the one that an offset was made on.
    """

    kind: MovementKind
    amount: Decimal
    on: date
    authority: str | None = None
    claim: str | None = field(default=None, metadata={"late": True})
    tranche: str | None = field(default=None, metadata={"late": True})


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who owes: always the recruiter, or the legal entity that succeeded it; never the doctor, nor a partner (A5).

    `site` and `legal_entity` are FINESS numbers (9 characters).
    """

    site: str
    legal_entity: str
    name: str


@dataclass(frozen=True, slots=True)
class RepaymentFile:
    """One repayment of a dossier for one cause. `cause` is the id of the end it follows; one per cause, for ever.

    An overpayment has for cause what made it: the schedule and the payments as they stood. `known_on`: the day the
    agency knew, from which the time-bar runs. `prepared_by`: who opened the contradictory step, and may not decide.
    `title_asked_on`: a title is requested once, for ever. `deed`: the amending decision that carries the money back.
    `settled_on`: the day on which a repayment that changed no state was closed. `hearing_asked_on`: the day on which
    the recruiter asked to be heard; `heard_on`: the day on which it was.
    """

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
    follows: RepaymentKind | None = field(default=None, metadata={"late": True})
    known_on: date | None = field(default=None, metadata={"late": True})
    bases: Bases | None = field(default=None, metadata={"late": True})
    prepared_by: str | None = field(default=None, metadata={"late": True})
    decided_by: str | None = field(default=None, metadata={"late": True})
    debtor: Debtor | None = field(default=None, metadata={"late": True})
    relief: PreparedRelief | None = field(default=None, metadata={"late": True})
    claims: tuple[Claim, ...] = field(default=(), metadata={"late": True})
    title_asked_on: date | None = field(default=None, metadata={"late": True})
    deed: str | None = field(default=None, metadata={"late": True})
    settled_on: date | None = field(default=None, metadata={"late": True})
    hearing_asked_on: date | None = field(default=None, metadata={"late": True})
    heard_on: date | None = field(default=None, metadata={"late": True})

    @property
    def kind(self) -> RepaymentKind:
        """What it follows."""
        return self.follows or RepaymentKind.EARLY_END

    @property
    def relieved(self) -> Decimal:
        """Reduced + remitted + written off, in euros."""
        return self._sum(_RELIEVED)

    @property
    def repaid(self) -> Decimal:
        """Money that really came back and was not given back, in euros; an offset brings it back too."""
        return self._sum(_BACK) - self._sum(_GONE_AGAIN)

    @property
    def settled_amount(self) -> Decimal:
        """Repaid + reduced + remitted + written off, in euros."""
        return self.repaid + self.relieved

    @property
    def standing(self) -> Decimal:
        """What is still owed or was paid of the decided amount once relieved, in euros; zero before the decision."""
        return Decimal(0) if self.decided is None else self.decided - self.relieved

    @property
    def taken_back(self) -> Decimal:
        """Euros that no longer count as credits of the post: those decided, but for what a reduction found not due.

        A remission or a write-off gives up a debt: what the schedule owes stays owed. Months served that a clause takes
        back with the others (A1) still count, so that nobody pays them again. Zero before the decision.
        """
        if self.decided is None:
            return Decimal(0)
        return min(self.decided - self._sum(frozenset({MovementKind.REDUCED})), self.amounts.prorata)

    @property
    def balance(self) -> Decimal:
        """Due by the recruiter above zero, to give back to it below, in euros; zero before the decision."""
        return Decimal(0) if self.decided is None else self.decided - self.settled_amount

    @property
    def outstanding(self) -> Decimal:
        """What is still due of the decided amount, in euros; zero before the decision."""
        return max(Decimal(0), self.balance)

    @property
    def to_refund(self) -> Decimal:
        """What came back and was not due after all, in euros."""
        return max(Decimal(0), -self.balance)

    @property
    def is_over(self) -> bool:
        """True when nothing is left to do: dropped, or decided and settled to the cent."""
        if self.state is RepaymentState.DROPPED:
            return True
        return self.decided is not None and self.balance == 0

    @property
    def is_open(self) -> bool:
        """True until it is over; one that changed no state, until somebody closed it too."""
        closing = self.kind is RepaymentKind.OVERPAYMENT and self.settled_on is None
        return not self.is_over or closing

    @property
    def examined(self) -> Decimal:
        """Euros that the agency has looked at here: another repayment does not ask for them again."""
        return max(self.proposed, self.decided or _ZERO)

    @property
    def barred_after(self) -> date:
        """The last day to decide it before it is time-barred."""
        return add_months(self.known_on or self.opened_on, 12 * TIME_BAR_YEARS)

    @property
    def open_claim(self) -> Claim | None:
        """The claim that has no answer yet."""
        return next((claim for claim in self.claims if claim.is_open), None)

    def claim(self, claim_id: str | None) -> Claim | None:
        """The claim of that id."""
        return next((claim for claim in self.claims if claim.id == claim_id), None)

    def allows(self, act: str) -> bool:
        """True when the act is a step that may come now."""
        sources = REPAYMENT_MOVES[act][0]
        return self.state in sources and (not self.is_over or act in _OF_OVER)

    def _sum(self, kinds: frozenset[MovementKind]) -> Decimal:
        return sum((m.amount for m in self.movements if m.kind in kinds), Decimal(0))


def asked_back(repayments: Iterable[RepaymentFile], but: str | None = None) -> Decimal:
    """Euros that the repayments of a post ask back, or have examined, save the one of a cause."""
    return sum((r.examined for r in repayments if r.cause != but), _ZERO)


def decided_in_all(repayments: Iterable[RepaymentFile], but: str | None = None) -> Decimal:
    """Euros decided by the repayments of a post, save the one of a cause: never above what was paid."""
    return sum((r.decided or _ZERO for r in repayments if r.cause != but), _ZERO)
