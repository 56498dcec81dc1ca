"""The only place that knows the `transitions` library: one machine, built once from the table.

An event is fired on a throw-away object with a single state slot. Each event has one target, chosen beforehand, and
one condition, which runs every guard and gathers their findings. Callbacks have no side effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transitions import EventData, Machine

from workflows.states import State
from workflows.table import ALL_EDGES, Edge

#: Runs the guards and answers True when the act may go through.
Run = Callable[[], bool]


class _Slot:
    """The object an event is fired on: nothing but a state."""

    __slots__ = ("state",)

    def __init__(self, state: State) -> None:
        self.state = state.value


def _guards_pass(event: EventData) -> bool:
    run: Run = event.kwargs["run"]
    return run()


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "trigger": edge.trigger,
            "source": [source.value for source in edge.sources],
            "dest": edge.target.value,
            "conditions": [_guards_pass],
        }
        for edge in _merged()
    ]


def _merged() -> list[Edge]:
    """Edges of one trigger gathered: corrections reach the same target from several states."""
    merged: dict[str, Edge] = {}
    for edge in ALL_EDGES:
        before = merged.get(edge.trigger)
        sources = (*before.sources, *edge.sources) if before else edge.sources
        merged[edge.trigger] = Edge(edge.act, sources, edge.target)
    return list(merged.values())


_MACHINE = Machine(
    model=None,
    states=[state.value for state in State],
    transitions=_rows(),
    initial=None,
    auto_transitions=False,
    send_event=True,
    queued=False,
)


def fires(act: str, source: State, target: State, run: Run) -> bool:
    """Fire the act from `source` to `target`: True when the guards run by `run` let it through.

    Raises `transitions.MachineError` when the table has no such edge, and KeyError for an unknown act.
    """
    slot = _Slot(source)
    done: bool = _MACHINE.events[f"{act}>{target.value}"].trigger(slot, run=run)
    return done and slot.state == target.value
