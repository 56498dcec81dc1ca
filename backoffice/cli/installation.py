"""The installation that a command works on: its settings, its database, and what to say when either fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from backoffice.store.base import db
from backoffice.store.database import bare_app, pending
from config.settings import SettingsError, from_environment
from workflows.french import typography

OK, REFUSED = 0, 1
NOT_UPGRADED = "La base n’est pas à la dernière version : lancez « backoffice db upgrade »."


class NoDatabaseError(Exception):
    """The embedded database that nobody has made yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"La base n’existe pas encore ({path}) : lancez « backoffice db upgrade ».")


def on_database(work: Callable[[Session], int], *, upgraded: bool = True) -> int:
    """Run some work on the database of this installation; its exit code, or 1 with a sentence when there is none.

    `upgraded`: the work needs the newest schema.
    """
    try:
        settings = from_environment()
        if upgraded:
            _look_for(settings.database_url)
        app = bare_app(settings)
    except (SettingsError, NoDatabaseError) as error:
        return refused(str(error))
    except ArgumentError:
        return refused("L’adresse de la base (DATABASE_URL) ne se lit pas : écrivez postgresql://hôte/base.")
    except OSError as error:
        return refused(f"Le dossier des données ne s’ouvre pas ({error.strerror}) : vérifiez TEMPS_PARTAGE_HOME.")
    with app.app_context():
        try:
            if upgraded and pending(db.engine):
                return refused(NOT_UPGRADED)
            return work(db.session())
        except DBAPIError as error:
            return refused(f"La base de données ne répond pas comme il faut ({first_line(error)}).")
        finally:
            db.session.remove()
            db.engine.dispose()


def _look_for(url: str) -> None:
    """Look for the file of an embedded database, without making it. Raises NoDatabaseError."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        raise NoDatabaseError(path)


def first_line(error: DBAPIError) -> str:
    """What a database says of an error, on one line."""
    return next(iter(str(error.orig).splitlines()), type(error.orig).__name__)


def refused(sentence: str) -> int:
    """Say why a command cannot go on."""
    print(typography(sentence), file=sys.stderr)
    return REFUSED
