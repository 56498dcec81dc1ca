"""A piece given never vanishes from the dossier: those of the rounds that are over stay listed, and may be judged."""

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.decide import Refused
from workflows.guards.filing import askable, listed
from workflows.parts.pieces import PieceState
from workflows.parts.requests import RequestKind
from workflows.states import State


def replaced_after_the_start() -> Life:
    """A served, left on 31 May; B was proposed with every piece and accepted."""
    life = life_of("cvl-ville-hopital").to(State.IN_POST).later(150).do("withdraw", Hat.INSTRUCTOR).later(5)
    life.propose_replacement()
    return life.do("replace", Hat.HEAD, request=life.last_request(RequestKind.REPLACEMENT))


def keys(life: Life, of=listed) -> list[str]:
    return [r.key for r in of(life.dossier, life.call.clauses.pieces)]


def test_the_pieces_of_a_replacement_stay_listed_once_it_is_granted():
    life = replaced_after_the_start()
    held = {p.key for p in life.dossier.pieces}
    proposed = {key for key in held if key.startswith("replacement/R")}
    assert proposed
    assert held <= set(keys(life))
    assert not proposed & set(keys(life, askable))


def test_the_start_of_the_first_doctor_stays_beside_that_of_the_second():
    life = replaced_after_the_start()
    starts = [key for key in keys(life) if key.startswith("start/")]
    first = [p.key for p in life.dossier.pieces if p.key.startswith("start/")]
    assert starts[: len(first)] == first
    assert [key.split("/")[1] for key in starts[len(first) :]] == ["R1", "R1"]


def test_nothing_is_listed_of_a_round_over_that_brought_nothing():
    life = life_of("cvl-ville-hopital").to(State.WITHDRAWN).later(5).do("propose_replacement", Hat.RECRUITER)
    assert any(key.startswith("replacement/") for key in keys(life))
    life.do("refuse_request", Hat.HEAD, request=life.last_request(RequestKind.REPLACEMENT))
    assert not any(key.startswith("replacement/") for key in keys(life))


def test_each_piece_is_listed_once():
    found = keys(replaced_after_the_start())
    assert len(found) == len(set(found))


def test_a_draft_lists_what_it_asks_for():
    life = life_of("na-2024")
    assert keys(life) == keys(life, askable)


def test_a_piece_of_a_round_over_is_judged_again_but_neither_asked_for_nor_replaced():
    life = replaced_after_the_start()
    piece = next(p.key for p in life.dossier.pieces if p.key.startswith("replacement/"))
    life.do("judge_piece", Hat.INSTRUCTOR, key=piece, verdict=PieceState.ACCEPTED)
    for act in ("request_pieces", "receive_piece"):
        answer = life.attempt(act, Hat.INSTRUCTOR, keys=(piece,))
        assert isinstance(answer, Refused)
        assert "piece_not_required" in answer.codes
