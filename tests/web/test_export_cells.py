"""A file says all that its table says: every amount, every day and every word of a row on screen is in its line."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from python_calamine import CalamineWorkbook

from backoffice.store import letter_lists
from backoffice.web.letter_room import STEPS
from tests.backoffice.services.test_envelopes import publish_with_envelope
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.web.making import CAPUCINE, instructor
from tests.web.site import Answer, Site, Visitor
from tests.web.test_letters_made import desk_on, step, work
from workflows.actors import Role
from workflows.french import month_name
from workflows.parts.reliefs import Relief
from workflows.states import State

MONTHS = [month_name(2025, month).split("\u00a0")[0] for month in range(1, 13)]
_AMOUNT = re.compile(r"[−-]?\d[\d \u202f]*,\d\d(?=\s?€|$)")
_DAY = re.compile(rf"\b(1er|\d{{1,2}})\s({'|'.join(MONTHS)})\s(\d{{4}})")
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})\s(\d{{4}})", re.IGNORECASE)
_PLAIN_DAY = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})")


def euros(text: str) -> Decimal:
    return Decimal(re.sub(r"\s", "", text).replace("−", "-").replace(",", "."))


def told(text: str) -> tuple[set[Decimal], set[date], set[str]]:
    """The amounts, the days and the words of some cells; a month alone is its first day."""
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    days = {date(int(y), MONTHS.index(m) + 1, 1 if d == "1er" else int(d)) for d, m, y in _DAY.findall(text)}
    text = _DAY.sub(" ", text)
    days |= {date(int(y), MONTHS.index(m.lower()) + 1, 1) for m, y in _MONTH.findall(text)}
    text = _MONTH.sub(" ", text)
    days |= {date(int(y), int(m), int(d)) for d, m, y in _PLAIN_DAY.findall(text)}
    text = _PLAIN_DAY.sub(" ", text)
    amounts = {euros(found) for found in _AMOUNT.findall(text)}
    return amounts, days, set(re.findall(r"[^\W\d_]{3,}", _AMOUNT.sub(" ", text).lower()))


def lines(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer.said
    return list(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig")), delimiter=";"))


def assert_said(screen: list[str], titles: list[str], line: list[str], but: str = "") -> None:
    """`but`: words that only arrange the page."""
    amounts, days, words = told(" | ".join(screen))
    cells = [told(cell) for cell in line]
    assert amounts <= {a for cell in cells for a in cell[0]}, (screen, line)
    assert days <= {d for cell in cells for d in cell[1]}, (screen, line)
    known = {w for cell in cells for w in cell[2]} | told(" ".join(titles))[2] | set(but.split())
    assert words <= known, (screen, line)


def compared(visitor: Visitor, path: str, caption: str, file: str, but: str = "") -> list[dict[str, str]]:
    """Every row of a table beside its line of a file, in order; the lines by their titles."""
    screen = [row for row in visitor.get(path).screen.rows(caption) if not row[0].startswith("Total")]
    titles, *found = lines(visitor.get(file))
    assert len(screen) == len(found) > 0
    for row, line in zip(screen, found, strict=True):
        assert_said(row, titles, line, but)
    return [dict(zip(titles, line, strict=True)) for line in found]


def asked_back(site: Site, *, relief: bool = False) -> StoredLife:
    with site.session() as session:
        publish_with_envelope(session, Decimal("30000.00"), binds=False)
        life = stored_life(session, "na-2024").to(State.CLAWBACK)
        life.later(3).do("start_contradictory", Hat.HEAD)
        if relief:
            life.later(1).do("prepare_relief", Hat.INSTRUCTOR)
    site.at(life)
    return life


# Repayments.


def test_every_one_awaited_on_a_repayment_is_in_its_line(quick: Site):
    asked_back(quick, relief=True)
    agent = instructor(quick)
    (line,) = compared(agent, "/reversements", "Reversements", "/reversements/export/csv")
    assert line["Attend"].count("\u202f; ") == 1
    assert line["Jusqu’au"]


def test_the_stages_of_the_workbook_and_the_filters_of_the_address_are_those_of_the_page(quick: Site):
    asked_back(quick)
    agent = instructor(quick)
    assert len(lines(agent.get("/reversements/export/csv?etape=recouvrement"))) == 1
    assert len(lines(agent.get("/reversements/export/csv?etape=contradictoire&appel=na-2024"))) == 2
    assert len(lines(agent.get("/reversements/export/csv?etape=contradictoire&appel=idf-2025"))) == 1


# The account of a post.


@pytest.mark.parametrize("what", ["echeancier", "ecritures"])
def test_every_cell_of_an_account_is_in_its_file(quick: Site, what: str):
    life = asked_back(quick)
    page, agent = f"/dossiers/{life.dossier.number}/compte", instructor(quick)
    titles, *found = lines(agent.get(f"{page}/export/{what}/csv"))
    assert len(found) > 1
    captions = ["Écritures"] if what == "ecritures" else sorted({f"Mois de {line[0][-4:]}" for line in found})
    rows = [row for caption in captions for row in agent.get(page).screen.rows(caption)]
    rows = [row for row in rows if not row[0].startswith("Total")]
    assert len(rows) == len(found)
    for row, line in zip(rows, found, strict=True):
        assert_said(row[:-1], titles, line, "puis")


def test_a_month_of_two_terms_gives_both_amounts(quick: Site):
    life = asked_back(quick)
    titles, *found = lines(instructor(quick).get(f"/dossiers/{life.dossier.number}/compte/export/echeancier/csv"))
    assert {"Mois entier", "Puis", "Dû"} <= set(titles)
    assert {line[titles.index("Dû")] for line in found} == {"3249,79"}
    assert {line[titles.index("Mois entier")] for line in found} == {"3249,79"}


# The list of dossiers.


@pytest.mark.parametrize("query", ["", "?suite=preuves", "?suite=etablissements", "?etat=submitted"])
def test_every_cell_of_the_list_is_in_its_file(quick: Site, query: str):
    with quick.session() as session:
        life = stored_life(session, "na-2024").to(State.SUBMITTED).later(1)
        life.do("request_pieces", Hat.INSTRUCTOR)
        stored_life(session, "na-2024").to(State.NOTIFIED).later(2)
    quick.at(life)
    quick.moved.legal += timedelta(days=60)
    agent = instructor(quick)
    shown = agent.get(f"/dossiers{query}").screen
    if "Aucun dossier ne correspond" in shown.text:
        assert len(lines(agent.get(f"/dossiers/export/csv{query}"))) == 1
        return
    compared(
        agent,
        f"/dossiers{query}",
        "Dossiers",
        f"/dossiers/export/csv{query}",
        "dans jours jour hier demain depuis retard aujourd hui semaines semaine mois",
    )


def test_the_list_of_awaited_proofs_says_since_when(quick: Site):
    with quick.session() as session:
        life = stored_life(session, "na-2024").to(State.NOTIFIED)
    quick.at(life)
    agent = instructor(quick)
    titles, *found = lines(agent.get("/dossiers/export/csv?suite=preuves"))
    assert [line[titles.index("Preuve de réception attendue depuis")] for line in found] == [
        f"{life.profile.notified:%d/%m/%Y}"
    ]
    assert "Preuve de réception attendue depuis" not in lines(agent.get("/dossiers/export/csv"))[0]


# The budget.


@pytest.mark.parametrize(
    ("path", "caption", "file"),
    [
        ("/budget/na-2024", "Budget par année", "/budget/na-2024/export/annees/csv"),
        ("/budget/na-2024", "Places", "/budget/na-2024/export/places/csv"),
        ("/budget/na-2024/mois/2025/1", "Ce que chaque acte", "/budget/na-2024/mois/2025/1/export/csv"),
    ],
)
def test_every_cell_of_a_budget_is_in_its_file(quick: Site, path: str, caption: str, file: str):
    asked_back(quick)
    compared(instructor(quick), path, caption, file, "non connu connue dépassement")


def test_every_month_of_a_budget_is_in_its_file(quick: Site):
    asked_back(quick)
    agent = instructor(quick)
    titles, *found = lines(agent.get("/budget/na-2024/export/mois/csv"))
    years = sorted({line[0][-4:] for line in found})
    rows = [row for year in years for row in agent.get("/budget/na-2024").screen.rows(f"Mois de {year}")]
    assert len(rows) == len(found)
    for row, line in zip(rows, found, strict=True):
        assert_said(row, titles, line)


# A repayment.


def claimed(site: Site) -> StoredLife:
    """Decided, claimed, remitted and paid in part: every table of the page has rows."""
    with site.session() as session:
        publish_with_envelope(session, Decimal("30000.00"), binds=False)
        life = stored_life(session, "na-2024").to(State.CLAWBACK)
        life.later(1).do("start_contradictory", Hat.INSTRUCTOR)
        life.later(1).do("record_remarks", Hat.RECRUITER)
        life.later(1).do("decide_repayment", Hat.HEAD)
        life.later(1).do("request_title", Hat.INSTRUCTOR)
        life.later(1).do("record_title", Hat.INSTRUCTOR)
        life.later(1).do("file_claim", Hat.RECRUITER)
        life.later(1).do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("1000.00"))
        life.later(1).do("prepare_relief", Hat.INSTRUCTOR, amount=Decimal("48.53"), relief=Relief.REMITTED)
        life.later(1).do("remit_repayment", Hat.HEAD, amount=Decimal("48.53"), authority="=1+1")
    site.at(life)
    return life


REPAYMENT = {
    "somme": "La somme et ce qu’elle devient",
    "lectures": "Les trois lectures",
    "calcul": "Bases de la liquidation",
    "mouvements": "Mouvements du reversement",
    "reclamations": "Réclamations contre",
    "courriers": "Courriers de ce reversement",
    "delais": "Délais légaux",
}


def test_every_cell_of_a_repayment_is_in_its_file_for_whoever_reads_it(quick: Site):
    life = claimed(quick)
    page = f"/dossiers/{life.dossier.number}/reversement"
    hospital = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    for reader in (instructor(quick), hospital):
        shown = reader.get(page).screen
        hrefs = [a.get("href") for a in shown.page.all("a") if "/export/" in a.get("href")]
        for what, caption in REPAYMENT.items():
            assert f"{page}/1/export/{what}/csv" in hrefs
            titles, *found = lines(reader.get(f"{page}/1/export/{what}/csv"))
            rows = shown.rows(caption)
            assert len(rows) == len(found) > 0, what
            for row, line in zip(rows, found, strict=True):
                assert_said(row, titles, line, "enregistrer preuve réception")


def test_the_workbook_of_a_repayment_holds_the_amounts_of_its_calculation(quick: Site):
    life = claimed(quick)
    for ending in ("xlsx", "ods"):
        answer = instructor(quick).get(f"/dossiers/{life.dossier.number}/reversement/1/export/somme/{ending}")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.response.get_data()))
        assert len(book.sheet_names) == len(REPAYMENT)
        sheet: dict[str, list[list[Any]]] = {
            name: book.get_sheet_by_name(name).to_python()[1:] for name in book.sheet_names
        }
        sums = dict(sheet["La somme"])
        assert [sums["Décidé"], sums["Recouvré"], sums["Remis"], sums["Reste dû"]] == [22748.53, -1000, -48.53, 21700]
        (paid, remitted) = sheet["Mouvements"]
        assert (paid[4:], remitted[4:]) == ([1000.0, 21748.53], [48.53, 21700.0])
        assert remitted[3].lstrip("'") == "=1+1"
        of = {row[0]: row[2] for row in sheet["Calcul"]}
        assert of["Total versé"] + of["Total servi"] == pytest.approx(of["Versé et non servi"])


def test_who_reads_no_repayment_gets_no_file_of_it(quick: Site):
    life = claimed(quick)
    file = f"/dossiers/{life.dossier.number}/reversement/1/export/calcul/csv"
    for stranger in (
        quick.visitor(Role.CANDIDATE, person=CAPUCINE),
        quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id),
        quick.visitor(Role.ADMIN),
        quick.visitor(Role.HEAD, region="11"),
    ):
        assert stranger.get(file).status in {403, 404}
    agent = instructor(quick)
    for wrong in (file.replace("/1/", "/2/"), file.replace("calcul", "rien"), file.replace("csv", "pdf")):
        assert agent.get(wrong).status == 404


# Letters.


def test_every_letter_of_a_tab_is_in_its_file(quick: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(letter_lists, "_MANY", 2)  # a list is read some letters at a time
    desk = desk_on(quick)
    today = f"{quick.moved.legal:%d/%m/%Y}"

    def same(tab: str, number: int, reader: Visitor | None = None) -> list[dict[str, str]]:
        found = compared(reader or desk.head, f"/courriers?etape={tab}", STEPS[tab].tab, file(tab), "lire")
        assert len(found) == number
        return found

    def file(tab: str, **more: str) -> str:
        return f"/courriers/export/csv?{urlencode({'etape': tab, **more})}"

    to_prepare = same("a-preparer", len(lines(desk.head.get(file("a-preparer")))) - 1)
    assert {line["Dossier"] for line in to_prepare} == {desk.number}
    step(desk.instructor, "a-preparer")
    assert any(line["À faire avant"] for line in same("a-valider", 4, desk.instructor))
    assert len(lines(desk.head.get(file("a-valider", courrier="L8")))) == 1 + 3
    step(desk.head, "a-valider")
    same("a-produire", 4)
    step(desk.head, "a-produire")
    same("en-cours", 4)
    work(desk)
    assert {line["N°"][:5] for line in same("a-envoyer", 3)} == {f"{quick.moved.legal.year}-"}
    letter = next(letter for letter in desk.letters() if letter.code == "L8")
    paper = {"voie": "registered", "jour": quick.moved.legal.date().isoformat()}
    assert desk.head.post(f"/courriers/{letter.id}/papier", paper).status == 303
    # the letter to the accounts was filed as it was made; the other one left
    left = {line["Où il en est"]: line["Le"] for line in same("envoyes", 2)}
    assert left == {"versé au dossier": today, "envoyé": today}
    stranger = quick.visitor(Role.HEAD, region="11")
    assert len(lines(stranger.get(file("a-envoyer")))) == 1
    party = quick.visitor(Role.ESTABLISHMENT, establishment=desk.life.profile.recruiter.id)
    assert party.get(file("a-envoyer")).status == 404
    for ending in ("xlsx", "ods"):
        answer = desk.head.get(file("envoyes").replace("csv", ending))
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.response.get_data()))
        (titles, *sent) = book.get_sheet_by_index(0).to_python()
        assert [line[titles.index("Le")] for line in sent] == [quick.moved.legal.date()] * 2
