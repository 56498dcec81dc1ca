"""``backoffice mail``: what a mail server hands over, and what the code of the program tells it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backoffice.cli import main
from backoffice.services.incoming import hall_of, set_aside
from backoffice.store.base import db, writing
from backoffice.store.database import bare_app, migrate
from backoffice.store.mails import Bounce, SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Document
from config.settings import from_environment
from tests.backoffice.reports import KEY, REFUSED, report
from tests.backoffice.stored import MACHINE, stored_life
from workflows.states import State

LETTER = (
    b"From: Capucine Bleuet <capucine-bleuet@medecin.example>\r\nSubject: %s\r\nMessage-ID: <1@vermeil.example>\r\n"
    b"Date: Mon, 10 Jun 2024 14:20:00 +0200\r\n\r\nBonjour.\r\n"
)


@dataclass
class House:
    """An installation with one dossier, a mail of which left."""

    home: Path
    number: str
    outbox: UUID

    def rows(self, table: type[Any]) -> list[Any]:
        settings = from_environment()
        app = bare_app(settings)
        with app.app_context():
            found = list(db.session().scalars(select(table)))
            db.session.remove()
            db.engine.dispose()
            return found


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("TEMPS_PARTAGE_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("MAIL_KEY", KEY.decode())
    settings = from_environment()
    app = bare_app(settings)
    with app.app_context():
        migrate(db.engine)
        session = db.session()
        life = stored_life(session, "na-2024").to(State.SUBMITTED)
        row = session.scalars(select(OutboxRow.id).where(OutboxRow.name == "L2")).one()
        mail = SentMail(
            outbox=row,
            dossier=life.id,
            message_id=f"<{row}@temps-partage.example>",
            recipients=[REFUSED],
            subject="Dossier",
            body="",
            sent_at=MACHINE,
        )
        with writing(session):
            session.add(mail)
        db.session.remove()
        db.engine.dispose()
    return House(tmp_path, life.dossier.number, row)


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes, *arguments: str) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    return main(["mail", "receive", *arguments])


def test_an_answer_is_taken_from_the_pipe_of_a_mail_server(house, monkeypatch, capsys):
    assert piped(monkeypatch, LETTER % house.number.encode()) == 0
    assert f"Message classé dans le dossier {house.number}." in capsys.readouterr().out
    assert [document.kind for document in house.rows(Document)] == ["message"]
    assert piped(monkeypatch, LETTER % house.number.encode(), "-") == 0
    assert "déjà dans le dossier" in capsys.readouterr().out
    assert len(house.rows(Document)) == 1


def test_a_report_is_taken_from_a_file(house, tmp_path, capsys):
    file = tmp_path / "avis.eml"
    file.write_bytes(report(outbox=house.outbox))
    assert main(["mail", "receive", str(file)]) == 0
    assert "Avis de non-remise noté" in capsys.readouterr().out
    assert [bounce.address for bounce in house.rows(Bounce)] == [REFUSED]
    assert main(["mail", "trust", REFUSED]) == 0
    assert [bounce.permanent for bounce in house.rows(Bounce)] == [False]
    assert main(["mail", "trust", REFUSED]) == 1
    assert "Aucun refus n’est noté" in capsys.readouterr().err


def test_what_belongs_to_no_dossier_is_told_and_listed(house, monkeypatch, capsys):
    assert piped(monkeypatch, LETTER % b"Bonjour") == 0
    assert "Mis de côté" in capsys.readouterr().out
    assert main(["mail", "aside"]) == 0
    said = capsys.readouterr().out
    (kept,) = set_aside(hall_of(from_environment()))
    assert "1 courriel mis de côté" in said
    assert str(kept) in said


def test_what_is_no_mail_is_given_back_to_the_mail_server(house, monkeypatch, capsys):
    assert piped(monkeypatch, b"\x89PNG") == 65
    assert "ne se lit pas comme un courriel" in capsys.readouterr().err
    assert main(["mail", "receive", "nulle-part.eml"]) == 66
    assert "ne s’ouvre pas" in capsys.readouterr().err


def test_a_mail_is_kept_by_the_mail_server_while_the_database_is_away(house, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nulle?connect_timeout=1")
    assert piped(monkeypatch, LETTER % house.number.encode()) == 75
    assert "La base de données ne répond pas" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{house.home}/ailleurs.sqlite3")
    assert piped(monkeypatch, LETTER % house.number.encode()) == 75
    assert "db upgrade" in capsys.readouterr().err


def test_a_header_that_cannot_be_decoded_is_a_mail_like_another(house, monkeypatch, capsys):
    assert piped(monkeypatch, LETTER % b"=?utf-8?b?a?=") == 0
    assert "Mis de côté" in capsys.readouterr().out


def test_what_nobody_foresaw_leaves_the_mail_with_the_mail_server(house, monkeypatch, capsys, caplog):
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("violette")

    monkeypatch.setattr("backoffice.services.bounces.report_of", broken)
    assert piped(monkeypatch, LETTER % house.number.encode()) == 75
    assert "erreur inattendue" in capsys.readouterr().err
    assert "ZeroDivisionError" in caplog.text


def test_a_full_disk_is_a_reason_to_try_again(house, monkeypatch, capsys):
    (house.home / "documents").write_bytes(b"")  # a file where the folder should be
    assert piped(monkeypatch, LETTER % house.number.encode()) == 75
    assert "dossier des données" in capsys.readouterr().err
    assert house.rows(Document) == []
