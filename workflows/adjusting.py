"""What every act does to the schedule of a post: the difference it makes is added to what stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from workflows.accounts import funded
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.ledger import Adjustment
from workflows.money.differences import differences, standing
from workflows.money.schedule import Line

#: Members of a dossier that its schedule is made from.
_MAKE_MONEY = frozenset(
    {"award", "category", "contract_share", "end", "money_notice", "plan", "sites", "tenures", "waivers"}
)


def standing_lines(dossier: Dossier) -> tuple[Line, ...]:
    """The schedule as it stands: what all the adjustments made together."""
    return standing(change for made in dossier.adjustments for change in made.differences)


def adjusted(before: Dossier, changes: Mapping[str, Any], *, act: str, on: date, call: Call) -> dict[str, Any]:
    """The changes of an act of a day, with the difference they make to the schedule, if they make one.

    While an amount is unknown nothing stands (A25): the first act after it is known writes the whole schedule.
    """
    after = replace(before, **changes)
    if not changes.keys() & _MAKE_MONEY or (after.award is None and not before.adjustments):
        return dict(changes)
    try:
        lines = funded(after, call).lines
    except UnknownValueError:
        return dict(changes)
    made = differences(standing_lines(before), lines)
    if not made:
        return dict(changes)
    adjustment = Adjustment(act, before.version + 1, on, made)
    return {**changes, "adjustments": (*before.adjustments, adjustment)}
