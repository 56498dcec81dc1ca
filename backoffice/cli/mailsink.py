"""``backoffice mailsink``: a mail server for demonstrations and development, that keeps mails and sends none."""

from __future__ import annotations

import argparse
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backoffice.cli.installation import cause
from backoffice.services.clocks import machine_now
from backoffice.services.mailfolder import put

if TYPE_CHECKING:
    from backoffice.cli import Groups

#: Nobody but this machine may write into the sink.
HOST = "127.0.0.1"
PORT = 2525
OK, REFUSED = 0, 1


def register(groups: Groups) -> None:
    """Add the command ``mailsink``."""
    parser = groups.add_parser("mailsink", help="recevoir les courriels sur cette machine, sans en envoyer aucun")
    parser.add_argument("--port", type=int, default=PORT, metavar="PORT", help=f"port d’écoute ({PORT} par défaut)")
    told = "dossier où les garder (« mail », dans le dossier de l’application)"
    parser.add_argument("--folder", type=Path, metavar="DOSSIER", help=told)
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class Keeper:
    """Keeps each mail received as a file.

    Without slots: the mail server looks at every member of it, which the first releases of Python 3.11 cannot stand.
    """

    folder: Path

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        """Keep one mail; answer once it is on the disk."""
        put(self.folder, envelope.original_content or b"", machine_now())
        return "250 OK"


def run(arguments: argparse.Namespace) -> int:
    """Receive mails until asked to stop."""
    folder = arguments.folder or Path(os.environ.get("TEMPS_PARTAGE_HOME", "var")) / "mail"
    controller = Controller(Keeper(folder.absolute()), hostname=HOST, port=arguments.port)
    stop = Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda _signal, _frame: stop.set())
    try:
        controller.start()
    except OSError as error:
        print(f"Le port {arguments.port} n’est pas libre ({cause(error)}) : choisissez-en un autre avec --port.")
        return REFUSED
    print(f"Les courriels arrivent sur {HOST}:{arguments.port} et restent dans {folder}.", flush=True)
    stop.wait()
    controller.stop()
    return OK
