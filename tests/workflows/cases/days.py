"""Reasons of the days that people enter: plain impossibilities are refused, unlikely days only told."""

from datetime import date, timedelta
from fractions import Fraction

from tests.builders import Hat, shared, site
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case
from workflows.parts.pieces import PieceState
from workflows.parts.requests import FourDates, Repercussions
from workflows.sites import SiteKind, SiteRole
from workflows.states import State

DAY = timedelta(days=1)


def _draft() -> Life:
    life = life_of("na-2024")
    return life.on(life.profile.filed, life.profile.filed_at)


@case("contract_share_out_of_bounds")
def a_contract_of_more_than_a_full_time() -> Answer:
    return _draft().attempt("edit_draft", Hat.CANDIDATE, contract_share=Fraction(3))


@case("plan_elsewhere")
def four_half_days_at_a_place_nobody_named() -> Answer:
    life = _draft()
    elsewhere = site(399, "CH du Saule", SiteRole.PARTNER, SiteKind.CH, "16")
    return life.attempt("edit_draft", Hat.CANDIDATE, plan=shared(24, (life.profile.recruiter, 6), (elsewhere, 4)))


@case("plan_week_unsound")
def eleven_half_days_in_a_week() -> Answer:
    here, there = life_of("na-2024").dossier.sites
    return _draft().attempt("edit_draft", Hat.CANDIDATE, plan=shared(24, (here, 5), (there, 6)))


@case("date_out_of_reach")
def a_draft_that_starts_in_1999() -> Answer:
    return _draft().attempt("edit_draft", Hat.CANDIDATE, wished_start=date(1999, 11, 1))


@case("date_in_past")
def a_reserve_to_meet_before_today() -> Answer:
    life = _draft().to(State.SUBMITTED)
    life.on(life.profile.complete)
    piece = next(p.key for p in life.dossier.pieces if p.state is PieceState.RECEIVED)
    reserve = {"reserve": "signature", "reserve_until": life.today - DAY}
    verdict = PieceState.ACCEPTED_UNDER_RESERVE
    return life.attempt("judge_piece", Hat.INSTRUCTOR, key=piece, verdict=verdict, **reserve)


@case("piece_here_already")
def ask_again_for_a_piece_that_waits_to_be_read() -> Answer:
    life = _draft().to(State.SUBMITTED)
    piece = next(p.key for p in life.dossier.pieces if p.state is PieceState.RECEIVED)
    return life.later(2).attempt("request_pieces", Hat.INSTRUCTOR, keys=(piece,))


@case("start_already_past")
def ask_for_a_deferral_to_a_day_gone_by() -> Answer:
    # CVL-17 and A8: told after the planned start, a person decides; the day itself may be true
    life = life_of("cvl-ville-hopital").to(State.NOTIFIED)
    planned = life.profile.start
    return life.on(planned + 30 * DAY).attempt("ask_deferral", Hat.RECRUITER, new_start=planned + 10 * DAY)


@case("told_before_known")
def the_agency_is_told_of_what_nobody_knows_yet() -> Answer:
    life = life_of("na-2024").to(State.NOTIFIED).later(5)
    return life.attempt("defer", Hat.HEAD, known_on=life.today, told_on=life.today - DAY)


@case("departure_before_filing")
def a_withdrawal_before_there_was_a_dossier() -> Answer:
    life = _draft().to(State.SUBMITTED).later(3)
    before = life.profile.filed - 2 * DAY
    dates = FourDates(before, life.today, before, life.today)
    return life.attempt("withdraw", Hat.INSTRUCTOR, dates=dates)


@case("order_before_rejection")
def an_order_older_than_what_it_puts_in_question() -> Answer:
    life = life_of("na-2024").to(State.REJECTED)
    return life.later(5).attempt("reexamine", Hat.HEAD, ordered_on=life.profile.decided - DAY)


@case("tranche_before_award")
def credits_delegated_before_the_award() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(10)
    return life.attempt("record_tranche", Hat.INSTRUCTOR, delegated_on=life.profile.decided - DAY)


@case("repercussions_contradict")
def without_repercussion_and_on_the_project() -> Answer:
    # CVL-15: a statement whether the change has repercussions or not
    life = life_of("cvl-ville-hopital").to(State.WITHDRAWN).later(5)
    both = (Repercussions.NONE, Repercussions.PROJECT)
    return life.attempt("propose_replacement", Hat.RECRUITER, repercussions=both)
