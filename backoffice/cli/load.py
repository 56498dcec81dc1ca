"""``backoffice calls load``: publishing the files of calls in the database."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backoffice.callfiles import UnreadableFileError, find_call, quota_sources, read_text
from backoffice.cli.installation import OK, REFUSED, clocks_here, on_database, refused
from backoffice.services.publishing import (
    CallNotReadyError,
    CallUnchangedError,
    ClausesChangedError,
    ValuesRemovedError,
    load_version,
    news_of,
)
from workflows.calls.compared import Change, Difference
from workflows.calls.errors import CallFileError
from workflows.french import count, typography

if TYPE_CHECKING:
    from backoffice.cli import Groups

_LONGEST_NAME = 80


def add_load(commands: Groups) -> None:
    """Add ``backoffice calls load FICHIER... [--with COMPLÉMENT]``."""
    parser = commands.add_parser("load", help="publier des appels dans la base, chacun comme une nouvelle version")
    parser.add_argument("files", nargs="+", metavar="FICHIER", help="chemin, ou nom d’un appel comme na-2024")
    parser.add_argument("--with", dest="complement", metavar="COMPLÉMENT", help="fichier qui complète l’appel")
    parser.add_argument(
        "--clauses", action="store_true", help="accepter des clauses changées, pour les dossiers à venir seulement"
    )
    parser.add_argument("--remove", action="store_true", help="accepter que ce que l’appel donnait ne soit plus connu")
    parser.set_defaults(run=load)


def load(arguments: argparse.Namespace) -> int:
    """Load every file; 1 when one of them is refused, else 0. A file that changes nothing is no refusal."""
    if arguments.complement and len(arguments.files) > 1:
        return refused("Un complément vaut pour un seul appel : chargez les appels un par un.")
    return on_database(lambda session: max(_load(session, name, arguments) for name in arguments.files))


def _load(session: Session, name: str, arguments: argparse.Namespace) -> int:
    complement, clocks = arguments.complement, clocks_here(session)
    try:
        version = load_version(
            session,
            read_text(find_call(name)),
            sources=quota_sources(),
            by=getpass.getuser()[:_LONGEST_NAME],
            now=clocks.legal(),
            machine=clocks.machine(),
            complement=None if complement is None else read_text(Path(complement)),
            new_clauses=arguments.clauses,
            keep=not arguments.remove,
        )
    except UnreadableFileError as error:
        return refused(f"{name} : {error}")
    except CallUnchangedError as error:
        print(typography(str(error)))
        return OK
    except (CallNotReadyError, ClausesChangedError, ValuesRemovedError) as error:
        return refused(str(error))
    except CallFileError as error:
        refused(f"{name} : {count(len(error.errors), 'erreur')}, rien n’est chargé.")
        for issue in error.errors:
            refused(f"  - {issue}")
        return REFUSED
    print(typography(f"{version.title} : version n° {version.number} chargée."))
    _tell(news_of(session, version))
    return OK


_WORDS = {Change.ADDED: "ajouté", Change.CHANGED: "changé", Change.REMOVED: "retiré"}


def _tell(news: tuple[Difference, ...]) -> None:
    """What a version brings, a line for each value."""
    for change, word in _WORDS.items():
        for each in news:
            if each.change is change:
                print(typography(f"  {word} : {each}"))
