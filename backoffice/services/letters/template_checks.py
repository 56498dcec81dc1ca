"""What a template of a letter may not do: read, import, loop for ever, name what no letter has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.services.letters.press import NotCompiledError, TooLongError
from workflows.french import NBSP, typography
from workflows.letters.data import Stamp
from workflows.letters.kinds import LetterKind
from workflows.letters.members import AMOUNT_PARTS, Member

LAYOUT = "_letter.typ"
#: Characters of a template: the longest shipped one has a tenth of them.
LONGEST = 60_000
#: Names that read files, run other code or reach the compiler: a template has no use for them.
_CLOSED = (
    *("read", "json", "csv", "toml", "yaml", "xml", "cbor", "image", "plugin", "bibliography", "eval", "std", "sys"),
)
#: What stands before a template, on lines of its own.
BEFORE = f'#import "{LAYOUT}": *\n#let ({", ".join(_CLOSED)}) = (none,) * {len(_CLOSED)}\n#show: letter\n'
_LINES_BEFORE = BEFORE.count("\n")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template: the line, from 1 (None for the whole), and a sentence."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        where = f"Ligne {self.line}{NBSP}: " if self.line else ""
        return where + self.sentence


class TemplateRefusedError(ValueError):
    """A template that is not kept, with everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(" ".join(map(str, faults)))
        self.faults = faults


def too_long(text: str) -> Iterator[Fault]:
    """What is wrong with the length of a template."""
    if len(text) > LONGEST:
        yield Fault(None, typography(f"Le modèle dépasse {LONGEST} caractères : raccourcissez-le."))
    if not text.strip():
        yield Fault(None, typography("Le modèle est vide : écrivez le corps du courrier."))


_KEYWORD = re.compile(r"(?:#|(?<=[{;\n])\s*)(import|include)\b")
_CALL = re.compile(rf"(?<![\w.-])({'|'.join(_CLOSED)})\s*[(.]")


def forbidden(text: str) -> Iterator[Fault]:
    """What a template asks for and may not have."""
    for number, line in enumerate(_without_comments(text).split("\n"), 1):
        for found in (*_KEYWORD.finditer("\n" + line), *_CALL.finditer(line)):
            yield Fault(number, _no(found[1]))


def _no(name: str) -> str:
    if name in {"import", "include"}:
        return typography(f"« {name} » n’est pas permis : un modèle n’utilise ni paquet ni autre fichier. Retirez-le.")
    return typography(f"« {name} » n’est pas permis : un modèle ne lit aucun fichier et n’exécute rien. Retirez-le.")


def _without_comments(text: str) -> str:
    """The text with comments blanked, line for line; an address keeps its slashes."""
    text = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)
    return re.sub(r"(?<!:)//[^\n]*", "", text)


# Names have an end, so that no text takes long to read.
_NAME = r"[a-z_][\w-]{0,60}"
_PATH = re.compile(rf"(?<![\w-])({_NAME})((?:\.{_NAME}){{1,8}})")
_LOOP = re.compile(rf"\bfor\s+({_NAME})\s+in\s+({_NAME}(?:\.{_NAME}){{0,8}})")
_ARROW = re.compile(rf"(?<![\w-])({_NAME}(?:\.{_NAME}){{0,8}}?)\.map\(\s*({_NAME})\s*=>")
_LET = re.compile(rf"\blet\s+({_NAME})\s*=\s*((?:data|stamp)(?:\.{_NAME}){{0,8}})")
#: What the compiler itself offers on texts, lists and dictionaries.
_METHODS = frozenset(
    {
        *("len", "at", "first", "last", "map", "filter", "join", "fold", "sum", "slice", "contains", "keys", "values"),
        *("pairs", "rev", "enumerate", "zip", "starts-with", "ends-with", "replace", "split", "trim", "clusters"),
        *("flatten", "any", "all", "find", "position", "sorted", "dedup", "chunks", "match", "matches", "codepoints"),
    }
)


def unknown(kind: LetterKind, text: str) -> Iterator[Fault]:
    """The names that a template writes and that no letter of this kind has: those of `data`, of `stamp`, and of what
    a loop, `map` or `let` takes from them.
    """
    bare = _without_comments(text)
    known = {"data": _root(kind.data), "stamp": _root(Stamp)}
    bindings = [(m.start(), m[1], m[2]) for m in (*_LOOP.finditer(bare), *_LET.finditer(bare))]
    bindings += [(m.start(), m[2], m[1]) for m in _ARROW.finditer(bare)]
    written = [(m.start(), "", m[0]) for m in _PATH.finditer(bare)]
    for at, name, path in sorted(bindings + written):
        found, wrong = _resolved(known, path)
        if name and found is not None:
            known[name] = _root(found.of)
        elif wrong is not None and not name:
            yield Fault(bare.count("\n", 0, at) + 1, _no_member(wrong))


def _root(of: type[Any]) -> Member:
    return Member("", "", of, many=False, optional=False)


def _resolved(known: Mapping[str, Member], path: str) -> tuple[Member | None, str | None]:
    """The member that a path leads to, or the name that nobody knows in it; neither when it is no path of ours."""
    root, *names = path.split(".")
    found = known.get(root)
    for name in names:
        if found is None or name in _METHODS:
            return None, None
        following = found.parts.get(name)
        if following is None and not (found.of is Decimal and name in AMOUNT_PARTS):
            return None, name
        found = following
    return found, None


def _no_member(name: str) -> str:
    return typography(f"le champ « {name} » n’existe pas pour ce courrier : prenez-en un dans la liste des champs.")


_WHERE = re.compile(r"main\.typ:(\d+):")
_SAID: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r'does not contain key "([^"]*)"', lambda found: _no_member(found[1])),
    (r"unknown variable: (\S+)", lambda found: f"le nom « {found[1]} » n’est pas connu : vérifiez son écriture."),
    (r"file not found|package|access denied", lambda _: "un modèle ne lit aucun fichier et n’utilise aucun paquet."),
    (r"expected function, found none|type none has no method", lambda _: "cette fonction n’est pas permise ici."),
    (r"infinite|always true|depth exceeded", lambda _: "le modèle tourne sans fin : retirez cette boucle."),
    (r"cannot access fields on type none", lambda _: "ce champ peut manquer : écrivez-le sous une condition (#if)."),
    (r"heading level", lambda _: "un titre saute un niveau : suivez l’ordre =, ==, ===."),
    (r"missing alt text", lambda _: "une figure n’a pas de texte de remplacement."),
    (r"unclosed delimiter", lambda _: "une parenthèse, un crochet ou une accolade n’est pas refermé."),
)


def fault_of(error: NotCompiledError) -> Fault:
    """What a compiler said, as a sentence with the line of the template."""
    if isinstance(error, TooLongError):
        return Fault(None, typography("Le modèle tourne sans fin, ou demande trop de mémoire : simplifiez-le."))
    lines = [int(found) - _LINES_BEFORE for found in _WHERE.findall(error.diagnostic)]
    line = next((number for number in reversed(lines) if number > 0), None)
    for pattern, told in _SAID:
        found = re.search(pattern, error.message)
        if found:
            return Fault(line, typography(told(found)))
    return Fault(line, typography(f"ceci n’est pas compris : {error.message}"))
