"""Writing down what happens, as it happens."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.actors import CLOCK, Actor
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.decide import Decision, Refused
from workflows.dossier import Dossier
from workflows.due import Due
from workflows.effects import Addressee, Effect
from workflows.guards.filing import known_requirements
from workflows.rehearsal.clock import Clock
from workflows.rehearsal.report import Expectation, Fell, Line, Opened, Step
from workflows.rehearsal.scenario import EventFile
from workflows.rehearsal.words import change_words, input_words, moved_dates, who_words
from workflows.rehearsal.world import World
from workflows.states import State


class Recorder:
    """The history of a run. `highest` is the most places ever taken in each quota."""

    def __init__(self, world: World, names: Mapping[str, str], zone: str) -> None:
        self._world = world
        self._names = names
        self._zone = zone
        self.lines: list[Line] = []
        self.highest: dict[str, int] = {}

    def opened(self, draft: Dossier) -> None:
        """A draft was opened; by the machine when it renews another dossier."""
        self.lines.append(Opened(self._world.now, draft.number, draft.renewal_of))

    def due(self, dossier: Dossier, due: Due) -> None:
        """Something fell due."""
        self.lines.append(Fell(self._world.now, dossier.number, due))

    def machine(self, before: Dossier, inputs: ActInputs, answer: Decision | Refused) -> None:
        """The machine acted."""
        self.step(before, inputs, answer, CLOCK, None)

    def step(
        self,
        before: Dossier,
        inputs: ActInputs,
        answer: Decision | Refused,
        by: Actor,
        event: EventFile | None,
    ) -> None:
        """An act was attempted."""
        after = answer.after if isinstance(answer, Decision) else before
        context = self._world.context(before.number, answer.act, by)
        pieces = {key: required.label for key, required in known_requirements(context).items()}
        for quota, taken in self._world.taken().items():
            self.highest[quota] = max(self.highest.get(quota, 0), taken)
        self.lines.append(
            Step(
                at=self._world.now,
                dossier=before.number,
                act=answer.act,
                label=ACTS[answer.act].label,
                by=by,
                who=who_words(by, before, self._names),
                source=answer.source,
                target=answer.target if isinstance(answer, Decision) else None,
                findings=answer.findings,
                effects=_addressed(answer.effects, after) if isinstance(answer, Decision) else (),
                inputs=input_words(inputs, self._names, pieces, self._zone),
                lifted=dict(inputs.lifts) or None,
                dates=moved_dates(before, after, self._world.today),
                changes=change_words(before, after),
                expectation=_expectation(event, answer),
                note=event.note if event else None,
            )
        )

    def follow(self, clock: Clock, number: str, answer: Decision | Refused) -> None:
        """Let the machine carry out what a decision asks."""
        if isinstance(answer, Decision):
            clock.follow(number, answer)


def _addressed(effects: tuple[Effect, ...], after: Dossier) -> tuple[Effect, ...]:
    """The effects without those for a candidate nobody has named yet: they reach no one."""
    return tuple(e for e in effects if e.to is not Addressee.CANDIDATE or after.candidate is not None)


def _expectation(event: EventFile | None, answer: Decision | Refused) -> Expectation | None:
    if event is None or not (event.expect or event.warns):
        return None
    told = {finding.code for finding in answer.findings}
    met = _as_expected(event.expect, answer) and set(event.warns) <= told
    return Expectation(event.expect, event.warns, met)


def _as_expected(wanted: tuple[str, ...], answer: Decision | Refused) -> bool:
    """A state to reach, or exactly the codes that refuse; nothing wanted means that the act goes through."""
    states = {state.value for state in State}
    if isinstance(answer, Decision):
        return not wanted or wanted == (answer.target.value,)
    return bool(wanted) and not states & set(wanted) and answer.codes == set(wanted)
