"""Nouvelle-Aquitaine 2024: NA-01 to NA-29, apart from its money and what follows the award."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.builders import Hat, finess, instant, shared, site, weekly
from tests.lives import Life
from tests.profiles import PARTNER, PROFILES, RECRUITER
from tests.rules.registry import enforced, informative, later, proves
from tests.rules.scene import (
    NA,
    Answer,
    at,
    complete,
    done,
    found,
    half_days,
    judged,
    placed,
    ready,
    refusals,
    refused,
    shown,
    warned,
    warnings,
)
from workflows.calls.model import Call, Depositor, PieceEvent
from workflows.decide import Refused
from workflows.dossier import DossierDepositor, Project
from workflows.parts.pieces import PieceState, requirements
from workflows.sites import SiteKind
from workflows.states import State

PROFILE = PROFILES[NA]
MIRABELLE, TILLEULS = PROFILE.recruiter, PROFILE.partner
MYRTILLE = site(3, "CH de la Myrtille", PARTNER, SiteKind.CH, "17", ght="saintonge", priority=True)
NOISETIER = site(4, "CH du Noisetier", RECRUITER, SiteKind.CH, "33")


def _to_committee(life: Life) -> Answer:
    return life.attempt("put_to_committee", Hat.INSTRUCTOR)


# The project and its places.


@proves("NA-01", call=NA)
def a_post_is_shared_by_two_or_three_establishments(call: Call) -> None:
    alone = complete(call).changed(sites=(MIRABELLE,), plan=shared(24, (MIRABELLE, 10)))
    answer = _to_committee(alone)
    assert "quel est le partenaire" in found(answer, "project_incomplete").sentence
    assert "project_incomplete" in refusals(answer)
    for places in ((MIRABELLE, TILLEULS), (MIRABELLE, TILLEULS, MYRTILLE)):
        assert done(_to_committee(placed(complete(call), *places))).target is State.COMMITTEE


@proves("NA-03", call=NA)
def every_specialty_is_admitted(call: Call) -> None:
    for code in ("geriatrie", "medecine_generale", "neurochirurgie", "biologie_medicale", "pharmacie_hospitaliere"):
        assert not _to_committee(complete(call).changed(specialty=code)).findings


@proves("NA-04", call=NA)
def a_project_carries_one_to_three_assistants(call: Call) -> None:
    for size in (1, 2, 3):
        assert not _to_committee(complete(call).changed(project=Project("projet-0001", size))).findings
    for size in (4, 5):
        answer = _to_committee(complete(call).changed(project=Project("projet-0001", size)))
        refused(answer, "project_size", "NA-04")


@proves("NA-05", call=NA)
def half_of_the_contract_in_the_peripheral_establishment(call: Call) -> None:
    for enough in ((5, 5), (6, 4), (10, 0)):
        assert not done(_to_committee(half_days(complete(call), *enough))).findings
    for short in (("4.999", "5.001"), ("4.9", "5.1"), ("0", "10")):
        answer = _to_committee(half_days(complete(call), *short))
        refused(answer, "time_share_low", "NA-05")


@proves("NA-05", call=NA)
def peripheral_means_other_than_a_university_hospital(call: Call) -> None:
    # two peripheral places add up; two university hospitals hold no peripheral time
    apart = half_days(placed(complete(call), MIRABELLE, TILLEULS, MYRTILLE), 2, 5, 3)
    assert not _to_committee(apart).findings[1:]
    academic = placed(complete(call), replace(MIRABELLE, kind=SiteKind.CHU), TILLEULS)
    refused(_to_committee(academic), "time_share_low", "NA-05")


@proves("NA-05", "NA-06", call=NA)
def the_share_is_measured_over_the_whole_contract(call: Call) -> None:
    home, away = {f"s{MIRABELLE.id}": 10}, {f"s{TILLEULS.id}": 10}
    year_by_year = complete(call).changed(plan=(weekly(12, **away), weekly(12, **home)))
    assert not _to_committee(year_by_year).findings
    too_short = complete(call).changed(plan=(weekly(13, **away), weekly(11, **home)))
    refused(_to_committee(too_short), "time_share_low", "NA-05")


@proves("NA-06", call=NA)
def the_cadence_is_free(call: Call) -> None:
    home, away = {f"s{MIRABELLE.id}": 10}, {f"s{TILLEULS.id}": 10}
    by_semester = tuple(weekly(6, **half) for half in (away, home, away, home))
    by_month = tuple(weekly(1, **half) for half in (home, away) * 12)
    for plan in (by_semester, by_month):
        assert not _to_committee(complete(call).changed(plan=plan)).findings


#: Department and GHT of each territory, and its rank.
TERRITORIES = {
    ("16", "charente"): 1,
    ("17", "saintonge"): 1,
    ("19", "limousin"): 1,
    ("23", "limousin"): 1,
    ("87", "limousin"): 2,
    ("24", "dordogne"): 1,
    ("40", "landes"): 1,
    ("47", "lot-et-garonne"): 1,
    ("79", "deux-sevres"): 1,
}


@proves("NA-11", call=NA)
def one_establishment_of_a_priority_group(call: Call) -> None:
    for (department, ght), rank in TERRITORIES.items():
        there = replace(MIRABELLE, department=department, ght=ght)
        decision = done(_to_committee(placed(complete(call), there, TILLEULS)))
        assert warnings(decision) == ({"less_favoured"} if rank > 1 else set())
        partner = done(_to_committee(placed(complete(call), NOISETIER, replace(there, role=PARTNER))))
        assert partner.target is State.COMMITTEE


@proves("NA-11", call=NA)
def elsewhere_is_refused(call: Call) -> None:
    # the right department outside its group, the right group in another department, and elsewhere altogether
    out: list[tuple[str, str | None]] = [(department, None) for department, _ in TERRITORIES]
    out += [("33", ght) for _, ght in TERRITORIES]
    out += [("33", "alliance-de-gironde"), ("64", "navarre"), ("86", "vienne")]
    for department, ght in out:
        there = replace(MIRABELLE, department=department, ght=ght)
        refused(_to_committee(placed(complete(call), there, TILLEULS)), "out_of_territory", "NA-11")


@proves("NA-11", call=NA)
def correze_and_creuse_come_before_the_rest_of_limousin(call: Call) -> None:
    there = replace(MIRABELLE, department="87", ght="limousin")
    warned(_to_committee(placed(complete(call), there, TILLEULS)), "less_favoured", "NA-11")
    group = "GHT du Limousin, Haute-Vienne (87) ; établissements du GHT « limousin », du département 87."
    shown(call, "[NA-11]", f"Territoire, rang 2 : {group}")


@proves("NA-12", call=NA)
def two_or_three_establishments(call: Call) -> None:
    fourth = replace(MYRTILLE, id=finess(9))
    projects = {n: (MIRABELLE, TILLEULS, MYRTILLE, fourth)[:n] for n in (1, 2, 3, 4)}
    for n in (2, 3):
        assert "site_count" not in refusals(_to_committee(placed(complete(call), *projects[n])))
    for n in (1, 4):
        refused(_to_committee(placed(complete(call), *projects[n])), "site_count", "NA-12")


@proves("NA-14", call=NA)
def only_a_public_hospital_recruits(call: Call) -> None:
    for kind in SiteKind:
        answer = _to_committee(placed(complete(call), replace(MIRABELLE, kind=kind), MYRTILLE))
        if kind in {SiteKind.CHU, SiteKind.CH, SiteKind.EPS}:
            assert "recruiter_kind" not in refusals(answer)
        else:
            refused(answer, "recruiter_kind", "NA-14")


@proves("NA-15", call=NA)
def the_partner_is_a_hospital_public_or_of_collective_interest(call: Call) -> None:
    # a cancer centre is an establishment of collective interest by law
    admitted = {SiteKind.CHU, SiteKind.CH, SiteKind.ESPIC, SiteKind.CLCC}
    for kind in SiteKind:
        answer = _to_committee(placed(complete(call), MIRABELLE, replace(TILLEULS, kind=kind)))
        if kind in admitted:
            assert done(answer).target is State.COMMITTEE
        else:
            refused(answer, "partner_kind", "NA-15")


@proves("NA-16", call=NA)
def one_of_the_establishments_recruits_and_pays(call: Call) -> None:
    nobody = placed(complete(call), replace(MIRABELLE, role=PARTNER), TILLEULS)
    answer = _to_committee(nobody)
    assert "project_incomplete" in refusals(answer)
    assert "quel établissement recrute" in found(answer, "project_incomplete").sentence


# Who files, and until when.


@proves("NA-22", call=NA)
def the_candidate_files(call: Call) -> None:
    assert done(ready(call).attempt("submit", Hat.CANDIDATE)).target is State.SUBMITTED
    for kind, party, hat in (
        (Depositor.RECRUITER, MIRABELLE.id, Hat.RECRUITER),
        (Depositor.PARTNER, TILLEULS.id, Hat.PARTNER),
    ):
        other = ready(call).changed(depositors=(DossierDepositor(kind, party, confirmed=True),))
        refused(other.attempt("submit", hat), "wrong_depositor", "NA-22")


@proves("NA-22", call=NA)
def the_candidate_files_online_alone_and_in_person(call: Call) -> None:
    unconfirmed = ready(call).changed(depositors=(DossierDepositor(Depositor.CANDIDATE, PROFILE.candidate.id),))
    assert done(unconfirmed.attempt("submit", Hat.CANDIDATE)).target is State.SUBMITTED
    for channel in ("email", "post", "hand"):
        answer = ready(call).attempt("register_received", Hat.INSTRUCTOR, channel=channel)
        warned(answer, "channel_differs", "NA-22")
    unnamed = _to_committee(complete(call).changed(candidate=None))
    assert "qui est le candidat" in found(unnamed, "project_incomplete").sentence
    shown(
        call,
        "[NA-22]",
        "La demande porte sur un poste et sur le candidat qui l’occupera.",
        "Le dossier est déposé par le candidat.",
        "Le dépôt n’est pas commun : un seul déposant suffit.",
        "Le dossier parvient à l’agence en ligne.",
    )


@proves("NA-23", call=NA)
def the_last_day_is_the_14_june_2024_to_its_end(call: Call) -> None:
    last = ready(call).on(date(2024, 6, 14), "23:59")
    assert done(last.attempt("submit", Hat.CANDIDATE)).target is State.SUBMITTED
    for day, hour in ((date(2024, 6, 15), "00:00"), (date(2024, 6, 15), "09:00"), (date(2024, 9, 2), "09:00")):
        refused(ready(call).on(day, hour).attempt("submit", Hat.CANDIDATE), "call_closed", "NA-23")


@proves("NA-23", call=NA)
def the_clock_is_that_of_the_agency(call: Call) -> None:
    closing = call.parameters.closing.needed
    assert closing.at.isoformat() == "2024-06-14T22:00:00+00:00"
    # a file come another way counts at its receipt
    received = {"received_at": instant(date(2024, 6, 14), call, "23:59"), "channel": "online"}
    later_on = ready(call).on(date(2024, 6, 17))
    assert done(later_on.attempt("register_received", Hat.INSTRUCTOR, **received)).target is State.SUBMITTED
    midnight = received | {"received_at": instant(date(2024, 6, 15), call, "00:00")}
    refused(later_on.attempt("register_received", Hat.INSTRUCTOR, **midnight), "call_closed", "NA-23")
    until = "dépôt jusqu’au vendredi 14 juin 2024 inclus, minuit heure de Paris ; fermé le 15 juin 2024 à 0 h 00."
    shown(call, "[NA-23]", f"L’appel écrit « au plus tard le 14 juin 2024 » : {until}")


# The pieces.

#: The documents for two establishments, in the order of the call.
NINE = (
    "filing/cv",
    "filing/lettre_motivation",
    "filing/courrier_des",
    *(f"filing/avis_{who}/{place.id}" for who in ("chef_service", "chef_pole", "directeur") for place in PROFILE.sites),
)


@proves("NA-25", call=NA)
def every_piece_listed_is_needed_to_be_complete(call: Call) -> None:
    life = at(call, State.SUBMITTED)
    accepted = tuple(replace(p, state=PieceState.ACCEPTED) for p in life.dossier.pieces)
    assert not done(life.changed(pieces=accepted).attempt("declare_complete", Hat.INSTRUCTOR)).findings
    for key in NINE:
        rest = tuple(p for p in accepted if p.key != key)
        refused(life.changed(pieces=rest).attempt("declare_complete", Hat.INSTRUCTOR), "pieces_missing", "NA-25")


@proves("NA-25", call=NA)
def five_bullets_for_the_filing_only(call: Call) -> None:
    wanted = {event: requirements(call.clauses.pieces, event, PROFILE.sites) for event in PieceEvent}
    assert tuple(r.key for r in wanted[PieceEvent.FILING]) == NINE
    assert {r.source.rule for r in wanted[PieceEvent.FILING]} == {"NA-25"}
    for event in (PieceEvent.REPLACEMENT, PieceEvent.START):
        assert "NA-25" not in {r.source.rule for r in wanted[event]}
    answer = at(call, State.SUBMITTED).attempt("request_pieces", Hat.INSTRUCTOR, keys=("filing/releve_de_notes",))
    assert isinstance(answer, Refused)
    assert refusals(answer) == {"piece_not_required"}
    shown(
        call,
        "[NA-25]",
        "Au dépôt : CV (pour le candidat ; point 1 de la liste).",
        "Au dépôt : lettre de motivation (pour le candidat ; point 1 de la liste).",
        "Au dépôt : courrier du coordonnateur de DES (pour le candidat ; point 2 de la liste ; "
        "signature : le coordonnateur de DES).",
    )


@proves("NA-26", call=NA)
def nine_documents_for_two_establishments_and_twelve_for_three(call: Call) -> None:
    for places, documents in ((PROFILE.sites, 9), ((*PROFILE.sites, MYRTILLE), 12)):
        assert len(requirements(call.clauses.pieces, PieceEvent.FILING, places)) == documents


# The contract.


@proves("NA-02", call=NA)
def the_post_starts_in_november_2024_or_may_2025(call: Call) -> None:
    allowed = (date(2024, 11, 1), date(2024, 11, 30), date(2025, 5, 1), date(2025, 5, 31))
    for start in allowed:
        award = done(judged(call).attempt("select", Hat.HEAD, planned_start=start)).after.award
        assert award is not None
        assert award.planned_start == start
    for start in (date(2024, 10, 31), date(2024, 12, 1), date(2025, 1, 1), date(2025, 4, 30), date(2025, 6, 1)):
        answer = judged(call).attempt("select", Hat.HEAD, planned_start=start)
        refused(answer, "start_out_of_windows", "NA-02")


@proves("NA-02", call=NA)
def a_start_elsewhere_needs_a_deferral(call: Call) -> None:
    for start in (date(2024, 12, 1), date(2025, 1, 2)):
        life = at(call, State.NOTIFIED).on(start)
        refused(life.attempt("record_start", Hat.INSTRUCTOR, start_on=start), "start_not_allowed", "NA-02")
    for start in (date(2024, 11, 18), date(2025, 5, 12)):
        life = at(call, State.NOTIFIED).on(start)
        assert "start_not_allowed" not in refusals(life.attempt("record_start", Hat.INSTRUCTOR, start_on=start))


@proves("NA-13", call=NA)
def one_year_or_two(call: Call) -> None:
    ends = {12: date(2025, 10, 31), 24: date(2026, 10, 31)}
    for months in (6, 11, 12, 13, 18, 23, 24, 25, 36):
        answer = judged(call).attempt("select", Hat.HEAD, months=months)
        if months not in ends:
            refused(answer, "months_not_allowed", "NA-13")
            continue
        award = done(answer).after.award
        assert award is not None
        assert award.planned_end == ends[months]


enforced("NA-01", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("NA-02", "workflows.guards.award.award_content", "workflows.guards.post.start_allowed")
enforced("NA-03", "workflows.guards.gates.project_findings")
enforced("NA-04", "workflows.guards.gates.project_findings")
enforced("NA-05", "workflows.guards.gates.time_share_findings", "workflows.sites.share_at")
enforced("NA-06", "workflows.sites.share_at")
informative("NA-07", "un engagement se lit dans les avis joints, il ne se calcule pas")
informative("NA-08", "critère de la commission (« autant que faire se peut »), affiché")
informative("NA-09", "critère de la commission, affiché")
informative("NA-10", "critère principal de la commission, affiché")
enforced("NA-11", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("NA-12", "workflows.guards.gates.project_findings")
enforced("NA-13", "workflows.guards.award.award_content", "workflows.contract.planned_end")
enforced("NA-14", "workflows.guards.gates.project_findings")
enforced("NA-15", "workflows.guards.gates.project_findings")
enforced("NA-16", "workflows.guards.gates.project_findings", "workflows.dossier.Dossier")
enforced("NA-22", "workflows.guards.depositors.right_depositors", "workflows.guards.depositors.comes_as_asked")
enforced("NA-23", "workflows.guards.filing.call_open", "workflows.guards.filing.received_in_time")
later("NA-24", "un formulaire de dépôt découpé en ces quatre parties")
enforced("NA-25", "workflows.guards.filing.pieces_complete", "workflows.parts.pieces.requirements")
enforced("NA-26", "workflows.parts.pieces.requirements")
