"""What an act did to the amounts of a post, year by year, as its adjustment wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from workflows.letters.data import labelled
from workflows.letters.matter import Matter
from workflows.money.differences import standing
from workflows.parts.ledger import Adjustment

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """A budget year before and after an act, and what it gains or loses, in euros."""

    year: int = field(metadata=labelled("Exercice"))
    before: Decimal = field(metadata=labelled("Montant avant"))
    after: Decimal = field(metadata=labelled("Montant après"))
    difference: Decimal = field(metadata=labelled("Différence"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The whole post before and after an act, in euros. `years` is empty when the act changed nothing.

    `before` is None when no amount was known before it.
    """

    before: Decimal | None = field(metadata=labelled("Total avant"))
    after: Decimal = field(metadata=labelled("Total après"))
    difference: Decimal = field(metadata=labelled("Différence"))
    years: tuple[YearLine, ...] = field(metadata=labelled("Montants par exercice"))


def adjusted_amounts(matter: Matter) -> Amounts | None:
    """What the act that asked for the letter did to the amounts; None while none is known (A25)."""
    until = [made for made in matter.view.adjustments if made.entry <= matter.entry]
    if not until:
        return None
    earlier = [made for made in until if made.entry < matter.entry]
    old, new = _by_year(earlier), _by_year(until)
    before, after = sum(old.values(), _ZERO), sum(new.values(), _ZERO)
    changed = len(earlier) < len(until)
    return Amounts(
        before=before if earlier else None,
        after=after,
        difference=after - before if earlier else _ZERO,
        years=tuple(_line(year, old, new) for year in sorted(old.keys() | new.keys())) if earlier and changed else (),
    )


def _line(year: int, old: dict[int, Decimal], new: dict[int, Decimal]) -> YearLine:
    before, after = old.get(year, _ZERO), new.get(year, _ZERO)
    return YearLine(year=year, before=before, after=after, difference=after - before)


def _by_year(adjustments: Iterable[Adjustment]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in standing(change for made in adjustments for change in made.differences):
        found[line.year] = found.get(line.year, _ZERO) + line.amount
    return found
