"""The repayment (reversement) as a machine of its own, beside the state of the dossier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.calls.funding import Funding, RepaymentReading, Vehicle
from workflows.deadlines import add_months
from workflows.parts.bases import Bases
from workflows.parts.claims import Claim
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.reliefs import PreparedRelief
from workflows.parts.repayment_steps import (
    DECIDED,
    OF_OVER,
    OF_WRITTEN_OFF,
    REPAYMENT_MOVES,
    TITLE_ISSUED,
    UNDECIDED,
    RepaymentState,
)
from workflows.parts.titles import MistakenTitle

#: Years to ask for what was unduly paid, from the day the agency knew of it (C. civ. art. 2224); again from its
#: decision, its title, and each payment of the debtor, who acknowledges the debt by it (art. 2240).
TIME_BAR_YEARS = 5
TIME_BAR_RULE = "C. civ. art. 2224"
_ZERO = Decimal("0.00")


class RepaymentKind(StrEnum):
    """What a repayment follows."""

    EARLY_END = "early_end"
    OVERPAYMENT = "overpayment"

    @property
    def label(self) -> str:
        """The French words for what it follows."""
        return "fin anticipée" if self is RepaymentKind.EARLY_END else "trop-perçu"


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a repayment is about: paid and served, and what each reading asks back, in euros."""

    paid: Decimal = field(metadata={"stored": "delegated"})
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

    An overpayment has for cause what made it: the schedule, the payments and the refunds as they stood. `known_on`: the
    day the agency knew, from which the time-bar runs. `prepared_by`: who opened the contradictory step, and may not
    decide; `former_preparers`: who opened it before, when it was opened again.
    `title_asked_on`: a title is requested once, for ever; `title_amount`: for so many euros; `title_after`: those due
    after so many movements, None in the facts of an older release; `title_withdrawn_on`: the last day on which another
    way withdrew that request, `withdrawal_told`: to the accountant, not of a request that had not left;
    `title_received_on`: the debtor has the title.
    `deed`: the amending decision that carries the money back.
    `settled_on`: the day on which a repayment that changed no state was closed. `hearing_asked_on`: the day on which
    the recruiter asked to be heard; `heard_on`: the day on which it was. `proposed_by`: who proposed it, None for the
    machine. `let_go`: euros of the excess that were looked at and not taken back, as long as they are in excess; None
    in the facts of an older release, and before the decision. `mistaken_titles`: those that were taken back, in order.
    `taken_over_by`: the cause of the early end whose own repayment asks for what was only proposed here.
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
    title_amount: Decimal | None = field(default=None, metadata={"late": True})
    title_withdrawn_on: date | None = field(default=None, metadata={"late": True})
    title_received_on: date | None = field(default=None, metadata={"late": True})
    proposed_by: str | None = field(default=None, metadata={"late": True})
    let_go: Decimal | None = field(default=None, metadata={"late": True})
    mistaken_titles: tuple[MistakenTitle, ...] = field(default=(), metadata={"late": True})
    withdrawal_told: bool = field(default=True, metadata={"late": True})
    former_preparers: tuple[str, ...] = field(default=(), metadata={"late": True})
    taken_over_by: str | None = field(default=None, metadata={"late": True})
    title_after: int | None = field(default=None, metadata={"late": True})

    @property
    def kind(self) -> RepaymentKind:
        """What it follows."""
        return self.follows or RepaymentKind.EARLY_END

    @property
    def state_label(self) -> str:
        """The French words for where it stands."""
        return self.state.label if self.taken_over_by is None else "repris dans le reversement de la fin anticipée"

    @property
    def preparers(self) -> frozenset[str]:
        """Everybody who opened the contradictory step; empty while nobody is known to have."""
        return frozenset((*self.former_preparers, *([self.prepared_by] if self.prepared_by else [])))

    @property
    def way(self) -> Vehicle:
        """How it comes back: by a title unless somebody decided otherwise."""
        return self.vehicle or Vehicle.TITLE

    @property
    def by_title(self) -> bool:
        """True when it comes back by a title."""
        return self.way is Vehicle.TITLE

    @property
    def title_was_asked(self) -> bool:
        """True once a title was requested; the facts of an older release only tell it by their state."""
        told = (self.title_asked_on, self.title_withdrawn_on, self.title) != (None, None, None)
        return told or self.state in {RepaymentState.TITLE_REQUESTED, RepaymentState.TITLE_ISSUED}

    @property
    def title_stands(self) -> bool:
        """True while the accountant holds a request for a title, or has issued it."""
        return self.by_title and self.title_was_asked

    def is_before_title(self, place: int) -> bool:
        """True for a movement, by its place from 1, that came before a title that stands, and that it leaves out."""
        return self.title_stands and self.title_after is not None and place <= self.title_after

    @property
    def written_off(self) -> Decimal:
        """Written off and not paid after all, in euros."""
        return self.moved_by(MovementKind.WRITTEN_OFF, MovementKind.WRITE_OFF_UNDONE)

    @property
    def relieved(self) -> Decimal:
        """Reduced + remitted + written off, in euros."""
        return self.moved_by(*(kind for kind in MovementKind if not kind.is_money))

    @property
    def repaid(self) -> Decimal:
        """Money that really came back and was not given back, in euros; an offset brings it back too."""
        return self.moved_by(*(kind for kind in MovementKind if kind.is_money))

    @property
    def settled_amount(self) -> Decimal:
        """Repaid + reduced + remitted + written off, in euros."""
        return self.repaid + self.relieved

    @property
    def standing(self) -> Decimal:
        """What is still owed or was paid of the decided amount once relieved, in euros; zero before the decision."""
        return Decimal(0) if self.decided is None else self.decided - self.relieved

    @property
    def contestable(self) -> Decimal:
        """What a claim may bear on, in euros: all that is asked, and what was written off, which stays due."""
        return self.standing + self.written_off

    @property
    def taken_back(self) -> Decimal:
        """Euros that no longer count as credits of the post: those decided, but for what a reduction found not due.

        A remission or a write-off gives up a debt: what the schedule owes stays owed. Months served that a clause takes
        back with the others (A1) still count, so that nobody pays them again. Zero before the decision.
        """
        if self.decided is None:
            return Decimal(0)
        return min(self.decided - self.moved_by(MovementKind.REDUCED), self.amounts.prorata)

    @property
    def balance(self) -> Decimal:
        """Due by the recruiter above zero, to give back to it below, in euros; zero before the decision."""
        return Decimal(0) if self.decided is None else self.decided - self.settled_amount

    @property
    def outstanding(self) -> Decimal:
        """What is still due of the decided amount, in euros; zero before the decision."""
        return max(Decimal(0), self.balance)

    @property
    def payable(self) -> Decimal:
        """What may still be paid, or be found not due, in euros: what is due, and what was written off."""
        return max(Decimal(0), self.balance + self.written_off)

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
    def is_only_proposed(self) -> bool:
        """True for an overpayment that no recruiter heard of yet."""
        return self.kind is RepaymentKind.OVERPAYMENT and self.state is RepaymentState.PROPOSED

    @property
    def readings(self) -> tuple[RepaymentReading, ...]:
        """The readings that a clause opens, pro rata first (A2)."""
        return tuple(reading for reading in RepaymentReading if self.amounts.of(reading) is not None)

    def read_under(self, funding: Funding) -> RepaymentReading:
        """The reading that it rests on: once the recruiter is heard, the one announced; until then the present one."""
        return self.reading if self.reading in self.readings else funding.reading_among(self.readings)

    @property
    def proposed_excess(self) -> Decimal:
        """What was proposed of the euros paid in excess of the schedule, without those that only a clause asks for."""
        return min(self.proposed, self.amounts.prorata)

    @property
    def spared(self) -> Decimal:
        """Euros of the excess that were looked at here, let go, and still are in excess; zero until then."""
        if self.state in UNDECIDED:
            return _ZERO
        return max(_ZERO, self.proposed_excess - self.taken_back) if self.let_go is None else self.let_go

    @property
    def examined(self) -> Decimal:
        """Euros of the excess that another repayment does not ask for again: asked here, taken back, or let go.

        What came back and was not due is asked for by nobody as long as it is not given back.
        """
        if self.state in UNDECIDED:
            return self.proposed_excess
        return max(self.taken_back + self.spared, min(self.repaid, self.amounts.prorata))

    @property
    def held(self) -> Decimal:
        """Euros decided, or that came back: the post was paid no less. A proposal is computed again when decided.

        What was written off is still owed by who becomes able to pay it; what was reduced or remitted never comes back.
        """
        return max(self.contestable, self.repaid)

    @property
    def barred_from(self) -> date:
        """The day from which the time-bar runs: the agency knew of the debt, or the period started again."""
        paid = (moved.on for _, moved in self.in_force if moved.kind is MovementKind.PAID)
        again = (self.known_on or self.opened_on, self.decided_on, self.title_on, *paid)
        return max(day for day in again if day is not None)

    @property
    def barred_after(self) -> date:
        """The last day to decide it, or to ask for its title, before it is time-barred."""
        return add_months(self.barred_from, 12 * TIME_BAR_YEARS)

    @property
    def open_claim(self) -> Claim | None:
        """The last claim that has no answer; another may come once silence has rejected one."""
        return next((claim for claim in reversed(self.claims) if claim.is_open), None)

    def waiting_claim(self, today: date) -> Claim | None:
        """The claim whose answer is still due on a day."""
        claim = self.open_claim
        return claim if claim is not None and claim.waits(today) else None

    def claim(self, claim_id: str | None) -> Claim | None:
        """The claim of that id."""
        return next((claim for claim in self.claims if claim.id == claim_id), None)

    def allows(self, act: str) -> bool:
        """True when the act is a step that may come now."""
        if act in OF_WRITTEN_OFF and self.written_off > 0:  # still due by who becomes able to pay it
            return self.state in DECIDED
        if act == "record_title" and self.mistaken_titles and self.title is None:  # the right number is still to come
            return self.by_title and self.state in DECIDED
        if act in TITLE_ISSUED and (self.title is not None) is not TITLE_ISSUED[act]:
            return False
        return self.state in REPAYMENT_MOVES[act][0] and (not self.is_over or act in OF_OVER)

    @property
    def awaited_relief(self) -> PreparedRelief | None:
        """The relief that was prepared, as long as somebody may grant it."""
        return self.relief if self.relief is not None and self.allows(self.relief.relief.act) else None

    def moved_by(self, *kinds: MovementKind) -> Decimal:
        """By how much the movements of some kinds lower the debt in all, in euros."""
        return sum((m.lowers for m in self.movements if m.kind in kinds), Decimal(0))

    @property
    def in_force(self) -> tuple[tuple[int, Movement], ...]:
        """The movements that take none back and that none takes back, each with its place, from 1."""
        gone = {moved.corrects for moved in self.movements}
        places = enumerate(self.movements, 1)
        return tuple((n, moved) for n, moved in places if moved.corrects is None and n not in gone)

    @property
    def titles(self) -> tuple[tuple[str, date | None, Decimal | None, date | None], ...]:
        """The titles written: number, day, euros, and the day on which it was taken back (None: it stands)."""
        gone = tuple((each.number, each.title_on, each.amount, each.corrected_on) for each in self.mistaken_titles)
        return gone if self.title is None else (*gone, (self.title, self.title_on, self.title_amount, None))
