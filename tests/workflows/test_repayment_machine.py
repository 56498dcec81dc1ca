"""Repayments driven at random: steps in any order, by several persons, with payments, offsets, reliefs and claims.

A ledger of its own follows every act that goes through: what was decided, came back, was given up or given back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.lives import Life
from tests.nominal import nominal
from tests.workflows.repaying import OVERPAID, WHOLE, in_post, party_of, proposed, still_owed, titled
from workflows.actors import CLOCK, Actor, Role
from workflows.calls.funding import Vehicle
from workflows.decide import Decision, decide, fold
from workflows.facts import from_plain, plain
from workflows.parts.claims import ClaimState
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import REPAYMENT_MOVES, RepaymentState
from workflows.parts.repayments import RepaymentFile, RepaymentKind
from workflows.states import State

CENT, ZERO = Decimal("0.01"), Decimal(0)
AGENTS = {
    "absinthe": (Role.INSTRUCTOR, Role.HEAD),
    "bourrache": (Role.INSTRUCTOR, Role.HEAD),
    "capucine": (Role.HEAD, Role.DG),
}
STEPS = [*REPAYMENT_MOVES, "settle", "settle_overpayment", "open_overpayment", "record_succession"]
PARTS = st.sampled_from((Decimal(0), Decimal("0.01"), Decimal("0.37"), Decimal(1), Decimal("1.01")))
_WITHOUT_AMOUNT = frozenset(
    {
        *("start_contradictory", "record_remarks", "request_title", "record_title", "record_title_receipt"),
        *("drop_repayment", "settle_overpayment"),
    }
)
PERSONS = st.sampled_from(sorted(AGENTS))
CHOICES = st.integers(0, 11)
Values = dict[str, Any]
_BACK = {"paid": 1, "amended": 1, "offset": 1, "refunded": -1}
_GIVEN_UP = {"reduced": 1, "remitted": 1, "written_off": 1, "write_off_undone": -1}


@dataclass
class Kept:
    """What the test itself keeps of one repayment."""

    prepared_by: str | None = None
    decided: Decimal | None = None
    back: Decimal = ZERO
    given_up: Decimal = ZERO
    titles: int = 0
    claims: list[str] = field(default_factory=list)


@cache
def _start(kind: str) -> Life:
    """A post whose money may come back, at some point of the way."""
    match kind:
        case "overpaid":
            return in_post(amount=WHOLE + 750)
        case "proposed":
            return proposed()
        case "titled":
            return titled()
        case _:
            return still_owed()


def _known(repayment: RepaymentFile) -> Kept:
    """What is known of a repayment that was on its way before."""
    return Kept(repayment.prepared_by, repayment.decided, titles=int(repayment.title_asked_on is not None))


class Repayments(RuleBasedStateMachine):
    """One dossier; each rule tries one act on it, by somebody, with an amount that may be wrong."""

    @initialize(kind=st.sampled_from(("overpaid", "proposed", "titled", "offset")))
    def begin(self, kind: str) -> None:
        """A post with money to ask back."""
        self.life = _start(kind).copy()
        self.kept: dict[str, Kept] = {r.cause: _known(r) for r in self.life.dossier.repayments}

    @rule(days=st.sampled_from((1, 20, 60, 200)))
    def wait(self, days: int) -> None:
        """Time passes; the letters that wait are proven received."""
        self.life.later(days)
        for letter in ("L14", "L15"):
            if any(r.letter == letter and r.is_awaited for r in self.life.dossier.receipts):
                self.life.prove(letter)

    @rule()
    def end(self) -> None:
        """The doctor leaves, and the machine looks whether money is due."""
        dossier, last_day = self.life.dossier, self.life.today - timedelta(days=1)
        if dossier.state is State.IN_POST and dossier.tenures[-1].starts_on < last_day:
            given = {"last_day": last_day, "cca_from": self.life.today, "known_on": last_day, "told_on": last_day}
            self._try("record_end", self._agent("bourrache", 0), given)
        self._try("open_clawback", CLOCK, {})

    @rule(
        act=st.sampled_from(STEPS),
        who=PERSONS,
        capacity=st.integers(0, 1),
        part=PARTS,
        choice=CHOICES,
    )
    def step(self, act: str, who: str, capacity: int, part: Decimal, choice: int) -> None:
        """Any step, whether it comes now or not."""
        self._try(act, self._agent(who, capacity), self._values(act, part, choice))

    @rule(act=st.sampled_from(("record_remarks", "file_claim")), part=PARTS)
    def answer(self, act: str, part: Decimal) -> None:
        """The recruiter answers, or claims."""
        given = {"channel": None, "came_on": None, "evidence": None}
        self._try(act, party_of(self.life), self._values(act, part, 0) | given)

    @rule(
        who=st.sampled_from(sorted(AGENTS)),
        other=st.sampled_from(sorted(AGENTS)),
        part=PARTS,
        choice=st.integers(0, 11),
    )
    def go_on(self, who: str, other: str, part: Decimal, choice: int) -> None:
        """What usually comes next, so that examples go far."""
        current = self.life.dossier.repayment
        following = {
            None: ("open_overpayment",),
            RepaymentState.PROPOSED: ("start_contradictory",),
            RepaymentState.CONTRADICTORY: ("record_remarks", "decide_repayment"),
            RepaymentState.DECIDED: ("request_title", "use_other_vehicle"),
            RepaymentState.TITLE_REQUESTED: ("record_title",),
            RepaymentState.PAID: ("file_claim", "answer_claim", "record_refund"),
        }.get(current.state if current else None, ("record_repaid", "offset_repayment", "prepare_relief"))
        for act in following:
            self._try(act, self._agent(other if act == "decide_repayment" else who, 0), self._values(act, part, choice))

    @rule(who=PERSONS, other=PERSONS, relief=st.sampled_from(list(Relief)), part=PARTS, choice=CHOICES)
    def relieve(self, who: str, other: str, relief: Relief, part: Decimal, choice: int) -> None:
        """One prepares, another grants, or the same."""
        values = self._values("prepare_relief", part, choice) | {"relief": relief}
        self._try("prepare_relief", self._agent(who, 0), values)
        self._try(relief.act, self._agent(other, 1), self._values(relief.act, part, choice))

    @rule(who=PERSONS, part=PARTS, choice=CHOICES)
    def close(self, who: str, part: Decimal, choice: int) -> None:
        """What is left is paid, offset or given back, and somebody closes it."""
        for act in ("record_repaid", "offset_repayment", "record_refund", "settle", "settle_overpayment"):
            self._try(act, self._agent(who, 0), self._values(act, part, choice))

    def _agent(self, name: str, capacity: int) -> Actor:
        return Actor(AGENTS[name][capacity], name)

    def _values(self, act: str, part: Decimal, choice: int) -> Values:
        """Values for an act: the whole, a part, one cent, nothing, a little too much."""
        if act in {"settle", "open_overpayment", "record_succession"}:
            return {}
        found = self.life.dossier.repayments
        named = found[choice % len(found)] if found and choice % 3 else self.life.dossier.repayment
        values: Values = {} if named is None else {"repayment": named.cause}
        whole = (named.balance if named and named.decided is not None else named.proposed if named else ZERO).copy_abs()
        amount = (whole * part).quantize(CENT)
        relief, outcome = list(Relief)[choice % 4], list(ClaimState)[choice % 4]
        granted = None if outcome in {ClaimState.ACCEPTED, ClaimState.REJECTED} else amount
        particular: dict[str, Values] = {
            "prepare_relief": {"relief": relief, "amount": None if relief is Relief.ABANDONED else amount},
            "use_other_vehicle": {"vehicle": list(Vehicle)[choice % 3], "deed": "DM-7" if choice % 2 else None},
            "offset_repayment": {"tranche": "T2", "amount": amount},
            "file_claim": {"contested": amount or None},
            "answer_claim": {"outcome": outcome, "granted": granted},
        }
        bare = particular.get(act, {} if act in _WITHOUT_AMOUNT else {"amount": amount})
        return values | bare

    def _try(self, act: str, by: Actor, given: Values) -> None:
        life = self.life
        answer = decide(life.seen(), act, nominal(life, act, **given), by=by, call=life.call, now=life.now)
        if isinstance(answer, Decision):
            self._follow(answer, by)
            life.apply(answer)

    def _follow(self, done: Decision, by: Actor) -> None:
        """What the test expects of an act that goes through, kept on its own side."""
        before = {r.cause: r for r in self.life.dossier.repayments}
        after = {r.cause: r for r in done.after.repayments}
        assert list(after)[: len(before)] == list(before), "a repayment was forgotten"
        assert len(set(after)) == len(done.after.repayments), "two repayments of one cause"
        for cause, repayment in after.items():
            kept, old = self.kept.setdefault(cause, Kept()), before.get(cause)
            if old == repayment:
                continue
            if done.act == "start_contradictory":
                kept.prepared_by = by.id
            if done.act == "decide_repayment":
                assert kept.decided is None, "decided twice"
                assert by.id != kept.prepared_by, "decided by who prepared it"
                kept.decided = repayment.decided
            if done.act in {relief.act for relief in Relief}:
                assert old is not None
                assert old.relief is not None
                assert old.relief.prepared_by != by.id, "granted by who prepared it"
            added = repayment.movements[len(old.movements) if old else 0 :]
            for movement in added:
                kept.back += _BACK.get(movement.kind.value, 0) * movement.amount
                kept.given_up += _GIVEN_UP.get(movement.kind.value, 0) * movement.amount
            kept.titles += sum(effect.name == "L16" for effect in done.effects)
            kept.claims += [claim.id for claim in repayment.claims if claim.id not in kept.claims]
        if done.act == "settle":
            assert (done.source, done.target) == (State.CLAWBACK, State.ENDED)
        elif done.act not in {"record_end", "open_clawback"}:
            assert done.source is done.target, "a step moved the dossier"

    @invariant()
    def money_is_sound(self) -> None:
        """Never repaid above paid; settled only at zero; nothing decided, nor any title requested, twice."""
        dossier = self.life.dossier
        for repayment in dossier.repayments:
            kept = self.kept[repayment.cause]
            assert repayment.decided == kept.decided
            assert repayment.repaid == kept.back >= 0
            assert repayment.relieved == kept.given_up
            assert kept.titles <= 1, "two titles"
            assert (kept.titles == 1) == (repayment.title_asked_on is not None)
            assert [claim.id for claim in repayment.claims] == kept.claims
            due = (kept.decided or ZERO) - kept.given_up - kept.back
            assert repayment.outstanding - repayment.to_refund == due
            assert kept.given_up <= (kept.decided or ZERO)
            if repayment.settled_on is not None and all(c.answered_on is None for c in repayment.claims):
                assert repayment.is_over, "settled above zero"
            if repayment.kind is RepaymentKind.OVERPAYMENT:
                assert repayment.proposed <= OVERPAID
        back = sum((kept.back for kept in self.kept.values()), ZERO)
        assert back <= dossier.paid, "more came back than was paid"
        assert sum((kept.decided or ZERO for kept in self.kept.values()), ZERO) <= dossier.paid
        assert all(credit.is_sound for credit in dossier.credits)

    @invariant()
    def the_journal_tells_it_again(self) -> None:
        """The journal and the plain data give the same dossier."""
        life = self.life
        assert from_plain(plain(life.dossier)) == life.dossier
        start = len(life.journal)
        assert start == 0 or fold(life.dossier, [life.journal[-1].changes]) == life.dossier


def test_repayments_driven_at_random() -> None:
    """Every example, in a run that is the same each time."""
    run_state_machine_as_test(
        Repayments,
        settings=settings(
            max_examples=50,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
