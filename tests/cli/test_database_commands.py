"""`backoffice db upgrade`, `calls load` and `doctor`: what they say, in French, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from backoffice.callfiles import find_call, read_text
from backoffice.cli import main
from backoffice.store.base import db
from backoffice.store.calls import CallVersion
from backoffice.store.database import bare_app
from config.settings import from_environment
from tests.backoffice.stored import stored_life
from tests.builders import COMPLEMENTS
from tests.databases import Database
from workflows.french import typography
from workflows.states import State


@pytest.fixture
def installed(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """An installation whose database is up to date."""
    for name in ("REDIS_URL", "TEMPS_PARTAGE_DEMO", "TEMPS_PARTAGE_LEGAL_SHIFT", "TEMPS_PARTAGE_INSECURE_COOKIES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(tmp_path))
    return database


@pytest.fixture
def empty(installed: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation that was never upgraded, on its own machine."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(tmp_path / "neuf"))


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def versions() -> list[tuple[str, int]]:
    app = bare_app(from_environment(), "tests")
    with app.app_context():
        found = [(v.call, v.number) for v in db.session.scalars(select(CallVersion).order_by(CallVersion.loaded_at))]
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_new_installation_is_brought_up_to_date_then_stays_so(empty, capsys, tmp_path):
    for command in (("doctor",), ("calls", "load", "na-2024")):
        code, _, said = run(capsys, *command)
        assert code == 1
        assert "n’existe pas encore" in said
        assert "backoffice db upgrade" in said
        assert not (tmp_path / "neuf").exists()  # looking makes nothing
    assert run(capsys, "db", "upgrade") == (0, "La base est à la dernière version.\n", "")
    assert run(capsys, "db", "upgrade") == (0, "La base est déjà à la dernière version.\n", "")
    assert run(capsys, "doctor")[0] == 0


def test_calls_are_loaded_once_each(installed, capsys):
    code, said, _ = run(capsys, "calls", "load", "na-2024", "idf-2025")
    assert code == 0
    assert said.count("version n° 1 chargée") == 2
    code, said, _ = run(capsys, "calls", "load", "na-2024")
    assert code == 0
    assert "rien n’a changé" in said
    assert sorted(versions()) == [("idf-2025", 1), ("na-2024", 1)]


def test_a_call_is_loaded_with_its_complement(installed, capsys):
    complement = str(COMPLEMENTS / "na-2024.toml")
    assert run(capsys, "calls", "load", "na-2024", "--with", complement)[0] == 0
    assert run(capsys, "calls", "load", "na-2024", "--remove")[0] == 0
    assert versions() == [("na-2024", 1), ("na-2024", 2)]


def test_a_version_tells_what_it_brings_and_loses_nothing_unless_it_is_meant(installed, capsys, tmp_path):
    envelope = """
