"""Lives of dossiers, driven through `decide` only: every dossier a test needs is one that could really exist.

    life = life_of("na-2024").to(State.IN_POST)
    life.dossier                                   # the dossier as it stands
    life.journal                                   # the decisions that made it, in order (fold gives the dossier)
    life.on(date(2025, 3, 28)).do("declare_early_end", Hat.RECRUITER)
    answer = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("10.00"))
    assert answer.codes == {"end_declared"}

`to` walks the nominal road from where the dossier stands: the days are those of the profile of the call
(`tests/profiles.py`), the inputs those of `tests/nominal.py`; whatever is given by name replaces them. `do` insists
that the act goes through; `attempt` answers whatever `decide` answers and changes nothing. The legal clock is
`life.now`: `on(day, hour)` sets it, `later(days)` moves it. What lies around the dossier (`life.world`) is quiet by
default: `others` places of each quota are taken by other dossiers, a signatory is in force, nobody else is ranked.
`copy()` gives an independent life, so that one road serves several tests.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.builders import SIGNATORIES, Hat, actor, call_of, instant, quota_uses
from tests.nominal import lacking, nominal
from tests.profiles import PROFILES, Profile
from workflows.calls.model import Call, Depositor
from workflows.deadlines import local_day
from workflows.decide import Decision, Possibility, Refused, decide, explain
from workflows.dossier import Dossier, DossierDepositor, Surroundings
from workflows.effects import Addressee
from workflows.parts.pieces import PieceState
from workflows.parts.places import QuotaUse
from workflows.parts.receipts import latest
from workflows.parts.requests import RequestKind
from workflows.states import State


@dataclass
class Life:
    """A dossier, its call, its clock and what happened to it. See the module."""

    profile: Profile
    call: Call
    now: datetime
    opening: Dossier
    dossier: Dossier
    journal: list[Decision] = field(default_factory=list)
    world: Surroundings = field(default_factory=lambda: Surroundings(signatories=SIGNATORIES))
    quotas: tuple[QuotaUse, ...] | None = None
    others: int = 3

    # the clock

    @property
    def today(self) -> date:
        """The day in the authority’s zone."""
        return local_day(self.now, self.call.authority.zone)

    def on(self, day: date, hour: str = "10:00") -> Life:
        """Move the legal clock to an hour of a day."""
        self.now = instant(day, self.call, hour)
        return self

    def later(self, days: int) -> Life:
        """Move the legal clock by whole days."""
        return self.on(self.today + timedelta(days=days))

    # what may be asked

    def seen(self) -> Dossier:
        """The dossier with what lies around it now."""
        uses = quota_uses(self.call, self.dossier, self.others) if self.quotas is None else self.quotas
        return replace(self.dossier, around=replace(self.world, quotas=uses))

    def attempt(self, act: str, hat: Hat, **given: Any) -> Decision | Refused:
        """What `decide` answers, with the nominal inputs and what is given; nothing changes."""
        by = actor(hat, self.dossier)
        return decide(self.seen(), act, nominal(self, act, **given), by=by, call=self.call, now=self.now)

    def explained(self, hat: Hat) -> dict[str, Possibility]:
        """What `explain` answers to somebody now, by act."""
        answers = explain(self.seen(), by=actor(hat, self.dossier), call=self.call, now=self.now)
        return {possibility.act.name: possibility for possibility in answers}

    def do(self, act: str, hat: Hat, **given: Any) -> Life:
        """Do an act that must go through."""
        answer = self.attempt(act, hat, **given)
        if isinstance(answer, Decision):
            self.apply(answer)
            return self
        reasons = "; ".join(f"{f.code}: {f.sentence}" for f in answer.findings)
        raise AssertionError(f"{self.call.id}, {self.today}: {act} by {hat} was refused: {reasons}")

    def prove(self, letter: str, *to: Addressee, **given: Any) -> Life:
        """Record today that a letter is received, by those named or by everybody it was sent to."""
        receipts = [r for r in latest(self.dossier.receipts, (letter,)) if not to or r.to in to]
        if not receipts:
            raise AssertionError(f"{self.call.id}, {self.today}: no receipt of {letter} to prove")
        for receipt in receipts:
            self.do("record_proof", Hat.INSTRUCTOR, receipt=receipt.id, **given)
        return self

    def apply(self, decision: Decision) -> None:
        """Take a decision into the life, as a journal would."""
        if decision.target is not decision.source:
            before = replace(self.dossier, around=Surroundings())
            self.world = replace(self.world, before_last=before, last_act_left_house=False)
        self.journal.append(decision)
        self.dossier = replace(decision.after, around=Surroundings())

    def changed(self, **members: Any) -> Life:
        """The same life with members of the dossier set by hand: for what no act can bring about alone."""
        self.dossier = replace(self.dossier, **members)
        return self

    def around(self, **members: Any) -> Life:
        """The same life in another world: `same_doctor`, `better_ranked`, `signatories`, ..."""
        self.world = replace(self.world, **members)
        return self

    def under(self, call: Call) -> Life:
        """The same life under a call that differs."""
        self.call = call
        return self

    def copy(self) -> Life:
        """An independent life that stands at the same point."""
        twin = copy.copy(self)
        twin.journal = list(self.journal)
        return twin

    # the roads

    @property
    def depositor(self) -> Hat:
        """The hat of the first depositor."""
        return Hat(self.profile.depositors[0].value)

    def to(self, state: State) -> Life:
        """Walk the nominal road to a state. Raises ValueError when no road leads there from here."""
        road: list[State] = []
        step = state
        while step is not self.dossier.state:
            if step not in _FROM:
                raise ValueError(f"no nominal road from {self.dossier.state} to {state}")
            road.append(step)
            step = _FROM[step]
        for target in reversed(road):
            _STEPS[target](self)
        return self

    def deliver(self, hat: Hat) -> Life:
        """Give every piece wanted now, and have it accepted."""
        if lacking(self):
            self.do("receive_piece", hat)
        return self.accept_pieces()

    def accept_pieces(self) -> Life:
        """Have every piece received accepted."""
        for piece in self.dossier.pieces:
            if piece.state is PieceState.RECEIVED:
                self.do("judge_piece", Hat.INSTRUCTOR, key=piece.key)
        return self

    def propose_replacement(self, **given: Any) -> Life:
        """Propose a new doctor with every piece, the letter, the repercussions and the chair’s opinion."""
        self.do("propose_replacement", Hat.RECRUITER, **given)
        self.deliver(Hat.RECRUITER)
        return self.do("examine_request", Hat.INSTRUCTOR, request=self.last_request(RequestKind.REPLACEMENT))

    def last_request(self, kind: RequestKind) -> str:
        """The id of the last request of a kind."""
        return next(r.id for r in reversed(self.dossier.requests) if r.kind is kind)


def life_of(call_id: str, *, completed: bool = True) -> Life:
    """A draft of the nominal application of a call; `completed`: by the test complement of the call."""
    return life_under(call_of(call_id, completed=completed), PROFILES[call_id])


def life_under(call: Call, profile: Profile) -> Life:
    """A draft of an application under any call."""
    draft = Dossier(
        profile.number,
        call.id,
        call.category,
        profile.opened,
        specialty=profile.specialty,
        sites=profile.sites,
        plan=profile.plan,
        months=profile.months,
        wished_start=profile.start,
        depositors=tuple(_depositor(profile, kind) for kind in profile.depositors),
        candidate=None if profile.named_later else profile.candidate,
    )
    return Life(profile, call, instant(profile.opened, call), draft, draft)


def _depositor(profile: Profile, kind: Depositor) -> DossierDepositor:
    party = {
        Depositor.CANDIDATE: profile.candidate.id,
        Depositor.RECRUITER: profile.recruiter.id,
        Depositor.PARTNER: profile.partner.id,
    }
    return DossierDepositor(kind, party[kind])


# The steps of the nominal road, each from the state before.


def _submit(life: Life) -> None:
    profile = life.profile
    life.on(profile.filed, profile.filed_at)
    if lacking(life):
        life.do("receive_piece", life.depositor)
    for kind in profile.depositors:
        life.do("confirm_deposit", Hat(kind.value))
    if profile.mailed:
        life.do("register_received", Hat.INSTRUCTOR)
    else:
        life.do("submit", life.depositor)


def _complete(life: Life) -> None:
    life.on(life.profile.complete).accept_pieces().do("declare_complete", Hat.INSTRUCTOR)


def _committee(life: Life) -> None:
    life.on(life.profile.put).do("put_to_committee", Hat.INSTRUCTOR)


def _select(life: Life) -> None:
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    life.on(life.profile.decided).do("select", Hat.HEAD)


def _reserve(life: Life) -> None:
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR, rank=4)
    life.on(life.profile.decided).do("put_on_reserve", Hat.HEAD)


def _reject(life: Life) -> None:
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR, favourable=False, rank=None)
    life.on(life.profile.decided).do("reject", Hat.HEAD)


def _notify(life: Life) -> None:
    life.on(life.profile.notified)
    if life.dossier.candidate is None:
        life.do("name_candidate", Hat.RECRUITER)
    life.do("notify", Hat.HEAD)


def _start(life: Life) -> None:
    life.on(life.profile.notified).later(4)
    life.do("accept_award", Hat.CANDIDATE).do("accept_award", Hat.RECRUITER)
    life.later(3).do("notify_money", Hat.HEAD)
    life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)


def _end(life: Life) -> None:
    """Two tranches notified and paid on their days, then the doctor leaves on 31 May for a chef de clinique post."""
    year = life.profile.start.year + 1
    life.later(3).do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
    life.on(date(year, 1, 15)).do("confirm_presence", Hat.RECRUITER)
    life.on(date(year, 1, 20)).do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
    life.on(date(year, 6, 3)).do("record_end", Hat.INSTRUCTOR, last_day=date(year, 5, 31))


def _clawback(life: Life) -> None:
    life.do("open_clawback", Hat.CLOCK)


def _withdraw(life: Life) -> None:
    """The recruiter reports, the instructor records a month later, before the start."""
    life.on(life.profile.notified).later(6).do("report_withdrawal", Hat.RECRUITER, effective_on=life.today)
    life.do("withdraw", Hat.INSTRUCTOR, request=life.last_request(RequestKind.WITHDRAWAL))


_STEPS: dict[State, Callable[[Life], None]] = {
    State.SUBMITTED: _submit,
    State.COMPLETE: _complete,
    State.COMMITTEE: _committee,
    State.RESERVE: _reserve,
    State.SELECTED: _select,
    State.NOTIFIED: _notify,
    State.IN_POST: _start,
    State.WITHDRAWN: _withdraw,
    State.REJECTED: _reject,
    State.ENDED: _end,
    State.CLAWBACK: _clawback,
}

#: The state before each state on the nominal road.
_FROM = {
    State.SUBMITTED: State.DRAFT,
    State.COMPLETE: State.SUBMITTED,
    State.COMMITTEE: State.COMPLETE,
    State.RESERVE: State.COMMITTEE,
    State.SELECTED: State.COMMITTEE,
    State.REJECTED: State.COMMITTEE,
    State.NOTIFIED: State.SELECTED,
    State.IN_POST: State.NOTIFIED,
    State.WITHDRAWN: State.NOTIFIED,
    State.ENDED: State.IN_POST,
    State.CLAWBACK: State.ENDED,
}
