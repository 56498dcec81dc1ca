"""Documents: killed between the file and its row, a full disk."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta

from sqlalchemy import func, select

from backoffice.services.clocks import machine_now
from backoffice.services.doctor import check_documents
from backoffice.services.documents import LEFT_ALONE, Shelf, sweep
from backoffice.store.people import Document
from tests.faults.installation import Installation
from tests.faults.invariants import examined

_KEEPS = """
import sys
from pathlib import Path
from uuid import UUID
from backoffice.services.clocks import machine_now
from backoffice.services.documents import Received, keep, shelf_of
from backoffice.store.base import db
from backoffice.store.database import bare_app
from config.settings import from_environment
settings = from_environment()
with bare_app(settings, "upload").app_context():
    received = Received("contrat.pdf", b"%PDF-1.7 " + b"x" * {size})
    keep(db.session(), shelf_of(settings), UUID({dossier!r}), received, by="lavande-azur", now=machine_now())
"""


def _documents(house: Installation) -> int:
    return int(house.scalar(select(func.count()).select_from(Document)))


def _upload(house: Installation, faults: str = "", *, size: int = 1000, prelude: str = "") -> int:
    code = _KEEPS.format(size=size, dossier=str(house.dossiers[0].id))
    return house.processes.start("upload", code, faults, prelude=prelude).process.wait(60)


def test_r38_killed_between_the_file_and_its_row_the_orphan_is_swept_and_no_row_dangles(house: Installation):
    house.prepare(1)
    shelf = Shelf(house.folder / "documents")
    assert _upload(house, "documents.put=kill") == -signal.SIGKILL
    (orphan,) = shelf.files()
    assert _documents(house) == 0
    with house.session() as session:
        assert sweep(session, shelf, machine_now()) == 0
        old = time.time() - (LEFT_ALONE + timedelta(minutes=1)).total_seconds()
        os.utime(orphan, (old, old))
        assert [a.check for a in check_documents(session, shelf, machine_now())] == ["documents"]
        assert sweep(session, shelf, machine_now()) == 1
        assert list(check_documents(session, shelf, machine_now())) == []
    assert _upload(house) == 0
    assert _documents(house) == 1
    with house.session() as session:
        assert sweep(session, shelf, machine_now()) == 0
        assert list(check_documents(session, shelf, machine_now())) == []
    examined(house, doubles=0)


def test_r29_a_full_disk_refuses_the_document_whole_and_takes_it_once_there_is_room(house: Installation):
    house.prepare(1)
    shelf = Shelf(house.folder / "documents")
    full = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))"
    assert _upload(house, size=200_000, prelude=full) == 1
    assert _documents(house) == 0
    assert _upload(house, size=200_000) == 0
    with house.session() as session:
        assert list(check_documents(session, shelf, machine_now())) == []
    assert _documents(house) == 1
    examined(house, doubles=0)
