"""Letters to prepare that lost their object, or have one again: noted with the act on the dossier that makes it so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import Session

from backoffice.services.letters.asked import said_with
from backoffice.store.dossiers import JournalEntry
from backoffice.store.mails import LetterDue
from workflows.dossier import Dossier
from workflows.letters.idle import is_idle
from workflows.states import State


def note_idle(session: Session, dossier: UUID, view: Dossier, now: datetime) -> None:
    """Note what a dossier as it stands changes of its letters to prepare, within the caller’s transaction."""
    if view.state is State.DRAFT:  # nothing was decided, and a draft is saved often
        return
    changed = [due.id for due in misnoted(session, {dossier: view})]
    if changed:
        noted = case((LetterDue.idle_at.is_(None), bindparam("now", now, LetterDue.idle_at.type)), else_=None)
        told = update(LetterDue).where(LetterDue.id.in_(changed)).values(idle_at=noted)
        session.execute(told.execution_options(synchronize_session=False))


class Misnoted(NamedTuple):
    """A letter asked for whose note is not what its dossier says. `idle`: the note says that it has no object."""

    id: UUID
    dossier: UUID
    code: str
    idle: bool


def misnoted(session: Session, views: Mapping[UUID, Dossier]) -> Iterator[Misnoted]:
    """Those among the letters that some dossiers asked for. One statement."""
    columns = (LetterDue.id, LetterDue.dossier, LetterDue.code, LetterDue.idle_at, LetterDue.addressee)
    wanted = (
        select(*columns, JournalEntry.seq, JournalEntry.effects)
        .join(JournalEntry, JournalEntry.id == LetterDue.entry)
        .where(LetterDue.dossier.in_(list(views)), LetterDue.cancelled_at.is_(None))
    )
    for due, dossier, code, idle_at, to, seq, effects in session.execute(wanted).all():
        if is_idle(views[dossier], code, to, seq, said_with(code, to, effects)) is (idle_at is None):
            yield Misnoted(due, dossier, code, idle_at is not None)