[[parameters.budget.envelopes]]
year = 2025
since = 2025-01-13
amount = { value = "35000.00", choice = "A25", note = "Décision du 13 janvier 2025." }
"""
    text = read_text(find_call("na-2024"))
    named, rich = tmp_path / "named.toml", tmp_path / "rich.toml"
    named.write_text(text.replace("Postes de la campagne 2024", "Postes de 2024"), "utf-8")
    rich.write_text(text + envelope, "utf-8")
    assert "ajouté" not in run(capsys, "calls", "load", "na-2024")[1]
    code, said, _ = run(capsys, "calls", "load", str(rich))
    assert code == 0
    assert typography("  ajouté : parameters.budget.envelopes.2025 (2025-01-13) : 35000.00") in said
    code, _, told = run(capsys, "calls", "load", str(named))
    assert code == 1
    assert "parameters.budget.envelopes.2025 (2025-01-13)" in told
    assert "--remove" in told
    assert versions() == [("na-2024", 1), ("na-2024", 2)]
    code, said, _ = run(capsys, "calls", "load", str(named), "--remove")
    assert code == 0
    assert typography("  retiré : parameters.budget.envelopes.2025 (2025-01-13) : 35000.00") in said
    changed = "  changé : parameters.quotas.na-2024.label : Postes de la campagne 2024 devient Postes de 2024"
    assert typography(changed) in said


def test_one_complement_is_not_for_several_calls(installed, capsys):
    code, _, said = run(capsys, "calls", "load", "na-2024", "idf-2025", "--with", "x.toml")
    assert code == 1
    assert "un par un" in said
    assert versions() == []


def test_a_wrong_file_is_refused_with_its_mistakes_and_the_others_are_loaded(installed, capsys, tmp_path):
    wrong = tmp_path / "faux.toml"
    wrong.write_text("schema = 1\n[authority]\nname = 3\n", "utf-8")
    code, said, told = run(capsys, "calls", "load", str(wrong), "na-2024", "na-2023")
    assert code == 1
    assert "rien n’est chargé" in told
    assert told.count("\n  - ") >= 2
    assert "na-2023" in told
    assert "version n°" in said
    assert versions() == [("na-2024", 1)]


def test_a_call_that_is_not_ready_is_refused_with_its_reasons(installed, capsys, tmp_path):
    early = tmp_path / "prolonge.toml"
    closing = '{ day = 2100-06-28, bound = "au plus tard le", zone = "Europe/Paris", wording = "28 juin 2100" }'
    decided = 'decided_on = 2100-05-02, decided_by = "la directrice", reason = "panne"'
    text = read_text(find_call("na-2024"))
    early.write_text(text.replace("extensions = []", f"extensions = [{{ closing = {closing}, {decided} }}]"), "utf-8")
    code, _, told = run(capsys, "calls", "load", str(early))
    assert code == 1
    assert typography("La prolongation décidée le 2\u00a0mai\u00a02100 ne vaut pas encore") in told
    assert versions() == []


def seed() -> str:
    app = bare_app(from_environment(), "tests")
    with app.app_context():
        number = stored_life(db.session(), "na-2024").to(State.SUBMITTED).dossier.number
        db.session.remove()
        db.engine.dispose()
    return number


def test_the_doctor_is_pleased_with_a_sound_database(installed, capsys):
    seed()
    assert run(capsys, "doctor") == (0, typography("Tout est en ordre : 1 dossier, aucune anomalie.\n"), "")


def change(installed: Database, statement: str) -> None:
    """Somebody writes into the database behind our back."""
    engine = create_engine(installed.url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_the_doctor_answers_a_machine_in_json(installed, capsys):
    number = seed()
    code, said, _ = run(capsys, "doctor", "--json")
    assert (code, json.loads(said)) == (0, {"sound": True, "dossiers": 1, "wrong": [], "to_see": []})
    change(installed, "UPDATE dossier SET rank = 4")
    code, said, _ = run(capsys, "doctor", "--json")
    assert (code, json.loads(said)["sound"]) == (1, False)
    assert [(found["check"], found["where"]) for found in json.loads(said)["wrong"]] == [("colonnes", number)]


def test_the_doctor_of_a_running_installation_says_what_nobody_carries_out(installed, capsys):
    seed()
    code, said, _ = run(capsys, "doctor", "--live")
    assert code == 1
    assert "attente" in said
    change(installed, "UPDATE outbox SET done_at = next_attempt_at")
    assert run(capsys, "doctor", "--live")[0] == 0


def test_the_doctor_lists_what_waits_for_a_person_and_is_pleased(installed, capsys):
    seed()
    gives_up = "UPDATE outbox SET dead_at = next_attempt_at, last_error = '550 non' WHERE name = 'L1'"
    change(installed, gives_up)
    code, said, _ = run(capsys, "doctor")
    assert code == 0
    assert "abandonné" in said
    assert "550 non" in said


def test_the_doctor_fails_when_nobody_can_carry_a_dossier_further(installed, capsys, monkeypatch):
    number = seed()
    change(installed, "DELETE FROM deadline")
    assert "sans suite" not in run(capsys, "doctor")[1]
    monkeypatch.setattr("backoffice.services.doctor_now.may_go_on", lambda *_arguments: False)
    code, said, _ = run(capsys, "doctor")
    assert code == 1
    assert typography(f"sans suite, {number} : aucune échéance à venir") in said


def test_the_doctor_names_what_is_wrong_and_fails(installed, capsys):
    number = seed()
    change(installed, "UPDATE dossier SET rank = 4")
    code, said, _ = run(capsys, "doctor")
    assert code == 1
    assert said.splitlines() == [
        typography("1 anomalie sur 1 dossier :"),
        typography(f"  - colonnes, {number} : la colonne rank ne suit pas les faits"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/base", "ne répond pas"),
        ("DATABASE_URL", "base de données", "DATABASE_URL"),
        ("TEMPS_PARTAGE_DEMO", "oui", "vaut 0 ou 1"),
        ("TEMPS_PARTAGE_LEGAL_SHIFT", "60", "démonstration"),
    ],
)
def test_an_installation_that_cannot_work_says_why_in_one_sentence(installed, capsys, monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    code, said, told = run(capsys, "doctor")
    assert (code, said) == (1, "")
    assert words in told
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1
