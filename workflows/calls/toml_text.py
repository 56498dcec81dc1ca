"""Reading a TOML text: exact numbers, mistakes of syntax told in French, and the line of every key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.calls.errors import CallFileError, CallFileIssue, Path
from workflows.calls.toml_lines import line_index
from workflows.french import typography
from workflows.shape_fields import shown

#: Longest file read, in bytes or characters.
LONGEST_FILE = 1_000_000

# A key of thousands of parts would take the reader of the standard library hours.
_DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){100}""")

_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)

# The reader of the standard library speaks English; the first pattern that matches gives the French sentence.
_FRENCH: tuple[tuple[str, str], ...] = (
    (r"Invalid statement", "cette ligne n’est ni un titre [table], ni « clé = valeur »"),
    (r"Expected newline or end of document.*", "il y a un texte de trop après la valeur"),
    (
        r"Cannot declare .* twice",
        "cette table est déclarée deux fois : réunissez ses clés sous un seul titre",
    ),
    (r"Cannot overwrite a value", "cette clé est donnée deux fois : n’en gardez qu’une"),
    (
        r"Duplicate inline table key .*",
        "cette clé est donnée deux fois entre les accolades : n’en gardez qu’une",
    ),
    (
        r"Cannot (mutate|redefine) .*",
        "cette table est déjà complète plus haut : ajoutez-y la clé à cet endroit",
    ),
    (r"Expected '\]+' .*", "il manque un crochet fermant au titre de la table"),
    (r"Expected '=' .*", "il manque le signe = entre la clé et la valeur"),
    (
        r"Invalid initial character for a key part",
        "une clé manque (une virgule de trop ?) ou contient un caractère interdit",
    ),
    (r"Unclosed array", "un crochet ouvert n’est pas fermé, ou une virgule manque dans la liste"),
    (r"Unclosed inline table", "une accolade ouverte n’est pas fermée, ou une virgule manque"),
    (
        r"Unescaped '\\' in a string",
        "la barre \\ est réservée : écrivez \\\\ ou employez des apostrophes droites",
    ),
    (r"(Invalid hex value|Escaped character .*)", "ce caractère écrit par son code n’existe pas"),
    (
        r"Unterminated string|Expected .*'''.*|(Illegal|Found invalid) character '\\n'",
        "un texte n’est pas fermé par un guillemet droit",
    ),
    (r"(Illegal|Found invalid) character .*", "un caractère est interdit à cet endroit"),
    (r"Invalid date or datetime", "cette date n’existe pas"),
    (
        r"Invalid value",
        "la valeur manque ou n’est pas écrite correctement (un texte se met entre guillemets droits)",
    ),
)


@dataclass(frozen=True, slots=True)
class TomlText:
    """A TOML text once read. `lines` gives the line of each key path."""

    tree: dict[str, Any]
    lines: dict[Path, int]

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest table around it that the text writes; None for the root."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read_toml(text: str, *, in_complement: bool = False) -> TomlText:
    """Read a text; decimal numbers become `Decimal`. Raises `CallFileError` with the line of the mistake."""
    text = text.removeprefix("\ufeff")
    if len(text) > LONGEST_FILE:
        raise _error("Le texte est trop long pour un appel : un million de caractères au plus.", None, in_complement)
    if _DEEP_KEY.search(text):
        raise _error("Une suite de mots compte plus de cent points : raccourcissez-la.", None, in_complement)
    try:
        tree = tomllib.loads(text, parse_float=Decimal)
        return TomlText(tree, line_index(text))
    except tomllib.TOMLDecodeError as error:
        sentence, line = _in_french(str(error), text)
        raise _error(sentence, line, in_complement) from error
    except RecursionError as error:
        raise _error("Trop de crochets ou d’accolades imbriqués : simplifiez.", None, in_complement) from error
    except ValueError as error:  # a whole number of thousands of digits
        raise _error("Le fichier contient un nombre démesuré : corrigez-le.", None, in_complement) from error


def _error(message: str, line: int | None, in_complement: bool) -> CallFileError:
    return CallFileError([CallFileIssue("", typography(message), line, in_complement)])


def _in_french(message: str, text: str) -> tuple[str, int]:
    found = _PLACE.fullmatch(message)
    what = found["what"] if found else message
    line = int(found["line"]) if found and found["line"] else max(text.rstrip().count("\n") + 1, 1)
    cause = next((french for pattern, french in _FRENCH if re.fullmatch(pattern, what, re.DOTALL)), None)
    content = (text.split("\n")[line - 1 : line] or [""])[0].strip()
    extract = f" (« {shown(content)} »)" if content else ""
    start = "Le fichier ne se lit pas comme du TOML"
    return f"{start} : {cause or 'la syntaxe est incorrecte'}{extract}. Corrigez la ligne.", line
