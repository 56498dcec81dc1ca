"""What a letter is about, as the pages name it: a dossier, or a session of the committee."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from backoffice.services.callbook import in_force, parsed
from backoffice.store.base import db
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import LetterDue


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about: in a word for a list, in a sentence, where the letters of the same are, and its page."""

    short: str
    words: str
    others: str
    href: str


def subject_of(due: LetterDue, row: DossierRow | None) -> Subject:
    """What a letter is about. `row`: its dossier, None for a session."""
    if row is not None:
        href = url_for("dossiers.show", number=row.number, volet="courriers", _anchor="volet")
        return Subject(row.number, f"dossier {row.number}", f"Courriers du dossier {row.number}", href)
    version = in_force(db.session(), due.call or "")
    sessions = parsed(version).parameters.sessions if version else ()
    label = next((s.label for s in sessions if s.id == due.session), due.session or "")
    href = url_for("committee.show", call_id=due.call, name=due.session, _anchor="courriers")
    return Subject(label, label, f"Courriers de la séance : {label}", href)
