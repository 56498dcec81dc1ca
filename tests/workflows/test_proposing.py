"""The machine proposes to ask back what is paid too much, after whatever act made it so (A3, A16, A25)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat, call_of, rewritten
from tests.lives import Life, life_of
from tests.workflows.repaying import WHOLE, current, ended, in_post, paid
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused
from workflows.effects import Addressee, EffectKind
from workflows.parts.reliefs import Relief
from workflows.parts.repayments import RepaymentKind
from workflows.states import State

CENT = Decimal("0.01")


def asked(life: Life, act: str, hat: Hat, **given: object) -> list[str]:
    """The acts of the machine that an act leads to; the life follows."""
    answer = life.attempt(act, hat, **given)
    assert isinstance(answer, Decision), answer
    life.apply(answer)
    return [effect.name for effect in answer.effects if effect.kind is EffectKind.ACT]


def proposing(life: Life) -> Decision:
    answer = life.attempt("open_overpayment", Hat.CLOCK, reason=None)
    assert isinstance(answer, Decision), answer
    life.apply(answer)
    return answer


def by_contract(life: Life) -> Life:
    """The same life under a call whose amounts follow the quotité of the contract (A41)."""
    signed = Sourced(True, Origin.CHOICE, "A41")
    return life.under(rewritten(life.call, "clauses.funding.scaled_by_contract", signed))


def test_a_smaller_quotite_leaves_too_much_paid_and_the_machine_proposes_it() -> None:
    life = by_contract(in_post())
    since = life.dossier.started_on
    told = asked(life, "change_contract_share", Hat.HEAD, share=Fraction(4, 5), since=since)
    assert told == ["open_overpayment"]
    made = proposing(life)
    found = current(life)
    assert (found.kind, found.proposed) == (RepaymentKind.OVERPAYMENT, WHOLE - 24 * Decimal("2599.83"))
    assert [(e.kind, e.name, e.to) for e in made.effects] == [
        (EffectKind.MAIL, "repayment_proposed", Addressee.SERVICE)
    ]
    assert made.effects[0].details == {"repayment": found.cause}


def test_a_payment_above_the_schedule_is_proposed_and_one_up_to_it_is_not() -> None:
    exact = paid(life_of("na-2024").to(State.IN_POST).later(3), WHOLE - CENT, notified=WHOLE + CENT)
    assert asked(exact, "record_payment", Hat.INSTRUCTOR, tranche="T1", amount=CENT) == []
    assert asked(exact, "record_payment", Hat.INSTRUCTOR, tranche="T1", amount=CENT) == ["open_overpayment"]
    proposing(exact)
    assert current(exact).proposed == CENT


def test_what_is_proposed_once_is_not_proposed_again_and_what_is_paid_since_is() -> None:
    life = in_post(amount=WHOLE + 100, notified=WHOLE + 300)
    proposing(life)
    assert asked(life, "confirm_presence", Hat.RECRUITER) == []
    assert asked(life, "reduce_tranche", Hat.HEAD, tranche="T1", amount=CENT) == []
    assert asked(life, "record_payment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal(50)) == ["open_overpayment"]


def test_what_was_given_up_is_not_proposed_again() -> None:
    life = in_post(amount=WHOLE + 100, notified=WHOLE + 300)
    proposing(life)
    life.do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED, amount=None)
    assert asked(life, "drop_repayment", Hat.HEAD) == []
    assert asked(life, "reduce_tranche", Hat.HEAD, tranche="T1", amount=CENT) == []


def test_an_early_end_is_looked_at_first() -> None:
    life = ended(amount=WHOLE)
    assert [e.name for e in life.journal[-1].effects if e.kind is EffectKind.ACT] == ["open_clawback"]
    refused = life.attempt("open_overpayment", Hat.CLOCK)
    assert isinstance(refused, Refused)
    assert refused.codes == {"end_asks_back"}


def test_a_post_that_nobody_served_gives_back_all_that_was_paid() -> None:
    life = paid(life_of("na-2024").to(State.WITHDRAWN), WHOLE)
    assert not life.dossier.tenures
    assert asked(life.later(61), "close", Hat.HEAD) == ["open_overpayment"]
    proposing(life)
    assert current(life).proposed == WHOLE


def test_what_the_machine_proposes_stands_in_the_way_of_no_correction() -> None:
    life = paid(life_of("na-2024").to(State.WITHDRAWN), WHOLE).later(61).do("close", Hat.HEAD)
    life.do("open_overpayment", Hat.CLOCK)
    back = life.copy().do("revert", Hat.HEAD)
    assert back.dossier.state is State.WITHDRAWN
    # its proposal stays, nothing of it is due any more, and somebody abandons it
    assert current(back).proposed == WHOLE
    assert codes(back.attempt("start_contradictory", Hat.INSTRUCTOR)) == {"nothing_due_any_more"}
    back.do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED, amount=None).do("drop_repayment", Hat.HEAD)
    # what a person does of it, as what a person proposes, rests on the decision
    for step in ("prepare_relief", "start_contradictory"):
        assert codes(life.copy().do(step, Hat.INSTRUCTOR).attempt("revert", Hat.HEAD)) >= {"facts_since"}


def codes(answer: Decision | Refused) -> frozenset[str]:
    assert isinstance(answer, Refused), answer
    return answer.codes


def test_a_post_whose_cost_nobody_knows_is_not_asked_what_it_was_paid() -> None:
    """A25: until the cost is known, nobody says that too much was paid; then the machine looks."""
    life = life_of("idf-2025", completed=False).to(State.NOTIFIED).later(3)
    given = {"notified": Decimal("99000.00"), "paid": Decimal("99000.00")}
    assert asked(life, "record_opening", Hat.HEAD, **given) == []
    refused = life.attempt("open_overpayment", Hat.INSTRUCTOR)
    assert isinstance(refused, Refused)
    assert refused.codes == {"value_unknown"}
    assert asked(life.under(call_of("idf-2025")), "write_schedule", Hat.CLOCK) == ["open_overpayment"]
    proposing(life)
    assert current(life).proposed == Decimal("99000.00") - Decimal("93594.00")


@pytest.mark.parametrize("amount", [Decimal("0.00"), WHOLE])
def test_a_post_that_ends_on_its_last_day_asks_for_nothing(amount: Decimal) -> None:
    life = in_post(amount=amount, notified=WHOLE)
    award = life.dossier.award
    assert award is not None
    end = award.planned_end
    assert end is not None
    assert asked(life.on(end + timedelta(days=2)), "record_end", Hat.INSTRUCTOR, last_day=end) == []
