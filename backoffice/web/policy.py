"""Who may open which page: deny by default. A route without a declared policy stops the start."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from flask import Flask

from workflows.actors import Role

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "_policy"

_AGENTS = frozenset({Role.INSTRUCTOR, Role.HEAD, Role.DG})
_PARTIES = frozenset({Role.CANDIDATE, Role.ESTABLISHMENT})


class Policy(Enum):
    """The visitors a route is open to; which dossiers they see is the business of the queries."""

    ANYBODY = None
    SIGNED_IN = frozenset(Role)
    AGENTS = _AGENTS
    DOSSIER = _AGENTS | _PARTIES
    COMMITTEE = _AGENTS | {Role.MEMBER}
    LETTERS = _AGENTS | _PARTIES | {Role.MEMBER}
    CANDIDATE = frozenset({Role.CANDIDATE})
    ADMIN = frozenset({Role.ADMIN})
    STAFF = _AGENTS | {Role.ADMIN}


class UndeclaredPolicyError(RuntimeError):
    """Some routes have no policy."""


def open_to(policy: Policy) -> Callable[[View], View]:
    """Declare the policy of a view."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, policy)
        return view

    return declare


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The declared policy of a view."""
    found: Policy | None = getattr(view, _ATTRIBUTE, None)
    return found


def check_declared(app: Flask) -> None:
    """Refuse to start when a route has no policy."""
    bare = sorted(
        rule.endpoint for rule in app.url_map.iter_rules() if policy_of(app.view_functions[rule.endpoint]) is None
    )
    if bare:
        raise UndeclaredPolicyError(f"routes without a policy: {', '.join(bare)}")


def admits(policy: Policy, role: Role | None) -> bool:
    """True when a visitor of this role may open the page."""
    return policy.value is None or (role is not None and role in policy.value)
