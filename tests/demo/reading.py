"""What tests read of a demonstration."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow, JournalEntry
from workflows.dossier import Dossier


def dossier(session: Session, number: str) -> Dossier:
    """A dossier by its number."""
    return view_of(session.scalars(select(DossierRow).where(DossierRow.number == number)).one())


def rows(session: Session) -> list[DossierRow]:
    """Every dossier, in the order of their numbers."""
    return list(session.scalars(select(DossierRow).order_by(DossierRow.number)))


def by_state(session: Session) -> Counter[str]:
    """How many dossiers are in each state."""
    return Counter(row.state for row in rows(session))


def story(session: Session) -> list[tuple[str, int, str, str, str, str]]:
    """What happened, without what differs from one building to the next: the ids of dossiers and of entries."""
    wanted = (
        select(DossierRow.number, JournalEntry)
        .join(DossierRow, JournalEntry.dossier == DossierRow.id)
        .order_by(DossierRow.number, JournalEntry.seq)
    )
    return [
        (number, entry.seq, entry.act, entry.target, entry.at.isoformat(), entry.author_role)
        for number, entry in session.execute(wanted)
    ]
