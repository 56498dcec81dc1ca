"""Reasons of the repayment once it is opened: who decides, how it comes back, what is given up or contested."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.builders import Hat, finess
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case
from tests.workflows.repaying import (
    UNSERVED,
    WHOLE,
    answered,
    current,
    decided,
    ended,
    in_post,
    on_line,
    paid,
    proposed,
    reading,
    still_owed,
    titled,
)
from workflows.calendars import Calendar
from workflows.calls.funding import RepaymentReading, Vehicle
from workflows.calls.sources import Origin
from workflows.deadlines import add_months
from workflows.parts.claims import ClaimState, claim_until
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.states import State

CENT = Decimal("0.01")


def _two() -> Life:
    """An overpayment that the recruiter heard of, and an early end."""
    life = in_post(amount=WHOLE + 500).do("open_overpayment", Hat.INSTRUCTOR).do("start_contradictory", Hat.INSTRUCTOR)
    life.on(date(2026, 1, 2)).do("record_end", Hat.INSTRUCTOR, last_day=date(2025, 12, 31))
    return life.do("open_clawback", Hat.CLOCK)


@case("repayment_unknown")
def name_a_repayment_that_is_not_there() -> Answer:
    return proposed().attempt("start_contradictory", Hat.INSTRUCTOR, repayment="F99")


@case("repayment_unnamed")
def go_on_with_one_of_two_without_saying_which() -> Answer:
    return _two().attempt("start_contradictory", Hat.INSTRUCTOR)


# Asking.


@case("not_overpaid")
def ask_for_what_was_paid_as_awarded() -> Answer:
    return in_post().attempt("open_overpayment", Hat.INSTRUCTOR)


@case("end_asks_back")
def ask_for_an_overpayment_before_the_machine_looked_at_the_end() -> Answer:
    return ended(amount=WHOLE + 500).attempt("open_overpayment", Hat.INSTRUCTOR)


@case("reading_unsigned")
def select_before_the_reading_of_the_clause_is_signed() -> Answer:
    life = life_of("na-2024").to(State.COMMITTEE).on(life_of("na-2024").profile.judged)
    life.do("record_opinion", Hat.INSTRUCTOR).on(life.profile.decided)
    return reading(life, RepaymentReading.PRORATA, Origin.DEFAULT).attempt("select", Hat.HEAD)


@case("post_vacant")
def ask_for_months_that_somebody_else_may_serve() -> Answer:
    life = in_post(amount=WHOLE + 1).on(date(2025, 6, 1)).do("withdraw", Hat.INSTRUCTOR)
    return life.attempt("open_overpayment", Hat.INSTRUCTOR)


@case("prepared_by_same_person")
def decide_what_one_prepared() -> Answer:
    life = proposed().later(2).do("start_contradictory", Hat.HEAD).later(10).do("record_remarks", Hat.RECRUITER)
    return life.attempt("decide_repayment", Hat.HEAD)


@case("hearing_owed")
def decide_without_hearing_who_asks_for_it() -> Answer:
    life = proposed().later(2).do("start_contradictory", Hat.INSTRUCTOR)
    life.later(10).do("record_remarks", Hat.RECRUITER, hearing=True)
    return life.later(5).attempt("decide_repayment", Hat.HEAD)


@case("time_barred")
def decide_five_years_and_a_day_after_the_agency_knew() -> Answer:
    return answered().on(date(2031, 1, 1)).attempt("decide_repayment", Hat.HEAD)


@case("preparer_unknown")
def decide_what_nobody_is_known_to_have_prepared() -> Answer:
    life = answered()
    life.changed(repayments=(replace(current(life), prepared_by=None),))
    return life.attempt("decide_repayment", Hat.HEAD)


@case("nothing_due_any_more")
def decide_what_months_added_since_have_absorbed() -> Answer:
    life = in_post(amount=WHOLE + 500).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER)
    award = life.dossier.award
    assert award is not None
    assert award.planned_end is not None
    life.do("extend", Hat.DG, until=add_months(award.planned_end, 2), financed=True)
    return life.attempt("decide_repayment", Hat.HEAD)


def _paid_since() -> Life:
    """The recruiter was heard, then 500,00 were paid by mistake."""
    return paid(answered(), WHOLE + 500)


@case("amount_above_announced")
def decide_what_the_recruiter_was_not_heard_on() -> Answer:
    return _paid_since().attempt("decide_repayment", Hat.HEAD, amount=UNSERVED + CENT)


@case("reading_not_announced")
def decide_under_a_reading_signed_since() -> Answer:
    return reading(answered(), RepaymentReading.INTEGRAL).attempt("decide_repayment", Hat.HEAD)


@case("already_heard")
def hear_the_recruiter_twice_on_the_same_sum() -> Answer:
    return answered().attempt("start_contradictory", Hat.INSTRUCTOR)


@case("amount_above_paid")
def decide_more_than_what_another_repayment_leaves() -> Answer:
    """What a clause took back of months served leaves nothing of what was paid."""
    life = in_post(amount=WHOLE + 500).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER)
    mine, whole = current(life), WHOLE + 500
    nothing = replace(mine.amounts, prorata=Decimal(0))
    other = replace(mine, cause="F0", state=RepaymentState.DECIDED, amounts=nothing, decided=whole, let_go=Decimal(0))
    life.changed(repayments=(other, mine))
    return life.attempt("decide_repayment", Hat.HEAD, repayment=mine.cause)


@case("line_unknown")
def decide_without_knowing_the_line_of_credits() -> Answer:
    return on_line(answered(), None).attempt("decide_repayment", Hat.HEAD, vehicle=None)


@case("vehicle_differs")
def ask_for_a_title_on_insurance_credits() -> Answer:
    return on_line(answered(), "MIGAC").attempt("decide_repayment", Hat.HEAD, vehicle=Vehicle.TITLE)


# Coming back.


def _another_decided() -> tuple[Life, str]:
    """A title is issued, and another one is requested for what was paid by mistake since."""
    life = paid(titled(), WHOLE + 500).later(2).do("open_overpayment", Hat.INSTRUCTOR)
    mine = {"repayment": life.dossier.repayments[-1].cause}
    life.do("start_contradictory", Hat.INSTRUCTOR, **mine).later(1).do("record_remarks", Hat.INSTRUCTOR, **mine)
    life.later(1).do("decide_repayment", Hat.HEAD, **mine, amount=Decimal(500))
    return life.do("request_title", Hat.INSTRUCTOR, **mine), mine["repayment"]


@case("title_number_taken")
def give_two_repayments_the_same_title() -> Answer:
    life, mine = _another_decided()
    return life.attempt("record_title", Hat.INSTRUCTOR, repayment=mine, title=life.dossier.repayments[0].title)


@case("title_number_missing")
def record_a_title_without_its_number() -> Answer:
    return decided().do("request_title", Hat.INSTRUCTOR).attempt("record_title", Hat.INSTRUCTOR, title=" ")


@case("title_already_requested")
def request_the_title_again() -> Answer:
    life = decided().do("request_title", Hat.INSTRUCTOR)
    asked = {name: getattr(current(life), name) for name in current(life).__slots__}
    forgotten = type(current(life))(**asked | {"state": RepaymentState.DECIDED})
    return life.changed(repayments=(forgotten,)).attempt("request_title", Hat.INSTRUCTOR)


@case("debtor_siret_missing")
def request_a_title_against_an_entity_never_paid_here() -> Answer:
    return decided("idf-2025").attempt("request_title", Hat.INSTRUCTOR, siret=None)


@case("vehicle_not_title")
def request_a_title_for_an_amending_decision() -> Answer:
    life = answered().do("decide_repayment", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION)
    return life.attempt("request_title", Hat.INSTRUCTOR)


@case("vehicle_unchanged")
def recover_otherwise_by_a_title() -> Answer:
    return decided().attempt("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)


@case("deed_missing")
def recover_by_a_decision_that_nobody_names() -> Answer:
    return decided().attempt("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION)


@case("vehicle_not_offset")
def offset_what_a_title_asks_for() -> Answer:
    life = still_owed().do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    life.do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR)
    return life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("10.00"))


@case("offset_above_owed")
def offset_on_credits_that_are_not_earned() -> Answer:
    life = decided(amount=Decimal("60000.00"), notified=WHOLE).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    return life.attempt("offset_repayment", Hat.INSTRUCTOR, tranche="T1", amount=Decimal("10.00"))


@case("title_received_before_issue")
def receive_a_title_the_day_before_it_is_issued() -> Answer:
    life = titled()
    issued = current(life).title_on
    assert issued is not None
    return life.attempt("record_title_receipt", Hat.INSTRUCTOR, received_on=issued - timedelta(days=1))


@case("repaid_before_decision")
def receive_a_payment_before_the_decision() -> Answer:
    life = titled()
    decided_on = current(life).decided_on
    assert decided_on is not None
    return life.attempt("record_repaid", Hat.INSTRUCTOR, paid_on=decided_on - timedelta(days=1))


@case("repaid_before_title")
def receive_a_payment_before_the_title() -> Answer:
    life = titled()
    issued = current(life).title_on
    assert issued is not None
    return life.attempt("record_repaid", Hat.INSTRUCTOR, paid_on=issued - timedelta(days=1))


@case("refund_before_payment")
def give_back_before_it_came() -> Answer:
    life = _to_refund()
    came = current(life).movements[0].on
    return life.attempt("record_refund", Hat.INSTRUCTOR, refunded_on=came - timedelta(days=1))


@case("heard_before_hearing")
def hear_the_recruiter_before_it_is_told() -> Answer:
    life = answered()
    return life.attempt("decide_repayment", Hat.HEAD, heard_on=current(life).opened_on)


@case("title_request_waits")
def record_a_title_that_nobody_could_be_asked_for() -> Answer:
    life = decided().do("request_title", Hat.INSTRUCTOR)
    held = life.around(letters_waiting=frozenset({("L16", current(life).cause)}))
    return held.attempt("record_title", Hat.INSTRUCTOR)


@case("title_receipt_told")
def tell_another_day_for_the_receipt_of_a_title() -> Answer:
    life = titled().do("record_title_receipt", Hat.INSTRUCTOR).later(5)
    return life.attempt("record_title_receipt", Hat.INSTRUCTOR, received_on=life.today)


@case("title_number_elsewhere")
def record_the_title_of_another_dossier() -> Answer:
    life = decided().do("request_title", Hat.INSTRUCTOR)
    return life.around(titled=("NA-2024-0099",)).attempt("record_title", Hat.INSTRUCTOR)


@case("correction_refunded")
def take_back_a_payment_that_was_given_back() -> Answer:
    life = _to_refund().do("record_refund", Hat.INSTRUCTOR)
    return life.attempt("correct_ledger_entry", Hat.HEAD, entry="R1-1")


@case("correction_title_paid")
def take_back_a_title_that_was_paid() -> Answer:
    life = titled().do("record_repaid", Hat.INSTRUCTOR, amount=CENT)
    return life.attempt("correct_ledger_entry", Hat.HEAD, entry="R1-T")


@case("correction_before_title")
def take_back_what_a_title_left_out() -> Answer:
    life = decided().do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-7")
    life.do("record_repaid", Hat.INSTRUCTOR, amount=CENT).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    return life.do("request_title", Hat.INSTRUCTOR).attempt("correct_ledger_entry", Hat.HEAD, entry="R1-1")


@case("claim_waits")
def request_a_title_while_a_claim_waits() -> Answer:
    return decided().do("file_claim", Hat.INSTRUCTOR).attempt("request_title", Hat.INSTRUCTOR)


@case("amount_above_outstanding")
def record_more_than_is_due() -> Answer:
    return titled().attempt("record_repaid", Hat.INSTRUCTOR, amount=UNSERVED + CENT)


def _to_refund() -> Life:
    life = titled().do("file_claim", Hat.INSTRUCTOR, contested=Decimal("500.00")).do("record_repaid", Hat.INSTRUCTOR)
    return life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)


@case("amount_above_refund")
def give_back_more_than_was_not_due() -> Answer:
    return _to_refund().attempt("record_refund", Hat.INSTRUCTOR, amount=Decimal("500.01"))


@case("not_refunded")
def settle_before_giving_back() -> Answer:
    return _to_refund().attempt("settle", Hat.INSTRUCTOR)


@case("nothing_to_close")
def settle_an_overpayment_that_is_not_there() -> Answer:
    return in_post().attempt("settle_overpayment", Hat.INSTRUCTOR)


@case("claim_open")
def settle_while_a_claim_waits() -> Answer:
    return (
        titled().do("file_claim", Hat.INSTRUCTOR).do("record_repaid", Hat.INSTRUCTOR).attempt("settle", Hat.INSTRUCTOR)
    )


# Giving up.


@case("relief_not_prepared")
def remit_what_nobody_prepared() -> Answer:
    return decided().attempt("remit_repayment", Hat.HEAD)


@case("relief_by_same_person")
def remit_what_one_prepared() -> Answer:
    return decided().do("prepare_relief", Hat.HEAD).attempt("remit_repayment", Hat.HEAD)


@case("amount_above_prepared")
def remit_more_than_was_prepared() -> Answer:
    life = decided().do("prepare_relief", Hat.INSTRUCTOR)
    return life.attempt("remit_repayment", Hat.HEAD, amount=Decimal("100.01"))


@case("relief_out_of_turn")
def prepare_the_remission_of_what_is_not_decided() -> Answer:
    return proposed().attempt("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REMITTED, amount=Decimal(1))


@case("relief_amount_missing")
def prepare_a_remission_of_nothing() -> Answer:
    return decided().attempt("prepare_relief", Hat.INSTRUCTOR, amount=None)


@case("authority_missing")
def remit_without_an_authority() -> Answer:
    return decided().do("prepare_relief", Hat.INSTRUCTOR).attempt("remit_repayment", Hat.HEAD, authority=None)


@case("relief_undated")
def remit_without_the_day_of_the_decision() -> Answer:
    return decided().do("prepare_relief", Hat.INSTRUCTOR).attempt("remit_repayment", Hat.HEAD, authority_on=None)


@case("accountant_opinion_missing")
def remit_without_asking_the_accountant() -> Answer:
    return decided().do("prepare_relief", Hat.INSTRUCTOR).attempt("remit_repayment", Hat.HEAD, opinion_on=None)


@case("write_off_without_title")
def write_off_what_nobody_tried_to_collect() -> Answer:
    life = decided().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.WRITTEN_OFF, amount=Decimal("100.00"))
    return life.attempt("write_off_repayment", Hat.HEAD)


# Claims.


@case("claim_already_open")
def claim_twice() -> Answer:
    return decided().do("file_claim", Hat.INSTRUCTOR).attempt("file_claim", Hat.INSTRUCTOR)


@case("claim_late")
def claim_the_day_after_the_two_months() -> Answer:
    life = titled().do("record_title_receipt", Hat.INSTRUCTOR)
    until = claim_until(life.today, Calendar(life.call.authority.calendar))
    return life.on(until).later(1).attempt("file_claim", Hat.INSTRUCTOR)


@case("claim_above_debt")
def claim_one_cent_more_than_is_asked() -> Answer:
    return decided().attempt("file_claim", Hat.INSTRUCTOR, contested=UNSERVED + CENT)


@case("grounds_missing")
def claim_without_saying_why() -> Answer:
    return decided().attempt("file_claim", Hat.INSTRUCTOR, grounds="")


@case("claim_not_open")
def answer_a_claim_that_nobody_filed() -> Answer:
    return decided().attempt("answer_claim", Hat.HEAD)


@case("claim_by_same_person")
def answer_the_claim_that_one_recorded() -> Answer:
    return decided().do("file_claim", Hat.HEAD).attempt("answer_claim", Hat.HEAD)


@case("claim_accepted_by_decider")
def accept_the_claim_against_what_one_decided() -> Answer:
    life = decided().do("file_claim", Hat.INSTRUCTOR)
    return life.attempt("answer_claim", Hat.HEAD, outcome=ClaimState.ACCEPTED, granted=None)


@case("claim_grant_wrong")
def reject_a_claim_and_grant_some_of_it() -> Answer:
    life = decided().do("file_claim", Hat.INSTRUCTOR)
    return life.attempt("answer_claim", Hat.HEAD, granted=Decimal("10.00"))


@case("amount_below_due")
def decide_less_than_the_calculation() -> Answer:
    return answered().attempt("decide_repayment", Hat.HEAD, amount=Decimal("1.00"))


@case("opener_may_not_decide")
def open_the_procedure_as_a_head() -> Answer:
    return proposed().attempt("start_contradictory", Hat.HEAD)


# Succession.


@case("no_recruiter")
def succeed_to_nobody() -> Answer:
    return life_of("na-2024").to(State.SUBMITTED).changed(sites=()).attempt("record_succession", Hat.HEAD)


@case("entity_malformed")
def succeed_with_a_wrong_number() -> Answer:
    return in_post().attempt("record_succession", Hat.HEAD, legal_entity="990009779")


@case("entity_unchanged")
def succeed_to_oneself() -> Answer:
    life = in_post()
    return life.attempt("record_succession", Hat.HEAD, legal_entity=life.profile.recruiter.legal_entity)


@case("succession_out_of_order")
def succeed_before_the_one_who_succeeded() -> Answer:
    life = in_post().later(30).do("record_succession", Hat.HEAD)
    since = life.today - timedelta(days=1)
    return life.attempt("record_succession", Hat.HEAD, legal_entity=finess(978), since=since)


@case("entity_unnamed")
def succeed_without_a_name() -> Answer:
    return in_post().attempt("record_succession", Hat.HEAD, name=" ")


@case("succession_deed_missing")
def succeed_without_a_deed() -> Answer:
    return in_post().attempt("record_succession", Hat.HEAD, deed=None)
