"""What a page tells of an act once it is done, or about to be: the clocks that start, the history, a pause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.backoffice.stored import StoredLife
from tests.builders import Hat
from tests.pages import Screen
from tests.web.making import CAPUCINE, instructor, made, path
from tests.web.site import Site
from workflows.actors import Role
from workflows.effects import Addressee
from workflows.french import NBSP, short_day
from workflows.jobs import Job
from workflows.states import State


def said(text: str) -> str:
    """A text as the pages are read here."""
    return text.replace(NBSP, " ")


def proof(site: Site, life: StoredLife, letter: str, to: Addressee) -> dict[str, str]:
    """A sound proof that somebody has a letter."""
    receipt = next(r for r in life.dossier.receipts if r.letter == letter and r.to is to)
    on = (life.today + timedelta(days=1)).isoformat()
    site.at(replace(life).later(2))
    return {"receipt": receipt.id, "channel": "registered", "received_on": on, "evidence": "RAR 1A 42"}


def last_entry(page: Screen) -> str:
    """The particulars of the last entry of the history."""
    return page.rows("Historique, du plus récent au plus ancien")[0][-1]


def test_the_preview_of_a_proof_names_each_delay_that_starts_and_leads_back_to_the_letters(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    typed, agent, act = proof(quick, life, "L8", Addressee.CANDIDATE), instructor(quick), path(life, "record_proof")
    preview = agent.post(act, {"etape": "voir", **typed}).said
    start = said(short_day(life.today + timedelta(days=1)))
    assert f"Délai pour accepter l’attribution (Capucine Bleuet, candidat) : court du {start} au" in said(preview)
    assert "Délai de recours devant le tribunal (Capucine Bleuet, candidat) : court du " in said(preview)
    answer = agent.post(act, agent.confirmed(act, typed))
    assert "volet=courriers" in answer.headers["Location"]


def test_a_proof_that_starts_nothing_says_so(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    typed, agent, act = proof(quick, life, "L8", Addressee.CANDIDATE), instructor(quick), path(life, "record_proof")
    assert agent.post(act, agent.confirmed(act, typed)).status == 303
    again = typed | {"reason": "Autre numéro de recommandé.", "evidence": "RAR 2B 43"}
    assert "Aucun délai ne part de cette réception" in agent.post(act, {"etape": "voir", **again}).said


def test_the_list_of_letters_begins_with_who_has_to_receive_them(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    page = instructor(quick).get(path(life, "record_proof")).screen
    select = next(e for e in page.page.all("select") if e.get("name") == "receipt")
    options = [said(e.text) for e in select.all("option")][1:]
    assert any(text.startswith("Capucine Bleuet, candidat : décision d’attribution du") for text in options)


def test_an_agreement_to_be_mailed_says_when_it_is_needed_and_its_refusal_stands_beside_it(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    typed, agent, act = proof(quick, life, "L8", Addressee.CANDIDATE), instructor(quick), path(life, "record_proof")
    legend = next(e.text for e in agent.get(act).screen.page.all("legend"))
    assert "(obligatoire pour un courriel ou le téléservice)" in legend
    assert "facultatif" not in legend
    refused = agent.post(act, {"etape": "voir", **typed, "channel": "email"}).screen
    assert any("#f-consent" in e.get("href") for e in refused.page.all("a"))


def test_a_letter_that_nobody_has_sent_is_not_told_as_one_that_is_on_its_way(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    page = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    (first, *_) = [row for row in page.rows("Délais et preuves de réception") if "attribution" in row[1]]
    assert "à signer et à envoyer" in first[2]


def test_the_history_says_which_letter_who_had_it_and_when(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    typed, agent, act = proof(quick, life, "L8", Addressee.CANDIDATE), instructor(quick), path(life, "record_proof")
    agent.post(act, agent.confirmed(act, typed))
    told = said(last_entry(agent.get(f"/dossiers/{life.dossier.number}?volet=historique").screen))
    for words in (
        "Capucine Bleuet, candidat : décision d’attribution",
        f"Reçu le : {said(short_day(life.today + timedelta(days=1)))}",
        "Voie : lettre recommandée avec avis de réception",
        "Preuve : RAR 1A 42",
    ):
        assert words in told, told
    assert "a d’abord accepté" not in told  # not asked of a registered letter
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    assert "RAR 1A 42" not in candidate.get(f"/dossiers/{life.dossier.number}?volet=historique").said


def test_a_pause_shows_at_the_top_and_in_the_history_with_its_end_and_its_tasks(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    until = life.today + timedelta(days=20)
    with quick.session() as session:
        given = {"until": until, "jobs": (Job.J4,), "reason": "Le service est fermé."}
        paused = replace(life, session=session).do("pause_reminders", Hat.INSTRUCTOR, **given)
    agent = instructor(quick)
    address = f"/dossiers/{life.dossier.number}"
    page = agent.get(f"{address}?volet=historique").screen
    line = f"Rappels en pause jusqu’au {said(short_day(until))} compris : pièces manquantes."
    assert line in said(page.text)
    assert page.link("Reprendre les rappels dès maintenant").endswith("/actes/resume_reminders")
    told = said(last_entry(page))
    assert f"Jusqu’au : {said(short_day(until))}" in told
    assert "Rappels mis en pause : Pièces manquantes" in told
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    assert "Rappels en pause" not in recruiter.get(address).said
    quick.at(paused.on(until + timedelta(days=1)))
    assert "Rappels en pause" not in agent.get(address).said


def test_a_pause_of_everything_says_so(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    with quick.session() as session:
        given = {"until": life.today + timedelta(days=20), "reason": "Le service est fermé."}
        replace(life, session=session).do("pause_reminders", Hat.INSTRUCTOR, **given)
    page = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=historique").screen
    assert "Rappels mis en pause : tous ceux qu’une pause peut retenir" in said(last_entry(page))


def test_the_history_says_what_was_typed_of_any_act(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    leaves = life.today + timedelta(days=40)
    with quick.session() as session:
        replace(life, session=session).do("report_withdrawal", Hat.RECRUITER, effective_on=leaves)
    page = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=historique").screen
    assert said(short_day(leaves)) in said(last_entry(page))


def test_the_words_of_the_pages_are_french_for_whoever_reads_them(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent, address = instructor(quick), f"/dossiers/{life.dossier.number}"
    assert "« Mettre les rappels en pause » : c’est fait." in agent.get(f"{address}?fait=pause_reminders").said
    assert "prévenez l’agence" not in agent.get(address).said
    assert "liste du jour" not in agent.get(f"/dossiers/{made(quick, State.IN_POST).dossier.number}").said


def test_a_request_has_one_number_everywhere(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    agent, number = instructor(quick), life.dossier.number
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    act = path(life, "report_withdrawal")
    on, leaves = life.today.isoformat(), (life.today + timedelta(days=30)).isoformat()
    typed = {"fact_on": on, "known_on": on, "effective_on": leaves, "end_reason": "other_hospital"}
    preview = recruiter.post(act, {"etape": "voir", **typed})
    assert f"n° {number}-R1" in preview.said
    assert recruiter.post(act, recruiter.confirmed(act, typed)).status == 303
    assert f"n° {number}-R1" in agent.get(f"/dossiers/{number}?volet=demandes").said
    assert f"n° {number}-R1" in agent.get(path(life, "announce_departure")).said


def test_a_choice_of_the_agency_says_what_it_is(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    said = instructor(quick).get(f"/dossiers/{life.dossier.number}").said
    assert "l’appel ne le dit pas)" in said
    assert "choix A33" in instructor(quick).get("/aide").said
