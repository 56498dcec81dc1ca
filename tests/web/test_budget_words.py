"""The budget page read alone: what its columns are, their total, what is paid above it, what nobody decided."""

from __future__ import annotations

from decimal import Decimal

from tests.backoffice.services.test_envelopes import publish_with_envelope
from tests.backoffice.stored import stored_life
from tests.builders import Hat
from tests.web.making import instructor
from tests.web.site import Site
from tests.web.test_budget import page, plain, selected, years
from workflows.french import amount
from workflows.repaying.liquidation import undecided
from workflows.states import State


def test_each_column_is_told_on_the_pages(quick: Site):
    selected(quick, envelope="100000.00")
    for path in ("/budget", "/budget/na-2024"):
        answer = page(instructor(quick), path)
        table = next(t for t in answer.screen.page.all("table") if "Budget par année" in " ".join(t.text.split()))
        columns = [" ".join(th.text.split()) for th in table.all("th") if th.get("scope") == "col"]
        told = {" ".join(dt.text.split()) for dt in answer.screen.page.all("dt")}
        assert set(columns[1:]) <= told


def test_the_years_are_totalled_and_an_unknown_envelope_leaves_the_total_unknown(quick: Site):
    selected(quick, envelope="30000.00")
    found = years(page(instructor(quick)))["Total"]
    assert found[1] == "77 994,96 €"
    assert (found[0], found[7]) == ("non connue", "non connu dépassements : 8 997,48 €")


def test_no_envelope_is_said_to_hold_when_none_is_known(quick: Site):
    selected(quick)
    agent = instructor(quick)
    assert plain(page(agent, "/budget").said).count("Aucune enveloppe n’est connue.") == 1
    with quick.session() as session:
        publish_with_envelope(session, Decimal("100000.00"), binds=False)
    assert "Aucune enveloppe connue n’est dépassée." in plain(page(agent, "/budget").said)


def test_what_is_paid_too_much_is_told_before_anybody_decides(quick: Site):
    with quick.session() as session:
        life = stored_life(session, "na-2024").to(State.IN_POST)
        life.do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
        quick.at(life)
    agent = instructor(quick)
    assert "Trop versé, pas encore décidé :" not in plain(page(agent).said)
    with quick.session() as session:
        life = stored_life(session, "na-2024").to(State.CLAWBACK)
        quick.at(life)
    left = plain(amount(undecided(life.dossier)))
    assert left != "0,00 €"
    for path in ("/budget", "/budget/na-2024"):
        said = plain(page(agent, path).said)
        assert f"Trop versé, pas encore décidé : {left}, pour 1 dossier." in said
