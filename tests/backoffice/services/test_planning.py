"""Deadlines that an older release wrote are planned again, under their jobs, and nothing is told twice for it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from backoffice.services import due
from backoffice.services.deadlines import PLANNING, plan_stale
from backoffice.services.doctor import examine
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DueNotice
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from workflows.states import State


def rows(session, life: StoredLife) -> set[tuple[str, str, str]]:
    session.rollback()
    found = session.scalars(select(Deadline).where(Deadline.dossier == life.id))
    return {(r.kind, r.due_on.isoformat(), r.job) for r in found}


def as_before(session, life: StoredLife, planned: int) -> None:
    """Leave the deadlines of a dossier as the release before writes them."""
    forgotten: dict[str, object] = {"job": "", "told": [], "run_at": None, "unless_sent": None, "noticed_at": None}
    session.execute(update(Deadline).where(Deadline.dossier == life.id).values(forgotten))
    session.execute(update(DossierRow).where(DossierRow.id == life.id).values(agenda="0" * 64, planned=planned))
    session.commit()


def test_what_the_release_before_wrote_is_not_swept_until_it_is_planned_again(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    planned = rows(session, life)
    as_before(session, life, planned=PLANNING)
    later = life.now + timedelta(days=400)
    due.tick(session, legal=later, machine=MACHINE)
    assert session.scalars(select(DueNotice)).all() == []
    assert plan_stale(session, life.now, set()) == 1
    assert rows(session, life) == planned
    assert plan_stale(session, life.now, set()) == 0
    assert examine(session) == ()


def test_a_dossier_marked_by_the_migration_is_planned_again_even_when_nothing_falls_due_any_more(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    other = stored_life(session, "na-2024")
    as_before(session, life, planned=0)
    as_before(session, other, planned=0)
    assert plan_stale(session, life.now + timedelta(days=3000), set()) == 2
    assert plan_stale(session, life.now, set()) == 0
    assert examine(session) == ()


def test_what_was_noticed_before_is_not_told_again(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    at = max(r.run_at for r in session.scalars(select(Deadline)) if r.kind == "silence_alert")
    due.tick(session, legal=at, machine=MACHINE)
    told = len(session.scalars(select(OutboxRow).where(OutboxRow.run.is_not(None))).all())
    noticed = len(session.scalars(select(DueNotice)).all())
    as_before(session, life, planned=0)
    assert plan_stale(session, at, set()) == 1
    assert due.tick(session, legal=at, machine=MACHINE) == due.Noticed()
    assert len(session.scalars(select(OutboxRow).where(OutboxRow.run.is_not(None))).all()) == told
    assert len(session.scalars(select(DueNotice)).all()) == noticed


def test_dossiers_are_planned_by_batches(session, monkeypatch):
    monkeypatch.setattr("backoffice.services.stale.BATCH", 2)
    lives = [stored_life(session, "na-2024") for _ in range(5)]
    for life in lives:
        as_before(session, life, planned=0)
    assert [plan_stale(session, lives[0].now, set()) for _ in range(4)] == [2, 2, 1, 0]


def test_a_dossier_that_cannot_be_planned_keeps_no_other_waiting(session, monkeypatch):
    lives = [stored_life(session, "na-2024") for _ in range(3)]
    for life in lives:
        as_before(session, life, planned=0)
    session.execute(update(DossierRow).where(DossierRow.id == lives[1].id).values(facts="{}"))
    session.commit()
    unread: set[UUID] = set()
    assert plan_stale(session, lives[0].now, unread) == 3
    assert unread == {lives[1].id}
    assert plan_stale(session, lives[0].now, unread) == 0
    assert rows(session, lives[0])
    assert all(job in {"J2", "J10"} for _, _, job in rows(session, lives[2]))
