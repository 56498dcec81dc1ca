"""Every act by name, in the order of a dossier’s life."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workflows.acts import award, committee, correction, filing, money, post, repayment, requests, vacancy
from workflows.acts.base import Act
from workflows.table import ALL_EDGES

_ROOMS = (filing, committee, award, requests, post, vacancy, money, repayment, correction)


def _gathered() -> Mapping[str, Act]:
    acts: dict[str, Act] = {}
    for act in (act for room in _ROOMS for act in room.ACTS):
        if act.name in acts:
            raise ValueError(f"act {act.name!r} declared twice")
        acts[act.name] = act
    in_table = {edge.act for edge in ALL_EDGES}
    moving = {name for name, act in acts.items() if not act.keeps_state}
    if in_table != moving:
        raise ValueError(f"table and acts differ: {sorted(in_table ^ moving)}")
    return MappingProxyType(acts)


ACTS: Mapping[str, Act] = _gathered()
