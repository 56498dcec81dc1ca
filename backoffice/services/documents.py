"""Received documents: what is accepted, where the bytes are kept."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.letters import Letter
from backoffice.store.people import Document
from backoffice.store.signed_copies import SignedCopy
from config.faultpoints import faultpoint
from config.settings import Settings

LARGEST = 10 * 1024 * 1024
#: A file without a row is left alone this long: its act may be under way.
LEFT_ALONE = timedelta(days=1)
#: Media type and first bytes of what is accepted, by extension.
KINDS = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


class DocumentRefusedError(ValueError):
    """A document that cannot be accepted; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Received:
    """A document as it came: its name and its bytes."""

    name: str
    content: bytes

    def media_type(self) -> str:
        """Its type, when name and content agree on one of those accepted. Raises DocumentRefusedError."""
        if not self.content:
            raise DocumentRefusedError("Le document est vide. Choisissez un autre fichier.")
        if len(self.content) > LARGEST:
            raise DocumentRefusedError("Le document dépasse 10 Mo. Réduisez-le et recommencez.")
        known = KINDS.get(Path(self.name).suffix.lower())
        if known is None:
            raise DocumentRefusedError("Ce type de document n’est pas accepté. Envoyez un PDF, un JPEG ou un PNG.")
        media_type, first = known
        if not self.content.startswith(first):
            raise DocumentRefusedError(
                "Le contenu ne correspond pas au nom du fichier. Enregistrez-le de nouveau en PDF."
            )
        return media_type


def shown_name(name: str) -> str:
    """A file name fit to be shown and sent back: no path, no control character, not too long."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in base if c.isprintable() and c not in '<>:"|?*')
    return clean[-120:] or "document"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of the bytes: one file per content, named by its SHA-256, never by its sender."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the bytes of that digest are."""
        return self.folder / sha256[:2] / sha256

    def files(self) -> Iterator[Path]:
        """Every file of the folder, those left half written included."""
        return (path for path in self.folder.glob("*/*") if path.is_file())

    def put(self, content: bytes) -> str:
        """Keep bytes, whole or not at all; gives their digest."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if target.exists():
            target.touch()  # wanted again: no sweep takes it away before its row is written
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(target)
        faultpoint("documents.put", sha256)
        return sha256


def shelf_of(settings: Settings) -> Shelf:
    """The folder of the bytes of an installation."""
    return Shelf(settings.home / "documents")


def received(dossier: UUID, given: Received, *, by: str, now: datetime, reference: UUID | None = None) -> Document:
    """The row of a document, not written; its bytes go nowhere. Raises DocumentRefusedError."""
    return Document(
        id=reference or uuid4(),
        dossier=dossier,
        sha256=hashlib.sha256(given.content).hexdigest(),
        size=len(given.content),
        media_type=given.media_type(),
        name=shown_name(given.name),
        uploaded_by=by,
        uploaded_at=now,
    )


def keep(session: Session, shelf: Shelf, dossier: UUID, given: Received, *, by: str, now: datetime) -> UUID:
    """Keep a document of a dossier; gives its reference. Raises DocumentRefusedError."""
    row = received(dossier, given, by=by, now=now)
    shelf.put(given.content)
    with writing(session):
        session.add(row)
    return row.id


def sweep(session: Session, shelf: Shelf, now: datetime) -> int:
    """Take away the files that no document and no letter wants and that were not touched for a day; gives their number.

    The act that a file came with was refused, or the machine stopped in between.
    """
    wanted = set(session.scalars(select(Document.sha256)))
    wanted |= set(session.scalars(select(Letter.sha256).where(Letter.sha256.is_not(None))))
    wanted |= set(session.scalars(select(SignedCopy.sha256)))
    session.rollback()
    swept = 0
    for path in shelf.files():
        if path.name not in wanted and is_left_over(path, now):
            path.unlink()
            swept += 1
    return swept


def is_left_over(path: Path, now: datetime) -> bool:
    """True for a file that was not touched for so long that no act under way can want it."""
    return path.stat().st_mtime < (now - LEFT_ALONE).timestamp()
