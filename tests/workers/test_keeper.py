"""A lease is renewed while its process works, however long that takes, and runs out when it does not."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import select

from backoffice.services import outbox
from backoffice.services.effects import deliver
from backoffice.services.leases import LONGEST, Leases
from backoffice.services.mails import Mail
from backoffice.services.outbox import LEASE
from backoffice.store.base import db
from backoffice.store.outbox import OutboxRow
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE, stored_life
from workers.keeper import Keeper, renew_once
from workflows.states import State

SECOND = timedelta(seconds=1)


def waiting(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    row = session.scalars(select(OutboxRow.id).order_by(OutboxRow.name)).first()
    session.rollback()
    return life, row


def lease_until(session, row):
    session.rollback()
    return session.scalar(select(OutboxRow.lease_until).where(OutboxRow.id == row))


def test_a_long_sending_keeps_its_row(app, session):
    life, row = waiting(session)
    time = Time(life.now)
    told = Told()
    mine = hands(time, told)
    seen: list[object] = []

    def slow(_mail: Mail) -> None:
        time.wait(LEASE - SECOND)
        with app.app_context():
            seen.append(renew_once(app, mine))
        time.wait(LEASE - SECOND)
        with app.app_context():  # another worker, meanwhile
            seen.append(outbox.claim(db.session(), row, time.machine))
            db.session.remove()

    told.before = slow
    assert deliver(session, row, mine)
    assert seen == [1, None]
    assert len(told.sent) == 1


def test_an_attempt_that_hangs_is_not_renewed_for_ever(app, session):
    _, row = waiting(session)
    claimed = outbox.claim(session, row, MACHINE)
    assert claimed is not None
    leases = Leases()
    with leases.held(claimed.lease, MACHINE):
        assert leases.renew(session, MACHINE + LEASE / 2) == 1
        assert lease_until(session, row) == MACHINE + LEASE / 2 + LEASE
        assert leases.renew(session, MACHINE + LONGEST) == 0
    assert leases.living(MACHINE) == []


def test_a_lease_that_somebody_took_over_is_not_touched(app, session):
    _, row = waiting(session)
    mine = outbox.claim(session, row, MACHINE)
    later = MACHINE + LEASE + SECOND
    theirs = outbox.claim(session, row, later)
    assert mine is not None
    assert theirs is not None
    leases = Leases()
    with leases.held(mine.lease, MACHINE):
        leases.renew(session, later + LEASE / 2)
    assert lease_until(session, row) == later + LEASE


def test_the_keeper_goes_on_after_an_error_and_stops_when_asked(app, monkeypatch):
    monkeypatch.setattr(outbox, "LEASE", timedelta(milliseconds=20))
    calls = Event()
    turns = []

    def failing(*_arguments):
        turns.append(1)
        if len(turns) > 2:
            calls.set()
        raise OSError("the database is away")

    monkeypatch.setattr("workers.keeper.renew_once", failing)
    keeper = Keeper(app, hands(Time(MACHINE), Told()))
    keeper.start()
    assert calls.wait(20)
    keeper.stop()
    assert isinstance(keeper, Thread)
    assert not keeper.is_alive()
