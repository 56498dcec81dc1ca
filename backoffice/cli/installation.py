"""The installation that a command works on: its settings, its database, and what to say when either fails."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from backoffice.services.clocks import Clocks, clocks_of, kept_shift
from backoffice.services.demo.home import is_invented
from backoffice.store.base import db
from backoffice.store.database import bare_app, pending
from config.settings import SettingsError, from_environment
from workflows.french import instant, typography

OK, REFUSED = 0, 1
NOT_UPGRADED = "La base n’est pas à la dernière version : lancez « backoffice db upgrade »."


class NoDatabaseError(Exception):
    """The embedded database that nobody has made yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"La base n’existe pas encore ({path}) : lancez « backoffice db upgrade ».")


#: The clock that the terminal tells instants on, unless a call says another.
ZONE = "Europe/Paris"


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
        return refused(f"Le dossier des données ne s’ouvre pas ({cause(error)}) : vérifiez TEMPS_PARTAGE_HOME.")
    with app.app_context():
        return _worked(work, upgraded=upgraded)


def _worked(work: Callable[[Session], int], *, upgraded: bool) -> int:
    try:
        return refused(NOT_UPGRADED) if upgraded and pending(db.engine) else work(db.session())
    except SettingsError as error:
        return refused(str(error))
    except DBAPIError as error:
        return refused(f"La base de données ne répond pas comme il faut ({first_line(error)}).")
    finally:
        db.session.remove()
        db.engine.dispose()


def clocks_here(session: Session) -> Clocks:
    """The clocks of this installation, those of its pages.

    Raises SettingsError in doubt: a folder keeps the clock of a demonstration, and the database holds another life.
    """
    settings = from_environment()
    clocks, kept, invented = clocks_of(settings), kept_shift(settings.home), is_invented(session)
    if invented and kept is None and not clocks.shift:
        raise SettingsError(
            f"La base contient une démonstration, et le dossier {settings.home} ne dit pas quelle heure il y est : "
            "donnez celui de la démonstration dans TEMPS_PARTAGE_HOME. Rien n’a été fait."
        )
    if kept is not None and not invented:
        raise SettingsError(
            f"Le dossier {settings.home} est celui d’une démonstration, et la base n’en contient pas : corrigez "
            "TEMPS_PARTAGE_HOME ou DATABASE_URL. Rien n’a été fait."
        )
    return clocks


def tell_shift(clocks: Clocks) -> None:
    """Say what time it is in law, where that is not the time of the machine."""
    if clocks.shift:
        print(typography(f"Démonstration : l’horloge légale est au {instant(clocks.legal(), ZONE, with_zone=True)}."))


def _look_for(url: str) -> None:
    """Look for the file of an embedded database, without making it. Raises NoDatabaseError."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        raise NoDatabaseError(path)


def first_line(error: DBAPIError) -> str:
    """What a database says of an error, on one line."""
    return next(iter(str(error.orig).splitlines()), type(error.orig).__name__)


_CAUSES = {
    errno.EADDRINUSE: "déjà prise",
    errno.EADDRNOTAVAIL: "elle n’est pas de cette machine",
    errno.EACCES: "accès refusé",
    errno.EPERM: "opération refusée",
    errno.ENOENT: "introuvable",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EEXIST: "il existe déjà",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EROFS: "disque en lecture seule",
}


def cause(error: OSError) -> str:
    """Why the system refused something, in French for what people meet."""
    return _CAUSES.get(error.errno or 0) or error.strerror or type(error).__name__


def refused(sentence: str) -> int:
    """Say why a command cannot go on."""
    print(typography(sentence), file=sys.stderr)
    return REFUSED
