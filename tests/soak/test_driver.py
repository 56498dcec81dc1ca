"""The driver itself: it gets around, and its checks notice what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.builders import AGENTS, Hat, actor
from tests.golden.scenes import scenes
from tests.lives import Life, life_of
from tests.nominal import REASON, nominal
from tests.soak.__main__ import main
from tests.soak.explore import Explorer
from tests.soak.invariants import Step, _check_who, check_step
from tests.soak.stages import STAGES
from tests.soak.state_facts import contradictions
from tests.soak.tally import EDGES, OUT_OF_REACH, STOPPING, Goals, Tally
from tests.workflows.repaying import proposed
from workflows.account.worth import terms_on
from workflows.actors import CLOCK, Actor, Role
from workflows.acts.committee import CommitteeInputs
from workflows.decide import Decision, Refused
from workflows.dossier import Dossier
from workflows.effects import Effect, EffectKind
from workflows.guards.content import MONTHS_NOT_ALLOWED
from workflows.money.schedule import served
from workflows.parts.credits import Tranche
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.places import PlaceStatus
from workflows.parts.repayment_steps import REPAYMENT_MOVES, RepaymentState
from workflows.states import State
from workflows.table import CORRECTIONS


def test_a_short_run_gets_nearly_everywhere():
    tally = Tally(Goals(edge=2, code=1))
    Explorer(Random(7), tally).run(24_000)  # noqa: S311  # chance for tests, not for secrets
    missing = list(tally.lacking())
    assert len(missing) < 40, missing
    assert len(tally.edges) > 0.85 * len(EDGES)


def test_the_same_seed_plays_the_same_lives():
    tallies = [Tally(), Tally()]
    for tally in tallies:
        Explorer(Random(3), tally).run(800)  # noqa: S311
    assert tallies[0].edges == tallies[1].edges
    assert tallies[0].codes == tallies[1].codes


@pytest.mark.parametrize("call", ["na-2024", "idf-2025", "cvl-ville-hopital", "ara-2017", "guyane-2020"])
def test_nominal_dossiers_contradict_nothing(call):
    for title, life in scenes(call):
        assert list(contradictions(life.dossier)) == [], title


RESERVED = life_of("na-2024").to(State.RESERVE).dossier.reserve
assert RESERVED is not None

BROKEN: dict[str, tuple[State, dict[str, Any]]] = {
    "no receipt": (State.SUBMITTED, {"filing": None}),
    "a place without an award": (State.COMPLETE, {"place": life_of("na-2024").to(State.SELECTED).dossier.place}),
    "no place": (State.NOTIFIED, {"place": None}),
    "no award": (State.NOTIFIED, {"award": None}),
    "an award and no candidate in post": (State.IN_POST, {"candidate": None}),
    "nobody in office": (State.IN_POST, {"tenures": ()}),
    "no vacancy": (State.WITHDRAWN, {"vacancy": None}),
    "no end": (State.ENDED, {"end": None}),
    "no ground": (State.REJECTED, {"rejection": None}),
    "no repayment": (State.CLAWBACK, {"repayments": ()}),
    "still on the reserve list": (State.SELECTED, {"reserve": RESERVED}),
    "no duration": (State.COMMITTEE, {"months": None}),
    "half-days in a place of nobody": (
        State.SUBMITTED,
        {"sites": life_of("na-2024").profile.sites[:1]},
    ),
    "somebody who waits for an answer on a dossier that is over": (
        State.REJECTED,
        {"requests": life_of("na-2024").to(State.NOTIFIED).do("ask_deferral", Hat.RECRUITER).dossier.requests},
    ),
    "no shared time": (State.RESERVE, {"plan": ()}),
    "a rank below the first": (State.RESERVE, {"reserve": replace(RESERVED, rank=0)}),
    "a place offered without a day of reply": (
        State.RESERVE,
        {"reserve": replace(RESERVED, offered_on=date(2024, 7, 1))},
    ),
    "a file of the committee that was taken back": (
        State.COMPLETE,
        {"committee": life_of("na-2024").to(State.COMMITTEE).dossier.committee},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_contradiction_is_noticed(name):
    state, changes = BROKEN[name]
    dossier = life_of("na-2024").to(state).dossier
    assert list(contradictions(dossier)) == []
    assert list(contradictions(replace(dossier, **changes))) != []


@pytest.mark.parametrize("name", STAGES)
def test_no_derogation_sends_a_project_without_a_duration_to_the_committee(name):
    # why an award has its duration: it is only written in a draft, and asked for here
    world = Explorer(Random(1), Tally()).world(STAGES[name])  # noqa: S311
    number, file = next(iter(world.files.items()))
    file.dossier = replace(file.dossier, state=State.COMPLETE, months=None)
    inputs = CommitteeInputs(session=file.profile.session, derogations=dict.fromkeys(STOPPING, REASON))
    answer = world.attempt(number, "put_to_committee", inputs, AGENTS[Hat.DG])
    assert isinstance(answer, Refused)
    assert "project_incomplete" in answer.codes


def test_the_committee_is_reached_from_complete_or_with_its_file_only():
    into = {(act, source) for act, source, target in EDGES if target is State.COMMITTEE and act not in CORRECTIONS}
    assert into == {("put_to_committee", State.COMPLETE), ("reexamine", State.REJECTED)}


def test_every_reason_out_of_reach_has_its_proof_here():
    assert set(OUT_OF_REACH) == {"preparer_unknown"}


def test_who_opens_the_procedure_in_which_the_recruiter_is_heard_is_known():
    # why `preparer_unknown` is out of reach: one act reaches that step, and names who does it
    into = {act for act, (_, target) in REPAYMENT_MOVES.items() if target is RepaymentState.CONTRADICTORY}
    assert into == {"start_contradictory"}
    opened = proposed().do("start_contradictory", Hat.INSTRUCTOR).dossier
    assert [r.prepared_by for r in opened.repayments] == [AGENTS[Hat.INSTRUCTOR].id]
    forgotten = replace(opened.repayments[0], prepared_by=None)
    assert list(contradictions(replace(opened, repayments=(forgotten,)))) == [
        "not true in clawback: who opened the procedure in which the recruiter is heard is known"
    ]


def test_a_hold_that_was_lifted_is_not_counted():
    life = life_of("na-2024").to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR, conflicted_votes=("thym-argent",))
    held = life.on(life.profile.decided).attempt("select", Hat.HEAD, months=18, planned_start=date(2025, 1, 1))
    tally = Tally()
    tally.see("na-2024", "select", held)
    assert tally.codes["conflicted_vote"] == 1
    award = {"months": 18, "planned_start": date(2025, 1, 1), "lifts": {"conflicted_vote": REASON}}
    tally.see("na-2024", "select", life.attempt("select", Hat.HEAD, **award))
    assert tally.codes["conflicted_vote"] == 1
    assert tally.codes["months_not_allowed"] == 2


def test_a_run_that_misses_a_goal_says_so_and_fails(capsys):
    assert main(["--steps", "60", "--limit", "60", "--examples", "1"]) == 1
    told = capsys.readouterr().out
    assert "Too rare:" in told
    assert "settle: clawback -> ended, 0 times of 100" in told
    assert "not_settled, 0 times of 10" in told


def _full() -> Tally:
    """The counts of a run that met everything."""
    met = [code for code in STOPPING if code not in OUT_OF_REACH]
    return Tally(edges=Counter(dict.fromkeys(EDGES, 100)), codes=Counter(dict.fromkeys(met, 10)))


def test_a_run_that_meets_its_goals_succeeds(monkeypatch):
    monkeypatch.setattr("tests.soak.__main__.Tally", _full)
    assert main(["--steps", "60", "--limit", "60", "--examples", "0"]) == 0


def test_a_reason_said_to_be_out_of_reach_fails_the_run_that_meets_it(monkeypatch):
    monkeypatch.setitem(OUT_OF_REACH, "months_not_allowed", "for this test")
    tally = _full()
    assert list(tally.lacking()) == []
    found = MONTHS_NOT_ALLOWED(months=18, allowed="12 mois ou 24 mois")
    tally.see("na-2024", "select", Refused("select", State.COMMITTEE, (found,)))
    assert list(tally.lacking()) == ["months_not_allowed was said to be out of reach, and was met 1 times"]


def test_a_held_place_is_noticed_in_a_notified_dossier():
    dossier = life_of("na-2024").to(State.NOTIFIED).dossier
    assert dossier.place is not None
    held = replace(dossier.place, status=PlaceStatus.HELD)
    assert list(contradictions(replace(dossier, place=held)))


def _step(life: Life, act: str, hat: Hat) -> tuple[Step, Dossier]:
    """An act that goes through, and the dossier it gives."""
    view, by, inputs = life.seen(), actor(hat, life.dossier), nominal(life, act)
    answer = life.attempt(act, hat)
    assert isinstance(answer, Decision)
    stored = replace(answer.after, around=life.dossier.around)
    return Step(view, act, inputs, by, answer, life.call, life.now, life.today), stored


def _selecting() -> tuple[Step, Dossier]:
    life = life_of("na-2024").to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    return _step(life.on(life.profile.decided), "select", Hat.HEAD)


QUIET: dict[str, int] = {"na-2024": 3}


def test_a_sound_step_passes():
    step, stored = _selecting()
    check_step(step, stored, stored.version, places=(QUIET, {"na-2024": 4}))


@pytest.mark.parametrize(
    "stranger",
    [CLOCK, AGENTS[Hat.INSTRUCTOR], AGENTS[Hat.ADMIN], AGENTS[Hat.MEMBER], Actor(Role.CANDIDATE, "ronce-noire")],
)
def test_somebody_below_the_level_is_noticed(stranger):
    step, stored = _selecting()
    with pytest.raises(AssertionError):
        check_step(replace(step, by=stranger), stored, stored.version, places=(QUIET, QUIET))


def test_a_place_too_many_is_noticed():
    step, stored = _selecting()
    with pytest.raises(AssertionError, match="places of 12"):
        check_step(step, stored, stored.version, places=({"na-2024": 12}, {"na-2024": 13}))


def test_an_entry_that_says_less_than_was_done_is_noticed():
    step, stored = _selecting()
    with pytest.raises(AssertionError, match="does not give the dossier"):
        check_step(step, replace(stored, months=12), stored.version, places=(QUIET, QUIET))


def test_a_lost_entry_is_noticed():
    step, stored = _selecting()
    with pytest.raises(AssertionError, match="number of entries"):
        check_step(step, stored, stored.version - 1, places=(QUIET, QUIET))


STRAYS = [
    Effect(EffectKind.ACT, "open_clawback"),
    Effect(EffectKind.ACT, "replace", details={"request": "R1"}),
    Effect(EffectKind.RENEWAL, "NA-R1", details={"months": "12"}),
    Effect(EffectKind.CANCEL, "1"),
]


@pytest.mark.parametrize("stray", STRAYS, ids=lambda effect: effect.key)
def test_an_effect_without_its_cause_is_noticed(stray):
    step, stored = _selecting()
    answer = step.answer
    assert isinstance(answer, Decision)
    with pytest.raises(AssertionError, match="does not cause"):
        check_step(
            replace(step, answer=replace(answer, effects=(stray,))), stored, stored.version, places=(QUIET, QUIET)
        )


def test_money_above_the_award_is_noticed():
    life = life_of("na-2024").to(State.IN_POST).later(1)
    notice = life.dossier.money_notice
    assert notice is not None
    life.changed(tranches=(Tranche("T1", notice.total + Decimal("0.01"), 2024, life.today),))
    step, stored = _step(life, "confirm_presence", Hat.RECRUITER)
    with pytest.raises(AssertionError, match="delegated"):
        check_step(step, stored, stored.version, places=(QUIET, QUIET))


def test_a_departure_recorded_on_another_day_than_announced_is_noticed():
    life = life_of("na-2024").to(State.IN_POST).later(40).do("announce_departure", Hat.INSTRUCTOR)
    departure = life.dossier.departure
    assert departure is not None
    step, stored = _step(life.on(departure.dates.effective_on), "withdraw", Hat.CLOCK)
    assert isinstance(step.answer, Decision)
    check_step(step, stored, stored.version, places=(QUIET, QUIET))
    later = replace(departure, dates=replace(departure.dates, effective_on=life.today + timedelta(days=3)))
    moved = replace(step, view=replace(step.view, departure=later))
    with pytest.raises(AssertionError, match="announced for another day"):
        _check_who(step.answer, moved)


def test_months_after_the_end_awarded_are_noticed(monkeypatch):
    life = life_of("na-2024").to(State.IN_POST).on(date(2027, 1, 1))
    step, stored = _step(life, "record_end", Hat.INSTRUCTOR)
    check_step(step, stored, stored.version, places=(QUIET, QUIET))
    terms = terms_on(stored, stored.tenures[0].starts_on)
    everything = served(life.call.clauses.funding, terms, stored.tenures, life.today)
    assert everything.funded_months > 24
    monkeypatch.setattr("tests.soak.invariants.funded", lambda *_: everything)
    with pytest.raises(AssertionError, match="months are financed of 24 awarded"):
        check_step(step, stored, stored.version, places=(QUIET, QUIET))


def test_more_repaid_than_was_paid_is_noticed():
    life = life_of("na-2024").to(State.CLAWBACK)
    current = life.dossier.repayment
    assert current is not None
    too_much = Movement(MovementKind.PAID, life.dossier.paid + Decimal("0.01"), life.today)
    life.changed(repayments=(replace(current, movements=(too_much,)),))
    step, stored = _step(life, "start_contradictory", Hat.INSTRUCTOR)
    with pytest.raises(AssertionError, match=r"^repaid"):
        check_step(step, stored, stored.version, places=(QUIET, QUIET))


def test_a_shorter_silence_is_noticed():
    life = life_of("na-2024").to(State.SUBMITTED).later(1)
    step, stored = _step(life, "request_pieces", Hat.INSTRUCTOR)
    assert stored.silence is not None
    earlier = replace(stored.silence, starts_on=stored.silence.starts_on - timedelta(days=1))
    answer = step.answer
    assert isinstance(answer, Decision)
    wrong = replace(stored, silence=earlier)
    said = replace(answer, changes={**answer.changes, "silence": earlier}, after=wrong)
    with pytest.raises(AssertionError, match="clock was set again"):
        check_step(replace(step, answer=said), wrong, wrong.version, places=(QUIET, QUIET))
