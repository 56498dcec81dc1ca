"""What asked for the letters of a dossier: what its act said, and which of them have not left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from backoffice.store.dossiers import JournalEntry
from backoffice.store.letters import Letter, stands
from backoffice.store.mails import LetterDue
from workflows.effects import Addressee
from workflows.letters.asked import about
from workflows.parts.receipts import receipt_id


def details_of(due: LetterDue, entry: JournalEntry) -> dict[str, str]:
    """What an act said with the letter that it asked for."""
    return said_with(due.code, due.addressee, entry.effects)


def said_with(code: str, addressee: str, effects: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The same, from the effects of the act."""
    asked = {"kind": "letter", "name": code, "to": addressee}
    for effect in effects:
        if asked.items() <= effect.items():
            return dict(effect.get("details") or {})
    return {}


def letters_waiting(session: Session, dossier: UUID) -> frozenset[tuple[str, str]]:
    """The letters asked for that have not left, by code and by what they are about.

    One that was written elsewhere has left; so has one whose every letter was sent. One that lost its object before
    anybody prepared it waits for nothing.
    """
    mine = (Letter.due == LetterDue.id, stands())
    sent, unsent = (exists().where(*mine, when) for when in (Letter.sent_at.is_not(None), Letter.sent_at.is_(None)))
    wanted = (
        select(LetterDue, JournalEntry)
        .join(JournalEntry, JournalEntry.id == LetterDue.entry)
        .where(LetterDue.dossier == dossier, LetterDue.cancelled_at.is_(None), LetterDue.elsewhere_at.is_(None))
    )
    found = session.execute(wanted.where(or_(unsent, and_(~sent, LetterDue.idle_at.is_(None)))))
    return frozenset((due.code, about(details_of(due, entry))) for due, entry in found)


def letters_held(session: Session, dossier: UUID) -> frozenset[str]:
    """The letters of a dossier that were prepared here and have not left, by the id of the receipt of each."""
    wanted = (
        select(JournalEntry.seq, LetterDue.code, LetterDue.addressee, Letter.party)
        .select_from(Letter)
        .join(LetterDue, Letter.due == LetterDue.id)
        .join(JournalEntry, JournalEntry.id == LetterDue.entry)
        .where(LetterDue.dossier == dossier, LetterDue.cancelled_at.is_(None))
        .where(stands(), Letter.sent_at.is_(None))
    )
    return frozenset(
        receipt_id(entry, code, Addressee(to), party or None) for entry, code, to, party in session.execute(wanted)
    )
