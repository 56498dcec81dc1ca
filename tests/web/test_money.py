"""Amounts are for agents and for the recruiter: nobody else reads one on any page of a dossier (A39)."""

from __future__ import annotations

import pytest

from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Site
from workflows.actors import Role
from workflows.states import State

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


def test_the_amount_proposed_is_told_from_the_other_readings(quick: Site) -> None:
    life = made(quick, State.CLAWBACK)
    page = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=financement").screen
    proposed = [row for row in page.rows("Reversement") if "montant proposé" in row[0]]
    assert proposed
    assert all(row[1] in page.text.split("Prochaines actions")[0] for row in proposed)
    assert any("autre calcul possible" in row[0] for row in page.rows("Reversement"))
