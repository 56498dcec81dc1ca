"""The files of calls: finding them by their short name, reading them without surprise."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import config
from workflows.acts import ACTS
from workflows.calls.model import Call
from workflows.calls.parse import parse_call
from workflows.calls.toml_text import LONGEST_FILE
from workflows.french import listing, typography

_CONFIG = Path(config.__file__).parent
CALLS = _CONFIG / "calls"
QUOTAS = _CONFIG / "quotas"


class UnreadableFileError(Exception):
    """A file that cannot be read; the message says why and what to do, in French."""

    def __init__(self, message: str) -> None:
        super().__init__(typography(message))


def call_names() -> tuple[str, ...]:
    """The short names of the calls of the house, such as `na-2024`."""
    return tuple(sorted(path.stem for path in CALLS.glob("*.toml")))


def find_call(name: str) -> Path:
    """The file of a call, from its path or its short name. Raises `UnreadableFileError`."""
    try:
        if Path(name).exists():
            return Path(name)
    except (OSError, ValueError) as error:
        raise UnreadableFileError("Ce nom de fichier n’est pas possible : vérifiez-le.") from error
    if name in call_names():
        return CALLS / f"{name}.toml"
    near = get_close_matches(name, call_names(), n=1)
    if near:
        raise UnreadableFileError(f"Le fichier n’existe pas. Vouliez-vous écrire « {near[0]} » ?")
    raise UnreadableFileError(
        f"Le fichier n’existe pas. Donnez son chemin, ou le nom d’un appel : {listing(call_names(), last='ou')}."
    )


def read_text(path: Path) -> str:
    """The text of a file. Raises `UnreadableFileError` for one that is missing, too big or not a text."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_FILE + 1)
    except FileNotFoundError as error:
        raise UnreadableFileError("Le fichier n’existe pas : vérifiez son chemin.") from error
    except IsADirectoryError as error:
        raise UnreadableFileError("C’est un dossier : donnez le chemin d’un fichier.") from error
    except PermissionError as error:
        raise UnreadableFileError("La lecture de ce fichier est interdite : changez ses droits.") from error
    except OSError as error:
        raise UnreadableFileError(f"Le fichier ne se lit pas ({error.strerror}) : vérifiez-le.") from error
    if len(data) > LONGEST_FILE:
        raise UnreadableFileError("Le fichier dépasse un million d’octets : ce n’est pas un appel.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            "Ce n’est pas un texte en UTF-8 : donnez un fichier TOML, enregistré en UTF-8."
        ) from error
    if "\0" in text:
        raise UnreadableFileError("C’est un fichier binaire : donnez un fichier TOML.")
    return text


def quota_sources() -> dict[str, str]:
    """The text of every quota source of the house, by its id."""
    return {path.stem: read_text(path) for path in sorted(QUOTAS.glob("*.toml"))}


def load_call(name: str, complement: str | None = None) -> Call:
    """The call of a file (path or short name), with the complement of a second file if there is one.

    Raises `UnreadableFileError`, or `CallFileError` with every mistake.
    """
    text = read_text(find_call(name))
    extra = None if complement is None else read_text(Path(complement))
    return parse_call(text, complement=extra, quota_sources=quota_sources(), known_acts=frozenset(ACTS))
