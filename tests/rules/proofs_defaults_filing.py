"""Defaults of the filing and of the gates (A10, A19 to A23, A28, A29, A32, A33, A36, A44): they warn, no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from tests.builders import Hat, rewritten, site
from tests.lives import Life
from tests.profiles import PROFILES
from tests.rules.registry import enforced, later, proves
from tests.rules.scene import (
    ARA,
    CVL,
    DG,
    IDF,
    NA,
    Answer,
    at,
    by_default,
    complete,
    done,
    every_call,
    half_days,
    held,
    judged,
    placed,
    proposed,
    ready,
    refusals,
    refused,
    shown,
    warned,
    warnings,
)
from workflows.calls.model import Call, PieceEvent
from workflows.calls.parameters import Extension
from workflows.decide import Refused
from workflows.money.schedule import planned
from workflows.money.terms import PostTerms
from workflows.parts.pieces import requirements
from workflows.sites import Site, SiteKind, SiteRole
from workflows.states import State

EACH, LEGAL = "pour chaque établissement", "le représentant légal d’une structure ambulatoire"
ON_NEW = "sur le nouveau candidat"
PUBLIC = (SiteKind.CHU, SiteKind.CH, SiteKind.EPS)
AMBULATORY = (SiteKind.CPTS, SiteKind.CDS, SiteKind.MSP, SiteKind.CABINET)
#: A Tuesday with ordinary working days around its consequences.
TUESDAY = date(2031, 9, 2)


def _to_committee(life: Life) -> Answer:
    return life.attempt("put_to_committee", Hat.INSTRUCTOR)


def _keys(call: Call, event: PieceEvent, *places: Site) -> list[str]:
    """What is wanted, with the places by their rank."""
    ranks = {place.id: str(rank) for rank, place in enumerate(places)}
    wanted = requirements(call.clauses.pieces, event, places)
    return sorted(f"{r.piece}{ranks.get(r.site or '', '')}" for r in wanted)


# A10: pieces that no call lists.


@proves("A10", call=CVL)
def the_five_pieces_proposed_for_a_post_in_town(call: Call) -> None:
    hospital, structure = PROFILES[CVL].sites
    for first, second, event in product(PUBLIC, AMBULATORY, (PieceEvent.FILING, PieceEvent.REPLACEMENT)):
        places = (replace(hospital, kind=first), replace(structure, kind=second))
        assert _keys(call, event, *places) == [
            "avis_chef_pole0",
            "avis_chef_service0",
            "avis_chef_service1",
            "avis_directeur0",
            "avis_directeur1",
            "courrier_des",
            "cv",
            "lettre_motivation",
        ]


@proves("A10", call=CVL)
def the_five_pieces_are_told_as_a_proposal(call: Call) -> None:
    _told(
        call,
        "Au dépôt et au remplacement",
        "CV (pour le candidat ; point 1 de la liste).",
        "lettre de motivation (pour le candidat ; point 1 de la liste).",
        f"courrier du coordonnateur de DES {_signed('pour le candidat', 2, 'le coordonnateur de DES')}).",
        f"avis du chef de service {_signed(EACH, 3, 'le chef de service')}).",
        f"avis du chef de pôle {_signed(EACH, 4, 'le chef de pôle')} ; sauf structure ambulatoire).",
        f"avis du directeur ou du représentant légal {_signed(EACH, 5, f'le directeur, ou {LEGAL}')}).",
    )


def _signed(about: str, point: int, who: str) -> str:
    return f"({about} ; point {point} de la liste ; signature : {who}"


def _told(call: Call, when: str, *pieces: str) -> None:
    shown(call, by_default("A10"), *(f"{when} : {piece}" for piece in pieces))


@proves("A10", call=NA)
def the_printed_pieces_are_asked_again_of_a_new_candidate(call: Call) -> None:
    two = PROFILES[NA].sites
    third = site(9, "CH de la Myrtille", SiteRole.PARTNER, SiteKind.CH, "17")
    about = ("avis_chef_pole", "avis_chef_service", "avis_directeur")
    for places in (two, (*two, third)):
        by_site = [f"remplacant_{name}{rank}" for name in about for rank in range(len(places))]
        alone = ["remplacant_courrier_des", "remplacant_cv", "remplacant_lettre_motivation"]
        assert _keys(call, PieceEvent.REPLACEMENT, *places) == sorted(by_site + alone)
    _told(
        call,
        "Au remplacement",
        "CV du nouveau candidat (pour le candidat ; point 1 de la liste).",
        "lettre de motivation du nouveau candidat (pour le candidat ; point 1 de la liste).",
        f"courrier du coordonnateur de DES {ON_NEW} {_signed('pour le candidat', 2, 'le coordonnateur de DES')}).",
        f"avis du chef de service {ON_NEW} {_signed(EACH, 3, 'le chef de service')}).",
        f"avis du chef de pôle {ON_NEW} {_signed(EACH, 4, 'le chef de pôle')}).",
        f"avis du directeur {ON_NEW} {_signed(EACH, 5, 'le directeur')}).",
    )


@every_call("A10", NA, CVL)
def a_piece_of_a_proposed_list_is_missed_and_stops_nobody(call: Call) -> None:
    life = proposed(call)
    without = life.changed(pieces=tuple(p for p in life.dossier.pieces if not p.key.startswith("replacement/")))
    answer = without.attempt("replace", Hat.HEAD)
    assert done(answer).target is State.NOTIFIED
    warned(answer, "pieces_by_default", "A10")


def _replacing_under_the_call(call: Call) -> Answer:
    """A replacement proposed under the call as it is, whatever it confirms."""
    life = at(call, State.WITHDRAWN).later(5).propose_replacement()
    return life.later(2).attempt("replace", Hat.HEAD)


@proves("A10", call=NA)
def the_list_of_the_filing_serves_for_a_replacement(call: Call) -> None:
    assert done(_replacing_under_the_call(call)).target is State.NOTIFIED
    shown(call, by_default("A10"), "La liste des pièces d’un remplacement est arrêtée.")


@every_call("A10", IDF, CVL, ARA, DG)
def no_replacement_before_the_agency_confirms_the_list(call: Call) -> None:
    held(_replacing_under_the_call(call), "replacement_pieces_unconfirmed", "A10")
    unsettled = "aucun remplacement n’est examiné avant que l’agence la confirme."
    shown(call, by_default("A10"), f"La liste des pièces d’un remplacement n’est pas arrêtée : {unsettled}")


@every_call("A10", NA, IDF, ARA, DG)
def a_missing_letter_of_withdrawal_is_pointed_out(call: Call) -> None:
    warned(proposed(call, letter=False).attempt("replace", Hat.HEAD), "withdrawal_letter_missing", "A10")
    shown(call, by_default("A10"), "Le recruteur joint un courrier qui donne le motif du désistement.")


# A19 to A23, A28 and A29: what the gates leave to a person.


@every_call("A19", NA, CVL, ARA)
def shares_are_exact_fractions_of_the_planned_half_days(call: Call) -> None:
    assert "time_share_low" not in {f.code for f in _to_committee(half_days(complete(call), 5, 5)).findings}
    # one part in a billion under a half
    answer = _to_committee(half_days(complete(call), "4.99999999", "5.00000001"))
    assert "time_share_low" in {f.code for f in answer.findings}
    # the whole contract counts: half of the time over two years, all of it in the first
    home, other = complete(call).dossier.sites[:2]
    plan = complete(call).dossier.plan
    year = replace(plan[0], months=12)
    halves = tuple(replace(year, half_days=((place.id, plan[0].weekly),)) for place in (home, other))
    assert "time_share_low" not in {f.code for f in _to_committee(complete(call).changed(plan=halves)).findings}


@proves("A20", call=NA)
def three_establishments_are_admitted_and_pointed_out(call: Call) -> None:
    third = site(9, "CH de la Myrtille", SiteRole.PARTNER, SiteKind.CH, "17", ght="saintonge", priority=True)
    recruiter, partner = PROFILES[NA].sites
    three = placed(complete(call), recruiter, partner, third)
    answer = _to_committee(half_days(three, "2.5", 5, "2.5"))
    warned(answer, "site_count_unusual", "A20")
    # the shares of the priority hospitals add up to the half
    assert "time_share_low" not in warnings(answer)
    assert "site_count_unusual" not in warnings(_to_committee(complete(call)))
    shown(call, by_default("A20"), "Au-delà de 2 établissements, une personne apprécie.")


@proves("A21", call=NA)
def a_hospital_that_is_not_a_priority_one_is_pointed_out(call: Call) -> None:
    recruiter, partner = PROFILES[NA].sites
    for kind in (SiteKind.CH, SiteKind.EPS):
        other = replace(recruiter, kind=kind, priority=False)
        warned(_to_committee(placed(complete(call), other, partner)), "time_share_low", "A21")
        prior = placed(complete(call), replace(recruiter, kind=kind), partner)
        assert "time_share_low" not in warnings(_to_committee(prior))
    short = _to_committee(half_days(placed(complete(call), replace(recruiter, priority=None), partner), 5, 5))
    warned(short, "time_share_low", "A21")
    # a university hospital never is "périphérique", a priority one neither
    for place in (replace(partner, priority=True), partner):
        answer = _to_committee(half_days(placed(complete(call), recruiter, place), "4.9", "5.1"))
        assert {f.rule for f in answer.findings if f.code == "time_share_low"} == {"NA-05", "A21"}


@proves("A22", call=NA)
def haute_vienne_comes_after_correze_and_creuse(call: Call) -> None:
    recruiter, partner = PROFILES[NA].sites
    for department, second in (("87", True), ("19", False), ("23", False)):
        place = replace(recruiter, department=department, ght="limousin")
        answer = done(_to_committee(placed(complete(call), place, partner)))
        assert ("less_favoured" in warnings(answer)) is second


@proves("A28", call=IDF)
def a_public_nursing_home_as_a_partner_is_for_a_head_to_appreciate(call: Call) -> None:
    recruiter, partner = PROFILES[IDF].sites
    for kind in SiteKind:
        answer = _to_committee(placed(complete(call), recruiter, replace(partner, kind=kind)))
        if kind is SiteKind.EHPAD_PUBLIC:
            warned(answer, "kind_tolerated", "A28")
        else:
            assert "kind_tolerated" not in warnings(answer)
    shown(call, by_default("A28"), "Partenaires à apprécier par un responsable : EHPAD public.")


@proves("A29", call=IDF)
def independent_means_another_legal_entity(call: Call) -> None:
    recruiter, partner = PROFILES[IDF].sites
    same = replace(partner, legal_entity=recruiter.legal_entity)
    refused(_to_committee(placed(complete(call), recruiter, same)), "not_independent", "IDF-03")
    done(_to_committee(placed(complete(call), recruiter, partner)))


# A32 and A33: late and incomplete files.


@every_call("A32", NA, IDF, ARA)
def a_late_file_is_late_whatever_the_reason(call: Call) -> None:
    closing = call.parameters.closing.needed
    life = ready(call)
    life.now = closing.at
    for hat in (life.depositor, Hat.HEAD, Hat.DG):
        answer = life.attempt("submit", hat, reason="motif-0003", lifts={"call_closed": "motif-0003"})
        assert isinstance(answer, Refused)
    refused(life.attempt("submit", life.depositor), "call_closed", call.parameters.closing.rule)


@every_call("A32", NA, IDF, ARA)
def only_an_extension_for_everybody_reopens_the_filing(call: Call) -> None:
    printed = call.parameters.closing.needed
    decided = local = printed.day
    later_day = replace(printed, day=local + timedelta(days=3))
    extension = Extension(later_day, decided, "iris-pourpre", "panne de la plateforme")
    extended = rewritten(call, "parameters.extensions", (extension,))
    life = ready(extended)
    life.now = printed.at
    done(life.attempt("submit", life.depositor))
    life.now = later_day.at
    refused(life.attempt("submit", life.depositor), "call_closed", call.parameters.closing.rule)


def _some_keys(life: Life) -> tuple[str, ...]:
    """A piece that may be asked for: of the filing where the call has some, of the start otherwise."""
    clauses = life.call.clauses.pieces
    wanted = requirements(clauses, PieceEvent.FILING, life.dossier.sites)
    return tuple(r.key for r in wanted or requirements(clauses, PieceEvent.START, life.dossier.sites))[:1]


@every_call("A33")
def missing_pieces_are_asked_once_with_fifteen_days(call: Call) -> None:
    # of the filing where the call lists pieces, of the start elsewhere
    life = at(call, State.NOTIFIED).changed(pieces=(), piece_requests=())
    keys = _some_keys(life)
    decision = done(life.on(TUESDAY).attempt("request_pieces", Hat.INSTRUCTOR, keys=keys))
    assert decision.after.open_piece_request is not None
    assert decision.after.open_piece_request.due_on == date(2031, 9, 17)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=keys).later(1)
    warned(life.attempt("request_pieces", Hat.INSTRUCTOR, keys=keys), "already_asked", "A33")
    words = "L’agence demande les pièces manquantes une fois et laisse 15 jours pour les fournir."
    shown(call, by_default("A33"), words)


@every_call("A33")
def an_incomplete_file_may_be_completed_after_the_deadline(call: Call) -> None:
    shown(call, by_default("A33"), "Un dossier incomplet à la date limite peut encore être complété.")
    life = at(call, State.SUBMITTED).changed(pieces=()).on(TUESDAY)
    if requirements(call.clauses.pieces, PieceEvent.FILING, life.dossier.sites):
        life.do("request_pieces", Hat.INSTRUCTOR, keys=_some_keys(life))
        asked = life.copy().changed(state=State.COMPLETE)
        assert "piece_request_pending" in warnings(_to_committee(asked))


@every_call("A33")
def no_file_is_inadmissible_on_a_default(call: Call) -> None:
    life = at(call, State.SUBMITTED).later(30)
    for number in (*range(1, 49), 99):
        answer = life.attempt("declare_inadmissible", Hat.HEAD, rule=f"A{number}")
        assert refusals(answer) == {"ground_is_default"}


# A36 and A44.


@proves("A36", call=NA)
def any_day_of_the_month_is_a_start_paid_by_thirtieths(call: Call) -> None:
    for day in (date(2024, 11, 1), date(2024, 11, 4), date(2024, 11, 30), date(2025, 5, 1), date(2025, 5, 31)):
        done(judged(call).attempt("select", Hat.HEAD, planned_start=day))
    post = PostTerms("I", PROFILES[NA].plan, PROFILES[NA].sites)
    first = planned(call.clauses.funding, post, date(2024, 11, 4), date(2024, 11, 30)).lines[0]
    assert (first.thirtieths, first.amount) == (27, Decimal("2924.81"))


@every_call("A44")
def another_financing_is_declared_and_pointed_out(call: Call) -> None:
    answer = ready(call).changed(other_financing=True).attempt("register_received", Hat.INSTRUCTOR)
    warned(answer, "other_financing", "A44")
    assert "other_financing" not in warnings(ready(call).attempt("register_received", Hat.INSTRUCTOR))


enforced(
    "A10",
    "workflows.guards.filing.pieces_findings",
    "workflows.guards.filing.asked_by_the_call",
    "workflows.guards.replacement.replacement_open",
    "workflows.guards.replacement.proposal_complete",
)
enforced("A19", "workflows.sites.share_at")
enforced("A20", "workflows.guards.gates.project_findings")
enforced("A21", "workflows.guards.gates.time_share_findings")
enforced("A22", "workflows.guards.gates.project_findings")
enforced("A23", "workflows.guards.gates.time_share_findings")
enforced("A28", "workflows.guards.gates.project_findings")
enforced("A29", "workflows.guards.gates.project_findings")
later("A29", "la direction commune de deux entités juridiques, que les établissements ne portent pas encore")
enforced("A32", "workflows.guards.filing.call_open", "workflows.calls.parameters.Parameters.closing_at")
enforced(
    "A33",
    "workflows.acts.filing.AskPiecesInputs",
    "workflows.guards.filing.asked_once",
    "workflows.guards.filing.completion_open",
    "workflows.guards.committee.no_pending_piece_request",
)
enforced("A36", "workflows.contract.in_windows", "workflows.money.served.served_months")
enforced("A44", "workflows.guards.filing.filing_warnings")
