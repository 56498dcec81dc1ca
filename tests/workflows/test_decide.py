"""What `decide` promises, whatever the act: pure, all reasons at once, nothing changed by a refusal."""

import copy
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from tests.builders import AGENTS, Hat, actor, as_defaults
from tests.golden.scenes import scenes
from tests.lives import Life, life_of
from tests.nominal import nominal
from tests.profiles import PROFILES
from tests.workflows.cases.gates import GATE_LIVES, put
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.acts.award import NotifyInputs
from workflows.acts.base import ActInputs
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused, decide, fold
from workflows.dossier import Surroundings
from workflows.findings import Severity, declared_reasons
from workflows.parts.requests import Repercussions
from workflows.states import State
from workflows.table import targets_of

SCENES = {f"{call}: {title}": life for call in ("na-2024", "guyane-2020") for title, life in scenes(call)}
TELLING_HATS = (Hat.RECRUITER, Hat.INSTRUCTOR, Hat.HEAD, Hat.CLOCK)


def _answers(life: Life) -> list[Decision | Refused]:
    return [life.attempt(act, hat) for act in ACTS for hat in TELLING_HATS]


@pytest.mark.parametrize("scene", SCENES)
def test_the_same_question_has_the_same_answer(scene):
    life = SCENES[scene]
    before = copy.deepcopy(life.dossier)
    assert _answers(life) == _answers(life)
    assert life.dossier == before


@pytest.mark.parametrize("scene", SCENES)
def test_a_decision_tells_everything_it_changes(scene):
    life = SCENES[scene]
    decisions = [a for a in _answers(life) if isinstance(a, Decision)]
    assert decisions
    for decision in decisions:
        view = life.seen()
        assert decision.source is view.state
        assert decision.after == replace(view, **decision.changes)
        assert decision.after.version == decision.changes["version"] == view.version + 1
        assert decision.after.state is decision.target
        assert ("state" in decision.changes) is (decision.target is not view.state)
        assert "around" not in decision.changes
        if ACTS[decision.act].keeps_state:
            assert decision.target is view.state
        else:
            assert decision.target in targets_of(decision.act, view.state)
        assert [e.guard for e in decision.evaluation] == [g.name for g in ACTS[decision.act].guards]
        assert len({effect.key for effect in decision.effects}) == len(decision.effects)


@pytest.mark.parametrize("scene", SCENES)
def test_a_decision_goes_through_with_warnings_only(scene):
    for answer in _answers(SCENES[scene]):
        stopping = [f for f in answer.findings if f.severity is not Severity.WARNING]
        assert bool(stopping) is isinstance(answer, Refused), answer.act


@pytest.mark.parametrize("scene", SCENES)
def test_a_reason_is_told_with_the_severity_it_was_declared_with_or_softer(scene):
    rank = {Severity.REFUSAL: 2, Severity.HOLD: 1, Severity.WARNING: 0}
    for answer in _answers(SCENES[scene]):
        for finding in answer.findings:
            assert rank[finding.severity] <= rank[declared_reasons()[finding.code].severity]


def test_every_reason_of_a_refusal_is_told_at_once():
    life = life_of("na-2024").to(State.SELECTED).later(1)
    answer = life.attempt("back_to_reserve", Hat.HEAD, reason=None)
    assert isinstance(answer, Refused)
    assert answer.codes == {"reason_missing", "place_not_provisional", "quota_large_enough"}


# What is asked wrongly.


def test_an_unknown_act_is_refused():
    life = life_of("na-2024")
    answer = decide(life.seen(), "x" * 500, ActInputs(), by=AGENTS[Hat.HEAD], call=life.call, now=life.now)
    assert isinstance(answer, Refused)
    assert answer.codes == {"unknown_act"}
    assert len(answer.findings[0].sentence) < 200


def test_inputs_of_another_act_are_a_mistake_of_the_caller():
    life = life_of("na-2024").to(State.SELECTED)
    by = AGENTS[Hat.HEAD]
    with pytest.raises(TypeError, match="SelectInputs"):
        decide(life.seen(), "select", NotifyInputs(signed_by="sauge-ocre"), by=by, call=life.call, now=life.now)


def test_an_instant_without_a_zone_is_a_mistake_of_the_caller():
    life = life_of("na-2024").to(State.SELECTED)
    inputs = nominal(life, "notify")
    with pytest.raises(ValueError, match="fuseau"):
        decide(
            life.seen(),
            "notify",
            inputs,
            by=AGENTS[Hat.HEAD],
            call=life.call,
            now=datetime(2024, 7, 22),  # noqa: DTZ001
        )


