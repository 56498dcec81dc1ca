"""What was served of a schedule up to a day: the rest of it is to come, however late, and nothing of it is due (I9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from workflows.account.adjusting import standing_lines
from workflows.account.budget import is_over
from workflows.account.worth import served_until
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.money.schedule import Line

_ZERO = Decimal("0.00")
#: A calendar year and month.
Month = tuple[int, int]


def served_so_far(dossier: Dossier, call: Call, day: date) -> dict[Month, Decimal]:
    """Euros of the days really served up to a day, itself included, by month; none while an amount is unknown."""
    try:
        return by_month(served_until(dossier, call, day).lines)
    except UnknownValueError:
        return {}


def unserved(dossier: Dossier, call: Call, day: date) -> dict[Month, Decimal]:
    """Euros that the schedule counts in months that are over and that nobody served: they are not due, but to come."""
    served = served_so_far(dossier, call, day)
    passed = {m: euros for m, euros in by_month(standing_lines(dossier)).items() if is_over(*m, day)}
    left = {month: euros - served.get(month, _ZERO) for month, euros in passed.items()}
    return {month: euros for month, euros in left.items() if euros > 0}


def by_month(lines: Iterable[Line]) -> dict[Month, Decimal]:
    """Euros of some lines of a schedule by month: two years of a post may share one."""
    found: dict[Month, Decimal] = {}
    for line in lines:
        month = (line.year, line.month)
        found[month] = found.get(month, _ZERO) + line.amount
    return found
