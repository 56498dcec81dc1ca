"""The frozen view of a dossier: all that a rule may see. Names and free texts are references, never the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from workflows.calls.model import Depositor as DepositorKind
from workflows.parts.awards import Award
from workflows.parts.candidates import Candidate
from workflows.parts.committee_file import CommitteeFile
from workflows.parts.contests import Contest
from workflows.parts.credits import Credit, MoneyNotice, NotifiedSum, Tranche, beyond, credits_of
from workflows.parts.departures import Departure, Vacancy
from workflows.parts.ledger import PAYMENTS, Adjustment, LedgerEntry, Written
from workflows.parts.notices import Notice, Rejection
from workflows.parts.pauses import Pause
from workflows.parts.pieces import Piece, PieceRequest
from workflows.parts.places import Place, QuotaUse
from workflows.parts.receipts import Receipt
from workflows.parts.repayments import RepaymentFile
from workflows.parts.requests import EndReason, Request
from workflows.parts.reserves import ReserveEntry
from workflows.parts.rivals import BetterRanked, StandingOffer
from workflows.parts.silence import SilenceClock
from workflows.parts.successions import Succession
from workflows.parts.waivers import DistanceWaiver
from workflows.sites import Plan, Site, SiteRole
from workflows.states import State
from workflows.tenure import Tenure


@dataclass(frozen=True, slots=True)
class DossierDepositor:
    """Somebody who files: the candidate, or an establishment (`party` = id of its site). All must have confirmed."""

    kind: DepositorKind
    party: str | None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """The group a dossier belongs to (binôme, trinôme): `size` posts, viable from `viable_from` posts on."""

    id: str = field(metadata={"longest": 40})
    size: int = 1
    viable_from: int | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """The receipt of the application: the instant that counts and how it arrived. `proof` for mail, post or hand."""

    received_at: datetime
    channel: str
    proof: str | None = None


class StartGround(StrEnum):
    """What allows a start outside the windows of the call."""

    WINDOW = "window"
    DEFERRAL = "deferral"
    REPLACEMENT = "replacement"
    RENEWAL = "renewal"


class EndOutcome(StrEnum):
    """How a post ended."""

    COMPLETED = "completed"
    EARLY = "early"
    NEVER_STARTED = "never_started"
    VACATED = "vacated"

    @property
    def label(self) -> str:
        """The French words for the outcome."""
        return _OUTCOME_LABELS[self]


_OUTCOME_LABELS = {
    EndOutcome.COMPLETED: "terme du contrat",
    EndOutcome.EARLY: "fin anticipée",
    EndOutcome.NEVER_STARTED: "poste jamais pourvu",
    EndOutcome.VACATED: "poste laissé vacant",
}


@dataclass(frozen=True, slots=True)
class End:
    """The end of a post: its last day, its outcome and its cause. `id` names it for the repayment that may follow.

    `told_on`: the day the agency learnt of it.
    """

    id: str
    last_day: date
    outcome: EndOutcome
    reason: EndReason | None
    cca: bool
    suspected_cca: bool = False
    told_on: date | None = field(default=None, metadata={"late": True})


#: Members that no correction takes back: they are only added to.
KEPT = frozenset({"receipts", "adjustments", "contests", "ledger", "written"})


@dataclass(frozen=True, slots=True)
class LastAct:
    """The last act that changed the state: its journal entry, what it changed, and what was changed since.

    `touched` and `since` are names of members of `Dossier`. The act can be taken back while they are disjoint. What is
    only added to (`KEPT`) is in neither: a letter sent stays sent, an entry stays written.
    """

    act: str
    entry: int
    at: datetime
    source: State
    touched: tuple[str, ...]
    since: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around the dossier when a decision is taken. It is read with the dossier, never stored in it.

    `committed`: euros that the other posts of the call commit, by year, where it has envelopes. `signatories` are the
    ids of those who may sign today (None: not checked here). `before_last` is the dossier as it stood before its last
    change of state, needed only to take that change back. `letters_waiting`: the letters asked for that have not left,
    by their code and by what they are about (see `workflows.letters.asked.about`). `letters_held`: the letters prepared
    here that have not left, by the id of their receipt. `titled`: numbers of the other dossiers of the agency that have
    the title an act is about.
    """

    quotas: tuple[QuotaUse, ...] = ()
    better_ranked: tuple[BetterRanked, ...] = ()
    offers: tuple[StandingOffer, ...] = ()
    same_doctor: tuple[str, ...] = ()
    project_states: tuple[State, ...] = ()
    committed: tuple[tuple[int, Decimal], ...] = ()
    signatories: tuple[str, ...] | None = None
    last_act_left_house: bool = False
    before_last: Dossier | None = None
    letters_waiting: frozenset[tuple[str, str]] = frozenset()
    letters_held: frozenset[str] = frozenset()
    titled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """One application for one post, as it stands. `version` is the number of its journal entries.

    `former`: ids of the doctors that a replacement took off the post, the first one first.
    """

    number: str
    call: str
    category: str
    opened_on: date
    state: State = State.DRAFT
    version: int = 0
    specialty: str | None = None
    sites: tuple[Site, ...] = ()
    plan: Plan = ()
    months: int | None = None
    wished_start: date | None = None
    contract_share: Fraction = Fraction(1)
    share_motivated: bool = False
    other_financing: bool = False
    project: Project | None = None
    depositors: tuple[DossierDepositor, ...] = ()
    candidate: Candidate | None = None
    former: tuple[str, ...] = ()
    filing: Filing | None = None
    silence: SilenceClock | None = None
    pieces: tuple[Piece, ...] = ()
    piece_requests: tuple[PieceRequest, ...] = ()
    complete_on: date | None = None
    committee: CommitteeFile | None = None
    reserve: ReserveEntry | None = None
    place: Place | None = None
    award: Award | None = None
    start_ground: StartGround = StartGround.WINDOW
    deferred_from: date | None = None
    money_notice: MoneyNotice | None = None
    presence_confirmed_on: date | None = None
    tenures: tuple[Tenure, ...] = ()
    departure: Departure | None = None
    vacancy: Vacancy | None = None
    notice: Notice | None = None
    end: End | None = None
    rejection: Rejection | None = None
    requests: tuple[Request, ...] = ()
    tranches: tuple[Tranche, ...] = ()
    repayments: tuple[RepaymentFile, ...] = ()
    renewal_of: str | None = None
    renewed_by: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = field(default=(), metadata={"late": True})
    pause: Pause | None = field(default=None, metadata={"late": True})
    adjustments: tuple[Adjustment, ...] = field(default=(), metadata={"late": True})
    ledger: tuple[LedgerEntry, ...] = field(default=(), metadata={"late": True})
    written: tuple[Written, ...] = field(default=(), metadata={"late": True})
    waivers: tuple[DistanceWaiver, ...] = field(default=(), metadata={"late": True})
    successions: tuple[Succession, ...] = field(default=(), metadata={"late": True})
    contests: tuple[Contest, ...] = field(default=(), metadata={"late": True})
    last: LastAct | None = None
    around: Surroundings = field(default_factory=Surroundings)

    @property
    def recruiter(self) -> Site | None:
        """The establishment that employs and is paid."""
        return next((s for s in self.sites if s.role is SiteRole.RECRUITER), None)

    @property
    def partners(self) -> tuple[Site, ...]:
        """The other places of work."""
        return tuple(s for s in self.sites if s.role is SiteRole.PARTNER)

    @property
    def is_renewal(self) -> bool:
        """True for a dossier that renews another: closing, windows and durations of the call do not bind it."""
        return self.renewal_of is not None

    @property
    def started_on(self) -> date | None:
        """First day anybody served on the post; None before the start. The state does not tell this."""
        return self.tenures[0].starts_on if self.tenures else None

    @property
    def credits(self) -> tuple[Credit, ...]:
        """Its tranches, with what was reduced and paid of each."""
        return credits_of(self.tranches, self.ledger, self.money_notice)

    @property
    def delegated(self) -> Decimal:
        """Credits that stand: delegated so far, here or elsewhere, less what was reduced or taken back, in euros."""
        return sum((credit.standing for credit in self.credits), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """Credits really paid so far, in euros."""
        return sum((e.amount for e in self.ledger if e.kind in PAYMENTS), Decimal(0))

    @property
    def taken_back(self) -> Decimal:
        """What repayments have decided to take back: delegated and paid no more, as far as the schedule goes."""
        return sum((r.taken_back for r in self.repayments), Decimal(0))

    @property
    def delegated_net(self) -> Decimal:
        """Credits that count towards the schedule: delegated, less what is taken back."""
        return self.delegated - self.taken_back

    @property
    def undelegated(self) -> tuple[NotifiedSum, ...]:
        """What is notified and not delegated, by the day it was first notified; the first one is delegated first."""
        return beyond(self.money_notice.notified, self.delegated_net) if self.money_notice else ()

    @property
    def paid_net(self) -> Decimal:
        """Payments that count towards the schedule: paid, less what is taken back."""
        return self.paid - self.taken_back

    @property
    def repayment(self) -> RepaymentFile | None:
        """The repayment to see to: that of the end until it is settled, else the last one open, else the last."""
        ended = self.clawback
        if ended is not None and (ended.is_open or self.state is State.CLAWBACK):
            return ended
        found = [r for r in self.repayments if r.is_open] or list(self.repayments)
        return found[-1] if found else None

    @property
    def clawback(self) -> RepaymentFile | None:
        """The repayment that follows the end of the post."""
        return self.repayment_of(self.end.id) if self.end else None

    def repayment_of(self, cause: str | None) -> RepaymentFile | None:
        """The repayment of that cause."""
        return next((r for r in self.repayments if r.cause == cause), None)

    @property
    def open_contests(self) -> tuple[Contest, ...]:
        """The lines of its account that are contested and wait for an answer, the oldest first."""
        return tuple(contest for contest in self.contests if contest.is_open)

    @property
    def upheld_contests(self) -> tuple[Contest, ...]:
        """The contests that were upheld and wait for the act that puts their line right, the oldest first."""
        return tuple(contest for contest in self.contests if contest.awaits_act)

    def request(self, request_id: str | None) -> Request | None:
        """The request of that id."""
        return next((r for r in self.requests if r.id == request_id), None)

    def receipt(self, receipt_id: str | None) -> Receipt | None:
        """The receipt of that id."""
        return next((r for r in self.receipts if r.id == receipt_id), None)

    def piece(self, key: str) -> Piece | None:
        """The piece of that key."""
        return next((p for p in self.pieces if p.key == key), None)

    @property
    def open_piece_request(self) -> PieceRequest | None:
        """The request for pieces still waiting, if any; of several, the one that leaves most time."""
        return max((r for r in self.piece_requests if r.answered_on is None), key=lambda r: r.due_on, default=None)