def test_the_day_is_that_of_the_authority():
    # 02:00 UTC on 12 October is still 23:00 on the 11th in Cayenne
    life = life_of("guyane-2020").to(State.SELECTED)
    now = datetime.fromisoformat("2020-10-12T02:00:00+00:00")
    answer = decide(
        life.changed(candidate=life.profile.candidate).seen(),
        "notify",
        nominal(life, "notify"),
        by=AGENTS[Hat.HEAD],
        call=life.call,
        now=now,
    )
    assert isinstance(answer, Decision)
    assert answer.after.award is not None
    assert str(answer.after.award.notified_on) == "2020-10-11"


# Holds.


def _held() -> Life:
    """A tranche without a presence confirmed lately (A47)."""
    return life_of("na-2024").to(State.IN_POST).later(40)


LIFTED = {"presence_unconfirmed": "Présence constatée sur place le matin même."}


@pytest.mark.parametrize("hat", [Hat.HEAD, Hat.DG])
def test_a_head_or_the_dg_lifts_a_hold_with_a_reason(hat):
    answer = _held().attempt("record_tranche", hat, lifts=LIFTED)
    assert isinstance(answer, Decision)
    assert [f.code for f in answer.findings if f.severity is Severity.HOLD] == ["presence_unconfirmed"]


@pytest.mark.parametrize(
    ("hat", "lifts"),
    [
        (Hat.INSTRUCTOR, LIFTED),
        (Hat.HEAD, {}),
        (Hat.HEAD, {"presence_unconfirmed": " "}),
        (Hat.HEAD, {"end_declared": "Autre réserve."}),
    ],
)
def test_nobody_else_nor_without_a_reason(hat, lifts):
    answer = _held().attempt("record_tranche", hat, lifts=lifts)
    assert isinstance(answer, Refused)
    assert answer.codes == {"presence_unconfirmed"}


def test_a_refusal_is_not_lifted():
    life = life_of("na-2024").to(State.IN_POST).later(3)
    lifts = {"tranche_above_award": "Exception."}
    answer = life.attempt("record_tranche", Hat.DG, amount=Decimal("77994.97"), lifts=lifts)
    assert isinstance(answer, Refused)
    assert answer.codes == {"tranche_above_award"}


def test_one_hold_lifted_leaves_the_other():
    life = _held().do("declare_early_end", Hat.RECRUITER)
    answer = life.attempt("record_tranche", Hat.HEAD, lifts=LIFTED)
    assert isinstance(answer, Refused)
    # the hold that was lifted is still told; it no longer stops anything
    assert answer.codes == {"end_declared"}
    assert answer.lifted == frozenset(LIFTED)
    assert {"presence_unconfirmed", "end_declared"} <= {f.code for f in answer.findings}
    stopping = _held().do("declare_early_end", Hat.RECRUITER)
    both = LIFTED | {"end_declared": "La fin est dans quatre mois."}
    assert isinstance(stopping.attempt("record_tranche", Hat.HEAD, lifts=both), Decision)


# What rests on a default never refuses.


@pytest.mark.parametrize("code", [c for c in GATE_LIVES if declared_reasons()[c].severity is Severity.REFUSAL])
def test_a_gate_that_rests_on_a_default_only_warns(code):
    life = GATE_LIVES[code]()
    refused = put(life)
    assert isinstance(refused, Refused)
    assert refused.codes == {code}
    warned = put(life.under(replace(life.call, clauses=as_defaults(life.call.clauses))))
    assert isinstance(warned, Decision)
    assert code in {f.code for f in warned.findings if f.severity is Severity.WARNING}


@pytest.mark.parametrize("call_id", PROFILES)
def test_where_all_is_default_the_nominal_road_still_leads_everywhere(call_id):
    for state in State:
        life = life_of(call_id)
        life.under(replace(life.call, clauses=as_defaults(life.call.clauses)))
        money = {State.IN_POST, State.ENDED, State.CLAWBACK}  # amounts that nobody decided are not notified
        if state not in money:
            assert life.to(state).dossier.state is state


