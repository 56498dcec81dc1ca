"""Going down from letters, money, titles and contests, and up again.

What the release before knows stays, what facts tell comes back, and letters go with the mails that carried them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.callfiles import quota_sources, read_text
from backoffice.services import committee
from backoffice.services.act import Times
from backoffice.services.doctor import examine
from backoffice.services.doctor_sent import titles_as_told
from backoffice.services.documents import Shelf
from backoffice.services.effects import deliver
from backoffice.services.facts import moved
from backoffice.services.letters import batches, sending, sessions, stages
from backoffice.services.letters.signing import decides, give_copy
from backoffice.services.publishing import load_version
from backoffice.services.redrawing import draw_stale
from backoffice.store.base import Base, db, tune, writing
from backoffice.store.contests import WaitingContest
from backoffice.store.database import bare_app, migrate, unmigrate
from backoffice.store.dossiers import DossierRow
from backoffice.store.letters import Letter
from backoffice.store.mails import SentMail
from backoffice.store.money import EnvelopeRow, MoneyFlowRow, MonthChangeRow
from backoffice.store.outbox import LETTER_MAKE, OutboxRow
from backoffice.store.people import Account
from backoffice.store.titles import TitleRequest
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.services.test_drawing import contested
from tests.backoffice.services.test_envelopes import envelopes
from tests.backoffice.store.test_migrations import keep_mail
from tests.backoffice.stored import MACHINE, agent_id, stored_life
from tests.builders import COMPLEMENTS, Hat
from tests.databases import Database
from tests.letters.office import CAPACITY, CONTACTS, Office, scan
from workflows.facts import from_plain
from workflows.shapes import dump
from workflows.states import State

TYPED = {"on": "2024-07-31", "at": "14:30", "place": "salle des Glycines"}


def publish(session: Session) -> None:
    """A call whose service writes letters, with an envelope."""
    complement = f"{read_text(COMPLEMENTS / 'na-2024.toml')}\n{CONTACTS}"
    given = envelopes(Decimal("900000.00"), binds=True)
    load_version(session, given, sources=quota_sources(), by="menthe-grise", now=MACHINE, complement=complement)


def convocation(desk: Office) -> UUID:
    """The convocation of the one member of a session, to be validated."""
    member = Account(id=uuid4(), email="thym@membre.example", name="Thym", role="member", region="75")
    known = member.id
    with writing(desk.session):
        desk.session.add(member)
        signs = update(Account).where(Account.id == agent_id(desk.life.call, "iris-pourpre"))
        desk.session.execute(signs.values(capacity=CAPACITY))
    committee.add_member(desk.session, "na-2024", "juillet-2024", known)
    call, sitting = desk.life.call, desk.life.call.parameters.sessions[0]
    due = sessions.convene(desk.session, call, sitting, desk.instructor, desk.life.times, TYPED)
    return stages.draft(desk.session, due, desk.instructor, desk.life.times)[0]


def send(desk: Office, letter: UUID) -> None:
    """Have the worker make a validated letter and send it by mail."""
    mine = hands(Time(desk.life.now), Told())
    mine = replace(mine, settings=replace(mine.settings, home=desk.shelf.folder.parent))
    batches.make_many(desk.session, [letter], "75", desk.head, desk.life.times)
    making = desk.session.scalar(select(OutboxRow.id).where(OutboxRow.kind == LETTER_MAKE, OutboxRow.done_at.is_(None)))
    assert making is not None
    assert deliver(desk.session, making, mine)
    if decides(desk.letter(letter).code):
        give_copy(desk.session, letter, scan(str(letter)), desk.head, desk.life.times, desk.shelf)
    carrying = sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    assert deliver(desk.session, carrying, mine)


def seed(session: Session, shelf: Shelf) -> None:
    """A letter of a dossier and one of a session, both mailed; a repayment whose title was asked for; a contest."""
    publish(session)
    desk = Office(stored_life(session, "na-2024").to(State.COMMITTEE), shelf)
    meeting = convocation(desk)
    stages.validate(session, meeting, desk.head, desk.life.times)
    send(desk, meeting)
    desk.life.on(desk.life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    desk.life.on(desk.life.profile.decided).do("select", Hat.HEAD)
    desk.life.on(desk.life.profile.notified).do("notify", Hat.HEAD)
    send(desk, desk.validated("L8"))
    life = stored_life(session, "na-2024").to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)
    life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD)
    life.later(1).do("request_title", Hat.INSTRUCTOR).do("contest_line", Hat.RECRUITER)
    keep_mail(session, life.id)


def rows(session: Session, *tables: type[Base]) -> list[tuple[object, ...]]:
    """Every row of some tables, in order."""
    found = []
    for table in tables:
        columns = table.__table__.columns
        found += [(table.__name__, *row) for row in session.execute(select(*columns))]
    session.rollback()
    return sorted(found, key=repr)


def test_what_letters_money_and_titles_left_goes_and_comes_back(database: Database, tmp_path: Path) -> None:
    engine = create_engine(database.url)
    tune(engine)
    drawn = (TitleRequest, EnvelopeRow, MonthChangeRow, MoneyFlowRow, WaitingContest)
    with bare_app(database.settings, "tests").app_context():
        session = db.session()
        seed(session, Shelf(tmp_path / "documents"))
        assert examine(session) == ()
        letters, mails = rows(session, Letter), session.scalar(select(func.count()).select_from(SentMail)) or 0
        known = rows(session, *drawn)
        assert len(letters) == 2
        assert {name for name, *_ in known} == {table.__name__ for table in drawn}
        db.session.remove()
        unmigrate(engine, "0006")
        with engine.connect() as connection:
            left = connection.execute(text("SELECT kind FROM outbox WHERE kind LIKE 'letter%'")).all()
            asked = connection.execute(text("SELECT count(*) FROM letter_due WHERE dossier IS NULL")).scalar_one()
            kept = connection.execute(text("SELECT count(*) FROM sent_mail")).scalar_one()
        assert (left, asked, kept) == ([], 0, mails - 2)
        migrate(engine)
        while draw_stale(session, Times(MACHINE, MACHINE), set()):
            pass
        assert rows(session, *drawn) == known
        assert examine(session) == ()
        db.session.remove()
        db.engine.dispose()
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(delete(SentMail))
    engine.dispose()


def test_a_title_that_older_facts_tell_by_their_state_is_kept_too(database: Database) -> None:
    engine = create_engine(database.url)
    tune(engine)
    with bare_app(database.settings, "tests").app_context():
        session = db.session()
        publish(session)
        life = stored_life(session, "na-2024").to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)
        life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD)
        life.later(1).do("request_title", Hat.INSTRUCTOR)
        known = rows(session, TitleRequest)
        older = [dump(replace(r, title_asked_on=None, title_amount=None)) for r in life.dossier.repayments]
        row = session.get_one(DossierRow, life.id)
        with writing(session):
            row.facts = moved(row.facts, {"repayments": older})
        assert list(titles_as_told(session, [(row, from_plain(json.loads(row.facts)))])) == []
        db.session.remove()
        unmigrate(engine, "0009")
        assert rows(session, TitleRequest) == []
        migrate(engine)
        assert rows(session, TitleRequest) == known
        row = session.get_one(DossierRow, life.id)
        assert list(titles_as_told(session, [(row, from_plain(json.loads(row.facts)))])) == []
        session.close()
        db.session.remove()
        db.engine.dispose()
    engine.dispose()


def test_the_contests_that_wait_are_drawn_from_the_facts_that_are_there(database: Database) -> None:
    engine = create_engine(database.url)
    tune(engine)
    with bare_app(database.settings, "tests").app_context():
        session = db.session()
        contested(session)
        stored_life(session, "na-2024").to(State.SUBMITTED)
        known = rows(session, WaitingContest)
        assert len(known) == 2
        db.session.remove()
        unmigrate(engine, "0011")
        migrate(engine)
        assert rows(session, WaitingContest) == known
        assert examine(session) == ()
        db.session.remove()
        db.engine.dispose()
    engine.dispose()
