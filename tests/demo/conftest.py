"""The demonstration built once for the tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from backoffice.services.demo.home import DATABASE, Demo, prepare
from backoffice.store.base import db
from backoffice.store.database import bare_app
from config.settings import Settings


def settings_of(home: Path, url: str | None = None) -> Settings:
    """The settings of a demonstration in a folder, on its own database unless another is given."""
    return Settings(database_url=url or f"sqlite:///{home / DATABASE}", home=home, demo=True)


@dataclass(frozen=True)
class Built:
    """A demonstration that is ready, and a session on its database."""

    settings: Settings
    demo: Demo
    session: Session


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Demo]:
    """The demonstration on the embedded database, built once."""
    settings = settings_of(tmp_path_factory.mktemp("demo") / "home")
    return settings, prepare(settings)


@pytest.fixture
def built(prepared: tuple[Settings, Demo]) -> Iterator[Built]:
    """The demonstration on the embedded database, to read."""
    settings, demo = prepared
    with bare_app(settings, "tests.demo").app_context():
        yield Built(settings, demo, db.session())
        db.session.remove()
        db.engine.dispose()
