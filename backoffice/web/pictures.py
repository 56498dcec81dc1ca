"""The pictures of amounts: geometry in attributes, colours in classes; every figure is also in a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backoffice.services.places import QuotaPlaces
from workflows.account.budget import Figures

#: The width of every picture, in its own units.
WIDTH = 1000
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A year as segments of a bar, in units of the picture: due, committed but not due, above the envelope; and where
    the envelope stops (None: not known).
    """

    due: int
    coming: int
    above: int
    envelope: int | None


def year_bar(figures: Figures, scale: Decimal) -> Bar:
    """The bar of a year, `scale` euros wide."""
    within = figures.committed - figures.overrun
    due = min(figures.due, within)
    ends = [units(amount, scale) for amount in (due, within, figures.committed)]
    envelope = None if figures.envelope is None else units(figures.envelope, scale)
    return Bar(ends[0], ends[1] - ends[0], ends[2] - ends[1], envelope)


def units(amount: Decimal, scale: Decimal) -> int:
    """An amount as units of a picture `scale` euros wide; 0 below zero, and on a picture of nothing."""
    return int(max(_ZERO, amount) * WIDTH / scale) if scale > 0 else 0


@dataclass(frozen=True, slots=True)
class PlacesBar:
    """The places of a quota as segments of a bar, in units of the picture: taken for good, taken until somebody settles
    it, offered, above the quota; and where the quota stops (None: not known).
    """

    firm: int
    waiting: int
    offered: int
    above: int
    places: int | None


def places_bar(quota: QuotaPlaces, scale: int) -> PlacesBar:
    """The bar of a quota, `scale` places wide."""
    within = quota.taken - quota.overrun
    firm = min(quota.taken - quota.provisional - quota.held, within)
    ends = [number * WIDTH // scale for number in (firm, within, within + quota.offered, within + quota.overrun)]
    places = None if quota.places is None else quota.places * WIDTH // scale
    return PlacesBar(ends[0], ends[1] - ends[0], ends[2] - ends[1], ends[3] - ends[1], places)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a waterfall: what it is, in euros; `total`: a sum, and not a change."""

    label: str
    amount: Decimal
    total: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A step as it is drawn: from `start`, so wide, in units of the picture."""

    step: Step
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps of a waterfall, and the amount at which its scale begins."""

    steps: tuple[Drawn, ...]
    origin: Decimal


def waterfall(steps: Iterable[Step]) -> Waterfall:
    """Every step where the one before stopped. The scale begins near the lowest sum, so that changes are seen."""
    found, level, spans = list(steps), _ZERO, []
    for step in found:
        start = _ZERO if step.total else level
        level = step.amount if step.total else level + step.amount
        spans.append((start, level))
    levels = [end for _, end in spans] or [_ZERO]
    low, high = min(levels), max(levels)
    origin = max(_ZERO, low - (high - low)) if high > low else _ZERO
    scale = (high - origin) or Decimal(1)
    drawn = []
    for step, span in zip(found, spans, strict=True):
        left, right = (units(edge - origin, scale) for edge in sorted(span))
        drawn.append(Drawn(step, left, max(right - left, 2 if span[0] != span[1] else 0)))
    return Waterfall(tuple(drawn), origin)


#: The height of a curve, in its own units.
HEIGHT = 200


@dataclass(frozen=True, slots=True)
class Curve:
    """Two amounts cumulated month after month. `past` and `coming`: points of the line of what is due, until the day of
    the picture and after it; `paid`: points of the area of what is paid; `today`: where that day stands.

    `top`: the euros of the highest point.
    """

    past: str
    coming: str
    paid: str
    today: int
    top: Decimal


def curve(due: Sequence[Decimal], paid: Sequence[Decimal]) -> Curve:
    """The curve of what is due for every month, and of what is paid for the first of them. Each month is one step."""
    top = max((*due, *paid), default=_ZERO)
    steps = max(len(due), 1)

    def x(rank: int) -> int:
        return rank * WIDTH // steps

    def y(amount: Decimal) -> int:
        return HEIGHT - int(max(_ZERO, amount) * HEIGHT / top) if top > 0 else HEIGHT

    line = [(x(rank + 1), y(amount)) for rank, amount in enumerate(due)]
    line = [(0, HEIGHT), *line]
    now = min(len(paid), len(due))
    stairs = [point for rank, amount in enumerate(paid) for point in ((x(rank), y(amount)), (x(rank + 1), y(amount)))]
    area = [(0, HEIGHT), *stairs, (x(now), HEIGHT)]
    return Curve(_points(line[: now + 1]), _points(line[now:]), _points(area), x(now), top)


def _points(points: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
