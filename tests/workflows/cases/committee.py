"""Reasons around the committee, the reserve list and the places."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.builders import Hat, quota_uses
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, printed, ruled
from workflows.dossier import Project
from workflows.parts.rivals import BetterRanked, StandingOffer
from workflows.states import State


def _put() -> Life:
    life = life_of("na-2024").to(State.COMMITTEE)
    return life.on(life.profile.judged)


def _judged(**given: Any) -> Life:
    life = _put().do("record_opinion", Hat.INSTRUCTOR, **given)
    return life.on(life.profile.decided)


def _selected(places: int | None) -> Life:
    """Selected while every quota had that many places."""
    life = _judged()
    life.quotas = tuple(replace(q, places=places) for q in quota_uses(life.call, life.dossier, 3))
    return life.do("select", Hat.HEAD).later(2)


def _quota(life: Life, places: int | None, taken: int) -> Life:
    life.quotas = tuple(replace(q, places=places, taken=taken) for q in life.quotas or ())
    return life


@case("places_earmarked")
def the_places_left_are_for_another_establishment() -> Answer:
    life = _judged()
    life.quotas = tuple(replace(q, places=6, taken=4, kept=2) for q in quota_uses(life.call, life.dossier, 4))
    return life.attempt("select", Hat.HEAD)


@case("session_unknown")
def put_to_a_session_of_another_call() -> Answer:
    life = life_of("na-2024").to(State.COMPLETE)
    return life.on(life.profile.put).attempt("put_to_committee", Hat.INSTRUCTOR, session="juin-2025")


@case("session_over")
def put_to_last_month_s_session() -> Answer:
    life = life_of("na-2024").to(State.COMPLETE)
    return life.on(date(2024, 8, 1)).attempt("put_to_committee", Hat.INSTRUCTOR)


@case("already_judged")
def take_back_after_the_opinion() -> Answer:
    return _judged().attempt("take_back", Hat.INSTRUCTOR)


@case("opinion_too_early")
def an_opinion_before_the_file_went_there() -> Answer:
    life = _put()
    return life.attempt("record_opinion", Hat.INSTRUCTOR, judged_on=life.profile.put - timedelta(days=1))


@case("opinion_off_session")
def an_opinion_in_august_for_the_session_of_july() -> Answer:
    return _put().on(date(2024, 8, 2)).attempt("record_opinion", Hat.INSTRUCTOR)


def _votes(**votes: tuple[str, ...]) -> Answer:
    return _put().on(date(2024, 7, 11)).attempt("record_opinion", Hat.INSTRUCTOR, **votes)


@case("absent_voted")
def a_vote_of_a_member_who_was_not_there() -> Answer:
    return _votes(present=("thym-argent",), abstaining=("sarriette-brune",))


@case("voted_twice")
def a_vote_against_and_an_abstention_of_the_same_member() -> Answer:
    both = ("sarriette-brune",)
    return _votes(present=("thym-argent", *both), against=both, abstaining=both)


@case("vote_says_otherwise")
def a_favourable_opinion_with_more_votes_against() -> Answer:
    # CRPA R.133-11
    return _votes(present=("thym-argent", "sarriette-brune"), against=("thym-argent", "sarriette-brune"))


@case("not_judged")
def select_before_the_opinion() -> Answer:
    return _put().attempt("select", Hat.HEAD)


@case("opinion_unfavourable")
def select_against_the_opinion_without_a_reason() -> Answer:
    return _judged(favourable=False, rank=None).attempt("select", Hat.HEAD)


@case("conflicted_vote")
def a_linked_member_voted() -> Answer:
    # A40
    return _judged(conflicted_votes=("thym-argent",)).attempt("select", Hat.HEAD)


@case("better_ranked_passed_over")
def pass_over_the_first_of_the_category() -> Answer:
    life = _judged(rank=4).around(better_ranked=(BetterRanked("NA-2024-001", 1, eligible=True),))
    return life.attempt("select", Hat.HEAD)


@case("place_not_offered")
def select_from_the_reserve_without_an_offer() -> Answer:
    return life_of("na-2024").to(State.RESERVE).later(5).attempt("select", Hat.HEAD)


@case("reserve_expired")
def offer_a_place_from_a_list_whose_printed_validity_is_over() -> Answer:
    life = life_of("na-2024")
    ruled(life, "clauses.committee.reserve_until", printed(date(2024, 9, 30))).to(State.RESERVE)
    return life.on(date(2024, 10, 1)).attempt("offer_place", Hat.HEAD)


@case("reserve_ends_before_reply")
def offer_a_place_with_days_that_go_beyond_the_list() -> Answer:
    life = life_of("na-2024")
    ruled(life, "clauses.committee.reserve_until", printed(date(2024, 9, 30))).to(State.RESERVE)
    return life.on(date(2024, 9, 25)).attempt("offer_place", Hat.HEAD)


def _offered() -> Life:
    return life_of("na-2024").to(State.RESERVE).later(5).do("offer_place", Hat.HEAD).later(2)


@case("better_ranked_not_offered")
def offer_a_place_to_the_fourth_of_the_list() -> Answer:
    # A15: the next eligible one is called
    first = BetterRanked("NA-2024-001", 1, eligible=True)
    life = life_of("na-2024").to(State.RESERVE).later(5).around(better_ranked=(first,))
    return life.attempt("offer_place", Hat.HEAD)


@case("places_all_offered")
def offer_the_only_place_to_a_second_dossier() -> Answer:
    # A15: one place, called to one dossier at a time
    life = life_of("na-2024").to(State.RESERVE).later(5)
    life.quotas = tuple(replace(q, places=4) for q in quota_uses(life.call, life.dossier, 3))
    first = StandingOffer("NA-2024-001", tuple(q.id for q in life.quotas))
    return life.around(offers=(first,)).attempt("offer_place", Hat.HEAD)


@case("offer_made_again")
def offer_the_place_again_after_the_recruiter_accepted_it() -> Answer:
    return _offered().do("answer_offer", Hat.RECRUITER).attempt("offer_place", Hat.HEAD)


@case("offer_not_accepted")
def select_from_the_reserve_before_anybody_replied() -> Answer:
    return _offered().attempt("select", Hat.HEAD)


@case("offer_declined")
def select_who_declined_the_place() -> Answer:
    return _offered().do("answer_offer", Hat.CANDIDATE, accepted=False).attempt("select", Hat.HEAD)


@case("no_offer_waiting")
def accept_a_place_nobody_offered() -> Answer:
    return life_of("na-2024").to(State.RESERVE).later(5).attempt("answer_offer", Hat.RECRUITER)


@case("offer_already_accepted")
def accept_a_place_twice() -> Answer:
    return _offered().do("answer_offer", Hat.RECRUITER).attempt("answer_offer", Hat.RECRUITER)


@case("offer_answer_late")
def accept_a_place_after_the_period() -> Answer:
    return _offered().later(30).attempt("answer_offer", Hat.RECRUITER)


@case("project_split")
def keep_one_of_two_posts() -> Answer:
    # A37
    life = _judged().changed(project=Project("projet-0001", 2)).around(project_states=(State.REJECTED,))
    return life.attempt("select", Hat.HEAD)


@case("ground_is_default")
def inadmissible_on_a_default() -> Answer:
    life = life_of("na-2024").to(State.SUBMITTED).later(1)
    return life.attempt("declare_inadmissible", Hat.HEAD, rule="A21")


@case("ground_unknown")
def inadmissible_on_the_rule_of_another_call() -> Answer:
    life = life_of("na-2024").to(State.SUBMITTED).later(1)
    return life.attempt("declare_inadmissible", Hat.HEAD, rule="IDF-03")


@case("rank_missing")
def a_favourable_opinion_without_rank() -> Answer:
    return _put().attempt("record_opinion", Hat.INSTRUCTOR, rank=None)


@case("no_committee_file")
def back_to_a_committee_that_never_saw_it() -> Answer:
    life = life_of("na-2024").to(State.SUBMITTED).later(1).do("declare_inadmissible", Hat.HEAD)
    return life.later(30).attempt("reexamine", Hat.HEAD, to=State.COMMITTEE)


# Places.


@case("no_place_left")
def a_sixteenth_award_for_fifteen_places() -> Answer:
    # 6.5
    life = life_of("guyane-2020").to(State.COMMITTEE).on(date(2020, 9, 30)).do("record_opinion", Hat.INSTRUCTOR)
    life.others = 15
    return life.attempt("select", Hat.HEAD)


@case("quota_unknown")
def select_before_the_quota_is_known() -> Answer:
    # A18
    life = _judged()
    life.quotas = tuple(replace(q, places=None) for q in quota_uses(life.call, life.dossier, 3))
    return life.attempt("select", Hat.HEAD)


@case("quota_not_confirmed")
def notify_under_reserve() -> Answer:
    return _selected(None).attempt("notify", Hat.HEAD)


@case("place_not_provisional")
def confirm_a_confirmed_place() -> Answer:
    return _selected(12).attempt("confirm_place", Hat.INSTRUCTOR)


@case("quotas_unmoved")
def count_again_a_place_that_is_counted_right() -> Answer:
    return _selected(12).attempt("recount_place", Hat.CLOCK)


@case("quota_still_unknown")
def confirm_a_place_too_soon() -> Answer:
    return _selected(None).attempt("confirm_place", Hat.INSTRUCTOR)


@case("quota_exceeded")
def confirm_one_place_too_many() -> Answer:
    return _quota(_selected(None), 3, 4).attempt("confirm_place", Hat.INSTRUCTOR)


@case("quota_large_enough")
def back_to_the_reserve_though_there_is_room() -> Answer:
    return _quota(_selected(None), 4, 4).attempt("back_to_reserve", Hat.HEAD)


@case("award_is_firm")
def back_to_the_reserve_after_a_notification_without_reserve() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).later(4)
    life.quotas = tuple(replace(q, places=3, taken=4) for q in quota_uses(life.call, life.dossier, 3))
    return life.attempt("back_to_reserve", Hat.HEAD)


# Corrections.


@case("nothing_to_correct")
def revert_a_deposit() -> Answer:
    return life_of("na-2024").to(State.SUBMITTED).later(1).attempt("revert", Hat.HEAD)


@case("left_the_house")
def revert_after_the_letter_left() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).later(1).around(last_act_left_house=True)
    return life.attempt("revert", Hat.HEAD)


@case("still_in_the_house")
def rectify_before_the_letter_left() -> Answer:
    return life_of("na-2024").to(State.NOTIFIED).attempt("rectify", Hat.HEAD)


@case("facts_since")
def revert_a_notification_that_money_rests_on() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).later(1).do("notify_money", Hat.HEAD)
    return life.attempt("revert", Hat.HEAD)


@case("legal_basis_missing")
def rectify_without_a_basis() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).later(1).around(last_act_left_house=True)
    return life.attempt("rectify", Hat.HEAD, legal_basis=None)
