"""Reasons of the life of a post: start, deferral, departure, end, renewal."""

from datetime import date, timedelta
from typing import Any

from tests.builders import Hat, doctor
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, printed, ruled
from workflows.acts.vacancy import DepartureLeadsTo
from workflows.parts.requests import EndReason, FourDates
from workflows.states import State

DAY = timedelta(days=1)


def _starting(call_id: str = "na-2024", **facts: Any) -> Life:
    """On the day of the start, contract and procès-verbal accepted."""
    life = life_of(call_id).to(State.NOTIFIED)
    if facts:
        life.changed(candidate=doctor(life.profile.candidate.id, **facts))
    return life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER)


def _in_post(days: int = 20) -> Life:
    return life_of("na-2024").to(State.IN_POST).later(days)


def _dates(fact: date, known: date, effective: date) -> FourDates:
    return FourDates(fact, known, effective, known)


# Start.


@case("rpps_missing")
def start_without_rpps() -> Answer:
    return _starting(number=None).attempt("record_start", Hat.INSTRUCTOR)


@case("not_registered")
def start_without_the_ordre() -> Answer:
    return _starting(registered=None).attempt("record_start", Hat.INSTRUCTOR)


@case("start_not_allowed")
def start_in_december_without_a_deferral() -> Answer:
    # NA-02
    life = _starting().on(date(2024, 12, 2))
    return life.attempt("record_start", Hat.INSTRUCTOR, start_on=life.today)


@case("start_before_vacancy")
def the_new_doctor_starts_before_the_other_left() -> Answer:
    life = life_of("cvl-ville-hopital").to(State.IN_POST).later(150).do("withdraw", Hat.INSTRUCTOR)
    vacant = life.today
    life.propose_replacement().do("replace", Hat.HEAD).later(60).deliver(Hat.RECRUITER)
    return life.attempt("record_start", Hat.INSTRUCTOR, start_on=vacant - DAY)


@case("start_after_end")
def a_start_after_the_end_of_the_post() -> Answer:
    life = _starting("cvl-ville-hopital").on(date(2024, 11, 4))
    life = ruled(life, "clauses.deferral.duty", printed(False, "X-01"))
    return life.attempt("record_start", Hat.INSTRUCTOR, start_on=date(2024, 11, 1))


# Deferral.


@case("deferral_not_allowed")
def ask_a_deferral_where_the_call_prints_none() -> Answer:
    life = ruled(life_of("na-2024").to(State.NOTIFIED), "clauses.deferral.allowed", printed(value=False))
    return life.attempt("ask_deferral", Hat.RECRUITER)


@case("deferral_backwards")
def defer_to_an_earlier_day() -> Answer:
    return life_of("na-2024").to(State.NOTIFIED).attempt("defer", Hat.HEAD, new_start=date(2024, 10, 1))


@case("deferral_long")
def defer_beyond_a_printed_length() -> Answer:
    life = ruled(life_of("na-2024").to(State.NOTIFIED), "clauses.deferral.longest_months", printed(1))
    return life.attempt("defer", Hat.HEAD)


@case("deferral_unusual")
def defer_by_three_months() -> Answer:
    # A7: two months are the custom, six the limit
    return life_of("na-2024").to(State.NOTIFIED).attempt("defer", Hat.HEAD, new_start=date(2025, 2, 1))


@case("deferral_out_of_windows")
def defer_to_january() -> Answer:
    # 6.1: January is outside NA-02, the head decides
    return life_of("na-2024").to(State.NOTIFIED).attempt("defer", Hat.HEAD, new_start=date(2025, 1, 1))


@case("start_undeferred_held")
def a_start_a_month_late_where_the_call_wants_to_be_told() -> Answer:
    life = life_of("cvl-ville-hopital").to(State.NOTIFIED)
    life.on(date(2022, 12, 1), "16:00").deliver(Hat.RECRUITER)
    return life.attempt("record_start", Hat.INSTRUCTOR, start_on=date(2022, 12, 1))


@case("told_late_held")
def defer_after_the_planned_start_where_the_call_prints_the_duty() -> Answer:
    # CVL-17: inform at once, otherwise no financing; A8: held for a head
    life = life_of("cvl-ville-hopital").to(State.NOTIFIED).on(date(2022, 11, 5))
    return life.attempt("defer", Hat.HEAD)


@case("told_late")
def defer_after_the_planned_start_elsewhere() -> Answer:
    life = life_of("ara-2017").to(State.NOTIFIED).on(date(2017, 11, 5))
    return life.attempt("defer", Hat.HEAD)


# Departure.


@case("not_effective_yet")
def withdraw_before_the_day() -> Answer:
    life = _in_post()
    dates = _dates(life.today, life.today, life.today + 2 * DAY)
    return life.attempt("withdraw", Hat.INSTRUCTOR, dates=dates)


@case("effective_already")
def announce_a_departure_of_yesterday() -> Answer:
    life = _in_post()
    dates = _dates(life.today - 3 * DAY, life.today, life.today - DAY)
    return life.attempt("announce_departure", Hat.INSTRUCTOR, dates=dates)


@case("departure_announced")
def announce_two_departures() -> Answer:
    return _in_post().do("announce_departure", Hat.INSTRUCTOR).attempt("announce_departure", Hat.INSTRUCTOR)


