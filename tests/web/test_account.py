"""The account of a post: the same figures to the agency and the hospital, its lines contested, its tables exported."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.backoffice.stored import StoredLife
from tests.builders import Hat
from tests.web.making import CAPUCINE, healthy, instructor, made, path
from tests.web.site import Answer, Site, Visitor
from workflows.actors import Role
from workflows.french import siret
from workflows.states import State

#: Statements of the page, those that open any page included.
MOST = 12


def amounts(answer: Answer) -> list[str]:
    """Every amount of the page in order, those of pictures included."""
    assert answer.status == 200, answer.said
    return answer.screen.amounts


#: What agents alone are told beside the schedule of na-2024 (1.7, NA-19): two printed amounts, each one cent above.
_TOLD = "Attention, {} : l’appel imprime {} €, ses éléments donnent {} € (écart : +0,01 €). Le montant imprimé prévaut."
TOLD = [
    _TOLD.format("coût mensuel du poste", "6 499,58", "6 499,57"),
    _TOLD.format("part mensuelle de l’agence", "3 249,79", "3 249,78"),
]
TOLD_AMOUNTS = ["6 499,58 €", "6 499,57 €", "+0,01 €", "3 249,79 €", "3 249,78 €", "+0,01 €"]


def of_the_account(answer: Answer) -> list[str]:
    """The amounts of an agent’s page but those that agents alone are told."""
    return untold(amounts(answer))


def untold(amounts: list[str]) -> list[str]:
    """The same amounts without those of the sentences above, which stand there once at most."""
    found, wide = [plain(each) for each in amounts], len(TOLD_AMOUNTS)
    at = [n for n in range(len(found)) if found[n : n + wide] == TOLD_AMOUNTS]
    assert len(at) <= 1
    return [*found[: at[0]], *found[at[0] + wide :]] if at else found


def plain(text: str) -> str:
    return " ".join(text.split())


def account(life: StoredLife) -> str:
    return f"/dossiers/{life.dossier.number}/compte"


def recruiter(site: Site, life: StoredLife) -> Visitor:
    return site.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)


def paid(site: Site, reference: str = "VIR-0042") -> StoredLife:
    """In post under 6.1 V0: the tranche of 2024, 6 499,58, notified and paid."""
    life = made(site, State.IN_POST)
    with site.session() as session:
        life.session = session
        life.later(3).do("record_tranche", Hat.INSTRUCTOR)
        life.later(1).do("record_payment", Hat.INSTRUCTOR, reference=reference)
    site.at(life.later(1))
    return life


@pytest.mark.parametrize("state", [State.SUBMITTED, State.WITHDRAWN, State.CLAWBACK])
def test_the_agency_and_the_hospital_read_the_same_amounts(quick: Site, state: State):
    life = made(quick, state)
    mine = of_the_account(instructor(quick).get(account(life)))
    assert mine == [plain(each) for each in amounts(recruiter(quick, life).get(account(life)))]
    assert bool(mine) is (state is not State.SUBMITTED)


def test_agents_are_told_of_printed_amounts_that_are_not_those_computed(quick: Site):
    life = made(quick, State.IN_POST)
    dossier = f"/dossiers/{life.dossier.number}"
    for page in (account(life), f"{dossier}?volet=financement"):
        told = [plain(p.text) for p in instructor(quick).get(page).screen.page.all("p")]
        assert [said for said in told if "l’appel imprime" in said] == TOLD
        answer = recruiter(quick, life).get(page)
        assert "77 994,96 €" in plain(answer.said)
        assert "l’appel imprime" not in answer.said


def test_nothing_is_told_where_nothing_is_printed(quick: Site):
    life = made(quick, State.IN_POST, "cvl-ville-hopital")
    answer = quick.visitor(Role.INSTRUCTOR, region="24").get(account(life))
    assert "Échéancier" in answer.said
    assert "l’appel imprime" not in answer.said


def test_the_page_tells_the_account_of_the_worked_example(quick: Site):
    """6.1 V0 on 6 November 2024: 6 499,58 paid, 6 days served, 649,96; 5 849,62 would come back."""
    life = paid(quick)
    agent, hospital = instructor(quick), recruiter(quick, life)
    answer = hospital.get(account(life))
    assert [plain(each) for each in amounts(answer)] == of_the_account(agent.get(account(life)))
    titles = [plain(h.text) for h in answer.screen.page.all("h2")]
    assert "Si le poste s’arrêtait ce soir : 5 849,62 €" in titles
    balances = {row[0]: plain(row[1]) for row in answer.screen.rows("Soldes du compte")}
    assert balances == {
        "Engagé, tout l’échéancier": "77 994,96 €",
        "Dû, pour les jours servis": "649,96 €",
        "Délégué, réductions déduites": "6 499,58 €",
        "Versé": "6 499,58 €",
        "Délégué, reste à verser": "0,00 €",
        "Engagé, pas encore délégué": "71 495,38 €",
        "À reverser par l’établissement": "0,00 €",
    }
    assert "VIR-0042" in answer.said
    payee = life.dossier.ledger[0].payee
    assert payee is not None
    assert f"SIRET {plain(siret(payee.siret))}" in plain(answer.said)
    years = {row[0]: row[5] for year in ("2024", "2025", "2026") for row in answer.screen.rows(f"Mois de {year}")[-1:]}
    assert {name: plain(amount) for name, amount in years.items()} == {
        "Total de 2024": "6 499,58 €",
        "Total de 2025": "38 997,48 €",
        "Total de 2026": "32 497,90 €",
    }
    (picture,) = [e for e in answer.screen.page.all("svg") if e.get("role") == "img"]
    assert "77 994,96 € dus en tout, 6 499,58 € versés" in plain(picture.get("aria-label"))
    assert len(answer.screen.rows("Dû et versé depuis le début")) == 24
    for reader in (agent, hospital):
        assert reader.get(f"/dossiers/{life.dossier.number}").screen.link("Compte du poste").endswith(account(life))
    hrefs = [a.get("href") for a in answer.screen.page.all("a") if "/export/" in a.get("href")]
    assert len(hrefs) == 9
    assert {hospital.get(href).status for href in hrefs} == {200}
    with quick.statements() as sent:
        assert agent.get(account(life)).status == 200
    assert len(sent) <= MOST


def test_nobody_else_reads_it(quick: Site):
    life = paid(quick)
    readers = {
        "partner": quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id),
        "candidate": quick.visitor(Role.CANDIDATE, person=CAPUCINE),
        "elsewhere": quick.visitor(Role.HEAD, region="11"),
        "member": quick.visitor(Role.MEMBER, region="75"),
        "administrator": quick.visitor(Role.ADMIN),
    }
    for who, reader in readers.items():
        for end in ("", "/export/ecritures/csv"):
            answer = reader.get(account(life) + end)
            assert answer.status in {403, 404}, who
            assert "€" not in answer.said, who
    assert "Compte du poste" not in readers["partner"].get(f"/dossiers/{life.dossier.number}").said
    assert quick.nobody().get(account(life)).status in {302, 303, 401}
    agent, hospital = instructor(quick), recruiter(quick, life)
    assert agent.get(account(life) + "/export/rien/csv").status == 404
    assert agent.get(account(life) + "/export/ecritures/pdf").status == 404
    assert agent.get(path(life, "contest_line")).status == 200  # one that came by post
    assert hospital.get(path(life, "answer_contest")).status == 403
    assert "Ligne contestée" not in hospital.get("/dossiers?suite=contestations").said


# A contest.


def _follow(reader: Visitor, answer: Answer, label: str) -> str:
    (link,) = [a for a in answer.screen.page.all("a") if a.get("aria-label").startswith(label)]
    return link.get("href")


def _sent(reader: Visitor, href: str, typed: dict[str, str], choices: dict[str, str] | None = None) -> Answer:
    """The form that a link opens, filled in, looked at, sent for good."""
    form = reader.get(href).screen.form("Voir ce qui va changer")
    form.fill({"Motif": typed["Motif"], **(choices or {})})
    preview = reader.sent(href, data=dict(form.sent("Voir ce qui va changer")))
    assert preview.status == 200, preview.said
    return reader.sent(href, data=dict(preview.screen.form("Confirmer").sent("Confirmer")))


def test_a_contest_lives_on_the_page(site: Site):
    life = paid(site)
    hospital, agent = recruiter(site, life), instructor(site)
    before = amounts(hospital.get(account(life)))
    form = _follow(hospital, hospital.get(account(life)), "Contester\u00a0: versement")
    assert form.startswith(path(life, "contest_line"))
    done = _sent(hospital, form, {"Motif": "Le virement n’est jamais arrivé."})
    assert (done.status, done.goes_to) == (303, account(life))
    told = hospital.get(account(life))
    assert "Contestée" in told.said
    assert "En attente de réponse" in told.said
    assert "Répondre…" not in told.said
    assert sorted(amounts(told)) == sorted([*before, "6\u202f499,58\u00a0€"]), "no amount changes"

    assert "ligne contestée 1" in plain(agent.get("/dossiers").said).lower()
    listed = agent.get("/dossiers?suite=contestations").screen.rows("Dossiers")
    assert [row[0] for row in listed] == [life.dossier.number]
    seen = agent.get(account(life))
    assert "Le virement n’est jamais arrivé." in seen.said
    assert "Contester…" not in seen.said
    assert "1 ligne contestée" in agent.get(f"/dossiers/{life.dossier.number}").said

    answer = {"Réponse": "Fondée, la ligne est à corriger", "Acte à faire ensuite": "Annuler une écriture du compte"}
    done = _sent(agent, _follow(agent, seen, "Répondre\u00a0: "), {"Motif": "Le relevé le confirme."}, answer)
    assert (done.status, done.goes_to) == (303, account(life))
    read = hospital.get(account(life))
    assert "Fondée, la ligne est à corriger" in read.said
    assert "Le relevé le confirme." in read.said
    assert "À faire par l’agence : Annuler une écriture du compte" in read.said
    assert agent.get("/dossiers?suite=contestations").screen.text.count(life.dossier.number) == 1
    assert "Contester…" in read.said
    assert healthy(site)


# Exports.


def book(answer: Answer) -> dict[str, list[list[Any]]]:
    assert answer.status == 200, answer.said
    found = CalamineWorkbook.from_filelike(io.BytesIO(answer.response.get_data()))
    return {name: found.get_sheet_by_name(name).to_python() for name in found.sheet_names}


def test_exports_hold_typed_cells_and_no_formula(quick: Site):
    life = paid(quick, "=1+1")
    hospital = recruiter(quick, life)
    for ending in ("xlsx", "ods"):
        found = book(hospital.get(account(life) + f"/export/ecritures/{ending}"))
        assert list(found) == ["Écritures", "Échéancier", "Différences"]
        (_, notified, payment) = found["Écritures"]
        assert notified[8:10] == [6499.58, 6499.58]
        assert payment[8:11] == [6499.58, 0.0, 0.0]
        assert payment[5].lstrip("'") == "=1+1"
        assert found["Échéancier"][1][1:9] == [1, 0.5, 3249.79, "", 30, 3249.79, 649.96, 2024]  # 6 days
        assert len(found["Échéancier"]) == 25
        assert sum(row[6] for row in found["Différences"][1:]) == pytest.approx(77994.96)
    texts = {
        what: hospital.get(account(life) + f"/export/{what}/csv").response.get_data().decode("utf-8-sig")
        for what in ("echeancier", "differences", "ecritures")
    }
    lines = {what: list(csv.reader(io.StringIO(text), delimiter=";")) for what, text in texts.items()}
    assert {what: len(found) for what, found in lines.items()} == {"echeancier": 25, "differences": 25, "ecritures": 3}
    assert lines["echeancier"][1][:7] == ["01/11/2024", "1", "50 %", "3249,79", "", "30", "3249,79"]
    assert not lines["ecritures"][2][5].startswith("=")
