"""``backoffice calls rehearse``: a scenario played against a call in memory, printed as a page or as JSON."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

from backoffice.callfiles import UnreadableFileError, load_call
from backoffice.cli.scenario_files import load_scenario, load_together
from workflows.calls.errors import CallFileError
from workflows.french import listing, typography
from workflows.rehearsal.parse import ScenarioError
from workflows.rehearsal.plain import to_json
from workflows.rehearsal.play import rehearse
from workflows.rehearsal.report import Rehearsal
from workflows.rehearsal.scenario import Scenario
from workflows.rehearsal.text import page, wrapped
from workflows.shape_fields import shown

if TYPE_CHECKING:
    from backoffice.cli import Groups
    from workflows.calls.model import Call

OK, REFUSED = 0, 1

#: Narrowest and widest page, in columns.
NARROWEST, WIDEST = 60, 110


def add_rehearse(commands: Groups) -> None:
    """Add ``backoffice calls rehearse APPEL SCÉNARIO [--with COMPLÉMENT | --bare] [--variant NOM] [--json]``."""
    parser = commands.add_parser("rehearse", help="jouer un scénario contre un appel, sans base de données")
    parser.add_argument("call", metavar="APPEL", help="chemin, ou nom d’un appel comme na-2024")
    parser.add_argument("scenario", metavar="SCÉNARIO", help="chemin, ou nom d’un scénario de la maison")
    complement = parser.add_mutually_exclusive_group()
    complement.add_argument(
        "--with", dest="complement", metavar="COMPLÉMENT", help="ce que l’appel ne dit pas (signalé dans le résultat)"
    )
    complement.add_argument(
        "--bare", action="store_true", help="jouer l’appel nu, même si le scénario nomme un complément"
    )
    parser.add_argument("--variant", metavar="NOM", help="ne jouer que cette variante du scénario")
    parser.add_argument("--json", action="store_true", help="donner le résultat en JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the rehearsal; 0 when every expectation is met, 1 when one is not or when a file cannot be used."""
    try:
        call, scenario = load_together(arguments.call, arguments.scenario, arguments.complement, bare=arguments.bare)
        played = [rehearse(scenario, call, variant) for variant in _variants(scenario, arguments.variant)]
    except UnreadableFileError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except CallFileError as error:
        _print_mistakes(error, arguments)
        return REFUSED
    if arguments.json:
        print(json.dumps({"runs": [to_json(found) for found in played]}, ensure_ascii=False, indent=2))
    else:
        print(_pages(played, _remarks(scenario, call, arguments)))
    return REFUSED if any(found.unmet for found in played) else OK


def _variants(scenario: Scenario, wanted: str | None) -> tuple[str | None, ...]:
    """The variants to play. Raises `UnreadableFileError` for one the scenario does not announce."""
    if wanted is None:
        return scenario.variants
    if wanted not in scenario.variants:
        known = listing([v for v in scenario.variants if v], last="ou")
        hint = f"Choisissez parmi : {known}." if known else "Ce scénario n’a pas de variantes."
        raise UnreadableFileError(f"La variante « {shown(wanted)} » n’existe pas. {hint}")
    return (wanted,)


def _print_mistakes(error: CallFileError, arguments: argparse.Namespace) -> None:
    wrong = arguments.scenario if isinstance(error, ScenarioError) else arguments.call
    elsewhere = _elsewhere(arguments)
    if elsewhere:
        print(typography(elsewhere), file=sys.stderr)
    what = "un scénario" if isinstance(error, ScenarioError) else "un appel"
    name = os.fsencode(wrong).decode("utf-8", "replace")
    print(typography(f"{name} ne peut pas être lu comme {what} :"), file=sys.stderr)
    for issue in error.errors:
        print(f"  - {issue}", file=sys.stderr)


def _elsewhere(arguments: argparse.Namespace) -> str | None:
    """What explains most mistakes at once: a scenario written for another call."""
    try:
        wanted, call = load_scenario(arguments.scenario)[0].file.call, load_call(arguments.call)
    except (UnreadableFileError, CallFileError):
        return None
    if wanted in {None, call.id}:
        return None
    return f"Ce scénario est écrit pour l’appel « {wanted} », et non pour « {call.id} »."


def _remarks(scenario: Scenario, call: Call, arguments: argparse.Namespace) -> list[str]:
    """What to know before reading: another call than the one the scenario was written for, its own complement."""
    file, found = scenario.file, []
    if file.call is not None and file.call != call.id:
        found.append(f"Ce scénario a été écrit pour l’appel « {shown(file.call)} ».")
    if file.complement is not None and call.complement is not None and arguments.complement is None:
        found.append(f"Le scénario demande le complément « {shown(file.complement)} » ; --bare joue l’appel nu.")
    return found


def _pages(played: list[Rehearsal], remarks: list[str]) -> str:
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    start = [row for remark in remarks for row in wrapped(remark, width)]
    pages = [page(found, width) for found in played]
    return "\n".join([*start, *([""] if start else []), f"\n\n{'═' * width}\n\n".join(pages)])
