"""Reasons of the award: its content, its signature, its doctor, its lapse."""

from datetime import date, timedelta
from typing import Any

from tests.builders import Hat, doctor
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, ruled
from workflows.acts.award import LapseGround
from workflows.calls.sources import Origin, Sourced
from workflows.effects import Addressee
from workflows.states import State


def _judged(call_id: str = "na-2024", **members: Any) -> Life:
    life = life_of(call_id).changed(**members).to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    return life.on(life.profile.decided)


def _notified(call_id: str = "na-2024") -> Life:
    return life_of(call_id).to(State.NOTIFIED).later(1)


def _noticed() -> Life:
    return _notified().later(60).do("give_notice", Hat.HEAD).later(1)


@case("start_unknown")
def award_without_a_start() -> Answer:
    return _judged(wished_start=None).attempt("select", Hat.HEAD)


@case("months_not_allowed")
def award_of_eighteen_months() -> Answer:
    # NA-13: one or two years
    return _judged().attempt("select", Hat.HEAD, months=18)


@case("months_out_of_bounds")
def award_of_a_century() -> Answer:
    # where the call gives no duration, only what no contract can have is refused
    life = ruled(_judged(), "clauses.contract.months", Sourced(None, Origin.UNKNOWN, "NA-29"))
    return life.attempt("select", Hat.HEAD, months=1200)


@case("start_out_of_windows")
def award_from_january() -> Answer:
    # NA-02: November 2024 or May 2025
    return _judged().attempt("select", Hat.HEAD, planned_start=date(2025, 1, 1))


@case("condition_incomplete")
def award_under_a_condition_without_date() -> Answer:
    return _judged().attempt("select", Hat.HEAD, condition="these-0001")


@case("award_condition_open")
def notify_the_money_of_a_doctor_without_the_thesis() -> Answer:
    # A46
    life = _judged().do("select", Hat.HEAD, condition="these-0001", condition_by=date(2024, 10, 15))
    return life.to(State.NOTIFIED).later(3).attempt("notify_money", Hat.HEAD)


@case("no_condition_open")
def meet_a_condition_nobody_set() -> Answer:
    return _notified().attempt("meet_condition", Hat.INSTRUCTOR)


@case("not_a_signatory")
def notify_with_a_signature_out_of_force() -> Answer:
    life = life_of("na-2024").to(State.SELECTED).later(2)
    return life.attempt("notify", Hat.HEAD, signed_by="menthe-grise")


@case("candidate_already_named")
def name_a_second_candidate() -> Answer:
    return _notified().attempt("name_candidate", Hat.RECRUITER, candidate=doctor("anis-vermeil", 2))


@case("candidate_not_named")
def identify_nobody() -> Answer:
    # IDF-01: a post, the doctor comes later
    return life_of("idf-2025").to(State.SELECTED).attempt("identify_candidate", Hat.RECRUITER)


@case("award_already_accepted")
def accept_twice() -> Answer:
    return _notified().do("accept_award", Hat.RECRUITER).attempt("accept_award", Hat.RECRUITER)


@case("acceptance_late")
def accept_after_the_period() -> Answer:
    # A45: silence cancels nothing by itself
    return _notified().prove("L8").later(40).attempt("accept_award", Hat.CANDIDATE)


@case("notice_missing")
def lapse_without_a_contradictory_notice() -> Answer:
    return _notified().later(60).attempt("lapse", Hat.HEAD)


@case("notice_running")
def lapse_before_the_end_of_the_notice() -> Answer:
    return _noticed().prove("contradictory_notice").later(10).attempt("lapse", Hat.HEAD)


@case("notice_not_received")
def lapse_while_nothing_proves_that_the_notice_was_received() -> Answer:
    # CRPA art. L. 122-1: nobody has had the time to answer
    return _noticed().prove("contradictory_notice", Addressee.RECRUITER).later(90).attempt("lapse", Hat.HEAD)


@case("silence_not_opposable")
def give_notice_of_a_silence_nobody_kept() -> Answer:
    # the period to accept of the candidate still runs, the recruiter is not proven to have the decision
    life = _notified().later(2).prove("L8", Addressee.CANDIDATE).later(1)
    return life.attempt("give_notice", Hat.HEAD, ground=LapseGround.SILENCE)


@case("notice_already_sent")
def send_a_second_notice() -> Answer:
    return _notified().later(60).do("give_notice", Hat.HEAD).later(10).attempt("give_notice", Hat.HEAD)


@case("no_notice_to_answer")
def answer_a_notice_nobody_sent() -> Answer:
    return _notified().attempt("answer_notice", Hat.RECRUITER)


@case("answer_of_nobody")
def record_an_answer_without_saying_whose() -> Answer:
    return _noticed().attempt("answer_notice", Hat.INSTRUCTOR, receipt=None)


@case("answer_arrival_unknown")
def record_an_answer_without_saying_how_it_came() -> Answer:
    return _noticed().attempt("answer_notice", Hat.INSTRUCTOR, channel=None)


@case("answer_before_letter")
def record_an_answer_that_came_before_the_letter() -> Answer:
    life = _noticed()
    return life.attempt("answer_notice", Hat.INSTRUCTOR, came_on=life.today - timedelta(days=2))


@case("post_already_served")
def give_notice_of_the_lapse_of_a_post_somebody_served() -> Answer:
    # A16: after the start, the place is consumed; the award cannot lapse, and nobody is told that it may
    life = life_of("na-2024").to(State.IN_POST).later(150).do("withdraw", Hat.INSTRUCTOR)
    life.propose_replacement().do("replace", Hat.HEAD)
    return life.attempt("give_notice", Hat.HEAD)