@pytest.mark.parametrize(
    ("path", "act", "given"),
    [
        ("contract.months", "select", {"months": 18}),
        ("contract.windows", "select", {"planned_start": datetime(2025, 1, 1).date()}),  # noqa: DTZ001
    ],
)
def test_an_award_outside_a_default_only_warns(path, act, given):
    life = life_of("na-2024").to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    assert isinstance(life.attempt(act, Hat.HEAD, **given), Refused)
    life.under(replace(life.call, clauses=as_defaults(life.call.clauses)))
    assert isinstance(life.attempt(act, Hat.HEAD, **given), Decision), path


# Levels of decision.


def _levelled(life: Life, **levels: Role) -> Life:
    clauses = life.call.clauses
    given = {act: Sourced(role, Origin.CHOICE, "A7") for act, role in levels.items()}
    return life.under(
        replace(life.call, clauses=replace(clauses, decision_levels={**clauses.decision_levels, **given}))
    )


def test_a_call_may_reserve_an_act_to_the_dg():
    life = _levelled(life_of("na-2024").to(State.NOTIFIED), defer=Role.DG)
    answer = life.attempt("defer", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"not_allowed"}
    assert "au directeur général" in answer.findings[0].sentence
    assert isinstance(life.attempt("defer", Hat.DG), Decision)


def test_a_call_may_raise_an_instructor_s_act_to_a_head():
    life = _levelled(life_of("na-2024").to(State.SUBMITTED).later(1).accept_pieces(), declare_complete=Role.HEAD)
    assert isinstance(life.attempt("declare_complete", Hat.INSTRUCTOR), Refused)
    assert isinstance(life.attempt("declare_complete", Hat.HEAD), Decision)


def test_a_call_may_leave_a_head_s_act_to_the_instructor():
    life = _levelled(life_of("na-2024").to(State.NOTIFIED), defer=Role.INSTRUCTOR)
    assert isinstance(life.attempt("defer", Hat.INSTRUCTOR), Decision)


def test_a_level_never_opens_an_act_to_those_outside():
    life = _levelled(life_of("na-2024").to(State.NOTIFIED), defer=Role.INSTRUCTOR)
    for hat in (Hat.CANDIDATE, Hat.RECRUITER, Hat.PARTNER, Hat.MEMBER, Hat.ADMIN, Hat.CLOCK):
        assert isinstance(life.attempt("defer", hat), Refused), hat


@pytest.mark.parametrize("scene", SCENES)
def test_members_and_administrators_take_no_act(scene):
    life = SCENES[scene]
    for act in ACTS:
        for hat in (Hat.MEMBER, Hat.ADMIN):
            assert isinstance(life.attempt(act, hat), Refused), (act, hat)


def test_a_person_of_another_dossier_has_no_standing():
    mine, other = life_of("na-2024").to(State.NOTIFIED), life_of("cvl-ville-hopital").to(State.NOTIFIED)
    for hat in (Hat.CANDIDATE, Hat.RECRUITER, Hat.PARTNER):
        stranger = actor(hat, other.dossier)
        for act in ACTS:
            answer = decide(mine.seen(), act, nominal(mine, act), by=stranger, call=mine.call, now=mine.now)
            assert isinstance(answer, Refused), (act, hat)
            assert answer.codes <= {"not_allowed", "wrong_state"}


# Acts with several targets.


@pytest.mark.parametrize(
    ("repercussions", "target"),
    [
        ((Repercussions.NONE,), State.NOTIFIED),
        ((Repercussions.PROJECT,), State.SELECTED),
    ],
)
def test_a_replacement_with_repercussions_is_awarded_again(repercussions, target):
    life = life_of("na-2024").to(State.WITHDRAWN).later(2).propose_replacement(repercussions=repercussions)
    assert life.do("replace", Hat.HEAD).dossier.state is target


@pytest.mark.parametrize("target", [State.COMPLETE, State.COMMITTEE])
def test_a_re_examination_starts_where_it_is_ordered_to(target):
    life = life_of("na-2024").to(State.REJECTED).later(30).do("reexamine", Hat.HEAD, to=target)
    assert life.dossier.state is target
    assert life.dossier.rejection is None
    committee = life.dossier.committee
    if target is State.COMMITTEE:
        assert committee is not None
        assert committee.judged_on is None
    else:
        assert committee is None


# The journal.


@pytest.mark.parametrize("call_id", PROFILES)
def test_folding_the_journal_gives_the_dossier(call_id):
    for title, life in scenes(call_id):
        folded = fold(life.opening, [decision.changes for decision in life.journal])
        assert folded == replace(life.dossier, around=Surroundings()), title
        assert [d.after.version for d in life.journal] == list(range(1, len(life.journal) + 1))
