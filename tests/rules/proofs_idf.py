"""Île-de-France, twelfth call (2025): IDF-01 to IDF-15, amounts of the worked example to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat, finess, instant, rewritten
from tests.profiles import PROFILES
from tests.rules.registry import enforced, informative, proves
from tests.rules.scene import (
    IDF,
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
    proposed,
    ready,
    refusals,
    refused,
    shown,
    silences,
    warned,
)
from workflows.calls.funding import Funding
from workflows.calls.model import Call, Depositor, PieceEvent
from workflows.calls.sources import Origin, Sourced, UnknownValueError
from workflows.decide import Refused
from workflows.dossier import DossierDepositor, Project
from workflows.due import DueKind
from workflows.money.monthly import amounts_by_reading, monthly_amount
from workflows.money.schedule import planned, served
from workflows.money.terms import PostTerms
from workflows.parts.pieces import requirements
from workflows.parts.places import PlaceStatus
from workflows.sites import SiteKind
from workflows.specialties import SPECIALTIES
from workflows.states import State
from workflows.tenure import Tenure

PROFILE = PROFILES[IDF]
GARANCE, LILAS = PROFILE.recruiter, PROFILE.partner
POST = PostTerms("I", PROFILE.plan, PROFILE.sites)
START, END = date(2025, 11, 1), date(2027, 10, 31)

#: The elements of the cost that another call prints, lent to this one to see its rate and its readings at work.
LENT = {"base": Decimal("2803.59"), "iespe": Decimal("1010"), "pet": Decimal("700")}


def _costed(call: Call) -> Call:
    """The call where somebody gives a reference cost, and that everything counts in it."""
    return gave(call, funding__printed_cost=Decimal("6499.58"), funding__reading="base_iespe_pet_charges")


def _with_elements(call: Call) -> Funding:
    """The money of the call where somebody gives the elements of the cost and the charges."""
    given = gave(call, funding__charges=Fraction("0.44"))
    elements = tuple(
        replace(c, amount=Sourced(LENT[c.id], Origin.COMPLEMENT, "IDF-15")) for c in given.clauses.funding.components
    )
    completed: Call = rewritten(given, "clauses.funding.components", elements)
    return completed.clauses.funding


# The project and its places.


@proves("IDF-01", call=IDF)
def two_structures_exactly(call: Call) -> None:
    third = replace(LILAS, id=finess(19), name="Clinique de la Verveine")
    assert "site_count" not in refusals(complete(call).attempt("put_to_committee", Hat.INSTRUCTOR))
    for places in ((GARANCE,), (GARANCE, third, LILAS)):
        answer = placed(complete(call), *places).attempt("put_to_committee", Hat.INSTRUCTOR)
        refused(answer, "site_count", "IDF-01")


@proves("IDF-01", call=IDF)
def a_post_is_applied_for_without_its_doctor(call: Call) -> None:
    life = complete(call)
    assert life.dossier.candidate is None
    assert done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    shown(call, "[IDF-01]", "La demande porte sur un poste ; le candidat peut être désigné plus tard.")


@proves("IDF-02", call=IDF)
def a_public_hospital_or_a_public_nursing_home_recruits(call: Call) -> None:
    public = {SiteKind.CHU, SiteKind.CH, SiteKind.EPS}
    admitted = public | {SiteKind.USMP, SiteKind.PREVENTION, SiteKind.EHPAD_PUBLIC}
    for kind in SiteKind:
        life = placed(complete(call), replace(GARANCE, kind=kind), LILAS)
        answer = life.attempt("put_to_committee", Hat.INSTRUCTOR)
        if kind in admitted:
            assert not done(answer).findings
        else:
            refused(answer, "recruiter_kind", "IDF-02")


@proves("IDF-03", "A28", call=IDF)
def the_partner_is_a_hospital_or_a_health_centre(call: Call) -> None:
    public = {SiteKind.CHU, SiteKind.CH, SiteKind.EPS}
    admitted = public | {SiteKind.ESPIC, SiteKind.CLCC, SiteKind.CDS}
    for kind in set(SiteKind) - {SiteKind.EHPAD_PUBLIC}:
        life = placed(complete(call), GARANCE, replace(LILAS, kind=kind))
        answer = life.attempt("put_to_committee", Hat.INSTRUCTOR)
        if kind in admitted:
            assert not done(answer).findings
        else:
            refused(answer, "partner_kind", "IDF-03")


@proves("IDF-03", "A28", call=IDF)
def a_public_nursing_home_as_a_partner_is_for_a_head_to_judge(call: Call) -> None:
    life = placed(complete(call), GARANCE, replace(LILAS, kind=SiteKind.EHPAD_PUBLIC))
    decision = warned(life.attempt("put_to_committee", Hat.INSTRUCTOR), "kind_tolerated", "A28")
    assert [f.code for f in decision.findings] == ["kind_tolerated"]


@proves("IDF-03", "A29", call=IDF)
def the_partner_is_another_legal_entity(call: Call) -> None:
    same = placed(complete(call), GARANCE, replace(LILAS, legal_entity=GARANCE.legal_entity))
    refused(same.attempt("put_to_committee", Hat.INSTRUCTOR), "not_independent", "IDF-03")


@proves("IDF-07", call=IDF)
def medicine_surgery_odontology_and_pharmacy(call: Call) -> None:
    for code in SPECIALTIES:
        assert not done(complete(call).changed(specialty=code).attempt("put_to_committee", Hat.INSTRUCTOR)).findings
    midwifery = complete(call).changed(specialty="maieutique")
    refused(midwifery.attempt("put_to_committee", Hat.INSTRUCTOR), "specialty_out", "IDF-07")


# The post.


@proves("IDF-06", call=IDF)
def two_years_from_the_first_of_november_2025(call: Call) -> None:
    award = done(judged(call).attempt("select", Hat.HEAD)).after.award
    assert award is not None
    assert (award.planned_start, award.planned_end, award.months) == (START, END, 24)
    for start in (date(2025, 10, 31), date(2025, 11, 2), date(2026, 11, 1)):
        refused(judged(call).attempt("select", Hat.HEAD, planned_start=start), "start_out_of_windows", "IDF-06")
    for months in (6, 12, 23, 25, 36):
        refused(judged(call).attempt("select", Hat.HEAD, months=months), "months_not_allowed", "IDF-06")


@proves("IDF-06", call=IDF)
def the_last_day_does_not_move(call: Call) -> None:
    # a replacement that starts two months late, before anybody served
    decision = done(proposed(call, new_start=date(2026, 1, 1)).attempt("replace", Hat.HEAD))
    assert decision.after.award is not None
    assert (decision.after.award.planned_start, decision.after.award.planned_end) == (date(2026, 1, 1), END)
    late = at(call, State.NOTIFIED).on(date(2025, 11, 2))
    answer = late.attempt("record_start", Hat.INSTRUCTOR, start_on=date(2025, 11, 2))
    refused(answer, "start_not_allowed", "IDF-06")
    shown(call, "[IDF-06]", "Les fonctions se terminent le 31 octobre 2027.")


@proves("IDF-08", call=IDF)
def twelve_months_more_at_most(call: Call) -> None:
    for months in (1, 6, 12):
        assert done(at(call, State.IN_POST).attempt("renew", Hat.RECRUITER, months=months)).after.renewed_by
    for months in (13, 18, 24):
        refused(at(call, State.IN_POST).attempt("renew", Hat.RECRUITER, months=months), "renewal_too_long", "IDF-08")


@proves("IDF-08", call=IDF)
def the_renewal_is_awarded_for_twelve_months_at_most(call: Call) -> None:
    # outside the windows, the durations and the last day of the first post
    again = {"renewal_of": "IDF-2025-012", "wished_start": date(2027, 11, 1)}
    for months, last_day in ((12, date(2028, 10, 31)), (6, date(2028, 4, 30))):
        award = done(judged(call).changed(**again, months=months).attempt("select", Hat.HEAD)).after.award
        assert award is not None
        assert award.planned_end == last_day
    for months in (13, 24):
        answer = judged(call).changed(**again, months=months).attempt("select", Hat.HEAD)
        refused(answer, "months_not_allowed", "IDF-08")


# Who files, until when, and who judges.


@proves("IDF-12", call=IDF)
def the_recruiter_files(call: Call) -> None:
    assert done(ready(call).attempt("submit", Hat.RECRUITER)).target is State.SUBMITTED
    unconfirmed = ready(call).changed(depositors=(DossierDepositor(Depositor.RECRUITER, GARANCE.id),))
    assert done(unconfirmed.attempt("submit", Hat.RECRUITER)).target is State.SUBMITTED
    partner = ready(call).changed(depositors=(DossierDepositor(Depositor.PARTNER, LILAS.id, confirmed=True),))
    refused(partner.attempt("submit", Hat.PARTNER), "wrong_depositor", "IDF-12")
    doctor = DossierDepositor(Depositor.CANDIDATE, PROFILE.candidate.id, confirmed=True)
    life = ready(call).changed(candidate=PROFILE.candidate, depositors=(doctor,))
    refused(life.attempt("submit", Hat.CANDIDATE), "wrong_depositor", "IDF-12")


@proves("IDF-12", call=IDF)
def only_online(call: Call) -> None:
    for channel in ("email", "post", "hand"):
        answer = ready(call).attempt("register_received", Hat.INSTRUCTOR, channel=channel)
        warned(answer, "channel_differs", "IDF-12")
    shown(
        call,
        "[IDF-12]",
        "Le dossier est déposé par l’établissement recruteur.",
        "Le dépôt n’est pas commun : un seul déposant suffit.",
        "Le dossier parvient à l’agence en ligne.",
    )


@proves("IDF-13", call=IDF)
def the_last_day_is_the_30_april_2025_to_its_end(call: Call) -> None:
    assert call.parameters.closing.needed.at.isoformat() == "2025-04-30T22:00:00+00:00"
    last = ready(call).on(date(2025, 4, 30), "23:59")
    assert done(last.attempt("submit", Hat.RECRUITER)).target is State.SUBMITTED
    for day in (date(2025, 5, 1), date(2025, 5, 2)):
        refused(ready(call).on(day, "00:00").attempt("submit", Hat.RECRUITER), "call_closed", "IDF-13")
    received = {"received_at": instant(date(2025, 5, 1), call, "00:00"), "channel": "online"}
    answer = ready(call).on(date(2025, 5, 5)).attempt("register_received", Hat.INSTRUCTOR, **received)
    refused(answer, "call_closed", "IDF-13")
    wording = "L’appel écrit « jusqu’au mercredi 30 avril 2025 délai de rigueur »"
    until = "dépôt jusqu’au mercredi 30 avril 2025 inclus, minuit heure de Paris ; fermé le 1er mai 2025 à 0 h 00."
    shown(call, "[IDF-13]", f"{wording} : {until}")


@proves("IDF-14", call=IDF)
def the_jury_sits_in_the_week_of_the_9_june_2025(call: Call) -> None:
    for day in (date(2025, 6, 9), date(2025, 6, 15)):
        assert done(complete(call).on(day).attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    late = complete(call).on(date(2025, 6, 16)).attempt("put_to_committee", Hat.INSTRUCTOR)
    refused(late, "session_over", "IDF-14")
    life = at(call, State.COMMITTEE).on(date(2025, 6, 20))
    for day in (date(2025, 6, 9), date(2025, 6, 15)):
        assert not done(life.attempt("record_opinion", Hat.INSTRUCTOR, judged_on=day)).findings
    for day in (date(2025, 6, 8), date(2025, 6, 16)):
        warned(life.attempt("record_opinion", Hat.INSTRUCTOR, judged_on=day), "opinion_off_session", "IDF-14")
    shown(call, "[IDF-14]", "Une commission examine les dossiers.")


# The money.


@proves("IDF-04", call=IDF)
def sixty_per_cent_of_the_cost_in_both_years(call: Call) -> None:
    funding = _costed(call).clauses.funding
    assert [monthly_amount(funding, POST, year).amount for year in (1, 2)] == [Decimal("3899.75")] * 2
    assert monthly_amount(funding, POST, 1).settled
    two_years = planned(funding, POST, START, END)
    assert {year: str(euros) for year, euros in two_years.by_budget_year.items()} == {
        2025: "7799.50",
        2026: "46797.00",
        2027: "38997.50",
    }
    shown(call, "[IDF-04]", "L’agence prend en charge 60 % du coût pris en compte.")


@proves("IDF-04", call=IDF)
def the_totals_of_the_worked_example(call: Call) -> None:
    funding = _costed(call).clauses.funding
    assert planned(funding, POST, date(2026, 1, 1), END).total == Decimal("85794.50")
    stays = (Tenure("a", START, date(2026, 3, 31)), Tenure("b", date(2026, 5, 1), END))
    assert served(funding, POST, stays, END).total == Decimal("89694.25")
    assert planned(funding, POST, date(2027, 11, 1), date(2028, 10, 31)).total == Decimal("46797.00")


@proves("IDF-04", "IDF-15", "A25", call=IDF)
def the_premium_counts_whatever_the_reading(call: Call) -> None:
    # the call says no more of the cost: with or without the engagement allowance, with or without charges
    found = amounts_by_reading(_with_elements(call), POST, 1)
    assert {r.reading.id: str(r.amount.amount) for r in found if r.amount} == {
        "base_pet": "2102.15",
        "base_iespe_pet": "2708.15",
        "base_pet_charges": "3027.10",
        "base_iespe_pet_charges": "3899.74",
    }
    assert not any(r.chosen for r in found)


# What the call does not say.


@proves("IDF-15", "A25", call=IDF)
def without_a_cost_nothing_is_notified(call: Call) -> None:
    with pytest.raises(UnknownValueError) as unknown:
        monthly_amount(call.clauses.funding, POST, 1)
    assert unknown.value.rule == "IDF-15"
    answer = at(call, State.NOTIFIED).later(3).attempt("notify_money", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert refusals(answer) == {"value_unknown"}
    paid = at(_costed(call), State.NOTIFIED).later(3).attempt("notify_money", Hat.HEAD)
    assert letters(paid, "L11") == {"recruiter", "accountant"}


@proves("IDF-15", call=IDF)
def nothing_is_invented_where_the_call_is_silent(call: Call) -> None:
    # no opening day, no minimum of time at either place, no size of a project, no piece
    assert done(ready(call).on(date(2025, 1, 2)).attempt("submit", Hat.RECRUITER)).findings == ()
    for garance, lilas in ((10, 0), (0, 10), (1, 9)):
        life = half_days(complete(call), garance, lilas).changed(project=Project("projet-0001", 5))
        assert not done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).findings
    for event in (PieceEvent.FILING, PieceEvent.REPLACEMENT):
        assert requirements(call.clauses.pieces, event, PROFILE.sites) == ()
    notified = at(call, State.SELECTED).later(2).do("notify", Hat.HEAD)
    assert notified.dossier.award is not None
    assert notified.dossier.award.reply_by is None
    assert due_on(notified, DueKind.AWARD_REPLY) == []


@proves("IDF-15", call=IDF)
def places_stay_provisional_and_a_replacement_waits_for_its_list_of_pieces(call: Call) -> None:
    place = warned(judged(call).attempt("select", Hat.HEAD), "quota_unknown", "A18").after.place
    assert place is not None
    assert place.status is PlaceStatus.PROVISIONAL
    decision = at(call, State.WITHDRAWN).later(5).do("propose_replacement", Hat.RECRUITER)
    held(decision.attempt("replace", Hat.HEAD), "replacement_pieces_unconfirmed", "A10")


@proves("IDF-15", call=IDF)
def every_silence_is_told(call: Call) -> None:
    assert silences(call, "IDF-15") == {
        "La date d’ouverture du dépôt.",
        "Le nombre de postes qu’un projet peut grouper.",
        "L’appel ne fixe aucun temps minimal dans l’une ou l’autre structure.",
        "L’appel ne dit rien de contrats d’un an.",
        "L’appel ne liste aucune pièce à joindre au dépôt.",
        "Le délai de réponse à un poste offert depuis la liste complémentaire.",
        "À qui le résultat est notifié.",
        "Le délai pour accepter l’attribution.",
        "Traitement de base, 1re ou 2e année : le montant (brut par mois).",
        "Indemnité d’engagement de service public exclusif (IESPE) : le montant (brut par mois).",
        "Prime d’exercice territorial (PET) : le montant (brut par mois).",
        "Le taux des charges patronales.",
        "Le coût de référence d’un poste.",
        "Ce qui compte dans le coût du poste.",
        "À quel établissement vont les crédits.",
        "La ligne de crédits.",
        "Postes du 12e appel : le nombre de postes. Tant qu’il manque, un poste n’est attribué que sous réserve (A18).",
    }


enforced("IDF-01", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("IDF-02", "workflows.guards.gates.project_findings")
enforced("IDF-03", "workflows.guards.gates.project_findings")
enforced("IDF-04", "workflows.money.cost.rate_of", "workflows.money.monthly.monthly_amount")
informative("IDF-05", "le partage du reste entre les deux partenaires se règle hors du dossier")
enforced("IDF-06", "workflows.guards.award.award_content", "workflows.contract.planned_end")
enforced("IDF-07", "workflows.guards.gates.project_findings", "workflows.specialties.in_group")
enforced("IDF-08", "workflows.guards.post.renewal_allowed", "workflows.guards.award.award_content")
informative("IDF-09", "le contenu des missions s’affiche, rien ne le mesure")
informative("IDF-10", "critère du jury, affiché")
informative("IDF-11", "critères du jury, affichés")
enforced("IDF-12", "workflows.guards.depositors.right_depositors", "workflows.guards.depositors.comes_as_asked")
enforced("IDF-13", "workflows.guards.filing.call_open", "workflows.guards.filing.received_in_time")
enforced("IDF-14", "workflows.guards.committee.session_open", "workflows.guards.committee.opinion_sound")
enforced("IDF-15", "workflows.calls.sources.UnknownValueError", "workflows.calls.explain.sentences")
