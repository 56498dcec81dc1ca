"""The list of dossiers as a file: the same dossiers, filters and order as on the page, and nothing the page hides."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from backoffice.store import listing
from backoffice.store.people import Establishment, Person
from backoffice.web import exports
from tests.backoffice.stored import known_id, stored_life
from tests.databases import Database, ran_on
from tests.web.making import CAPUCINE, instructor
from tests.web.site import Answer, Site, Visitor, site_on
from workflows.actors import Role
from workflows.states import State


def filled(site: Site) -> Site:
    """Four dossiers of Nouvelle-Aquitaine, one of another region."""
    with site.session() as session:
        for state in (State.SUBMITTED, State.COMPLETE, State.SELECTED, State.IN_POST):
            life = stored_life(session, "na-2024").to(state)
        stored_life(session, "idf-2025").to(State.SUBMITTED)
    site.at(life)
    return site


@pytest.fixture(scope="module")
def kept(kept_database: Database) -> Iterator[Site]:
    """The same for every test that only reads them."""
    with site_on(kept_database) as site:
        yield filled(site)


@pytest.fixture
def four(kept: Site, kept_database: Database, request: pytest.FixtureRequest) -> Site:
    """The dossiers, on both databases."""
    ran_on(request, kept_database.server)
    return kept


def lines(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer.said
    return list(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig")), delimiter=";"))


def rows(answer: Answer) -> list[list[Any]]:
    assert answer.status == 200, answer.said
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.response.get_data())).get_sheet_by_index(0).to_python()


def numbers(visitor: Visitor, query: str = "") -> list[str]:
    return [row[0] for row in visitor.get(f"/dossiers{query}").screen.rows("Dossiers")]


@pytest.mark.parametrize(
    "query",
    ["", "?etat=in_post", "?suite=decision", "?suite=retard", "?suite=preuves", "?q=mirabelle", "?appel=na-2024"],
)
def test_a_file_holds_the_dossiers_of_the_page_in_their_order(four: Site, query: str):
    agent = instructor(four)
    assert [line[0] for line in lines(agent.get(f"/dossiers/export/csv{query}"))[1:]] == numbers(agent, query)


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_the_cells_of_a_workbook_have_their_types(four: Site, ending: str):
    titles, *found = rows(instructor(four).get(f"/dossiers/export/{ending}"))
    by_state = {row[3]: dict(zip(titles, row, strict=True)) for row in found}
    served = by_state["En poste"]
    assert served["Médecin"] == "Capucine Bleuet"
    assert served["Prise de fonctions"] == date(2024, 11, 1)
    assert served["Retenu le"] == date(2024, 7, 15)
    assert served["Délégué"] == 0.0
    assert "Nouvelle-Aquitaine" in served["Appel"]
    assert {row["Dossier"] for row in by_state.values()} == set(numbers(instructor(four)))


def test_a_file_has_every_page_of_the_list(four: Site, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(listing, "BATCH", 3)
    agent = instructor(four)
    assert len(numbers(agent)) == 2
    assert len(lines(agent.get("/dossiers/export/csv"))) == 5


def test_names_that_would_be_formulas_stay_texts(site: Site):
    with filled(site).session() as session:
        session.execute(update(Person).where(Person.id == known_id("capucine-bleuet")).values(given_name="=1+1"))
        session.execute(update(Establishment).values(name="@SUM(A1)"))
        session.commit()
    agent = instructor(site)
    assert {line[2] for line in lines(agent.get("/dossiers/export/csv"))[1:]} == {"'=1+1 Bleuet"}
    assert {line[7] for line in lines(agent.get("/dossiers/export/csv"))[1:]} == {"'@SUM(A1)"}
    for ending in ("xlsx", "ods"):
        found = rows(agent.get(f"/dossiers/export/{ending}"))[1:]
        assert {(row[2], row[7]) for row in found} == {("=1+1 Bleuet", "@SUM(A1)")}


def test_parties_get_their_own_dossiers_without_what_the_page_hides(four: Site):
    doctor = four.visitor(Role.CANDIDATE, person=CAPUCINE)
    titles, *found = lines(doctor.get("/dossiers/export/csv"))
    assert [line[0] for line in found] == numbers(doctor)
    assert not {"Médecin", "Délégué", "Reversé"} & set(titles)
    member = four.visitor(Role.MEMBER, region="75")
    administrator = four.visitor(Role.ADMIN)
    for reader in (member, administrator):  # the one sits in no session, the other reads no dossier
        assert lines(reader.get("/dossiers/export/csv"))[1:] == []


def test_nobody_and_unknown_formats_get_no_file(four: Site):
    assert four.nobody().get("/dossiers/export/csv").status == 302
    assert instructor(four).get("/dossiers/export/pdf").status == 404


def test_a_workbook_too_long_says_what_to_do_and_a_csv_has_no_limit(four: Site, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    agent = instructor(four)
    for ending in ("xlsx", "ods"):
        answer = agent.get(f"/dossiers/export/{ending}")
        assert answer.status == 413
        assert "CSV" in answer.said
    assert len(lines(agent.get("/dossiers/export/csv"))) == 5


def test_a_workbook_is_counted_as_it_is_written_whatever_its_page_knows(four: Site, monkeypatch):
    agent, path = instructor(four), "/budget/na-2024/export/mois"
    assert len(lines(agent.get(f"{path}/csv"))) == 25
    monkeypatch.setattr(exports, "MOST_ROWS", 27)  # the months, the years and the places make 28
    for ending in ("xlsx", "ods"):
        answer = agent.get(f"{path}/{ending}")
        assert answer.status == 413
        assert "CSV" in answer.said
    monkeypatch.setattr(exports, "MOST_ROWS", 28)
    assert agent.get(f"{path}/xlsx").status == 200


def test_a_file_is_a_download_that_no_browser_runs(four: Site):
    answer = instructor(four).get("/dossiers/export/xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dossiers.xlsx"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["Content-Length"]) == len(answer.response.get_data())


def test_the_page_links_to_its_file_with_its_filters(four: Site):
    page = instructor(four).get("/dossiers?etat=in_post&q=mirabelle").screen.page
    links = [link.get("href") for link in page.all("a") if "/export/" in link.get("href")]
    assert len(links) == 3
    assert all("etat=in_post" in link and "q=mirabelle" in link for link in links)
