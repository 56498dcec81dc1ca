"""Every model, imported once so that the metadata is whole."""

from __future__ import annotations

from backoffice.store import (
    calls,
    committee,
    contests,
    dossiers,
    letters,
    mails,
    money,
    outbox,
    people,
    schedule,
    signed_copies,
    titles,
)
from backoffice.store.base import Base

METADATA = Base.metadata

__all__ = [
    "METADATA",
    "calls",
    "committee",
    "contests",
    "dossiers",
    "letters",
    "mails",
    "money",
    "outbox",
    "people",
    "schedule",
    "signed_copies",
    "titles",
]
