"""The application on an empty database, on SQLite then on PostgreSQL; `quick` is SQLite alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from backoffice.store.base import db
from backoffice.web.app import create_app
from tests.databases import Database
from tests.moved import Moved
from tests.web.site import Site


def _opened(database: Database) -> Iterator[Site]:
    moved = Moved()
    site = Site(create_app(replace(database.settings, demo=True), moved.clocks), moved)
    yield site
    with site.app.app_context():
        db.engine.dispose()


@pytest.fixture
def site(database: Database) -> Iterator[Site]:
    """The pages on both databases."""
    yield from _opened(database)


@pytest.fixture
def quick(sqlite: Database) -> Iterator[Site]:
    """The pages on SQLite: for what depends on no database."""
    yield from _opened(sqlite)
