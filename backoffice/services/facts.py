"""Views of dossiers from what is stored, and what is stored from views."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.base import canonical
from backoffice.store.dossiers import DossierRow, JournalEntry
from workflows.dossier import Dossier
from workflows.facts import folded, folded_data, from_plain, plain


def view_of(row: DossierRow) -> Dossier:
    """The view of a stored dossier."""
    return _read(row.facts)


def view_in(facts: str) -> Dossier:
    """The view that stored facts hold."""
    return _read(facts)


@lru_cache(maxsize=512)
def _read(facts: str) -> Dossier:
    # A page, the look at an act and the act read the same text one after the other; a view never changes.
    return from_plain(json.loads(facts))


def opened(view: Dossier) -> str:
    """The facts of a dossier that opens, as they are stored."""
    return canonical(plain(view))


def moved(facts: str, changes: Mapping[str, Any]) -> str:
    """Stored facts after the plain changes of a journal entry: what folding the journal gives."""
    return canonical(json.loads(facts) | changes)


def around_entry(session: Session, dossier: UUID, seq: int) -> tuple[Dossier, Dossier]:
    """The dossier as it stood before one of its journal entries, not the first, and as that entry left it."""
    changes = select(JournalEntry.changes).where(JournalEntry.dossier == dossier, JournalEntry.seq <= seq)
    *earlier, last = session.scalars(changes.order_by(JournalEntry.seq))
    before = folded_data(earlier)
    return _read(canonical(before)), _read(canonical(before | last))


def before_last(session: Session, dossier: UUID, seq: int) -> Dossier:
    """The dossier as it stood before one of its journal entries."""
    entries = (
        select(JournalEntry.changes)
        .where(JournalEntry.dossier == dossier, JournalEntry.seq < seq)
        .order_by(JournalEntry.seq)
    )
    return folded(session.scalars(entries))
