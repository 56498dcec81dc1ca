"""The money of a post at the end of a rehearsal, from the accounts of the product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from workflows.account.worth import awarded, financed_days, funded, terms_on, to_repay
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.money.monthly import amounts_by_reading
from workflows.money.schedule import Schedule
from workflows.money.served import FULL_MONTH, ServedMonth, served_months
from workflows.rehearsal.report import Account, CostLine, Month, Owed, ReadingLine
from workflows.tenure import Tenure

_PLANNED = "prévu"


def awarded_account(dossier: Dossier, call: Call) -> Account | None:
    """The post as awarded; None without an award or while its dates are not known."""
    award = dossier.award
    if award is None or award.planned_start is None or award.financed_end is None:
        return None
    stays = (Tenure(None, award.planned_start, award.financed_end),)
    return _account(lambda: awarded(dossier, call), stays, award.financed_end, {})


def funded_account(dossier: Dossier, call: Call, names: Mapping[str, str]) -> Account | None:
    """The post as it is served and still to be; None before anybody started."""
    award = dossier.award
    if award is None or not dossier.tenures or award.planned_end is None:
        return None
    found = financed_days(dossier, call)
    return _account(lambda: funded(dossier, call), *found, names) if found else None


def _account(
    compute: Callable[[], Schedule], stays: tuple[Tenure, ...], until: date, names: Mapping[str, str]
) -> Account:
    months = served_months(stays, until)
    served = Fraction(sum(m.thirtieths for m in months), FULL_MONTH)
    try:
        schedule = compute()
    except UnknownValueError as error:
        return Account(served, tuple(_month(m, None, names) for m in months), {}, None, unknown=error.rule)
    lines = tuple(_month(m, schedule, names) for m in months)
    years = dict(schedule.by_budget_year)
    return Account(schedule.funded_months, lines, years, schedule.total, unsettled=schedule.unsettled)


def _month(month: ServedMonth, schedule: Schedule | None, names: Mapping[str, str]) -> Month:
    holders = tuple((names.get(who or "", _PLANNED), n) for who, n in month.by_holder.items())
    if schedule is None:
        return Month(month.year, month.month, holders, None)
    due = [line.amount for line in schedule.lines if (line.year, line.month) == (month.year, month.month)]
    return Month(month.year, month.month, holders, sum(due[1:], due[0]) if due else None)


def owed(dossier: Dossier, call: Call) -> Owed | None:
    """What a post that ended gives back under each reading; None while nothing was paid or the cost is unknown."""
    if dossier.end is None or not dossier.paid:
        return None
    try:
        end = dossier.end
        found = to_repay(dossier, call, end.last_day, cca=end.cca, reason=end.reason)
    except UnknownValueError:
        return None
    lines = tuple(ReadingLine(reading, due, reading in found.available) for reading, due in found.by_reading.items())
    return Owed(found.paid, found.served, lines, found.shown, found.decidable)


def cost_lines(dossier: Dossier, call: Call) -> tuple[CostLine, ...]:
    """The monthly part under every reading of the cost, where the call has several."""
    funding = call.clauses.funding
    if len(funding.readings) < 2 or dossier.award is None:  # noqa: PLR2004  # one reading is no choice
        return ()
    start = dossier.started_on or dossier.award.expected_start or dossier.award.decided_on
    found = amounts_by_reading(funding, terms_on(dossier, start), 1)
    return tuple(CostLine(r.reading.label, r.amount.amount if r.amount else None, r.chosen) for r in found)
