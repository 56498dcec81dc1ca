"""The lines of an account that may be contested: months of the schedule, its differences, tranches and entries.

What a repayment asks back is contested by a claim: its lines are not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from workflows.account.adjusting import standing_lines
from workflows.account.lines import AccountLine, Column, account_lines
from workflows.dossier import Dossier
from workflows.french import month_name, short_day
from workflows.money.differences import Difference
from workflows.money.schedule import Line

#: Columns of the account that hold what a repayment asks back.
OF_REPAYMENTS = frozenset({Column.DECIDED, Column.RECOVERED, Column.RELIEVED, Column.TITLE})


@dataclass(frozen=True, slots=True)
class ContestableLine:
    """A line as one names it. `amount`: euros, below zero when it takes back."""

    id: str
    label: str
    amount: Decimal


def month_id(line: Line | Difference) -> str:
    """The name of a month of the schedule, for ever the same: `M2026-03-2`, its year of the post last."""
    return f"M{line.year}-{line.month:02}-{line.post_year}"


def contestable(dossier: Dossier) -> tuple[ContestableLine, ...]:
    """Every line that may be contested: the months first, then the account in order of time."""
    return (*_months(dossier), *_written(dossier))


def contestable_line(dossier: Dossier, line_id: str) -> ContestableLine | None:
    """The line of that id."""
    return next((line for line in contestable(dossier) if line.id == line_id), None)


def written_after(dossier: Dossier, line_id: str) -> tuple[AccountLine, ...]:
    """The lines of the account that an act wrote after that one, a month of the schedule or a line of the account.

    A month was first written by the act that awarded it. Of lines whose entries were not kept, time tells.
    """
    lines = account_lines(dossier)
    ranks = {line.id: (line.entry, rank) for rank, line in enumerate(lines)}
    awarding = (
        ranks[f"S{made.entry}"]
        for made in dossier.adjustments
        if any(month_id(difference) == line_id for difference in made.differences)
    )
    since = ranks.get(line_id) or min(awarding, default=None)
    return tuple(line for line in lines if since is not None and ranks[line.id] > since)


def _months(dossier: Dossier) -> Iterator[ContestableLine]:
    for line in standing_lines(dossier):
        label = f"échéancier, {month_name(line.year, line.month)} (année {line.post_year} du poste)"
        yield ContestableLine(month_id(line), label, line.amount)


def _written(dossier: Dossier) -> Iterator[ContestableLine]:
    for line in account_lines(dossier):
        if line.column not in OF_REPAYMENTS:
            what = "différence d’échéancier" if line.column is Column.AWARDED else line.label
            yield ContestableLine(line.id, f"{what} du {short_day(line.on)} ({line.id})", line.amount)
