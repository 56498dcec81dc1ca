"""`backoffice jobs`: what the machine will do by itself, and running one of its jobs by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backoffice.cli import main
from backoffice.store.base import db, writing
from backoffice.store.database import bare_app
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DueNotice, JobRun
from config.settings import from_environment
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.databases import Database
from workflows.jobs import Job
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State


@pytest.fixture
def asked(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StoredLife]:
    """An installation with a dossier of which a piece is asked for."""
    for name in ("REDIS_URL", "TEMPS_PARTAGE_LEGAL_SHIFT", "TEMPS_PARTAGE_INSECURE_COOKIES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(tmp_path))
    monkeypatch.setenv("TEMPS_PARTAGE_DEMO", "1")
    app = bare_app(from_environment(), "tests")
    with app.app_context():
        life = stored_life(db.session(), "na-2024").to(State.SUBMITTED).later(1)
        piece = life.dossier.pieces[0].key
        life.do("judge_piece", Hat.INSTRUCTOR, key=piece, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
        yield life.do("request_pieces", Hat.INSTRUCTOR, keys=(piece,), days=15)
        db.session.remove()
        db.engine.dispose()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def reminder(life: StoredLife) -> datetime:
    """The instant of the reminder of pieces."""
    found = life.session.scalars(select(Deadline.run_at).where(Deadline.kind == "pieces_reminder")).one()
    life.session.rollback()
    assert found is not None
    return found


def test_the_ten_jobs_are_listed_with_what_they_have_to_do(asked, capsys):
    code, said, _ = run(capsys, "jobs", "list")
    assert code == 0
    lines = said.splitlines()
    assert [line.split()[0] for line in lines[::2]] == [job.value for job in Job]
    assert "Pièces manquantes" in lines[6]
    assert "à faire maintenant\u00a0: 3" in lines[7]  # the machine is far past the days of that dossier


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(asked, capsys):
    at = reminder(asked)
    code, said, _ = run(capsys, "jobs", "run", "J4", "--at", at.isoformat(), "--dry-run")
    assert code == 0
    assert "1 échéance serait relevée. Rien n’est écrit." in said
    assert asked.dossier.number in said
    assert asked.session.scalars(select(DueNotice)).all() == []
    code, said, _ = run(capsys, "jobs", "run", "J4", "--at", (at - timedelta(seconds=1)).isoformat(), "--dry-run")
    assert (code, said) == (0, "J4\u00a0: rien à faire à cet instant.\n")


def test_a_job_is_run_once_and_says_who_ran_it(asked, capsys):
    at = reminder(asked).isoformat()
    code, said, _ = run(capsys, "jobs", "run", "j4", "--at", at)
    assert (code, said) == (0, "J4\u00a0: 1 échéance relevée, 1 effet.\n")
    assert run(capsys, "jobs", "run", "J4", "--at", at)[1] == "J4\u00a0: rien à faire.\n"
    (made,) = asked.session.scalars(select(JobRun)).all()
    assert (made.job, made.by, made.notices, made.effects) == ("J4", "commande", 1, 1)


def test_nothing_leaves_ahead_of_its_time_in_a_real_installation(asked, capsys, monkeypatch):
    monkeypatch.delenv("TEMPS_PARTAGE_DEMO")
    code, _, said = run(capsys, "jobs", "run", "J4", "--at", "2190-01-01T08:00+01:00")
    assert code == 1
    assert "n’est pas encore venu" in said
    assert "--dry-run" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "J11"), "Aucune tâche ne s’appelle «\u00a0J11\u00a0»"),
        (("run", "J4", "--at", "demain"), "L’instant «\u00a0demain\u00a0» ne se lit pas"),
        (("run", "J4", "--at", "2025-06-12T08:00"), "son décalage"),
        (("run", "J1", "--at", "0001-01-01T00:00+00:00"), "de 1990 à 2199"),
        (("run", "J1", "--at", "9999-12-31T23:30+00:00", "--dry-run"), "de 1990 à 2199"),
        (("due", "XX-1"), "Aucun dossier ne porte le numéro «\u00a0XX-1\u00a0»"),
    ],
)
def test_what_cannot_be_understood_is_told_with_what_to_do(asked, capsys, words, told):
    code, _, said = run(capsys, "jobs", *words)
    assert code == 1
    assert told in said


@pytest.mark.parametrize("job", Job)
@pytest.mark.parametrize("at", ["1990-01-01T00:00-23:59", "2199-12-31T23:59+23:59"])
def test_a_job_may_be_looked_at_in_the_first_and_the_last_year(asked, capsys, job, at):
    assert run(capsys, "jobs", "run", job.value, "--at", at, "--dry-run")[0] == 0


def test_what_should_have_been_done_is_said_to_be_late(asked, capsys):
    """The machine is far past the days of that dossier, and no job has seen to them."""
    said = run(capsys, "jobs", "due", asked.dossier.number)[1]
    assert "en retard\u00a0: la machine ne l’a pas encore fait" in said.partition("Proposition à l’instructeur")[2]
    for job in Job:
        run(capsys, "jobs", "run", job.value)
    assert "en retard" not in run(capsys, "jobs", "due", asked.dossier.number)[1]


def on_its_day(asked: StoredLife, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the legal clock on the day of the dossier."""
    shift = int((asked.now - datetime.now(UTC)).total_seconds())  # noqa: TID251 - the clock the command reads
    monkeypatch.setenv("TEMPS_PARTAGE_LEGAL_SHIFT", str(shift))


def test_an_accuse_de_reception_that_left_is_waited_for_no_more(asked, capsys, monkeypatch):
    on_its_day(asked, monkeypatch)
    assert "l’accusé de réception n’est pas parti" in run(capsys, "jobs", "due", asked.dossier.number)[1]
    with writing(asked.session):
        row = asked.session.query(OutboxRow.id).filter_by(dossier=asked.id, name="L2").scalar()
        left = SentMail(outbox=row, dossier=asked.id, message_id="<1@x>", recipients=[], subject="", body="")
        left.sent_at = asked.machine
        asked.session.add(left)
    assert "l’accusé de réception n’est pas parti" not in run(capsys, "jobs", "due", asked.dossier.number)[1]


def test_the_hour_in_law_is_said_where_it_is_not_that_of_the_machine(asked, capsys, monkeypatch):
    assert "horloge légale" not in run(capsys, "jobs", "list")[1]
    on_its_day(asked, monkeypatch)
    for words in (("list",), ("due", asked.dossier.number), ("run", "J4", "--dry-run")):
        said = run(capsys, "jobs", *words)[1].replace("\u00a0", " ")
        assert said.startswith("Démonstration : l’horloge légale est au 11 juin 2024 à "), words


def test_what_the_machine_will_do_for_a_dossier_says_when_to_whom_and_why(asked, capsys, monkeypatch):
    on_its_day(asked, monkeypatch)
    code, said, _ = run(capsys, "jobs", "due", asked.dossier.number)
    assert code == 0
    said = said.replace("\u00a0", " ").replace("\u202f", " ")
    assert "le 21 juin 2024, à 8 h : Rappel des pièces attendues jusqu’au 26 juin 2024" in said
    assert "au déposant" in said
    assert "valeur par défaut A33" in said
    assert "sauf si toutes les pièces arrivent avant" in said
    run(capsys, "jobs", "run", "J4", "--at", reminder(asked).isoformat())
    assert "fait le" in run(capsys, "jobs", "due", asked.dossier.number)[1]
