"""What somebody may contest of an account, and answer."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.soak.world import Scene
from workflows.contestable import contestable
from workflows.contests import REMEDIES, ContestState

_MOSTLY = 0.6


def line_contested(rng: Random, _: Any, scene: Scene, __: Any) -> dict[str, Any]:
    """Any line of the schedule or of the account."""
    known = [line.id for line in contestable(scene.dossier)]
    return {"line": rng.choice(known)} if known else {}


def contest_answered(rng: Random, _: Any, scene: Scene, __: Any) -> dict[str, Any]:
    """Any contest that waits, upheld with an act to do, or dismissed."""
    waiting = [contest.id for contest in scene.dossier.open_contests]
    named = {"contest": rng.choice(waiting)} if waiting else {}
    if rng.random() < _MOSTLY:
        return named | {"outcome": ContestState.DISMISSED, "remedy": None}
    return named | {"outcome": ContestState.UPHELD, "remedy": rng.choice(REMEDIES)}
