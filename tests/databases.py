"""Databases for tests: an empty one at the newest schema for each test, on SQLite and on PostgreSQL.

The schema is made once by the migrations, then copied. `database` runs a test on both; a test that only makes sense on
one asks for `sqlite` or `postgresql`. The end of the run says how many tests ran on each server.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from flask import Flask
from psycopg import sql
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.orm import Session

from backoffice.services import callbook, publishing
from backoffice.store.base import db, tune
from backoffice.store.database import bare_app, migrate
from config.settings import Settings
from tests import servers
from workflows.calls.model import Call
from workflows.calls.parse import parse_call

SQLITE, POSTGRESQL, REDIS = "SQLite", "PostgreSQL", "le serveur compatible Redis"
_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database at the newest schema: where it is, and what kind it is."""

    url: str
    home: Path

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite."""
        return self.url.startswith("sqlite")

    @property
    def server(self) -> str:
        """The server it is on."""
        return SQLITE if self.is_sqlite else POSTGRESQL

    @property
    def settings(self) -> Settings:
        """The settings of an installation on this database."""
        return Settings(database_url=self.url, home=self.home)


def ran_on(request: pytest.FixtureRequest, server: str) -> None:
    """Note, for the end of the run, the server that a test ran on."""
    request.node.user_properties.append(("server", server))


def worker() -> int:
    """The number of this process among those of the run, from 0."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def migrated(url: str) -> str:
    """Bring a database to the newest schema."""
    engine = create_engine(url)
    tune(engine)
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest schema, to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    migrated(f"sqlite:///{path}")
    return path


def copied(template: Path, home: Path) -> Database:
    """An empty SQLite database in a folder."""
    path = home / "test.sqlite3"
    shutil.copyfile(template, path)
    return Database(f"sqlite:///{path}", home)


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> Database:
    """An empty SQLite database."""
    ran_on(request, SQLITE)
    return copied(sqlite_template, tmp_path)


@dataclass(frozen=True)
class Cluster:
    """The PostgreSQL server of the run, and the database that the others are copied from."""

    url: str
    template: str

    def execute(self, statement: str, **names: str) -> None:
        """Run one statement outside a transaction, with quoted names."""
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with psycopg.connect(servers.libpq(make_url(self.url)), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**quoted))

    def url_of(self, name: str) -> str:
        """The URL of a database of the server."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def database(self, home: Path) -> Iterator[Database]:
        """An empty database, dropped afterwards."""
        name = f"{servers.run_folder().name}-{worker()}-{next(_numbers)}"
        self.execute("CREATE DATABASE {name} TEMPLATE {template}", name=name, template=self.template)
        yield Database(self.url_of(name), home)
        self.execute("DROP DATABASE {name} WITH (FORCE)", name=name)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The PostgreSQL server, with its template made by the first process that comes."""
    url = servers.url_of("postgresql").replace("postgresql://", "postgresql+psycopg://", 1)
    folder = servers.run_folder()
    found = Cluster(url, f"{folder.name}-template")
    with servers.locked(folder / "template.lock"):
        if not (folder / "template").exists():
            found.execute("CREATE DATABASE {name} TEMPLATE template0", name=found.template)
            migrated(found.url_of(found.template))
            (folder / "template").write_text(url)
    return found


@pytest.fixture
def postgresql(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Iterator[Database]:
    """An empty PostgreSQL database."""
    ran_on(request, POSTGRESQL)
    with cluster.database(tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database, on SQLite then on PostgreSQL."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=[SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"], scope="module")
def kept_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database for all the tests of a module that only read what is written first, on SQLite then on PostgreSQL."""
    home = tmp_path_factory.mktemp("kept")
    if request.param == SQLITE:
        yield copied(request.getfixturevalue("sqlite_template"), home)
    else:
        with request.getfixturevalue("cluster").database(home) as made:
            yield made


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    """The bare application on the database, in its context."""
    with calls_read_once():
        yield from opened(database)


@contextmanager
def calls_read_once() -> Iterator[None]:
    """Meanwhile the text of a call is read once for all tests, and not once for each database."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (callbook, publishing):
            patch.setattr(module, "parse_call", _parsed)
        yield


@cache
def _read(text: str, complement: str | None, sources: frozenset[tuple[str, str]], known: frozenset[str] | None) -> Call:
    return parse_call(text, complement=complement, quota_sources=dict(sources), known_acts=known)


def _parsed(
    text: str,
    *,
    complement: str | None = None,
    quota_sources: Mapping[str, str],
    known_acts: frozenset[str] | None = None,
) -> Call:
    return _read(text, complement, frozenset(quota_sources.items()), known_acts)


def opened(database: Database) -> Iterator[Flask]:
    """The bare application on a database, in its context; everything is closed afterwards."""
    made = bare_app(database.settings, "tests")
    with made.app_context():
        hurry(database)
        yield made
        db.session.remove()
        db.engine.dispose()


def hurry(database: Database) -> None:
    """Do not wait for the disk; in the context of an application."""
    if database.is_sqlite:
        event.listen(db.engine, "connect", _hurried)


def _hurried(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the application context."""
    return db.session()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """An empty database of the Redis-compatible server."""
    ran_on(request, REDIS)
    separator = "&" if "?" in servers.url_of("redis") else "?"
    url = f"{servers.url_of('redis')}{separator}db={worker() % 16}"
    client = redis.Redis.from_url(url)
    client.flushdb()
    client.close()
    return url


# Hooks, called in the process that leads the run.


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what the processes of the run share."""
    if not hasattr(config, "workerinput"):
        servers.begin_run(in_memory=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers of the run."""
    if not hasattr(config, "workerinput"):
        _drop_template()
        servers.end_run()


def _drop_template() -> None:
    made = servers.run_folder() / "template"
    if made.exists() and os.environ.get(servers.SERVERS["postgresql"].variable):
        cluster = Cluster(made.read_text(), f"{servers.run_folder().name}-template")
        cluster.execute("DROP DATABASE {name} WITH (FORCE)", name=cluster.template)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many tests ran on each server."""
    reports = [r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, [])]
    ran: Counter[str] = Counter()
    for report in reports:
        if report.when == "call":
            ran.update({server for name, server in report.user_properties if name == "server"})
    told = ", ".join(f"{ran[server]} sur {server}" for server in (SQLITE, POSTGRESQL, REDIS))
    terminalreporter.write_line(f"Tests lancés avec un serveur\u00a0: {told}.")
