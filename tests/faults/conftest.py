"""An installation for each quick recipe, on the PostgreSQL server of the run and a broker of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import REDIS, Database, ran_on
from tests.faults.installation import Installation, installed
from tests.servers import private_server


@pytest.fixture
def house(request: pytest.FixtureRequest, postgresql: Database, tmp_path: Path) -> Iterator[Installation]:
    """An installation, broken with the first seed."""
    ran_on(request, REDIS)
    with private_server("redis") as redis, installed(postgresql.url, redis, tmp_path, seed=1) as made:
        yield made
