"""Asking for pieces: the form knows what has come, what does not suit and how long the period is."""

from __future__ import annotations

from dataclasses import replace

from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.pages import Screen
from tests.web.making import instructor, made, path
from tests.web.site import Site
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

CV, LETTER = "filing/cv", "filing/lettre_motivation"


def submitted(site: Site) -> StoredLife:
    """A dossier with every piece received, a CV refused and a letter accepted."""
    life = made(site, State.SUBMITTED)
    with site.session() as session:
        life = replace(life, session=session)
        life.do("judge_piece", Hat.INSTRUCTOR, key=CV, verdict=PieceState.REFUSED, defect=Defect.UNSIGNED)
        return life.do("judge_piece", Hat.INSTRUCTOR, key=LETTER, verdict=PieceState.ACCEPTED)


def boxes(page: Screen) -> dict[str, tuple[str, bool]]:
    """The pieces one may ask for: by key, the words beside the box, and whether it is ticked."""
    labels = {e.get("for"): e.text for e in page.page.all("label")}
    inputs = [e for e in page.page.all("input") if e.get("name") == "keys"]
    return {e.get("value"): (labels[e.get("id")], "checked" in e.attributes) for e in inputs}


def test_each_piece_says_where_it_stands_and_what_does_not_suit_is_ticked(quick: Site) -> None:
    life = submitted(quick)
    found = boxes(instructor(quick).get(path(life, "request_pieces")).screen)
    assert found[CV] == ("CV : refusée, elle n’est pas signée", True)
    assert list(found.items())[-1] == (LETTER, ("Lettre de motivation : acceptée", False))  # what suits comes last
    others = [words for key, words in found.items() if key not in {CV, LETTER}]
    assert others
    for words, ticked in others:
        assert words[0].isupper()
        assert "reçue le" in words
        assert "à examiner" in words
        assert not ticked


def test_what_has_not_come_is_ticked(quick: Site) -> None:
    with quick.session() as session:
        life = stored_life(session, "na-2024").do("submit", Hat.CANDIDATE)
    quick.at(life)
    found = boxes(instructor(quick).get(path(life, "request_pieces")).screen)
    assert len(found) > 2
    assert all(words.endswith("pas encore reçue") and ticked for words, ticked in found.values())


def test_the_form_gives_the_number_of_days_and_how_they_are_counted(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    days = life.call.clauses.filing.completion_days.value
    said = instructor(quick).get(path(life, "request_pieces")).said
    assert f"Vide : {days} jours" in said
    assert "compte à partir de demain" in said
    assert "premier jour ouvré qui suit" in said


def test_what_stops_completeness_tells_what_came_from_what_did_not(quick: Site) -> None:
    life = submitted(quick)
    said = instructor(quick).get(f"/dossiers/{life.dossier.number}").said
    assert "À remplacer : CV." in said
    assert "À examiner : courrier" in said
    assert "À recevoir" not in said
    assert "Il manque" not in said
