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
from workflows.facts import folded, from_plain, plain


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


def before_last(session: Session, dossier: UUID, seq: int) -> Dossier:
    """The dossier as it stood before one of its journal entries."""
    entries = (
        select(JournalEntry.changes)
        .where(JournalEntry.dossier == dossier, JournalEntry.seq < seq)
        .order_by(JournalEntry.seq)
    )
    return folded(session.scalars(entries))
