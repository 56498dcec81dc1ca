"""Reasons of the gates: each is met when the file goes to the committee."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.builders import Hat, doctor, shared, site, weekly
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, printed, ruled
from workflows.calls.gates import CandidateFact, CandidateGate, Comparison, Moment
from workflows.dossier import Project
from workflows.sites import Period, Site, SiteKind, SiteRole
from workflows.states import State


def _complete(call_id: str, **members: Any) -> Life:
    """A complete dossier whose application was filed with something else than the nominal content."""
    life = life_of(call_id)
    life.changed(**members).to(State.COMPLETE)
    return life.on(life.profile.put)


def put(life: Life, **given: Any) -> Answer:
    """Put the dossier to the committee."""
    return life.attempt("put_to_committee", Hat.INSTRUCTOR, **given)


#: Lives that meet a gate on their way to the committee, by the code of its reason.
GATE_LIVES: dict[str, Callable[[], Life]] = {}


def gate(code: str) -> Callable[[Callable[[], Life]], Callable[[], Life]]:
    """Declare the life that meets a gate."""

    def declare(make: Callable[[], Life]) -> Callable[[], Life]:
        GATE_LIVES[code] = make
        case(code)(lambda: put(make()))
        return make

    return declare


def _with(call_id: str, role: SiteRole, **members: Any) -> tuple[Site, ...]:
    """The sites of the profile with those of a role changed."""
    return tuple(replace(s, **members) if s.role is role else s for s in life_of(call_id).profile.sites)


@case("project_incomplete")
def put_an_application_without_specialty() -> Answer:
    return put(_complete("na-2024", specialty=None), derogations={"project_incomplete": "motif"})


@gate("recruiter_kind")
def a_private_recruiter() -> Life:
    # NA-14: an établissement public de santé only
    return _complete("na-2024", sites=_with("na-2024", SiteRole.RECRUITER, kind=SiteKind.ESPIC))


@gate("partner_kind")
def a_health_centre_as_partner() -> Life:
    # NA-15: CHU, CH or ESPIC
    return _complete("na-2024", sites=_with("na-2024", SiteRole.PARTNER, kind=SiteKind.CDS))


@gate("kind_tolerated")
def an_ehpad_as_partner() -> Life:
    # A28: the title says « et/ou EHPAD », the list of partners does not
    return _complete("idf-2025", sites=_with("idf-2025", SiteRole.PARTNER, kind=SiteKind.EHPAD_PUBLIC))


@gate("not_independent")
def two_sites_of_one_legal_entity() -> Life:
    # IDF-03
    entity = life_of("idf-2025").profile.recruiter.legal_entity
    return _complete("idf-2025", sites=_with("idf-2025", SiteRole.PARTNER, legal_entity=entity))


def _three(call_id: str, kind: SiteKind) -> tuple[Site, ...]:
    third = site(99, "CH du Genêt", SiteRole.PARTNER, kind, "16", ght="charente", priority=True)
    return (*life_of(call_id).profile.sites, third)


@gate("site_count")
def three_structures_where_two_are_asked() -> Life:
    # IDF-01: « entre 2 structures »
    return _complete("idf-2025", sites=_three("idf-2025", SiteKind.CH))


@gate("site_count_unusual")
def three_establishments() -> Life:
    # A20: NA-12 allows 2 or 3, two other sentences of the call say 2
    return _complete("na-2024", sites=_three("na-2024", SiteKind.CH))


@gate("project_size")
def four_assistants_in_one_project() -> Life:
    # NA-04: binôme or trinôme
    return _complete("na-2024", project=Project("projet-0001", 4))


@gate("time_share_low")
def not_quite_half_of_the_time_outside_the_chu() -> Life:
    # NA-05, A19: 49,99 % fails, by exact fractions
    mirabelle, tilleuls = life_of("na-2024").profile.sites
    plan = (Period(24, ((mirabelle.id, Fraction(4999, 1000)), (tilleuls.id, Fraction(5001, 1000)))),)
    return _complete("na-2024", plan=plan)


@gate("time_share_high")
def more_hospital_than_half_without_a_motive() -> Life:
    # CVL-07: 50 % in each, modulation if motivated
    indigo, ajoncs = life_of("cvl-ville-hopital").profile.sites
    return _complete("cvl-ville-hopital", plan=shared(24, (indigo, 6), (ajoncs, 4)))


@gate("share_modulated")
def more_hospital_than_half_with_a_motive() -> Life:
    indigo, ajoncs = life_of("cvl-ville-hopital").profile.sites
    plan = shared(24, (indigo, 6), (ajoncs, 4))
    return _complete("cvl-ville-hopital", plan=plan, share_motivated=True)


@gate("months_low")
def eleven_months_overseas() -> Life:
    # DG-04: at least one year; 11 months + 13 is not
    hibiscus, tilleuls = life_of("guyane-2020").profile.sites
    plan = (weekly(11, **{f"s{hibiscus.id}": 10}), weekly(13, **{f"s{tilleuls.id}": 10}))
    return _complete("guyane-2020", plan=plan)


@gate("out_of_territory")
def no_priority_ght() -> Life:
    # NA-11
    sites = _with("na-2024", SiteRole.RECRUITER, department="64", ght="bearn")
    return _complete("na-2024", sites=sites)


@gate("less_favoured")
def limousin_outside_correze_and_creuse() -> Life:
    # A22
    sites = _with("na-2024", SiteRole.RECRUITER, department="87", ght="limousin")
    return _complete("na-2024", sites=sites)


@gate("specialty_out")
def general_practice() -> Life:
    # CVL-03
    return _complete("cvl-ville-hopital", specialty="medecine_generale")


@case("derogated")
def a_derogation_with_its_reason() -> Answer:
    life = _complete("na-2024", project=Project("projet-0001", 4))
    return put(life, derogations={"project_size": "Quatre postes déjà convenus."})


# Conditions on the person, checked at their moment.


def _condition(
    fact: CandidateFact, comparison: Comparison, moment: Moment, reference: date | None = None
) -> CandidateGate:
    return CandidateGate(fact, printed(comparison), moment, printed(reference) if reference else None)


def _person(condition: CandidateGate, **facts: Any) -> Life:
    """A dossier that goes to the committee under a call with one more condition on the candidate."""
    life = _complete("na-2024", candidate=doctor("capucine-bleuet", **facts))
    return ruled(life, "clauses.gates.candidate", (condition,))


@case("candidate_fact_unknown")
def nobody_said_whether_the_licence_is_full() -> Answer:
    # ARA-05, checked at the start
    life = life_of("ara-2017").to(State.NOTIFIED)
    candidate = doctor("coquelicot-gris", 5, full_licence=None)
    life.changed(candidate=candidate).on(life.profile.start).deliver(Hat.RECRUITER)
    return life.attempt("record_start", Hat.INSTRUCTOR)


@case("candidate_lacks")
def no_full_licence_at_the_start() -> Answer:
    life = life_of("ara-2017").to(State.NOTIFIED)
    candidate = doctor("coquelicot-gris", 5, full_licence=False)
    life.changed(candidate=candidate).on(life.profile.start).deliver(Hat.RECRUITER)
    return life.attempt("record_start", Hat.INSTRUCTOR)


@gate("candidate_has")
def a_foreign_title_where_the_call_excludes_it() -> Life:
    condition = _condition(CandidateFact.FOREIGN_TITLE, Comparison.IS_FALSE, Moment.FILING)
    return _person(condition, foreign_title=True)


@gate("candidate_too_late")
def the_residency_ends_too_late() -> Life:
    condition = _condition(CandidateFact.RESIDENCY_ENDS_ON, Comparison.ON_OR_BEFORE, Moment.FILING, date(2024, 10, 31))
    return _person(condition, residency_ends_on=date(2024, 11, 1))


@gate("candidate_too_early")
def the_title_is_too_old() -> Life:
    condition = _condition(CandidateFact.TITLE_OBTAINED_ON, Comparison.ON_OR_AFTER, Moment.FILING, date(2021, 1, 1))
    return _person(condition, title_obtained_on=date(2020, 12, 31))
