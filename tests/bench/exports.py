"""Memory and time of long exports: each file is made in a process of its own, whose memory is looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.web.exports import MOST_ROWS
from config.settings import Settings
from tests import servers
from tests.backoffice.stored import stored_life
from tests.databases import migrated
from workflows.french import count
from workflows.states import State

#: Rows of a long export, and the most megabytes it may add to the process.
ROWS, MOST = 100_000, 15
_TOLD = """
import json, resource, time

def told(write, *small_then_large):
    small, large = small_then_large
    write(small)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    write(large)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps([grown / 1024, time.perf_counter() - began]))
"""
_WRITE = """
import sys, tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from backoffice.services.exports.csv_file import csv_chunks
from backoffice.services.exports.ods_file import write_ods
from backoffice.services.exports.table import Column, Kind, Table
from backoffice.services.exports.xlsx_file import write_xlsx

KINDS = (Kind.TEXT, Kind.DATE, Kind.WHOLE, Kind.EUROS, Kind.SHARE, Kind.TEXT)
COLUMNS = tuple(Column(f"Colonne {n}", KINDS[n % 6]) for n in range(18))

def rows(count):
    for n in range(count):
        day, euros = date(2024, 1, 1) + timedelta(days=n % 900), Decimal(n % 100_000).scaleb(-2)
        yield (f"Capucine Bleuet {n}", day, n, euros, Fraction(n % 100, 100), f"Texte {n}") * 3

def written(count):
    table = Table("Banc", COLUMNS, rows(count))
    with tempfile.TemporaryFile() as file:
        if sys.argv[1] == "csv":
            file.writelines(csv_chunks(table))
        elif sys.argv[1] == "xlsx":
            write_xlsx([table], file, made_at=datetime(2026, 1, 1, tzinfo=UTC))
        else:
            write_ods([table], file)

told(written, 500, int(sys.argv[2]))
"""
_LIST = """
import sys
from pathlib import Path
from backoffice.web import exports
from backoffice.web.app import create_app
from config.settings import Settings
from tests.moved import Moved
from tests.web.site import ADDRESS, Site
from workflows.actors import Role

exports.MOST_ROWS = 10**9
moved = Moved()
site = Site(create_app(Settings(database_url=sys.argv[2], home=Path()), moved.clocks), moved)
visitor = site.visitor(Role.INSTRUCTOR, region="75")

def written(query):
    response = visitor.client.get(f"/dossiers/export/{sys.argv[1]}{query}", base_url=ADDRESS, buffered=False)
    assert response.status_code == 200
    for _ in response.response:
        pass
    response.close()

told(written, "?q=rien", "")
"""
#: What the application does not do: it stops a workbook that somebody waits for.
_LIFTED = f" (sans la limite de {count(MOST_ROWS, 'ligne')} que l’application met aux classeurs)"
LIMITED = {"csv": "", "xlsx": _LIFTED, "ods": _LIFTED}
#: As many copies of a dossier as there are rows to export.
_COPIES = """
INSERT INTO dossier SELECT (jsonb_populate_record(d, jsonb_build_object(
    'id', gen_random_uuid(), 'number', 'B-' || n, 'agenda', 'bench'))).*
FROM dossier d, generate_series(1, :count) n WHERE d.id = :model
"""


def _ran(code: str, *arguments: str) -> tuple[float, float]:
    command = [sys.executable, "-c", _TOLD + code, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)  # noqa: S603 - our own code
    megabytes, seconds = json.loads(done.stdout)
    return megabytes, seconds


def written(kind: str, rows: int = ROWS) -> tuple[float, float]:
    """Megabytes that writing so many rows of eighteen columns adds to a process, and the seconds it takes."""
    return _ran(_WRITE, kind, str(rows))


def listed(kind: str, url: str) -> tuple[float, float]:
    """The same for the list of dossiers of a database, asked for as a page is."""
    return _ran(_LIST, kind, url)


def measure() -> list[str]:
    """A line for each format, rows made up then dossiers of a PostgreSQL database."""
    lines = [_line(f"export {kind.upper()}, {ROWS} lignes", *written(kind)) for kind in ("csv", "xlsx", "ods")]
    with servers.private_server("postgresql") as server:
        url = migrated(server.url.replace("postgresql://", "postgresql+psycopg://", 1))
        app = bare_app(Settings(database_url=url, home=Path()))
        with app.app_context():
            session = db.session()
            model = stored_life(session, "na-2024").to(State.SUBMITTED)
            session.execute(text("SET LOCAL statement_timeout = 0"))
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(text(_COPIES), {"count": ROWS, "model": model.id})
            session.commit()
            db.session.remove()
            db.engine.dispose()
        found = {kind: listed(kind, url) for kind in ("csv", "xlsx", "ods")}
    what = "export {} de la liste, {} dossiers{}"
    lines += [_line(what.format(kind.upper(), ROWS, LIMITED[kind]), *spent) for kind, spent in found.items()]
    return lines


def _line(what: str, megabytes: float, seconds: float) -> str:
    return f"{what} : +{megabytes:.1f} Mo (but : {MOST} au plus), {seconds:.1f} s"
