"""The page of a dossier: what it puts forward, what it says, which deadlines it shows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from backoffice.store.committee import Mark
from tests.backoffice.stored import StoredLife
from tests.builders import Hat, instant
from tests.pages import Element, Screen
from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.french import NBSP, short_day
from workflows.states import State


def opened(visitor: Visitor, number: str, tab: str = "") -> Screen:
    """The page of a dossier."""
    page = visitor.get(f"/dossiers/{number}" + (f"?volet={tab}" if tab else "")).screen
    assert page.status == 200, page.text
    return page


def filled(page: Screen) -> list[str]:
    """The words of the filled links and buttons."""
    return [e.text for e in page.page.all("a", "button") if "btn-primary" in e.get("class").split()]


def clocks(page: Screen) -> list[str]:
    """The legal clocks, each as its words."""
    found = next(e for e in page.page.all("section") if e.get("aria-labelledby") == "hor")
    return [e.text for e in found.all("div") if "tp-clock" in e.get("class").split()]


def lead(page: Screen) -> str:
    """The first sentence."""
    return next(e.text for e in page.page.all("p") if "tp-lead" in e.get("class").split())


@pytest.mark.parametrize("state", list(State))
def test_one_button_stands_out_at_most_and_never_one_that_gives_up(quick: Site, state: State) -> None:
    life = made(quick, state)
    readers = [
        quick.visitor(Role.CANDIDATE, person=CAPUCINE),
        quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id),
        instructor(quick),
        quick.visitor(Role.HEAD, region="75"),
    ]
    for reader in readers:
        page = reader.get(f"/dossiers/{life.dossier.number}")
        if page.status == 404:
            continue
        main = filled(page.screen)
        assert len(main) <= 1
        assert not {"Signaler un désistement", "Déclarer une fin anticipée", "Ne pas retenir"} & set(main)


def test_an_establishment_asked_for_pieces_is_shown_where_to_give_them(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    agent = instructor(quick)
    asking = f"/dossiers/{life.dossier.number}/actes/request_pieces"
    assert agent.post(asking, agent.confirmed(asking, {"keys": "filing/cv", "days": "15"})).status == 303
    for party in (recruiter, candidate):
        page = opened(party, life.dossier.number)
        assert filled(page) == ["Déposer une pièce"]
        assert "Des pièces sont demandées jusqu’au" in lead(page)
        assert any("Pièces attendues" in clock for clock in clocks(page))


def test_pieces_that_came_are_examined_before_anything_else(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    page = opened(instructor(quick), life.dossier.number)
    assert filled(page) == ["Examiner une pièce"]
    waiting = sum(row[3] == "Reçue" for row in page.rows("Pièces du dossier"))
    assert waiting > 1
    assert lead(page) == f"Le dossier est déposé. {waiting} pièces reçues attendent leur examen."
    assert "Déclarer complet" not in filled(page)
    assert page.link("Examiner une pièce").endswith("?volet=pieces#volet")


def test_after_the_opinion_the_page_says_so_and_asks_for_the_decision(quick: Site) -> None:
    life = made(quick, State.COMMITTEE)
    member = quick.visitor(Role.MEMBER, region="75")
    head, candidate = quick.visitor(Role.HEAD, region="75"), quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    assert lead(opened(head, life.dossier.number)) == "La commission examine le dossier."
    with quick.session() as session:
        session.add(Mark(dossier=life.id, account=member.account, value=15, marked_at=quick.moved.machine))
        session.commit()
        replace(life, session=session).on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    quick.moved.legal = instant(life.profile.judged, life.call)
    page = opened(head, life.dossier.number)
    assert "La commission a rendu un avis favorable" in lead(page)
    assert "La décision reste à prendre" in lead(page)
    assert "Saisir l’avis de la commission" not in filled(page)
    assert "15,00 sur 20, 1 note" in page.text
    theirs = opened(candidate, life.dossier.number)
    assert "favorable" not in theirs.text
    assert "15,00" not in theirs.text


def test_a_reminder_already_sent_is_no_clock_that_is_late(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    asking = f"/dossiers/{life.dossier.number}/actes/request_pieces"
    assert agent.post(asking, agent.confirmed(asking, {"keys": "filing/cv", "days": "15"})).status == 303
    quick.moved.legal += timedelta(days=13)  # the reminder was sent three days ago, two days are left
    shown = clocks(opened(agent, life.dossier.number))
    assert not any("en retard" in clock for clock in shown)
    assert sum("Pièces attendues" in clock for clock in shown) == 1
    quick.moved.legal += timedelta(days=10)
    late = [clock for clock in clocks(opened(agent, life.dossier.number)) if "en retard" in clock]
    assert len(late) == 1
    assert late[0].startswith("Pièces attendues")


def test_a_start_that_does_not_come_is_one_line(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    assert life.dossier.award is not None
    assert life.dossier.award.expected_start is not None
    quick.moved.legal = instant(life.dossier.award.expected_start + timedelta(days=30), life.call)
    shown = clocks(opened(instructor(quick), life.dossier.number))
    assert sum("Procès-verbal d’installation attendu" in clock for clock in shown) == 1
    assert any("Procès-verbal d’installation attendu : en retard" in clock for clock in shown)


def test_what_ends_tomorrow_stands_out(quick: Site) -> None:
    life = made(quick, State.COMPLETE)
    assert life.dossier.silence is not None
    last = life.dossier.silence.due_on(life.today)
    quick.moved.legal = instant(last - timedelta(days=1), life.call)
    page = opened(instructor(quick), life.dossier.number)
    soon = [e.text for e in page.page.all("div") if {"tp-clock", "tp-soon"} <= set(e.get("class").split())]
    assert [clock.split(" : ")[0] for clock in soon] == ["Silence"]


def test_a_silence_long_past_is_not_the_fault_of_an_establishment(quick: Site) -> None:
    life = made(quick, State.RESERVE)
    quick.moved.legal += timedelta(days=200)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    assert any("Silence" in clock for clock in clocks(opened(instructor(quick), life.dossier.number)))
    assert not any("Silence" in clock for clock in clocks(opened(recruiter, life.dossier.number)))


def test_the_last_day_to_answer_is_the_same_everywhere(quick: Site) -> None:
    life = made(quick, State.CLAWBACK)
    agent, path = instructor(quick), f"/dossiers/{life.dossier.number}/actes/start_contradictory"
    assert agent.post(path, agent.confirmed(path)).status == 303
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    assert "Le délai de réponse n’est pas parti" in lead(opened(recruiter, life.dossier.number))
    links = [e.get("href") for e in opened(agent, life.dossier.number, "courriers").page.all("a")]
    (href,) = (link for link in links if "L14" in link)
    (receipt,) = parse_qs(urlsplit(href).query)["receipt"]
    signed = {"receipt": receipt, "channel": "hand", "received_on": life.today.isoformat(), "evidence": "décharge"}
    proof = f"/dossiers/{life.dossier.number}/actes/record_proof"
    assert agent.post(proof, agent.confirmed(proof, signed)).status == 303
    page = opened(recruiter, life.dossier.number)
    (clock,) = (c for c in clocks(page) if "Observations sur le reversement" in c)
    until = re.findall(r"\d+ \S+ \d{4}", clock)[0]
    assert f"attendues jusqu’au {until}" in lead(page)
    # remarks are optional: whoever made none is not late
    quick.moved.legal += timedelta(days=60)
    (over,) = (c for c in clocks(opened(agent, life.dossier.number)) if "Observations sur le reversement" in c)
    assert "délai passé" in over
    assert until in over
    listed = next(row for row in agent.get("/dossiers").screen.page.all("tr") if life.dossier.number in row.text)
    assert "Délai passé" in listed.text
    assert "retard" not in listed.text


def test_rules_are_named_to_agents_and_not_to_the_others(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    agent, candidate = instructor(quick), quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    titles = [
        e.get("title") for e in opened(agent, life.dossier.number).page.all("span") if "tp-rule" in e.get("class")
    ]
    assert any(title for title in titles)
    for tab in ("pieces", "demandes", "courriers", "historique"):
        page = opened(candidate, life.dossier.number, tab)
        assert not re.search(r"\b(?:NA-\d{2}|A\d{1,2})\b", page.text), tab


def test_the_legend_of_the_shared_time_names_each_place_once(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    page = opened(instructor(quick), life.dossier.number)
    post = next(e for e in page.page.all("section") if e.get("aria-labelledby") == "poste")
    places = [e.text for e in post.all("dd")]
    assert places[0].startswith(f"{life.profile.recruiter.name}, ")
    assert places[1].startswith(f"{life.profile.partner.name}, ")
    assert all("%" in place for place in places[:2])


def test_a_tab_says_how_much_it_holds(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    page = opened(instructor(quick), life.dossier.number, "historique")
    assert f"Historique {len(page.rows('Historique'))}" in [e.text for e in page.page.all("a")]


def leaving(site: Site, act: str, days: int) -> StoredLife:
    """A post whose recruiter has told a departure, some days from today."""
    life = made(site, State.IN_POST)
    with site.session() as session:
        again = replace(life, session=session)
        return again.do(act, Hat.RECRUITER, effective_on=again.today + timedelta(days=days))


@pytest.mark.parametrize("act", ["report_withdrawal", "declare_early_end"])
def test_a_departure_to_come_is_to_be_announced_and_its_day_shows(quick: Site, act: str) -> None:
    life = leaving(quick, act, 40)
    page = opened(instructor(quick), life.dossier.number)
    assert filled(page) == ["Annoncer un départ"]
    first = page.page.all("ul")
    offered = [e.text for ul in first if "tp-offer" in e_class(ul) for e in ul.all("h3")]
    assert offered[0] == "Annoncer un départ"
    day = short_day(life.today + timedelta(days=40)).replace(NBSP, " ")
    assert f"à effet du {day}" in lead(page)
    line = next(e.text for e in page.page.all("ol") if "tp-line" in e_class(e))
    assert day in line


def e_class(element: Element) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split()


@pytest.mark.parametrize(
    ("act", "wanted"),
    [("report_withdrawal", "Enregistrer un désistement"), ("declare_early_end", "Constater la fin")],
)
def test_a_departure_that_has_come_is_recorded_as_it_was_told(quick: Site, act: str, wanted: str) -> None:
    life = leaving(quick, act, 3)
    quick.at(life.later(4))
    assert filled(opened(instructor(quick), life.dossier.number)) == [wanted]


def test_the_last_day_of_a_contract_comes_before_the_presence_to_confirm(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    assert life.dossier.award is not None
    assert life.dossier.award.planned_end is not None
    quick.moved.legal = instant(life.dossier.award.planned_end + timedelta(days=1), life.call)
    assert filled(opened(instructor(quick), life.dossier.number)) == ["Constater la fin"]


def test_an_ended_post_says_when_it_ended(quick: Site) -> None:
    life = made(quick, State.ENDED)
    end, award = life.dossier.end, life.dossier.award
    assert end
    assert award
    assert award.planned_end
    page = opened(instructor(quick), life.dossier.number)
    told = f"au {short_day(end.last_day)} (prévue jusqu’au {short_day(award.planned_end)})"
    assert told.replace(NBSP, " ") in page.text
    assert "Dernier jour du poste" in page.text
