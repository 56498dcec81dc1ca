"""``backoffice calls``: checking the files of calls, and what else one asks of a call.

Each command of the group is a function that adds its parser; `COMMANDS` lists them in the order of the help.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from backoffice.callfiles import UnreadableFileError, call_names, load_call
from backoffice.cli.explain import add_explain
from backoffice.cli.load import add_load
from backoffice.cli.rehearse import add_rehearse
from workflows.calls.errors import CallFileError
from workflows.calls.ready import address_lacking
from workflows.french import count, listing, typography

if TYPE_CHECKING:
    from backoffice.cli import Groups
    from workflows.calls.model import Call

OK, REFUSED = 0, 1


def register(groups: Groups) -> None:
    """Add the group ``calls``."""
    parser = groups.add_parser("calls", help="vérifier et lire les fichiers des appels")
    commands = parser.add_subparsers(title="commandes", metavar="<commande>", required=True)
    for add in COMMANDS:
        add(commands)


def add_check(commands: Groups) -> None:
    """Add ``backoffice calls check [FICHIER...]``."""
    parser = commands.add_parser("check", help="signaler toutes les erreurs des fichiers, en une fois")
    told = "chemin, ou nom d’un appel comme na-2024 ; sans fichier, tous les appels de la maison"
    parser.add_argument("files", nargs="*", metavar="FICHIER", help=typography(told))
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Print every mistake of every file, then what is still to fill in; 1 when there is a mistake, else 0."""
    mistakes = {name: mistakes_of(name) for name in arguments.files or call_names()}
    for name, lines in mistakes.items():
        shown_name = os.fsencode(name).decode("utf-8", "replace")
        print(typography(f"{shown_name} : {count(len(lines), 'erreur') if lines else 'aucune erreur'}"))
        for line in lines:
            print(f"  - {line}")
        lacking = () if lines else contacts_lacking(load_call(name))
        if lacking:
            print(typography(f"  à renseigner pour les courriels (CRPA, art. R. 112-11-1) : {listing(lacking)}"))
        for reason in () if lines else address_lacking(load_call(name)):
            print(typography(f"  à régler avant de publier : {reason}"))
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


_CONTACTS = {
    "service": "service",
    "email": "adresse électronique",
    "phone": "téléphone",
    "address": "adresse postale",
}


def contacts_lacking(call: Call) -> tuple[str, ...]:
    """What a call does not say of how to reach the service."""
    return tuple(words for member, words in _CONTACTS.items() if not getattr(call.authority, member))


COMMANDS: tuple[Callable[[Groups], None], ...] = (add_check, add_explain, add_rehearse, add_load)
