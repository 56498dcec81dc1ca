"""The days that people enter, act by act: may they be past, may they be to come, how far."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.acts import ACTS
from workflows.decide import Decision, Refused
from workflows.guards.days import has_days, within_reach
from workflows.parts.requests import FourDates, RequestKind
from workflows.states import State

DAY = timedelta(days=1)


def _codes(answer: Decision | Refused) -> set[str]:
    return {f.code for f in answer.findings}


def _notified(call: str = "na-2024") -> Life:
    return life_of(call).to(State.NOTIFIED).later(5)


def test_every_act_that_takes_a_day_looks_at_how_far_it_is():
    for act in ACTS.values():
        assert (within_reach in act.guards) == has_days(act.inputs), act.name


def test_a_day_ten_years_away_passes_and_the_next_one_does_not():
    life = life_of("na-2024").on(date(2024, 6, 10))
    for day, far in ((date(2034, 6, 10), False), (date(2034, 6, 11), True), (date(2014, 6, 9), True)):
        found = _codes(life.attempt("edit_draft", Hat.CANDIDATE, wished_start=day))
        assert ("date_out_of_reach" in found) == far, day


def test_the_studies_of_a_doctor_may_be_old():
    life = life_of("na-2024").on(date(2024, 6, 10))
    doctor = life.profile.candidate
    answer = life.attempt("edit_draft", Hat.CANDIDATE, candidate=replace(doctor, title_obtained_on=date(1999, 7, 1)))
    assert isinstance(answer, Decision)
    answer = life.attempt("edit_draft", Hat.CANDIDATE, candidate=replace(doctor, title_obtained_on=date(2090, 7, 1)))
    assert _codes(answer) == {"date_out_of_reach"}


@pytest.mark.parametrize("months", [0, 73, 999])
def test_a_draft_of_impossible_length_is_refused(months):
    life = life_of("na-2024").on(date(2024, 6, 10))
    assert _codes(life.attempt("edit_draft", Hat.CANDIDATE, months=months)) == {"months_out_of_bounds"}


def test_what_the_call_does_not_allow_is_told_at_the_filing_and_decided_later():
    # house rule: at the filing failed gates warn; NA-13: 12 or 24 months, NA-02: November 2024 or May 2025
    life = life_of("na-2024").on(date(2024, 6, 10)).changed(months=18, wished_start=date(2024, 12, 1))
    answer = life.attempt("submit", Hat.CANDIDATE)
    assert isinstance(answer, Decision)
    assert {"months_not_allowed", "start_out_of_windows"} <= _codes(answer)


def test_a_start_wished_before_the_deposit_is_pointed_out():
    life = life_of("na-2024").on(date(2024, 6, 10)).changed(wished_start=date(2024, 5, 2))
    answer = life.attempt("submit", Hat.CANDIDATE)
    assert isinstance(answer, Decision)
    assert "start_already_past" in _codes(answer)


# Deferral.


@pytest.mark.parametrize("act", ["ask_deferral", "defer"])
@pytest.mark.parametrize("shift", [-1, 0])
def test_a_deferral_is_later_than_the_start_awarded(act, shift):
    life = _notified()
    hat = Hat.RECRUITER if act == "ask_deferral" else Hat.HEAD
    answer = life.attempt(act, hat, new_start=life.profile.start + shift * DAY)
    assert isinstance(answer, Refused)
    assert answer.codes == {"deferral_backwards"}


@pytest.mark.parametrize("act", ["ask_deferral", "defer"])
def test_the_cause_of_a_deferral_is_known_by_now(act):
    life = _notified()
    hat = Hat.RECRUITER if act == "ask_deferral" else Hat.HEAD
    told: dict[str, Any] = {} if act == "ask_deferral" else {"told_on": life.today + DAY}
    answer = life.attempt(act, hat, known_on=life.today + DAY, **told)
    assert isinstance(answer, Refused)
    assert answer.codes == {"date_in_future"}


def test_a_deferral_told_afterwards_is_for_a_person_to_decide():
    # CVL-17, A8: late, the financing is held for a head's decision; a start that took place may be true
    life = life_of("cvl-ville-hopital").to(State.NOTIFIED)
    life.on(life.profile.start + 30 * DAY)
    new = life.profile.start + 14 * DAY
    asked = life.attempt("ask_deferral", Hat.RECRUITER, new_start=new)
    assert isinstance(asked, Decision)
    assert {"start_already_past", "asked_after_start"} <= _codes(asked)
    granted = life.attempt("defer", Hat.HEAD, new_start=new)
    assert isinstance(granted, Refused)
    assert granted.codes == {"told_late_held"}


# Others.


def test_a_condition_is_to_be_met_from_today_on():
    life = life_of("na-2024").to(State.COMMITTEE).on(life_of("na-2024").profile.judged)
    life.do("record_opinion", Hat.INSTRUCTOR)
    given = {"condition": "these-0001"}
    assert _codes(life.attempt("select", Hat.HEAD, condition_by=life.today - DAY, **given)) >= {"date_in_past"}
    assert isinstance(life.attempt("select", Hat.HEAD, condition_by=life.today, **given), Decision)


def test_the_opinion_of_the_chair_is_written_already():
    life = life_of("cvl-ville-hopital").to(State.WITHDRAWN).later(5).do("propose_replacement", Hat.RECRUITER)
    request = life.last_request(RequestKind.REPLACEMENT)
    answer = life.attempt("examine_request", Hat.INSTRUCTOR, request=request, chair_opinion_on=life.today + DAY)
    assert _codes(answer) == {"date_in_future"}


def test_a_departure_is_not_told_ahead():
    life = life_of("na-2024").to(State.IN_POST).later(20)
    dates = FourDates(life.today - DAY, life.today - DAY, life.today, life.today + DAY)
    answer = life.attempt("withdraw", Hat.INSTRUCTOR, dates=dates)
    assert isinstance(answer, Refused)
    assert answer.codes == {"date_in_future"}


def test_a_doctor_may_tell_the_agency_before_the_recruiter_knows():
    # the period to propose somebody else runs from the day the recruiter knew (A11)
    life = life_of("na-2024").to(State.IN_POST).later(20)
    ended = life.attempt("record_end", Hat.INSTRUCTOR, known_on=life.today, told_on=life.today - DAY)
    dates = FourDates(life.today - 4 * DAY, life.today - DAY, life.today - 2 * DAY, life.today - 4 * DAY)
    left = life.attempt("withdraw", Hat.INSTRUCTOR, dates=dates)
    for answer in (ended, left):
        assert isinstance(answer, Decision)
        assert "told_before_known" in _codes(answer)
    assert isinstance(left, Decision)
    assert left.after.vacancy is not None
    assert left.after.vacancy.told_on == life.today - DAY


def test_who_never_started_leaves_the_post_free_on_the_day_they_give_it_up():
    # A11: thirty days from the later of report and departure; nobody waits for the start that will not be
    life = _notified()
    dates = FourDates(life.today, life.today, life.profile.start, life.today)
    life.do("withdraw", Hat.INSTRUCTOR, dates=dates)
    vacancy = life.dossier.vacancy
    assert vacancy is not None
    assert (vacancy.since, vacancy.replace_by) == (life.today, life.today + 30 * DAY)
    life.propose_replacement().do("replace", Hat.HEAD)
    assert life.dossier.state is State.NOTIFIED


def test_a_replacement_who_gives_up_before_the_first_day_leaves_at_once_too():
    life = life_of("na-2024").to(State.IN_POST).later(150).do("withdraw", Hat.INSTRUCTOR)
    life.later(5).propose_replacement(new_start=life.today + 60 * DAY).do("replace", Hat.HEAD).later(3)
    dates = FourDates(life.today, life.today, life.today + 57 * DAY, life.today)
    life.do("withdraw", Hat.INSTRUCTOR, dates=dates)
    assert life.dossier.vacancy is not None
    assert life.dossier.vacancy.since == life.today
    assert life.dossier.tenures[-1].ends_on == life.today - 9 * DAY


def test_a_doctor_in_post_leaves_after_the_last_day():
    life = life_of("na-2024").to(State.IN_POST).later(20)
    for ahead, codes in ((1, set()), (2, {"not_effective_yet"})):
        dates = FourDates(life.today, life.today, life.today + ahead * DAY, life.today)
        assert _codes(life.attempt("withdraw", Hat.INSTRUCTOR, dates=dates)) == codes


def test_an_opinion_entered_after_the_sitting_keeps_its_true_date():
    life = life_of("na-2024").to(State.COMMITTEE)
    answer = life.attempt("record_opinion", Hat.INSTRUCTOR, judged_on=life.today - DAY)
    assert isinstance(answer, Decision)
    assert "opinion_too_early" in _codes(answer)
    assert answer.after.committee is not None
    assert answer.after.committee.judged_on == life.today - DAY


def test_a_candidate_may_give_up_before_the_file_arrives():
    life = life_of("na-2024").to(State.SUBMITTED).later(3)
    before = life.profile.filed - 2 * DAY
    answer = life.attempt("withdraw", Hat.INSTRUCTOR, dates=FourDates(before, life.today, before, life.today))
    assert isinstance(answer, Decision)
    assert _codes(answer) == {"departure_before_filing"}


def test_a_replacement_proposed_for_a_day_that_cannot_be_is_refused_at_once():
    # A12: after the start, the post is free from the departure on and ends on the day awarded
    life = life_of("cvl-ville-hopital").to(State.IN_POST).later(150).do("withdraw", Hat.INSTRUCTOR)
    vacancy, award = life.dossier.vacancy, life.dossier.award
    assert vacancy is not None
    assert award is not None
    assert award.planned_end is not None
    early = life.attempt("propose_replacement", Hat.RECRUITER, new_start=vacancy.since - DAY)
    late = life.attempt("propose_replacement", Hat.RECRUITER, new_start=award.planned_end + DAY)
    assert "replacement_start_too_early" in _codes(early)
    assert "replacement_start_too_late" in _codes(late)


def test_a_budget_year_is_one_of_these_years():
    life = life_of("na-2024").to(State.IN_POST).later(10)
    assert "date_out_of_reach" in _codes(life.attempt("record_tranche", Hat.INSTRUCTOR, budget_year=3024))


# What is told to whom.


def test_a_call_without_a_last_day_tells_a_depositor_what_is_true_for_them():
    # CVL-19: no deadline is printed
    life = life_of("cvl-ville-hopital")
    life.on(life.profile.filed)
    for kind in life.profile.depositors:
        life.do("confirm_deposit", Hat(kind.value))
    hats = {life.depositor: "submit", Hat.INSTRUCTOR: "register_received"}
    remedies = {}
    for hat, act in hats.items():
        answer = life.attempt(act, hat)
        remedies[hat] = [f.remedy for f in answer.findings if f.code == "closing_unknown"]
    assert remedies == {
        life.depositor: ["Vous pouvez déposer dès maintenant."],
        Hat.INSTRUCTOR: ["Faites-la fixer dans le fichier de l’appel."],
    }


def test_a_replacement_that_waits_for_the_agency_says_so():
    life = _notified("cvl-ville-hopital")
    before = life.attempt("propose_replacement", Hat.RECRUITER)
    told = next(f for f in before.findings if f.code == "replacement_without_departure")
    assert "Signalez" in told.remedy
    life.do("report_withdrawal", Hat.RECRUITER)
    after = life.attempt("propose_replacement", Hat.RECRUITER)
    waits = next(f for f in after.findings if f.code == "replacement_without_departure")
    assert "attend que l’agence" in waits.remedy


def test_the_machine_repeats_days_without_a_second_look():
    life = life_of("na-2024").to(State.IN_POST).later(150).do("announce_departure", Hat.INSTRUCTOR)
    departure = life.dossier.departure
    assert departure is not None
    life.on(departure.dates.effective_on + timedelta(days=4000))
    assert isinstance(life.attempt("withdraw", Hat.CLOCK), Decision)


def test_every_act_says_when_to_use_it():
    hints = [act.hint for act in ACTS.values()]
    assert all(hint[-1:] == "." and hint[0].isupper() and "'" not in hint for hint in hints)
    assert len(set(hints)) == len(hints)
