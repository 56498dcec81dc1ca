"""Who hears of a refusal, and who reads its reasons (A39)."""

from __future__ import annotations

import pytest

from tests.builders import Hat
from tests.lives import life_of
from workflows.calls.model import Depositor
from workflows.decide import Decision
from workflows.dossier import DossierDepositor
from workflows.effects import Addressee, EffectKind
from workflows.states import State

C, D, P, R = Addressee.CANDIDATE, Addressee.DEPOSITORS, Addressee.PARTNERS, Addressee.RECRUITER


@pytest.mark.parametrize(
    ("kinds", "reasons", "result"),
    [
        ((), {C, D}, {R, P}),
        ((Depositor.CANDIDATE,), {C}, {R, P}),
        ((Depositor.RECRUITER,), {C, D}, {P}),
        ((Depositor.CANDIDATE, Depositor.RECRUITER), {C, D}, {P}),
    ],
)
def test_a_refusal_is_told_once_to_each_and_its_reasons_to_those_concerned(
    kinds: tuple[Depositor, ...], reasons: set[Addressee], result: set[Addressee]
) -> None:
    life = life_of("idf-2025").to(State.COMMITTEE)
    life = life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR).on(life.profile.decided)
    answer = life.changed(depositors=tuple(DossierDepositor(kind, None) for kind in kinds)).attempt("reject", Hat.HEAD)
    assert isinstance(answer, Decision)
    letters = [e for e in answer.effects if e.kind is EffectKind.LETTER]
    assert {e.to for e in letters if e.name == "L10"} == reasons
    assert {e.to for e in letters if e.name == "result"} == result
