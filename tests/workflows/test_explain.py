"""`explain` announces what `decide` will answer, as far as it can be known before a form is filled in."""

import pytest

from tests.builders import Hat
from tests.golden.scenes import scenes
from tests.lives import life_of
from workflows.acts import ACTS
from workflows.decide import Decision, Refused
from workflows.findings import Severity
from workflows.states import State
from workflows.table import targets_of

SCENES = {
    f"{call}: {title}": life for call in ("na-2024", "cvl-ville-hopital", "idf-2025") for title, life in scenes(call)
}
PROCEDURE = {"wrong_state", "not_allowed"}


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("hat", Hat)
def test_explain_agrees_with_decide(scene, hat):
    life = SCENES[scene]
    explained = life.explained(hat)
    assert list(explained) == list(ACTS)
    for name, possibility in explained.items():
        answer = life.attempt(name, hat)
        told = {f.code for f in possibility.findings}
        if told & PROCEDURE:
            assert isinstance(answer, Refused)
            assert answer.codes == told
            assert not possibility.allowed
            continue
        formless = {g.name for g in ACTS[name].guards if not g.reads_inputs}
        found = {code for e in answer.evaluation if e.guard in formless for code in e.found}
        assert told == found, name
        if isinstance(answer, Decision):
            assert possibility.allowed
            assert possibility.target in {None, answer.target}
        if not possibility.allowed:
            assert isinstance(answer, Refused)


@pytest.mark.parametrize("scene", SCENES)
def test_a_target_is_told_when_there_is_only_one(scene):
    life = SCENES[scene]
    state = life.dossier.state
    for name, possibility in life.explained(Hat.HEAD).items():
        targets = (state,) if state in ACTS[name].sources else targets_of(name, state)
        assert possibility.target is (targets[0] if len(targets) == 1 else None), name


def test_a_held_act_is_told_as_held_and_not_as_refused():
    life = life_of("na-2024").to(State.IN_POST).later(40)
    possibility = life.explained(Hat.HEAD)["record_tranche"]
    assert possibility.held
    assert possibility.allowed
    assert [f.severity for f in possibility.findings] == [Severity.HOLD]


def test_an_act_without_money_notified_is_refused_and_not_held():
    life = life_of("na-2024").to(State.NOTIFIED)
    life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR).later(40)
    possibility = life.explained(Hat.HEAD)["record_tranche"]
    assert not possibility.allowed
    assert not possibility.held
