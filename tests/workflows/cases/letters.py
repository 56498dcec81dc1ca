"""Reasons of the act that asks for a letter."""

from tests.builders import Hat
from tests.lives import life_of
from tests.workflows.cases import Answer, case
from workflows.letters.asked import AskedLetter
from workflows.states import State


@case("letter_without_object")
def attest_the_end_of_a_post_that_goes_on() -> Answer:
    return life_of("na-2024").to(State.IN_POST).attempt("ask_letter", Hat.INSTRUCTOR, letter=AskedLetter.END)


@case("letter_year_missing")
def sum_a_year_up_without_saying_which() -> Answer:
    return life_of("na-2024").to(State.IN_POST).attempt("ask_letter", Hat.INSTRUCTOR, letter=AskedLetter.YEAR)


@case("letter_asked_already")
def ask_twice_for_a_letter_that_has_not_left() -> Answer:
    life = life_of("na-2024").to(State.SUBMITTED).around(letters_waiting=frozenset({("L2", "")}))
    return life.attempt("ask_letter", Hat.INSTRUCTOR, letter=AskedLetter.RECEIVED)
