"""Reasons of requests and of replacements."""

from datetime import date, timedelta
from typing import Any

from tests.builders import Hat, shared
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, printed, ruled
from workflows.acts.vacancy import CloseGround, DepartureLeadsTo
from workflows.parts.requests import Repercussions, RequestKind
from workflows.states import State


def _vacant(call_id: str = "na-2024") -> Life:
    return life_of(call_id).to(State.WITHDRAWN).later(5)


def _proposed(call_id: str = "na-2024", **given: Any) -> Life:
    return _vacant(call_id).propose_replacement(**given)


def _without_opinion(**given: Any) -> Life:
    return _vacant().do("propose_replacement", Hat.RECRUITER, **given).deliver(Hat.RECRUITER)


# Requests.


@case("request_unknown")
def examine_a_request_nobody_made() -> Answer:
    return life_of("na-2024").to(State.NOTIFIED).attempt("examine_request", Hat.INSTRUCTOR, request="R7")


@case("request_answered")
def refuse_a_request_twice() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).do("ask_deferral", Hat.RECRUITER).do("refuse_request", Hat.HEAD)
    return life.attempt("refuse_request", Hat.HEAD)


@case("request_wrong_kind")
def answer_a_withdrawal_by_a_deferral() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).later(2).do("report_withdrawal", Hat.CANDIDATE)
    return life.attempt("defer", Hat.HEAD, request=life.last_request(RequestKind.WITHDRAWAL))


@case("request_needed")
def replace_without_a_proposal() -> Answer:
    return _vacant().attempt("replace", Hat.HEAD, request=None)


@case("already_requested")
def ask_twice_for_a_deferral() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).do("ask_deferral", Hat.RECRUITER)
    return life.attempt("ask_deferral", Hat.CANDIDATE)


@case("request_not_yours")
def the_partner_cancels_the_recruiter_s_request() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).do("ask_deferral", Hat.RECRUITER)
    return life.attempt("cancel_request", Hat.PARTNER)


@case("asked_after_start")
def ask_a_deferral_after_the_planned_start() -> Answer:
    # CVL-17, A8
    life = life_of("cvl-ville-hopital").to(State.NOTIFIED).on(date(2022, 11, 2))
    return life.attempt("ask_deferral", Hat.RECRUITER)


@case("replacement_without_departure")
def propose_somebody_for_an_occupied_post() -> Answer:
    return life_of("na-2024").to(State.IN_POST).later(9).attempt("propose_replacement", Hat.RECRUITER)


# Replacement.


@case("never_awarded")
def propose_somebody_for_a_post_that_was_never_awarded() -> Answer:
    life = life_of("na-2024").to(State.SUBMITTED).later(1).do("withdraw", Hat.INSTRUCTOR)
    return life.attempt("propose_replacement", Hat.RECRUITER)


@case("replacement_not_allowed")
def replace_where_the_call_excludes_it() -> Answer:
    return ruled(_proposed(), "clauses.replacement.allowed", printed(value=False)).attempt("replace", Hat.HEAD)


@case("replacement_pieces_unconfirmed")
def replace_before_the_agency_confirmed_its_list() -> Answer:
    # A10
    life = ruled(_proposed(), "clauses.replacement.pieces_confirmed", printed(value=False))
    return life.attempt("replace", Hat.HEAD)


@case("withdrawal_letter_missing")
def replace_without_the_letter() -> Answer:
    # CVL-15
    return _proposed("cvl-ville-hopital", letter=False).attempt("replace", Hat.HEAD)


@case("repercussions_unsaid")
def replace_without_the_statement_on_repercussions() -> Answer:
    # CVL-15, E6
    return _proposed("cvl-ville-hopital", repercussions=None).attempt("replace", Hat.HEAD)


@case("replacement_opinion_missing")
def replace_without_the_chair() -> Answer:
    # A13: the call chose a person
    return _without_opinion().attempt("replace", Hat.HEAD)


@case("replacement_committee_needed")
def replace_with_another_project_without_the_committee() -> Answer:
    return _without_opinion(repercussions=(Repercussions.PROJECT,)).attempt("replace", Hat.HEAD)


@case("replacement_late")
def replace_after_a_printed_period() -> Answer:
    life = ruled(life_of("na-2024"), "clauses.replacement.propose_within_days", printed(10)).to(State.WITHDRAWN)
    return life.later(11).propose_replacement().attempt("replace", Hat.HEAD)


@case("replacement_start_too_early")
def the_new_doctor_would_start_before_the_start_awarded() -> Answer:
    # A12: before the start, the same start
    return _vacant().attempt("propose_replacement", Hat.RECRUITER, new_start=date(2024, 10, 1))


@case("replacement_start_too_late")
def the_new_doctor_would_start_after_the_end() -> Answer:
    return _vacant().attempt("propose_replacement", Hat.RECRUITER, new_start=date(2026, 11, 1))


@case("replacement_plan_missing")
def other_time_shares_without_a_plan() -> Answer:
    # A14
    return _proposed(repercussions=(Repercussions.TIME_SHARE,)).attempt("replace", Hat.HEAD)


@case("replacement_plan_unsaid")
def other_time_shares_said_to_be_the_same() -> Answer:
    # A14
    life = _vacant()
    plan = shared(24, (life.profile.recruiter, 1), (life.profile.partner, 9))
    given = {"repercussions": (Repercussions.NONE,), "plan": plan}
    return life.attempt("propose_replacement", Hat.RECRUITER, **given)


@case("departure_ends_post")
def propose_somebody_for_a_post_that_will_end() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(150)
    life.do("announce_departure", Hat.INSTRUCTOR, leads_to=DepartureLeadsTo.RECORD_END)
    return life.attempt("propose_replacement", Hat.RECRUITER)


@case("replacement_not_agreed")
def the_machine_replaces_nobody_by_itself() -> Answer:
    return _proposed().attempt("replace", Hat.CLOCK)


@case("replacement_agreed")
def propose_another_once_somebody_is_agreed() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(150).do("announce_departure", Hat.INSTRUCTOR)
    life.propose_replacement().do("agree_replacement", Hat.HEAD)
    return life.attempt("propose_replacement", Hat.RECRUITER)


@case("replacement_open")
def close_while_a_proposal_waits() -> Answer:
    return _proposed().attempt("close", Hat.HEAD)


@case("given_back_early")
def close_for_expiry_before_the_period_is_over() -> Answer:
    # A11: 60 days
    life = _vacant()
    return life.on(life.today + timedelta(days=30)).attempt("close", Hat.HEAD, ground=CloseGround.EXPIRED)
