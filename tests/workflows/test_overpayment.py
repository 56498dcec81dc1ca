"""What was paid above the whole schedule: asked back in any state, beside the repayment of an early end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.repaying import DAY, UNSERVED, WHOLE, current, ended, in_post, proposed, reading, relieved
from workflows.account.worth import funded
from workflows.calls.funding import RepaymentReading
from workflows.calls.sources import Origin
from workflows.deadlines import add_months
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.facts import from_plain, plain
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentKind
from workflows.repaying.liquidation import undecided
from workflows.repaying.track import Stage, awaited, track
from workflows.states import State

TOO_MUCH = Decimal("500.00")


def overpaid(call_id: str = "na-2024") -> Life:
    """A post paid 500,00 above all that it is worth."""
    return in_post(call_id, WHOLE + TOO_MUCH)


def opened() -> Life:
    """The overpayment is proposed."""
    return overpaid().later(10).do("open_overpayment", Hat.INSTRUCTOR)


def decided() -> Life:
    """It is decided."""
    life = opened().do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER)
    return life.later(5).do("decide_repayment", Hat.HEAD)


def test_one_cent_above_the_schedule_is_enough_and_none_is_not() -> None:
    exact = in_post("na-2024", WHOLE).attempt("open_overpayment", Hat.INSTRUCTOR)
    assert isinstance(exact, Refused)
    assert exact.codes == {"not_overpaid"}
    life = in_post("na-2024", WHOLE + Decimal("0.01")).do("open_overpayment", Hat.INSTRUCTOR)
    assert current(life).proposed == Decimal("0.01")


def test_it_says_what_was_paid_and_what_the_post_is_worth() -> None:
    life = opened()
    found, schedule = current(life), funded(life.dossier, life.call)
    assert found.kind is RepaymentKind.OVERPAYMENT
    assert (found.amounts.paid, found.amounts.served) == (WHOLE + TOO_MUCH, schedule.total)
    assert (found.proposed, found.amounts.integral, found.amounts.contract_year) == (TOO_MUCH, None, None)
    assert found.bases is not None
    assert found.bases.excess == TOO_MUCH


def test_its_steps_are_legal_where_the_dossier_stands_and_change_no_state() -> None:
    life = decided().later(1).do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR)
    early = life.attempt("settle_overpayment", Hat.INSTRUCTOR)
    assert isinstance(early, Refused)
    assert early.codes == {"not_settled"}
    life.do("record_repaid", Hat.INSTRUCTOR).do("settle_overpayment", Hat.INSTRUCTOR)
    assert life.dossier.state is State.IN_POST
    assert (current(life).state, current(life).settled_on) == (RepaymentState.PAID, life.today)
    again = life.attempt("settle_overpayment", Hat.INSTRUCTOR)
    assert isinstance(again, Refused)
    assert again.codes == {"nothing_to_close"}
    assert from_plain(plain(life.dossier)) == life.dossier


def test_it_rests_on_no_clause() -> None:
    life = opened().do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER)
    unsigned = reading(life.copy(), RepaymentReading.INTEGRAL, Origin.DEFAULT)
    assert isinstance(unsigned.attempt("decide_repayment", Hat.HEAD), Decision)
    more = reading(life, RepaymentReading.INTEGRAL).attempt(
        "decide_repayment", Hat.HEAD, amount=TOO_MUCH + Decimal("0.01")
    )
    assert isinstance(more, Refused)
    assert more.codes == {"amount_above_due"}


def test_one_cause_is_asked_about_once_for_ever() -> None:
    life = opened().do("prepare_relief", Hat.INSTRUCTOR).do("drop_repayment", Hat.HEAD)
    life.do("settle_overpayment", Hat.INSTRUCTOR).later(100)
    again = life.attempt("open_overpayment", Hat.INSTRUCTOR)
    assert isinstance(again, Refused)
    assert again.codes == {"not_overpaid", "repayment_exists"}


def test_an_early_end_asks_for_the_rest_only() -> None:
    life = decided()
    last_day = date(life.profile.start.year + 1, 12, 31)
    life.on(last_day + 2 * DAY).do(
        "record_end", Hat.INSTRUCTOR, last_day=last_day, cca_from=last_day + DAY, known_on=last_day, told_on=last_day
    )
    early = life.attempt("open_overpayment", Hat.INSTRUCTOR)
    assert isinstance(early, Refused)
    assert "end_asks_back" in early.codes
    life.do("open_clawback", Hat.CLOCK)
    asked = [r.proposed for r in life.dossier.repayments]
    # 500,00 above the schedule, then the ten months that were not served: never one euro twice
    assert asked == [TOO_MUCH, UNSERVED]
    assert life.dossier.state is State.CLAWBACK
    assert current(life).kind is RepaymentKind.EARLY_END


def test_an_early_end_asks_for_what_was_only_proposed() -> None:
    life = opened()
    before = life.dossier.repayments[0]
    last_day = date(life.profile.start.year + 1, 12, 31)
    life.on(last_day + 2 * DAY).do("record_end", Hat.INSTRUCTOR, last_day=last_day, known_on=last_day, told_on=last_day)
    life.do("open_clawback", Hat.CLOCK)
    former, whole = life.dossier.repayments
    assert former.state is RepaymentState.DROPPED
    assert whole.proposed == UNSERVED + TOO_MUCH
    assert whole.known_on == before.known_on
    again = life.attempt("open_overpayment", Hat.INSTRUCTOR)
    assert isinstance(again, Refused)
    assert again.codes == {"not_overpaid"}


def test_what_an_early_end_took_over_is_told_so_and_waits_for_nobody() -> None:
    life = opened().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED, amount=None)
    last_day = date(life.profile.start.year + 1, 12, 31)
    life.on(last_day + 2 * DAY).do("record_end", Hat.INSTRUCTOR, last_day=last_day, known_on=last_day, told_on=last_day)
    before = life.dossier
    former, whole = life.do("open_clawback", Hat.CLOCK).dossier.repayments
    assert (former.taken_over_by, former.relief) == (whole.cause, None)
    assert awaited(former, life.dossier.state, life.call, life.today) == ()
    told = "repris dans le reversement de la fin anticipée"
    closing = track(life.dossier, former, life.today)[-1]
    assert (closing.stage, closing.told) == (Stage.CLOSED, (f"{told.capitalize()}.",))
    history = " ".join(described(before, life.dossier))
    assert told in history
    assert "abandonné" not in history
    assert from_plain(plain(life.dossier)) == life.dossier


def test_two_repayments_go_on_beside_each_other() -> None:
    life = opened().do("start_contradictory", Hat.INSTRUCTOR)
    last_day = date(life.profile.start.year + 1, 12, 31)
    life.on(last_day + 2 * DAY).do(
        "record_end", Hat.INSTRUCTOR, last_day=last_day, cca_from=last_day + DAY, known_on=last_day, told_on=last_day
    ).do("open_clawback", Hat.CLOCK)
    first, second = (r.cause for r in life.dossier.repayments)
    life.do("start_contradictory", Hat.INSTRUCTOR, repayment=second)
    unnamed = life.attempt("record_remarks", Hat.RECRUITER, channel=None, came_on=None, evidence=None)
    assert isinstance(unnamed, Refused)
    assert unnamed.codes == {"repayment_unnamed"}
    unknown = life.attempt("start_contradictory", Hat.INSTRUCTOR, repayment="F99")
    assert isinstance(unknown, Refused)
    assert "repayment_unknown" in unknown.codes
    # each letter opens its own period
    (mine,) = (r for r in life.dossier.receipts if r.letter == "L14" and r.about == first)
    life.later(2).do("record_proof", Hat.INSTRUCTOR, receipt=mine.id)
    periods = {r.cause: r.answer_by is not None for r in life.dossier.repayments}
    assert periods == {first: True, second: False}
    life.do("record_remarks", Hat.RECRUITER, repayment=second, channel=None, came_on=None, evidence=None)
    assert {r.cause: r.answered_on is not None for r in life.dossier.repayments} == {first: False, second: True}


def test_what_was_paid_too_much_at_an_early_end_is_counted_by_its_own_repayment() -> None:
    life = ended(amount=WHOLE + TOO_MUCH)
    before = life.attempt("open_overpayment", Hat.INSTRUCTOR)
    assert isinstance(before, Refused)
    assert "end_asks_back" in before.codes
    after = proposed(amount=WHOLE + TOO_MUCH).attempt("open_overpayment", Hat.INSTRUCTOR)
    assert isinstance(after, Refused)
    assert after.codes == {"not_overpaid"}


@pytest.mark.parametrize("hat", [Hat.RECRUITER, Hat.CANDIDATE])
def test_neither_the_recruiter_nor_the_doctor_opens_it(hat: Hat) -> None:
    answer = overpaid().attempt("open_overpayment", hat)
    assert isinstance(answer, Refused)
    assert answer.codes == {"not_allowed"}


def prolonged(life: Life) -> Life:
    """Two months more with their credits, notified again."""
    award = life.dossier.award
    assert award is not None
    assert award.planned_end is not None
    life.do("extend", Hat.DG, until=add_months(award.planned_end + DAY, 2) - DAY, financed=True)
    return life.later(1).do("notify_money", Hat.HEAD)


def tranche(life: Life, wanted: Decimal) -> frozenset[str]:
    """What refuses a tranche of so much, as the last of what is left."""
    found = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=wanted, budget_year=life.today.year + 2)
    return found.codes if isinstance(found, Refused) else frozenset()


def test_what_is_taken_back_is_not_delegated_any_more() -> None:
    life = decided()
    assert (life.dossier.delegated, life.dossier.delegated_net) == (WHOLE + TOO_MUCH, WHOLE)
    prolonged(life)
    two_months = 2 * Decimal("3249.79")
    assert tranche(life, two_months) == set()
    assert tranche(life, two_months + Decimal("0.01")) == {"tranche_above_award"}


def test_what_is_only_proposed_is_still_delegated() -> None:
    life = opened()
    assert life.dossier.delegated_net == WHOLE + TOO_MUCH
    prolonged(life)
    assert tranche(life, 2 * Decimal("3249.79")) == {"tranche_above_award"}


def test_a_debt_given_up_leaves_what_the_schedule_owes_and_one_that_was_none_does_not() -> None:
    given_up = relieved(decided(), Relief.REMITTED, TOO_MUCH)
    assert given_up.dossier.delegated_net == WHOLE
    wrong = relieved(decided(), Relief.REDUCED, Decimal("200.00"))
    assert wrong.dossier.delegated_net == WHOLE + Decimal("200.00")


def test_what_nobody_has_decided_is_told_once_whatever_proposes_it() -> None:
    assert undecided(in_post("na-2024", WHOLE).dossier) == 0
    assert undecided(overpaid().dossier) == TOO_MUCH
    assert undecided(opened().dossier) == TOO_MUCH
    assert undecided(decided().dossier) == 0
