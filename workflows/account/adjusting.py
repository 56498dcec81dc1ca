"""What every act does to the schedule of a post: the difference it makes is added to what stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from workflows.account.worth import funded
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.money.differences import Difference, differences, standing
from workflows.money.schedule import Line
from workflows.parts.ledger import Adjustment

#: Members of a dossier that its schedule is made from.
_MAKE_MONEY = frozenset(
    {"award", "category", "contract_share", "end", "money_notice", "plan", "sites", "tenures", "vacancy", "waivers"}
)


def standing_lines(dossier: Dossier) -> tuple[Line, ...]:
    """The schedule as it stands: what all the adjustments made together."""
    return standing(change for made in dossier.adjustments for change in made.differences)


def differences_due(dossier: Dossier, call: Call) -> tuple[Difference, ...]:
    """What the schedule that stands lacks to be the one that the rules give; nothing while an amount is unknown."""
    try:
        lines = funded(dossier, call).lines
    except UnknownValueError:
        return ()
    return differences(standing_lines(dossier), lines)


def adjusted(before: Dossier, changes: Mapping[str, Any], *, act: str, on: date, call: Call) -> dict[str, Any]:
    """The changes of an act of a day, with the difference they make to the schedule, if they make one.

    While an amount is unknown nothing is written (A25): the machine writes what lacks once a version gives it.
    """
    if not changes.keys() & _MAKE_MONEY:
        return dict(changes)
    made = differences_due(replace(before, **changes), call)
    if not made:
        return dict(changes)
    adjustment = Adjustment(act, before.version + 1, on, made)
    return {**changes, "adjustments": (*before.adjustments, adjustment)}
