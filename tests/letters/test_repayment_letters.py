"""What the letters of a repayment say: every mandatory mention, read in the PDF; one page for each letter and call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from tests.builders import Hat, finess, rewritten, siret
from tests.letters.pressed import COMMON, REMEDIES, produces, says, text_of
from tests.letters.test_content import HOSTILE, matter_of
from tests.lives import Life, life_of
from tests.workflows import repaying
from tests.workflows.repaying import on_line
from tests.workflows.test_overpayment import TOO_MUCH, overpaid
from workflows.calls.funding import RepaymentReading, Vehicle
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Refused
from workflows.effects import Addressee, EffectKind
from workflows.letters.data import printed
from workflows.letters.kinds import KINDS
from workflows.letters.matter import Attached, Matter, NothingToTellError
from workflows.letters.money import money_letter
from workflows.letters.repayment import title_letter
from workflows.parts.claims import ClaimState
from workflows.parts.credits import NotifiedSum
from workflows.parts.reliefs import Relief
from workflows.states import State

REASON = "Vos horaires ne changent pas le nombre de mois servis."
CALLS = ("na-2024", "idf-2025")
RECRUITER, ACCOUNTANT = Addressee.RECRUITER, Addressee.ACCOUNTANT


def matter(code: str, of: Life, to: Addressee = RECRUITER, **more: Any) -> Matter:
    """The letter that the last act that asked for it would make, with what that act said."""
    asked = [
        effect
        for done in of.journal
        for effect in done.effects
        if (effect.kind, effect.name, effect.to) == (EffectKind.LETTER, code, to)
    ]
    assert asked, f"no act asked for {code} to {to}"
    given = {
        "details": asked[-1].details,
        "reason": REASON,
        "attached": Attached("2026-0003"),
        "entry": of.dossier.version,
    }
    return matter_of(code, on_line(of.copy(), "FIR"), to, **{**given, **more})


def built(code: str, of: Life, to: Addressee = RECRUITER, **more: Any) -> Any:
    """Its data, which lack nothing mandatory."""
    told = matter(code, of, to, **more)
    data = KINDS[code].build(told)
    assert told.missing == []
    assert not [rule for rule in data.rules if rule.startswith("A") and rule[1:].isdigit()]
    return data


def words(value: Decimal) -> str:
    said: str = printed(value)["words"]
    return said


def figures(value: Decimal) -> str:
    said: str = printed(value)["figures"]
    return said.replace("\u00a0", " ").replace("\u202f", " ")


@cache
def decided(call_id: str) -> Life:
    return repaying.decided(call_id)


def put(life: Life) -> Life:
    """An overpayment opened and put to the recruiter."""
    return life.later(10).do("open_overpayment", Hat.INSTRUCTOR).do("start_contradictory", Hat.INSTRUCTOR)


@cache
def contradictory_overpayment() -> Life:
    return put(overpaid())


# L14: without an end.


def test_a_finding_of_an_overpayment_supposes_no_end() -> None:
    data = built("L14", contradictory_overpayment())
    text = text_of("L14", data)
    assert (data.end, data.clause, data.amount) == (None, None, TOO_MUCH)
    says(text, "Constat d’un trop-perçu", "plus que ce que prévoit son échéancier", "Trop-perçu connu de l’agence le")
    says(text, "500,00 € (cinq cents euros)", "Total versé 78 494,96 €", "77 994,96 €", "article", "1302-1")
    says(text, "Aucune décision n’est encore prise", "observations orales", "un conseil")
    for wrong in ("fin anticipée", "Dernier jour de fonctions", "Motif du départ", "mois qui n’ont pas été servis"):
        assert wrong not in text, wrong


def test_a_finding_of_an_overpayment_tells_what_lowered_the_schedule() -> None:
    of = repaying.in_post("idf-2025", Decimal("93594.00"))
    of.under(rewritten(of.call, "clauses.funding.scaled_by_contract", Sourced(True, Origin.CHOICE, "A41")))
    of.do("change_contract_share", Hat.HEAD, share=Fraction(4, 5))
    data = built("L14", put(of))
    (change,) = data.changes
    assert change.amount == -data.amount < 0
    text = text_of("L14", data)
    says(text, *COMMON, "Ce qui a réduit l’échéancier du poste", change.act, figures(change.amount), words(data.amount))
    assert "L. 122-1" not in text


def test_a_recruiter_heard_again_is_told_all_that_lowered_the_schedule() -> None:
    of = repaying.heard_again("idf-2025", Decimal("93594.00"))
    data = built("L14", of)
    assert [change.amount for change in data.changes] == [Decimal("-18640.81"), Decimal("-27181.37")]
    assert data.amount == Decimal("45822.18") == -sum(change.amount for change in data.changes)
    asked = [n for n, done in enumerate(of.journal, 1) if any(e.name == "L14" for e in done.effects)]
    first = built("L14", of, entry=of.dossier.version - len(of.journal) + asked[0])
    assert [change.amount for change in first.changes] == [Decimal("-18640.81")]


def test_a_finding_shows_what_was_paid_and_not_what_was_only_notified() -> None:
    of = repaying.proposed(amount=Decimal("60000.00"), notified=repaying.WHOLE).later(2)
    data = built("L14", of.do("start_contradictory", Hat.INSTRUCTOR))
    sums = data.calculation
    assert [line.amount for line in sums.paid] == [sums.total_paid] == [Decimal("60000.00")]
    assert (sums.total_earned, sums.due) == (repaying.SERVED, Decimal("60000.00") - repaying.SERVED)
    assert sum((line.amount for line in sums.earned), Decimal(0)) == sums.total_earned
    assert sums.time == "14 mois"


# L15.


@pytest.mark.parametrize("call_id", CALLS)
@produces(("L15", "na-2024"), ("L15", "idf-2025"))
def test_a_decision_of_repayment_says_what_it_must(call_id: str) -> None:
    of = decided(call_id)
    data = built("L15", of)
    text, repayment = text_of("L15", data), repaying.current(of)
    assert repayment.decided is not None
    says(text, *COMMON, *REMEDIES, of.dossier.number, "Décision de reversement")
    says(text, *(f"version {of.call.digest[:12]}" for _ in data.rules[:1]), *data.rules)
    says(text, figures(repayment.decided), words(repayment.decided), REASON, "Vous avez présenté des observations le")
    says(text, "Bases de la liquidation", "Crédits versés", "Total versé", "Mois servis", "À reverser selon ce calcul")
    says(text, "titre de recettes", "ligne budgétaire FIR", "réclamation", "article 118", "art. 24")
    assert repayment.debtor is not None
    says(text, repayment.debtor.name, f"FINESS {repayment.debtor.legal_entity}")
    crpa = of.call.clauses.regime_crpa.value is not False
    assert ("L. 122-1, L. 211-2 et L. 242-2" in text) is crpa
    clause = of.call.clauses.funding.repayment_clauses
    assert ("(clause NA-21)" in text) is bool(clause)
    assert ("ne prévoit pas de clause de reversement" in text) is (not clause)


def test_the_reference_of_nouvelle_aquitaine_to_the_cent() -> None:
    """6.1, V3, C2, all paid at the start: 77 994,96 paid, 45 497,06 served, 32 497,90 asked."""
    sums = built("L15", decided("na-2024")).calculation
    assert (sums.total_paid, sums.total_earned, sums.due) == (repaying.WHOLE, repaying.SERVED, repaying.UNSERVED)
    assert (sums.kept, sums.asked) == (repaying.SERVED, None)
    first, second = sums.earned
    assert (first.months, first.served) == ("novembre\u00a02024 à octobre\u00a02025", "30/30")
    assert (second.months, second.amount) == ("novembre et décembre\u00a02025", Decimal("6499.58"))


@pytest.mark.parametrize(
    ("value", "kept", "said"),
    [
        (RepaymentReading.INTEGRAL, Decimal("0.00"), "tous les crédits versés"),
        (RepaymentReading.CONTRACT_YEAR, Decimal("38997.48"), "années de contrat terminées"),
    ],
)
def test_each_reading_tells_what_stays_with_the_recruiter(value: RepaymentReading, kept: Decimal, said: str) -> None:
    """6.1, V3: C1 asks for all that was paid, C3 for all but the years of the contract that were completed."""
    of = repaying.answered(read=value)
    limit = repaying.current(of).amounts.of(value)
    data = built("L15", of.do("decide_repayment", Hat.HEAD, amount=limit))
    assert (data.calculation.kept, data.calculation.due) == (kept, repaying.WHOLE - kept)
    assert said in data.reading
    assert data.clause is not None


def test_less_than_announced_and_no_remarks_are_told() -> None:
    of = repaying.proposed().later(2).do("start_contradictory", Hat.INSTRUCTOR)
    of.later(1).prove("L14").later(40).do("decide_repayment", Hat.HEAD, amount=Decimal("1000.00"))
    data = built("L15", of)
    assert (data.lowered, data.remarks_on) == (True, None)
    text = text_of("L15", data)
    says(text, "L’agence n’en a pas reçu", "L’agence avait annoncé 32 497,90 €", "1 000,00 € (mille euros)")
    says(text, "Motifs de la décision : ")
    assert "réponse aux observations" not in text  # nobody made any


@pytest.mark.parametrize(
    ("vehicle", "said"),
    [
        (Vehicle.AMENDING_DECISION, "décision modificative qui diminue les crédits notifiés"),
        (Vehicle.OFFSET, "la retient sur une tranche"),
    ],
)
def test_the_way_it_comes_back_is_told(vehicle: Vehicle, said: str) -> None:
    text = text_of("L15", built("L15", repaying.answered().do("decide_repayment", Hat.HEAD, vehicle=vehicle)))
    says(text, said, "Aucun titre de recettes n’est émis")


def test_the_legal_successor_owes_and_is_named() -> None:
    of = decided("na-2024").copy()
    before = of.dossier.recruiter
    assert before is not None
    of.do("record_succession", Hat.HEAD, legal_entity=finess(870), name="CH des Tournesols", since=of.today)
    data = built("L15", of)
    assert (data.debtor.name, data.debtor.entity) == ("CH des Tournesols", finess(870))
    assert data.debtor.follows == before.name


def test_who_lives_beyond_the_sea_has_a_month_more_to_contest_it() -> None:
    of = decided("na-2024")
    away = tuple(replace(site, department="974") for site in of.dossier.sites)
    data = built("L15", of, view=replace(of.dossier, sites=away))
    assert data.remedies.court == "trois mois"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_and_a_reason_stay_text(name: str) -> None:
    of = decided("na-2024")
    debtor = replace(repaying.current(of).debtor, name=name)  # type: ignore[type-var]
    view = replace(of.dossier, repayments=(replace(repaying.current(of), debtor=debtor),))
    text = text_of("L15", built("L15", of, view=view, reason=name)).replace(" ", "")
    assert text.count(name.replace(" ", "")) >= 2


# L16.


@pytest.mark.parametrize("call_id", CALLS)
@produces(("L16", "na-2024"), ("L16", "idf-2025"))
def test_a_request_for_a_title_says_what_it_must(call_id: str) -> None:
    of = decided(call_id).copy().do("request_title", Hat.INSTRUCTOR)
    text, repayment = text_of("L16", built("L16", of, ACCOUNTANT)), repaying.current(of)
    assert repayment.decided is not None
    assert repayment.debtor is not None
    says(text, *COMMON, "Demande d’émission d’un titre de recettes", "agent comptable", repayment.debtor.name)
    says(text, f"SIRET : {siret(1)}", f"FINESS {repayment.debtor.legal_entity}", f"FINESS {repayment.debtor.site}")
    says(text, words(repayment.decided), "Bases de la liquidation", "Ligne budgétaire créditée : FIR")
    says(text, "Pièce jointe", "Décision de reversement n° 2026-0003 du", "art. 24")
    assert "Voies et délais" not in text


def test_a_title_is_for_what_is_still_due() -> None:
    of = repaying.relieved(decided("na-2024").copy(), Relief.REDUCED, Decimal("497.90")).do(
        "request_title", Hat.INSTRUCTOR
    )
    asked = matter("L16", of, ACCOUNTANT)
    repaying.relieved(of, Relief.REDUCED, Decimal("1000.00"))
    data = title_letter(replace(asked, view=of.dossier))
    assert (data.amount, data.settled) == (Decimal("32000.00"), Decimal("497.90"))


def test_a_title_names_its_debtor_by_a_siret_given_or_paid_before() -> None:
    unsaid = decided("na-2024").copy().do("request_title", Hat.INSTRUCTOR, siret=None)
    assert built("L16", unsaid, ACCOUNTANT).siret == "99000000000009"
    never_paid = decided("idf-2025")
    for given, code in ((None, "debtor_siret_missing"), ("12345678901234", "siret_wrong")):
        answer = never_paid.attempt("request_title", Hat.INSTRUCTOR, siret=given)
        assert isinstance(answer, Refused)
        assert answer.codes == {code}


def test_a_title_waits_for_the_number_of_its_decision() -> None:
    of = decided("na-2024").copy().do("request_title", Hat.INSTRUCTOR)
    waits = matter("L16", of, ACCOUNTANT, attached=None)
    KINDS["L16"].build(waits)
    assert ["produisez d’abord ce courrier" in gap.sentence for gap in waits.missing] == [True]
    assert built("L16", of, ACCOUNTANT, attached=Attached(None)).decision is None


# Reliefs, claims, abandonment.


@pytest.mark.parametrize(
    ("relief", "to", "said"),
    [
        (Relief.REDUCED, RECRUITER, ("cette part n’était pas due", "Reste dû : 32 397,90 €")),
        (Relief.REMITTED, RECRUITER, ("remise gracieuse", "La somme était due", "Reste dû : 32 397,90 €")),
        (Relief.WRITTEN_OFF, ACCOUNTANT, ("admettre en non-valeur", "La somme reste due", "À recouvrer encore")),
    ],
)
@produces(("relief_granted", "na-2024"))
def test_each_relief_is_an_act_of_its_own(relief: Relief, to: Addressee, said: tuple[str, ...]) -> None:
    of = repaying.relieved(decided("na-2024").copy(), relief, Decimal("100.00"))
    text = text_of("relief_granted", built("relief_granted", of, to))
    granted = repaying.current(of).movements[-1]
    says(text, *COMMON, *said, "100,00 € (cent euros)", REASON, str(granted.authority), "32 497,90 €")
    assert ("Voies et délais de recours" in text) is (to is RECRUITER)


@produces(("relief_granted", "idf-2025"))
def test_a_relief_of_an_agency_out_of_the_code_cites_none_of_it() -> None:
    of = repaying.relieved(decided("idf-2025").copy(), Relief.REMITTED, Decimal("100.00"))
    assert "relations entre le public" not in text_of("relief_granted", built("relief_granted", of))


def test_a_relief_after_the_title_is_told_to_the_accountant_and_stays_what_it_was() -> None:
    of = repaying.titled().copy()
    repaying.relieved(of, Relief.REMITTED, Decimal("497.90"))
    told = matter("relief_granted", of, ACCOUNTANT)
    repaying.relieved(of, Relief.REMITTED, Decimal("32000.00"))
    data: Any = KINDS["relief_granted"].build(replace(told, view=of.dossier))
    assert (data.amount, data.left, data.settled) == (Decimal("497.90"), Decimal("32000.00"), False)
    assert data.bill == repaying.current(of).title


def test_what_was_written_off_is_still_due_for_who_owes_it() -> None:
    of = repaying.relieved(repaying.titled().copy(), Relief.WRITTEN_OFF, Decimal("12497.90"))
    written_off = built("relief_granted", of, ACCOUNTANT)
    assert (written_off.before, written_off.left) == (repaying.UNSERVED, Decimal("20000.00"))
    repaying.relieved(of, Relief.REDUCED, Decimal("20497.90"))
    reduced = built("relief_granted", of)
    assert (reduced.before, reduced.amount, reduced.left) == (repaying.UNSERVED, Decimal("20497.90"), Decimal(12000))
    of.do("file_claim", Hat.RECRUITER).do("answer_claim", Hat.DG, outcome=ClaimState.REDUCED, granted=Decimal("500.00"))
    answer = built("claim_answer", of)
    assert (answer.standing, answer.left, answer.to_refund) == (Decimal("11500.00"), Decimal("11500.00"), None)


@pytest.mark.parametrize(
    ("call_id", "outcome", "granted", "said"),
    [
        ("na-2024", ClaimState.REDUCED, Decimal("500.00"), "d’accepter en partie votre réclamation"),
        ("idf-2025", ClaimState.REJECTED, None, "de rejeter votre réclamation"),
    ],
)
@produces(("claim_answer", "na-2024"), ("claim_answer", "idf-2025"))
def test_an_answer_to_a_claim_says_what_it_must(
    call_id: str, outcome: ClaimState, granted: Decimal | None, said: str
) -> None:
    of = decided(call_id).copy().do("file_claim", Hat.RECRUITER)
    of.later(3).do("answer_claim", Hat.DG, outcome=outcome, granted=granted)
    repayment = repaying.current(of)
    text = text_of("claim_answer", built("claim_answer", of))
    says(text, *COMMON, *REMEDIES, said, REASON, "Réclamation reçue le", "Montant contesté", "art. 118")
    says(text, f"Somme demandée désormais : {figures(repayment.standing)}", words(repayment.standing))
    assert ("La somme demandée ne change pas" in text) is (granted is None)


def test_a_claim_granted_after_the_title_is_a_reduction_for_the_accountant() -> None:
    of = repaying.titled().do("file_claim", Hat.RECRUITER)
    of.later(3).do("answer_claim", Hat.DG, outcome=ClaimState.REDUCED, granted=Decimal("500.00"))
    data = built("relief_granted", of, ACCOUNTANT)
    assert (data.reduced, data.amount, data.left) == (True, Decimal("500.00"), Decimal("31997.90"))


@pytest.mark.parametrize("call_id", CALLS)
@produces(("repayment_dropped", "na-2024"), ("repayment_dropped", "idf-2025"))
def test_an_abandonment_says_that_nothing_is_asked(call_id: str) -> None:
    of = repaying.answered(call_id).do("prepare_relief", Hat.INSTRUCTOR).do("drop_repayment", Hat.HEAD)
    text = text_of("repayment_dropped", built("repayment_dropped", of))
    says(text, *COMMON, "de ne pas demander de reversement", "prend fin", REASON, "Autorité et décision")
    says(text, words(repaying.current(of).proposed), "Vous n’avez rien à payer")
    assert "[à compléter" not in text


# The credits.


@pytest.mark.parametrize(("call_id", "to"), [("na-2024", RECRUITER), ("idf-2025", ACCOUNTANT)])
@produces(("tranche_reduced", "na-2024"), ("tranche_reduced", "idf-2025"))
def test_the_reduction_of_a_tranche_says_what_it_must(call_id: str, to: Addressee) -> None:
    of = repaying.in_post(call_id, Decimal("20000.00"), notified=Decimal("30000.00"))
    of.do("reduce_tranche", Hat.HEAD, tranche="T1", amount=Decimal("4000.00"), reference="DM-2024-3")
    text = text_of("tranche_reduced", built("tranche_reduced", of, to))
    says(text, *COMMON, "Décision modificative", "DM-2024-3", "4 000,00 € (quatre mille euros)", REASON)
    assert [way in text for way in REMEDIES] == [to is Addressee.RECRUITER] * len(REMEDIES)
    assert ("L. 211-2" in text) is (of.call.clauses.regime_crpa.value is not False)
    says(text, "Montant de la tranche désormais 26 000,00 €", "Déjà versé 20 000,00 €", "Reste à verser 6 000,00 €")
    says(text, "Ligne budgétaire : FIR", "Entité juridique du bénéficiaire", "L. 1435-10")
    says(text, f"31 décembre {of.today.year + 3}", f"sur l’exercice {of.today.year}")


def test_a_notification_names_who_is_paid() -> None:
    of = repaying.in_post()
    told = matter_of("L11", on_line(of.copy(), "FIR"), ACCOUNTANT)
    (payee,) = money_letter(told).payees
    site = of.dossier.recruiter
    assert site is not None
    assert (payee.finess, payee.entity, payee.siret) == (site.id, site.legal_entity, "99000000000009")


def test_what_was_taken_back_leaves_nothing_to_tell() -> None:
    of = repaying.in_post(amount=Decimal("20000.00"), notified=Decimal("30000.00"))
    of.do("reduce_tranche", Hat.HEAD, tranche="T1", amount=Decimal("4000.00"))
    entry = of.dossier.ledger[-1].id
    told = matter("tranche_reduced", of)
    of.do("correct_ledger_entry", Hat.HEAD, entry=entry)
    with pytest.raises(NothingToTellError):
        KINDS["tranche_reduced"].build(replace(told, view=of.dossier))
    gone = replace(decided("na-2024").dossier, repayments=())
    for code in ("L14", "L15"):
        with pytest.raises(NothingToTellError):
            KINDS[code].build(matter(code, decided("na-2024"), view=gone))


def test_credits_notified_in_two_years_lapse_in_two_years_even_once_all_have_left() -> None:
    """CSP L.1435-10: credits opened in a year lapse four years later, whatever was opened before them."""
    of = life_of("na-2024").to(State.NOTIFIED).later(20).do("notify_money", Hat.HEAD)
    notice = of.dossier.money_notice
    assert notice is not None
    first, second = notice.total - Decimal(10000), Decimal(10000)
    sums = (NotifiedSum(date(2024, 9, 1), first), NotifiedSum(date(2025, 2, 1), second))
    whole = repaying.paid(of, notice.total).dossier
    view = replace(whole, money_notice=replace(notice, sums=sums, delegated=notice.total))
    assert view.undelegated == ()
    data = money_letter(matter_of("L11", on_line(of.copy(), "FIR"), view=view))
    assert [line.amount for line in data.lapses] == [first, second]
    assert [line.last_day.year for line in data.lapses] == [2027, 2028]
    says(text_of("L11", data), "Ceux des crédits notifiés ci-dessous", "après le 31 décembre 2028")
