"""What a start makes of the award of a post: its days, and its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from workflows.calls.model import Call
from workflows.contract import deferred_end, end_slides
from workflows.dossier import Dossier
from workflows.parts.awards import Award
from workflows.tenure import end_with_duration_kept, gaps

_DAY = timedelta(days=1)


def award_once_started(dossier: Dossier, award: Award, call: Call, start: date) -> Award:
    """The award once somebody serves from a day on.

    The first start moves the end as a deferral would (A9). A later one ends a vacancy, which pushes the end, and the
    last day financed as much, where the call keeps the duration (A12).
    """
    begun = replace(award, next_start=None)
    if dossier.tenures:
        return _pushed(dossier, begun, start) if end_slides(call.clauses) else begun
    end = award.planned_end
    if start != award.planned_start:
        end = deferred_end(call.clauses, end, start, award.months, renewal=dossier.is_renewal)
    return replace(begun, planned_start=start, planned_end=end)


def _pushed(dossier: Dossier, award: Award, start: date) -> Award:
    """The award once its last vacancy is over."""
    vacant = gaps(dossier.tenures, start - _DAY)[-1:] if dossier.tenures[-1].ends_on else ()
    push: Callable[[date | None], date | None] = lambda day: day and end_with_duration_kept(day, vacant)  # noqa: E731
    return replace(award, planned_end=push(award.planned_end), financed_until=push(award.financed_until))
