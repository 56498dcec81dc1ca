"""Each member of a session is convened once, whenever they join it, and the service knows when it is too late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services import call_jobs, committee
from backoffice.services.effects import deliver
from backoffice.store.base import writing
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from backoffice.store.schedule import CallNotice
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from workflows.jobs import Job

SITTING = "juillet-2024"
FIRST = date(2024, 7, 1)  # NA-03: convened on 26 June at 8 h in Paris, six o’clock UTC


def at(day: date, hour: int = 6) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


@pytest.fixture
def life(session) -> StoredLife:
    found = stored_life(session, "na-2024")
    assert next(s.first for s in found.call.parameters.sessions if s.id == SITTING) == FIRST
    return found


def sits(session: Session, name: str) -> UUID:
    account = Account(id=uuid4(), name=name, email=f"{name}@commission.example", role="member", region="75")
    with writing(session):
        session.add(account)
    committee.add_member(session, "na-2024", SITTING, account.id)
    return account.id


def tick(session: Session, legal: datetime) -> tuple[int, int]:
    return call_jobs.run(session, (Job.J6,), legal=legal, machine=MACHINE, by="clock")


def asked(session: Session, name: str = "session_convened") -> list[str | None]:
    return list(session.scalars(select(OutboxRow.party).where(OutboxRow.name == name)))


def test_members_are_convened_five_days_before_each_once(session, life):
    members = {str(sits(session, name)) for name in ("basile", "cyane")}
    tick(session, at(FIRST - timedelta(days=5), 5))
    assert asked(session) == []
    tick(session, at(FIRST - timedelta(days=5)))
    tick(session, at(FIRST - timedelta(days=4)))
    assert sorted(filter(None, asked(session))) == sorted(members)
    assert asked(session, "session_late") == []
    subjects = session.scalars(select(CallNotice.subject).where(CallNotice.kind == "member_convened")).all()
    assert len(set(subjects)) == 2
    assert max(map(len, subjects)) <= 80


def test_a_member_who_joins_late_is_convened_at_the_next_tick_and_the_service_is_told(session, life):
    sits(session, "basile")
    tick(session, at(FIRST - timedelta(days=5)))
    late = sits(session, "cyane")
    now = at(FIRST - timedelta(days=2), 9)
    assert tick(session, now) == (1, 2)
    assert str(late) in asked(session)
    assert tick(session, now + timedelta(minutes=1)) == (0, 0)
    found = select(OutboxRow.id).where(OutboxRow.name == "session_late")
    (row,) = session.scalars(found).all()
    mailer = Told()
    assert deliver(session, row, hands(Time(now), mailer))
    (mail,) = mailer.sent
    assert "cyane" in mail.body
    assert "basile" not in mail.body


def test_nobody_is_convened_once_the_session_has_come(session, life):
    sits(session, "basile")
    assert tick(session, at(FIRST, 0)) == (0, 0)
    assert asked(session) == []


def test_two_late_members_make_one_word_to_the_service(session, life):
    sits(session, "basile")
    sits(session, "cyane")
    tick(session, at(FIRST - timedelta(days=1)))
    assert len(asked(session)) == 2
    assert asked(session, "session_late") == [None]


def test_a_call_loaded_after_the_day_of_the_convocations_still_convenes(session, life):
    """Whoever loads a call late has a session to hold all the same."""
    sits(session, "basile")
    tick(session, at(FIRST - timedelta(days=3)))
    assert len(asked(session)) == 1
    assert asked(session, "session_prepared") == [None]
