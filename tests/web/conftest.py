"""The application on an empty database, on SQLite then on PostgreSQL; `quick` is SQLite alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import Database
from tests.web.site import Site, site_on


@pytest.fixture
def site(database: Database) -> Iterator[Site]:
    """The pages on both databases."""
    with site_on(database) as found:
        yield found


@pytest.fixture
def quick(sqlite: Database) -> Iterator[Site]:
    """The pages on SQLite: for what depends on no database."""
    with site_on(sqlite) as found:
        yield found
