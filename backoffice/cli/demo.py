"""``backoffice demo``: prepares a folder with an invented agency life in it."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from backoffice.services.demo.home import Demo, NotADemoError, prepare
from backoffice.services.demo.staff import PASSWORD, STAFF
from config.settings import Settings, SettingsError, from_environment
from workflows.french import typography

if TYPE_CHECKING:
    from backoffice.cli import Groups

OK, REFUSED = 0, 1
#: Pages worth a look, that no dossier leads to.
_PAGES = (
    ("/budget", "les enveloppes : une presque employée, une dépassée, une qui s’impose"),
    ("/courriers", "les courriers, de la préparation à l’envoi ; l’un d’eux est à refaire"),
)
_PATH = 14
DEFAULT_HOME = "var/demo"


def register(groups: Groups) -> None:
    """Add the command ``demo``."""
    parser = groups.add_parser("demo", help="préparer les données de démonstration")
    add_home(parser)
    parser.set_defaults(run=run)


def add_home(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the demonstration is, and whether it begins anew."""
    parser.add_argument(
        "--home", type=Path, metavar="DOSSIER", help=f"dossier de la démonstration ({DEFAULT_HOME} par défaut)"
    )
    parser.add_argument("--fresh", action="store_true", help="effacer la démonstration et la refaire")


def demo_settings(home: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings of the demonstration of a folder. Raises SettingsError."""
    known = environment.get("TEMPS_PARTAGE_HOME", DEFAULT_HOME)
    chosen = str((home or Path(known)).absolute())
    kept = {name: value for name, value in environment.items() if name != "TEMPS_PARTAGE_LEGAL_SHIFT"}
    return from_environment({**kept, "TEMPS_PARTAGE_HOME": chosen, "TEMPS_PARTAGE_DEMO": "1"})


def prepared(arguments: argparse.Namespace, address: str | None = None) -> tuple[Settings, Demo]:
    """The settings and the demonstration of the folder asked for. Raises SettingsError, NotADemoError.

    `address`: where its pages will be, for the links of its mails.
    """
    settings = demo_settings(arguments.home, os.environ | ({"PUBLIC_URL": address} if address else {}))
    began = time.monotonic()
    demo = prepare(settings, fresh=arguments.fresh)
    seconds = time.monotonic() - began
    if seconds > 1:
        print(typography(f"Données préparées en {seconds:.0f} s."), flush=True)
    return settings, demo


def run(arguments: argparse.Namespace) -> int:
    """Prepare the demonstration, or say that it is ready."""
    try:
        settings, _ = prepared(arguments)
    except (SettingsError, NotADemoError) as error:
        print(typography(str(error)))
        return REFUSED
    print(typography(f"La démonstration est prête dans {settings.home}."))
    print(f"Pour l’ouvrir : backoffice serve --demo --home {settings.home}")
    return OK


def presentation(demo: Demo) -> list[str]:
    """What the screen says of the accounts and of the dossiers worth a look."""
    shown = [member for member in STAFF.values() if member.about]
    width = max(len(member.email) for member in shown)
    accounts = [f"  {member.email:<{width}}  {member.about}" for member in shown]
    worth = [f"  {told.number:<14}  {typography(told.worth)}" for told in demo.dossiers if told.worth]
    return [
        typography(f"Comptes (mot de passe pour tous : {PASSWORD})"),
        *accounts,
        "",
        "Dossiers à regarder",
        *worth,
        "",
        "Pages à regarder",
        *(f"  {path:<{_PATH}}  {typography(told)}" for path, told in _PAGES),
    ]
