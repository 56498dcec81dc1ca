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
from types import FrameType
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from backoffice.cli.children import GRACE, STUCK_AFTER, Child, Family, share
from backoffice.cli.demo import add_home, prepared, presentation
from backoffice.cli.installation import NOT_UPGRADED, cause, first_line
from backoffice.cli.mailsink import PORT as MAIL_PORT
from backoffice.services.clocks import kept_shift
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
_WEB, _WORKERS, _CLOCKS = 2, 1, 1
_MOST = 64
_DEMO_PERIOD = ("--period", "2")


class NotReadyError(RuntimeError):
    """The application cannot start; the message says why and what to do."""


def register(groups: Groups) -> None:
    """Add the command ``serve``."""
    parser = groups.add_parser("serve", help="démarrer l’application : pages, processus d’arrière-plan, horloge")
    parser.add_argument("--demo", action="store_true", help="avec des données inventées et une boîte aux lettres")
    parser.add_argument("--host", default=HOST, metavar="ADRESSE", help=f"adresse d’écoute ({HOST} par défaut)")
    parser.add_argument("--port", type=int, default=PORT, metavar="PORT", help=f"port d’écoute ({PORT} par défaut)")
    for name, number, told in (
        ("--web", _WEB, "processus de pages"),
        ("--workers", _WORKERS, "processus d’arrière-plan"),
        ("--clocks", _CLOCKS, "horloges"),
    ):
        parser.add_argument(name, type=_number, default=number, metavar="N", help=f"{told} ({number} par défaut)")
    parser.add_argument(
        "--grace", type=_seconds, default=GRACE, metavar="S", help=f"secondes pour s’arrêter ({GRACE:g} par défaut)"
    )
    parser.add_argument(
        "--stuck",
        type=_seconds,
        default=STUCK_AFTER,
        metavar="S",
        help=f"secondes sans signe de vie avant de relancer un processus ({STUCK_AFTER:g} par défaut)",
    )
    parser.add_argument(
        "--mail-port", type=int, metavar="PORT", help="port de la boîte aux lettres de la démonstration"
    )
    add_home(parser)
    parser.set_defaults(run=run)


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _MOST:
        raise ValueError(text)
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; a second SIGINT kills what has not ended yet."""
    family = Family((), say, arguments.grace, arguments.stuck)
    _listen_to_signals(family)
    try:
        _check_asked(arguments)
        demo, environment = _demonstration(arguments) if arguments.demo else (None, _installation(arguments))
    except (SettingsError, NotADemoError, NotReadyError) as error:
        say(str(error))
        return REFUSED
    family.children = _children(arguments, environment, demo=demo is not None)
    family.start()
    try:
        family.watch(
            lambda: not arguments.web or _answers(arguments.host, arguments.port),
            lambda: _announce(arguments, demo),
        )
    finally:
        say("Arrêt en cours : ce qui est commencé se termine.")
        family.end()
    return OK


def _listen_to_signals(family: Family) -> None:
    def asked(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and family.stop.is_set():
            family.hurry.set()
            if not family.children:
                raise SystemExit(REFUSED)
        family.stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)


def say(text: str) -> None:
    """Print a line at once."""
    print(typography(text), flush=True)


def _check_asked(arguments: argparse.Namespace) -> None:
    if not arguments.web + arguments.workers + arguments.clocks:
        raise NotReadyError("Rien à démarrer : donnez au moins un processus à --web, --workers ou --clocks.")
    if arguments.web:
        _check_free(arguments.host, arguments.port)


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotReadyError(
                f"L’adresse {host}:{port} n’est pas libre ({cause(error)}). Choisissez un autre port avec --port. "
                "Pour la démonstration : make run PORT=8001."
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
    settings = for_service(environment)
    if kept_shift(settings.home) is not None:
        raise NotReadyError(f"Le dossier {settings.home} est celui d’une démonstration : ajoutez --demo.")
    _make_schema(settings)
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
            f"Le dossier {settings.home} ne s’ouvre pas ({cause(error)}) : choisissez-en un autre."
        ) from error
    except DBAPIError as error:
        raise NotReadyError(f"La base de données ne répond pas comme il faut ({first_line(error)}).") from error
    if late:
        raise NotReadyError(NOT_UPGRADED)


def _children(arguments: argparse.Namespace, environment: Mapping[str, str], *, demo: bool) -> list[Child]:
    python = (sys.executable, "-m")
    worker = (*python, "workers", "work", "--grace", f"{share(arguments.grace):g}")
    clock = (*python, "workers", "clock", *(_DEMO_PERIOD if demo else ()))
    family = [Child("pages", (*python, *_web(arguments)), environment)] if arguments.web else []
    family += [Child(name, worker, environment, beats=True) for name in _names("arrière-plan", arguments.workers)]
    family += [Child(name, clock, environment, beats=True) for name in _names("horloge", arguments.clocks)]
    if demo:
        port = environment["SMTP_URL"].rsplit(":", 1)[-1]
        sink = ("import sys; from backoffice.cli import main; sys.exit(main())", "mailsink", "--port", port)
        family.insert(0, Child("courriels", (sys.executable, "-c", *sink), environment))
    return family


def _names(name: str, number: int) -> list[str]:
    return [name] if number == 1 else [f"{name} {rank}" for rank in range(1, number + 1)]


def _web(arguments: argparse.Namespace) -> Sequence[str]:
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    kind = ("--worker-class", "gthread", "--workers", str(arguments.web), "--threads", "4")
    listening = ("--bind", f"{host}:{arguments.port}", *kind)
    grace = ("--graceful-timeout", str(max(1, int(share(arguments.grace)))))
    return (
        "gunicorn",
        *listening,
        *grace,
        "--log-level",
        "warning",
        "--no-control-socket",
        "backoffice.web.wsgi:load()",
    )


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
    if arguments.web:
        say(f"Les pages sont ouvertes : {_address(arguments)}/ (Ctrl-C pour arrêter).")
    else:
        say("Les processus sont démarrés, sans pages (Ctrl-C pour arrêter).")
