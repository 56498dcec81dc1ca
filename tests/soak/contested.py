"""What somebody may contest of an account, and answer."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from tests.soak.world import Scene
from workflows.account.contestable import contestable, written_after
from workflows.calls.model import Channel
from workflows.guards.contests import answerable
from workflows.parts.contests import REMEDIES, ContestState

_MOSTLY = 0.6
_SELDOM = 0.1


def line_contested(rng: Random, _: Any, scene: Scene, __: Any) -> dict[str, Any]:
    """Any line of the schedule or of the account."""
    known = [line.id for line in contestable(scene.dossier)]
    told = {"channel": Channel.POST, "came_on": scene.today - timedelta(days=rng.choice((0, 0, 1, 4)))}
    return told | ({"line": rng.choice(known)} if known else {})


def contest_answered(rng: Random, _: Any, scene: Scene, __: Any) -> dict[str, Any]:
    """Any contest that waits, upheld with an act to do, put right already, or dismissed."""
    waiting = [contest.id for contest in answerable(scene.dossier)]
    named = {"contest": rng.choice(waiting)} if waiting else {}
    asked = next((c.line for c in scene.dossier.contests if c.id == named.get("contest")), "")
    lines = [line.id for line in written_after(scene.dossier, asked)]
    if lines and rng.random() < _SELDOM:
        return named | {"outcome": ContestState.CORRECTED, "remedy": None, "corrected_by": rng.choice(lines)}
    if rng.random() < _MOSTLY:
        return named | {"outcome": ContestState.DISMISSED, "remedy": None}
    return named | {"outcome": ContestState.UPHELD, "remedy": rng.choice(REMEDIES)}
