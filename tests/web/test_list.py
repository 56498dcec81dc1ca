"""The list of dossiers as a working list: what is late first, whose turn it is, on a phone too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from backoffice.store.schedule import Deadline
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.web.making import CAPUCINE, instructor
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.states import State


def laid(site: Site, **states: State) -> dict[str, StoredLife]:
    """Dossiers at these states, the legal clock where the last one stands."""
    with site.session() as session:
        lives = {name: stored_life(session, "na-2024").to(state) for name, state in states.items()}
    site.moved.legal = max(life.now for life in lives.values())
    return lives


def due(site: Site, life: StoredLife, kind: str, days: int) -> None:
    """Give a dossier one deadline only, some days from today, or before."""
    day = site.moved.legal.date() + timedelta(days=days)
    with site.session() as session:
        session.query(Deadline).filter(Deadline.dossier == life.id).delete()
        at = site.moved.legal.replace(hour=0, minute=0) + timedelta(days=days)
        session.add(Deadline(dossier=life.id, kind=kind, due_on=day, due_at=at, family=kind))
        session.commit()


def numbers(visitor: Visitor, query: str = "") -> list[str]:
    """The numbers of the list, in order."""
    return [row[0] for row in visitor.get(f"/dossiers{query}").screen.rows("Dossiers")]


def cells(visitor: Visitor, life: StoredLife) -> list[str]:
    """The cells of a dossier in the list."""
    rows = visitor.get("/dossiers").screen.rows("Dossiers")
    return next(row for row in rows if row[0] == life.dossier.number)


def test_the_most_overdue_comes_first_and_what_has_no_deadline_last(site: Site) -> None:
    lives = laid(site, a=State.NOTIFIED, b=State.NOTIFIED, c=State.NOTIFIED, d=State.REJECTED)
    for name, days in (("a", 12), ("b", -40), ("c", -2)):
        due(site, lives[name], "start_watch", days)
    agent = instructor(site)
    wanted = [lives[name].dossier.number for name in "bca"]
    assert numbers(agent)[:3] == wanted
    assert numbers(agent)[-1] == lives["d"].dossier.number
    assert numbers(agent, "?suite=retard") == wanted[:2]
    assert "En retard de 2 jours" in cells(agent, lives["c"])[3]
    assert "Procès-verbal d’installation attendu" in cells(agent, lives["b"])[3]
    assert "Dans 12 jours" in cells(agent, lives["a"])[3]
    late = [e.text for e in agent.get("/dossiers").screen.page.all("span") if e.get("class") == "tp-late"]
    assert late == ["En retard de 5 semaines", "En retard de 2 jours"]


def test_what_falls_due_today_is_not_late_and_a_reminder_never_is(site: Site) -> None:
    lives = laid(site, a=State.NOTIFIED, b=State.SUBMITTED)
    due(site, lives["a"], "award_reply", 0)
    due(site, lives["b"], "pieces_reminder", -8)
    agent = instructor(site)
    assert "Aujourd’hui" in cells(agent, lives["a"])[3]
    assert cells(agent, lives["b"])[3] == ""
    assert agent.get("/dossiers?suite=retard").screen.text.count("NA-2024-") == 0


def test_each_agent_finds_what_waits_for_them(site: Site) -> None:
    lives = laid(site, asked=State.SUBMITTED, desk=State.COMPLETE, sign=State.SELECTED, done=State.REJECTED)
    agent = instructor(site)
    assert numbers(agent, "?suite=decision") == [lives["sign"].dossier.number]
    assert lives["desk"].dossier.number in numbers(agent, "?suite=instruction")
    assert cells(agent, lives["sign"])[5] == "Le responsable"
    assert cells(agent, lives["done"])[5] == ""
    tabs = {link.text for link in agent.get("/dossiers").screen.page.all("a")}
    assert "À décider ou à signer 1" in tabs
    filtered = agent.get("/dossiers?suite=decision&etat=rejected").screen
    assert "Aucun dossier ne correspond" in filtered.text


def test_a_proof_to_record_is_the_turn_of_the_desk(site: Site) -> None:
    life = laid(site, a=State.NOTIFIED)["a"]
    agent = instructor(site)
    assert cells(agent, life)[5] == "L’instruction"
    with site.session() as session:
        replace(life, session=session).prove("L8")
    assert cells(agent, life)[5] != "L’instruction"
    # decided again, it is to be signed first, unless a contradictory notice is under way
    again = laid(site, b=State.SELECTED)["b"]
    assert cells(agent, again)[5] == "Le responsable"
    with site.session() as session:
        replace(again, session=session).do("give_notice", Hat.HEAD)
    assert cells(agent, again)[5] == "L’instruction"


def test_an_opinion_recorded_makes_it_a_decision(site: Site) -> None:
    life = laid(site, a=State.COMMITTEE)["a"]
    agent = instructor(site)
    assert cells(agent, life)[5] == "L’instruction"
    for favourable, rank in ((True, 1), (False, None)):
        with site.session() as session:
            again = stored_life(session, "na-2024").to(State.COMMITTEE).on(life.profile.judged)
            again.do("record_opinion", Hat.INSTRUCTOR, favourable=favourable, rank=rank)
        assert cells(agent, again)[5] == "Le responsable"


def test_a_party_follows_neither_the_agency_s_deadlines_nor_the_name_of_others(site: Site) -> None:
    life = laid(site, a=State.IN_POST)["a"]
    due(site, life, "tranche", -3)
    agent, candidate = instructor(site), site.visitor(Role.CANDIDATE, person=CAPUCINE)
    partner = site.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id)
    assert "Tranche à déléguer" in agent.get("/dossiers").said
    assert "Capucine Bleuet" in cells(agent, life)
    for party in (candidate, partner):
        page = party.get("/dossiers").screen
        assert "Tranche" not in page.text
        assert "Médecin" not in page.text


def test_an_empty_list_says_what_to_do(site: Site) -> None:
    agent = instructor(site)
    assert "Aucun dossier pour l’instant" in agent.get("/dossiers").said
    assert "Retirer les filtres" not in agent.get("/dossiers").said
    assert "Retirer les filtres" in agent.get("/dossiers?etat=rejected").said
    administrator = site.visitor(Role.ADMIN)
    page = administrator.get("/dossiers")
    assert "ne lit aucun dossier" in page.said
    assert page.screen.link("Voir les utilisateurs") == "/utilisateurs"


def test_what_waits_for_a_proof_of_receipt_is_listed_the_longest_wait_first(site: Site) -> None:
    lives = laid(site, early=State.REJECTED, late=State.NOTIFIED, none=State.COMPLETE)
    agent = instructor(site)
    early, late = lives["early"].dossier.number, lives["late"].dossier.number
    assert numbers(agent, "?suite=preuves") == [early, late]
    page = agent.get("/dossiers?suite=preuves").screen
    assert page.text.count("Preuve de réception attendue depuis le") == 2
    assert "Preuve attendue 2" in {link.text for link in page.page.all("a")}
    with site.session() as session:
        life = replace(lives["early"], session=session)
        life.prove("L10")
    assert numbers(agent, "?suite=preuves") == [late]


def test_a_party_is_not_told_which_proofs_the_agency_waits_for(site: Site) -> None:
    laid(site, a=State.NOTIFIED)
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    page = candidate.get("/dossiers?suite=preuves").screen
    assert "preuve de réception" not in page.text
