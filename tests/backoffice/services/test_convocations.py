"""Each member of a session is convened once, whenever they join it, and the service knows when it is too late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services import call_jobs, committee
from backoffice.services.effects import deliver
from backoffice.services.publishing import load_version
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


def sits(session: Session, name: str, call: str = "na-2024", sitting: str = SITTING) -> UUID:
    account = Account(id=uuid4(), name=name, email=f"{name}@commission.example", role="member", region="75")
    with writing(session):
        session.add(account)
    committee.add_member(session, call, sitting, account.id)
    return account.id


def load(session: Session, *edits: tuple[str, str]) -> None:
    """Publish the call with some of its text changed."""
    text = read_text(CALLS / "na-2024.toml")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    load_version(session, text, sources=quota_sources(), by="menthe-grise", now=MACHINE)


#: Prepared twelve days before, convened eight days before.
EARLIER = ('days = { value = [10, 5], default = "J6" }', 'days = { value = [12, 8], choice = "J6", note = "Note." }')


def put_off(days: int) -> tuple[str, str]:
    """The session that many days later."""
    return "first = 2024-07-01", f"first = {FIRST + timedelta(days=days)}"


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


def test_moving_the_days_after_the_convocations_left_convenes_nobody_again(session, life):
    sits(session, "basile")
    tick(session, at(FIRST - timedelta(days=10)))
    tick(session, at(FIRST - timedelta(days=5)))
    load(session, EARLIER)
    assert tick(session, at(FIRST - timedelta(days=4))) == (0, 0)
    assert len(asked(session)) == len(asked(session, "session_prepared")) == 1
    assert asked(session, "session_late") == []


def test_a_convocation_asked_for_leaves_though_the_days_moved_meanwhile(session, life):
    sits(session, "basile")
    tick(session, at(FIRST - timedelta(days=5)))
    load(session, EARLIER)
    row = session.scalars(select(OutboxRow.id).where(OutboxRow.name == "session_convened")).one()
    mailer = Told()
    assert deliver(session, row, hands(Time(at(FIRST - timedelta(days=4))), mailer))
    (mail,) = mailer.sent
    assert [r.email for r in mail.recipients] == ["basile@commission.example"]


@pytest.mark.parametrize("days", [3, 5, 10])  # five: it is convened on the day that it was to begin
def test_a_session_put_off_is_convened_for_its_new_day_and_no_more_for_the_former(session, life, days):
    sits(session, "basile")
    tick(session, at(FIRST - timedelta(days=5)))
    (former,) = session.scalars(select(OutboxRow.id).where(OutboxRow.name == "session_convened")).all()
    load(session, put_off(days))
    now = at(FIRST + timedelta(days=days - 5))
    tick(session, now)
    tick(session, now + timedelta(minutes=1))
    rows = session.scalars(select(OutboxRow.id).where(OutboxRow.name == "session_convened")).all()
    assert len(rows) == 2
    mailer = Told()
    for row in rows:
        deliver(session, row, hands(Time(now), mailer))
    (mail,) = mailer.sent
    assert f"{former}" not in mail.message_id


def as_before(session: Session, member: UUID) -> None:
    """Leave the notices of the session as they were written when each bore the day of its mail."""
    with writing(session):
        session.execute(delete(CallNotice).where(CallNotice.kind.startswith("session")))
        session.execute(delete(CallNotice).where(CallNotice.kind == "member_convened"))
        convened = FIRST - timedelta(days=5)
        for kind, subject, on in (
            ("session_prepared", SITTING, FIRST - timedelta(days=10)),
            ("session_convened", SITTING, convened),
            ("member_convened", str(uuid5(member, SITTING)), convened),
        ):
            session.add(CallNotice(call="na-2024", kind=kind, subject=subject, due_on=on, noticed_at=at(on)))


def test_a_notice_that_bears_the_day_of_its_mail_counts_for_the_session_of_that_time(session, life):
    as_before(session, sits(session, "basile"))
    assert tick(session, at(FIRST - timedelta(days=4))) == (0, 0)
    load(session, EARLIER)
    assert tick(session, at(FIRST - timedelta(days=4), 7)) == (0, 0)
    load(session, put_off(10))
    tick(session, at(FIRST + timedelta(days=5)))
    assert len(asked(session)) == len(asked(session, "session_prepared")) == 1


def test_the_longest_ids_fit_in_the_keys(session, life):
    call, sitting = "a" * 80, "s" * 80  # as long as the database keeps them
    load(session, ('id = "na-2024"', f'id = "{call}"'), (f'id = "{SITTING}"', f'id = "{sitting}"'))
    sits(session, "basile", call, sitting)
    tick(session, at(FIRST - timedelta(days=2)))
    keys = session.scalars(select(OutboxRow.dedupe_key).where(OutboxRow.call == call)).all()
    assert len(set(keys)) == 3  # prepare, convene, too late
    assert max(map(len, keys)) <= 200
