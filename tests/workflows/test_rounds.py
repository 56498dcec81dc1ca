"""Whose papers: each piece and request is about one doctor, or about nobody."""

from __future__ import annotations

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.actors import Actor, Role
from workflows.calls.model import PieceEvent
from workflows.decide import Refused
from workflows.parts.requests import RequestKind
from workflows.rounds import doctor_of_piece, doctor_of_request, is_about_another
from workflows.states import State


def replaced(call: str) -> Life:
    life = life_of(call).to(State.WITHDRAWN).propose_replacement()
    return life.do("replace", Hat.HEAD)


def doctors(life: Life, event: PieceEvent) -> set[str | None]:
    keys = [p.key for p in life.dossier.pieces if p.key.startswith(f"{event.value}/")]
    assert keys
    return {doctor_of_piece(life.dossier, key, life.call) for key in keys}


@pytest.mark.parametrize("call", ["na-2024", "cvl-ville-hopital"])
def test_where_the_call_chooses_a_person_every_piece_is_about_a_doctor(call: str) -> None:
    life = replaced(call)
    first, second = life.profile.candidate.id, life.profile.substitute.id
    assert life.dossier.former == (first,)
    assert doctors(life, PieceEvent.FILING) == {first}
    assert doctors(life, PieceEvent.REPLACEMENT) == {second}
    cause = life.last_request(RequestKind.REPLACEMENT)
    assert doctor_of_piece(life.dossier, f"start/{cause}/contrat", life.call) == second
    assert doctor_of_piece(life.dossier, "start/contrat", life.call) == first
    assert [doctor_of_request(r) for r in life.dossier.requests] == [first, second]


def test_where_the_call_chooses_a_post_the_papers_of_the_filing_concern_nobody() -> None:
    life = life_of("ara-2017").to(State.NOTIFIED)
    assert life.dossier.candidate is not None
    assert doctors(life, PieceEvent.FILING) == {None}


def test_only_a_doctor_is_kept_from_what_is_about_another() -> None:
    for role in Role:
        reader = Actor(role, "anis-vermeil")
        assert is_about_another("capucine-bleuet", reader) is (role is Role.CANDIDATE)
        assert not is_about_another("anis-vermeil", reader)
        assert not is_about_another(None, reader)


def test_a_doctor_gives_no_piece_of_another() -> None:
    life = life_of("na-2024").to(State.WITHDRAWN)
    life.do("propose_replacement", Hat.RECRUITER)
    key = f"replacement/{life.last_request(RequestKind.REPLACEMENT)}/remplacant_cv"
    answer = life.attempt("receive_piece", Hat.CANDIDATE, keys=(key,))
    assert isinstance(answer, Refused)
    assert answer.codes == {"piece_not_required"}
    life.do("receive_piece", Hat.RECRUITER, keys=(key,))


def test_a_replacement_taken_back_gives_the_first_doctor_back() -> None:
    life = replaced("na-2024").do("revert", Hat.HEAD)
    assert life.dossier.former == ()
    assert life.dossier.candidate == life.profile.candidate
