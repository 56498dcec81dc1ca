"""The repayments of a region: by stage, the oldest first, who is awaited; the totals are those of the budget."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.databases import copied
from tests.pages import Screen
from tests.web.making import instructor
from tests.web.site import Answer, Site, Visitor, site_on
from tests.web.test_repayment_page import DECIDED, HEARD, NOTICED, TITLED, plain
from workflows.actors import Role
from workflows.parts.reliefs import Relief
from workflows.states import State

#: Statements of the page, those that open any page included.
MOST = 6
PAID = (*TITLED, ("record_repaid", Hat.INSTRUCTOR, {"amount": Decimal("1000.00")}))
REMITTED = {"relief": Relief.REMITTED, "amount": Decimal("48.53")}
RELIEVED = (
    *PAID,
    ("prepare_relief", Hat.INSTRUCTOR, REMITTED),
    ("remit_repayment", Hat.HEAD, {"amount": Decimal("48.53")}),
)
CLOSED = (*TITLED, ("record_repaid", Hat.INSTRUCTOR), ("settle", Hat.INSTRUCTOR))
GIVEN_UP = (*HEARD, ("prepare_relief", Hat.INSTRUCTOR), ("drop_repayment", Hat.HEAD))
ROADS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "Proposés": (),
    "En procédure contradictoire": NOTICED,
    "À décider": HEARD,
    "Titre à demander": DECIDED,
    "Titre attendu": TITLED[:-1],
    "À recouvrer": RELIEVED,
    "Soldés ou abandonnés": CLOSED,
}


def walked(life: StoredLife, road: tuple[tuple[Any, ...], ...]) -> StoredLife:
    for act, hat, *given in road:
        life.later(1).do(act, hat, **(given[0] if given else {}))
    return life


@pytest.fixture(scope="module")
def busy(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, dict[str, StoredLife]]]:
    """Repayments at every stage, made once for the questions that only read them."""
    with site_on(copied(sqlite_template, tmp_path_factory.mktemp("repayments"))) as site:
        lives = {}
        with site.session() as session:
            for label, road in ROADS.items():
                lives[label] = walked(stored_life(session, "na-2024").to(State.CLAWBACK), road)
            lives["given up"] = walked(stored_life(session, "na-2024").to(State.CLAWBACK), GIVEN_UP)
            last = max(lives.values(), key=lambda life: life.now)
        site.at(last)
        yield site, lives


Busy = tuple[Site, dict[str, StoredLife]]


def listed(visitor: Visitor, query: str = "") -> Screen:
    answer = visitor.get(f"/reversements{query}")
    assert answer.status == 200, answer.said
    return answer.screen


def by_stage(page: Screen) -> dict[str, list[str]]:
    return {row[0]: [plain(cell) for cell in row[1:]] for row in page.rows("Les reversements de chaque étape")}


def euros(text: str) -> Decimal:
    return Decimal(plain(text).replace(" ", "").replace("€", "").replace(",", "."))


def test_every_stage_has_its_repayments_and_the_sums_add_up(busy: Busy) -> None:
    site, lives = busy
    found = by_stage(listed(instructor(site)))
    assert list(found) == [*ROADS, "Total"]
    assert {label: row[0] for label, row in found.items()} == dict.fromkeys(ROADS, "1") | {
        "Soldés ou abandonnés": "2",
        "Total": "8",
    }
    asked = lives["À recouvrer"].dossier.repayments[0].decided
    assert asked is not None
    assert [euros(cell) for cell in found["À recouvrer"][1:]] == [
        asked,
        Decimal("1000.00"),
        Decimal("48.53"),
        asked - Decimal("1048.53"),
    ]
    for column in range(1, 5):
        assert sum(euros(row[column]) for label, row in found.items() if label != "Total") == euros(
            found["Total"][column]
        )
    assert euros(found["Soldés ou abandonnés"][1]) == asked  # what was given up is not asked


def test_the_totals_are_those_of_the_budget(busy: Busy) -> None:
    site, _ = busy
    agent = instructor(site)
    *years, together = agent.get("/budget/na-2024").screen.rows("Budget par année")
    assert together[0] == "Total"
    total = by_stage(listed(agent))["Total"]
    assert sum(euros(row[6]) for row in years) == euros(total[4]) > 0
    assert sum(euros(row[7]) for row in years) == euros(total[2]) > 0
    assert (together[6], together[7]) == (total[4], total[2])
    assert by_stage(listed(agent, "?appel=na-2024"))["Total"] == total


def test_the_number_of_a_stage_is_what_opening_it_shows(busy: Busy) -> None:
    site, lives = busy
    agent = instructor(site)
    tabs = [e for e in listed(agent).page.all("a") if e.text[:-2] in {*ROADS, "À suivre", "Tous"}]
    assert len(tabs) == len(ROADS) + 2
    for tab in tabs:
        page = agent.get(tab.get("href")).screen
        assert len(page.rows("Reversements, le plus ancien")) == int(tab.text.split()[-1])
    (only,) = agent.get("/reversements?etape=decision").screen.rows("Reversements, le plus ancien")
    assert only[0] == lives["À décider"].dossier.number
    assert only[-1].startswith("Le responsable : décider le reversement, ou l’abandonner (l’action sera")


def test_closed_ones_are_out_of_the_way_and_the_oldest_comes_first(busy: Busy) -> None:
    site, lives = busy
    agent = instructor(site)
    numbers = [row[0] for row in listed(agent).rows("Reversements, le plus ancien")]
    assert lives["Soldés ou abandonnés"].dossier.number not in numbers
    assert lives["given up"].dossier.number in numbers  # nobody closed it yet
    everything = listed(agent, "?etape=tous").rows("Reversements, le plus ancien")
    opened = [next(life for life in lives.values() if life.dossier.number == row[0]) for row in everything]
    days = [life.dossier.repayments[0].opened_on for life in opened]
    assert days == sorted(days)


def test_each_line_leads_to_its_page_with_the_same_amounts(busy: Busy) -> None:
    site, lives = busy
    agent = instructor(site)
    row = next(r for r in listed(agent).rows("Reversements, le plus") if r[0] == lives["À recouvrer"].dossier.number)
    page = agent.get(listed(agent).link(row[0])).screen
    amounts = {line[0]: line[1] for line in page.rows("La somme")}
    assert (amounts["Décidé"], amounts["Reste dû"]) == (row[3], row[5])
    assert amounts["Recouvré"].removeprefix("−") == row[4]


def test_it_is_for_the_agents_of_the_region(busy: Busy) -> None:
    site, lives = busy
    profile = next(iter(lives.values())).profile
    for stranger in (
        site.visitor(Role.ESTABLISHMENT, establishment=profile.recruiter.id),
        site.visitor(Role.MEMBER, region="75"),
        site.visitor(Role.ADMIN),
    ):
        assert stranger.get("/reversements").status in {403, 404}
        assert stranger.get("/reversements/export/csv").status in {403, 404}
        assert "Reversements" not in {e.text for e in stranger.get("/dossiers").screen.page.all("a")}
    elsewhere = site.visitor(Role.HEAD, region="11")
    assert "Aucun reversement" in listed(elsewhere, "?etape=tous").text
    assert lives["À décider"].dossier.number not in elsewhere.get("/reversements/export/csv").response.get_data(
        as_text=True
    )
    assert listed(instructor(site)).link("Reversements").endswith("/reversements")


def test_the_page_costs_as_many_statements_whatever_it_holds(busy: Busy) -> None:
    site, _ = busy
    costs = []
    for visitor in (instructor(site), site.visitor(Role.HEAD, region="11")):
        with site.statements() as sent:
            listed(visitor, "?etape=tous")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= MOST, costs


def test_what_is_due_is_told_by_its_age_and_adds_up(busy: Busy) -> None:
    site, _ = busy
    agent = instructor(site)

    def ages() -> dict[str, Decimal]:
        gauges = [e for e in listed(agent).page.all("div") if "tp-gauge" in e.get("class")]
        return {plain(g.first("span").text): euros(g.first("strong").text) for g in gauges}

    total = euros(by_stage(listed(agent))["Total"][4])
    assert sum(ages().values()) == total
    assert list(ages()) == ["Moins de 3 mois 3 reversements"]
    now = site.moved.legal
    site.moved.legal = now + timedelta(days=200)
    assert list(ages()) == ["De 3 mois à 1 an 3 reversements"]
    assert sum(ages().values()) == total
    site.moved.legal = now


# Exports.


def lines(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer.said
    return list(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig")), delimiter=";"))


def test_a_csv_holds_the_list_asked_for(busy: Busy) -> None:
    site, lives = busy
    agent = instructor(site)
    rows = lines(agent.get(listed(agent, "?etape=recouvrement").link("CSV")))
    (row,) = rows[1:]
    named = dict(zip(rows[0], row, strict=True))
    current = lives["À recouvrer"].dossier.repayments[0]
    assert named["Dossier"] == lives["À recouvrer"].dossier.number
    assert (named["Recouvré"], named["Titre"], named["Étape"]) == ("1000,00", "TR-0017", "Recouvrement")
    assert named["Ouvert le"] == f"{current.opened_on:%d/%m/%Y}"
    assert len(lines(agent.get("/reversements/export/csv?etape=tous"))) == 9


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_workbook_holds_the_sums_too(busy: Busy, ending: str) -> None:
    site, _ = busy
    answer = instructor(site).get(f"/reversements/export/{ending}?etape=tous")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.response.get_data()))
    assert book.sheet_names == ["Reversements", "Étapes"]
    found: list[list[Any]] = book.get_sheet_by_name("Reversements").to_python()
    total: list[Any] = book.get_sheet_by_name("Étapes").to_python()[-1]
    due = found[0].index("Reste dû")
    assert total[:2] == ["Total", 8]
    assert round(sum(float(row[due]) for row in found[1:]), 2) == total[-1] > 0


def test_an_unknown_format_stage_or_page_is_no_error(busy: Busy) -> None:
    site, _ = busy
    agent = instructor(site)
    assert agent.get("/reversements/export/pdf").status == 404
    for query in ("?etape=rien", "?page=99", "?page=abc", "?appel=inconnu"):
        listed(agent, query)
