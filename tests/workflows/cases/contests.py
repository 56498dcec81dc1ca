"""Reasons of the contests of an account: lines that exist, contested once at a time, answers that say what to do."""

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case
from workflows.parts.contests import ContestState
from workflows.states import State


def _contested() -> Life:
    return life_of("na-2024").to(State.IN_POST).later(3).do("contest_line", Hat.RECRUITER, line="M2025-03-1")


@case("no_line_to_contest")
def contest_an_account_whose_amount_nobody_knows() -> Answer:
    return life_of("idf-2025", completed=False).to(State.NOTIFIED).attempt("contest_line", Hat.RECRUITER)


@case("contested_line_unknown")
def contest_a_month_after_the_end_of_the_post() -> Answer:
    # 6.1 V0: the post ends on 31 October 2026
    return life_of("na-2024").to(State.IN_POST).attempt("contest_line", Hat.RECRUITER, line="M2026-11-2")


@case("line_already_contested")
def contest_the_same_month_twice() -> Answer:
    return _contested().later(1).attempt("contest_line", Hat.RECRUITER, line="M2025-03-1")


@case("no_contest_open")
def answer_when_nobody_contests() -> Answer:
    return life_of("na-2024").to(State.IN_POST).attempt("answer_contest", Hat.INSTRUCTOR)


@case("contest_unknown")
def answer_a_contest_nobody_made() -> Answer:
    return _contested().attempt("answer_contest", Hat.INSTRUCTOR, contest="C2")


@case("contest_answer_wrong")
def uphold_a_contest_without_an_act_to_do() -> Answer:
    return _contested().attempt("answer_contest", Hat.INSTRUCTOR, outcome=ContestState.UPHELD)


@case("contest_corrected_before")
def answer_that_the_line_was_put_right_by_one_written_before_it() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR).later(1)
    life.do("record_payment", Hat.INSTRUCTOR).later(1).do("contest_line", Hat.RECRUITER, line="E1")
    outcome = ContestState.CORRECTED
    return life.attempt("answer_contest", Hat.INSTRUCTOR, outcome=outcome, remedy=None, corrected_by="T1")
