"""Reasons of what the months of a post are worth: quotité, distance waived, contract extended."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, printed, ruled
from tests.workflows.leaving import granted, left
from workflows.sites import SiteKind
from workflows.states import State

DAY = timedelta(days=1)


def _in_post(call_id: str = "na-2024") -> Life:
    return life_of(call_id).to(State.IN_POST).later(3)


def _near(km: int = 12, **changes: object) -> Life:
    """A post of Centre-Val de Loire whose partner is less than 20 km away (CVL-10)."""
    life = life_of("cvl-ville-hopital")
    main, partner = life.dossier.sites
    life.changed(sites=(main, replace(partner, distance_km=km, **changes)))  # type: ignore[arg-type]
    return life.to(State.IN_POST).later(3)


@case("contract_share_unchanged")
def a_full_time_made_a_full_time() -> Answer:
    return _in_post().attempt("change_contract_share", Hat.HEAD, share=Fraction(1))


@case("change_outside_post")
def a_change_before_the_doctor_came() -> Answer:
    life = ruled(_in_post(), "clauses.funding.scaled_by_contract", printed(True, "X-01"))
    return life.attempt("change_contract_share", Hat.HEAD, since=life.profile.start - DAY)


@case("no_distance_rule")
def a_distance_waived_where_none_counts() -> Answer:
    return _in_post().attempt("waive_distance", Hat.DG)


@case("waiver_site_unknown")
def a_distance_waived_for_the_recruiter() -> Answer:
    life = _near()
    return life.attempt("waive_distance", Hat.DG, site=life.profile.recruiter.id)


@case("waiver_pointless")
def a_distance_waived_twice() -> Answer:
    return _near().do("waive_distance", Hat.DG).attempt("waive_distance", Hat.DG)


@case("waiver_same_entity")
def a_distance_waived_inside_one_legal_entity() -> Answer:
    life = _near()
    main, partner = life.dossier.sites
    life.changed(sites=(main, replace(partner, legal_entity=main.legal_entity, kind=SiteKind.CH)))
    return life.attempt("waive_distance", Hat.DG)


@case("extension_not_later")
def an_extension_to_the_day_of_the_end() -> Answer:
    # 6.1 V0: 31 October 2026
    return _in_post().attempt("extend", Hat.HEAD, until=date(2026, 10, 31))


@case("extension_too_long")
def an_extension_beyond_six_years() -> Answer:
    return _in_post().attempt("extend", Hat.HEAD, until=date(2030, 11, 1))


@case("extension_financed_by_dg")
def months_financed_by_a_head() -> Answer:
    # A35
    return _in_post().attempt("extend", Hat.HEAD, financed=True)


def _for_two_years(life: Life) -> Life:
    """Auvergne-Rhône-Alpes prints a rate for two years; here a vacancy pushes the end of the post."""
    return left(ruled(life, "clauses.replacement.end_unchanged", printed(False, "X-01")), date(2018, 3, 31))


@case("end_unpriced_held")
def a_replacement_that_pushes_the_post_into_a_third_year() -> Answer:
    life = _for_two_years(_in_post("ara-2017")).propose_replacement(new_start=date(2018, 5, 1))
    return life.attempt("replace", Hat.HEAD)


@case("end_unpriced")
def a_start_that_pushes_the_post_into_a_third_year() -> Answer:
    life = granted(_for_two_years(_in_post("ara-2017")), date(2018, 5, 1))
    life.on(date(2018, 5, 1), "16:00").deliver(Hat.RECRUITER)
    return life.attempt("record_start", Hat.INSTRUCTOR)
