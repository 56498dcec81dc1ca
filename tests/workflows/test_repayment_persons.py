"""Two natural persons for a repayment, for what is given up of it, and for the answer to a claim."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.workflows.repaying import WHOLE, answered, by_person, current, decided, in_post, name_of, proposed
from workflows.actors import Role
from workflows.decide import Decision, Refused
from workflows.parts.claims import ClaimState
from workflows.parts.reliefs import Relief

CENT = Decimal("0.01")


@pytest.mark.parametrize("role", [Role.HEAD, Role.DG])
def test_who_opened_the_contradictory_step_does_not_decide_in_any_capacity(role: Role) -> None:
    life = answered()
    same = by_person(life, name_of(Hat.INSTRUCTOR), role, "decide_repayment")
    assert isinstance(same, Refused)
    assert same.codes == {"prepared_by_same_person"}
    assert name_of(Hat.INSTRUCTOR) in same.findings[0].sentence
    assert isinstance(by_person(life, "basilic-rouge", role, "decide_repayment"), Decision)


def test_a_head_who_prepared_leaves_the_decision_to_another() -> None:
    life = proposed().later(2).do("start_contradictory", Hat.HEAD).later(10).do("record_remarks", Hat.RECRUITER)
    assert current(life).prepared_by == name_of(Hat.HEAD)
    same = life.attempt("decide_repayment", Hat.HEAD)
    assert isinstance(same, Refused)
    assert same.codes == {"prepared_by_same_person"}
    done = life.do("decide_repayment", Hat.DG)
    assert current(done).decided_by == name_of(Hat.DG)


def test_nobody_who_opened_the_step_decides_once_another_opened_it_again() -> None:
    life = in_post(amount=WHOLE + 100, notified=WHOLE + 300).later(3).do("open_overpayment", Hat.CLOCK)
    life.do("start_contradictory", Hat.HEAD).later(5)
    life.do("record_payment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("50.00"))
    life.do("start_contradictory", Hat.INSTRUCTOR).later(3).do("record_remarks", Hat.RECRUITER)
    assert current(life).preparers == {name_of(Hat.HEAD), name_of(Hat.INSTRUCTOR)}
    assert _codes(life.attempt("decide_repayment", Hat.HEAD)) == {"prepared_by_same_person"}
    life.do("decide_repayment", Hat.DG).do("file_claim", Hat.RECRUITER, channel=None, came_on=None, evidence=None)
    assert _codes(life.attempt("answer_claim", Hat.HEAD)) == {"claim_by_same_person"}


def test_the_refusal_is_told_before_the_form_is_filled_in() -> None:
    life = proposed().later(2).do("start_contradictory", Hat.HEAD).later(10).do("record_remarks", Hat.RECRUITER)
    assert "prepared_by_same_person" in {f.code for f in life.explained(Hat.HEAD)["decide_repayment"].findings}
    assert life.explained(Hat.DG)["decide_repayment"].allowed


def test_a_repayment_is_not_abandoned_by_who_prepared_its_abandonment() -> None:
    life = proposed().later(2)
    alone = life.attempt("drop_repayment", Hat.HEAD)
    assert isinstance(alone, Refused)
    assert alone.codes == {"relief_not_prepared"}
    life.do("prepare_relief", Hat.HEAD)
    same = life.attempt("drop_repayment", Hat.HEAD)
    assert isinstance(same, Refused)
    assert same.codes == {"relief_by_same_person"}
    assert name_of(Hat.HEAD) in same.findings[0].sentence
    assert current(life.do("drop_repayment", Hat.DG)).is_over


@pytest.mark.parametrize("relief", [Relief.REDUCED, Relief.REMITTED, Relief.WRITTEN_OFF])
def test_each_relief_needs_its_own_preparation_by_somebody_else(relief: Relief) -> None:
    life = decided()
    assert _codes(life.attempt(relief.act, Hat.HEAD)) == {"relief_not_prepared"}
    life.do("prepare_relief", Hat.HEAD, relief=relief, amount=Decimal("100.00"))
    assert _codes(life.attempt(relief.act, Hat.HEAD)) == {"relief_by_same_person"}
    others = [other for other in Relief if other not in {relief, Relief.ABANDONED}]
    assert all(_codes(life.attempt(other.act, Hat.DG)) == {"relief_not_prepared"} for other in others)
    assert _codes(life.attempt(relief.act, Hat.DG, amount=Decimal("100.01"))) == {"amount_above_prepared"}
    life.do(relief.act, Hat.DG)
    # granted once: what was prepared is used up
    assert _codes(life.attempt(relief.act, Hat.DG)) == {"relief_not_prepared"}


def test_a_claim_is_not_answered_by_who_recorded_it_nor_by_who_prepared_the_repayment() -> None:
    life = decided().do("file_claim", Hat.HEAD)
    assert _codes(life.attempt("answer_claim", Hat.HEAD)) == {"claim_by_same_person"}
    prepared = by_person(life, name_of(Hat.INSTRUCTOR), Role.HEAD, "answer_claim")
    assert _codes(prepared) == {"claim_by_same_person"}
    assert isinstance(life.attempt("answer_claim", Hat.DG), Decision)


def test_who_decided_a_debt_does_not_alone_lower_it() -> None:
    life = decided().do("file_claim", Hat.RECRUITER, channel=None, came_on=None, evidence=None)
    assert current(life).decided_by == name_of(Hat.HEAD)
    for given in ({"outcome": ClaimState.ACCEPTED}, {"outcome": ClaimState.REDUCED, "granted": CENT}):
        assert _codes(life.attempt("answer_claim", Hat.HEAD, **given)) == {"claim_accepted_by_decider"}
        assert isinstance(life.attempt("answer_claim", Hat.DG, **given), Decision)
    # whoever decided may say again that it is due
    assert isinstance(life.attempt("answer_claim", Hat.HEAD, outcome=ClaimState.REJECTED), Decision)


def test_who_proposed_an_overpayment_does_not_decide_it() -> None:
    life = in_post(amount=WHOLE + 500).later(10)
    proposing = by_person(life, name_of(Hat.HEAD), Role.HEAD, "open_overpayment")
    assert isinstance(proposing, Decision)
    life.apply(proposing)
    assert current(life).proposed_by == name_of(Hat.HEAD)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER)
    assert _codes(life.attempt("decide_repayment", Hat.HEAD)) == {"prepared_by_same_person"}
    assert isinstance(life.attempt("decide_repayment", Hat.DG), Decision)


def test_a_decision_on_what_nobody_is_known_to_have_prepared_is_held() -> None:
    """The facts of an older release do not tell who opened the contradictory step."""
    life = answered()
    life.changed(repayments=(replace(current(life), prepared_by=None),))
    assert _codes(life.attempt("decide_repayment", Hat.HEAD)) == {"preparer_unknown"}
    lifted = life.attempt("decide_repayment", Hat.HEAD, lifts={"preparer_unknown": "motif-0010"})
    assert isinstance(lifted, Decision)


def _codes(answer: Decision | Refused) -> frozenset[str]:
    assert isinstance(answer, Refused), answer
    return answer.codes
