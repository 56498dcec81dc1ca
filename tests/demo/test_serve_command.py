"""What `backoffice serve` and `backoffice demo` answer when they cannot begin: why, and what to do."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from backoffice.cli import main
from tests.databases import Cluster
from tests.demo.served import HOST, free_port


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting but a folder of one’s own, and what mails need."""
    for name in ("DATABASE_URL", "REDIS_URL", "TEMPS_PARTAGE_DEMO", "TEMPS_PARTAGE_LEGAL_SHIFT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MAIL_FROM", "bureau@ars.example")
    monkeypatch.setenv("PUBLIC_URL", "https://temps-partage.example")
    monkeypatch.setenv("SMTP_URL", f"smtp://{HOST}:{free_port()}")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that cannot begin says, every space plain; it ends with 1."""
    assert main(list(arguments)) == 1
    return " ".join(capsys.readouterr().out.split())


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "Choisissez un autre port avec --port." in said(capsys, "serve", "--port", port)


def test_fresh_is_for_the_demonstration_only(capsys: pytest.CaptureFixture[str]):
    assert "ajoutez --demo" in said(capsys, "serve", "--fresh", "--port", str(free_port()))


def test_a_database_that_does_not_answer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@{HOST}:{free_port()}/rien")
    assert "La base de données ne répond pas" in said(capsys, "serve", "--port", str(free_port()))


def test_a_server_database_is_upgraded_by_its_own_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cluster: Cluster
):
    name = f"bare-{free_port()}"
    cluster.execute("CREATE DATABASE {name} TEMPLATE template0", name=name)
    try:
        monkeypatch.setenv("DATABASE_URL", cluster.url_of(name))
        assert "backoffice db upgrade" in said(capsys, "serve", "--port", str(free_port()))
    finally:
        cluster.execute("DROP DATABASE {name} WITH (FORCE)", name=name)


@pytest.mark.parametrize("name", ["MAIL_FROM", "PUBLIC_URL", "SMTP_URL"])
def test_a_real_installation_says_where_its_mails_come_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.delenv(name)
    assert f"Il manque des réglages : {name}." in said(capsys, "serve", "--port", str(free_port()))


def test_a_shifted_clock_outside_the_demonstration(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TEMPS_PARTAGE_LEGAL_SHIFT", "3600")
    assert "qu’en démonstration" in said(capsys, "serve", "--port", str(free_port()))


def test_a_folder_that_holds_something_else(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "notes.txt").write_text("à garder")
    assert "autre chose qu’une démonstration" in said(capsys, "demo")
    assert "autre chose qu’une démonstration" in said(capsys, "serve", "--demo", "--port", str(free_port()))
