"""The money of the dossiers that an older release wrote: drawn once, batch after batch."""

from __future__ import annotations

import logging
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backoffice.services.act import Order, Times, within
from backoffice.services.drawing import draw
from backoffice.services.facts import view_of
from backoffice.store.base import writing
from backoffice.store.dossiers import UNDRAWN, DossierRow
from workflows.actors import CLOCK
from workflows.acts.base import ActInputs
from workflows.acts.schedule import WRITE_SCHEDULE

_log = logging.getLogger(__name__)

#: Dossiers drawn in one transaction.
BATCH = 200


def draw_stale(session: Session, times: Times, unread: set[UUID]) -> int:
    """Draw the dossiers that an older release wrote, a batch of them; gives their number.

    A post awarded before accounts were kept has its schedule written first, by an act of the machine.
    `unread`: dossiers that cannot be drawn; one that fails joins them, and the others go on.
    """
    wanted = select(DossierRow.id).where(text(UNDRAWN)).limit(BATCH + len(unread))
    stale = [dossier for dossier in session.scalars(wanted) if dossier not in unread][:BATCH]
    if not stale:
        session.rollback()
        return 0
    held = select(DossierRow).where(DossierRow.id.in_(stale)).order_by(DossierRow.id)
    with writing(session):
        rows = session.scalars(held.with_for_update(skip_locked=True, key_share=True)).all()
        for row in rows:
            _draw_apart(session, row, times, unread)
    return len(rows)


def _draw_apart(session: Session, row: DossierRow, times: Times, unread: set[UUID]) -> None:
    """Draw one dossier, whatever happens to it."""
    try:
        with session.begin_nested():
            _write_schedule(session, row, times)
            held = session.get_one(DossierRow, row.id, populate_existing=True)
            draw(session, row.id, view_of(held))
            held.drawn = held.version
    except Exception:  # the others must not wait for it
        _log.exception("the money of dossier %s cannot be drawn", row.number)
        unread.add(row.id)


def _write_schedule(session: Session, row: DossierRow, times: Times) -> None:
    view = view_of(row)
    if view.award is not None and not view.adjustments:
        within(session, Order(row.id, WRITE_SCHEDULE, ActInputs(), CLOCK), times)
