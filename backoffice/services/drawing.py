"""The money of dossiers, drawn from their facts: written with each act that changes it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from backoffice.services.projection import cents
from backoffice.store.dossiers import DossierRow
from backoffice.store.money import MoneyFlowRow, MonthChangeRow
from workflows.account.budget import FlowLine, MonthChange, flows, month_changes
from workflows.dossier import Dossier

_MONTHS, _FLOWS = cast(Table, MonthChangeRow.__table__), cast(Table, MoneyFlowRow.__table__)
_Values = dict[str, Any]


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


def write_money(session: Session, row: DossierRow, before: Dossier, after: Dossier) -> None:
    """Write what an act changes of the money of a dossier, within its transaction; nothing when it changes none.

    All of it is written again when the row was not drawn after its last act.
    """
    held = after.adjustments[: len(before.adjustments)] == before.adjustments
    if row.drawn != row.version or not held:
        draw(session, row.id, after)
        return
    _add(session, _MONTHS, month_values(row.id, after, len(before.adjustments)))
    found = flow_values(row.id, after)
    had = flow_values(row.id, before)
    if found != had:
        if had:
            session.execute(delete(MoneyFlowRow).where(MoneyFlowRow.dossier == row.id))
        _add(session, _FLOWS, found)


def draw(session: Session, dossier: UUID, view: Dossier) -> None:
    """Write all the money of a dossier anew, within the caller’s transaction."""
    for table in (MonthChangeRow, MoneyFlowRow):
        session.execute(delete(table).where(table.dossier == dossier))
    _add(session, _MONTHS, month_values(dossier, view))
    _add(session, _FLOWS, flow_values(dossier, view))


def _add(session: Session, table: Table, rows: list[_Values]) -> None:
    if rows:
        session.connection().execute(insert(table), rows)
