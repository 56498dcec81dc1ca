"""Acts that wait behind the loading of a version, on PostgreSQL: each is judged and written under the version loaded.

The order is that of the locks. A third connection holds the version in force, as whoever opens a draft does: the
loading has every dossier then, and waits before it writes anything; the act comes, and waits for its dossier. A draft
that opens waits for the version: the third connection holds a quota then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import Select, create_engine, select, text
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, read_text
from backoffice.services.act import Answer, Done, Order, perform
from backoffice.services.callbook import ruling
from backoffice.services.doctor import examine
from backoffice.services.facts import view_of
from backoffice.services.opening import open_dossier
from backoffice.store.base import db, tune
from backoffice.store.calls import CallVersion, PlaceRow, QuotaRow
from backoffice.store.dossiers import DossierRow, LateAttempt
from backoffice.store.schedule import Deadline
from tests.backoffice.services.test_notified_amounts import BY_DEFAULT, CVL, SIGNED, sign
from tests.backoffice.services.test_publishing import EXTENDED, NESTED, load
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import AGENTS, COMPLEMENTS, Hat
from tests.databases import Database, opened
from workflows.account.adjusting import differences_due, standing_lines
from workflows.deadlines import add_months
from workflows.states import State

T = TypeVar("T")
SECONDS = 20
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def app(postgresql: Database) -> Iterator[Flask]:
    """The application on PostgreSQL."""
    yield from opened(postgresql)


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the application."""
    return db.session()


def until_waiting(watching: Session, number: int) -> None:
    """Return once so many connections wait for a lock."""
    last = time.monotonic() + SECONDS
    while watching.scalar(_WAITING) != number:
        assert time.monotonic() < last, f"{number} were to wait"
        watching.rollback()
        time.sleep(0.005)


def waited(url: str, first: Select[Any], loading: Callable[[Session], object], then: Callable[[Session], T]) -> T:
    """What comes of something that waits for a loading, which waits for whoever holds the rows `first`."""
    engine = create_engine(url)
    tune(engine)

    def alone(work: Callable[[Session], Any]) -> Any:
        with Session(engine) as session:
            return work(session)

    with ThreadPoolExecutor() as pool, Session(engine) as holding, Session(engine) as watching:
        holding.execute(first.with_for_update(key_share=True)).all()
        loaded = pool.submit(alone, loading)
        until_waiting(watching, 1)
        found = pool.submit(alone, then)
        until_waiting(watching, 2)
        holding.rollback()
        loaded.result(SECONDS)
        answer: T = found.result(SECONDS)
    engine.dispose()
    return answer


def behind(url: str, life: StoredLife, order: Order, loading: Callable[[Session], object]) -> Answer:
    """What an act answers that waited for its dossier while a version was loaded."""
    life.session.rollback()
    versions, times = select(CallVersion.id).where(CallVersion.call == life.dossier.call), life.times
    answer = waited(url, versions, loading, lambda other: perform(other, order, times))
    life.session.expire_all()
    return answer


def test_a_place_taken_again_behind_a_quota_counts_in_it(session: Session, postgresql: Database) -> None:
    life = stored_life(session, "na-2024").to(State.WITHDRAWN).later(3).do("close", Hat.HEAD)
    text = read_text(CALLS / "na-2024.toml") + NESTED
    order = life.order("revert", Hat.HEAD)
    answer = behind(postgresql.url, life, order, lambda other: load(other, "na-2024", text))
    assert isinstance(answer, Done), answer
    taken = session.scalars(select(PlaceRow.quota).where(PlaceRow.dossier == life.id).order_by(PlaceRow.quota))
    assert list(taken) == ["na-2024", "na-2024-dont"]
    assert examine(session) == ()


def test_the_award_behind_a_quota_takes_a_place_of_it(session: Session, postgresql: Database) -> None:
    life = stored_life(session, "na-2024").to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR).on(life.profile.decided)
    text = read_text(CALLS / "na-2024.toml") + NESTED
    order = life.order("select", Hat.HEAD)
    answer = behind(postgresql.url, life, order, lambda other: load(other, "na-2024", text))
    assert isinstance(answer, Done), answer
    assert set(session.scalars(select(PlaceRow.quota))) == {"na-2024", "na-2024-dont"}


def test_the_schedule_that_a_version_writes_is_not_undone_behind_it(session: Session, postgresql: Database) -> None:
    sign(session)
    life = stored_life(session, CVL).to(State.NOTIFIED).later(3)
    start = add_months(life.profile.start, 1)
    order = life.order("defer", Hat.DG, new_start=start, known_on=life.today, told_on=life.today)
    answer = behind(postgresql.url, life, order, lambda other: sign(other, "d"))
    assert isinstance(answer, Done), answer
    row = session.get_one(DossierRow, life.id, populate_existing=True)
    view = view_of(row)
    assert [made.act for made in view.adjustments] == ["select", "write_schedule", "defer"]
    assert [sum((d.amount for d in made.differences), Decimal(0)) for made in view.adjustments] == [
        BY_DEFAULT,
        SIGNED - BY_DEFAULT,
        Decimal(0),
    ]
    assert sum((line.amount for line in standing_lines(view)), Decimal(0)) == SIGNED
    assert differences_due(view, ruling(session, row)) == ()
    assert examine(session) == ()


def test_what_the_version_before_refused_is_done_behind_the_one_that_allows_it(
    session: Session, postgresql: Database
) -> None:
    life = stored_life(session, "na-2024")
    closing = life.call.parameters.closing.value
    assert closing is not None
    life.to(State.DRAFT)
    life.now = closing.at + timedelta(days=1)
    text = read_text(CALLS / "na-2024.toml").replace("extensions = []", EXTENDED)
    order = life.order("submit", Hat.CANDIDATE)
    answer = behind(postgresql.url, life, order, lambda other: load(other, "na-2024", text, now=life.now))
    assert isinstance(answer, Done), answer
    assert session.scalars(select(LateAttempt)).all() == []


def test_a_draft_that_opens_behind_a_version_follows_it(session: Session, postgresql: Database) -> None:
    life = stored_life(session, "na-2024")
    content, times = replace(life.opening, number="", candidate=None), life.times
    text = read_text(CALLS / "na-2024.toml").replace("extensions = []", EXTENDED)
    fewer = read_text(COMPLEMENTS / "na-2024.toml").replace("places = 12", "places = 5")
    session.rollback()
    opened = waited(
        postgresql.url,
        select(QuotaRow.id).where(QuotaRow.call == "na-2024"),
        lambda other: load(other, "na-2024", text, complement=fewer),
        lambda other: open_dossier(other, "na-2024", content, by=AGENTS[Hat.INSTRUCTOR], times=times),
    )
    session.expire_all()
    number = select(CallVersion.number).join(DossierRow, DossierRow.call_version == CallVersion.id)
    assert session.scalar(number.where(DossierRow.id == opened.id)) == 2
    reminders = select(Deadline.due_on).where(Deadline.dossier == opened.id, Deadline.kind == "draft_reminder")
    assert [str(day) for day in session.scalars(reminders.order_by(Deadline.due_on))] == [
        "2024-06-13",
        "2024-06-21",
        "2024-06-26",
    ]
    assert opened.view.number == "NA-2024-0002"
