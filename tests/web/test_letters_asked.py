"""Asking for a letter on the pages: only those with something to tell are offered, and it is then to prepare."""

from __future__ import annotations

from tests.web.making import instructor, made, path
from tests.web.site import Site
from workflows.states import State


def test_an_instructor_asks_for_a_letter_that_has_something_to_tell(quick: Site) -> None:
    life = made(quick, State.COMPLETE)
    agent, act = instructor(quick), path(life, "ask_letter")
    page = agent.get(act).screen
    select = next(e for e in page.page.all("select") if e.get("name") == "letter")
    offered = {option.get("value") for option in select.all("option")} - {""}
    assert offered == {"L1", "L2", "L4"}
    typed = {"letter": "L4"}
    preview = agent.post(act, {"etape": "voir", **typed}).said
    assert "Lettre à signer, au déposant" in preview
    assert "annonce du dossier complet" in preview
    answer = agent.post(act, agent.confirmed(act, typed))
    assert answer.status == 303
    assert "volet=courriers" in answer.headers["Location"]
    letters = agent.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    assert "Annonce du dossier complet" in letters.text
    again = agent.post(act, {"etape": "voir", **typed}).said
    assert "n’est pas encore parti" in again
