"""Reasons of the credits and of the repayment."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.builders import Hat, shared
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, ruled
from workflows.calls.funding import RepaymentReading
from workflows.calls.sources import Origin, Sourced
from workflows.parts.requests import Repercussions
from workflows.states import State


def _in_post(days: int = 3) -> Life:
    return life_of("na-2024").to(State.IN_POST).later(days)


def _contradictory(call_id: str = "na-2024") -> Life:
    return life_of(call_id).to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)


def _answered(call_id: str = "na-2024") -> Life:
    return _contradictory(call_id).later(10).do("record_remarks", Hat.RECRUITER).later(5)


def _decided() -> Life:
    return _answered().do("decide_repayment", Hat.HEAD).later(1)


def _reading(life: Life, value: RepaymentReading, origin: Origin = Origin.CHOICE) -> Life:
    return ruled(life, "clauses.funding.repayment_reading", Sourced(value, origin, "A1"))


@case("cost_unsettled")
def notify_money_while_the_reading_is_a_default() -> Answer:
    # A24: none is notified until the agency has signed its choice
    life = life_of("cvl-ville-hopital", completed=False).to(State.NOTIFIED).later(3)
    return life.attempt("notify_money", Hat.HEAD)


@case("part_time_unscaled")
def notify_the_money_of_a_part_time_doctor() -> Answer:
    # A41: a part-time contract scales the amount only if the call says so
    life = life_of("na-2024").to(State.NOTIFIED).later(3)
    return life.changed(contract_share=Fraction(4, 5)).attempt("notify_money", Hat.HEAD)


@case("award_conditional")
def notify_money_above_an_unknown_quota() -> Answer:
    # A18
    life = life_of("na-2024", completed=False).to(State.NOTIFIED).later(3)
    return life.attempt("notify_money", Hat.HEAD)


@case("money_already_notified")
def notify_the_money_twice() -> Answer:
    return _in_post().attempt("notify_money", Hat.HEAD)


@case("money_not_notified")
def delegate_before_the_notification() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED)
    life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    return life.attempt("record_tranche", Hat.INSTRUCTOR)


@case("money_notice_outdated")
def delegate_on_a_notification_that_a_deferral_outdated() -> Answer:
    # 6.2 V1: 22 months instead of 24, the printed end stays
    life = life_of("idf-2025").to(State.NOTIFIED).later(4).do("notify_money", Hat.HEAD)
    life.later(3).do("defer", Hat.HEAD, new_start=date(2026, 1, 1))
    life.on(date(2026, 1, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    return life.later(1).attempt("record_tranche", Hat.INSTRUCTOR)


@case("delegated_above_award")
def notify_again_less_than_what_has_left() -> Answer:
    # CVL-05: B works less at the hospital than A, for whom the whole post was delegated at once
    life = life_of("cvl-ville-hopital").changed(share_motivated=True).to(State.IN_POST).later(1)
    life.do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("69265.92")).on(date(2023, 4, 1)).do(
        "withdraw", Hat.INSTRUCTOR
    )
    hospital, structure = life.profile.sites
    plan = shared(24, (hospital, 3), (structure, 7))
    said = (Repercussions.TIME_SHARE,)
    life.propose_replacement(new_start=date(2023, 5, 1), repercussions=said, plan=plan)
    life.do("replace", Hat.HEAD, lifts={"replacement_committee_needed": "motif-0002"}).do("notify", Hat.HEAD)
    return life.attempt("notify_money", Hat.HEAD)


@case("amount_not_positive")
def delegate_nothing() -> Answer:
    return _in_post().attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("0.00"))


@case("tranche_above_award")
def delegate_one_cent_more_than_awarded() -> Answer:
    # 6.1 V0: 77 994,96
    return _in_post().attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.97"))


@case("tranche_above_notice")
def delegate_what_is_awarded_and_was_not_notified() -> Answer:
    # A35: two months more, financed; 77 994,96 were notified, 84 494,54 are awarded
    life = _in_post().do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    return life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.97"))


@case("tranche_year_outside")
def delegate_on_the_budget_of_a_year_after_the_post() -> Answer:
    # 6.1 V0: from 1 November 2024 to 31 October 2026
    return _in_post().attempt("record_tranche", Hat.INSTRUCTOR, budget_year=2027)


@case("tranche_pattern_differs")
def delegate_three_months_in_the_first_year() -> Answer:
    # 6.1 V0: 6 499,58 in 2024
    return _in_post().attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("9749.37"))


@case("presence_unconfirmed")
def delegate_without_a_recent_presence() -> Answer:
    # A47: 30 days
    return _in_post(31).attempt("record_tranche", Hat.INSTRUCTOR)


@case("end_declared")
def delegate_after_an_end_was_declared() -> Answer:
    return _in_post().do("declare_early_end", Hat.RECRUITER).attempt("record_tranche", Hat.INSTRUCTOR)


# Repayment.


@case("end_not_early")
def ask_back_after_a_completed_post() -> Answer:
    # one month was vacant and paid, but the post went to its end
    life = _in_post().do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.96"))
    life.do("record_payment", Hat.INSTRUCTOR).on(date(2025, 6, 1)).do("withdraw", Hat.INSTRUCTOR)
    life.propose_replacement(new_start=date(2025, 7, 1)).do("replace", Hat.HEAD)
    life.on(date(2025, 7, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    life.on(date(2026, 11, 2)).do("record_end", Hat.INSTRUCTOR, last_day=date(2026, 10, 31))
    return life.attempt("open_clawback", Hat.CLOCK)


@case("nothing_due")
def ask_back_what_was_never_delegated() -> Answer:
    return _in_post(60).do("record_end", Hat.INSTRUCTOR).attempt("open_clawback", Hat.CLOCK)


@case("repayment_exists")
def ask_back_twice_for_one_end() -> Answer:
    life = life_of("na-2024").to(State.CLAWBACK).later(2).do("prepare_relief", Hat.INSTRUCTOR)
    life.do("drop_repayment", Hat.HEAD).do("settle", Hat.INSTRUCTOR)
    return life.attempt("open_clawback", Hat.CLOCK)


@case("repayment_step")
def ask_for_a_title_before_the_decision() -> Answer:
    return _answered().attempt("request_title", Hat.INSTRUCTOR)


@case("contradictory_running")
def decide_before_the_recruiter_answered() -> Answer:
    return _contradictory().prove("L14").later(3).attempt("decide_repayment", Hat.HEAD)


@case("contradictory_not_received")
def decide_while_nothing_proves_that_the_recruiter_has_the_letter() -> Answer:
    return _contradictory().later(90).attempt("decide_repayment", Hat.HEAD)


@case("reading_not_chosen")
def decide_while_the_reading_is_a_default() -> Answer:
    # A1
    life = _reading(_answered(), RepaymentReading.PRORATA, Origin.DEFAULT)
    return life.attempt("decide_repayment", Hat.HEAD)


@case("reading_without_clause")
def ask_for_everything_where_no_clause_allows_it() -> Answer:
    # 6.2: C1 and C3 have no legal footing in Île-de-France
    life = _reading(_answered("idf-2025"), RepaymentReading.INTEGRAL)
    delegated = life.dossier.delegated
    return life.attempt("decide_repayment", Hat.HEAD, amount=delegated)


@case("amount_above_due")
def ask_one_cent_more_than_the_reading_gives() -> Answer:
    life = _answered()
    current = life.dossier.repayment
    proposed = current.proposed if current else Decimal(0)
    return life.attempt("decide_repayment", Hat.HEAD, amount=proposed + Decimal("0.01"))


@case("title_before_decision")
def record_a_title_of_the_day_before_the_decision() -> Answer:
    life = _decided().do("request_title", Hat.INSTRUCTOR)
    on = life.dossier.repayment.decided_on if life.dossier.repayment else None
    assert on is not None
    return life.attempt("record_title", Hat.INSTRUCTOR, title_on=on - timedelta(days=1))


@case("repayment_not_decided")
def settle_a_proposal() -> Answer:
    return life_of("na-2024").to(State.CLAWBACK).attempt("settle", Hat.INSTRUCTOR)


@case("not_settled")
def settle_before_the_money_came_back() -> Answer:
    return _decided().attempt("settle", Hat.INSTRUCTOR)
