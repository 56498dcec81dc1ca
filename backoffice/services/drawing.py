"""What lists and budgets read of accounts, drawn from the facts of dossiers: written with each act that changes it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from backoffice.services.projection import cents
from backoffice.store.contests import WaitingContest
from backoffice.store.dossiers import DossierRow
from backoffice.store.money import MoneyFlowRow, MonthChangeRow
from workflows.account.budget import FlowLine, MonthChange, flows, month_changes
from workflows.dossier import Dossier
from workflows.guards.contests import answerable

_Values = dict[str, Any]
_Drawn = MonthChangeRow | MoneyFlowRow | WaitingContest


def month_values(dossier: UUID, view: Dossier, since: int = 0) -> list[_Values]:
    """The rows of the months of a dossier, as its facts say. `since`: how many adjustments are left out."""
    return [_month(dossier, change) for change in month_changes(view, since)]


def _month(dossier: UUID, change: MonthChange) -> _Values:
    return {
        "dossier": dossier,
        "entry": change.entry,
        "year": change.year,
        "month": change.month,
        "post_year": change.post_year,
        "act": change.act,
        "made_on": change.on,
        "thirtieths": change.thirtieths,
        "cents": cents(change.amount),
    }


def flow_values(dossier: UUID, view: Dossier) -> list[_Values]:
    """The rows of the flows of a dossier, as its facts say."""
    return [_flow(dossier, rank, line) for rank, line in enumerate(flows(view), 1)]


def _flow(dossier: UUID, rank: int, line: FlowLine) -> _Values:
    return {
        "dossier": dossier,
        "rank": rank,
        "flow": line.flow.value,
        "year": line.year,
        "made_on": line.on,
        "cents": cents(line.amount),
    }


def contest_values(dossier: UUID, view: Dossier) -> list[_Values]:
    """The rows of the contests of a dossier that wait for somebody, as its facts say."""
    return [{"dossier": dossier, "contest": each.id, "remedy": each.remedy} for each in answerable(view)]


#: What is drawn, and the rows that the facts give of each.
DRAWN = ((MonthChangeRow, month_values), (MoneyFlowRow, flow_values), (WaitingContest, contest_values))


def write_drawn(session: Session, row: DossierRow, before: Dossier, after: Dossier) -> None:
    """Write what an act changes of what is drawn of a dossier, within its transaction; nothing when it changes none.

    All of it is written again when the row was not drawn after its last act.
    """
    held = after.adjustments[: len(before.adjustments)] == before.adjustments
    if row.drawn != row.version or not held:
        draw(session, row.id, after)
        return
    _add(session, MonthChangeRow, month_values(row.id, after, len(before.adjustments)))
    _replace(session, MoneyFlowRow, flow_values(row.id, before), flow_values(row.id, after))
    _replace(session, WaitingContest, contest_values(row.id, before), contest_values(row.id, after))


def _replace(session: Session, table: type[_Drawn], had: list[_Values], found: list[_Values]) -> None:
    if found == had:
        return
    if had:
        session.execute(delete(table).where(table.dossier == had[0]["dossier"]))
    _add(session, table, found)


def draw(session: Session, dossier: UUID, view: Dossier) -> None:
    """Write all that is drawn of a dossier anew, within the caller’s transaction."""
    for table, values in DRAWN:
        session.execute(delete(table).where(table.dossier == dossier))
        _add(session, table, values(dossier, view))


def _add(session: Session, table: type[_Drawn], rows: list[_Values]) -> None:
    if rows:
        session.connection().execute(insert(cast(Table, table.__table__)), rows)
