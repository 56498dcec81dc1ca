"""The files of scenarios and complements: finding them by their short name, and reading them together."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import config
from backoffice.callfiles import UnreadableFileError, load_call, read_text
from workflows.calls.model import Call
from workflows.french import listing
from workflows.rehearsal.parse import parse_scenario
from workflows.rehearsal.scenario import Scenario
from workflows.shape_fields import shown

SCENARIOS = Path(config.__file__).parent / "scenarios"
COMPLEMENTS = "complements"


def load_scenario(name: str) -> tuple[Scenario, Path]:
    """The scenario of a file (path or short name) and the file. Raises `UnreadableFileError` or `ScenarioError`."""
    path = _found(name, SCENARIOS, "d’un scénario")
    return parse_scenario(read_text(path)), path


def find_complement(name: str, scenario: Path) -> Path:
    """The file of a complement: a path, or a short name beside the scenario or among those of the house."""
    beside = scenario.parent / COMPLEMENTS / f"{name}.toml"
    return beside if _is_file(beside) else _found(name, SCENARIOS / COMPLEMENTS, "d’un complément")


def load_together(
    call: str, scenario: str, complement: str | None = None, *, bare: bool = False
) -> tuple[Call, Scenario]:
    """A call and a scenario, with the complement asked for or, without one, the complement that the scenario names.

    `bare`: the call alone, whatever the scenario names. Raises `UnreadableFileError`, `ScenarioError`, or
    `CallFileError` for mistakes of the call or of the complement.
    """
    played, path = load_scenario(scenario)
    wanted = None if bare else complement or played.file.complement
    return load_call(call, str(find_complement(wanted, path)) if wanted else None), played


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError) as error:
        raise UnreadableFileError("Ce nom de fichier n’est pas possible : vérifiez-le.") from error


def _found(name: str, folder: Path, what: str) -> Path:
    try:
        if Path(name).exists():
            return Path(name)
    except (OSError, ValueError) as error:
        raise UnreadableFileError("Ce nom de fichier n’est pas possible : vérifiez-le.") from error
    names = _names(folder)
    if name in names:
        return folder / f"{name}.toml"
    near = get_close_matches(name, names, n=1)
    hint = f"Vouliez-vous écrire « {near[0]} » ?" if near else f"Donnez son chemin, ou le nom {what}"
    known = "" if near else f" : {listing(names, last='ou')}."
    raise UnreadableFileError(f"Le fichier « {shown(name)} » n’existe pas. {hint}{known}")
