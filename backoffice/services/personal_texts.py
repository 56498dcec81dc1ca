"""Texts about people, kept beside the journal: reading them where the machine needs them, erasing them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backoffice.services.records import is_reference, reference_id
from backoffice.store.base import writing
from backoffice.store.dossiers import PersonalText


def clear(session: Session, text: str) -> str:
    """The text behind a reference, empty once erased; a text that is no reference as it is."""
    if not is_reference(text):
        return text
    kept = session.get(PersonalText, reference_id(text))
    return kept.text or "" if kept is not None else ""


def erase(session: Session, dossier: UUID, now: datetime) -> int:
    """Erase every text about people of a dossier, and the salt that could prove a guess; gives their number.

    The journal keeps its references: its chain and its fold stay whole.
    """
    with writing(session):
        texts = update(PersonalText).where(PersonalText.dossier == dossier, PersonalText.erased_at.is_(None))
        erased: Any = session.execute(
            texts.values(text=None, salt="", erased_at=now).execution_options(synchronize_session=False)
        )
        return int(erased.rowcount)
