"""The nominal road to a state, walked once for all the tests of a process that begin on an empty SQLite database."""

from __future__ import annotations

import atexit
import sqlite3
from contextlib import closing
from dataclasses import replace

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from backoffice.store.base import db
from tests.backoffice.stored import StoredLife, stored_life
from workflows.states import State

#: By call and state: the database at the end of the road, and the life.
_walked: dict[tuple[str, State], tuple[sqlite3.Connection, StoredLife]] = {}


def walked(session: Session, call: str, state: State) -> StoredLife:
    """A life of a call at a state, every act through the door; on an empty SQLite database a copy of the first one."""
    if not _is_new(session):
        return stored_life(session, call).to(state)
    road = call, state
    if road not in _walked:
        life = stored_life(session, call).to(state)
        session.rollback()
        _walked[road] = _kept(), _apart(life, session)
        return life
    kept, life = _walked[road]
    with closing(_opened()) as database:
        kept.backup(database)
    return _apart(life, session)


def _is_new(session: Session) -> bool:
    """True on SQLite while no table has a row."""
    tables = (exists().select_from(table) for table in db.metadata.sorted_tables)
    new = session.get_bind().dialect.name == "sqlite" and not session.scalar(select(or_(*tables)))
    session.rollback()
    return new


def _opened() -> sqlite3.Connection:
    return sqlite3.connect(str(db.engine.url.database))


def _kept() -> sqlite3.Connection:
    found = sqlite3.connect(":memory:")
    atexit.register(found.close)
    with closing(_opened()) as database:
        database.backup(found)
    return found


def _apart(life: StoredLife, session: Session) -> StoredLife:
    """The same life, that goes on by itself."""
    return replace(life, session=session, journal=list(life.journal))
