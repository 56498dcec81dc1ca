"""The money, contests and idle letters of the dossiers that an older release wrote: drawn once, batch after batch."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backoffice.services.act import Order, Times, within
from backoffice.services.drawing import draw
from backoffice.services.facts import view_of
from backoffice.services.letters.idle import note_idle
from backoffice.services.stale import see_to_stale
from backoffice.store.dossiers import UNDRAWN, DossierRow
from workflows.actors import CLOCK
from workflows.acts.base import ActInputs
from workflows.acts.quota import HOLDING
from workflows.acts.schedule import WRITE_SCHEDULE


def draw_stale(session: Session, times: Times, unread: set[UUID]) -> int:
    """Draw the dossiers that an older release wrote, a batch of them; gives their number.

    A post whose account lacks its schedule, awarded before accounts were kept, has it written first, by an act of the
    machine.
    `unread`: dossiers that cannot be drawn; one that fails joins them, and the others go on.
    """

    def drawn(row: DossierRow) -> None:
        _write_schedule(session, row, times)
        held = session.get_one(DossierRow, row.id, populate_existing=True)
        draw(session, row.id, view_of(held))
        note_idle(session, row.id, view_of(held), times.machine)
        held.drawn = held.version

    wanted = select(DossierRow.id).where(text(UNDRAWN))
    return see_to_stale(session, wanted, unread, drawn, "the money of dossier %s cannot be drawn")


def _write_schedule(session: Session, row: DossierRow, times: Times) -> None:
    if row.state in HOLDING:
        within(session, Order(row.id, WRITE_SCHEDULE, ActInputs(), CLOCK), times)
