"""The account of a post as it is shown, the same to the agency and to the hospital: figures only, nobody’s words.

Its schedule month by month, what acts changed of it, its ledger with running balances, what is due against what is paid
month after month, what would come back if the post stopped that day, and which of these lines are contested.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from workflows.account.adjusting import standing_lines
from workflows.account.contestable import OF_REPAYMENTS, month_id
from workflows.account.lines import AccountLine, Balances, Column, Stopped, account_lines, balances, if_stopped
from workflows.account.served_so_far import served_so_far
from workflows.account.worth import financed_days, funded, served_until
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.money.cost import rate_of
from workflows.money.differences import standing
from workflows.money.known import known_amount
from workflows.money.mismatch import Mismatch
from workflows.money.schedule import Line
from workflows.money.served import Share, served_months
from workflows.parts.contests import Contest
from workflows.parts.ledger import Adjustment, Payee

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a year of the post. `whole`: what a whole month is worth then, in euros, once for each of its terms.

    `rate`: the share of the cost that the agency pays, None where the call prints amounts alone. `due`: euros of its
    days that were served up to the day of the account.
    """

    id: str
    year: int
    month: int
    post_year: int
    rate: Fraction | None
    whole: tuple[Decimal, ...]
    thirtieths: int
    amount: Decimal
    due: Decimal
    contests: tuple[Contest, ...] = ()


