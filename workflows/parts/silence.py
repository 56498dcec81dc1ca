"""The silence clock: when no answer becomes a refusal (CRPA L.231-4), and what stops it (L.114-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.deadlines import add_months


@dataclass(frozen=True, slots=True)
class Suspension:
    """A request for pieces made on `starts_on`, to be met by `due_on`, met on `ends_on` (None: not yet).

    Raises ValueError when a date comes before the request.
    """

    starts_on: date
    ends_on: date | None
    due_on: date

    def __post_init__(self) -> None:
        if self.due_on < self.starts_on or (self.ends_on is not None and self.ends_on < self.starts_on):
            msg = "La remise des pièces ou son échéance précède la demande. Vérifiez les dates."
            raise ValueError(msg)

    def stops_until(self, today: date) -> date:
        """The first day the clock runs again, as known today: the earlier of delivery and due date."""
        if self.ends_on is None or self.ends_on > today:
            return self.due_on
        return min(self.ends_on, self.due_on)


@dataclass(frozen=True, slots=True)
class SilenceClock:
    """Silence kept for `months` from the receipt of a request is a refusal.

    Days are days of the authority's zone. `ended_on` is the day an express decision is proven received.
    `informative`: the CRPA does not govern this depositor, the dates are the same and bind nobody. Every
    question takes the day it is asked on and leaves out what happened later: an old date can be explained.
    """

    starts_on: date
    months: int = 2
    suspensions: tuple[Suspension, ...] = ()
    ended_on: date | None = None
    informative: bool = False

    def __post_init__(self) -> None:
        if self.months < 1:
            msg = "Le silence qui vaut rejet dure au moins un mois."
            raise ValueError(msg)
        ordered = sorted(self.suspensions, key=lambda s: (s.starts_on, s.due_on, s.ends_on or date.max))
        object.__setattr__(self, "suspensions", tuple(ordered))

    def suspended(self, asked_on: date, due_on: date) -> SilenceClock:
        """The clock once pieces are asked for, to be given by `due_on`."""
        return replace(self, suspensions=(*self.suspensions, Suspension(asked_on, None, due_on)))

    def resumed(self, on: date, *, asked_on: date | None = None) -> SilenceClock:
        """The clock once pieces are delivered, for every open request or for those made on `asked_on`."""

        def answered(s: Suspension) -> Suspension:
            concerned = s.ends_on is None and s.starts_on <= on and asked_on in {None, s.starts_on}
            return replace(s, ends_on=on) if concerned else s

        return replace(self, suspensions=tuple(answered(s) for s in self.suspensions))

    def ended(self, on: date) -> SilenceClock:
        """The clock once an express decision is proven received; the earliest proof counts."""
        return replace(self, ended_on=on if self.ended_on is None else min(self.ended_on, on))

    def due_on(self, today: date) -> date:
        """The date of the implied refusal. It is not moved for a Sunday or a holiday."""
        return self._walk(today)[0]

    def is_suspended(self, today: date) -> bool:
        """True while the clock stands still."""
        return not self._has_ended(today) and any(start <= today < stop for start, stop in self._walk(today)[1])

    def elapsed(self, today: date) -> bool:
        """True when an implied refusal stands: from its date on, until an express decision replaces it."""
        return not self._has_ended(today) and today >= self.due_on(today)

    def alerts(self, today: date, before: tuple[int, ...]) -> tuple[date, ...]:
        """The days, so many `before` the implied refusal, on which to warn of it; none once a decision is received."""
        if self._has_ended(today):
            return ()
        due = self.due_on(today)
        return tuple(due - timedelta(days=days) for days in before)

    def _has_ended(self, today: date) -> bool:
        return self.ended_on is not None and self.ended_on <= today

    def _walk(self, today: date) -> tuple[date, list[tuple[date, date]]]:
        """The due date and the stretches when the clock stood still, in order and without overlap."""
        due, reached = add_months(self.starts_on, self.months), self.starts_on
        still: list[tuple[date, date]] = []
        for suspension in self.suspensions:
            start, stop = max(suspension.starts_on, reached), suspension.stops_until(today)
            if suspension.starts_on > today or start >= due:  # not asked yet, or asked after the refusal was born
                break
            if stop > start:
                still.append((start, stop))
                due, reached = due + (stop - start), stop
        return due, still
