"""What of a dossier a visitor may read: a doctor reads their own papers and those of the post, no others (A39)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backoffice.store.dossiers import JournalEntry
from backoffice.store.people import Document
from workflows.actors import Actor, Role, decides_at
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.parts.requests import Request
from workflows.rounds import doctor_of_piece, doctor_of_request, is_about_another

#: Entries that agents alone read: whoever wrote to the agency is no business of the others.
_OF_AGENTS = frozenset({"file_message"})


@dataclass(frozen=True, slots=True)
class Readable:
    """What of a dossier is for one reader."""

    facts: Dossier
    call: Call
    reader: Actor

    @property
    def in_part(self) -> bool:
        """True for a doctor; the others read the whole dossier, but for the reasons about somebody."""
        return self.reader.role is Role.CANDIDATE

    def piece(self, key: str) -> bool:
        """True for a piece that the reader may read and give."""
        return not is_about_another(doctor_of_piece(self.facts, key, self.call), self.reader)

    def document(self, row: Document) -> bool:
        """True for a document of theirs, or one that answers only pieces they may read; messages are for agents."""
        if row.kind == "message":
            return decides_at(self.reader.role, Role.INSTRUCTOR)
        if not self.in_part or row.uploaded_by == self.reader.id:
            return True
        answered = [p.key for p in self.facts.pieces if p.file == str(row.id)]
        return bool(answered) and all(self.piece(key) for key in answered)

    def request(self, request: Request) -> bool:
        """True for a request about them, or that they made themselves."""
        return request.reported_by == self.reader.id or not is_about_another(doctor_of_request(request), self.reader)

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests that the reader may read."""
        return tuple(r for r in self.facts.requests if self.request(r))

    def reason(self, request: Request) -> bool:
        """True when the reason of a request is for the reader: it is about a person (A39)."""
        about_them = self.in_part and doctor_of_request(request) == self.reader.id
        told_by_them = request.reported_by in {self.reader.id, self.reader.party}
        return about_them or told_by_them or self.reader.role not in {Role.CANDIDATE, Role.ESTABLISHMENT}

    def history(self, entries: Iterable[JournalEntry]) -> list[JournalEntry]:
        """The entries that the reader may read: a doctor, those of their own time and of the time before any doctor."""
        if decides_at(self.reader.role, Role.INSTRUCTOR):
            return list(entries)
        if not self.in_part:
            return [e for e in entries if e.act not in _OF_AGENTS]
        theirs = [e for e, doctor in _held(entries) if doctor in {None, self.reader.id} and self._is_theirs(e)]
        return [e for e in theirs if e.act not in _OF_AGENTS]

    def _is_theirs(self, entry: JournalEntry) -> bool:
        """False for what was done, in their time, about the doctor proposed after them."""
        given = entry.inputs
        keys = [*(given.get("keys") or ()), *([given["key"]] if given.get("key") else [])]
        named = given.get("candidate") or {}
        request = self.facts.request(given.get("request"))
        return (
            (not keys or any(self.piece(key) for key in keys))
            and named.get("id") in {None, self.reader.id}
            and (request is None or self.request(request))
        )


def _held(entries: Iterable[JournalEntry]) -> Iterator[tuple[JournalEntry, str | None]]:
    """Each entry with the doctor whom the dossier names once it is written."""
    doctor: str | None = None
    for entry in entries:
        if "candidate" in entry.changes:
            doctor = _id(entry.changes["candidate"])
        yield entry, doctor


def _id(candidate: Any) -> str | None:
    return candidate["id"] if candidate else None


def doctor_at(entries: Iterable[JournalEntry], entry: UUID | None, at: datetime) -> str | None:
    """The doctor whom the dossier named after an entry, or at an instant when no entry is given."""
    found: str | None = None
    for past, doctor in _held(entries):
        if entry is None and past.at > at:
            break
        found = doctor
        if past.id == entry:
            break
    return found


def doctor_before(entries: Iterable[JournalEntry], entry: UUID) -> str | None:
    """The doctor whom the dossier named before an entry."""
    found: str | None = None
    for past, doctor in _held(entries):
        if past.id == entry:
            break
        found = doctor
    return found
