"""Centre-Val de Loire, hospital and ambulatory posts: CVL-01 to CVL-19, amounts of the worked example to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from tests.builders import Hat, quota_uses, shared
from tests.profiles import PROFILES
from tests.rules.registry import enforced, informative, proves
from tests.rules.scene import (
    CVL,
    at,
    complete,
    done,
    due_on,
    found,
    gave,
    half_days,
    held,
    judged,
    letters,
    placed,
    proposed,
    ready,
    refusals,
    refused,
    shown,
    silences,
    warned,
    warnings,
)
from workflows.account.worth import awarded
from workflows.calls.model import Call, Depositor
from workflows.calls.sources import UnknownValueError
from workflows.decide import Refused
from workflows.dossier import DossierDepositor, Project
from workflows.due import DueKind
from workflows.money.monthly import amounts_by_reading, monthly_amount
from workflows.money.schedule import planned, served
from workflows.money.terms import MissingFactError, PostTerms
from workflows.parts.requests import Repercussions
from workflows.sites import Period, SiteKind
from workflows.specialties import SPECIALTIES
from workflows.states import State
from workflows.tenure import Tenure

PROFILE = PROFILES[CVL]
HOSPITAL, STRUCTURE = PROFILE.recruiter, PROFILE.partner
PUBLIC = (SiteKind.CHU, SiteKind.CH, SiteKind.EPS)
AMBULATORY = (SiteKind.CPTS, SiteKind.CDS, SiteKind.MSP, SiteKind.CABINET)


def _post(*away: int | str, home: int | str = 5, km: int | None = 25) -> PostTerms:
    """A post of 24 months with these half-days a week off the main site, one number by site, all at that distance."""
    places = tuple(
        replace(STRUCTURE, id=f"99000078{rank}", kind=AMBULATORY[rank], distance_km=km) for rank in range(len(away))
    )
    weekly = tuple((place.id, Fraction(n)) for place, n in zip(places, away, strict=True))
    return PostTerms("III", (Period(24, ((HOSPITAL.id, Fraction(home)), *weekly)),), (HOSPITAL, *places))


def _monthly(call: Call, reading: str, post: PostTerms, year: int = 1) -> Decimal:
    return monthly_amount(call.clauses.funding, post, year, reading).amount


# The quota.


@proves("CVL-01", call=CVL)
def six_posts_and_not_a_seventh(call: Call) -> None:
    life = judged(call)
    life.others = 5
    assert done(life.attempt("select", Hat.HEAD)).target is State.SELECTED
    life.others = 6
    refused(life.attempt("select", Hat.HEAD), "no_place_left", "CVL-01")


@proves("CVL-01", call=CVL)
def every_post_of_the_region_counts_in_the_six(call: Call) -> None:
    elsewhere = (replace(HOSPITAL, department="36", ght="indre"), replace(STRUCTURE, department="18"))
    for places, specialty in ((PROFILE.sites, "dermatologie"), (elsewhere, "ophtalmologie")):
        dossier = judged(call).changed(sites=places, specialty=specialty).dossier
        assert [use.places for use in quota_uses(call, dossier, 0)] == [6]
    shown(call, "[CVL-01]", "Postes ville/hôpital de la région : 6 postes.")


# The project and its places.


@proves("CVL-02", call=CVL)
def the_partner_is_an_ambulatory_structure(call: Call) -> None:
    for kind in SiteKind:
        life = placed(complete(call), HOSPITAL, replace(STRUCTURE, kind=kind))
        answer = life.attempt("put_to_committee", Hat.INSTRUCTOR)
        if kind in AMBULATORY:
            assert done(answer).target is State.COMMITTEE
        else:
            refused(answer, "partner_kind", "CVL-02")


@proves("CVL-02", call=CVL)
def the_project_joins_two_structures(call: Call) -> None:
    third = replace(STRUCTURE, id="990000779", name="Cabinet du Tilleul", kind=SiteKind.CABINET)
    for places in ((HOSPITAL,), (HOSPITAL, third, STRUCTURE)):
        answer = placed(complete(call), *places).attempt("put_to_committee", Hat.INSTRUCTOR)
        refused(answer, "site_count", "CVL-02")


@proves("CSP, art. R. 6152-501", call=CVL)
def the_hospital_is_a_public_one(call: Call) -> None:
    for kind in SiteKind:
        life = placed(complete(call), replace(HOSPITAL, kind=kind), STRUCTURE)
        answer = life.attempt("put_to_committee", Hat.INSTRUCTOR)
        if kind in PUBLIC:
            assert done(answer).target is State.COMMITTEE
        else:
            refused(answer, "recruiter_kind", "CSP, art. R. 6152-501")


@proves("CVL-03", call=CVL)
def every_specialty_but_general_medicine(call: Call) -> None:
    out = set()
    for code in SPECIALTIES:
        answer = complete(call).changed(specialty=code).attempt("put_to_committee", Hat.INSTRUCTOR)
        if refusals(answer):
            refused(answer, "specialty_out", "CVL-03")
            out.add(code)
    assert out == {"medecine_generale"}


@proves("CVL-04", call=CVL)
def one_place_at_least_lies_in_an_under_served_zone(call: Call) -> None:
    for hospital, structure in (("sous_dense", ""), ("", "sous_dense")):
        life = _zoned(call, hospital, structure)
        assert done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    for hospital, structure in (("", ""), ("qpv", "qpv")):
        answer = _zoned(call, hospital, structure).attempt("put_to_committee", Hat.INSTRUCTOR)
        refused(answer, "out_of_territory", "CVL-04")
    area = "zone sous-dense du zonage « médecin » ; établissements en zone « sous-dense »."
    shown(call, "[CVL-04]", f"Territoire : {area}")


def _zoned(call: Call, hospital: str, structure: str):
    zones = [frozenset({zone} - {""}) for zone in (hospital, structure)]
    places = (replace(HOSPITAL, zones=zones[0]), replace(STRUCTURE, zones=zones[1]))
    return placed(complete(call), *places)


# The time share.


@proves("CVL-07", call=CVL)
def half_the_time_in_each_structure_to_the_exact_fraction(call: Call) -> None:
    done(half_days(complete(call), 5, 5).attempt("put_to_committee", Hat.INSTRUCTOR))
    less = half_days(complete(call), "4.9999", "5.0001").attempt("put_to_committee", Hat.INSTRUCTOR)
    refused(less, "time_share_low", "CVL-07")
    more = half_days(complete(call), "5.0001", "4.9999").attempt("put_to_committee", Hat.INSTRUCTOR)
    refused(more, "time_share_high", "CVL-07")


@proves("CVL-07", call=CVL)
def another_share_needs_its_motive_and_nothing_else(call: Call) -> None:
    for hospital, structure in ((4, 6), (6, 4)):
        life = half_days(complete(call), hospital, structure).changed(share_motivated=True)
        warned(life.attempt("put_to_committee", Hat.INSTRUCTOR), "share_modulated", "CVL-07")
    shown(call, "[CVL-07]", "Temps à l’hôpital : une autre répartition est possible si elle est motivée.")


@proves("CVL-07", "A23", call=CVL)
def only_the_hospital_counts_as_the_hospital(call: Call) -> None:
    for hospital, structure in product(PUBLIC, AMBULATORY):
        life = placed(complete(call), replace(HOSPITAL, kind=hospital), replace(STRUCTURE, kind=structure))
        answer = done(life.attempt("put_to_committee", Hat.INSTRUCTOR))
        assert not warnings(answer) & {"time_share_low", "share_modulated"}


@proves("A23", call=CVL)
def less_than_half_in_town_is_pointed_out_and_no_more(call: Call) -> None:
    # the regional call rules the gate; the national note (DG-08) informs the agency
    for kind in PUBLIC:
        life = placed(complete(call), replace(HOSPITAL, kind=kind), STRUCTURE).changed(share_motivated=True)
        answer = half_days(life, "5.0001", "4.9999").attempt("put_to_committee", Hat.INSTRUCTOR)
        warned(answer, "time_share_low", "A23")
    assert "time_share_low" not in warnings(half_days(complete(call), 5, 5).attempt("put_to_committee", Hat.INSTRUCTOR))


# The money.


@proves("CVL-05", call=CVL)
def the_whole_salary_of_the_hospital_activity(call: Call) -> None:
    # half of 2 762,16 + 1 010, in the first year and in the second
    assert [_monthly(call, "a", _post(5), year) for year in (1, 2)] == [Decimal("1886.08")] * 2
    chosen = gave(call, funding__reading="a")
    assert monthly_amount(chosen.clauses.funding, _post(5), 1).settled


@proves("CVL-05", "CVL-12", "A24", call=CVL)
def the_time_in_town_is_not_paid(call: Call) -> None:
    # 4 half-days out of 10 at the hospital: two fifths of 3 772,16
    assert _monthly(call, "a", _post(6, home=4)) == Decimal("1508.86")
    for hospital, structure in product(PUBLIC, AMBULATORY):
        places = (replace(HOSPITAL, kind=hospital), replace(STRUCTURE, kind=structure))
        half = PostTerms("III", shared(24, (HOSPITAL, 5), (STRUCTURE, 5)), places)
        money = gave(call, funding__charges=Fraction("0.44")).clauses.funding
        amounts = {r.reading.id: str(r.amount.amount) for r in amounts_by_reading(money, half, 1) if r.amount}
        assert amounts == {"a": "1886.08", "b": "2886.08", "c": "4155.96", "d": "4772.16"}


@proves("CVL-06", call=CVL)
def two_years_or_a_single_one(call: Call) -> None:
    ends = {24: date(2024, 10, 31), 12: date(2023, 10, 31)}
    for months in (6, 11, 12, 13, 18, 23, 24, 25, 36):
        answer = judged(call).attempt("select", Hat.HEAD, months=months)
        if months not in ends:
            refused(answer, "months_not_allowed", "CVL-06")
            continue
        award = done(answer).after.award
        assert award is not None
        assert award.planned_end == ends[months]


@proves("CVL-08", call=CVL)
def base_and_engagement_allowance(call: Call) -> None:
    shown(
        call,
        "[CVL-08]",
        "Traitement de base, 1re et 2e années : 2 762,16 € brut par mois.",
        "Indemnité d’engagement de service public exclusif (IESPE) : 1 010,00 € brut par mois.",
    )
    # the whole gross salary with the highest premium, then half of it with charges of 44 % if somebody gives that rate
    assert _monthly(call, "d", _post(5)) == Decimal("4772.16")
    assert _monthly(gave(call, funding__charges=Fraction("0.44")), "c", _post(5)) == Decimal("4155.96")


@proves("CVL-05", "CVL-08", "A24", call=CVL)
def the_totals_of_the_worked_example(call: Call) -> None:
    start, end = date(2022, 11, 1), date(2024, 10, 31)
    money = gave(call, funding__charges=Fraction("0.44")).clauses.funding
    two_years = {"a": "45265.92", "b": "69265.92", "c": "99743.04", "d": "114531.84"}
    assert {r: str(planned(money, _post(5), start, end, r).total) for r in two_years} == two_years
    one_year = {"a": "22632.96", "b": "34632.96", "c": "49871.52", "d": "57265.92"}
    assert {r: str(planned(money, _post(5), start, date(2023, 10, 31), r).total) for r in one_year} == one_year
    # A leaves after the fifth month, one month vacant, B from the seventh: 23 months under reading b
    stays = (Tenure("a", start, date(2023, 3, 31)), Tenure("b", date(2023, 5, 1), end))
    assert served(money, _post(5), stays, end, "b").total == Decimal("66379.84")


@proves("CVL-08", "CVL-09", "CVL-10", call=CVL)
def the_scale_by_half_days_off_the_main_site(call: Call) -> None:
    def premium(*away: int | str) -> int:
        return int(_monthly(call, "d", _post(*away)) - Decimal("3772.16"))

    by_half_days = {"0.9": 0, "1": 250, "1.1": 450, "2": 450, "3": 450, "3.1": 700, "4": 700, "4.1": 1000, "5": 1000}
    assert {n: premium(n) for n in by_half_days} == by_half_days
    # four half-days on two sites reach the highest step, three and a half do not
    assert (premium(2, 2), premium("1.75", "1.75"), premium("0.5", "0.5")) == (1000, 700, 250)
    assert (premium(1, 2), premium("1.5", "2.4"), premium(3, 2)) == (450, 700, 1000)


@proves("CVL-08", "CVL-09", "CVL-10", call=CVL)
def only_a_site_twenty_kilometres_away_gives_the_premium(call: Call) -> None:
    paid = {km: str(_monthly(call, "d", _post(5, km=km))) for km in (0, 19, 20, 21)}
    assert paid == {0: "3772.16", 19: "3772.16", 20: "4772.16", 21: "4772.16"}
    with pytest.raises(MissingFactError) as missing:
        _monthly(call, "d", _post(5, km=None))
    assert missing.value.rule == "CVL-10"


@proves("CVL-08", "CVL-09", "CVL-10", call=CVL)
def every_amount_is_printed_and_none_is_a_default(call: Call) -> None:
    life = at(gave(call, funding__reading="b"), State.NOTIFIED).later(3)
    notice = done(life.attempt("notify_money", Hat.HEAD)).after.money_notice
    assert notice is not None
    assert (notice.monthly, notice.total) == ((Decimal("2886.08"),), Decimal("69265.92"))
    premium, per_month = "Prime d’exercice territorial (PET)", "selon le nombre moyen de demi-journées par semaine"
    steps = (
        "250,00 € pour exactement 1 ; 450,00 € pour plus de 1 et jusqu’à 3 ; 700,00 € pour plus de 3 et jusqu’à 4 ; "
        "1 000,00 € pour exactement 4 sur au moins 2 sites ; 1 000,00 € pour plus de 4."
    )
    shown(call, "[CVL-09]", f"{premium}, brut par mois, {per_month} hors du site principal : {steps}")
    distant = "seulement pour un site distant d’au moins 20 km du site principal."
    shown(call, "[CVL-10]", f"{premium} : {distant}")


@proves("CVL-11", call=CVL)
def the_director_general_waives_the_distance(call: Call) -> None:
    life = at(gave(call, funding__reading="b"), State.NOTIFIED)
    main, partner = life.dossier.sites
    life.changed(sites=(main, replace(partner, distance_km=12))).later(3)
    refused = life.attempt("waive_distance", Hat.HEAD)
    assert isinstance(refused, Refused)
    assert refused.codes == {"not_allowed"}
    answer = done(life.attempt("waive_distance", Hat.DG))
    assert awarded(life.dossier, life.call).total == Decimal("45265.92")
    assert awarded(answer.after, life.call).total == Decimal("69265.92")
    # inside one legal entity, only for a prison health unit
    same = replace(partner, distance_km=12, legal_entity=main.legal_entity)
    life.changed(sites=(main, same))
    assert "waiver_same_entity" in refusals(life.attempt("waive_distance", Hat.DG))
    life.changed(sites=(main, replace(same, kind=SiteKind.USMP)))
    done(life.attempt("waive_distance", Hat.DG))


# The filing.


@proves("CVL-14", call=CVL)
def the_file_comes_online(call: Call) -> None:
    assert "channel_differs" not in warnings(ready(call).attempt("submit", Hat.RECRUITER))
    for channel in ("email", "post", "hand"):
        answer = ready(call).attempt("register_received", Hat.INSTRUCTOR, channel=channel)
        warned(answer, "channel_differs", "CVL-14")
    shown(call, "[CVL-14]", "Le dossier parvient à l’agence en ligne.")


@proves("CVL-14", call=CVL)
def nobody_says_who_files(call: Call) -> None:
    everybody = (
        DossierDepositor(Depositor.RECRUITER, HOSPITAL.id),
        DossierDepositor(Depositor.PARTNER, STRUCTURE.id),
        DossierDepositor(Depositor.CANDIDATE, PROFILE.candidate.id),
    )
    for depositors in (everybody, *((one,) for one in everybody)):
        life = ready(call).changed(depositors=depositors)
        silence = done(life.attempt("submit", Hat(depositors[0].kind.value))).after.silence
        # whether the code governs the application depends on who files: its clock only informs
        assert silence is not None
        assert silence.informative
    assert silences(call, "CVL-14") == {
        "Qui dépose le dossier.",
        "Si plusieurs déposants doivent confirmer le même dossier.",
        "Si le code des relations entre le public et l’administration (CRPA) régit la demande.",
    }


# The replacement and its five pieces.


@proves("CVL-15", call=CVL)
def a_replacement_told_in_full_keeps_the_award(call: Call) -> None:
    decision = done(proposed(call).attempt("replace", Hat.HEAD))
    assert decision.target is State.NOTIFIED
    assert letters(decision, "L12") == {"recruiter", "candidate", "former_candidate"}
    shown(call, "[CVL-15]", "Après un désistement, un nouveau candidat peut être proposé.")


@proves("CVL-15", call=CVL)
def the_recruiter_says_why_and_with_which_repercussions(call: Call) -> None:
    unsaid = proposed(call, letter=False).attempt("replace", Hat.HEAD)
    refused(unsaid, "withdrawal_letter_missing", "CVL-15")
    unsaid = proposed(call, repercussions=None).attempt("replace", Hat.HEAD)
    refused(unsaid, "repercussions_unsaid", "CVL-15")
    # a changed project is awarded again
    changed = proposed(call, repercussions=(Repercussions.PROJECT,)).attempt("replace", Hat.HEAD)
    assert done(changed).target is State.SELECTED


@proves("CVL-15", call=CVL)
def the_doctor_is_applied_for_with_the_post(call: Call) -> None:
    unnamed = complete(call).changed(candidate=None).attempt("put_to_committee", Hat.INSTRUCTOR)
    assert refusals(unnamed) == {"project_incomplete"}
    assert "qui est le candidat" in found(unnamed, "project_incomplete").sentence
    shown(call, "[CVL-15]", "La demande porte sur un poste et sur le candidat qui l’occupera.")


@proves("CVL-16", "A10", call=CVL)
def five_pieces_that_the_call_does_not_name_stop_nobody(call: Call) -> None:
    life = ready(call).do("submit", Hat.RECRUITER).later(10)
    warned(life.attempt("declare_complete", Hat.INSTRUCTOR), "pieces_by_default", "A10")
    warned(life.attempt("request_pieces", Hat.INSTRUCTOR, keys=("filing/cv",)), "piece_not_listed", "A10")


# The deferral.


@proves("CVL-17", call=CVL)
def told_late_the_financing_waits_for_a_head(call: Call) -> None:
    life = at(call, State.NOTIFIED)  # awarded from 1 November 2022
    in_time = {"known_on": date(2022, 10, 20), "told_on": date(2022, 10, 28)}
    late = {"known_on": date(2022, 10, 20), "told_on": date(2022, 10, 29)}
    after_the_start = {"known_on": date(2022, 10, 31), "told_on": date(2022, 11, 1)}
    done(life.on(date(2022, 11, 2)).attempt("defer", Hat.HEAD, **in_time))
    for told in (late, after_the_start):
        held(life.attempt("defer", Hat.HEAD, **told), "told_late_held", "CVL-17")
        lifted = life.attempt("defer", Hat.HEAD, **told, lifts={"told_late_held": "motif-0002"})
        assert done(lifted).after.state is State.NOTIFIED


@proves("CVL-18", call=CVL)
def a_deferral_may_be_granted(call: Call) -> None:
    life = at(call, State.NOTIFIED).later(10)
    done(life.attempt("ask_deferral", Hat.RECRUITER))
    decision = done(life.attempt("defer", Hat.HEAD, new_start=date(2023, 1, 1)))
    assert letters(decision, "L13") == {"recruiter", "candidate"}
    shown(call, "[CVL-18]", "Un report de la prise de fonctions peut être accordé.")


# What the call does not say.


@proves("CVL-19", call=CVL)
def no_deadline_no_start_and_no_limit_is_invented(call: Call) -> None:
    for day, then in ((date(1999, 12, 31), date(2013, 1, 2)), (date(2040, 1, 1), date(2032, 1, 2))):
        warned(ready(call).on(day).attempt("submit", Hat.RECRUITER), "closing_unknown", "CVL-19")
        start = done(judged(call).attempt("select", Hat.HEAD, planned_start=then))
        assert "start_out_of_windows" not in warnings(start)
    same = replace(STRUCTURE, legal_entity=HOSPITAL.legal_entity)
    assert done(placed(complete(call), HOSPITAL, same).attempt("put_to_committee", Hat.INSTRUCTOR)).findings[1:] == ()
    five = complete(call).changed(project=Project("projet-0001", 5))
    assert "project_size" not in warnings(done(five.attempt("put_to_committee", Hat.INSTRUCTOR)))
    assert not due_on(ready(call), DueKind.DRAFT_REMINDER)


@proves("CVL-19", call=CVL)
def charges_renewal_and_acceptance_wait_for_the_agency(call: Call) -> None:
    with pytest.raises(UnknownValueError) as unknown:
        _monthly(call, "c", _post(5))
    assert unknown.value.rule == "CVL-19"
    held(at(call, State.IN_POST).attempt("renew", Hat.HEAD), "renewal_silent", "A31")
    notified = done(at(call, State.SELECTED).later(2).attempt("notify", Hat.HEAD)).after.award
    assert notified is not None
    assert notified.reply_by is None
    reserve = done(judged(call).attempt("put_on_reserve", Hat.HEAD)).after.reserve
    assert reserve is not None
    assert reserve.valid_until is None


@proves("CVL-19", call=CVL)
def every_silence_is_told(call: Call) -> None:
    assert silences(call, "CVL-19") == {
        "La date d’ouverture du dépôt.",
        "La date limite de dépôt.",
        "Si le recruteur et ses partenaires doivent être des entités juridiques différentes.",
        "Le nombre de postes qu’un projet peut grouper.",
        "La date de prise de fonctions.",
        "Si une commission examine les dossiers.",
        "Jusqu’à quand la liste complémentaire est valable.",
        "Le délai de réponse à un poste offert depuis la liste complémentaire.",
        "À qui le résultat est notifié.",
        "Le délai pour accepter l’attribution.",
        "Le taux des charges patronales.",
        "À quel établissement vont les crédits.",
        "La ligne de crédits.",
        "La durée d’un renouvellement.",
        "Combien de fois un poste se renouvelle.",
    }


enforced("CVL-01", "workflows.guards.places.place_left", "workflows.parts.places.quotas_of")
enforced("CVL-02", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("CSP, art. R. 6152-501", "workflows.guards.gates.project_findings")
enforced("CVL-03", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("CVL-04", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("CVL-05", "workflows.money.cost.part_from_components", "workflows.money.monthly.monthly_amount")
enforced("CVL-06", "workflows.guards.award.award_content", "workflows.contract.planned_end")
enforced("CVL-07", "workflows.guards.gates.time_share_findings", "workflows.sites.share_at")
enforced("CVL-08", "workflows.money.cost.part_from_components")
enforced("CVL-09", "workflows.money.scale.scale_amount")
enforced("CVL-10", "workflows.money.scale.scale_amount")
enforced("CVL-11", "workflows.guards.terms.site_waivable", "workflows.acts.terms.WaiverInputs")
enforced("CVL-12", "workflows.money.cost.part_from_components")
informative("CVL-13", "les deux structures règlent les coûts de fonctionnement entre elles, hors du dossier")
enforced("CVL-14", "workflows.guards.depositors.comes_as_asked", "workflows.guards.depositors.right_depositors")
enforced(
    "CVL-15",
    "workflows.guards.replacement.replacement_open",
    "workflows.guards.replacement.proposal_complete",
    "workflows.acts.replacing.ReplaceInputs",
)
enforced("CVL-16", "workflows.guards.filing.pieces_findings", "workflows.guards.filing.asked_by_the_call")
enforced("CVL-17", "workflows.guards.post.told_in_time")
enforced("CVL-18", "workflows.guards.post.deferral_open")
enforced("CVL-19", "workflows.calls.sources.UnknownValueError", "workflows.calls.explain.sentences")
