"""`backoffice outbox`: what it lists, what it has tried again, when it fails; in French, and nothing personal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.cli import main
from backoffice.services.clocks import machine_now
from backoffice.store.base import db, writing
from backoffice.store.outbox import OutboxRow
from tests.backoffice.stored import stored_life
from tests.databases import Database
from workflows.states import State

MINUTE = timedelta(minutes=1)
REFUSED = "Le serveur de courriel refuse l’envoi (550 5.1.1 <capucine@bleuet.example>: inconnu)."


@pytest.fixture
def installed(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An installation whose database is up to date."""
    for name in ("REDIS_URL", "TEMPS_PARTAGE_DEMO", "TEMPS_PARTAGE_LEGAL_SHIFT", "TEMPS_PARTAGE_LATE_MINUTES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(database.home))
    return database


@pytest.fixture
def rows(installed: Database, session: Session) -> list[UUID]:
    """The two mails of a filed dossier, due just now, by name."""
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    wanted = select(OutboxRow.id).where(OutboxRow.dossier == life.id).order_by(OutboxRow.name)
    found = list(session.scalars(wanted))
    put(session, *found, next_attempt_at=machine_now())
    return found


def put(session: Session, *rows: UUID, **values: Any) -> None:
    with writing(session):
        session.execute(update(OutboxRow).where(OutboxRow.id.in_(rows)).values(**values))
    db.session.remove()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit code and what is said, every space plain."""
    code = main(["outbox", *words])
    told = capsys.readouterr()
    said = told.out + told.err
    for space in ("\u00a0", "\u202f"):
        said = said.replace(space, " ")
    return code, said


def dead(session: Session, *rows: UUID) -> None:
    put(session, *rows, dead_at=machine_now() - 60 * MINUTE, attempts=7, last_error=REFUSED)


def state_of(session: Session, row: UUID) -> OutboxRow:
    session.rollback()
    session.expire_all()
    return session.get_one(OutboxRow, row)


def test_the_list_names_what_waits_and_nobody(rows, session, capsys):
    dead(session, rows[0])
    code, said = run(capsys, "list")
    assert code == 0
    assert [line.split("  ")[0] for line in said.splitlines() if not line.startswith(" ")] == [str(r) for r in rows]
    assert "abandonné  Accusé d’enregistrement, au déposant (NA-2024-0001)" in said
    assert "attend     Accusé de réception" in said
    assert "Le serveur de courriel refuse l’envoi (550 5.1.1)." in said
    assert "capucine" not in said


def test_the_list_is_narrowed(rows, session, capsys):
    dead(session, rows[0])
    assert str(rows[1]) not in run(capsys, "list", "--state", "dead")[1]
    assert str(rows[0]) not in run(capsys, "list", "--state", "due", "--state", "later")[1]
    assert run(capsys, "list", "--kind", "renewal") == (0, "Aucun effet ne correspond.\n")
    older = run(capsys, "list", "--older", "10min")[1]
    assert (str(rows[0]) in older, str(rows[1]) in older) == (True, False)
    assert run(capsys, "list", "--older", "2h") == (0, "Aucun effet ne correspond.\n")
    assert "et d’autres" in run(capsys, "list", "--limit", "1")[1]


def test_a_row_is_tried_again_once(rows, session, capsys):
    dead(session, *rows)
    assert run(capsys, "retry", str(rows[0])) == (0, "1 effet repart.\n")
    assert state_of(session, rows[0]).dead_at is None
    assert state_of(session, rows[1]).dead_at is not None
    assert run(capsys, "retry", str(rows[0])) == (0, "Rien n’a été relancé ; 1 ligne n’était plus à relancer.\n")


def test_all_of_them_or_all_of_a_kind(rows, session, capsys):
    dead(session, *rows)
    assert run(capsys, "retry", "--all", "--kind", "act") == (0, "Rien n’a été relancé.\n")
    assert run(capsys, "retry", "--all") == (0, "2 effets repartent.\n")
    assert [state_of(session, row).dead_at for row in rows] == [None, None]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Donnez des identifiants, ou --all"),
        (("--all", "x"), "Donnez des identifiants, ou --all"),
        (("--kind", "mail"), "Donnez des identifiants, ou --all"),
        (("rien",), "Un identifiant ne se lit pas"),
        ((str(uuid4()),), "Aucun effet n’a cet identifiant"),
    ],
)
def test_a_demand_that_makes_no_sense(rows, capsys, words, said):
    code, told = run(capsys, "retry", *words)
    assert code == 1
    assert said in told


def test_the_check_fails_when_something_was_given_up_or_waits_too_long(rows, session, capsys, monkeypatch):
    assert run(capsys, "check") == (0, "Tout part : 2 effets à faire maintenant, aucun abandonné.\n")
    put(session, rows[0], next_attempt_at=machine_now() - 6 * MINUTE)
    assert run(capsys, "check") == (1, "Le plus ancien effet à faire attend depuis 6 minutes.\n")
    monkeypatch.setenv("TEMPS_PARTAGE_LATE_MINUTES", "10")
    assert run(capsys, "check")[0] == 0
    dead(session, rows[0])
    code, said = run(capsys, "check")
    assert (code, said.splitlines()) == (
        1,
        ["1 effet abandonné attend une personne : « backoffice outbox list --state dead »."],
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--older", "dix minutes"),
        ("--older", "999999j"),
        ("--limit", "99999999999999999999"),
        ("--limit", "0"),
        ("--limit", "-3"),
    ],
)
def test_a_wrong_span_or_number_is_told_in_french(rows, capsys, option, value):
    with pytest.raises(SystemExit) as stopped:
        main(["outbox", "list", f"{option}={value}"])
    assert stopped.value.code == 2
    assert f"{option}\u00a0: valeur incorrecte" in capsys.readouterr().err


def test_the_longest_span_and_the_largest_number_are_taken(rows, capsys):
    assert run(capsys, "list", "--older", "36500j", "--limit", "100000") == (0, "Aucun effet ne correspond.\n")
