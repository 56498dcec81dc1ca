"""Types and transactions: instants keep their instant, texts their text, and a write starts from what is stored."""

from __future__ import annotations

import re
import sqlite3
import traceback
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from backoffice.store.base import canonical, tune, writing
from backoffice.store.dossiers import JournalEntry
from backoffice.store.people import Account, Person
from backoffice.store.schedule import ClockSlot
from config.settings import SettingsError, for_service, from_environment
from tests.backoffice.stored import MACHINE, stored_life

RUN = timezone(timedelta(hours=4))


def slot(job: str, at: datetime) -> ClockSlot:
    return ClockSlot(job=job, slot=at, taken_at=at)


def test_an_instant_comes_back_in_utc_whatever_its_offset(session):
    at = datetime(2024, 6, 15, 1, 59, 59, 123456, tzinfo=RUN)
    with writing(session):
        session.add(slot("a", at))
    session.expire_all()
    read = session.scalars(select(ClockSlot)).one()
    assert read.slot == at
    assert read.slot.tzinfo is UTC
    assert read.slot.isoformat() == "2024-06-14T21:59:59.123456+00:00"


def test_instants_are_compared_as_instants(session):
    with writing(session):
        session.add(slot("a", datetime(2024, 6, 15, 1, 0, tzinfo=RUN)))
    before = select(ClockSlot).where(ClockSlot.slot < datetime(2024, 6, 14, 21, 30, tzinfo=UTC))
    after = select(ClockSlot).where(ClockSlot.slot > datetime(2024, 6, 14, 21, 30, tzinfo=UTC))
    assert len(session.scalars(before).all()) == 1
    assert session.scalars(after).all() == []


def test_a_naive_instant_is_refused(session):
    naive = datetime(2024, 6, 15, 1, 0)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="naive"), writing(session):
        session.add(slot("a", naive))


def test_json_is_kept_as_the_very_text_that_is_hashed(session):
    stored_life(session, "na-2024")
    stored = session.execute(text("SELECT changes FROM journal")).scalar_one()
    assert stored == canonical(session.scalars(select(JournalEntry)).one().changes)
    assert canonical({"é": [1, None], "a": "«\u00a0»"}) == '{"a":"«\u00a0»","é":[1,null]}'


def interrupted(session: Session) -> None:
    with writing(session):
        session.add(slot("a", MACHINE))
        session.flush()
        raise ZeroDivisionError


def test_a_write_that_fails_leaves_nothing_and_a_session_that_works(session):
    with pytest.raises(ZeroDivisionError):
        interrupted(session)
    assert session.scalars(select(ClockSlot)).all() == []


def test_a_write_sees_what_others_wrote_since_the_session_last_looked(session):
    person = Person(id=uuid4(), family_name="Bleuet", given_name="Capucine")
    with writing(session):
        session.add(person)
    with Session(session.get_bind()) as other:
        other.execute(update(Person).values(family_name="Vermeil"))
        other.commit()
    assert person.family_name == "Bleuet"
    with writing(session):
        assert session.get_one(Person, person.id).family_name == "Vermeil"


# SQLite.


@pytest.fixture
def engine(sqlite):
    made = create_engine(sqlite.url)
    tune(made)
    yield made
    made.dispose()


def test_sqlite_is_set_up_for_safety(engine):
    with engine.connect() as connection:
        pragma = {n: connection.execute(text(f"PRAGMA {n}")).scalar_one() for n in ("journal_mode", "foreign_keys")}
        waits = connection.execute(text("PRAGMA busy_timeout")).scalar_one()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    assert pragma == {"journal_mode": "wal", "foreign_keys": 1}
    assert waits == 5000
    assert synchronous == 2


def test_readers_do_not_wait_for_a_writer_on_sqlite(engine):
    with Session(engine) as writer, Session(engine) as reader, writing(writer):
        writer.add(slot("a", MACHINE))
        writer.flush()
        assert reader.scalars(select(ClockSlot)).all() == []


def test_a_writer_takes_its_turn_before_it_reads_on_sqlite(engine, sqlite):
    path = Path(sqlite.url.removeprefix("sqlite:///"))
    with Session(engine) as writer, writing(writer):
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_writer_that_waits_too_long_gives_up_on_sqlite(engine, sqlite):
    other = sqlite3.connect(sqlite.url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout = 1"))
    with pytest.raises(OperationalError, match="locked"), Session(engine) as writer, writing(writer):
        writer.add(slot("a", MACHINE))
    other.close()


# PostgreSQL.


def test_postgresql_never_waits_for_ever(postgresql):
    engine = create_engine(postgresql.url)
    tune(engine)
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with engine.connect() as connection:
        found = [connection.execute(text(f"SHOW {name}")).scalar_one() for name in names]
    engine.dispose()
    assert found == ["10s", "5s", "1min"]


# Settings.


def test_without_settings_everything_is_in_one_folder(tmp_path):
    settings = from_environment({"TEMPS_PARTAGE_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/temps-partage.sqlite3"
    assert settings.redis_url is None


@pytest.mark.parametrize("prefix", ["postgresql://", "postgres://", "postgresql+psycopg://"])
def test_an_address_of_postgresql_is_read_with_our_driver(prefix):
    settings = from_environment({"DATABASE_URL": f"{prefix}u@h/base"})
    assert settings.database_url == "postgresql+psycopg://u@h/base"


@pytest.mark.parametrize(
    "environment",
    [
        {"TEMPS_PARTAGE_DEMO": "oui"},
        {"TEMPS_PARTAGE_LEGAL_SHIFT": "3600"},
        {"TEMPS_PARTAGE_DEMO": "1", "TEMPS_PARTAGE_LEGAL_SHIFT": "demain"},
        {"TEMPS_PARTAGE_INSECURE_COOKIES": "1"},
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_french(environment):
    with pytest.raises(SettingsError, match=r"[a-zé]+"):
        from_environment(environment)


def test_a_real_installation_does_not_begin_on_the_settings_of_an_example():
    given = {
        "MAIL_FROM": "assistants@ars.example",
        "PUBLIC_URL": "https://postes.ars.example/",
        "SMTP_URL": "smtps://relais.ars.example",
    }
    settings = for_service(given)
    assert (settings.mail_from, settings.public_url) == ("assistants@ars.example", "https://postes.ars.example")
    for name in given:
        with pytest.raises(SettingsError, match=name):
            for_service({n: value for n, value in given.items() if n != name})
    assert for_service({"TEMPS_PARTAGE_DEMO": "1"}).demo


# Errors.


@pytest.mark.parametrize(
    "damage",
    [
        {"email": "anis@vermeil.example"},  # somebody else has it
        {"role": "vermeil"},  # a check refuses it
        {"name": None},  # it is needed
    ],
    ids=["unique", "check", "null"],
)
def test_an_error_of_the_database_says_nothing_of_the_people_it_was_about(session, damage):
    whole = {"email": "capucine@bleuet.example", "name": "Capucine Bleuet", "role": "admin"}
    with writing(session):
        session.add(Account(id=uuid4(), **whole | {"email": "anis@vermeil.example"}))
    with pytest.raises(IntegrityError) as caught, writing(session):
        session.add(Account(id=uuid4(), **whole | damage))
    told = "".join(traceback.format_exception(caught.value))
    assert "constraint" in told
    assert not {"Capucine", "Bleuet", "bleuet.example", "vermeil"} & set(re.findall(r"[\w.]+", told))
