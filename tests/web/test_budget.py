"""The budget pages: the figures of the reference, what changed them, to the agents of the region only; and exports."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.act import Times
from backoffice.services.publishing import load_version
from backoffice.services.redrawing import draw_stale
from backoffice.store.dossiers import DossierRow
from tests.backoffice.services.test_envelopes import publish_with_envelope
from tests.backoffice.services.test_quotas import published
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat
from tests.web.making import instructor
from tests.web.site import Answer, Site, Visitor
from workflows.actors import Role
from workflows.states import State

#: Statements of the budget of one call, those that open any page included.
MOST = 8


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


def selected(site: Site, number: int = 1, envelope: str | None = None) -> list[StoredLife]:
    """So many posts awarded in Nouvelle-Aquitaine, the clock on the day of the last."""
    with site.session() as session:
        if envelope:
            publish_with_envelope(session, Decimal(envelope), binds=False)
        lives = [stored_life(session, "na-2024").to(State.SELECTED) for _ in range(number)]
    site.at(lives[-1])
    return lives


def page(visitor: Visitor, path: str = "/budget/na-2024") -> Answer:
    answer = visitor.get(path)
    assert answer.status == 200, answer.said
    return answer


def years(answer: Answer) -> dict[str, list[str]]:
    rows = answer.screen.rows("Budget par année")
    return {row[0]: [plain(cell) for cell in row[1:]] for row in rows}


def test_a_post_is_counted_in_its_budget_years_to_the_cent(site: Site):
    selected(site)
    found = years(page(instructor(site)))
    assert [found[year][1] for year in ("2024", "2025", "2026")] == ["6 499,58 €", "38 997,48 €", "32 497,90 €"]
    assert found["2025"][0] == "non connue"
    assert found["2025"][7] == "non connu"


def test_what_is_left_of_the_envelope_and_what_is_over_it(site: Site):
    selected(site, 2, envelope="100000.00")
    first = page(instructor(site))
    assert years(first)["2025"][7] == "22 005,04 €"
    selected(site)
    second = page(instructor(site))
    assert years(second)["2025"][7] == "dépassement de 16 992,44 €"
    assert "16 992,44 €" in plain(page(instructor(site), "/budget").said)


def test_every_overrun_is_told_even_if_two_are_named(quick: Site):
    limits = "".join(
        f"\n[[parameters.budget.envelopes]]\nyear = {year}\nsince = 2024-01-10\n"
        'amount = { value = "1000.00", choice = "NA-29", note = "Décision." }\n'
        for year in (2024, 2025, 2026)
    )
    with quick.session() as session:
        text = read_text(CALLS / "na-2024.toml") + limits
        load_version(session, text, sources=quota_sources(), by="x", now=MACHINE)
    selected(quick)
    lead = plain(page(instructor(quick), "/budget").said)
    assert "2025 de 37 997,48 €" in lead
    assert "1 autre enveloppe est dépassée." in lead


def test_places_taken_above_a_quota_lowered_since_are_told(quick: Site):
    with quick.session() as session:
        published(session, 2)
        for _ in range(2):
            life = stored_life(session, "na-2024").to(State.NOTIFIED)
    quick.at(life)
    agent = instructor(quick)
    before = page(agent)
    assert [row[1:] for row in before.screen.rows("Places")] == [["2", "2", "0", "0", "0", "0"]]
    assert "a baissé" not in before.said
    with quick.session() as session:
        published(session, 1)
    after = page(agent)
    (row,) = after.screen.rows("Places")
    assert plain(row[-2]).endswith("dépassement de 1")
    assert "elles gardent leur place" in after.said


def test_months_served_are_due_once_they_are_over(site: Site):
    with site.session() as session:
        stored_life(session, "na-2024").to(State.IN_POST)
    selected(site)  # nobody starts on that one
    agent = instructor(site)
    site.moved.legal = datetime(2025, 2, 28, 12, tzinfo=UTC)
    assert years(page(agent))["2025"][2] == "3 249,79 €"  # January alone
    site.moved.legal = datetime(2025, 3, 1, 12, tzinfo=UTC)
    assert years(page(agent))["2025"][2] == "6 499,58 €"
    assert years(page(agent))["2024"][2] == "6 499,58 €"


def test_each_difference_names_the_act_that_made_it(site: Site):
    with site.session() as session:
        life = stored_life(session, "na-2024").to(State.IN_POST)
        life.later(60).do("record_end", Hat.INSTRUCTOR, last_day=life.today)
    site.at(life)
    agent = instructor(site)
    answer = page(agent)
    (row,) = [row for row in answer.screen.rows("Mois de 2026") if row[0] == "Mars 2026"]
    assert [plain(cell) for cell in row[1:]] == [
        "3 249,79 €",
        "Constater la fin : −3 249,79 €",
        "0,00 €",
        "0,00 €",
    ]
    moved = {row[0]: plain(row[1]) for row in answer.screen.rows("Engagé, acte par acte")}
    assert moved["Constater la fin"].startswith("−")
    month = page(agent, "/budget/na-2024/mois/2026/3")
    changes = [[plain(cell) for cell in row] for row in month.screen.rows("Ce que chaque acte")]
    assert [(row[0], row[2], row[4], row[5]) for row in changes] == [
        (life.dossier.number, "Retenir", "+30", "+3 249,79 €"),
        (life.dossier.number, "Constater la fin", "−30", "−3 249,79 €"),
    ]
    assert f"/dossiers/{life.dossier.number}" in {
        link.get("href").partition("?")[0] for link in month.screen.page.all("a")
    }


def test_a_call_without_any_amount_says_who_feeds_the_page(quick: Site):
    with quick.session() as session:
        life = stored_life(session, "na-2024").to(State.SUBMITTED)
    quick.at(life)
    assert "Aucun engagement" in page(instructor(quick)).said
    assert "Aucun engagement" in page(instructor(quick), "/budget").said


def test_dossiers_that_are_not_counted_yet_are_told(site: Site):
    (life,) = selected(site)
    with site.session() as session:
        session.execute(update(DossierRow).where(DossierRow.id == life.id).values(drawn=0))
        session.commit()
    agent = instructor(site)
    assert "1 dossier de cet appel n’est pas encore compté" in plain(page(agent).said)
    with site.session() as session:
        draw_stale(session, Times(MACHINE, MACHINE), set())
    assert "pas encore compté" not in page(agent).said


def test_the_pictures_say_in_words_what_they_show_and_have_their_table(quick: Site):
    selected(quick, envelope="30000.00")
    answer = page(instructor(quick))
    pictures = [e for e in answer.screen.page.all("svg") if e.get("role") == "img"]
    assert len(pictures) == 4
    assert "38 997,48 € engagés, enveloppe de 30 000,00 €" in plain(pictures[1].get("aria-label"))
    assert "style=" not in answer.response.get_data(as_text=True)


def test_another_region_or_a_call_that_does_not_exist_is_not_found(quick: Site):
    selected(quick)
    elsewhere = quick.visitor(Role.HEAD, region="11")
    for path in ("/budget/na-2024", "/budget/na-2024/export/annees/csv", "/budget/na-2024/mois/2025/1"):
        assert elsewhere.get(path).status == 404
    assert "na-2024" not in page(elsewhere, "/budget").response.get_data(as_text=True)
    agent = instructor(quick)
    wrong = (
        "rien",
        "na-2024/mois/2025/13",
        "na-2024/mois/2050/1",
        "na-2024/export/rien/csv",
        "na-2024/export/mois/pdf",
    )
    assert {agent.get(f"/budget/{path}").status for path in wrong} == {404}


def test_the_page_costs_as_many_statements_for_one_post_as_for_many(site: Site):
    selected(site)
    agent, costs = instructor(site), []
    for _ in range(2):
        with site.statements() as sent:
            page(agent)
        costs.append(len(sent))
        selected(site, 3)
    assert costs[0] == costs[1] <= MOST


# Exports.


def book(answer: Answer) -> dict[str, list[list[Any]]]:
    assert answer.status == 200, answer.said
    found = CalamineWorkbook.from_filelike(io.BytesIO(answer.response.get_data()))
    return {name: found.get_sheet_by_name(name).to_python() for name in found.sheet_names}


def lines(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer.said
    return list(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_workbook_holds_the_tables_of_the_page(quick: Site, ending: str):
    selected(quick, envelope="100000.00")
    answer = instructor(quick).get(f"/budget/na-2024/export/annees/{ending}")
    found = book(answer)
    assert list(found) == ["Années", "Places", "Mois"]
    of_2025 = next(row for row in found["Années"] if row[1] == 2025)
    assert of_2025[2:4] == [100000.0, 38997.48]
    assert of_2025[9:] == [61002.52, 0.0]
    assert len(found["Mois"]) == 25
    assert f'filename="budget-na-2024-annees.{ending}"' in answer.headers["Content-Disposition"]


def test_a_csv_holds_the_table_asked_for(quick: Site):
    selected(quick, envelope="30000.00")
    agent = instructor(quick)
    years_ = lines(agent.get("/budget/na-2024/export/annees/csv"))
    assert years_[2][1:4] == ["2025", "30000,00", "38997,48"]
    assert years_[2][-2:] == ["0,00", "8997,48"]
    months = lines(agent.get("/budget/na-2024/export/mois/csv"))
    assert months[1][:4] == ["01/11/2024", "3249,79", "0,00", "3249,79"]
    assert len(lines(agent.get("/budget/export/csv"))) == 4
    assert len(lines(agent.get("/budget/na-2024/mois/2025/1/export/csv"))) == 2


def test_the_links_of_the_page_lead_to_its_exports(quick: Site):
    selected(quick)
    agent = instructor(quick)
    for path in ("/budget", "/budget/na-2024", "/budget/na-2024/mois/2025/1"):
        links = [link.get("href") for link in page(agent, path).screen.page.all("a") if "/export/" in link.get("href")]
        assert len(links) in {3, 9}
        assert {agent.get(link).status for link in links} == {200}
