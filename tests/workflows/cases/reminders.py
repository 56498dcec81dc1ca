"""Reasons of the freeze of drafts and of the pause of reminders."""

from datetime import date

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case
from workflows.jobs import Job
from workflows.states import State


def _filed() -> Life:
    return life_of("na-2024").to(State.SUBMITTED).later(1)


@case("draft_frozen")
def change_a_draft_at_midnight_of_the_last_day() -> Answer:
    # J1, 1.8: « au plus tard le 14 juin » closes on 15 June at 00:00, Paris
    return life_of("na-2024").on(date(2024, 6, 15), "00:00").attempt("edit_draft", Hat.CANDIDATE)


@case("pause_too_long")
def pause_for_a_day_more_than_six_months() -> Answer:
    # filed on 10 June: the last day is 11 December, seen from the 11th
    return _filed().attempt("pause_reminders", Hat.INSTRUCTOR, until=date(2024, 12, 12), jobs=(Job.J4,))


@case("job_not_pausable")
def pause_the_closing_of_the_call_for_one_dossier() -> Answer:
    return _filed().attempt("pause_reminders", Hat.INSTRUCTOR, jobs=(Job.J1,))


@case("reminders_not_paused")
def resume_what_was_not_paused() -> Answer:
    return _filed().attempt("resume_reminders", Hat.INSTRUCTOR)
