"""A hypothesis state machine that drives `decide` with random acts, dates and calls.

Every rule ends in `World.attempt`, which checks each answer (`tests/soak/invariants.py`, `tests/soak/state_facts.py`);
after every rule the whole journal of every dossier that moved is folded again, in memory and as the plain data that
is stored. What guides a life is its own: an example plays the same wherever it stands in a run.
"""

from __future__ import annotations

from random import Random
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.soak.explore import LEGAL, Explorer, as_told
from tests.soak.inputs import absurd, any_actor, right_actor, sensible
from tests.soak.stages import STAGES
from tests.soak.tally import Tally
from tests.soak.twists import TWISTS
from tests.soak.waiting import happen, wait
from tests.soak.world import World
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.decide import Refused, decide, explain
from workflows.findings import Severity

#: Seeds come from hypothesis, so that an example can be played again; the values they give are not shrunk.
seeds = st.randoms(use_true_random=True)


class RulesMachine(RuleBasedStateMachine):
    """A few dossiers of one call; each rule tries something on them or lets time pass."""

    #: Where a long run counts what its examples met.
    counts: ClassVar[Tally | None] = None

    world: World
    explorer: Explorer
    folded: dict[str, int]

    @initialize(stage=st.sampled_from(sorted(STAGES)), rng=seeds)
    def open_a_call(self, stage: str, rng: Random) -> None:
        """A call and its first drafts."""
        self.explorer = Explorer(rng, Tally())
        self.world = self.explorer.world(STAGES[stage])
        self.folded = {}

    def _number(self, n: int) -> str:
        return sorted(self.world.files)[n % len(self.world.files)]

    @rule(rng=seeds, acts=st.integers(5, 25))
    def live(self, rng: Random, acts: int) -> None:
        """What usually happens next, a few times."""
        self.explorer.rng = rng
        self.explorer.live(self.world, acts)

    @rule(rng=seeds, n=st.integers(0, 20), act=st.sampled_from(sorted(ACTS)), wild=st.integers(0, 9))
    def try_any_act(self, rng: Random, n: int, act: str, wild: int) -> None:
        """Any act on any dossier, whatever its state, sometimes with values that nobody would enter."""
        number = self._number(n)
        scene = self.world.scene(number)
        by = any_actor(rng, scene) if wild < 3 else right_actor(rng, scene, act)
        values = absurd(rng, scene, act) if wild % 2 else sensible(rng, self.world.stage, scene, act)
        self.world.attempt(number, act, as_told(ACTS[act].inputs(**values), by), by)

    @rule(rng=seeds, n=st.integers(0, 20), choice=st.integers(0, 1000))
    def try_a_mistake(self, rng: Random, n: int, choice: int) -> None:
        """An act of this state with one thing wrong."""
        number = self._number(n)
        scene = self.world.scene(number)
        mistakes = [(act, code) for act in LEGAL[scene.dossier.state] for code in TWISTS.get(act, {})]
        if mistakes:
            act, code = mistakes[choice % len(mistakes)]
            values = sensible(rng, self.world.stage, scene, act)
            values |= TWISTS[act][code](rng, scene, values) or {}
            self.world.attempt(number, act, ACTS[act].inputs(**values), right_actor(rng, scene, act))

    @rule(rng=seeds)
    def let_time_pass(self, rng: Random) -> None:
        """The clock only moves forward; quotas arrive and letters leave meanwhile."""
        before = self.world.now
        wait(rng, self.world)
        happen(rng, self.world)
        assert self.world.now >= before

    @rule(rng=seeds, n=st.integers(0, 20), act=st.sampled_from(sorted(ACTS)))
    def ask_twice(self, rng: Random, n: int, act: str) -> None:
        """The same question has the same answer, and asking changes nothing."""
        number = self._number(n)
        scene, now = self.world.scene(number), self.world.now
        inputs = ACTS[act].inputs(**sensible(rng, self.world.stage, scene, act))
        by, before = right_actor(rng, scene, act), hash(scene.dossier)
        first = decide(scene.dossier, act, inputs, by=by, call=self.world.call, now=now)
        assert first == decide(scene.dossier, act, inputs, by=by, call=self.world.call, now=now)
        assert hash(scene.dossier) == before

    @rule(rng=seeds, n=st.integers(0, 20))
    def explain_first(self, rng: Random, n: int) -> None:
        """What `explain` says is impossible before any form is impossible with every form."""
        number = self._number(n)
        scene, now = self.world.scene(number), self.world.now
        by = any_actor(rng, scene)
        for possibility in explain(scene.dossier, by=by, call=self.world.call, now=now):
            if possibility.allowed:
                continue
            name = possibility.act.name
            values = sensible(rng, self.world.stage, scene, name)
            answer = decide(scene.dossier, name, ACTS[name].inputs(**values), by=by, call=self.world.call, now=now)
            said = {f.code for f in possibility.findings if f.severity is Severity.REFUSAL}
            assert isinstance(answer, Refused), f"{name} was said impossible: {said}"
            assert said <= answer.codes

    @rule(n=st.integers(0, 20))
    def try_what_does_not_exist(self, n: int) -> None:
        """An act that nobody knows is refused."""
        number = self._number(n)
        scene = self.world.scene(number)
        answer = self.world.attempt(number, "inconnu", ActInputs(), any_actor(Random(n), scene))  # noqa: S311
        assert isinstance(answer, Refused)

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def journals_fold(self) -> None:
        """The journal gives the dossier, from its opening, in memory and as plain data."""
        for number, file in self.world.files.items():
            if self.folded.get(number) != file.dossier.version:
                self.world.check_history(number)
                self.folded[number] = file.dossier.version

    def teardown(self) -> None:
        """Add what this example met to the counts of the run."""
        if self.counts is not None and hasattr(self, "explorer"):
            self.counts.add(self.explorer.tally)


#: Without the phase that shrinks: seeds do not shrink, and the history told of a failure is short enough.
MACHINE_SETTINGS = settings(
    stateful_step_count=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
