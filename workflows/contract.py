"""Dates of a post: windows, planned end, effect of a deferral."""

from __future__ import annotations

from datetime import date, timedelta

from workflows.calls.model import Clauses, ContractClause, DeferralEnd
from workflows.deadlines import add_months


def end_after(start: date, months: int) -> date:
    """Last day of a contract of `months` months that starts on `start`.

    Where the last month has no such day number, the contract goes to the end of that month.
    """
    anniversary = add_months(start, months)
    return anniversary if anniversary.day < start.day else anniversary - timedelta(days=1)


def planned_end(clause: ContractClause, start: date, months: int, *, renewal: bool = False) -> date:
    """Last day of a post: the end printed by the call (IDF-06), else the duration counted from the start.

    A `renewal` comes after the printed end: its own duration counts (IDF-08).
    """
    if clause.fixed_end is not None and clause.fixed_end.value is not None and not renewal:
        return clause.fixed_end.value
    return end_after(start, months)


def deferred_end(
    clauses: Clauses, old_end: date | None, new_start: date, months: int, *, renewal: bool = False
) -> date:
    """Last day of a post that starts on another day than planned (A9): it slides with the start, or stays.

    `old_end`: None while no end was planned.
    """
    if old_end is None:
        return planned_end(clauses.contract, new_start, months, renewal=renewal)
    return old_end if clauses.deferral.end.value is DeferralEnd.KEEP_END else end_after(new_start, months)


def end_slides(clauses: Clauses) -> bool:
    """True when a vacancy pushes the end of the post: the call keeps the duration and prints no end (A12)."""
    fixed = clauses.contract.fixed_end
    return clauses.replacement.end_unchanged.value is False and (fixed is None or fixed.value is None)


def in_windows(clause: ContractClause, start: date) -> bool:
    """True when the call allows this start; also when it says nothing about starts."""
    windows = clause.windows.value
    if windows is None:
        return True
    return any(w.first <= start and (w.last is None or start <= w.last) for w in windows)


def months_late(planned: date, actual: date) -> int:
    """Whole or begun months between the planned start and a later one."""
    months = (actual.year - planned.year) * 12 + actual.month - planned.month
    return months + 1 if actual > add_months(planned, months) else months
