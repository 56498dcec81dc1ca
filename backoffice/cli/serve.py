"""``backoffice serve``: the web server, the worker and the clock, kept alive together."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from backoffice.cli.children import Child, Family
from backoffice.cli.demo import add_home, prepared, presentation
from backoffice.cli.installation import NOT_UPGRADED, first_line
from backoffice.cli.mailsink import PORT as MAIL_PORT
from backoffice.services.demo.home import Demo, NotADemoError
from backoffice.store.base import db
from backoffice.store.database import bare_app, migrate, pending
from config.settings import Settings, SettingsError, for_service, from_environment
from workflows.french import typography

if TYPE_CHECKING:
    from backoffice.cli import Groups

OK, REFUSED = 0, 1
HOST, PORT = "127.0.0.1", 8000
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
#: Seconds a request that has begun has to end.
_GRACE = "15"
_DEMO_PERIOD = ("--period", "2")


class NotReadyError(RuntimeError):
    """The application cannot start; the message says why and what to do."""


def register(groups: Groups) -> None:
    """Add the command ``serve``."""
    parser = groups.add_parser("serve", help="démarrer l’application : pages, tâches de fond, horloge")
    parser.add_argument("--demo", action="store_true", help="avec des données inventées et une boîte aux lettres")
    parser.add_argument("--host", default=HOST, help=f"adresse d’écoute ({HOST} par défaut)")
    parser.add_argument("--port", type=int, default=PORT, help=f"port d’écoute ({PORT} par défaut)")
    parser.add_argument("--mail-port", type=int, help="port de la boîte aux lettres de la démonstration")
    add_home(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    family = Family((), say)
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda _signal, _frame: family.stop.set())
    try:
        _check_free(arguments.host, arguments.port)
        demo, environment = _demonstration(arguments) if arguments.demo else (None, _installation(arguments))
    except (SettingsError, NotADemoError, NotReadyError) as error:
        say(str(error))
        return REFUSED
    family.children = _children(arguments, environment, demo=demo is not None)
    family.start()
    try:
        family.watch(
            lambda: _answers(arguments.host, arguments.port),
            lambda: _announce(arguments, demo),
        )
    finally:
        say("Arrêt en cours : ce qui est commencé se termine.")
        family.end()
    return OK


def say(text: str) -> None:
    """Print a line at once."""
    print(typography(text), flush=True)


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotReadyError(
                f"L’adresse {host}:{port} n’est pas libre ({error.strerror}). Choisissez un autre port avec --port."
            ) from error


def _free_port(wanted: int) -> int:
    """A free port of this machine: the one wanted, or another."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


def _demonstration(arguments: argparse.Namespace) -> tuple[Demo, dict[str, str]]:
    """The demonstration, prepared when it is not, and the environment of its processes."""
    if arguments.host not in _LOCAL:
        say("Attention : les mots de passe de la démonstration sont publics, et cette adresse est ouverte au réseau.")
    settings, demo = prepared(arguments, _address(arguments))
    mail_port = arguments.mail_port or _free_port(MAIL_PORT)
    own = {
        "TEMPS_PARTAGE_HOME": str(settings.home),
        "TEMPS_PARTAGE_DEMO": "1",
        "TEMPS_PARTAGE_LEGAL_SHIFT": str(int(demo.shift.total_seconds())),
        "TEMPS_PARTAGE_INSECURE_COOKIES": "1",
        "SMTP_URL": f"smtp://{HOST}:{mail_port}",
        "PUBLIC_URL": _address(arguments),
    }
    environment = os.environ | own
    _make_schema(from_environment(environment))
    return demo, environment


def _installation(arguments: argparse.Namespace) -> dict[str, str]:
    """The environment of a real installation, its database checked."""
    if arguments.fresh:
        raise NotReadyError("L’option --fresh ne sert qu’à la démonstration : ajoutez --demo.")
    own = {"TEMPS_PARTAGE_HOME": str(arguments.home.absolute())} if arguments.home else {}
    environment = os.environ | own
    _make_schema(for_service(environment))
    return environment


def _make_schema(settings: Settings) -> None:
    """Bring the embedded database to the newest schema; a server’s is brought there by its own command."""
    try:
        with bare_app(settings, "backoffice.serve").app_context():
            late = pending(db.engine)
            if late and db.engine.dialect.name == "sqlite":
                migrate(db.engine)
                late = False
            db.engine.dispose()
    except OSError as error:
        raise NotReadyError(
            f"Le dossier {settings.home} ne s’ouvre pas ({error.strerror}) : choisissez-en un autre."
        ) from error
    except DBAPIError as error:
        raise NotReadyError(f"La base de données ne répond pas comme il faut ({first_line(error)}).") from error
    if late:
        raise NotReadyError(NOT_UPGRADED)


def _children(arguments: argparse.Namespace, environment: Mapping[str, str], *, demo: bool) -> list[Child]:
    python = (sys.executable, "-m")
    family = [
        Child("pages", (*python, *_web(arguments)), environment),
        Child("tâches", (*python, "workers", "work"), environment),
        Child("horloge", (*python, "workers", "clock", *(_DEMO_PERIOD if demo else ())), environment),
    ]
    if demo:
        port = environment["SMTP_URL"].rsplit(":", 1)[-1]
        sink = ("import sys; from backoffice.cli import main; sys.exit(main())", "mailsink", "--port", port)
        family.insert(0, Child("courriels", (sys.executable, "-c", *sink), environment))
    return family


def _web(arguments: argparse.Namespace) -> Sequence[str]:
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    listening = ("--bind", f"{host}:{arguments.port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4")
    quiet = ("--graceful-timeout", _GRACE, "--log-level", "warning", "--no-control-socket")
    return ("gunicorn", *listening, *quiet, "backoffice.web.wsgi:load()")


def _answers(host: str, port: int) -> bool:
    """True once a page comes back: a server that only listens is not ready."""
    connection = HTTPConnection(_reached(host), port, timeout=2)
    try:
        connection.request("GET", "/connexion")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _reached(host: str) -> str:
    """Where a server that listens on an address is reached from this machine."""
    return HOST if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


def _address(arguments: argparse.Namespace) -> str:
    host = _reached(arguments.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{arguments.port}"


def _announce(arguments: argparse.Namespace, demo: Demo | None) -> None:
    if demo is not None:
        print("\n" + "\n".join(presentation(demo)) + "\n", flush=True)
    say(f"Les pages sont ouvertes : {_address(arguments)}/ (Ctrl-C pour arrêter).")
