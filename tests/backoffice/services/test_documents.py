"""Documents on their shelf: what is kept, what is swept, what the doctor says of the folder."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.doctor import check_documents
from backoffice.services.documents import Received, Shelf, keep, sweep
from backoffice.store.people import Document
from tests.backoffice.stored import MACHINE, StoredLife, stored_life

PDF = b"%PDF-1.4"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty folder."""
    return Shelf(tmp_path)


@pytest.fixture
def life(session: Session) -> StoredLife:
    """A draft."""
    return stored_life(session, "na-2024")


def kept(session: Session, shelf: Shelf, life: StoredLife, content: bytes) -> Path:
    reference = keep(session, shelf, life.id, Received("cv.pdf", content), by="x", now=MACHINE)
    return shelf.path(session.get_one(Document, reference).sha256)


def aged(path: Path, at: datetime) -> Path:
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_a_sweep_takes_only_old_files_that_no_document_wants(session, shelf, life):
    old = MACHINE - timedelta(hours=25)
    mine = aged(kept(session, shelf, life, PDF), old)
    lost = aged(shelf.path(shelf.put(PDF + b"1")), old)
    half = aged(lost.parent / "tmp0", old) if (lost.parent / "tmp0").write_bytes(b"%") else lost
    fresh = aged(shelf.path(shelf.put(PDF + b"2")), MACHINE - timedelta(hours=23))
    assert sweep(session, shelf, MACHINE) == 2
    assert (mine.exists(), lost.exists(), half.exists(), fresh.exists()) == (True, False, False, True)


def test_a_file_that_is_wanted_again_is_left_alone(session, shelf, life):
    path = aged(shelf.path(shelf.put(PDF)), MACHINE - timedelta(days=3))
    shelf.put(PDF)
    assert path.stat().st_mtime > MACHINE.timestamp()
    assert sweep(session, shelf, MACHINE) == 0


def test_the_doctor_looks_at_the_folder_both_ways(session, shelf, life):
    def found() -> list[tuple[str, str]]:
        return [(ailment.where, ailment.what) for ailment in check_documents(session, shelf, MACHINE)]

    path = kept(session, shelf, life, PDF)
    reference = str(session.scalars(select(Document.id)).one())
    assert found() == []
    path.write_bytes(PDF + b"!")
    assert found() == [(reference, "le fichier n’est plus celui qui a été reçu")]
    path.unlink()
    assert found() == [(reference, "le fichier du document manque")]
    path.write_bytes(PDF)
    stranger = shelf.put(PDF + b"2")
    assert found() == []  # the act it came with may be under way
    aged(shelf.path(stranger), MACHINE - timedelta(days=2))
    assert found() == [(stranger, "un fichier n’appartient à aucun document")]
