"""Whose turn it is on a dossier: whoever has a period that runs, else whoever may do what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.french import NBSP, short_day
from workflows.states import State

PARTIES, DESK, HEAD = "L’établissement ou le candidat", "L’instruction", "Le responsable"


def waits(visitor: Visitor, life: StoredLife) -> str:
    """Who is awaited on a dossier, as the list says."""
    rows = visitor.get("/dossiers").screen.rows("Dossiers")
    return next(row for row in rows if row[0] == life.dossier.number)[-1]


def until(day: date | None) -> str:
    """The end of a period, as the list says it."""
    assert day is not None
    return short_day(day).replace(NBSP, " ")


def does(site: Site, life: StoredLife, act: str, hat: Hat, **given: object) -> StoredLife:
    """The life after one more act, the clock of the pages with it."""
    with site.session() as session:
        again = replace(life, session=session).do(act, hat, **given)
    site.at(again)
    return again


def proven(site: Site, life: StoredLife, letter: str) -> StoredLife:
    """The life once every addressee of a letter is proven to have it."""
    with site.session() as session:
        again = replace(life, session=session)
        again.prove(letter)
    site.at(again)
    return again


def passed(site: Site, life: StoredLife, day: date | None) -> None:
    """Move the clock of the pages to the day after."""
    assert day is not None
    site.at(replace(life).on(day + timedelta(days=1)))


def recruiter_of(site: Site, life: StoredLife) -> Visitor:
    """The recruiter of a dossier."""
    return site.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)


def test_remarks_on_a_repayment_are_awaited_from_the_recruiter_while_their_period_runs(site: Site) -> None:
    life = does(site, made(site, State.CLAWBACK), "start_contradictory", Hat.INSTRUCTOR)
    agent = instructor(site)
    assert waits(agent, life) == DESK  # nobody is proven to have the letter: no period runs
    life = proven(site, life, "L14")
    assert life.dossier.repayment is not None
    last = life.dossier.repayment.answer_by
    assert waits(agent, life).startswith(PARTIES)
    recruiter = recruiter_of(site, life)
    assert waits(recruiter, life).startswith(PARTIES)
    assert "En attente de votre côté 1" in {e.text for e in recruiter.get("/dossiers").screen.page.all("a")}
    assert waits(site.visitor(Role.CANDIDATE, person=CAPUCINE), life) == "L’agence"  # amounts are not their business
    partner = site.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id)
    assert waits(partner, life) == "L’agence"
    assert "Observations" not in partner.get("/dossiers").said
    assert last is not None
    site.at(replace(life).on(last))
    assert waits(agent, life).startswith(PARTIES)
    passed(site, life, last)
    assert waits(agent, life) == HEAD
    assert waits(recruiter_of(site, life), life) == "L’agence"


def test_remarks_that_came_are_for_the_head(site: Site) -> None:
    life = proven(site, does(site, made(site, State.CLAWBACK), "start_contradictory", Hat.INSTRUCTOR), "L14")
    life = does(site, life, "record_remarks", Hat.RECRUITER)
    assert waits(instructor(site), life) == HEAD


def test_a_place_offered_is_awaited_from_those_asked_until_its_day(site: Site) -> None:
    life = made(site, State.RESERVE)
    agent = instructor(site)
    assert waits(agent, life) == ""
    life = does(site, life, "offer_place", Hat.HEAD)
    assert life.dossier.reserve is not None
    last = life.dossier.reserve.reply_by
    assert waits(agent, life).startswith(PARTIES)
    assert waits(recruiter_of(site, life), life).startswith(PARTIES)
    passed(site, life, last)
    assert waits(agent, life) == HEAD


def test_a_place_that_everybody_takes_is_for_the_head_and_one_declined_for_nobody(site: Site) -> None:
    offered = does(site, made(site, State.RESERVE), "offer_place", Hat.HEAD)
    taken = does(site, offered, "answer_offer", Hat.RECRUITER, accepted=True)
    assert waits(instructor(site), taken).startswith(PARTIES)
    taken = does(site, taken, "answer_offer", Hat.CANDIDATE, accepted=True)
    assert waits(instructor(site), taken) == HEAD
    left = does(site, does(site, made(site, State.RESERVE), "offer_place", Hat.HEAD), "answer_offer", Hat.RECRUITER)
    left = does(site, left, "answer_offer", Hat.CANDIDATE, accepted=False)
    assert waits(instructor(site), left) == ""


def test_the_day_of_an_answer_shows_beside_what_is_more_overdue(site: Site) -> None:
    life = made(site, State.RESERVE)
    assert life.dossier.silence is not None
    life.on(life.dossier.silence.due_on(life.today) + timedelta(days=50))
    life = does(site, life, "offer_place", Hat.HEAD)
    assert life.dossier.reserve is not None
    rows = instructor(site).get("/dossiers").screen.rows("Dossiers")
    row = next(row for row in rows if row[0] == life.dossier.number)
    assert "Échéance du silence qui vaut rejet" in row[3]
    assert row[-1] == f"{PARTIES}, jusqu’au {until(life.dossier.reserve.reply_by)}"


def test_pieces_are_awaited_until_their_last_day_then_the_desk_has_them_to_judge_missing(site: Site) -> None:
    with site.session() as session:
        life = stored_life(session, "na-2024")
        life.do("submit", life.depositor)
        life.do("request_pieces", Hat.INSTRUCTOR, keys=("filing/cv",))
    site.at(life)
    asked = life.dossier.open_piece_request
    assert asked is not None
    agent = instructor(site)
    assert waits(agent, life).startswith(PARTIES)
    passed(site, life, asked.due_on)
    assert waits(agent, life) == DESK


@pytest.mark.parametrize("over", [False, True])
def test_a_vacant_post_waits_for_a_proposal_then_for_a_decision(site: Site, over: bool) -> None:
    life = made(site, State.WITHDRAWN)
    assert life.dossier.vacancy is not None
    if over:
        passed(site, life, life.dossier.vacancy.replace_by)
    assert waits(instructor(site), life).startswith(HEAD if over else PARTIES)


def test_the_number_of_a_working_list_is_what_opening_it_shows(site: Site) -> None:
    made(site, State.RESERVE)
    made(site, State.COMPLETE)
    life = made(site, State.COMPLETE)
    assert life.dossier.silence is not None
    site.at(replace(life).on(life.dossier.silence.due_on(life.today) + timedelta(days=9)))
    agent = instructor(site)
    tabs = [e for e in agent.get("/dossiers?suite=retard").screen.page.all("a") if "dossiers?suite=" in e.get("href")]
    tabs += [e for e in agent.get("/dossiers?suite=retard").screen.page.all("a") if e.text.startswith("Tous ")]
    assert len(tabs) == 8
    for tab in tabs:
        shown = agent.get(tab.get("href")).screen
        number = tab.text.split()[-1]
        assert f"{number} dossier" in next(e.text for e in shown.page.all("p") if "tp-lead" in e.get("class"))
        again = {e.text for e in shown.page.all("a")}
        assert {e.text for e in tabs} <= again  # they do not move when one of them is opened
