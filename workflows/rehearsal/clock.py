"""The clock of a rehearsal: between events, what falls due is told once, and the machine does what it must."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from workflows.actors import CLOCK
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.calls.salvage import read_shape
from workflows.deadlines import start_of_day
from workflows.decide import Decision, Refused
from workflows.dossier import Dossier
from workflows.due import Due, due_items
from workflows.effects import Effect, EffectKind
from workflows.rehearsal.world import World
from workflows.renewals import renewal_draft

#: Told after each act of the machine: the dossier before it, the inputs, and what was answered.
OnAct = Callable[[Dossier, ActInputs, Decision | Refused], None]


class Clock:
    """Moves a world forward. Each thing due is told to `on_due` once, by its key, on its day at midnight."""

    def __init__(
        self,
        world: World,
        on_due: Callable[[Dossier, Due], None],
        on_act: OnAct,
        on_opened: Callable[[Dossier], None],
    ) -> None:
        self._world = world
        self._on_due = on_due
        self._on_act = on_act
        self._on_opened = on_opened
        self._told: set[tuple[str, str]] = set()

    def advance(self, to: datetime) -> None:
        """Move to an instant; nothing happens when it is not later than now."""
        world = self._world
        while world.now < to:
            nearest = min((due.day for _, due in self._waiting()), default=None)
            midnight = None if nearest is None else start_of_day(nearest, world.call.authority.zone)
            if midnight is None or midnight > to:
                world.now = to
                return
            world.now = max(world.now, midnight)
            self._tell()

    def coming(self, number: str) -> tuple[Due, ...]:
        """What would fall due next on a dossier, not told yet."""
        return tuple(due for found, due in self._waiting() if found == number)

    def follow(self, number: str, decision: Decision) -> None:
        """Carry out the effects of a decision that are acts of the machine or new dossiers."""
        for effect in decision.effects:
            if effect.kind is EffectKind.ACT:
                self._fire(number, effect.name, _inputs_of(effect))
            elif effect.kind is EffectKind.RENEWAL:
                self._open_renewal(number, effect)

    def _waiting(self) -> list[tuple[str, Due]]:
        world = self._world
        return [
            (number, due)
            for number, dossier in world.dossiers.items()
            for due in self._items(dossier)
            if (number, due.key) not in self._told
        ]

    def _items(self, dossier: Dossier) -> list[Due]:
        # every mail of a rehearsal leaves at once: what waits for one that has not left has no object
        items = due_items(dossier, self._world.call, self._world.today)
        return [due for due in items if due.unless_sent is None]

    def _tell(self) -> None:
        """Tell what is due today or earlier, and fire the acts a person decided beforehand."""
        for number in tuple(self._world.dossiers):
            for due in self._items(self._world.dossiers[number]):
                key = (number, due.key)
                if due.day > self._world.today or key in self._told:
                    continue
                self._told.add(key)
                self._on_due(self._world.dossiers[number], due)
                if due.act is not None and due.inputs is not None:
                    self._fire(number, due.act, due.inputs)

    def _fire(self, number: str, act: str, inputs: ActInputs) -> None:
        before = self._world.dossiers[number]
        answer = self._world.act(number, act, inputs, CLOCK)
        self._on_act(before, inputs, answer)
        if isinstance(answer, Decision):
            self.follow(number, answer)

    def _open_renewal(self, number: str, effect: Effect) -> None:
        parent = self._world.dossiers[number]
        draft = renewal_draft(parent, effect.name, int(effect.details["months"]), self._world.today)
        self._world.open(replace(draft, call=parent.call))
        self._on_opened(draft)


def _inputs_of(effect: Effect) -> ActInputs:
    """The inputs of an act that an effect asks for. Raises ValueError when its details are not those of the act."""
    inputs, found = read_shape(ACTS[effect.name].inputs, dict(effect.details))
    if found:
        raise ValueError(f"unreadable details of {effect.key}: {found}")
    return inputs
