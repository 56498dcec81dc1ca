"""A decision against the bare event of the machine it fires."""

from __future__ import annotations

import timeit
from collections.abc import Callable

from tests.builders import Hat, actor
from tests.lives import life_of
from tests.nominal import nominal
from workflows.decide import Decision, decide
from workflows.machine import fires
from workflows.states import State

_REPEATS = 7
_CALLS = 400


def _best(function: Callable[[], object]) -> float:
    """Microseconds of one call, the best of several runs."""
    return min(timeit.repeat(function, number=_CALLS, repeat=_REPEATS)) / _CALLS * 1e6


def measure() -> list[str]:
    """One line per act measured."""
    bare = _best(lambda: fires("declare_complete", State.SUBMITTED, State.COMPLETE, lambda: True))
    lines = [f"événement transitions nu : {bare:.1f} µs"]
    for act, state, hat in (
        ("put_to_committee", State.COMPLETE, Hat.INSTRUCTOR),
        ("withdraw", State.NOTIFIED, Hat.INSTRUCTOR),
        ("notify", State.SELECTED, Hat.HEAD),
    ):
        life = life_of("na-2024").to(state)
        view, inputs, by = life.seen(), nominal(life, act), actor(hat, life.dossier)

        def run() -> object:
            return decide(view, act, inputs, by=by, call=life.call, now=life.now)  # noqa: B023 - run at once

        if not isinstance(run(), Decision):
            raise TypeError(f"{act} does not go through")
        micros = _best(run)
        lines.append(f"decide({act}) : {micros:.0f} µs, {micros / bare:.1f} fois l’événement nu")
    return lines
