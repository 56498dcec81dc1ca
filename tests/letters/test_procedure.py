"""The notice before a lapse, and the letter of a rectification: every mandatory mention, read in the PDF."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import Hat
from tests.letters.pressed import COMMON, REMEDIES, produces, says, text_of
from tests.letters.test_decisions import WHY, C, R, matter_after
from tests.lives import Life, life_of
from workflows.acts.award import LapseGround
from workflows.effects import Addressee
from workflows.legal_clocks import ClockKind, legal_clocks
from workflows.letters.data import printed
from workflows.letters.kinds import KINDS
from workflows.letters.matter import NothingToTellError
from workflows.states import State

NOTICE, CORRECTION = "contradictory_notice", "correction"


def noticed(call_id: str, ground: LapseGround = LapseGround.NO_START, **given: object) -> Life:
    of = life_of(call_id).to(State.NOTIFIED).prove("L8").later(60)
    return of.do("give_notice", Hat.HEAD, ground=ground, **given)


def told(call_id: str, ground: LapseGround) -> dict[str, object]:
    of = noticed(call_id, ground)
    printed_data: dict[str, object] = printed(KINDS[NOTICE].build(matter_after(of, NOTICE, C)))
    return printed_data


@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025"])
@produces((NOTICE, "na-2024"), (NOTICE, "idf-2025"))
def test_a_notice_before_a_lapse_says_what_it_must(call_id: str) -> None:
    of = noticed(call_id, days=45)
    matter = matter_after(of, NOTICE, R)
    data = KINDS[NOTICE].build(matter)
    text = text_of(NOTICE, data)
    assert matter.missing == []
    says(text, *COMMON, of.dossier.number, "Procédure contradictoire", "Aucune décision n’est encore prise", WHY)
    award = of.dossier.award
    assert award is not None
    says(text, f"Attribution notifiée le : {printed(award.notified_on)}".replace("\u00a0", " "))
    says(text, f"Prise de fonctions prévue : {printed(award.expected_start)}".replace("\u00a0", " "))
    says(text, "Aucune prise de fonctions n’a eu lieu", "45 jours à compter de la réception de ce courrier")
    says(text, "observations écrites", "observations orales", "un conseil", "un mandataire de votre choix")
    crpa = of.call.clauses.regime_crpa.value is not False
    for words in ("articles L. 122-1 et L. 211-2", "art. L. 122-1, L. 211-2 et L. 242-2", "L. 242-2, 2°"):
        assert (words in text) is crpa
    assert ("bien que le code des relations" in text) is not crpa
    assert "Voies et délais de recours" not in text
    assert data.remedies is None


def test_a_person_is_not_told_that_the_code_binds_no_public_body() -> None:
    of = noticed("idf-2025")
    text = text_of(NOTICE, KINDS[NOTICE].build(matter_after(of, NOTICE, C)))
    says(text, "médecin candidat", "observations orales")
    assert "établissement public" not in text


def test_each_ground_tells_its_own_facts() -> None:
    of = life_of("na-2024").to(State.NOTIFIED)
    received = of.today
    of.prove("L8").later(60)
    days = replace(of.call.clauses.award.acceptance_days, value=15)
    award = replace(of.call.clauses.award, acceptance_days=days)
    of.under(replace(of.call, clauses=replace(of.call.clauses, award=award)))
    of.do("give_notice", Hat.HEAD, ground=LapseGround.SILENCE)
    silence = printed(KINDS[NOTICE].build(matter_after(of, NOTICE, C)))
    assert "Aucune réponse" in silence["ground"]
    assert {(line["whom"], line["on"]) for line in silence["received"]} >= {
        ("le candidat", printed(received)),
        ("l’établissement recruteur", printed(received)),
    }
    unmet, no_start = told("na-2024", LapseGround.CONDITION), told("na-2024", LapseGround.NO_START)
    assert "condition" in str(unmet["ground"])
    assert (silence["start"], unmet["start"], unmet["received"]) == (None, None, [])
    assert (no_start["start"], no_start["condition"]) == ("1er\u00a0novembre\u00a02024", None)


def test_the_condition_that_was_not_met_is_told_with_its_day() -> None:
    of = life_of("na-2024").to(State.NOTIFIED).prove("L8").later(60)
    award = of.dossier.award
    assert award is not None
    of.changed(award=replace(award, condition="obtenir le titre de spécialiste", condition_by=of.today))
    of.do("give_notice", Hat.HEAD, ground=LapseGround.CONDITION)
    data = printed(KINDS[NOTICE].build(matter_after(of, NOTICE, C)))
    assert (data["condition"], data["condition_by"]) == ("obtenir le titre de spécialiste", printed(of.today))


def test_the_period_of_the_letter_runs_from_the_proof_of_its_receipt() -> None:
    of = noticed("na-2024")
    assert printed(KINDS[NOTICE].build(matter_after(of, NOTICE, C)))["answer_days"] == 30
    running = [c for c in legal_clocks(of.dossier, of.call, of.today) if c.kind is ClockKind.NOTICE]
    assert running
    assert {clock.starts_on for clock in running} == {None}
    of.later(5).prove(NOTICE, Addressee.CANDIDATE)
    started = [c for c in legal_clocks(of.dossier, of.call, of.today) if c.kind is ClockKind.NOTICE and c.starts_on]
    assert [(clock.to, clock.starts_on) for clock in started] == [(C, of.today)]


def test_a_notice_that_another_one_followed_has_nothing_to_tell() -> None:
    of = noticed("na-2024")
    first = matter_after(of, NOTICE, C)
    of.prove(NOTICE).later(60).do("give_notice", Hat.HEAD)
    with pytest.raises(NothingToTellError):
        KINDS[NOTICE].build(replace(first, view=of.dossier))


# Rectifications.


def rectified(call_id: str, state: State = State.NOTIFIED) -> Life:
    letter = "L10" if state is State.REJECTED else "L8"
    of = life_of(call_id).to(state)
    if state is State.REJECTED:
        of.later(1)
    return of.prove(letter).later(3).do("rectify", Hat.HEAD, legal_basis="CRPA art. L. 242-1")


@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025"])
@produces((CORRECTION, "na-2024"), (CORRECTION, "idf-2025"))
def test_a_rectification_says_what_it_must(call_id: str) -> None:
    of = rectified(call_id)
    matter = matter_after(of, CORRECTION, R)
    text = text_of(CORRECTION, KINDS[CORRECTION].build(matter))
    assert matter.missing == []
    taken_back = printed(of.profile.notified).replace("\u00a0", " ")
    says(text, *COMMON, *REMEDIES, of.dossier.number, "L’agence retire", f"la décision du {taken_back}", WHY)
    says(text, f"Décision retirée : décision d’attribution, du {taken_back}", "Le dossier revient à l’état : Retenu")
    says(text, f"décision d’attribution, du {taken_back}", "l’administration, art. L. 242-1.")


def test_a_rectification_stays_what_it_was_whatever_came_after() -> None:
    of = rectified("na-2024")
    asked = matter_after(of, CORRECTION, R)
    before = KINDS[CORRECTION].build(asked)
    of.later(2).do("notify", Hat.HEAD)
    assert KINDS[CORRECTION].build(replace(asked, view=of.dossier)) == before


def test_reasons_on_a_person_are_for_the_doctor() -> None:
    """Where the call chooses persons, an establishment reads that the refusal is taken back, not why (L. 311-6)."""
    of = rectified("cvl-ville-hopital", State.REJECTED)
    site, doctor = (printed(KINDS[CORRECTION].build(matter_after(of, CORRECTION, to))) for to in (R, C))
    assert (site["facts"], doctor["facts"]) == (None, WHY)
    assert (site["letters"], doctor["letters"]) == (["décision de refus"], ["décision de refus"])


def test_a_rectification_that_says_nothing_of_its_decision_has_nothing_to_tell() -> None:
    asked = matter_after(rectified("na-2024"), CORRECTION, R)
    with pytest.raises(NothingToTellError):
        KINDS[CORRECTION].build(replace(asked, details={}))
