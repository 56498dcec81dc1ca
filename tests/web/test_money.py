"""Amounts are for agents and for the recruiter: nobody else reads one on any page of a dossier (A39)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Site
from workflows.actors import Role
from workflows.states import State

#: Statements of the page of a dossier, those that open any page included.
MOST = 8
TABS = ("", "pieces", "demandes", "financement", "courriers", "historique")


@pytest.mark.parametrize("state", [State.NOTIFIED, State.IN_POST, State.WITHDRAWN, State.ENDED, State.CLAWBACK])
def test_a_candidate_and_a_partner_read_no_amount(quick: Site, state: State) -> None:
    life = made(quick, state)
    readers = {
        "candidate": quick.visitor(Role.CANDIDATE, person=CAPUCINE),
        "partner": quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id),
    }
    for who, reader in readers.items():
        for tab in TABS:
            page = reader.get(f"/dossiers/{life.dossier.number}?volet={tab}").screen
            assert page.status == 200, (who, tab)
            assert "€" not in page.text, (who, tab)
            assert "Financement" not in page.text, (who, tab)
            assert "L’argent" not in page.text, (who, tab)
            assert "Tranche" not in page.text, (who, tab)


def test_agents_and_the_recruiter_read_them(quick: Site) -> None:
    life = made(quick, State.CLAWBACK)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    for reader in (recruiter, instructor(quick)):
        page = reader.get(f"/dossiers/{life.dossier.number}?volet=financement").screen
        assert "L’argent" in page.text
        assert "Échéancier du poste" in page.text
        assert "Un reversement de" in page.text


def test_one_reading_is_the_one_that_the_proposal_rests_on(quick: Site) -> None:
    life = made(quick, State.CLAWBACK)
    page = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=financement").screen
    shown = dict(page.rows("Reversement pour fin anticipée"))
    assert shown["Versé"] == "45 497,06 €"
    (retained,) = [label for label in shown if "lecture retenue" in label]
    assert shown[retained] == shown["Proposé"] == "22 748,53 €"
    assert any("autre lecture possible" in label for label in shown)


def test_the_form_of_a_tranche_opens_with_the_one_that_the_machine_proposes(quick: Site) -> None:
    # 6.1 V0: 6 499,58 in 2024, then 38 997,48 in 2025
    life = made(quick, State.IN_POST)
    form = f"/dossiers/{life.dossier.number}/actes/record_tranche"
    for amount, year in (("6499,58", "2024"), ("38997,48", "2025")):
        form_of = instructor(quick).get(form).screen.form("Voir ce qui")
        assert [form_of.value(label) for label in ("Montant", "Exercice budgétaire")] == [amount, year]
        with quick.session() as session:
            life.session = session
            life.later(1).do("record_tranche", Hat.INSTRUCTOR)


def test_the_tab_and_the_panel_are_the_account_itself(quick: Site) -> None:
    """What was reduced, taken back or opened elsewhere reads there as in the account, and what each act changed."""
    life = made(quick, State.IN_POST)
    with quick.session() as session:
        life.session = session
        life.later(3).do("record_tranche", Hat.INSTRUCTOR)
        life.do("reduce_tranche", Hat.HEAD, amount=Decimal("499.58"))
        life.do("record_opening", Hat.HEAD, notified=Decimal("1000.00"), paid=Decimal("400.00"))
        life.later(60).do("record_end", Hat.INSTRUCTOR, last_day=life.today)
    quick.at(life)
    reader = instructor(quick)
    with quick.statements() as sent:
        page = reader.get(f"/dossiers/{life.dossier.number}?volet=financement").screen
    assert len(sent) <= MOST
    account = reader.get(f"/dossiers/{life.dossier.number}/compte").screen
    assert [row[3:] for row in page.rows("Tranches")] == [
        ["6 499,58 €", "499,58 €", "0,00 €", "6 000,00 €"],
        ["1 000,00 €", "0,00 €", "400,00 €", "600,00 €"],
    ]
    ours, theirs = (dict(each.rows("Soldes du compte")) for each in (page, account))
    assert ours.items() <= theirs.items()
    assert ours["Délégué, réductions déduites"] == "7 000,00 €"
    for caption in ("Ce que chaque acte a changé", "Écritures du compte"):
        width = len(page.rows(caption)[0])
        assert page.rows(caption) == [row[:width] for row in account.rows(caption)]
    assert len(page.rows("Ce que chaque acte a changé")) == 2
    assert page.rows("Échéancier du poste")[-1][2] == ours["Engagé, tout l’échéancier"]
