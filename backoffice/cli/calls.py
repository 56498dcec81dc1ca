"""``backoffice calls``: checking the files of calls, and what else one asks of a call.

Each command of the group is a function that adds its parser; `COMMANDS` lists them in the order of the help.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from backoffice.callfiles import UnreadableFileError, load_call
from backoffice.cli.explain import add_explain
from backoffice.cli.load import add_load
from backoffice.cli.rehearse import add_rehearse
from workflows.calls.errors import CallFileError
from workflows.french import count, typography

if TYPE_CHECKING:
    from backoffice.cli import Groups

OK, REFUSED = 0, 1


def register(groups: Groups) -> None:
    """Add the group ``calls``."""
    parser = groups.add_parser("calls", help="vérifier et lire les fichiers des appels")
    commands = parser.add_subparsers(title="commandes", metavar="<commande>", required=True)
    for add in COMMANDS:
        add(commands)


def add_check(commands: Groups) -> None:
    """Add ``backoffice calls check FICHIER...``."""
    parser = commands.add_parser("check", help="signaler toutes les erreurs des fichiers, en une fois")
    parser.add_argument("files", nargs="+", metavar="FICHIER", help="chemin, ou nom d’un appel comme na-2024")
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Print every mistake of every file; 1 when there is one, else 0."""
    mistakes = {name: mistakes_of(name) for name in arguments.files}
    for name, lines in mistakes.items():
        shown_name = os.fsencode(name).decode("utf-8", "replace")
        print(typography(f"{shown_name} : {count(len(lines), 'erreur') if lines else 'aucune erreur'}"))
        for line in lines:
            print(f"  - {line}")
    return REFUSED if any(mistakes.values()) else OK


def mistakes_of(name: str) -> Sequence[str]:
    """What is wrong with the file of a call, one sentence each."""
    try:
        load_call(name)
    except UnreadableFileError as error:
        return [str(error)]
    except CallFileError as error:
        return [str(issue) for issue in error.errors]
    return []


COMMANDS: tuple[Callable[[Groups], None], ...] = (add_check, add_explain, add_rehearse, add_load)
