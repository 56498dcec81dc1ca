"""From settings to a database: the bare application that pages, workers and commands share."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine

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


def _engine_options(url: str) -> dict[str, object]:
    """Parameters never show in an error: they hold what is known of people."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True}
    pool = {"pool_size": 8, "max_overflow": 0, "pool_timeout": 3, "pool_pre_ping": True, "pool_recycle": 1800}
    return {"hide_parameters": True, **pool}


def _alembic(engine: Engine) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["engine"] = engine
    settings.attributes["metadata"] = METADATA
    return settings


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision."""
    command.upgrade(_alembic(engine), revision)


def unmigrate(engine: Engine, revision: str) -> None:
    """Bring the schema back to an older revision (`base`: nothing is left)."""
    command.downgrade(_alembic(engine), revision)


def pending(engine: Engine) -> bool:
    """True when the schema is not at the newest revision."""
    head = ScriptDirectory.from_config(_alembic(engine)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() != head


def write_migration(engine: Engine, message: str, revision: str) -> None:
    """Write a new migration, such as "0004", from the difference between the models and the database."""
    command.revision(_alembic(engine), message=message, autogenerate=True, rev_id=revision)
