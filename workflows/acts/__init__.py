"""Every act by name, in the order of a dossier’s life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from workflows.acts import (
    award,
    committee,
    contests,
    correction,
    filing,
    ledger,
    letters,
    messages,
    money,
    pause,
    post,
    quota,
    receipts,
    recovery,
    reliefs,
    repayment,
    replacing,
    requests,
    schedule,
    succession,
    terms,
    vacancy,
)
from workflows.acts.base import Act
from workflows.acts.hints import HINTS
from workflows.french import typography
from workflows.guards.days import has_days, within_reach
from workflows.table import ALL_EDGES

_OF_LIFE = (filing, committee, quota, award, requests, post, vacancy, replacing, terms)
_OF_MONEY = (money, schedule, ledger, contests)
_OF_REPAYMENT = (repayment, reliefs, recovery, succession)
_ROOMS = (*_OF_LIFE, *_OF_MONEY, *_OF_REPAYMENT, receipts, messages, letters, pause, correction)


def _gathered() -> Mapping[str, Act]:
    acts: dict[str, Act] = {}
    for act in (act for room in _ROOMS for act in room.ACTS):
        if act.name in acts:
            raise ValueError(f"act {act.name!r} declared twice")
        acts[act.name] = _completed(act)
    in_table = {edge.act for edge in ALL_EDGES}
    moving = {name for name, act in acts.items() if not act.keeps_state}
    if in_table != moving:
        raise ValueError(f"table and acts differ: {sorted(in_table ^ moving)}")
    return MappingProxyType(acts)


def _completed(act: Act) -> Act:
    """The act with its hint; one whose inputs hold days also looks at how far they are.

    The guards that look at what it makes come last, as they are asked.
    """
    guards = (*act.guards, within_reach) if has_days(act.inputs) else act.guards
    return replace(
        act,
        guards=tuple(sorted(guards, key=lambda guard: guard.reads_outcome)),
        hint=typography(act.hint or HINTS.get(act.name, "")),
    )


ACTS: Mapping[str, Act] = _gathered()


def label_of(name: str) -> str:
    """The French label of an act; of one that this release does not have, its name."""
    return ACTS[name].label if name in ACTS else name
