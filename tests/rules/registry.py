"""What proves a rule: a check takes a call and asserts how the product behaves under it.

A check is run on the call as published, where it must pass, and on every copy of it with one value of its rule
changed or removed, where some check of that rule must fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflows.calls.model import Call

Body = Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class Proof:
    """A check of a rule of one call. `call` is the file name in config/calls, without its ending."""

    rule: str
    call: str
    body: Body

    @property
    def name(self) -> str:
        """Where the check stands, as a person reads it."""
        return f"{self.body.__module__}.{self.body.__qualname__}"


@dataclass(frozen=True, slots=True)
class Stated:
    """What is said of a rule that has no check: later, with the capability it waits for, or only informative, why."""

    rule: str
    kind: str
    why: str


PROOFS: list[Proof] = []
STATED: dict[str, Stated] = {}
#: Where a rule is enforced: dotted names of functions or classes, by rule id.
ENFORCED: dict[str, tuple[str, ...]] = {}


def proves(*rules: str, call: str) -> Callable[[Body], Body]:
    """Register a check as a proof of some rules in one call (a default may be proved in several calls)."""

    def register(body: Body) -> Body:
        PROOFS.extend(Proof(rule, call, body) for rule in rules)
        return body

    return register


def enforced(rule: str, *where: str) -> None:
    """Say where a rule is enforced (for example "workflows.guards.post.told_in_time")."""
    ENFORCED[rule] = (*ENFORCED.get(rule, ()), *where)


def later(rule: str, capability: str) -> None:
    """Say that a rule waits for a capability that is not built yet."""
    STATED[rule] = Stated(rule, "later", capability)


def informative(rule: str, why: str) -> None:
    """Say why a rule is only shown to people."""
    STATED[rule] = Stated(rule, "informative", why)
