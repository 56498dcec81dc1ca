"""Proofs of receipt on the pages: whose letter it is by name, and what an agent is asked of an answer."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import Hat
from tests.pages import Element, Screen
from tests.web.making import CAPUCINE, instructor, made, path
from tests.web.site import Site
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.effects import Addressee
from workflows.states import State


def control(page: Screen, name: str) -> Element | None:
    """The control of a field, None when the form does not ask for it."""
    found = [e for e in page.page.all("input", "select", "textarea") if e.get("name") == name]
    return next((e for e in found if e.get("type") != "hidden"), None)


def test_a_letter_names_the_establishment_and_the_doctor_who_have_to_receive_it(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    page = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    for name in (life.profile.recruiter.name, life.profile.partner.name, "Capucine Bleuet"):
        assert any(name in cell for row in page.rows("Délais et preuves de réception") for cell in row), name


def test_a_party_sees_its_own_receipts_only(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    partner = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id)
    page = partner.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    said = " ".join(cell for row in page.rows("Délais et preuves de réception") for cell in row)
    assert life.profile.partner.name in said
    assert life.profile.recruiter.name not in said
    assert "Capucine" not in said


def test_a_letter_that_some_have_says_how_many(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    with quick.session() as session:
        replace(life, session=session).prove("L8", Addressee.CANDIDATE)
    page = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    assert "reçu le" in page.text


def test_the_form_of_a_proof_says_that_its_evidence_is_needed(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    page = instructor(quick).get(path(life, "record_proof")).screen
    evidence = control(page, "evidence")
    assert evidence is not None
    assert evidence.get("required") is not None or evidence.get("aria-required") == "true"
    assert "Preuve (facultatif)" not in page.text
    assert "première consultation" in page.text


def test_an_agent_says_whose_answer_came_and_how_a_party_only_answers(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    with quick.session() as session:
        replace(life, session=session).do("give_notice", Hat.HEAD)
    agent = instructor(quick).get(path(life, "answer_notice")).screen
    for name in ("receipt", "channel", "came_on", "evidence"):
        assert control(agent, name) is not None, name
    assert "en ligne" not in agent.text
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE).get(path(life, "answer_notice")).screen
    for name in ("receipt", "channel", "came_on", "evidence"):
        assert control(candidate, name) is None, name
    assert control(candidate, "reason") is not None


def test_a_wrong_proof_is_withdrawn_from_the_page(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    agent, act = instructor(quick), path(life, "withdraw_proof")
    assert "Impossible" in agent.get(act).said
    with quick.session() as session:
        known = replace(life, session=session).prove("L8", Addressee.CANDIDATE).dossier.receipts
    wrong = {"receipt": next(r.id for r in known if r.is_proven), "reason": "Recommandé d’un autre dossier."}
    assert agent.post(act, agent.confirmed(act, wrong)).status == 303
    page = agent.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    assert page.text.count("preuve de réception attendue depuis le") >= 3
    assert ACTS["withdraw_proof"].label == "Retirer une preuve de réception"


def test_the_silence_says_both_days_while_the_request_for_pieces_may_not_have_arrived(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    with quick.session() as session:
        asked = replace(life, session=session).do("request_pieces", Hat.INSTRUCTOR)
    doubt, agent = "si la demande de pièces n’a pas été reçue", instructor(quick)
    number = life.dossier.number
    told = agent.get(f"/dossiers/{number}?volet=courriers").screen.text.replace("\u00a0", " ")
    words = f"vaudrait rejet le 10 août 2024 {doubt}, sinon le "
    assert told.count(words) == 2, "the clocks of the page and the tab of the letters say it alike"
    assert "Suspendu, parti le" in told
    assert "Court depuis" not in told
    with quick.session() as session:
        replace(asked, session=session).prove("L3")
    assert doubt not in agent.get(f"/dossiers/{number}?volet=courriers").screen.text
