"""One case per declared reason: a dossier and an act where that reason alone stops the act, or alone is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.builders import rewritten
from tests.lives import Life
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused

Answer = Decision | Refused
Case = Callable[[], Answer]

#: The case of each code.
CASES: dict[str, Case] = {}


def case(code: str) -> Callable[[Case], Case]:
    """Declare the case of a code."""

    def declare(function: Case) -> Case:
        if code in CASES:
            raise ValueError(f"{code} has two cases")
        CASES[code] = function
        return function

    return declare


def printed(value: Any, rule: str = "NA-01") -> Sourced[Any]:
    """A value as a call would print it."""
    return Sourced(value, Origin.PRINTED, rule)


def ruled(life: Life, path: str, value: Any) -> Life:
    """The same life under a call that differs at one place (a dotted path)."""
    return life.under(rewritten(life.call, path, value))
