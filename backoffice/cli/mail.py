"""``backoffice mail``: taking the mails that come, and the addresses that refuse ours."""

from __future__ import annotations

import argparse
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backoffice.cli.installation import OK, REFUSED, ZONE, cause, clocks_here, on_database, refused, tell_shift
from backoffice.services import bounces, incoming
from backoffice.services.act import Times
from backoffice.services.clocks import clocks_of
from backoffice.services.documents import LARGEST
from backoffice.services.received_mail import UnreadableMailError
from config.settings import SettingsError, from_environment
from workflows.french import count, instant, typography

if TYPE_CHECKING:
    from backoffice.cli import Groups

_log = logging.getLogger(__name__)

#: What a mail server understands of the end of a program (sysexits.h): keep the mail and try again, or give it back.
TRY_AGAIN, UNREADABLE, NO_FILE = 75, 65, 66


def register(groups: Groups) -> None:
    """Add the commands of ``mail``."""
    group = groups.add_parser("mail", help="recevoir les réponses et les avis de non-remise")
    commands = group.add_subparsers(title="commandes", metavar="<commande>", required=True)
    receive = commands.add_parser("receive", help="prendre un courriel reçu, d’un fichier ou de l’entrée standard")
    receive.add_argument(
        "file", nargs="?", default="-", metavar="FICHIER", help="fichier EML, « - » pour l’entrée standard"
    )
    receive.set_defaults(run=run_receive)
    aside = commands.add_parser("aside", help="lister les courriels reçus qui n’appartiennent à aucun dossier")
    aside.set_defaults(run=run_aside)
    trust = commands.add_parser("trust", help="dire qu’une adresse reçoit de nouveau les courriels")
    trust.add_argument("address", metavar="ADRESSE", help="adresse électronique")
    trust.set_defaults(run=run_trust)


def run_receive(arguments: argparse.Namespace) -> int:
    """Take one mail: 0 taken, 75 try again, 65 unreadable, 66 no such file."""
    try:
        content = _read(arguments.file)
    except OSError as error:
        refused(f"Le fichier ne s’ouvre pas ({cause(error)}) : vérifiez son nom.")
        return NO_FILE
    try:
        code = on_database(lambda session: _taken(session, content))
    except Exception:
        _log.exception("un courriel reçu n’a pas été pris")
        refused("Le courriel n’a pas été pris, à cause d’une erreur inattendue : lisez le journal du programme.")
        return TRY_AGAIN
    return TRY_AGAIN if code == REFUSED else code


def _read(file: str) -> bytes:
    """The bytes of a mail, no more of them than what is accepted and a little."""
    if file == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    with Path(file).open("rb") as opened:
        return opened.read(LARGEST + 1)


def _taken(session: Session, content: bytes) -> int:
    settings = from_environment()
    try:
        clocks = clocks_here(session)
        taken = incoming.take(session, content, incoming.hall_of(settings), Times(clocks.legal(), clocks.machine()))
    except SettingsError as error:
        return refused(str(error))
    except UnreadableMailError as error:
        refused(str(error))
        return UNREADABLE
    except OSError as error:
        return refused(f"Le dossier des données ne s’ouvre pas ({cause(error)}) : vérifiez TEMPS_PARTAGE_HOME.")
    print(typography(taken.told))
    return OK


def run_aside(_arguments: argparse.Namespace) -> int:
    """List the mails set aside, the oldest first."""
    try:
        settings = from_environment()
        found, clocks = incoming.set_aside(incoming.hall_of(settings)), clocks_of(settings)
    except SettingsError as error:
        return refused(str(error))
    tell_shift(clocks)
    print(typography(f"{count(len(found), 'courriel mis de côté', 'courriels mis de côté')}."))
    for path in found:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC) + clocks.shift
        print(f"  {instant(at, ZONE, with_zone=True)}  {path}")
    return OK


def run_trust(arguments: argparse.Namespace) -> int:
    """Forget what an address refused; 1 when it refused nothing."""
    return on_database(lambda session: _trusted(session, arguments.address))


def _trusted(session: Session, address: str) -> int:
    if not bounces.trust(session, address):
        return refused(f"Aucun refus n’est noté pour {address} : vérifiez l’adresse.")
    print(typography(f"Les prochains courriels partiront de nouveau à {address}."))
    return OK
