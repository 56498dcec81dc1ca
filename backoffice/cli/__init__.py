"""The command line: ``backoffice <groupe> <commande>``.

A module of this package that defines ``register(groups)`` brings one group of commands. It calls
``groups.add_parser(name, help=...)``, adds its commands below, and gives each of them
``set_defaults(run=function)`` where ``function(arguments) -> int`` returns the exit code.
"""

import argparse
import importlib
import pkgutil
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from workflows.french import typography

if TYPE_CHECKING:
    Groups = argparse._SubParsersAction["Parser"]

USAGE_ERROR = 2

#: Said below the help: which installation a command works on, and on which clock.
_WHERE = (
    "Les commandes travaillent sur l’installation du dossier TEMPS_PARTAGE_HOME (« var » par défaut). Avec "
    "TEMPS_PARTAGE_HOME=var/demo, c’est la démonstration, à l’heure de ses pages."
)

# argparse speaks English; these are the sentences a person meets when a command is mistyped.
_FRENCH: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", r"il manque : \1"),
    (r"unrecognized arguments: (.+)", r"éléments non reconnus : \1"),
    (
        r"argument (.+?): invalid choice: (.+?) \(choose from (.*)\)",
        r"\1 : \2 n’existe pas, choisir parmi \3",
    ),
    (r"argument (.+?): invalid \w+ value: (.+)", r"\1 : valeur incorrecte \2"),
    (r"argument (.+?): expected .+", r"\1 : il manque une valeur"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 et \2 s’excluent"),
    (r"ambiguous option: (.+?) could match (.+)", r"\1 est ambigu : \2"),
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Utilisation : " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser whose help and refusals are in French."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", _Formatter)
        super().__init__(*args, **{**kwargs, "add_help": False})
        self._optionals.title = "options"
        self._positionals.title = "arguments"
        self.add_argument("-h", "--help", action="help", help="afficher cette aide")

    def error(self, message: str) -> NoReturn:
        """Say what was not understood and how to see the help; exit code 2."""
        for pattern, sentence in _FRENCH:
            message = re.sub(rf"^{pattern}$", sentence, message)
        self.exit(USAGE_ERROR, f"Commande incorrecte : {message}.\nPour l’aide : {self.prog} --help\n")


def build_parser() -> Parser:
    """Return the parser with every group of commands of this package."""
    about = "Postes d’assistants spécialistes à temps partagé."
    parser = Parser(prog="backoffice", description=about, epilog=typography(_WHERE))
    groups: Groups = parser.add_subparsers(title="commandes", metavar="<commande>")
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        register = getattr(importlib.import_module(f"{__name__}.{module.name}"), "register", None)
        if register is not None:
            register(groups)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; return its exit code (0 done, 1 refused, 2 misunderstood).

    ``argv`` excludes the program name; without it the process arguments are read.
    """
    parser = build_parser()
    arguments = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] | None = getattr(arguments, "run", None)
    if run is None:
        parser.print_help()
        return USAGE_ERROR
    return run(arguments)
