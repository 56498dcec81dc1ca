"""A house for each test: on SQLite with the embedded broker, then on PostgreSQL with the Redis protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.databases import Database
from tests.e2e.house import House, opened
from workers import relay


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A running installation on an empty database."""
    monkeypatch.setattr(relay, "PERIOD_SECONDS", 0.05)
    database: Database = request.getfixturevalue(request.param)
    redis_url = request.getfixturevalue("redis_url") if request.param == "postgresql" else None
    with opened(replace(database.settings, redis_url=redis_url)) as found:
        yield found
