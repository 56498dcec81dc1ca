"""Dossiers that an older release wrote, seen to again: batch after batch, each apart from the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, select
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow

_log = logging.getLogger(__name__)

#: Dossiers seen to in one transaction.
BATCH = 200


def see_to_stale(
    session: Session,
    wanted: Select[UUID] | CompoundSelect[UUID],
    unread: set[UUID],
    see_to: Callable[[DossierRow], None],
    trouble: str,
) -> int:
    """See to a batch of dossiers, held meanwhile; gives their number.

    `wanted`: the statement that gives the ids of the stale ones. `unread`: dossiers that cannot be seen to; one that
    fails joins them, is told in the log (`trouble`, with a `%s` for its number), and the others go on.
    """
    found = session.scalars(wanted.limit(BATCH + len(unread))).all()
    stale = [dossier for dossier in found if dossier not in unread][:BATCH]
    if not stale:
        session.rollback()
        return 0
    held = select(DossierRow).where(DossierRow.id.in_(stale)).order_by(DossierRow.id)
    with writing(session):
        rows = session.scalars(held.with_for_update(skip_locked=True, key_share=True)).all()
        for row in rows:
            try:
                with session.begin_nested():
                    see_to(row)
            except Exception:  # the others must not wait for it
                _log.exception(trouble, row.number)
                unread.add(row.id)
    return len(rows)
