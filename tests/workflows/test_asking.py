"""Who is asked for which pieces: those who filed for the filing, the recruiter for a replacement and for a start."""

from dataclasses import replace

import pytest

from tests.builders import Hat, doctor
from tests.lives import Life, life_of
from tests.nominal import lacking
from workflows.actors import Actor, Role
from workflows.acts import ACTS
from workflows.asking import asked_of, standing_depositors
from workflows.calls.model import Depositor
from workflows.dossier import DossierDepositor
from workflows.due import DueKind, due_items
from workflows.effects import Addressee, EffectKind
from workflows.guards.common import may
from workflows.parts.requests import RequestKind
from workflows.states import State

D, R = Addressee.DEPOSITORS, Addressee.RECRUITER
FILING, START = "filing/cv", "start/contrat/990000017"


def told(life: Life, code: str) -> list[Addressee | None]:
    """Those to whom the last decision sends a mail of that code."""
    return [e.to for e in life.journal[-1].effects if e.kind is EffectKind.MAIL and e.name == code]


def reminded(life: Life) -> set[Addressee]:
    """Those whom the machine will remind of pieces."""
    kinds = {DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY}
    return {who for due in due_items(life.dossier, life.call, life.today) if due.kind in kinds for who in due.to}


def test_a_missing_piece_of_the_filing_is_asked_of_those_who_filed():
    # L3 and J4 of NA-22: the candidate files
    life = life_of("na-2024").to(State.SUBMITTED).later(1).do("request_pieces", Hat.INSTRUCTOR)
    assert told(life, "L3") == [D]
    assert reminded(life) == {D}


@pytest.mark.parametrize("call", ["na-2024", "cvl-ville-hopital"])
def test_the_pieces_of_a_replacement_are_asked_of_the_recruiter(call):
    # CVL-15, I10: the recruiter sends them; the doctor who left hears nothing of the one who comes
    life = life_of(call).to(State.WITHDRAWN).later(3).do("propose_replacement", Hat.RECRUITER).later(1)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=lacking(life))
    assert told(life, "L3") == [R]
    assert reminded(life) == {R}


def test_the_pieces_of_a_start_are_asked_of_the_recruiter():
    # E5: contract and procès-verbal d’installation
    life = life_of("na-2024").to(State.NOTIFIED).later(30).do("request_pieces", Hat.INSTRUCTOR)
    assert told(life, "L3") == [R]
    assert reminded(life) == {R}


def test_each_is_asked_for_their_own_pieces_only():
    life = life_of("na-2024").to(State.NOTIFIED)
    assert asked_of(life.dossier, (START, FILING)) == {R: (START,), D: (FILING,)}


def test_a_recruiter_who_filed_alone_is_asked_once_for_all():
    life = life_of("idf-2025").to(State.NOTIFIED)  # IDF-12
    assert asked_of(life.dossier, (FILING, START)) == {R: (FILING, START)}


def test_joint_depositors_are_asked_for_the_filing_the_recruiter_for_the_rest():
    life = life_of("ara-2017").to(State.NOTIFIED)  # ARA-15
    assert asked_of(life.dossier, (FILING, START)) == {D: (FILING,), R: (START,)}


def test_only_those_whose_pieces_are_awaited_still_are_reminded():
    life = life_of("na-2024").to(State.NOTIFIED).later(30)
    start = lacking(life)
    filed = life.dossier.pieces[0]
    life.changed(pieces=tuple(p for p in life.dossier.pieces if p != filed))
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(filed.key, *start))
    assert told(life, "L3") == [D, R]
    assert reminded(life) == {D, R}
    life.do("receive_piece", Hat.RECRUITER, keys=start)
    assert reminded(life) == {D}


def replaced() -> Life:
    life = life_of("na-2024").to(State.WITHDRAWN).later(3).propose_replacement()
    return life.do("replace", Hat.HEAD, request=life.last_request(RequestKind.REPLACEMENT))


def test_a_doctor_who_was_replaced_is_no_depositor_any_more():
    life = replaced()
    assert [d.kind for d in life.dossier.depositors] == [Depositor.CANDIDATE]
    assert standing_depositors(life.dossier) == ()
    assert asked_of(life.dossier, (FILING, START)) == {R: (FILING, START)}


def test_the_other_depositors_of_a_joint_file_stay():
    life = replaced()
    recruiter = DossierDepositor(Depositor.RECRUITER, life.profile.recruiter.id)
    life.changed(depositors=(*life.dossier.depositors, recruiter))
    assert standing_depositors(life.dossier) == (recruiter,)


def test_a_doctor_not_replaced_stays_a_depositor():
    life = life_of("na-2024").to(State.NOTIFIED)
    assert standing_depositors(life.dossier) == life.dossier.depositors
    other = replace(life.dossier, former=(doctor("autre").id,))
    assert standing_depositors(other) == life.dossier.depositors


def test_a_doctor_who_was_replaced_gives_no_piece_any_more():
    life = replaced()
    first = Actor(Role.CANDIDATE, life.profile.candidate.id)
    act = ACTS["receive_piece"]
    assert not may(act, life.dossier, first, life.call)
    assert may(act, replace(life.dossier, former=(), candidate=life.profile.candidate), first, life.call)
