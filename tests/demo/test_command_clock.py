"""The command line on a demonstration: on the clock of its pages, or on none."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backoffice.cli import main
from backoffice.services import due
from backoffice.services.clocks import clocks_of
from backoffice.services.demo.build import TODAY
from backoffice.services.demo.home import DATABASE, FILE, Demo
from backoffice.store.base import db
from backoffice.store.database import bare_app, migrate
from backoffice.store.schedule import DueNotice, JobRun
from backoffice.web.app import create_app
from config.settings import Settings, SettingsError, from_environment
from tests.demo.conftest import settings_of
from tests.demo.served import free_port
from workflows.jobs import Job


@pytest.fixture
def home(prepared: tuple[Settings, Demo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the folder of the demonstration, named by the environment and nothing else."""
    for name in ("DATABASE_URL", "REDIS_URL", "TEMPS_PARTAGE_DEMO", "TEMPS_PARTAGE_LEGAL_SHIFT"):
        monkeypatch.delenv(name, raising=False)
    copy = tmp_path / "demo"
    shutil.copytree(prepared[0].home, copy)
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(copy))
    return copy


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(list(words)) == code
    told = capsys.readouterr()
    return (told.out + told.err).replace("\u00a0", " ").replace("\u202f", " ")


def notices(home: Path) -> list[tuple[str, date]]:
    with bare_app(settings_of(home), "tests.demo.clock").app_context():
        found = [(kind, on) for kind, on in db.session.execute(select(DueNotice.kind, DueNotice.due_on))]
        db.session.remove()
        db.engine.dispose()
    return found


def test_what_a_job_has_to_do_is_counted_on_the_day_of_the_demonstration(home, capsys):
    told = said(capsys, "jobs", "list")
    assert told.startswith("Démonstration : l’horloge légale est au 12 juin 2025 à ")
    with bare_app(settings_of(home), "tests.demo.clock").app_context():
        here, there = (
            sum(f.number for f in due.foreseen(db.session(), Job.J5, at)) for at in (TODAY, TODAY + timedelta(days=528))
        )
        db.session.remove()
        db.engine.dispose()
    j5 = re.search(r"J5 .*\n +à faire maintenant : (\d+)", told)
    assert j5 is not None
    assert int(j5[1]) == here < there


def test_a_job_run_by_hand_sees_to_nothing_that_is_not_due_yet(home, capsys):
    before = notices(home)
    for job in Job:
        said(capsys, "jobs", "run", job.value)
    assert all(on <= TODAY.date() for _, on in notices(home))
    assert len(notices(home)) >= len(before)
    assert "n’est pas encore venu : on est au 12 juin 2025" in said(
        capsys, "jobs", "run", "J4", "--at", "2025-06-18T08:00+02:00", code=1
    )
    assert all(on <= TODAY.date() for _, on in notices(home))
    with bare_app(settings_of(home), "tests.demo.clock").app_context():
        by_hand = db.session.scalars(select(JobRun.at).where(JobRun.by == "commande")).all()
        db.session.remove()
        db.engine.dispose()
    assert all(timedelta(0) <= at - TODAY < timedelta(hours=2) for at in by_hand)


def test_the_pages_and_the_commands_take_their_clock_from_the_folder(home):
    kept = clocks_of(from_environment()).shift
    assert kept < timedelta(days=-1)
    assert create_app(replace(settings_of(home), demo=True)).extensions["clocks"].shift == kept


def test_an_environment_that_says_another_hour_is_refused(home):
    with pytest.raises(SettingsError, match="contredit"):
        clocks_of(replace(from_environment(), legal_shift=timedelta(days=3)))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"legal_shift": "x"}', '{"legal_shift": 1e300}'])
def test_a_clock_that_cannot_be_read_stops_the_command(home, capsys, text):
    (home / FILE).write_text(text)
    assert "--fresh" in said(capsys, "jobs", "run", "J4", code=1)


@pytest.mark.parametrize(
    "words", [("jobs", "list"), ("jobs", "run", "J4"), ("doctor",), ("outbox", "list"), ("calls", "load", "na-2024")]
)
def test_a_demonstration_without_its_folder_is_left_alone(home, capsys, monkeypatch, tmp_path, words):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{home / DATABASE}")
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(tmp_path / "elsewhere"))
    before = notices(home)
    assert "La base contient une démonstration" in said(capsys, *words, code=1)
    assert notices(home) == before


def test_a_real_database_is_never_worked_on_at_the_hour_of_a_demonstration(home, capsys, monkeypatch, tmp_path):
    real = f"sqlite:///{tmp_path / 'real.sqlite3'}"
    with bare_app(replace(settings_of(home), database_url=real), "tests.demo.clock").app_context():
        migrate(db.engine)
        db.engine.dispose()
    monkeypatch.setenv("DATABASE_URL", real)
    assert "la base n’en contient pas" in said(capsys, "jobs", "run", "J4", code=1)


def test_the_doctor_finds_the_demonstration_sound_on_its_own_day(home, capsys):
    assert "Tout est en ordre" in said(capsys, "doctor")


def test_the_folder_of_a_demonstration_is_not_served_as_an_installation(home, capsys, monkeypatch):
    for name, value in (("MAIL_FROM", "a@b.example"), ("PUBLIC_URL", "https://x.example"), ("SMTP_URL", "dry:")):
        monkeypatch.setenv(name, value)
    assert "ajoutez --demo" in said(capsys, "serve", "--port", str(free_port()), code=1)
