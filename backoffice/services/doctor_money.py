"""What the doctor checks of the money drawn from facts: it is the one they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.ailments import Ailment
from backoffice.services.drawing import flow_values, month_values
from backoffice.store.dossiers import DossierRow
from backoffice.store.money import MoneyFlowRow, MonthChangeRow
from workflows.dossier import Dossier


def misdrawn(session: Session, read: Iterable[tuple[DossierRow, Dossier]]) -> Iterator[Ailment]:
    """The dossiers of a batch whose months or flows are not those of their facts; those not drawn yet wait."""
    drawn = [(row, view) for row, view in read if row.drawn == row.version]
    ids = [row.id for row, _ in drawn]
    months = _by_dossier(session.scalars(select(MonthChangeRow).where(MonthChangeRow.dossier.in_(ids))))
    amounts = _by_dossier(session.scalars(select(MoneyFlowRow).where(MoneyFlowRow.dossier.in_(ids))))
    for row, view in drawn:
        if months.get(row.id, set()) != _keys(month_values(row.id, view)):
            yield Ailment("argent", row.number, "les mois comptés au budget ne sont pas ceux des faits")
        if amounts.get(row.id, set()) != _keys(flow_values(row.id, view)):
            yield Ailment("argent", row.number, "les crédits comptés au budget ne sont pas ceux des faits")


def _by_dossier(rows: Iterable[MonthChangeRow | MoneyFlowRow]) -> dict[UUID, set[tuple[Any, ...]]]:
    found: dict[UUID, set[tuple[Any, ...]]] = {}
    for row in rows:
        names = sorted(row.__table__.columns.keys())
        found.setdefault(row.dossier, set()).add(tuple(getattr(row, name) for name in names))
    return found


def _keys(values: Iterable[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {tuple(row[name] for name in sorted(row)) for row in values}
