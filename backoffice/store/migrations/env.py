"""Alembic environment: runs on the engine it is given, in one transaction, with foreign keys off on SQLite."""

from __future__ import annotations

import time
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine, inspect

from backoffice.store.base import CanonicalJson, UtcDateTime

config = context.config
#: Seconds to have every table in.
_TAKING_SECONDS = 0.4


def rendered(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as the plain ones they are stored as: a migration outlives our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, CanonicalJson):
        return "sa.Text()"
    return False


def run() -> None:
    """Run the migrations in one transaction."""
    engine: Engine = config.attributes["engine"]
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(writes=True) as connection:
        if sqlite:
            # Rebuilding a table with foreign keys on would run their actions on what refers to it.
            _set_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                _run_in(connection, batch=sqlite)
        finally:
            if sqlite:
                _set_foreign_keys(connection, "ON")


def _take_every_table(connection: Connection) -> None:
    """Lock every table now, or give way: whoever works waits less than the second after which PostgreSQL looks for a
    deadlock, and ends one of those it finds.
    """
    until = time.monotonic() + _TAKING_SECONDS
    # Acts begin by their dossier: without it none has begun, and none holds what comes after.
    tables = sorted(inspect(connection).get_table_names(), key=lambda name: (name != "dossier", name))
    for table in tables:
        left = max(1, round((until - time.monotonic()) * 1000))
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {left}")
        name = connection.dialect.identifier_preparer.quote(table)
        connection.exec_driver_sql(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")


def _set_foreign_keys(connection: Connection, value: str) -> None:
    raw: Any = connection.connection.dbapi_connection
    raw.execute(f"PRAGMA foreign_keys={value}")


def _run_in(connection: Connection, *, batch: bool) -> None:
    context.configure(
        connection=connection,
        target_metadata=config.attributes["metadata"],
        render_as_batch=batch,
        render_item=rendered,
        compare_type=True,
        transactional_ddl=True,
    )
    if not batch:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        _take_every_table(connection)
    context.run_migrations()
    if batch:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration broke foreign keys: {broken[:5]}")


run()
