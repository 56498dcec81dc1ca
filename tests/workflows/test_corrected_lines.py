"""Money of a repayment, or its title, written by mistake: another line of the account takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Hat, finess
from tests.lives import Life
from tests.workflows.repaying import UNSERVED, answered, current, decided, relieved, still_owed, titled
from workflows.account.budget import Flow, flows
from workflows.account.correcting import correctable
from workflows.account.lines import account_lines
from workflows.calls.funding import Vehicle
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.effects import Addressee
from workflows.parts.claims import ClaimState
from workflows.parts.contests import ContestState
from workflows.parts.movements import MovementKind
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.titles import TitleChange
from workflows.repaying.track import Stage, awaited, is_closed, stage_of
from workflows.repaying.view import debt_of, repayment_view
from workflows.states import State

HUNDRED, ZERO = Decimal("100.00"), Decimal(0)


def paid(life: Life, amount: Decimal) -> Life:
    """One more payment of the debtor, on the next day."""
    return life.later(1).do("record_repaid", Hat.INSTRUCTOR, amount=amount)


def taken_back(life: Life, line: str) -> Life:
    """A line of the account is taken back, on the next day."""
    return life.later(1).do("correct_ledger_entry", Hat.HEAD, entry=line)


def refused(life: Life, line: str) -> frozenset[str]:
    """Why a line is not taken back."""
    answer = life.attempt("correct_ledger_entry", Hat.HEAD, entry=line)
    assert isinstance(answer, Refused)
    return frozenset(answer.codes)


def test_a_payment_written_by_mistake_is_taken_back_and_nothing_is_erased() -> None:
    life = titled()
    before = current(life)
    paid(life, HUNDRED)
    wrote = life.dossier
    taken_back(life, "R1-1")
    found = current(life)
    assert [(m.kind, m.amount, m.corrects) for m in found.movements] == [
        (MovementKind.PAID, HUNDRED, None),
        (MovementKind.PAID, HUNDRED, 1),
    ]
    assert found.movements[1].on == life.today
    assert (found.state, found.outstanding, found.repaid) == (before.state, UNSERVED, ZERO)
    # the acknowledgement that it was is none (C. civ. art. 2240)
    assert found.barred_from == before.barred_from
    assert debt_of(found) == debt_of(before)
    assert [line.left for line in repayment_view(life.dossier, found, life.call).moved] == [
        UNSERVED - HUNDRED,
        UNSERVED,
    ]
    lines = {line.id: line for line in account_lines(life.dossier)}
    assert (lines["R1-2"].amount, lines["R1-2"].corrects) == (-HUNDRED, "R1-1")
    assert (lines["R1-2"].after.recovered, lines["R1-2"].after.to_recover) == (ZERO, UNSERVED)
    assert lines["R1-2"].label == "annulation : paiement reçu"
    recovered = [flow.amount for flow in flows(life.dossier) if flow.flow is Flow.RECOVERED]
    assert recovered == [HUNDRED, -HUNDRED]
    assert any("Annulation\u00a0: paiement reçu de 100,00\u00a0€" in said for said in described(wrote, life.dossier))
    # once only, and the correction is corrected by writing again
    assert refused(life, "R1-1") == {"entry_corrected"}
    assert refused(life, "R1-2") == {"entry_corrected"}
    assert current(paid(life, HUNDRED)).outstanding == UNSERVED - HUNDRED


def test_only_the_payments_that_stand_start_the_time_bar_again() -> None:
    life = paid(paid(titled(), HUNDRED), HUNDRED)
    first = current(life).movements[0].on
    assert current(life).barred_from == first + timedelta(days=1)
    assert current(taken_back(life, "R1-2")).barred_from == first


def test_a_debt_that_was_settled_is_due_again() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR).do("settle", Hat.INSTRUCTOR)
    assert life.dossier.state is State.ENDED
    assert is_closed(current(life), life.dossier.state)
    taken_back(life, "R1-1")
    found = current(life)
    assert (found.state, found.outstanding) == (RepaymentState.TITLE_ISSUED, UNSERVED)
    assert stage_of(found, life.dossier.state, life.today) is Stage.RECOVERY
    assert awaited(found, life.dossier.state, life.call, life.today)
    assert any(flow.flow is Flow.OWED and flow.amount == UNSERVED for flow in flows(life.dossier))
    life.do("record_repaid", Hat.INSTRUCTOR)
    assert is_closed(current(life), life.dossier.state)


def test_what_comes_due_again_is_owed_by_who_took_over_meanwhile() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR).do("settle", Hat.INSTRUCTOR).later(2)
    life.do("record_succession", Hat.HEAD, legal_entity=finess(977), name="CH des Bruyères")
    before = current(life).debtor
    assert before is not None
    assert before.legal_entity != finess(977)
    taken_back(life, "R1-1")
    after = current(life).debtor
    assert after is not None
    assert (after.site, after.legal_entity) == (before.site, finess(977))
    told = [(e.name, e.to, e.details.get("change")) for e in life.journal[-1].effects]
    assert ("title_changed", Addressee.ACCOUNTANT, TitleChange.SUCCEEDED.value) in told


def test_a_grant_that_no_decision_lowered_is_taken_back() -> None:
    life = answered().do("decide_repayment", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-7")
    taken_back(paid(life, HUNDRED), "R1-1")
    assert (current(life).state, current(life).outstanding) == (RepaymentState.OTHER_VEHICLE, UNSERVED)


def _to_refund() -> Life:
    """500 euros were paid and are not due after all."""
    life = titled().do("file_claim", Hat.INSTRUCTOR, contested=Decimal("500.00")).do("record_repaid", Hat.INSTRUCTOR)
    return life.later(2).do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)


def test_a_refund_written_by_mistake_is_still_to_give_back() -> None:
    life = _to_refund().do("record_refund", Hat.INSTRUCTOR)
    refund = len(current(life).movements)
    assert current(life).to_refund == 0
    taken_back(life, f"R1-{refund}")
    assert (current(life).to_refund, current(life).state) == (Decimal("500.00"), RepaymentState.PAID)


def test_a_payment_stands_while_what_it_brought_is_given_back() -> None:
    life = _to_refund().do("record_refund", Hat.INSTRUCTOR)
    assert refused(life, "R1-1") == {"correction_refunded"}
    taken_back(life, f"R1-{len(current(life).movements)}")
    taken_back(life, "R1-1")
    assert (current(life).outstanding, current(life).to_refund) == (UNSERVED - 500, ZERO)


def test_a_payment_taken_back_leaves_written_off_what_it_had_taken_up() -> None:
    life = relieved(titled(), Relief.WRITTEN_OFF, Decimal("1000.00"))
    paid(life, UNSERVED)
    assert current(life).written_off == 0
    taken_back(life, f"R1-{len(current(life).movements)}")
    assert (current(life).written_off, current(life).outstanding) == (Decimal("1000.00"), UNSERVED - 1000)


def test_nothing_more_is_written_off_again_than_is_due() -> None:
    life = relieved(titled(), Relief.WRITTEN_OFF, Decimal("1000.00"))
    paid(life, UNSERVED).do("file_claim", Hat.INSTRUCTOR, contested=UNSERVED)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)
    assert current(life).to_refund == UNSERVED
    payment = next(n for n, m in enumerate(current(life).movements, 1) if m.kind is MovementKind.PAID)
    taken_back(life, f"R1-{payment}")
    assert (current(life).balance, current(life).written_off, current(life).repaid) == (ZERO, ZERO, ZERO)


def _payment(life: Life) -> str:
    """The line of the last payment that stands."""
    return f"R1-{max(n for n, moved in current(life).in_force if moved.kind is MovementKind.PAID)}"


def test_what_was_written_off_again_is_not_written_off_once_more() -> None:
    granted = Decimal("12497.90")
    life = relieved(titled(), Relief.WRITTEN_OFF, granted)
    for amount in (Decimal("22000.00"), Decimal("2000.00")):  # the first takes up 2 000,00 of what was written off
        taken_back(paid(life, amount), _payment(life))
        assert (current(life).written_off, current(life).outstanding) == (granted, UNSERVED - granted)


def test_an_offset_is_taken_back_by_its_entry_alone() -> None:
    life = still_owed().do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=HUNDRED)
    assert refused(life, "R1-1") == {"entry_corrected"}
    taken_back(life, life.dossier.ledger[-1].id)
    assert [(m.kind, m.corrects) for m in current(life).movements] == [
        (MovementKind.OFFSET, None),
        (MovementKind.OFFSET, 1),
    ]


@pytest.mark.parametrize("line", ["R1", "R1-1", "S1"])
def test_what_somebody_decided_is_not_taken_back_so(line: str) -> None:
    life = relieved(titled(), Relief.REDUCED, HUNDRED)
    written = next(each.id for each in account_lines(life.dossier) if each.id.startswith(line))
    assert refused(life, written) == {"entry_corrected"}


# The title.


def test_a_title_written_by_mistake_is_taken_back_then_written_again() -> None:
    life = decided().do("request_title", Hat.INSTRUCTOR).later(8)
    before = current(life)
    life.do("record_title", Hat.INSTRUCTOR, title="TR-1")
    life.do("record_title_receipt", Hat.INSTRUCTOR, received_on=life.today)
    first = current(life).title_on
    taken_back(life, "R1-T")
    found = current(life)
    assert (found.title, found.title_on, found.title_received_on) == (None, None, None)
    assert (found.state, found.barred_from) == (RepaymentState.TITLE_REQUESTED, before.barred_from)
    assert (found.title_asked_on, found.title_amount) == (before.title_asked_on, before.title_amount)
    assert life.journal[-1].effects == ()  # nobody was told that number
    life.do("record_title", Hat.INSTRUCTOR, title="TR-2")
    lines = {line.id: line for line in account_lines(life.dossier)}
    assert (lines["R1-T"].reference, lines["R1-T"].on) == ("TR-1", first)
    assert (lines["R1-T-A"].corrects, lines["R1-T-A"].amount) == ("R1-T", -UNSERVED)
    assert lines["R1-T2"].reference == "TR-2"
    assert refused(life, "R1-T") == {"entry_corrected"}
    assert isinstance(life.attempt("correct_ledger_entry", Hat.HEAD, entry="R1-T2"), Decision)


def test_a_title_stands_while_a_payment_rests_on_it() -> None:
    life = paid(titled(), HUNDRED)
    assert refused(life, "R1-T") == {"correction_title_paid"}
    taken_back(taken_back(life, "R1-1"), "R1-T")
    assert current(life).title is None


def test_the_accountant_whom_a_letter_told_the_number_is_told() -> None:
    life = relieved(titled(), Relief.REDUCED, HUNDRED)
    title = current(life).title
    taken_back(life, "R1-T")
    (told,) = life.journal[-1].effects
    assert (told.name, told.to) == ("title_changed", Addressee.ACCOUNTANT)
    assert (told.details["change"], told.details["bill"]) == (TitleChange.MISTAKEN.value, title)


@pytest.mark.parametrize("relief", [Relief.REDUCED, Relief.WRITTEN_OFF])
@pytest.mark.parametrize("back", [ZERO, HUNDRED])
def test_the_right_number_is_written_even_when_nothing_is_left_due(relief: Relief, back: Decimal) -> None:
    life = decided()
    if back:
        carried_back(life, back).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    life.do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR)
    before = relieved(life, relief, current(life).outstanding)
    state = current(before).state
    taken_back(life, "R1-T").do("record_title", Hat.INSTRUCTOR, title="TR-2")
    assert (current(life).title, current(life).state, current(life).outstanding) == ("TR-2", state, ZERO)
    once = life.attempt("record_title", Hat.INSTRUCTOR, title="TR-3")
    assert isinstance(once, Refused)
    assert once.codes == {"repayment_step"}


def test_a_title_taken_back_keeps_the_amount_it_was_for() -> None:
    life = taken_back(titled(), "R1-T")
    was = [(line.id, line.amount) for line in account_lines(life.dossier)]
    carried_back(life, HUNDRED).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    life.do("record_title", Hat.INSTRUCTOR, title="TR-2")
    now = {line.id: line.amount for line in account_lines(life.dossier)}
    assert was == [(line, now[line]) for line, _ in was]
    assert now["R1-T2"] == UNSERVED - HUNDRED
    # the facts of an older release only tell the last amount
    older = tuple(replace(title, amount=None) for title in current(life).mistaken_titles)
    life.changed(repayments=(replace(current(life), mistaken_titles=older),))
    assert {line.id: line.amount for line in account_lines(life.dossier)}["R1-T"] == UNSERVED - HUNDRED


# What came back before the title.


def carried_back(life: Life, amount: Decimal) -> Life:
    """An amending decision carries some of it back."""
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-7")
    return paid(life, amount)


def after_amending() -> Life:
    """100 euros were carried back, then the title of the rest was asked for."""
    life = carried_back(decided(), HUNDRED).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    return life.do("request_title", Hat.INSTRUCTOR).later(1)


def another_way(life: Life) -> Life:
    """The way of the money is changed, and the title comes back to it once 100 euros are due again."""
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-7")
    return taken_back(life, "R1-1").do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)


@pytest.mark.parametrize("issued", [False, True])
def test_a_title_is_for_what_is_due_whatever_came_back_before_it(issued: bool) -> None:
    life = after_amending()
    if issued:
        life.do("record_title", Hat.INSTRUCTOR)
    assert refused(life, "R1-1") == {"correction_before_title"}
    if issued:
        taken_back(life, "R1-T")
    another_way(life)
    told = [(e.name, e.to, e.details.get("change")) for e in life.journal[-1].effects]
    assert ("title_changed", Addressee.ACCOUNTANT, TitleChange.RESTORED.value) in told
    assert current(life).title_amount == current(life).outstanding == UNSERVED


def test_an_offset_that_a_title_left_out_stands_too() -> None:
    life = still_owed().do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=HUNDRED)
    entry = life.dossier.ledger[-1].id
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE).do("request_title", Hat.INSTRUCTOR)
    assert refused(life, entry) == {"correction_before_title"}


def test_what_came_since_the_title_was_asked_for_is_taken_back() -> None:
    life = after_amending().do("record_title", Hat.INSTRUCTOR)
    taken_back(paid(life, HUNDRED), "R1-2")
    assert current(life).title_amount == current(life).outstanding


def test_a_payment_that_came_before_the_title_does_not_rest_on_it() -> None:
    life = paid(relieved(decided(), Relief.WRITTEN_OFF, HUNDRED), HUNDRED)
    life.do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR)
    assert refused(life, _payment(life)) == {"correction_before_title"}
    assert current(taken_back(life, "R1-T")).title is None


def test_what_came_back_is_taken_back_once_no_title_is_left_and_nothing_is_due() -> None:
    """The way of a settled debt does not change: it does once the correction makes it due again."""
    life = after_amending()
    relieved(life, Relief.REDUCED, current(life).outstanding)
    taken_back(life, "R1-1")
    assert current(life).outstanding == HUNDRED
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    assert current(life).title_amount == HUNDRED


# Nothing else moves.


def test_a_contested_line_is_not_put_right_by_money_of_a_repayment() -> None:
    life = paid(titled(), HUNDRED).do("contest_line", Hat.RECRUITER, line="E1")
    upheld = {"outcome": ContestState.UPHELD, "remedy": "correct_ledger_entry"}
    life.do("answer_contest", Hat.INSTRUCTOR, **upheld)
    taken_back(life, "R1-1")
    assert [contest.state for contest in life.dossier.contests] == [ContestState.UPHELD]


@settings(max_examples=10)
@given(steps=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), min_size=6, max_size=12))
def test_payments_and_corrections_in_any_order_sum_up(steps: list[tuple[int, int]]) -> None:
    """Paid, refunded, taken back, paid again: the debt is what stands of its lines, and no more is given back."""
    life = titled()
    for pick, share in steps:
        answer = _one_more(life, pick, (UNSERVED * share / 100).quantize(Decimal("0.01")))
        if isinstance(answer, Decision):
            life.apply(answer)
        after, last = current(life), account_lines(life.dossier)[-1].after
        assert ZERO <= after.repaid <= life.dossier.paid
        assert after.repaid + after.outstanding - after.to_refund == UNSERVED
        assert (last.recovered, last.to_recover) == (after.repaid, after.outstanding)
        standing = sum((m.lowers for _, m in after.in_force if m.kind.is_money), ZERO)
        assert standing == after.repaid
        life.later(1)


def _one_more(life: Life, pick: int, amount: Decimal) -> Decision | Refused:
    """One more act on the money of a repayment: mostly a payment, else a correction of one of its lines."""
    found = current(life)
    lines = [line.id for line in correctable(life.dossier) if line.id.startswith("R1-")]
    if lines and pick > 5:
        return life.attempt("correct_ledger_entry", Hat.HEAD, entry=lines[pick % len(lines)])
    if found.title is None:
        return life.attempt("record_title", Hat.INSTRUCTOR, title=f"TR-{life.dossier.version}")
    if found.to_refund:
        return life.attempt("record_refund", Hat.INSTRUCTOR, amount=found.to_refund)
    return life.attempt("record_repaid", Hat.INSTRUCTOR, amount=amount)
