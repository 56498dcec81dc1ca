"""What the doctor checks of what is drawn from the facts of the account: it is what they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.ailments import Ailment
from backoffice.services.drawing import DRAWN
from backoffice.store.contests import WaitingContest
from backoffice.store.dossiers import DossierRow
from backoffice.store.money import MoneyFlowRow, MonthChangeRow
from workflows.dossier import Dossier

#: What is said of rows that are not those of the facts.
_WRONG = {
    MonthChangeRow: "les mois comptés au budget ne sont pas ceux des faits",
    MoneyFlowRow: "les crédits comptés au budget ne sont pas ceux des faits",
    WaitingContest: "les lignes contestées de la liste ne sont pas celles des faits",
}


def misdrawn(session: Session, read: Iterable[tuple[DossierRow, Dossier]]) -> Iterator[Ailment]:
    """The dossiers of a batch of which something drawn is not that of their facts; those not drawn yet wait."""
    drawn = [(row, view) for row, view in read if row.drawn == row.version]
    ids = [row.id for row, _ in drawn]
    for table, values in DRAWN:
        found = _by_dossier(session.scalars(select(table).where(table.dossier.in_(ids))))
        for row, view in drawn:
            if found.get(row.id, set()) != _keys(values(row.id, view)):
                yield Ailment("argent", row.number, _WRONG[table])


def _by_dossier(rows: Iterable[MonthChangeRow | MoneyFlowRow | WaitingContest]) -> dict[UUID, set[tuple[Any, ...]]]:
    found: dict[UUID, set[tuple[Any, ...]]] = {}
    for row in rows:
        names = sorted(row.__table__.columns.keys())
        found.setdefault(row.dossier, set()).add(tuple(getattr(row, name) for name in names))
    return found


def _keys(values: Iterable[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {tuple(row[name] for name in sorted(row)) for row in values}
