"""Posts where nobody serves while their schedule runs."""

from __future__ import annotations

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.orm import Session

from backoffice.store.dossiers import DossierRow
from backoffice.store.money import MonthChangeRow
from workflows.states import State

#: States of a post that its schedule counts on while nobody serves there.
_WAITING = tuple(state.value for state in (State.SELECTED, State.NOTIFIED, State.WITHDRAWN))


def waiting(session: Session, region: str | None, before: tuple[int, int], call: str | None = None) -> list[DossierRow]:
    """The dossiers of a region, or of a call, whose schedule counts a month before that one, and where nobody serves.

    One statement.
    """
    line, (year, month) = MonthChangeRow, before
    passed = or_(line.year < year, and_(line.year == year, line.month < month))
    counted = exists().where(line.dossier == DossierRow.id, passed)
    seen = false() if region is None else DossierRow.region == region
    wanted = select(DossierRow).where(DossierRow.state.in_(_WAITING), counted, seen)
    if call is not None:
        wanted = wanted.where(DossierRow.call == call)
    return list(session.scalars(wanted.order_by(DossierRow.number)))
