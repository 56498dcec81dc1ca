"""The actor: one session for each task, closed whatever happens; it never raises."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.base import db
from backoffice.store.dossiers import DossierRow
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE, stored_life
from workers.actor import declare
from workers.broker import make_broker


@pytest.fixture
def task(app):
    """Runs one task of the actor, as a worker thread does."""
    broker = make_broker(None)
    actor = declare(broker, app, hands(Time(MACHINE), Told()))
    yield lambda: actor.fn(str(uuid4()))
    broker.close()


def test_a_task_that_fails_leaves_nothing_open_for_the_next_one(app, task, monkeypatch):
    seen: list[Session] = []

    def failing(session: Session, *_arguments: object) -> None:
        assert not session.new
        assert not session.in_transaction()
        seen.append(session)
        session.add(DossierRow(number="à moitié écrit"))
        session.connection()
        raise ConnectionError("the database is away")

    monkeypatch.setattr("workers.actor.deliver", failing)
    outside = db.engine.pool.checkedout() if hasattr(db.engine.pool, "checkedout") else 0
    for _ in range(3):
        task()
    assert len(seen) == 3
    assert len({id(session) for session in seen}) == 3
    assert not any(session.in_transaction() for session in seen)
    if hasattr(db.engine.pool, "checkedout"):
        assert db.engine.pool.checkedout() == outside


def test_what_one_task_read_is_not_what_the_next_one_sees(app, session, task, monkeypatch):
    life = stored_life(session, "na-2024")
    session.rollback()
    versions: list[int] = []

    def reading(mine: Session, *_arguments: object) -> None:
        versions.append(mine.scalars(select(DossierRow).where(DossierRow.id == life.id)).one().version)

    monkeypatch.setattr("workers.actor.deliver", reading)
    task()
    life.do("edit_draft", life.depositor, months=12)
    session.rollback()
    task()
    assert versions == [versions[0], versions[0] + 1]