@dataclass(frozen=True, slots=True)
class YearRows:
    """The months of a budget year, with their sum."""

    year: int
    months: tuple[MonthRow, ...]

    @property
    def thirtieths(self) -> int:
        """Thirtieths of the year."""
        return sum(row.thirtieths for row in self.months)

    @property
    def amount(self) -> Decimal:
        """Euros of the year."""
        return sum((row.amount for row in self.months), _ZERO)

    @property
    def due(self) -> Decimal:
        """Euros of the days of the year that were served."""
        return sum((row.due for row in self.months), _ZERO)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What an act changed of one month, in euros and thirtieths: `before` + `gained` = `after`."""

    year: int
    month: int
    post_year: int
    thirtieths: int
    before: Decimal
    gained: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """What one act changed of the schedule: its totals before and after, in euros, and every month it touched."""

    id: str
    on: date
    act: str
    before: Decimal
    gained: Decimal
    after: Decimal
    changes: tuple[ChangeRow, ...]
    contests: tuple[Contest, ...] = ()

    @property
    def months(self) -> int:
        """How many months it touched; one that two years of the post share is one."""
        return len({(change.year, change.month) for change in self.changes})


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the ledger, with who was paid. `corrected_by`: the line that takes it back."""

    line: AccountLine
    payee: Payee | None
    corrected_by: str | None
    may_be_contested: bool
    contests: tuple[Contest, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """Euros cumulated up to the end of a month: due by the schedule, and paid less what came back.

    The month of the day stops that day. `paid` is None for a month to come.
    """

    year: int
    month: int
    due: Decimal
    paid: Decimal | None


@dataclass(frozen=True, slots=True)
class PostAccount:
    """The account of a post on a day. `stopped`: None once the post is over, and while an amount is unknown.

    `unsettled`: rules of the amounts that nobody has decided yet. `proposed`: euros of the repayments that are open and
    not decided. `mismatches`: amounts that the call prints and its components do not give, for the months of the
    schedule; the printed ones prevail.
    """

    on: date
    balances: Balances
    stopped: Stopped | None
    ended_on: date | None
    unsettled: tuple[str, ...]
    proposed: Decimal = _ZERO
    mismatches: tuple[Mismatch, ...] = ()
    years: tuple[YearRows, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] = ()
    entries: tuple[EntryRow, ...] = ()
    points: tuple[Point, ...] = ()
    contests: tuple[Contest, ...] = field(default=())

    @property
    def total(self) -> Decimal:
        """Euros of the whole schedule."""
        return sum((year.amount for year in self.years), _ZERO)

    @property
    def unknown(self) -> str | None:
        """The rule of an amount nobody knows (A25)."""
        return self.balances.unknown

    @property
    def is_empty(self) -> bool:
        """True while nothing was awarded, notified or paid."""
        return not (self.years or self.adjustments or self.entries)


def post_account(dossier: Dossier, call: Call, day: date) -> PostAccount:
    """The account of a post on a day; every figure is a sum of lines, or what the rules make of the same lines."""
    contested = defaultdict(list)
    for contest in dossier.contests:
        contested[contest.line].append(contest)
    found = {line: tuple(contests) for line, contests in contested.items()}
    sums = balances(dossier, call, day)
    lines = standing_lines(dossier)
    worth = dict(_worth(dossier, call)) if lines else {}
    return PostAccount(
        on=day,
        balances=sums,
        stopped=None if sums.unknown else _stopped(dossier, call, day),
        ended_on=dossier.end.last_day if dossier.end else None,
        unsettled=_unsettled(dossier, call),
        proposed=sum((r.proposed for r in dossier.repayments if r.decided is None and r.is_open), _ZERO),
        mismatches=tuple(dict.fromkeys(m for each in worth.values() for m in each.mismatches)),
        years=_years(lines, worth, found, _served(dossier, call, day)),
        adjustments=tuple(_adjustments(dossier.adjustments, found)),
        entries=tuple(_entries(dossier, found)),
        points=tuple(_points(dossier, call, day)),
        contests=dossier.contests,
    )


def _stopped(dossier: Dossier, call: Call, day: date) -> Stopped | None:
    over = dossier.end is not None or dossier.award is None
    return None if over else if_stopped(dossier, call, day)


def _unsettled(dossier: Dossier, call: Call) -> tuple[str, ...]:
    try:
        return funded(dossier, call).unsettled
    except UnknownValueError:
        return ()


_Contests = Mapping[str, tuple[Contest, ...]]
_Month = tuple[int, int, int]


def _years(
    lines: Iterable[Line], worth: Mapping[_Month, _Worth], contested: _Contests, served: Mapping[_Month, Decimal]
) -> tuple[YearRows, ...]:
    rows = [_month_row(line, worth, contested, served) for line in lines]
    return tuple(YearRows(year, tuple(months)) for year, months in groupby(rows, key=lambda row: row.year))


def _served(dossier: Dossier, call: Call, day: date) -> dict[_Month, Decimal]:
    """Euros of the days served up to a day, itself included; none while an amount is unknown."""
    try:
        return _by_month(served_until(dossier, call, day).lines)
    except UnknownValueError:
        return {}


def _month_row(
    line: Line, worth: Mapping[_Month, _Worth], contested: _Contests, served: Mapping[_Month, Decimal]
) -> MonthRow:
    name, month = month_id(line), (line.year, line.month, line.post_year)
    found, due = worth.get(month, _NO_WORTH), served.get(month, _ZERO)
    rest = (line.thirtieths, line.amount, due, contested.get(name, ()))
    return MonthRow(name, line.year, line.month, line.post_year, found.rate, found.whole, *rest)


@dataclass(frozen=True, slots=True)
class _Worth:
    """What a whole month is worth, by its rate and its terms, and what the call prints otherwise than it computes."""

    rate: Fraction | None = None
    whole: tuple[Decimal, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()


_NO_WORTH = _Worth()


def _worth(dossier: Dossier, call: Call) -> Iterator[tuple[_Month, _Worth]]:
    """What a whole month is worth for each month of the schedule; nothing where an amount is unknown."""
    found = financed_days(dossier, call)
    for month in served_months(*found) if found else ():
        for post_year, shares in groupby(month.shares, key=lambda share: share.post_year):
            yield (month.year, month.month, post_year), _worth_of(dossier, call, tuple(shares))


def _worth_of(dossier: Dossier, call: Call, shares: tuple[Share, ...]) -> _Worth:
    funding, post_year = call.clauses.funding, shares[0].post_year
    terms = [share.terms for share in shares if share.terms]
    try:
        amounts = [known_amount(funding, each, post_year, None) for each in terms]
    except UnknownValueError:
        return _NO_WORTH
    whole = tuple(dict.fromkeys(found.amount for found in amounts))
    mismatches = tuple(dict.fromkeys(m for found in amounts for m in found.mismatches))
    try:
        return _Worth(rate_of(funding, terms[-1], post_year).value, whole, mismatches)
    except UnknownValueError:
        return _Worth(None, whole, mismatches)


def _adjustments(made: Iterable[Adjustment], contested: _Contests) -> Iterator[AdjustmentRow]:
    """Each difference beside what stood before it: the schedule after is that before and the differences."""
    so_far: list[Adjustment] = []
    for adjustment in made:
        before = _by_month(standing(d for done in so_far for d in done.differences))
        total = sum(before.values(), _ZERO)
        changes = tuple(
            ChangeRow(d.year, d.month, d.post_year, d.thirtieths, was, d.amount, was + d.amount)
            for d in adjustment.differences
            for was in (before.get((d.year, d.month, d.post_year), _ZERO),)
        )
        name, gained = f"S{adjustment.entry}", adjustment.amount
        rest = (total, gained, total + gained, changes, contested.get(name, ()))
        yield AdjustmentRow(name, adjustment.on, adjustment.act, *rest)
        so_far.append(adjustment)


def _by_month(lines: Iterable[Line]) -> dict[_Month, Decimal]:
    return {(line.year, line.month, line.post_year): line.amount for line in lines}


def _entries(dossier: Dossier, contested: _Contests) -> Iterator[EntryRow]:
    payees = {entry.id: entry.payee for entry in dossier.ledger}
    lines = account_lines(dossier)
    corrected = {line.corrects: line.id for line in lines if line.corrects}
    for line in lines:
        if line.column is not Column.AWARDED:
            may = line.column not in OF_REPAYMENTS
            yield EntryRow(line, payees.get(line.id), corrected.get(line.id), may, contested.get(line.id, ()))


#: What moves the money that is really with the recruiter, and which way.
_MOVES = {Column.PAID: 1, Column.RECOVERED: -1}


def _points(dossier: Dossier, call: Call, day: date) -> Iterator[Point]:
    """From the first month that has something to the last one, none left out.

    Due up to the month of the day is what was served; what the schedule counts besides comes with the months to come.
    """
    due, paid = defaultdict[int, Decimal](lambda: _ZERO), defaultdict[int, Decimal](lambda: _ZERO)
    served = {_rank(*month): euros for month, euros in served_so_far(dossier, call, day).items()}
    for line in standing_lines(dossier):
        due[_rank(line.year, line.month)] += line.amount
    for written in account_lines(dossier):
        if written.column in _MOVES:
            paid[_rank(written.on.year, written.on.month)] += _MOVES[written.column] * written.amount
    known, now = due.keys() | paid.keys(), _rank(day.year, day.month)
    planned = earned = given = _ZERO
    for rank in range(min(known, default=0), max(known, default=-1) + 1):
        planned, earned, given = planned + due[rank], earned + served.get(rank, _ZERO), given + paid[rank]
        past = rank <= now
        yield Point(rank // 12, rank % 12 + 1, earned if past else planned, given if past else None)


def _rank(year: int, month: int) -> int:
    return year * 12 + month - 1
