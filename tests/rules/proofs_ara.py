"""Auvergne-Rhône-Alpes 2017, posts shared by a general hospital and a CHU or a cancer centre: ARA-01 to ARA-18."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import Hat
from tests.lives import Life
from tests.profiles import PROFILES
from tests.rules.registry import enforced, informative, later, proves
from tests.rules.scene import (
    ARA,
    at,
    complete,
    done,
    due_on,
    gave,
    half_days,
    held,
    judged,
    letters,
    placed,
    ready,
    refused,
    shown,
    silences,
    warned,
    warnings,
)
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call, Depositor, PieceEvent
from workflows.calls.sources import UnknownValueError
from workflows.deadlines import start_of_day
from workflows.dossier import Project
from workflows.due import DueKind
from workflows.money.monthly import monthly_amount
from workflows.money.repayment import repayment
from workflows.money.schedule import planned, served
from workflows.money.terms import PostTerms
from workflows.parts.candidates import Candidate
from workflows.parts.pieces import requirements
from workflows.sites import SiteKind
from workflows.states import State
from workflows.tenure import Tenure

PROFILE = PROFILES[ARA]
HOSPITAL, UNIVERSITY = PROFILE.recruiter, PROFILE.partner
POST = PostTerms("I", PROFILE.plan, PROFILE.sites)
#: A reference cost, for illustration: the call gives none.
COST = Decimal("6499.58")
QUOTA_SILENT = "le nombre de postes. Tant qu’il manque, un poste n’est attribué que sous réserve (A18)."
START, END = date(2017, 11, 1), date(2019, 10, 31)


# The project and its places.


@proves("ARA-01", call=ARA)
def the_partner_is_a_university_hospital_or_a_cancer_centre(call: Call) -> None:
    for kind in SiteKind:
        life = placed(complete(call), HOSPITAL, replace(UNIVERSITY, kind=kind))
        answer = life.attempt("put_to_committee", Hat.INSTRUCTOR)
        if kind in {SiteKind.CHU, SiteKind.CLCC}:
            assert done(answer).target is State.COMMITTEE
        else:
            refused(answer, "partner_kind", "ARA-01")


@proves("ARA-01", call=ARA)
def the_project_joins_two_establishments(call: Call) -> None:
    third = replace(UNIVERSITY, id="990000779", name="Centre du Tilleul", kind=SiteKind.CLCC)
    for places in ((HOSPITAL,), (HOSPITAL, third, UNIVERSITY)):
        answer = placed(complete(call), *places).attempt("put_to_committee", Hat.INSTRUCTOR)
        refused(answer, "site_count", "ARA-01")


@proves("ARA-04", call=ARA)
def the_general_hospital_recruits(call: Call) -> None:
    for kind in SiteKind:
        life = placed(complete(call), replace(HOSPITAL, kind=kind), UNIVERSITY)
        answer = life.attempt("put_to_committee", Hat.INSTRUCTOR)
        if kind is SiteKind.CH:
            assert done(answer).target is State.COMMITTEE
        else:
            refused(answer, "recruiter_kind", "ARA-04")


@proves("ARA-06", call=ARA)
def half_the_time_at_least_in_the_general_hospital(call: Call) -> None:
    for hospital, university in (("5", "5"), ("5.0001", "4.9999"), ("9", "1")):
        life = half_days(complete(call), hospital, university)
        assert done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    short = half_days(complete(call), "4.9999", "5.0001")
    refused(short.attempt("put_to_committee", Hat.INSTRUCTOR), "time_share_low", "ARA-06")
    # a motive opens nothing here: the call admits no other share
    motivated = short.changed(share_motivated=True)
    refused(motivated.attempt("put_to_committee", Hat.INSTRUCTOR), "time_share_low", "ARA-06")


@proves("ARA-06", call=ARA)
def the_time_at_the_other_place_does_not_count_for_the_hospital(call: Call) -> None:
    for kind in (SiteKind.CHU, SiteKind.CLCC):
        life = half_days(placed(complete(call), HOSPITAL, replace(UNIVERSITY, kind=kind)), 4, 6)
        refused(life.attempt("put_to_committee", Hat.INSTRUCTOR), "time_share_low", "ARA-06")
    shown(
        call,
        "[ARA-06]",
        "Temps au centre hospitalier (établissements de type centre hospitalier) : 50 % du contrat au moins.",
    )


# The contract and the doctor.


@proves("ARA-02", call=ARA)
def the_post_starts_from_the_first_of_november(call: Call) -> None:
    early = judged(call).attempt("select", Hat.HEAD, planned_start=date(2017, 10, 31))
    refused(early, "start_out_of_windows", "ARA-02")
    for start in (date(2017, 11, 1), date(2018, 5, 14), date(2027, 1, 4)):
        done(judged(call).attempt("select", Hat.HEAD, planned_start=start))


@proves("ARA-03", call=ARA)
def the_post_lasts_two_years(call: Call) -> None:
    award = done(judged(call).attempt("select", Hat.HEAD, months=24)).after.award
    assert award is not None
    assert award.planned_end == END
    for months in (6, 12, 23, 25, 36):
        refused(judged(call).attempt("select", Hat.HEAD, months=months), "months_not_allowed", "ARA-03")


def _starting(call: Call, **facts: Any) -> Life:
    """On the day of the start, every piece accepted."""
    life = at(call, State.NOTIFIED)
    doctor = life.dossier.candidate
    assert doctor is not None
    life.changed(candidate=replace(doctor, **facts))
    return life.on(START, "16:00").deliver(Hat.RECRUITER)


@proves("ARA-05", call=ARA)
def the_doctor_has_the_full_licence_on_the_day_of_the_start(call: Call) -> None:
    # nothing else is asked of the doctor
    alone = {"specialist_title": None, "foreign_title": None, "residency_ends_on": None, "title_obtained_on": None}
    assert done(_starting(call, **alone).attempt("record_start", Hat.INSTRUCTOR)).target is State.IN_POST
    without = _starting(call, full_licence=False).attempt("record_start", Hat.INSTRUCTOR)
    refused(without, "candidate_lacks", "ARA-05")
    unsaid = _starting(call, full_licence=None).attempt("record_start", Hat.INSTRUCTOR)
    refused(unsaid, "candidate_fact_unknown", "ARA-05")


@proves("ARA-05", call=ARA)
def the_licence_may_come_after_the_award(call: Call) -> None:
    student = Candidate("coquelicot-gris", full_licence=False)
    done(at(call, State.SELECTED).attempt("name_candidate", Hat.RECRUITER, candidate=student))
    done(complete(call).changed(candidate=student).attempt("put_to_committee", Hat.INSTRUCTOR))


# The money.


@proves("ARA-08", call=ARA)
def eighty_per_cent_then_sixty(call: Call) -> None:
    money = gave(call, funding__printed_cost=COST).clauses.funding
    by_year = [monthly_amount(money, POST, year) for year in (1, 2)]
    assert [str(month.amount) for month in by_year] == ["5199.66", "3899.75"]
    assert all(month.settled for month in by_year)
    schedule = planned(money, POST, START, END)
    by_budget = {2017: "10399.32", 2018: "59796.10", 2019: "38997.50"}
    assert {year: str(amount) for year, amount in schedule.by_budget_year.items()} == by_budget
    assert schedule.total == Decimal("109192.92")
    # two rates for two years: nothing is said of a third one
    with pytest.raises(UnknownValueError):
        monthly_amount(money, POST, 3)


@proves("ARA-08", "A27", call=ARA)
def the_worked_example_follows_the_year_of_the_post(call: Call) -> None:
    money = gave(call, funding__printed_cost=COST).clauses.funding
    # two months later, the end as it was: 12 months of the first year, 10 of the second
    assert planned(money, POST, date(2018, 1, 1), END).total == Decimal("101393.42")
    # A leaves after the fifth month, one month vacant, B from the seventh: 11 + 12 months, never 17 + 6
    stays = (Tenure("a", START, date(2018, 3, 31)), Tenure("b", date(2018, 5, 1), END))
    assert served(money, POST, stays, END).total == Decimal("103993.26")


@proves("ARA-08", "A2", call=ARA)
def what_an_early_end_gives_back(call: Call) -> None:
    money = gave(call, funding__printed_cost=COST).clauses.funding
    until = date(2018, 12, 31)
    fourteen = served(money, POST, (Tenure("a", START, until),), until)
    assert fourteen.total == Decimal("70195.42")
    back = repayment(money, Decimal("109192.92"), fourteen, until, "cca")
    assert back.amount == Decimal("38997.50")
    assert back.available == (RepaymentReading.PRORATA,)
    # a vacant month and B until the fourteenth month of the post: 13 months served
    stays = (Tenure("a", START, date(2018, 3, 31)), Tenure("b", date(2018, 5, 1), until))
    thirteen = served(money, POST, stays, until)
    assert thirteen.total == Decimal("64995.76")
    assert repayment(money, Decimal("109192.92"), thirteen, until, "cca").amount == Decimal("44197.16")


@proves("ARA-08", call=ARA)
def the_recruiting_hospital_is_paid(call: Call) -> None:
    life = at(gave(call, funding__printed_cost=COST), State.NOTIFIED).later(3)
    assert letters(life.attempt("notify_money", Hat.HEAD), "L11") == {"recruiter", "accountant"}
    shown(call, "[ARA-08]", "Les crédits vont à l’établissement recruteur.")


@proves("ARA-09", call=ARA)
def the_credits_come_with_an_amendment_to_the_contract_of_means(call: Call) -> None:
    shown(call, "[ARA-09]", "Acte qui porte les crédits : avenant au CPOM, à établir.")


# The filing.


@proves("ARA-12", "A46", call=ARA)
def the_agreement_is_drafted_at_the_filing_and_signed_at_the_start(call: Call) -> None:
    assert "filing/projet_convention" in {
        r.key for r in requirements(call.clauses.pieces, PieceEvent.FILING, PROFILE.sites)
    }
    life = _starting(call)
    unsigned = tuple(p for p in life.dossier.pieces if p.key != "start/convention")
    warned(life.changed(pieces=unsigned).attempt("record_start", Hat.INSTRUCTOR), "pieces_by_default", "A46")


@proves("ARA-13", call=ARA)
def the_post_is_applied_for_without_a_name(call: Call) -> None:
    life = complete(call)
    assert life.dossier.candidate is None
    assert done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    shown(call, "[ARA-13]", "La demande porte sur un poste ; le candidat peut être désigné plus tard.")


@proves("ARA-14", call=ARA)
def four_pieces_for_the_whole_dossier(call: Call) -> None:
    wanted = requirements(call.clauses.pieces, PieceEvent.FILING, PROFILE.sites)
    assert {r.key for r in wanted} == {
        "filing/projet_medical",
        "filing/projet_convention",
        "filing/bilan_discipline",
        "filing/equipe_territoriale",
    }
    assert requirements(call.clauses.pieces, PieceEvent.REPLACEMENT, PROFILE.sites) == ()
    life = at(call, State.SUBMITTED).on(PROFILE.complete).accept_pieces()
    assert done(life.attempt("declare_complete", Hat.INSTRUCTOR)).target is State.COMPLETE
    for piece in life.dossier.pieces:
        lacking = life.copy().changed(pieces=tuple(p for p in life.dossier.pieces if p is not piece))
        refused(lacking.attempt("declare_complete", Hat.INSTRUCTOR), "pieces_missing", "ARA-14")
    discipline = "internes en fin de formation au 31 octobre 2017, postes de chef de clinique offerts"
    team = "constitution, organisation, nombre et part des praticiens"
    labels = (
        "description du projet médical commun dans la discipline et du bénéfice attendu d’un assistant partagé",
        "projet de convention CHU / CH",
        f"bilan de la discipline ({discipline})",
        f"inscription du projet dans les équipes médicales de territoire ({team})",
    )
    for point, label in enumerate(labels, 1):
        shown(call, "[ARA-14]", f"Au dépôt : {label} (pour le dossier ; point {point} de la liste).")


@proves("ARA-15", call=ARA)
def both_hospitals_deposit_the_same_file(call: Call) -> None:
    both = ready(call)
    assert {d.kind for d in both.dossier.depositors} == {Depositor.RECRUITER, Depositor.PARTNER}
    assert done(both.attempt("submit", Hat.RECRUITER)).target is State.SUBMITTED
    for alone in both.dossier.depositors:
        life = ready(call).changed(depositors=(alone,))
        refused(life.attempt("submit", Hat(alone.kind.value)), "depositor_absent", "ARA-15")
        silent = tuple(replace(d, confirmed=d is not alone) for d in both.dossier.depositors)
        life = ready(call).changed(depositors=silent)
        refused(life.attempt("submit", Hat(alone.kind.value)), "deposit_not_confirmed", "ARA-15")


@proves("ARA-15", call=ARA)
def nobody_else_deposits(call: Call) -> None:
    life = ready(call)
    stranger = replace(life.dossier.depositors[0], kind=Depositor.CANDIDATE, party=PROFILE.candidate.id)
    life.changed(depositors=(*life.dossier.depositors, stranger))
    refused(life.attempt("submit", Hat.RECRUITER), "wrong_depositor", "ARA-15")


@proves("ARA-15", call=ARA)
def the_file_comes_by_electronic_mail(call: Call) -> None:
    by_mail = done(ready(call).attempt("register_received", Hat.INSTRUCTOR))
    assert "channel_differs" not in warnings(by_mail)
    for channel in ("online", "post", "hand"):
        answer = ready(call).attempt("register_received", Hat.INSTRUCTOR, channel=channel)
        warned(answer, "channel_differs", "ARA-15")
    warned(ready(call).attempt("submit", Hat.RECRUITER), "channel_differs", "ARA-15")
    shown(call, "[ARA-15]", "Le dossier parvient à l’agence par courriel.")


@proves("ARA-16", call=ARA)
def before_the_thirtieth_of_april(call: Call) -> None:
    midnight = start_of_day(date(2017, 4, 30), "Europe/Paris")
    life = ready(call).on(date(2017, 5, 2))
    # what counts is the receipt of the mail, not the day it is entered
    last = life.attempt("register_received", Hat.INSTRUCTOR, received_at=midnight - timedelta(microseconds=1))
    assert done(last).target is State.SUBMITTED
    late = life.attempt("register_received", Hat.INSTRUCTOR, received_at=midnight)
    refused(late, "call_closed", "ARA-16")
    last_day = "jusqu’au samedi 29 avril 2017 inclus, minuit heure de Paris ; fermé le 30 avril 2017 à 0 h 00"
    shown(call, "[ARA-16]", f"L’appel écrit « avant le 30 avril 2017 » : dépôt {last_day}.")
    assert due_on(ready(call).on(date(2017, 3, 20)), DueKind.DRAFT_REMINDER)[-1] == date(2017, 4, 27)


# What the call does not say.


@proves("ARA-18", call=ARA)
def no_quota_means_an_award_under_reserve(call: Call) -> None:
    life = judged(call)
    life.others = 1000
    award = done(life.attempt("select", Hat.HEAD)).after
    assert award.place is not None
    assert award.place.status.value == "provisional"
    assert len(award.place.quotas) == 1
    warned(life.attempt("select", Hat.HEAD), "quota_unknown", "A18")


@proves("ARA-18", call=ARA)
def no_cost_no_amount(call: Call) -> None:
    with pytest.raises(UnknownValueError) as unknown:
        monthly_amount(call.clauses.funding, POST, 1)
    assert unknown.value.rule == "ARA-18"
    life = at(call, State.NOTIFIED).later(3)
    refused(life.attempt("notify_money", Hat.HEAD), "value_unknown", "ARA-18")


@proves("ARA-18", call=ARA)
def nothing_is_invented_where_the_call_is_silent(call: Call) -> None:
    held(at(call, State.IN_POST).attempt("renew", Hat.HEAD), "renewal_silent", "A31")
    done(ready(call).on(date(1999, 12, 31)).attempt("submit", Hat.RECRUITER))
    same = replace(UNIVERSITY, legal_entity=HOSPITAL.legal_entity)
    done(placed(complete(call), HOSPITAL, same).attempt("put_to_committee", Hat.INSTRUCTOR))
    five = complete(call).changed(project=Project("projet-0001", 5))
    assert "project_size" not in warnings(done(five.attempt("put_to_committee", Hat.INSTRUCTOR)))
    notified = done(at(call, State.SELECTED).attempt("notify", Hat.HEAD)).after.award
    assert notified is not None
    assert notified.reply_by is None
    reserve = done(judged(call).attempt("put_on_reserve", Hat.HEAD)).after.reserve
    assert reserve is not None
    assert reserve.valid_until is None


@proves("ARA-18", call=ARA)
def every_silence_is_told(call: Call) -> None:
    assert silences(call, "ARA-18") == {
        "La date d’ouverture du dépôt.",
        "Si le recruteur et ses partenaires doivent être des entités juridiques différentes.",
        "Le nombre de postes qu’un projet peut grouper.",
        "Si une commission examine les dossiers.",
        "Jusqu’à quand la liste complémentaire est valable.",
        "Le délai de réponse à un poste offert depuis la liste complémentaire.",
        "À qui le résultat est notifié.",
        "Le délai pour accepter l’attribution.",
        "Le taux des charges patronales.",
        "Le coût de référence d’un poste.",
        "Ce qui compte dans le coût du poste.",
        "La ligne de crédits.",
        "La durée d’un renouvellement.",
        "Combien de fois un poste se renouvelle.",
        f"Postes de l’appel à projets 2017 : {QUOTA_SILENT}",
    }


informative("ARA-07", "la convention partage les congés ; ils sont neutres dans la mesure du temps (A19)")
informative("ARA-10", "la part à la permanence des soins se règle dans l’établissement")
informative("ARA-11", "la part à une équipe de territoire se règle dans l’établissement")
informative("ARA-17", "critères que pèse la commission ; le caractère complet du dossier se prouve avec ARA-14")
enforced("ARA-01", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("ARA-02", "workflows.guards.award.award_content", "workflows.guards.post.start_allowed")
enforced("ARA-03", "workflows.guards.award.award_content")
enforced("ARA-04", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("ARA-05", "workflows.guards.candidate.candidate_findings", "workflows.guards.post.candidate_fits_at_start")
enforced("ARA-06", "workflows.guards.gates.time_share_findings", "workflows.sites.share_at")
enforced("ARA-08", "workflows.money.cost.rate_of", "workflows.money.served.year_of_post")
enforced("ARA-09", "workflows.calls.explain.sentences")
later("ARA-09", "le numéro et la date de l’avenant, gardés avant la première délégation")
enforced("ARA-12", "workflows.guards.filing.pieces_complete", "workflows.guards.filing.start_pieces_complete")
enforced("ARA-13", "workflows.guards.gates.project_findings", "workflows.guards.award.candidate_named")
enforced("ARA-14", "workflows.parts.pieces.requirements", "workflows.guards.filing.pieces_complete")
enforced("ARA-15", "workflows.guards.depositors.right_depositors", "workflows.guards.filing.deposit_confirmed")
enforced("ARA-16", "workflows.deadlines.Closing", "workflows.guards.filing.received_in_time")
enforced("ARA-18", "workflows.calls.sources.UnknownValueError", "workflows.calls.explain.sentences")
