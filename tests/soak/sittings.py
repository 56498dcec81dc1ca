"""Random opinions of a committee: who was there, how they voted, what they said."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.nominal import REASON
from tests.soak.stages import Stage
from tests.soak.world import Scene

_MEMBERS = ("thym-argent", "sarriette-brune", "origan-blanc")


def opinion(rng: Random, _: Stage, scene: Scene, __: dict[str, Any]) -> dict[str, Any]:
    """An opinion, corrected with a reason once there was one; the votes are not always told."""
    committee = scene.dossier.committee
    judged = committee is not None and committee.judged_on is not None
    favourable = rng.random() < 0.8
    present = _MEMBERS if rng.random() < 0.6 else ()
    return {
        "favourable": favourable,
        "rank": rng.randint(1, 7) if favourable or rng.random() < 0.3 else None,
        "motive": REASON if rng.random() < 0.7 else None,
        "present": present,
        "against": present[1:] if rng.random() < 0.2 else (),
        "abstaining": present[:1] if rng.random() < 0.2 else (),
        "conflicted_votes": _MEMBERS[:1] if rng.random() < 0.12 else (),
        "reason": REASON if judged and rng.random() < 0.7 else None,
    }