@case("no_departure")
def cancel_a_departure_nobody_announced() -> Answer:
    return _in_post().attempt("cancel_departure", Hat.INSTRUCTOR)


@case("departure_over")
def take_back_a_departure_that_the_machine_carried_out() -> Answer:
    life = _in_post().do("announce_departure", Hat.INSTRUCTOR)
    assert life.dossier.departure is not None
    return life.on(life.dossier.departure.dates.effective_on).do("withdraw", Hat.CLOCK).attempt("revert", Hat.HEAD)


@case("departure_not_announced")
def the_machine_withdraws_nobody_by_itself() -> Answer:
    return _in_post().attempt("withdraw", Hat.CLOCK)


@case("never_started")
def end_a_post_nobody_served() -> Answer:
    return life_of("na-2024").to(State.WITHDRAWN).later(5).attempt("record_end", Hat.INSTRUCTOR)


@case("end_before_start")
def announce_the_end_of_a_post_before_its_start() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).later(5)
    return life.attempt("announce_departure", Hat.INSTRUCTOR, leads_to=DepartureLeadsTo.RECORD_END)


@case("before_start")
def leave_on_the_first_day() -> Answer:
    life = _in_post()
    dates = _dates(life.profile.start, life.today, life.profile.start)
    return life.attempt("withdraw", Hat.INSTRUCTOR, dates=dates)


@case("dates_disordered")
def known_before_it_happened() -> Answer:
    life = _in_post()
    dates = _dates(life.today, life.today - DAY, life.today)
    return life.attempt("withdraw", Hat.INSTRUCTOR, dates=dates)


# End.


@case("evidence_missing")
def an_early_end_without_evidence() -> Answer:
    return _in_post().attempt("record_end", Hat.INSTRUCTOR, evidence=None)


@case("end_reason_missing")
def an_early_end_without_its_reason() -> Answer:
    return _in_post().attempt("record_end", Hat.INSTRUCTOR, end_reason=None)


@case("leave_is_no_end")
def end_a_post_for_a_maternity_leave() -> Answer:
    # A35
    return _in_post().attempt("record_end", Hat.INSTRUCTOR, end_reason=EndReason.STATUTORY_LEAVE)


@case("cca_suspected")
def a_chef_de_clinique_post_right_after_a_resignation() -> Answer:
    # A4
    life = _in_post()
    return life.attempt(
        "record_end", Hat.INSTRUCTOR, end_reason=EndReason.PERSONAL, cca_from=life.today + timedelta(days=60)
    )


@case("cca_before_end")
def a_chef_de_clinique_post_that_starts_before_the_last_day() -> Answer:
    life = _in_post()
    return life.attempt("record_end", Hat.INSTRUCTOR, end_reason=EndReason.CCA_OR_HU, cca_from=life.today - 60 * DAY)


@case("cca_against_reason")
def another_reason_than_the_chef_de_clinique_post_that_is_dated() -> Answer:
    # A4 watches three months: this one is a year later
    life = _in_post()
    given = {"end_reason": EndReason.PERSONAL, "cca_from": life.today + timedelta(days=500)}
    return life.attempt("declare_early_end", Hat.RECRUITER, **given)


@case("end_after_term")
def an_early_end_after_the_term() -> Answer:
    # 6.1 V0: the post ends on 31 October 2026
    return _in_post().attempt("declare_early_end", Hat.RECRUITER, effective_on=date(2026, 11, 1))


@case("cca_undated")
def a_hospital_university_post_that_may_not_be_a_chef_de_cliniques() -> Answer:
    # NA-21
    return _in_post().attempt("record_end", Hat.INSTRUCTOR, end_reason=EndReason.CCA_OR_HU)


@case("declared_late")
def an_end_declared_after_eight_days() -> Answer:
    life = _in_post()
    return life.attempt("record_end", Hat.INSTRUCTOR, known_on=life.today - 9 * DAY, told_on=life.today)


@case("after_planned_end")
def two_months_more_than_the_post() -> Answer:
    # A35: a contract may be longer; the post was awarded until 31/10/2026
    life = _in_post().on(date(2027, 1, 4))
    return life.attempt("record_end", Hat.INSTRUCTOR, last_day=date(2026, 12, 31), end_reason=None, evidence=None)


# Renewal.


@case("renewal_not_allowed")
def renew_where_the_call_excludes_it() -> Answer:
    return ruled(_in_post(), "clauses.renewal", None).attempt("renew", Hat.RECRUITER)


@case("renewal_too_long")
def renew_for_more_than_twelve_months() -> Answer:
    # IDF-08: « strictement limité à une durée de 12 mois »
    return life_of("idf-2025").to(State.IN_POST).later(400).attempt("renew", Hat.RECRUITER, months=13)


@case("renewal_silent")
def renew_where_the_call_is_silent() -> Answer:
    return _in_post(400).attempt("renew", Hat.RECRUITER)


@case("renewal_after_break")
def renew_a_post_that_broke_off() -> Answer:
    return life_of("idf-2025").to(State.ENDED).attempt("renew", Hat.RECRUITER)


@case("renewed_already")
def renew_twice_where_the_call_says_once() -> Answer:
    life = ruled(life_of("idf-2025").to(State.IN_POST).later(400), "clauses.renewal.times", printed(1, "IDF-08"))
    return life.do("renew", Hat.RECRUITER).attempt("renew", Hat.RECRUITER)
