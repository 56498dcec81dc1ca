"""What falls due for requests for pieces: a second request is followed, an answered one is not (A33, J4)."""

from __future__ import annotations

from datetime import date

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.asking import followed, reminded
from workflows.decide import Decision
from workflows.describe import described
from workflows.due import Due, DueKind, due_items
from workflows.parts.pieces import PieceState
from workflows.states import State

PIECES = (DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY, DueKind.PIECES_OVERDUE)


def _lacking_two() -> tuple[Life, str, str]:
    """Filed on 10 June 2024 without two opinions."""
    life = life_of("na-2024").on(date(2024, 6, 10), "14:12")
    life.do("receive_piece", Hat.CANDIDATE)
    first, second = (p.key for p in life.dossier.pieces[-2:])
    life.changed(pieces=life.dossier.pieces[:-2]).do("submit", Hat.CANDIDATE)
    return life, first, second


def _due(life: Life) -> list[Due]:
    return [item for item in due_items(life.dossier, life.call, life.today) if item.kind in PIECES]


def test_a_second_request_takes_over_once_the_first_is_over():
    life, first, second = _lacking_two()
    life.on(date(2024, 6, 11)).do("request_pieces", Hat.INSTRUCTOR, keys=(first,), days=8)
    life.on(date(2024, 7, 1)).do("request_pieces", Hat.INSTRUCTOR, keys=(second,), days=15)
    asked = life.dossier.open_piece_request
    assert asked is not None
    assert (asked.id, asked.due_on) == ("P2", date(2024, 7, 16))
    assert [(d.kind, d.on) for d in _due(life)] == [
        (DueKind.PIECES_REMINDER, date(2024, 7, 11)),
        (DueKind.PIECES_LAST_DAY, date(2024, 7, 16)),
        (DueKind.PIECES_OVERDUE, date(2024, 7, 17)),
    ]
    assert all("16\u00a0juillet\u00a02024" in d.what for d in _due(life))
    life.later(2).do("receive_piece", Hat.CANDIDATE, keys=(second,))
    assert [d.on for d in _due(life)][-1] == date(2024, 6, 20)  # the first is still to answer


def test_two_running_requests_are_both_followed_each_with_its_own_day():
    life, first, second = _lacking_two()
    life.on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, keys=(first,), days=15)
    life.on(date(2024, 6, 20)).do("request_pieces", Hat.INSTRUCTOR, keys=(second,), days=20)
    assert [r.id for r in followed(life.dossier)] == ["P1", "P2"]
    found = {
        d.on: reminded(life.dossier, d.on.isoformat(), life.call, early=d.kind is PIECES[0])[-1] for d in _due(life)[:4]
    }
    days = {day: asked.id for day, asked in found.items()}
    assert days[date(2024, 6, 27)] == "P1"
    assert days[date(2024, 7, 2)] == "P1"
    assert days[date(2024, 7, 5)] == "P2"


def test_the_preview_of_a_request_names_its_last_day_and_the_new_date_of_the_silence():
    # 6.1: asked on 17 June until 2 July, the implied refusal of 10 August comes on the 25th at the latest
    life, first, second = _lacking_two()
    answer = life.on(date(2024, 6, 17)).attempt("request_pieces", Hat.INSTRUCTOR, keys=(first, second))
    assert isinstance(answer, Decision)
    told = " ".join(described(life.dossier, answer.after)).replace("\u00a0", " ")
    assert "attendues jusqu’au 2 juillet 2024" in told
    assert "le silence vaudra rejet le 25 août 2024" in told


def test_asking_for_a_piece_already_here_is_told():
    life, _, second = _lacking_two()
    here = next(p.key for p in life.dossier.pieces if p.state is PieceState.RECEIVED)
    answer = life.on(date(2024, 6, 17)).attempt("request_pieces", Hat.INSTRUCTOR, keys=(here, second))
    assert isinstance(answer, Decision)
    assert "piece_here_already" in {f.code for f in answer.findings}


def test_what_the_machine_did_by_itself_is_never_late():
    life, first, _ = _lacking_two()
    life.on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, keys=(first,))
    assert [d.passes for d in _due(life)] == [True, True, False]


def test_the_two_reminders_of_a_start_are_told_apart():
    life = life_of("na-2024").to(State.NOTIFIED)
    told = [d.what for d in due_items(life.dossier, life.call, life.today) if d.kind is DueKind.START_WATCH]
    assert [sentence.split()[0] for sentence in told] == ["Premier", "Second"]
