"""The declarative base, the column types and the engine settings shared by every model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Dialect, Engine, MetaData, Text, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import DateTime, TypeDecorator

T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

#: Milliseconds a writer waits for its turn before giving up.
BUSY_MS = 5000
LOCK_MS = 5000
STATEMENT_MS = 10_000


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. Naive values are refused: SQLite would lose their offset silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive instant cannot be stored")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def canonical(value: Any) -> str:
    """Canonical JSON text: sorted keys, no blanks, the form that is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class CanonicalJson(TypeDecorator[Any]):
    """JSON kept as canonical text: what was hashed is what is stored, key for key."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def tune(engine: Engine) -> None:
    """Set the engine up: WAL, foreign keys and explicit transactions on SQLite; timeouts on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _tune_postgresql)
        event.listen(engine, "handle_error", _hide_details)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at once: a read that turns into a write would fail without waiting."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _tune_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {STATEMENT_MS}")
        cursor.execute(f"SET lock_timeout = {LOCK_MS}")
        cursor.execute("SET idle_in_transaction_session_timeout = 60000")
    connection.commit()


def _hide_details(context: ExceptionContext) -> None:
    """Keep of an error what failed, without the row that PostgreSQL quotes in its details."""
    found = context.original_exception
    told = getattr(getattr(found, "diag", None), "message_primary", None)
    if told is not None:
        found.args = (told,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(found).__name__}) {told}",)


#: What PostgreSQL calls a deadlock, and a transaction that cannot be put in order with another.
_RAN_INTO_ANOTHER = frozenset({"40P01", "40001"})


def ran_into_another(error: DBAPIError) -> bool:
    """True when the database gave a transaction up for the sake of another: it may be tried again at once."""
    return getattr(error.orig, "sqlstate", None) in _RAN_INTO_ANOTHER


class OvertakenError(RuntimeError):
    """What a transaction had read was another when its lock came: it was decided on the past, and begins again."""


#: How often something is tried when it is given up for another transaction.
_TRIES = 3


def in_spite_of_others(work: Callable[[], T]) -> T:
    """Do a transaction; again from its beginning when it was given up for another one."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except OvertakenError:
            pass
        except DBAPIError as error:
            if not ran_into_another(error):
                raise
    return work()


def insert_into(session: Session, table: type[Base]) -> Any:
    """An INSERT that may say what it does on a conflict, in the dialect of the database."""
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)


def changed(session: Session, statement: Any) -> int:
    """Carry out a statement on rows that the session does not hold; gives the number of rows it wrote."""
    session.flush()
    made = session.connection().execute(statement, execution_options={"preserve_rowcount": True})
    return int(made.rowcount)


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """One write transaction: committed at the end, rolled back on any error.

    Nothing read before in the same session leaks in: the transaction is new, and whatever is looked at is read again.
    """
    session.rollback()
    session.expire_all()
    session.connection(execution_options={"writes": True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
