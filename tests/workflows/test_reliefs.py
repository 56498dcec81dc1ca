"""What is given up of a debt: four different acts, each with its authority and its reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.workflows.repaying import UNSERVED, answered, current, decided, proposed, relieved, titled
from workflows.acts import ACTS
from workflows.decide import Decision, Refused
from workflows.effects import Addressee, EffectKind
from workflows.parts.movements import MovementKind
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.states import State

ZERO = Decimal(0)
GRANTED = [Relief.REDUCED, Relief.REMITTED, Relief.WRITTEN_OFF]


def test_the_generic_relief_is_gone() -> None:
    assert "grant_relief" not in ACTS
    assert {relief.act for relief in Relief} <= ACTS.keys()
    assert len({ACTS[relief.act].label for relief in Relief}) == len(Relief)


@pytest.mark.parametrize("relief", GRANTED)
def test_a_relief_takes_an_amount_a_reason_and_an_authority(relief: Relief) -> None:
    life = decided().do("prepare_relief", Hat.INSTRUCTOR, relief=relief, amount=Decimal("250.00"))
    for missing, code in ({"reason": None}, "reason_missing"), ({"authority": None}, "authority_missing"):
        answer = life.attempt(relief.act, Hat.HEAD, **missing)
        assert isinstance(answer, Refused)
        assert answer.codes == {code}
    life.do(relief.act, Hat.HEAD, amount=Decimal("250.00"), authority="Décision 2026-4")
    (movement,) = current(life).movements
    assert (movement.kind.value, movement.amount) == (relief.value, Decimal("250.00"))
    assert movement.authority == "Décision 2026-4"
    assert current(life).outstanding == UNSERVED - 250
    # nothing came back
    assert current(life).repaid == 0


@pytest.mark.parametrize("relief", GRANTED)
def test_a_relief_of_everything_ends_the_repayment(relief: Relief) -> None:
    life = relieved(titled(), relief, UNSERVED)
    assert current(life).is_over
    assert life.do("settle", Hat.INSTRUCTOR).dossier.state is State.ENDED


@pytest.mark.parametrize("relief", GRANTED)
def test_no_relief_above_what_is_due(relief: Relief) -> None:
    answer = decided().attempt("prepare_relief", Hat.INSTRUCTOR, relief=relief, amount=UNSERVED + Decimal("0.01"))
    assert isinstance(answer, Refused)
    assert answer.codes == {"relief_amount_missing"}


def test_what_was_prepared_before_a_payment_is_not_granted_above_what_is_left() -> None:
    life = titled().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REMITTED, amount=UNSERVED)
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("32000.00"))
    answer = life.attempt("remit_repayment", Hat.HEAD, amount=Decimal("497.91"))
    assert isinstance(answer, Refused)
    assert answer.codes == {"amount_above_outstanding"}
    assert current(life.do("remit_repayment", Hat.HEAD, amount=Decimal("497.90"))).state is RepaymentState.PAID


def test_an_abandonment_comes_before_the_decision_the_others_after() -> None:
    early = proposed().attempt("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REMITTED, amount=Decimal(1))
    late = decided().attempt("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED)
    for answer in early, late:
        assert isinstance(answer, Refused)
        assert answer.codes == {"relief_out_of_turn"}


def test_an_abandonment_has_an_authority_and_is_told_to_the_recruiter() -> None:
    life = answered().do("prepare_relief", Hat.INSTRUCTOR)
    answer = life.attempt("drop_repayment", Hat.HEAD, authority=None)
    assert isinstance(answer, Refused)
    assert answer.codes == {"authority_missing"}
    done = life.attempt("drop_repayment", Hat.HEAD)
    assert isinstance(done, Decision)
    assert [(e.kind, e.name) for e in done.effects] == [(EffectKind.LETTER, "repayment_dropped")]
    assert done.after.repayments[-1].state is RepaymentState.DROPPED


def test_a_write_off_is_not_announced_to_who_owes() -> None:
    told = {}
    for relief in GRANTED:
        life = decided().do("prepare_relief", Hat.INSTRUCTOR, relief=relief, amount=Decimal(100))
        done = life.attempt(relief.act, Hat.HEAD)
        assert isinstance(done, Decision)
        assert {(e.name, e.details.get("relief")) for e in done.effects} == {("relief_granted", relief.value)}
        told[relief] = [e.to for e in done.effects]
    assert told == {
        Relief.REDUCED: [Addressee.RECRUITER],
        Relief.REMITTED: [Addressee.RECRUITER],
        Relief.WRITTEN_OFF: [Addressee.ACCOUNTANT],
    }


def test_a_relief_granted_once_a_title_was_asked_is_told_to_the_accountant_too() -> None:
    life = titled().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REDUCED, amount=Decimal(100))
    done = life.attempt("reduce_repayment", Hat.HEAD)
    assert isinstance(done, Decision)
    assert [(e.name, e.to) for e in done.effects] == [
        ("relief_granted", Addressee.RECRUITER),
        ("relief_granted", Addressee.ACCOUNTANT),
    ]


def test_what_was_written_off_may_be_found_not_due() -> None:
    life = relieved(titled(), Relief.WRITTEN_OFF, UNSERVED)
    for relief in (Relief.REMITTED, Relief.WRITTEN_OFF):  # nothing is left to forgive, nor to give up collecting
        answer = life.attempt("prepare_relief", Hat.INSTRUCTOR, relief=relief, amount=Decimal("0.01"))
        assert isinstance(answer, Refused)
        assert answer.codes == {"relief_amount_missing"}
    relieved(life, Relief.REDUCED, Decimal("2497.90"))
    found = current(life)
    assert (found.written_off, found.moved_by(MovementKind.REDUCED)) == (Decimal("30000.00"), Decimal("2497.90"))
    assert (found.outstanding, found.to_refund) == (ZERO, ZERO)
    assert found.relief is None
    over = life.attempt("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REDUCED, amount=Decimal("30000.01"))
    assert isinstance(over, Refused)
    assert over.codes == {"relief_amount_missing"}


def test_a_reduction_prepared_before_a_write_off_is_granted_after_it() -> None:
    life = titled().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.WRITTEN_OFF, amount=UNSERVED)
    life.do("write_off_repayment", Hat.HEAD, amount=UNSERVED - 1)
    life.do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REDUCED, amount=Decimal("500.00"))
    life.do("reduce_repayment", Hat.HEAD, amount=Decimal("500.00"))
    assert (current(life).payable, current(life).outstanding) == (UNSERVED - 500, ZERO)
