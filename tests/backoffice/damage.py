"""Harming a database on purpose, as somebody who has every right on it and writes behind our back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.orm import Session

from backoffice.store.base import db


def unguard(session: Session) -> Session:
    """Take off what the database itself holds against damage."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        session.commit()
        with db.engine.connect() as free:
            raw: Any = free.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys = OFF")
    else:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("ALTER TABLE dossier DROP CONSTRAINT ck_dossier_money_positive"))
        session.commit()
    return session


def make_bare(session: Session, table: str) -> None:
    """Keep the rows of a table, without a key or a rule."""
    cascade = "" if session.get_bind().dialect.name == "sqlite" else " CASCADE"
    harm(session, f"CREATE TABLE bare AS SELECT * FROM {table}")  # noqa: S608 - our own names
    harm(session, f"DROP TABLE {table}{cascade}")
    harm(session, f"ALTER TABLE bare RENAME TO {table}")


def harm(session: Session, statement: Any, dossier: UUID | None = None) -> None:
    """Run a statement on the row of a dossier, named `:id` in it."""
    if isinstance(statement, str):
        statement = text(statement)
    if dossier is not None:
        statement = statement.bindparams(bindparam("id", dossier, Uuid()))
    session.execute(statement)
    session.commit()
    session.expire_all()
