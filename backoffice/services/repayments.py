"""The repayments of a region for pages and exports: one line each, where it stands, who is awaited, its amounts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from backoffice.services.callbook import parsed
from backoffice.store.reading import calls_in_force
from backoffice.store.repayments import Repaying, repaying
from backoffice.store.scope import Scope
from workflows.calls.model import Call
from workflows.deadlines import add_months, local_day
from workflows.parts.repayments import RepaymentFile
from workflows.repaying.track import Awaited, Stage, awaited, is_closed, stage_of
from workflows.repaying.view import Debt, debt_of
from workflows.shapes import load
from workflows.states import State

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class RepaymentLine:
    """A repayment of a list, without its calculation: its dossier and the state of it, its rank among those of it.

    `today`: the day in the zone of the authority.
    """

    number: str
    rank: int
    call: Call
    state: State
    recruiter: str | None
    today: date
    repayment: RepaymentFile
    stage: Stage
    debt: Debt

    @property
    def closed(self) -> bool:
        """True once somebody closed it."""
        return is_closed(self.repayment, self.state)

    @property
    def awaited(self) -> tuple[Awaited, ...]:
        """Who is awaited on it."""
        return awaited(self.repayment, self.state, self.call, self.today)


@dataclass(frozen=True, slots=True)
class StageSum:
    """The repayments of a stage together, in euros."""

    number: int = 0
    asked: Decimal = _ZERO
    recovered: Decimal = _ZERO
    relieved: Decimal = _ZERO
    due: Decimal = _ZERO

    def plus(self, debt: Debt) -> StageSum:
        """The same with one repayment more."""
        return StageSum(
            self.number + 1,
            self.asked + debt.asked,
            self.recovered + debt.recovered,
            self.relieved + debt.relieved,
            self.due + debt.due,
        )


def known_calls(session: Session, region: str | None) -> dict[str, Call]:
    """The calls of a region as they are in force, by id. One statement."""
    return {version.call: parsed(version) for version in calls_in_force(session, region)}


def repayment_lines(session: Session, scope: Scope, calls: Mapping[str, Call], now: datetime) -> list[RepaymentLine]:
    """Every repayment of the dossiers in a scope that are of those calls, the oldest first. One statement."""
    found = (
        line for row in repaying(session, scope) if row.call in calls for line in _lines(row, calls[row.call], now)
    )
    return sorted(found, key=lambda line: (line.repayment.opened_on, line.number, line.rank))


def _lines(row: Repaying, call: Call, now: datetime) -> Iterator[RepaymentLine]:
    state, today = State(row.state), local_day(now, call.authority.zone)
    for rank, plain in enumerate(json.loads(row.facts)["repayments"], 1):
        repayment = load(RepaymentFile, plain | {"bases": None})  # a list shows no calculation, and it is most of it
        stage, debt = stage_of(repayment, state, today), debt_of(repayment)
        yield RepaymentLine(row.number, rank, call, state, row.recruiter, today, repayment, stage, debt)


def stage_sums(lines: Iterable[RepaymentLine]) -> dict[Stage, StageSum]:
    """What the repayments of each stage make together, in the order of the stages; every stage is there."""
    found = {stage: StageSum() for stage in Stage}
    for line in lines:
        found[line.stage] = found[line.stage].plus(line.debt)
    return found


def whole(lines: Iterable[RepaymentLine]) -> StageSum:
    """What some repayments make together."""
    total = StageSum()
    for line in lines:
        total = total.plus(line.debt)
    return total


#: Months since the decision, and how a debt that old is called; the last ones have no end.
_AGES = ((3, "moins de 3 mois"), (12, "de 3 mois à 1 an"), (36, "de 1 à 3 ans"), (None, "plus de 3 ans"))


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is due since a while: how long, how many repayments, euros."""

    label: str
    number: int
    due: Decimal


def ageing(lines: Iterable[RepaymentLine], today: date) -> list[Ageing]:
    """What is still due, by the time since it was decided; the ages that nothing has are left out."""
    owed = [line for line in lines if line.debt.due]
    found, before = [], today
    for months, label in _AGES:
        since = add_months(today, -months) if months else date.min
        mine = [line for line in owed if since <= _decided_on(line) <= before]
        if mine:
            found.append(Ageing(label, len(mine), whole(mine).due))
        before = since - timedelta(days=1) if months else since
    return found


def _decided_on(line: RepaymentLine) -> date:
    return line.repayment.decided_on or line.repayment.opened_on
