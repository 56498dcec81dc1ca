"""Directed exploration: random lives that lean towards the edges and the reasons seen least so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from tests.builders import instant
from tests.soak.drafts import opening, useful_flaws
from tests.soak.inputs import absurd, any_actor, chance, right_actor, sensible
from tests.soak.readiness import readiness, without_object
from tests.soak.stages import STAGES, Stage
from tests.soak.tally import EDGES, TARGETS, EdgeKey, Tally
from tests.soak.twists import TWISTS
from tests.soak.waiting import happen, wait
from tests.soak.world import Answer, Scene, World
from workflows.actors import CLOCK, Actor, Role
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.decide import Decision
from workflows.dossier import Dossier
from workflows.parts.places import PlaceStatus
from workflows.parts.repayment_steps import REPAYMENT_MOVES
from workflows.states import State
from workflows.table import CORRECTIONS


def as_told(inputs: ActInputs, by: Actor) -> ActInputs:
    """The inputs that somebody gives; nobody tells the machine to lift anything."""
    return replace(inputs, lifts={}) if by.role is Role.CLOCK else inputs


LEGAL: dict[State, tuple[str, ...]] = {
    state: tuple(name for name, act in ACTS.items() if state in act.sources or (name, state) in TARGETS)
    for state in State
}


def _edges_of(*acts: str) -> tuple[EdgeKey, ...]:
    return tuple(edge for edge in sorted(EDGES) if edge[0] in acts)


_CLAWBACK: EdgeKey = ("open_clawback", State.ENDED, State.CLAWBACK)
#: Acts that leave the state, or an earlier change of it, without which some edges are never taken.
_PREPARED: dict[str, tuple[EdgeKey, ...]] = {
    "notify_money": _edges_of("open_clawback", "settle"),
    "record_tranche": _edges_of("open_clawback", "settle"),
    "record_payment": _edges_of("open_clawback", "settle"),
    "give_notice": _edges_of("lapse"),
    "offer_place": (("select", State.RESERVE, State.SELECTED),),
    "propose_replacement": _edges_of("replace"),
    "judge_piece": _edges_of("reopen"),
}
_CLOCK_TOO = ("withdraw", "record_end", "replace")
_COUNT_EVERY = 20
_QUIET_STATES = frozenset({State.ENDED, State.REJECTED})

#: Reasons that only a debt may meet.
_OF_DEBTS = frozenset(code for act in REPAYMENT_MOVES for code in TWISTS.get(act, {}))

#: What tells a situation from another: where the dossier stands, how it came there, its repayment or its place.
Situation = tuple[State, str, State | None, str]


def _situation(dossier: Dossier) -> Situation:
    last, repayment = dossier.last, dossier.repayment
    if repayment is not None and (repayment.is_open or dossier.state is State.CLAWBACK):
        several = "+" if len(dossier.repayments) > 1 else ""
        vacant = State.WITHDRAWN if dossier.vacancy else State.IN_POST  # one for all that only tell where the post is
        return vacant, "", None, f"{repayment.kind}{several} {repayment.state}"
    detail = ""
    if dossier.place is not None and dossier.place.status is PlaceStatus.PROVISIONAL:
        detail = dossier.place.status.value
    return dossier.state, last.act if last else "", last.source if last else None, detail


class Bank:
    """Worlds kept as they stood when a dossier came to a situation, so that rare ones may be played on again."""

    def __init__(self, rng: Random, kept: int = 4) -> None:
        self._rng = rng
        self._kept = kept
        self._worlds: dict[Situation, list[tuple[World, str]]] = {}

    def keep(self, world: World, number: str) -> None:
        """Keep a world for the situation of one of its dossiers."""
        found = self._worlds.setdefault(_situation(world.files[number].dossier), [])
        if len(found) < self._kept:
            found.append((world.copy(), number))
        elif chance(self._rng, 0.2):
            found[self._rng.randrange(self._kept)] = (world.copy(), number)

    def take(self, need: Callable[[World, Dossier], float]) -> tuple[World, str] | None:
        """A copy of a world kept for the situation most wanted, and the number of the dossier that is in it."""
        worlds = [self._rng.choice(found) for found in self._worlds.values()]
        needs = [need(world, world.files[number].dossier) ** 4 for world, number in worlds]
        if sum(needs) <= 0:
            return None
        world, number = self._rng.choices(worlds, needs)[0]
        return world.copy(), number


class Explorer:
    """Plays worlds one after the other. The same `rng` and goals give the same run."""

    def __init__(self, rng: Random, tally: Tally) -> None:
        self.rng = rng
        self.tally = tally
        self.bank = Bank(rng)
        self._needs: dict[str, float] = {}
        self._counted_at = -_COUNT_EVERY

    def run(self, steps: int) -> None:
        """Try at least that many acts."""
        while self.tally.steps < steps:
            self.play()

    def play(self) -> None:
        """One world: a new one, or one kept in a situation of which more is wanted."""
        known = 0.8 if self.tally.lacks_edges else 0.4  # what an application lacks only shows in new worlds
        taken = self.bank.take(self._need) if chance(self.rng, known) else None
        if taken is not None:
            self.live(taken[0], 18, taken[1])
        else:
            world = self.world(self._stage())
            self.live(world, 70 * len(world.files))

    def _need(self, world: World, dossier: Dossier) -> float:
        aimed = sum(self.tally.code_need(code) for code in sorted(world.stage.aims))
        debt = dossier.repayment is not None and dossier.repayment.is_open
        codes = sum(need for code, need in self.tally.needed.items() if code in _OF_DEBTS) if debt else 0.0
        return self.tally.need_from(dossier) + min(0.05 * codes, 0.5) + min(0.5 * aimed, 0.5)

    def live(self, world: World, steps: int, focus: str | None = None) -> None:
        """Up to so many acts in a world, until its dossiers are at rest; mostly on the dossier named."""
        rng, checked = self.rng, {number: file.dossier.version for number, file in world.files.items()}
        for _ in range(steps):
            if chance(rng, 0.09):
                wait(rng, world)
            happen(rng, world)
            number = focus if focus and chance(rng, 0.8) else self._dossier(world)
            answer = self._step(world, number)
            if isinstance(answer, Decision) and (answer.target is not answer.source or "repayments" in answer.changes):
                self.bank.keep(world, number)
            if chance(rng, 0.08) and all(f.dossier.state in _QUIET_STATES for f in world.files.values()):
                break
        for number, file in world.files.items():
            if checked.get(number) != file.dossier.version:
                world.check_history(number)

    # a new world

    def _stage(self) -> Stage:
        tally = self.tally
        known = {name: tally.stages[name] | stage.aims | set(useful_flaws(stage)) for name, stage in STAGES.items()}
        found = {name: tally.needed.keys() & codes for name, codes in known.items()}
        places = Counter(code for codes in found.values() for code in codes)
        pull = 10.0 if tally.lacks_edges else 60.0
        weights = [
            # what few stages may bring about pulls the most
            1 + 10 / (1 + tally.worlds[name]) + pull * sum(tally.needed[code] / places[code] for code in sorted(codes))
            for name, codes in found.items()
        ]
        return self.rng.choices(list(STAGES.values()), weights)[0]

    def world(self, stage: Stage) -> World:
        """A world of a few drafts, on the eve of the filing or before the call opens."""
        rng, opened = self.rng, stage.profile.opened

        def watch(act: str, _: ActInputs, __: Actor, answer: Answer) -> None:
            self.tally.see(stage.name, act, answer)

        self.tally.worlds[stage.name] += 1
        world = World(stage, instant(opened, stage.call, "09:00"), watch)
        for quota in stage.call.parameters.quotas:
            if chance(rng, 0.7):
                world.set_quota(quota.id, rng.choice((None, None, 1, 2, 3, 8)))
        for n in range(rng.randint(2, 5)):
            flaws = {code: 0.2 + 6 * self.tally.code_need(code) for code in useful_flaws(stage)}
            wanted = 0.4 if self.tally.lacks_edges else 0.8
            flaw = rng.choices(list(flaws), list(flaws.values()))[0] if chance(rng, wanted) else None
            world.open(opening(rng, stage, f"{stage.profile.number}-{n}", flaw), stage.profile)
        if stage.call.parameters.opens_on.value is None or chance(rng, 0.8):
            world.move(instant(stage.profile.filed, stage.call) - timedelta(days=rng.randint(0, 20)))
        return world

    # a step

    def _dossier(self, world: World) -> str:
        files = list(world.files)
        weights = [0.15 if world.files[n].dossier.state in _QUIET_STATES else 1.0 for n in files]
        return self.rng.choices(files, weights)[0]

    def _step(self, world: World, number: str) -> Answer:
        """One act tried on one dossier."""
        rng, scene = self.rng, world.scene(number)
        act = self._act(scene)
        if act not in ACTS:
            return world.attempt(number, act, ActInputs(), any_actor(rng, scene))
        if act == "rectify" and chance(rng, 0.9):  # the letter left just before somebody saw the mistake
            world.files[number].left = True
        by = right_actor(rng, scene, act)
        if act in _CLOCK_TOO and chance(rng, 0.03):
            by = CLOCK
        elif chance(rng, 0.03):
            by = any_actor(rng, scene)
        return world.attempt(number, act, as_told(self._inputs(world.stage, scene, act), by), by)

    def _act(self, scene: Scene) -> str:
        rng = self.rng
        if chance(rng, 0.01):
            return rng.choice((*ACTS, "inconnu"))
        legal = LEGAL[scene.dossier.state]
        ready = readiness(scene, legal)
        return rng.choices(legal, [self._weight(scene, act, ready[act]) for act in legal])[0]

    def _weight(self, scene: Scene, act: str, ready: float) -> float:
        """The readier an act and the rarer what it may lead to, the likelier."""
        tally, last, state = self.tally, scene.dossier.last, scene.dossier.state
        if act in CORRECTIONS and last is not None:
            too_late = act == "revert" and scene.dossier.around.last_act_left_house
            return ready * (1 + 80 * tally.edge_need((act, state, last.source))) * (0.1 if too_late else 1.0)
        if act == "withdraw" and state is State.IN_POST:  # a post that somebody else may serve
            ready *= 2
        if act == "record_end" and scene.dossier.paid:  # an early end with money due
            ready *= 3 + 5 * tally.edge_need(_CLAWBACK)
        edge_need = max((tally.need_through(edge) for edge in TARGETS.get((act, state), ())), default=0.0)
        prepared = max((tally.need_through(edge) for edge in _PREPARED.get(act, ())), default=0.0)
        bonus = 0.0 if without_object(scene.dossier, act) else 0.06 * min(self._code_needs()[act], 5.0)
        return ready * (1 + 5 * max(edge_need, prepared)) + bonus

    def _code_needs(self) -> dict[str, float]:
        """How much the reasons of each act are wanted; counted again every few acts."""
        tally = self.tally
        if tally.steps >= self._counted_at + _COUNT_EVERY:
            self._counted_at = tally.steps
            for act in ACTS:
                codes = tally.needed.keys() & (tally.acts[act] | TWISTS.get(act, {}).keys())
                self._needs[act] = sum(tally.needed[code] for code in sorted(codes))
        return self._needs

    def _inputs(self, stage: Stage, scene: Scene, act: str) -> ActInputs:
        rng = self.rng
        if chance(rng, 0.03):
            return ACTS[act].inputs(**absurd(rng, scene, act))
        values = sensible(rng, stage, scene, act)
        twists = TWISTS.get(act, {})
        needs = {code: self.tally.code_need(code) for code in twists}
        if twists and chance(rng, 0.08 + 0.4 * max(needs.values())):
            code = rng.choices(list(twists), [0.05 + need for need in needs.values()])[0]
            values |= twists[code](rng, scene, values) or {}
        return ACTS[act].inputs(**values)
