"""A title is requested once for ever: a second request, two clicks or a worker that tries again change nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.services.act import Done
from backoffice.services.doctor_sent import titles_as_told
from backoffice.services.facts import moved
from backoffice.services.surroundings import titled
from backoffice.store.base import db, writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import LetterDue
from backoffice.store.titles import TitleRequest
from tests.backoffice.services.races import Turn, race
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import AGENTS, Hat
from tests.databases import Database, opened
from tests.nominal import nominal
from workflows.actors import Actor, Role
from workflows.calls.funding import Vehicle
from workflows.decide import Refused
from workflows.facts import from_plain, plain
from workflows.parts.repayment_steps import RepaymentState
from workflows.shapes import dump
from workflows.states import State


def decided(session: Session) -> StoredLife:
    """A repayment decided, whose title is to be requested."""
    life = stored_life(session, "na-2024").to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)
    return life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD).later(1)


def requests(session: Session) -> tuple[int, int]:
    """How many titles are kept as asked for, and how many letters ask for one."""
    session.expire_all()
    letters = select(func.count()).select_from(LetterDue).where(LetterDue.code == "L16")
    return session.scalar(select(func.count()).select_from(TitleRequest)) or 0, session.scalar(letters) or 0


def test_two_clicks_ask_for_one_title(session: Session) -> None:
    life = decided(session)
    first = life.ask("request_title", Hat.INSTRUCTOR, once="un-clic")
    again = life.ask("request_title", Hat.INSTRUCTOR, once="un-clic")
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (again.repeated, again.seq) == (True, first.seq)
    other = life.ask("request_title", Hat.INSTRUCTOR, once="un-autre-clic")
    assert isinstance(other, Refused)
    assert "title_already_requested" in other.codes
    assert requests(session) == (1, 1)


def test_what_goes_round_the_rules_meets_the_key(session: Session) -> None:
    """Facts that forgot the request, as a worker that read them too early would: nothing is written."""
    life = decided(session)
    before = life.dossier
    life.do("request_title", Hat.INSTRUCTOR)
    row = session.get_one(DossierRow, life.id)
    forgetful = tuple(
        replace(r, state=RepaymentState.DECIDED, title_asked_on=None) for r in from_plain(plain(before)).repayments
    )
    changes = {"repayments": [dump(r) for r in forgetful]}
    with writing(session):
        row.facts = moved(row.facts, changes)
    with pytest.raises(IntegrityError):
        life.ask("request_title", Hat.INSTRUCTOR)
    session.rollback()
    assert requests(session) == (1, 1)


def test_the_key_alone_refuses_a_second_row(session: Session) -> None:
    life = decided(session).do("request_title", Hat.INSTRUCTOR)
    known = session.scalars(select(TitleRequest)).one()
    values = {"dossier": life.id, "cause": known.cause, "entry": known.entry + 7, "asked_on": life.today}
    with pytest.raises(IntegrityError), writing(session):
        session.execute(insert(TitleRequest).values(values))
    session.rollback()
    assert requests(session) == (1, 1)


def test_the_doctor_sees_a_title_that_the_facts_do_not_tell(session: Session) -> None:
    life = decided(session).do("request_title", Hat.INSTRUCTOR)
    row = session.get_one(DossierRow, life.id)
    assert list(titles_as_told(session, [(row, life.dossier)])) == []
    with writing(session):
        session.execute(delete(TitleRequest))
    (found,) = titles_as_told(session, [(row, life.dossier)])
    assert (found.check, found.where) == ("argent", life.dossier.number)


def test_another_way_and_back_asks_for_nothing_more(session: Session) -> None:
    life = decided(session).do("request_title", Hat.INSTRUCTOR).later(1)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    assert isinstance(life.ask("request_title", Hat.INSTRUCTOR), Refused)
    assert requests(session) == (1, 1)


def test_the_number_of_a_title_is_looked_for_among_the_dossiers_of_the_agency(session: Session) -> None:
    first = decided(session).do("request_title", Hat.INSTRUCTOR)
    first.later(1).do("record_title", Hat.INSTRUCTOR, title='TR-"7%')
    second = decided(session).do("request_title", Hat.INSTRUCTOR).later(1)
    answer = second.ask("record_title", Hat.INSTRUCTOR, title=' TR-"7% ')
    assert isinstance(answer, Done)
    assert answer.decision is not None
    (told,) = (f for f in answer.decision.findings if f.code == "title_number_elsewhere")
    assert first.dossier.number in told.sentence
    row = session.get_one(DossierRow, second.id)
    assert titled(session, row, "TR-7") == ()
    assert titled(session, row, " ") == ()


class TestRace:
    """Real processes on PostgreSQL, that meet at a barrier between reading and writing."""

    @pytest.fixture
    def app(self, postgresql: Database) -> Iterator[Flask]:
        """The application on PostgreSQL."""
        yield from opened(postgresql)

    @pytest.fixture
    def session(self, app: Flask) -> Session:
        """The session of the application."""
        return db.session()

    @pytest.mark.parametrize("locks", [True, False])
    def test_of_four_people_one_asks(self, session: Session, postgresql: Database, locks: bool) -> None:
        """Even when every row lock is taken out, the key leaves one request."""
        life = decided(session)
        people = [AGENTS[Hat.INSTRUCTOR], *(Actor(Role.INSTRUCTOR, f"passiflore-{n}") for n in range(3))]
        inputs = nominal(life, "request_title")
        runners = [[Turn(life.id, "request_title", inputs, by, life.now, locks=locks)] for by in people]
        (told,) = race(postgresql.url, runners)
        assert told["done"] == 1, told
        assert told.total() == len(people)
        assert isinstance(told, Counter)
        session.rollback()
        assert requests(session) == (1, 1)
