"""The chain of the journal: how an entry is hashed, and how a chain is checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC

from backoffice.store.base import canonical
from backoffice.store.dossiers import JournalEntry

#: What the first entry of a dossier is chained to.
GENESIS = "0" * 64


def entry_hash(entry: JournalEntry) -> str:
    """SHA-256 of the entry and of the hash before it, on canonical text."""
    content = {
        "dossier": str(entry.dossier),
        "seq": entry.seq,
        "act": entry.act,
        "source": entry.source,
        "target": entry.target,
        "author": [entry.author_kind, entry.author_role, entry.author, entry.party],
        "at": entry.at.astimezone(UTC).isoformat(),
        "recorded_at": entry.recorded_at.astimezone(UTC).isoformat(),
        "call_version": str(entry.call_version),
        "code_version": entry.code_version,
        "inputs": entry.inputs,
        "changes": entry.changes,
        "effects": entry.effects,
        "findings": entry.findings,
        "evaluation": entry.evaluation,
    }
    return hashlib.sha256((entry.previous + canonical(content)).encode()).hexdigest()


def first_broken(entries: Iterable[JournalEntry]) -> JournalEntry | None:
    """The first entry that does not follow from the one before it, of a journal in order; None when all do."""
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry.previous != previous or entry.seq != expected or entry.hash != entry_hash(entry):
            return entry
        previous, expected = entry.hash, expected + 1
    return None
