"""A look at the database from outside the pool: one connection of its own, which gives up soon."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine

_CONNECT_SECONDS = 2
_STATEMENT_MS = 2000


class NoDatabaseFileError(OSError):
    """The embedded database does not exist: looking must not make it."""


def probe(url: str) -> Engine:
    """An engine without a pool, whose connections and statements end within seconds. Raises NoDatabaseFileError."""
    if url.startswith("sqlite"):
        path = embedded(url)
        if path is not None and not path.exists():
            raise NoDatabaseFileError(path)
        return create_engine(url, poolclass=NullPool, connect_args={"timeout": _CONNECT_SECONDS}, hide_parameters=True)
    limits = {
        "connect_timeout": _CONNECT_SECONDS,
        "tcp_user_timeout": _STATEMENT_MS,
        "options": f"-c statement_timeout={_STATEMENT_MS} -c lock_timeout={_STATEMENT_MS}",
    }
    return create_engine(url, poolclass=NullPool, connect_args=limits, hide_parameters=True)


def embedded(url: str) -> Path | None:
    """The file of an embedded database; None for a server."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
