"""What a page keeps of what it is told: an answer emptied is emptied, a piece given stays, a text fits its column."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from tests.backoffice.stored import stored_life
from tests.builders import Hat
from tests.web.making import CAPUCINE, instructor, made, path, version
from tests.web.site import Site
from workflows.actors import Role
from workflows.dossier import Dossier
from workflows.parts.pieces import PieceState
from workflows.parts.requests import RequestKind
from workflows.states import State


def stored(site: Site, dossier: UUID) -> Dossier:
    with site.session() as session:
        return view_of(session.get_one(DossierRow, dossier))


def test_an_answer_emptied_in_a_draft_is_emptied(site: Site) -> None:
    life = made(site, State.DRAFT)
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    draft = f"/dossiers/{life.dossier.number}/brouillon"
    form = dict(candidate.get(draft).screen.form("Enregistrer le brouillon").sent("Enregistrer"))
    said = form | {"contract_share": "80 %", "wished_start": "2024-11-04"}
    assert candidate.post(draft, said).status == 303
    assert stored(site, life.id).contract_share == Fraction(4, 5)
    again = dict(candidate.get(draft).screen.form("Enregistrer le brouillon").sent("Enregistrer"))
    assert again["contract_share"]
    assert candidate.post(draft, again | {"contract_share": "", "wished_start": ""}).status == 303
    found = stored(site, life.id)
    assert (found.contract_share, found.wished_start) == (Fraction(1), None)
    assert found.candidate == life.dossier.candidate  # the one who files is not asked for their name


def test_the_pieces_of_a_replacement_granted_are_still_shown(site: Site) -> None:
    with site.session() as session:
        life = stored_life(session, "cvl-ville-hopital").to(State.WITHDRAWN).later(3)
        life.propose_replacement()
        life.do("replace", Hat.HEAD, request=life.last_request(RequestKind.REPLACEMENT))
    site.at(life)
    agent = site.visitor(Role.INSTRUCTOR, region="24")
    answer = agent.get(f"/dossiers/{life.dossier.number}?volet=pieces")
    assert answer.status == 200
    assert "Remplacement (R" in answer.said


def test_a_session_too_long_for_its_column_is_refused_in_french(site: Site) -> None:
    # a call that announces no session takes any name
    life = made(site, State.COMPLETE, "cvl-ville-hopital")
    agent = site.visitor(Role.INSTRUCTOR, region="24")
    before = version(site, life)
    answer = agent.post(path(life, "put_to_committee"), {"etape": "voir", "session": "j" * 81})
    assert answer.status == 422
    assert "80 au plus" in answer.said
    assert version(site, life) == before


def test_the_same_key_on_two_dossiers_acts_on_each(site: Site) -> None:
    first = made(site, State.SUBMITTED)
    second = made(site, State.SUBMITTED)
    agent = instructor(site)
    for life in (first, second):
        piece = life.dossier.pieces[0].key
        sent = {
            "cle": "11111111-2222-4333-8444-555555555555",
            "version": str(life.dossier.version),
            "piece": piece,
        }
        assert agent.post(f"/dossiers/{life.dossier.number}/pieces/accepter", sent).status == 303
        held = stored(site, life.id).piece(piece)
        assert held is not None
        assert held.state is PieceState.ACCEPTED
