"""The folder of a demonstration: built once, whole or not at all, and the shift of its legal clock."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, exists, func, select
from sqlalchemy.orm import Session

from backoffice.services.clocks import DEMO_FILE, machine_now
from backoffice.services.demo.build import TODAY, build
from backoffice.services.demo.director import Told
from backoffice.services.demo.people import DOMAIN
from backoffice.store.base import db
from backoffice.store.database import bare_app, migrate
from backoffice.store.dossiers import DossierRow
from backoffice.store.people import Account
from config.settings import Settings

FILE = DEMO_FILE
DATABASE = "temps-partage.sqlite3"


class NotADemoError(RuntimeError):
    """The folder or the database holds something else than a demonstration."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demonstration that is ready. `shift`: how far its legal clock is from the machine’s; it goes on from there."""

    shift: timedelta
    dossiers: tuple[Told, ...]


def existing(home: Path) -> Demo | None:
    """The demonstration of a folder, if there is one. Raises NotADemoError when its file cannot be read."""
    path = home / FILE
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text("utf-8"))
        told = tuple(Told(**dossier) for dossier in kept["dossiers"])
        return Demo(timedelta(seconds=kept["legal_shift"]), told)
    except (ValueError, KeyError, TypeError) as error:
        raise NotADemoError(f"Le fichier {path} ne se lit pas : refaites la démonstration avec --fresh.") from error


def is_invented(session: Session) -> bool:
    """True when a database holds a demonstration: nobody real has a mailbox in its domain (RFC 2606)."""
    return bool(session.scalar(select(exists().where(Account.email.like(f"%@{DOMAIN}")))))


def prepare(settings: Settings, *, fresh: bool = False) -> Demo:
    """The demonstration of the folder of the settings, built when there is none, or anew when `fresh`.

    Raises NotADemoError when the folder, or the database, holds something else.
    """
    home = settings.home
    known = (home / FILE).exists()
    if known and not fresh:
        found = existing(home)
        if found is not None:
            return found
    if home.exists() and any(home.iterdir()) and not known:
        raise NotADemoError(f"Le dossier {home} contient autre chose qu’une démonstration : choisissez-en un autre.")
    draft = home.with_name(f"{home.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    demo = _built(_drafted(settings, draft))
    (draft / FILE).write_text(_text(demo), "utf-8")
    if home.exists():
        shutil.rmtree(home)
    draft.rename(home)
    return demo


def _drafted(settings: Settings, draft: Path) -> Settings:
    """The settings of the building: the same, in the folder under construction."""
    embedded = settings.database_url == f"sqlite:///{settings.home / DATABASE}"
    url = f"sqlite:///{draft / DATABASE}" if embedded else settings.database_url
    return replace(settings, home=draft, database_url=url)


def _built(settings: Settings) -> Demo:
    app = bare_app(settings, "backoffice.demo")
    with app.app_context(), _hurried(app):
        migrate(db.engine)
        session = db.session()
        if session.scalar(select(func.count()).select_from(DossierRow)):
            raise NotADemoError("La base contient déjà des dossiers : la démonstration demande une base vide.")
        told = build(session, settings).dossiers
    # whole seconds, rounded so that the clock never begins before the last act told
    return Demo(timedelta(seconds=ceil((TODAY - machine_now()).total_seconds())), told)


@contextmanager
def _hurried(app: Flask) -> Iterator[None]:
    """Let SQLite write without waiting for the disk: a building that is cut short is thrown away."""

    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    with app.app_context():
        engine = db.engine
    engine.dispose()
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurry)
    try:
        yield
    finally:
        db.session.remove()
        engine.dispose()


def _text(demo: Demo) -> str:
    kept = {
        "legal_shift": int(demo.shift.total_seconds()),
        "dossiers": [asdict(dossier) for dossier in demo.dossiers],
    }
    return json.dumps(kept, ensure_ascii=False, indent=1)
