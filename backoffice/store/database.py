"""From settings to a database: the bare application that pages, workers and commands share."""

from __future__ import annotations

import time
from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from backoffice.store.base import db, tune
from backoffice.store.models import METADATA
from config.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def bare_app(settings: Settings, name: str = "backoffice") -> Flask:
    """A Flask application that only knows its settings and its database."""
    app = Flask(name, static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings.database_url)
    app.extensions["settings"] = settings
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    return app


#: Seconds for a connection to be made, and for a machine that is no longer there to be given up. One that is there
#: answers for its server, however long a statement takes.
_PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def _engine_options(url: str) -> dict[str, object]:
    """Parameters never show in an error: they hold what is known of people."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True}
    pool = {"pool_size": 8, "max_overflow": 0, "pool_timeout": 3, "pool_pre_ping": True, "pool_recycle": 1800}
    return {"hide_parameters": True, "connect_args": _PATIENCE, **pool}


def _alembic(engine: Engine) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["engine"] = engine
    settings.attributes["metadata"] = METADATA
    return settings


#: How often a migration tries, and the seconds it lets others go by when it meets a lock: it never makes them wait.
_TRIES, _PAUSE = 60, 0.5
#: A lock that did not come in time, and a deadlock, as PostgreSQL calls them.
_IN_THE_WAY = frozenset({"55P03", "40P01"})


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, while others work: it takes its locks at once or comes back later."""
    for tried in range(1, _TRIES + 1):
        try:
            command.upgrade(_alembic(engine), revision)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY or tried == _TRIES:
                raise
            time.sleep(_PAUSE)
        else:
            return


def unmigrate(engine: Engine, revision: str) -> None:
    """Bring the schema back to an older revision (`base`: nothing is left)."""
    command.downgrade(_alembic(engine), revision)


class Schema(StrEnum):
    """How the schema of a database stands to this code. NEWER: brought on by a later release; we still work on it."""

    OLDER = "older"
    CURRENT = "ok"
    NEWER = "newer"


@cache
def _revisions() -> tuple[str, ...]:
    """The revisions this code knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def schema_of(connection: Connection) -> Schema:
    """How the schema stands to this code."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found == _revisions()[0]:
        return Schema.CURRENT
    return Schema.OLDER if found is None or found in _revisions() else Schema.NEWER


def pending(engine: Engine) -> bool:
    """True when the schema is older than this code needs."""
    with engine.connect() as connection:
        return schema_of(connection) is Schema.OLDER


def write_migration(engine: Engine, message: str, revision: str) -> None:
    """Write a new migration, such as "0004", from the difference between the models and the database."""
    command.revision(_alembic(engine), message=message, autogenerate=True, rev_id=revision)
