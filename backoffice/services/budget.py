"""The budget of calls for pages and exports: figures by year, months with what changed them, what moved lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy.orm import Session

from backoffice.services.callbook import parsed
from backoffice.services.projection import euros
from backoffice.services.whole_dossiers import Whole, read_whole
from backoffice.store import budgets
from backoffice.store.calls import CallVersion
from backoffice.store.reading import calls_in_force
from workflows.account.budget import Figures, Flow, Sums, Totals, figures, is_over, totals
from workflows.acts import label_of
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.parts.rivals import StandingOffer

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Change:
    """What the acts of one name changed, in euros."""

    act: str
    amount: Decimal

    @property
    def label(self) -> str:
        """The act in French."""
        return label_of(self.act)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a call: what first committed it, and every change since. `over`: it has ended.

    `unserved`: what it still counts for posts where nobody served it.
    """

    year: int
    month: int
    awarded: Decimal
    changes: tuple[Change, ...]
    over: bool
    unserved: Decimal = _ZERO

    @property
    def committed(self) -> Decimal:
        """What stands."""
        return self.awarded + sum((change.amount for change in self.changes), _ZERO)

    @property
    def due(self) -> Decimal:
        """What was served, once the month is over (I9)."""
        return self.committed - self.unserved if self.over else _ZERO


@dataclass(frozen=True, slots=True)
class Recent:
    """What moved since a day: committed before it, each kind of act since, committed now."""

    since: date
    before: Decimal
    changes: tuple[Change, ...]

    @property
    def now(self) -> Decimal:
        """What is committed now."""
        return self.before + sum((change.amount for change in self.changes), _ZERO)


@dataclass(frozen=True, slots=True)
class CallBudget:
    """The budget of one call on a day. `undrawn`: dossiers whose money is not counted yet.

    `undecided` and `offers` are those of `Whole`.
    """

    call: Call
    today: date
    figures: tuple[Figures, ...]
    months: tuple[Month, ...]
    recent: Recent
    undrawn: int = 0
    undecided: tuple[int, Decimal] = (0, _ZERO)
    offers: tuple[StandingOffer, ...] = ()

    @property
    def totals(self) -> Totals:
        """Its years together."""
        return totals(self.figures)


def budgets_of(session: Session, region: str | None, now: datetime) -> list[CallBudget]:
    """The budgets of the calls of a region that have an envelope or an amount. Four statements."""
    versions = calls_in_force(session, region)
    return [found for found in _budgets(session, versions, region, now) if found.figures]


def budget_of(
    session: Session, region: str | None, call: str, now: datetime, *, offers: bool = False
) -> CallBudget | None:
    """The budget of one call of a region; None when there is no such call. `offers`: with them. Five statements."""
    versions = [version for version in calls_in_force(session, region) if version.call == call]
    if region is None or not versions:
        return None
    (found,) = _budgets(session, versions, region, now, call, offers=offers)
    return found


def _budgets(
    session: Session,
    versions: list[CallVersion],
    region: str | None,
    now: datetime,
    call: str | None = None,
    *,
    offers: bool = False,
) -> list[CallBudget]:
    calls = [parsed(version) for version in versions]
    whole = defaultdict(Whole, read_whole(session, region, versions, now, call, offers=offers))
    first = min((_today(one, now) for one in calls), default=now.date()).replace(day=1)
    months: dict[str, list[budgets.MonthSum]] = {}
    for sum_ in budgets.month_sums(session, region, first, call):
        months.setdefault(sum_.call, []).append(sum_)
    flows: dict[str, list[budgets.FlowSum]] = {}
    for flow in budgets.flow_sums(session, region, call):
        flows.setdefault(flow.call, []).append(flow)
    undrawn = budgets.undrawn_number(session, region, call) if call is not None else 0
    return [
        replace(
            _budget(one, months.get(one.id, []), flows.get(one.id, []), whole[one.id].unserved, now, first),
            undrawn=undrawn,
            undecided=whole[one.id].undecided,
            offers=whole[one.id].offers,
        )
        for one in calls
    ]


def _today(call: Call, now: datetime) -> date:
    return local_day(now, call.authority.zone)


def _budget(
    call: Call,
    sums: list[budgets.MonthSum],
    flows: list[budgets.FlowSum],
    left: Mapping[tuple[int, int], Decimal],
    now: datetime,
    since: date,
) -> CallBudget:
    today = _today(call, now)
    months = tuple(_months(sums, left, today))
    by_year = _sums(months, flows)
    return CallBudget(call, today, figures(call.parameters.budget, by_year, today), months, _recent(sums, since))


def _months(sums: list[budgets.MonthSum], left: Mapping[tuple[int, int], Decimal], today: date) -> Iterable[Month]:
    for (year, month), found in groupby(sums, key=lambda s: (s.year, s.month)):
        here = tuple(found)
        awarded = euros(sum(s.cents for s in here if s.awards))
        others = _changes(s for s in here if not s.awards)
        yield Month(year, month, awarded, others, is_over(year, month, today), left.get((year, month), _ZERO))


def _changes(sums: Iterable[budgets.MonthSum]) -> tuple[Change, ...]:
    """What acts changed, by name, in order."""
    cents: dict[str, int] = {}
    for found in sums:
        cents[found.act] = cents.get(found.act, 0) + found.cents
    return tuple(Change(act, euros(total)) for act, total in sorted(cents.items()))


def _recent(sums: list[budgets.MonthSum], since: date) -> Recent:
    changes = _changes(s for s in sums if s.recent)
    return Recent(since, euros(sum(s.cents for s in sums if not s.recent)), tuple(c for c in changes if c.amount))


def _sums(months: Iterable[Month], flows: Iterable[budgets.FlowSum]) -> dict[int, Sums]:
    committed: dict[int, Decimal] = {}
    due: dict[int, Decimal] = {}
    for month in months:
        committed[month.year] = committed.get(month.year, _ZERO) + month.committed
        due[month.year] = due.get(month.year, _ZERO) + month.due
    by_flow: dict[int, dict[Flow, Decimal]] = {}
    for found in flows:
        by_flow.setdefault(found.year, {})[Flow(found.flow)] = euros(found.cents)
    return {
        year: Sums(committed.get(year, _ZERO), due.get(year, _ZERO), by_flow.get(year))
        for year in committed.keys() | by_flow.keys()
    }
