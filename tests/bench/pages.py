"""Statements of the pages that are open all day."""

from __future__ import annotations

import logging
import statistics
import tempfile
from pathlib import Path

from tests.databases import Database, migrated
from tests.web.gallery import MOST, Shot, hung


def measure() -> list[str]:
    """Statements per page of the list and per page of a dossier, for every reader, state and tab."""
    logging.disable(logging.CRITICAL)  # some of these pages are errors on purpose
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with hung(Database(migrated(f"sqlite:///{home / 'bench.sqlite3'}"), home)) as gallery:
            common = [shot for shot in gallery.shots if shot.is_common]
    lists = [shot for shot in common if shot.path.partition("?")[0] == "/dossiers"]
    dossiers = [shot for shot in common if shot not in lists]
    return [_line("la liste", lists), _line("un dossier", dossiers)]


def _line(page: str, shots: list[Shot]) -> str:
    counts = [len(shot.statements) for shot in shots]
    return (
        f"requêtes par page, {page} : {statistics.median(counts):.0f} en médiane, {max(counts)} au plus"
        f" sur {len(counts)} pages (but : {MOST} au plus)"
    )
