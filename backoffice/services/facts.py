"""Views of dossiers from what is stored."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.dossiers import DossierRow, JournalEntry
from workflows.dossier import Dossier
from workflows.facts import folded, from_plain


def view_of(row: DossierRow) -> Dossier:
    """The view of a stored dossier."""
    return from_plain(row.facts)


def before_last(session: Session, dossier: UUID, seq: int) -> Dossier:
    """The dossier as it stood before one of its journal entries."""
    entries = (
        select(JournalEntry.changes)
        .where(JournalEntry.dossier == dossier, JournalEntry.seq < seq)
        .order_by(JournalEntry.seq)
    )
    return folded(session.scalars(entries))
