"""What letters say: every mandatory mention of the reference, read in the PDF; names that stay names."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pypdf
import pytest

from tests.builders import Hat, call_of, rewritten
from tests.letters.office import read
from tests.letters.pressed import COMMON, REMEDIES, pdf_of, plain, produces, says, text_of
from tests.lives import Life, life_of
from tests.profiles import PROFILES
from tests.workflows.cases import printed as printed_value
from tests.workflows.cases import ruled
from tests.workflows.test_commitments import replaced, started, vacated
from workflows.calls.funding import TranchePattern
from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.letters.award import award_letter
from workflows.letters.contradictory import RepaymentNoticeLetter
from workflows.letters.data import printed
from workflows.letters.kinds import KINDS
from workflows.letters.matter import Matter, NothingToTellError
from workflows.letters.members import changed
from workflows.letters.money import money_letter
from workflows.letters.remedies import remedies
from workflows.states import State

HOSTILE = ['#include("x")', "*_$<@ = [a] \\ // `b`", "\"'«»", "Bleuet " * 57, "x" * 400, "</w:p>&amp;<b>"]


def served(call: Call) -> Call:
    """The call once its agency has said which service writes."""
    authority = replace(call.authority, service="Bureau des Glycines", email="glycines@ars.example")
    return replace(call, authority=authority)


@cache
def life(call_id: str, state: State) -> Life:
    return life_of(call_id).to(state)


def matter_of(code: str, of: Life, to: Addressee = Addressee.RECRUITER, **more: Any) -> Matter:
    view = of.dossier
    party = {Addressee.ACCOUNTANT: None, Addressee.CANDIDATE: view.candidate.id if view.candidate else None}.get(
        to, view.recruiter.id if view.recruiter else None
    )
    given: dict[str, Any] = {
        "view": view,
        "call": served(of.call),
        "party": party,
        "names": {view.candidate.id: "Capucine Bleuet"} if view.candidate else {},
    }
    return Matter(code=code, to=to, decided_on=of.today, **{**given, **more})


@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025", "ara-2017"])
@produces(("L8", "na-2024"), ("L8", "idf-2025"), ("L8", "ara-2017"))
def test_an_award_says_what_it_must(call_id: str) -> None:
    of = life(call_id, State.NOTIFIED)
    matter = matter_of("L8", of)
    data = KINDS["L8"].build(matter)
    text = text_of("L8", data)
    assert matter.missing == []
    says(text, *COMMON, *REMEDIES, of.dossier.number, of.call.authority.name, of.call.digest[:12])
    says(
        text, "Répartition du temps de travail", "Prise de fonctions", "Durée", "Désistement", "Report", "Fin anticipée"
    )
    for clause in of.call.clauses.funding.repayment_clauses:
        says(text, " ".join(clause.text.replace("\u00a0", " ").replace("\u202f", " ").split()), clause.rule)
    for site in of.dossier.sites:
        says(text, site.name, site.id)


def test_an_award_of_nouvelle_aquitaine_to_the_cent() -> None:
    text = text_of("L8", KINDS["L8"].build(matter_of("L8", life("na-2024", State.NOTIFIED))))
    says(text, "Prise de fonctions : 1er novembre 2024", "Fin du poste : 31 octobre 2026", "Durée : 24 mois")
    says(text, "50 %", "3 249,79 € (trois mille deux cent quarante-neuf euros et soixante-dix-neuf centimes)")
    says(text, "77 994,96 € (soixante-dix-sept mille neuf cent quatre-vingt-quatorze euros et quatre-vingt-seize")
    says(text, "1er novembre 2024 2024 6 499,58 €", "1er janvier 2025 2025 38 997,48 €", "2026 32 497,90 €")
    says(text, "NA-13", "NA-17", "NA-18", "NA-21", "L. 411-2")


#: What only a clause of the call may say as a rule, in an award: what asks it, and how it is told then.
DUTIES = {
    "clauses.award.presence_days": (30, "une fois la présence du médecin confirmée", "demande à l’établissement"),
    "clauses.end.declare_within_days": (8, "déclarer dans les 8 jours", "déclarer dès qu’elle est connue"),
    "clauses.deferral.tell_within_days": (8, "dans les 8 jours qui suivent le fait", "avant la prise de fonctions"),
    "clauses.deferral.duty": (True, "(clause NA-99)", "avant la prise de fonctions"),
}


@pytest.mark.parametrize("path", DUTIES)
def test_an_award_tells_a_duty_as_a_rule_only_where_the_call_prints_it(path: str) -> None:
    of, (value, rule, asked) = life("na-2024", State.NOTIFIED), DUTIES[path]
    for origin, printed_there in ((Origin.DEFAULT, False), (Origin.PRINTED, True)):
        source = Sourced(value, origin, "NA-99" if printed_there else "A47")
        data = KINDS["L8"].build(matter_of("L8", of, call=rewritten(served(of.call), path, source)))
        text = read(pdf_of("L8", data))
        assert (rule in text, asked in text) in ({(True, True), (True, False)} if printed_there else {(False, True)})


def test_an_award_without_a_clause_says_that_credits_may_be_asked_back() -> None:
    """A3: recovery is never automatic."""
    text = text_of("L8", KINDS["L8"].build(matter_of("L8", life("idf-2025", State.NOTIFIED))))
    says(text, "ne prévoit pas de clause de reversement", "peuvent être recouvrés")


@pytest.mark.parametrize("call_id", PROFILES)
def test_an_award_cites_clauses_of_its_call_and_no_default(call_id: str) -> None:
    of = life(call_id, State.NOTIFIED)
    code = "L8" if of.dossier.award and not of.dossier.award.conditional else "L8b"
    data = KINDS["L8"].build(replace(matter_of("L8", of), code=code))
    assert data.rules
    assert all(rule.startswith(of.call.rules.prefix) for rule in data.rules)


def test_an_unknown_cost_is_told_and_no_amount_is() -> None:
    of = life("idf-2025", State.NOTIFIED)
    bare = served(call_of("idf-2025", completed=False))
    data = KINDS["L8"].build(matter_of("L8", of, call=bare))
    text = text_of("L8", data)
    says(text, "Le coût du poste n’est pas encore arrêté", "notification financière distincte")
    assert "€" not in text


@pytest.mark.parametrize("to", [Addressee.RECRUITER, Addressee.ACCOUNTANT])
@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025"])
@produces(("L11", "na-2024"), ("L11", "idf-2025"))
def test_a_financial_notification_says_what_it_must(call_id: str, to: Addressee) -> None:
    of = life(call_id, State.NOTIFIED).copy()
    of.do("notify_money", Hat.HEAD)
    line = Sourced("FIR", Origin.CHOICE, "agence")
    call = rewritten(served(of.call), "clauses.funding.line", line)
    data = KINDS["L11"].build(matter_of("L11", of, to, call=call))
    text = text_of("L11", data)
    says(text, *COMMON, "Ligne budgétaire : FIR", "La tranche à déléguer", "sur l’exercice")
    assert [way in text for way in REMEDIES] == [to is Addressee.RECRUITER] * len(REMEDIES)
    recruiter = of.dossier.recruiter
    assert recruiter is not None
    says(text, f"31 décembre {of.today.year + 3}", "L. 1435-10", recruiter.legal_entity)
    notice = of.dossier.money_notice
    assert notice is not None
    says(text, printed(notice.total)["words"])


def test_a_financial_notification_without_its_line_lacks_a_mention() -> None:
    of = life("na-2024", State.NOTIFIED).copy()
    of.do("notify_money", Hat.HEAD)
    matter = matter_of("L11", of)
    KINDS["L11"].build(matter)
    assert ["ligne budgétaire" in gap.sentence for gap in matter.missing] == [True]


def test_a_notification_made_again_plans_what_is_financed_and_keeps_the_first_lapse() -> None:
    """6 499,58 delegated, a month without a doctor, a quotité lowered then raised: only what that adds is of 2025."""
    of = ruled(life("na-2024", State.NOTIFIED).copy(), "clauses.funding.line", printed_value("FIR", "NA-17"))
    of = ruled(of, "clauses.funding.scaled_by_contract", printed_value(True, "NA-17")).to(State.IN_POST).later(3)
    of.do("record_tranche", Hat.INSTRUCTOR)
    started(replaced(vacated(of, date(2025, 4, 1)), date(2025, 5, 1)), date(2025, 5, 1)).later(3)
    for share in (Fraction(1, 2), Fraction(1)):
        of.do("change_contract_share", Hat.HEAD, share=share, since=date(2026, 6, 1)).do("notify_money", Hat.HEAD)
    data = money_letter(matter_of("L11", of))
    assert data.tranche is not None
    planned = of.attempt("record_tranche", Hat.INSTRUCTOR, budget_year=2025, amount=data.tranche.amount)
    assert "tranche_pattern_differs" not in {f.code for f in planned.findings}
    text = text_of("L11", data)
    says(text, "77 994,96 €", "Dont mois sans médecin, qui ne sont pas délégués : 3 249,79 €", "2025 35 747,69 €")
    says(text, "Parmi les crédits qui restent à déléguer", "après le 31 décembre 2027", "après le 31 décembre 2028")


def test_a_notification_does_not_plan_credits_on_a_budget_year_that_is_over() -> None:
    """Every tranche at the start, in 2024; two months financed in March 2026 are to be delegated on 2026 (A48)."""
    of = ruled(life("na-2024", State.IN_POST).copy(), "clauses.funding.line", printed_value("FIR", "NA-17")).later(3)
    of = ruled(of, "clauses.funding.tranches", printed_value(TranchePattern.AT_START, "A48"))
    of.do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.96"))
    of.on(date(2026, 3, 10)).do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    of.later(1).do("notify_money", Hat.HEAD)
    data = money_letter(matter_of("L11", of))
    assert data.tranche is not None
    assert (data.tranche.budget_year, data.tranche.due_on) == (2026, date(2026, 3, 11))
    assert data.tranche.amount == Decimal("6499.58")


def clawback(call_id: str) -> Life:
    """A post that ended early for a post of chef de clinique, with the repayment put to the recruiter."""
    of = life(call_id, State.CLAWBACK).copy()
    of.do("start_contradictory", Hat.INSTRUCTOR)
    return of


@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025"])
@produces(("L14", "na-2024"), ("L14", "idf-2025"))
def test_a_finding_of_an_early_end_says_what_it_must(call_id: str) -> None:
    of = clawback(call_id)
    data = KINDS["L14"].build(matter_of("L14", of))
    text = text_of("L14", data)
    end, repayment = of.dossier.end, of.dossier.repayment
    assert end is not None
    assert repayment is not None
    says(
        text, *COMMON, "Aucune décision n’est encore prise", "observations écrites", "observations orales", "un conseil"
    )
    says(text, "30 jours à compter de la réception", printed(end.last_day).replace("\u00a0", " "))
    says(text, printed(repayment.proposed)["words"], "Total versé", "Mois servis", "Restent acquis les mois servis")
    assert isinstance(data, RepaymentNoticeLetter)
    assert f"−{plain(printed(data.calculation.kept)['figures'])}" in text
    assert "− " not in text  # a minus sign holds to its figure
    assert "Voies et délais de recours" not in text
    crpa = of.call.clauses.regime_crpa.value is not False
    assert ("L. 122-1" in text) is crpa
    assert ("bien que le code des relations" in text) is not crpa


def test_who_lives_beyond_the_sea_has_a_month_more() -> None:
    na, guyane = call_of("na-2024"), call_of("guyane-2020")
    mainland = life("na-2024", State.NOTIFIED).dossier.sites[0]
    there = replace(mainland, department="973")
    assert (remedies(na, mainland).court, remedies(na, mainland).far_away) == ("deux mois", False)
    assert (remedies(na, there).court, remedies(na, there).far_away) == ("trois mois", True)
    assert (remedies(guyane, there).court, remedies(guyane, mainland).court) == ("deux mois", "trois mois")
    person = remedies(na, None)
    assert (person.court, person.distant, person.abroad) == ("deux mois", "trois mois", "quatre mois")
    assert all(remedies(call, None).appeal == "deux mois" for call in (na, guyane))


def test_a_person_reads_the_condition_of_distance() -> None:
    of = life("na-2024", State.NOTIFIED)
    text = text_of("L8", KINDS["L8"].build(matter_of("L8", of, Addressee.CANDIDATE)))
    says(text, "Capucine Bleuet", "trois mois si vous demeurez outre-mer", "quatre mois si vous demeurez à l’étranger")
    says(text, "ne vaut pas pour un recours gracieux")


@pytest.mark.parametrize(
    ("call_id", "department", "where"),
    [("na-2024", "974", "outre-mer"), ("guyane-2020", "33", "hors de la collectivité où le tribunal a son siège")],
)
def test_an_establishment_beyond_the_sea_reads_why_it_has_a_month_more(
    call_id: str, department: str, where: str
) -> None:
    matter = matter_of("L8", life(call_id, State.NOTIFIED))
    away = tuple(replace(site, department=department) for site in matter.view.sites)
    text = text_of("L8", KINDS["L8"].build(replace(matter, view=replace(matter.view, sites=away))))
    says(text, "dans les trois mois qui suivent sa réception", "articles R. 421-1 et R. 421-7 : ce délai est augmenté")
    says(text, f"d’un mois, car vous demeurez {where}).")


def test_an_address_that_does_not_fit_the_line_is_copied_whole() -> None:
    matter, address = (
        matter_of("L8", life("na-2024", State.NOTIFIED)),
        "les-assistants-a-temps-partage@glycines.example",
    )
    call = replace(matter.call, authority=replace(matter.call.authority, email=address))
    content = pdf_of("L8", KINDS["L8"].build(replace(matter, call=call)))
    assert address in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text().replace("\n", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_a_name(name: str) -> None:
    of = life("na-2024", State.NOTIFIED)
    view = of.dossier
    sites = tuple(replace(site, name=name) for site in view.sites)
    named = {view.candidate.id: name} if view.candidate else {}
    data = KINDS["L8"].build(matter_of("L8", of, view=replace(view, sites=sites), names=named))
    text = text_of("L8", data).replace(" ", "")
    assert name.replace(" ", "") in text


def test_what_has_gone_leaves_nothing_to_tell() -> None:
    of = life("na-2024", State.NOTIFIED)
    bare: Dossier = replace(of.dossier, award=None)
    for code in ("L8", "L11", "L14"):
        with pytest.raises(NothingToTellError):
            KINDS[code].build(matter_of(code, of, view=bare))


def test_a_change_is_told_by_its_label() -> None:
    of = life("na-2024", State.NOTIFIED)
    before = KINDS["L8"].build(matter_of("L8", of))
    award = of.dossier.award
    assert award is not None
    moved = replace(of.dossier, award=replace(award, planned_start=date(2025, 5, 2)))
    after = KINDS["L8"].build(matter_of("L8", of, view=moved, names={}))
    labels = changed(printed(before), printed(after), type(before))
    assert "Prise de fonctions" in labels
    assert "Médecin" in labels
    assert "Spécialité" not in labels


def test_an_amount_of_a_milliard_is_an_error_and_no_letter() -> None:
    of = life("na-2024", State.NOTIFIED)
    data = award_letter(matter_of("L8", of))
    with pytest.raises(ValueError, match="milliard"):
        printed(replace(data, total=Decimal("1000000000.00")))


def test_reasons_keep_their_paragraphs_and_names_stay_on_a_line() -> None:
    matter = matter_of("L8", life("na-2024", State.NOTIFIED), reason="Le projet.\r\n\r\nLe\u200b poste.\n")
    assert printed(matter.written()) == "Le projet.\nLe poste."
    assert printed("CH de\nMirabelle") == "CH de Mirabelle"
