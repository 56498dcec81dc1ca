"""What changes in a schedule, month by month: what stood is never overwritten, differences are added to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from workflows.money.gains import GainedEuros, GainedThirtieths
from workflows.money.schedule import Line

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Difference:
    """What one month of one year of the post gains or loses: thirtieths, and euros to the cent; never both zero."""

    year: int
    month: int
    post_year: int
    thirtieths: GainedThirtieths
    amount: GainedEuros


_Key = tuple[int, int, int]


def differences(before: Iterable[Line], after: Iterable[Line]) -> tuple[Difference, ...]:
    """What has to be added to some lines to have others, in order of time; nothing when they are the same."""
    old, new = _by_key(before), _by_key(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        (had, was), (has, now) = old.get(key, _NOTHING), new.get(key, _NOTHING)
        if (had, was) != (has, now):
            found.append(Difference(*key, GainedThirtieths(has - had), GainedEuros(now - was)))
    return tuple(found)


def standing(changes: Iterable[Difference]) -> tuple[Line, ...]:
    """The lines that differences make together, in order of time; a month that they cancel has none."""
    found: dict[_Key, tuple[int, Decimal]] = {}
    for change in changes:
        key = change.year, change.month, change.post_year
        thirtieths, amount = found.get(key, _NOTHING)
        found[key] = thirtieths + change.thirtieths, amount + change.amount
    return tuple(Line(*key, *found[key]) for key in sorted(found) if found[key] != _NOTHING)


_NOTHING = (0, _ZERO)


def _by_key(lines: Iterable[Line]) -> dict[_Key, tuple[int, Decimal]]:
    return {(line.year, line.month, line.post_year): (line.thirtieths, line.amount) for line in lines}
