"""Nouvelle-Aquitaine 2024: its committee, its money to the cent, its repayment clause, what it does not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.builders import Hat
from tests.profiles import PROFILES
from tests.rules.registry import enforced, proves
from tests.rules.scene import (
    NA,
    at,
    complete,
    done,
    due_on,
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
from workflows.account.worth import to_repay
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call
from workflows.due import DueKind
from workflows.money.mismatch import cost_mismatch
from workflows.money.monthly import monthly_amount
from workflows.money.schedule import Schedule, planned
from workflows.money.terms import PostTerms
from workflows.parts.places import PlaceStatus
from workflows.parts.requests import EndReason
from workflows.states import State

PROFILE = PROFILES[NA]
POST = PostTerms("I", PROFILE.plan, PROFILE.sites)
START, END = date(2024, 11, 1), date(2026, 10, 31)


def _schedule(call: Call, start: date = START, end: date = END) -> Schedule:
    return planned(call.clauses.funding, POST, start, end)


# The committee and the result.


@proves("NA-27", call=NA)
def the_committee_sits_in_july_2024(call: Call) -> None:
    for day in (date(2024, 7, 1), date(2024, 7, 31)):
        assert done(complete(call).on(day).attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    late = complete(call).on(date(2024, 8, 1)).attempt("put_to_committee", Hat.INSTRUCTOR)
    refused(late, "session_over", "NA-27")
    other = complete(call).attempt("put_to_committee", Hat.INSTRUCTOR, session="septembre-2024")
    assert other.findings[0].code == "session_unknown"


@proves("NA-27", call=NA)
def an_opinion_of_another_month_is_pointed_out(call: Call) -> None:
    life = at(call, State.COMMITTEE).on(date(2024, 8, 5))
    assert life.dossier.committee is not None
    early = replace(life.dossier.committee, put_on=date(2024, 6, 24))
    for day in (date(2024, 7, 1), date(2024, 7, 31)):
        answer = life.changed(committee=early).attempt("record_opinion", Hat.INSTRUCTOR, judged_on=day)
        assert not done(answer).findings
    for day in (date(2024, 6, 30), date(2024, 8, 1)):
        answer = life.changed(committee=early).attempt("record_opinion", Hat.INSTRUCTOR, judged_on=day)
        warned(answer, "opinion_off_session", "NA-27")
    shown(call, "[NA-27]", "Une commission examine les dossiers.")


@proves("NA-28", call=NA)
def every_candidate_hears_of_the_result(call: Call) -> None:
    # the others are told by default
    told = letters(at(call, State.SELECTED).later(2).attempt("notify", Hat.HEAD), "L8")
    assert told == {"candidate", "recruiter", "partners"}
    assert "candidate" in letters(judged(call).attempt("reject", Hat.HEAD), "L10")
    assert "candidate" in letters(judged(call).attempt("put_on_reserve", Hat.HEAD), "L9")
    shown(call, "[NA-28]", "Le résultat est notifié au candidat.")


# The money.


@proves("NA-17", call=NA)
def half_of_the_cost_of_a_post(call: Call) -> None:
    # half of what the printed elements give, then half of the printed cost
    assert monthly_amount(call.clauses.funding, POST, 1).computed == Decimal("3249.78")
    for year in (1, 2):
        part = monthly_amount(call.clauses.funding, POST, year, "cout_charge")
        assert (part.amount, part.computed, part.settled) == (Decimal("3249.79"), Decimal("3249.78"), True)
    shown(call, "[NA-17]", "L’agence prend en charge 50 % du coût pris en compte.")


@proves("NA-18", call=NA)
def the_printed_amount_is_paid_each_month(call: Call) -> None:
    month = monthly_amount(call.clauses.funding, POST, 1)
    assert (month.amount, month.yearly, month.printed, month.settled) == (Decimal("3249.79"), Decimal(0), True, True)
    schedule = _schedule(call)
    assert schedule.total == Decimal("77994.96")
    years = {2024: Decimal("6499.58"), 2025: Decimal("38997.48"), 2026: Decimal("32497.90")}
    assert dict(schedule.by_budget_year) == years
    # after 1, 5, 12, 14 and 24 months
    cumulated = [str(sum(line.amount for line in schedule.lines[:n])) for n in (1, 5, 12, 14, 24)]
    assert cumulated == ["3249.79", "16248.95", "38997.48", "45497.06", "77994.96"]


@proves("NA-18", call=NA)
def a_year_and_parts_of_a_month(call: Call) -> None:
    one_year = _schedule(call, end=date(2025, 10, 31))
    assert dict(one_year.by_budget_year) == {2024: Decimal("6499.58"), 2025: Decimal("32497.90")}
    assert _schedule(call, date(2024, 11, 4), date(2024, 11, 30)).total == Decimal("2924.81")
    assert _schedule(call, date(2024, 11, 1), date(2024, 11, 20)).total == Decimal("2166.53")
    # deferred by two months: the same total with the duration kept, two months less with the end kept
    assert _schedule(call, date(2025, 1, 1), date(2026, 12, 31)).total == Decimal("77994.96")
    assert _schedule(call, date(2025, 1, 1)).total == Decimal("71495.38")


@proves("NA-19", call=NA)
def the_reference_cost_and_the_cent_its_elements_lack(call: Call) -> None:
    found = cost_mismatch(call.clauses.funding, POST)
    assert found is not None
    assert (str(found.printed), str(found.computed), str(found.difference)) == ("6499.58", "6499.57", "0.01")
    part = monthly_amount(call.clauses.funding, POST, 1).mismatches[1]
    assert (str(part.printed), str(part.computed)) == ("3249.79", "3249.78")


@proves("NA-19", call=NA)
def the_elements_of_the_cost(call: Call) -> None:
    shown(
        call,
        "[NA-19]",
        "Traitement de base, 1re ou 2e année : 2 803,59 € brut par mois.",
        "Indemnité d’engagement de service public exclusif (IESPE) : 1 010,00 € brut par mois.",
        "Prime d’exercice territorial (PET) : 700,00 € brut par mois.",
        "Charges patronales : 44 % des éléments qui en portent.",
        "Coût de référence d’un poste : 6 499,58 € par mois ; il prévaut sur la somme calculée.",
    )


@proves("NA-20", call=NA)
def the_recruiter_is_credited(call: Call) -> None:
    answer = at(call, State.NOTIFIED).later(3).attempt("notify_money", Hat.HEAD)
    assert letters(answer, "L11") == {"recruiter", "accountant"}
    notice = done(answer).after.money_notice
    assert notice is not None
    assert notice.total == Decimal("77994.96")
    shown(call, "[NA-20]", "Les crédits vont à l’établissement recruteur.")


@proves("NA-21", call=NA)
def leaving_for_a_chef_de_clinique_post_may_cost_the_whole(call: Call) -> None:
    life = at(call, State.ENDED)  # seven months served, two tranches delegated
    found = to_repay(life.dossier, call, date(2025, 5, 31), cca=True)
    assert (found.paid, found.served) == (Decimal("45497.06"), Decimal("22748.53"))
    assert {reading.value: str(found.by_reading[reading]) for reading in found.available} == {
        "prorata": "22748.53",
        "integral": "45497.06",
        "annee_contrat": "45497.06",
    }
    proposal = done(life.attempt("open_clawback", Hat.CLOCK)).after.repayment
    assert proposal is not None
    assert (proposal.amounts.integral, proposal.decided) == (Decimal("45497.06"), None)


@proves("NA-21", call=NA)
def another_departure_gives_back_the_months_not_served(call: Call) -> None:
    found = to_repay(at(call, State.ENDED).dossier, call, date(2025, 5, 31), cca=False)
    assert found.available == (RepaymentReading.PRORATA,)
    assert found.amount == Decimal("22748.53")


@proves("NA-21", call=NA)
def another_hospital_university_post_gives_back_no_more(call: Call) -> None:
    # the reason people report is wider than the clause: only a chef de clinique’s post, dated, opens it
    life = at(call, State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR).on(date(2025, 6, 3))
    given = {"last_day": date(2025, 5, 31), "end_reason": EndReason.CCA_OR_HU}
    end = warned(life.attempt("record_end", Hat.INSTRUCTOR, **given), "cca_undated", "NA-21").after.end
    assert end is not None
    assert not end.cca
    dated = done(life.attempt("record_end", Hat.INSTRUCTOR, **given, cca_from=date(2025, 6, 1)))
    assert dated.after.end is not None
    assert dated.after.end.cca


@proves("NA-21", call=NA)
def the_agency_reserves_the_right_and_a_person_decides(call: Call) -> None:
    proposal = done(at(call, State.ENDED).attempt("open_clawback", Hat.CLOCK)).after.repayment
    assert proposal is not None
    assert (proposal.state.value, proposal.decided) == ("proposed", None)
    life = at(call, State.CLAWBACK)
    assert letters(life.attempt("start_contradictory", Hat.INSTRUCTOR), "L14") == {"recruiter"}
    life.do("prepare_relief", Hat.INSTRUCTOR)
    assert done(life.attempt("drop_repayment", Hat.HEAD)).after.repayment is not None


# What the call does not say.


@proves("NA-29", call=NA)
def every_silence_is_told(call: Call) -> None:
    pending = "Tant qu’il manque, un poste n’est attribué que sous réserve (A18)."
    assert silences(call, "NA-29") == {
        "La date d’ouverture du dépôt.",
        "Si le recruteur et ses partenaires doivent être des entités juridiques différentes.",
        "L’appel ne nomme pas un par un les établissements prioritaires.",
        "L’appel ne dit rien des mois incomplets ni d’un exercice à temps partiel.",
        "Le délai de réponse à un poste offert depuis la liste complémentaire.",
        "Le délai pour accepter l’attribution.",
        "La ligne de crédits.",
        "La durée d’un renouvellement.",
        "Combien de fois un poste se renouvelle.",
        f"Postes de la campagne 2024 : le nombre de postes. {pending}",
    }


@proves("NA-29", call=NA)
def nothing_is_invented_where_the_call_is_silent(call: Call) -> None:
    # no opening day, no acceptance period, no rule against one legal entity
    assert done(ready(call).on(date(2024, 1, 2)).attempt("submit", Hat.CANDIDATE)).target is State.SUBMITTED
    notified = at(call, State.SELECTED).later(2).do("notify", Hat.HEAD)
    assert notified.dossier.award is not None
    assert notified.dossier.award.reply_by is None
    assert due_on(notified, DueKind.AWARD_REPLY) == []
    mirabelle, tilleuls = PROFILE.sites
    same = placed(complete(call), mirabelle, replace(tilleuls, legal_entity=mirabelle.legal_entity))
    assert not done(same.attempt("put_to_committee", Hat.INSTRUCTOR)).findings


@proves("NA-29", call=NA)
def without_a_quota_places_are_provisional_and_a_renewal_waits_for_a_head(call: Call) -> None:
    decision = warned(judged(call).attempt("select", Hat.HEAD), "quota_unknown", "A18")
    assert decision.after.place is not None
    assert decision.after.place.status is PlaceStatus.PROVISIONAL
    for months in (6, 12, 24):
        held(at(call, State.IN_POST).attempt("renew", Hat.HEAD, months=months), "renewal_silent", "A31")
    # nor has the agency signed the reading of the repayment clause (A1)
    assert warnings(judged(call).attempt("select", Hat.HEAD)) == {"quota_unknown", "reading_unsigned"}


enforced("NA-17", "workflows.money.monthly.monthly_amount", "workflows.money.cost.rate_of")
enforced("NA-18", "workflows.money.monthly.monthly_amount", "workflows.money.schedule.planned")
enforced("NA-19", "workflows.money.mismatch.cost_mismatch", "workflows.money.cost.part_from_components")
enforced("NA-20", "workflows.acts.money.credited")
enforced("NA-21", "workflows.money.repayment.repayment", "workflows.guards.repayment.money_due")
enforced("NA-21", "workflows.guards.cca.leaves_as_cca")
enforced("NA-27", "workflows.guards.committee.session_open", "workflows.guards.committee.opinion_sound")
enforced("NA-28", "workflows.acts.told.of_result")
enforced("NA-29", "workflows.calls.sources.UnknownValueError", "workflows.calls.explain.sentences")
