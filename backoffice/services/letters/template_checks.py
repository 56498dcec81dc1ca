"""What a template of a letter may not do: read, import, draw over the rest of the page, name what no letter has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from backoffice.services.letters.template_words import Fault, no_member
from backoffice.services.letters.typst_code import code_of
from workflows.french import typography
from workflows.letters.data import Stamp
from workflows.letters.kinds import LetterKind
from workflows.letters.members import AMOUNT_PARTS, Member

#: The layout that every letter shares, and what it lends to templates.
LAYOUT, LENT = "_letter.typ", "_lent.typ"
#: Characters of a template: the longest shipped one has a tenth of them.
LONGEST = 60_000
#: Brackets within brackets: a template that is meant to be read has a dozen.
DEEPEST = 100
#: Names that read files, run other code or reach the compiler: a template has no use for them.
_READING = (
    *("read", "json", "csv", "toml", "yaml", "xml", "cbor", "image", "plugin", "bibliography", "eval", "std", "sys"),
)
#: Names that draw out of the body, hide, shrink, or print program code: the layout has the page and its characters.
_DRAWING = ("page", "place", "hide", "move", "scale", "rotate", "skew", "text", "metadata", "repr", "panic")
#: What a body may not be told: to cut what it prints, or to cover it.
_SETTINGS = ("clip", "fill")
_CLOSED = (*_READING, *_DRAWING)
#: What stands before a template, on lines of its own.
BEFORE = f'#import "{LAYOUT}": *\n#let ({", ".join(_CLOSED)}) = (none,) * {len(_CLOSED)}\n#show: letter\n'
LINES_BEFORE = BEFORE.count("\n")


def unreadable(text: str) -> Iterator[Fault]:
    """What is wrong with the length or the depth of a template."""
    if len(text) > LONGEST:
        yield Fault(None, typography(f"Le modèle dépasse {LONGEST} caractères : raccourcissez-le."))
    if not text.strip():
        yield Fault(None, typography("Le modèle est vide : écrivez le corps du courrier."))
    if _depth(text) > DEEPEST:
        words = f"Plus de {DEEPEST} crochets, parenthèses ou accolades sont ouverts à la fois : refermez-les."
        yield Fault(None, typography(words))


def _depth(text: str) -> int:
    """How many brackets are open at once, at most, whatever stands between them."""
    depth = most = 0
    for character in text:
        depth = max(0, depth + (character in "([{") - (character in ")]}"))
        most = max(most, depth)
    return most


_KEYWORD = re.compile(r"(?<![\w.-])(import|include)\b")
_CALL = re.compile(
    rf"(?<![\w.-])({'|'.join(_CLOSED)})\s*\(|(?<![\w.-])(std|sys)\s*\.|\bshow\s+({'|'.join(_DRAWING)})\s*:"
)
_SETTING = re.compile(rf"(?<![\w.-])({'|'.join(_SETTINGS)})\s*:")


def forbidden(text: str) -> Iterator[Fault]:
    """What a template asks for and may not have."""
    for number, line in enumerate(_without_texts(code_of(text)).split("\n"), 1):
        for found in (f for look in (_KEYWORD, _CALL, _SETTING) for f in look.finditer(line)):
            yield Fault(number, _no(next(filter(None, found.groups()))))


def _no(name: str) -> str:
    if name in {"import", "include"}:
        return typography(f"« {name} » n’est pas permis : un modèle n’utilise ni paquet ni autre fichier. Retirez-le.")
    if name == "text":
        what = "la mise en page choisit les caractères. Écrivez *gras* ou _italique_"
        return typography(f"« {name} » n’est pas permis : {what}.")
    if name in {*_DRAWING, *_SETTINGS}:
        return typography(f"« {name} » n’est pas permis : un modèle n’écrit que le corps du courrier. Retirez-le.")
    return typography(f"« {name} » n’est pas permis : un modèle ne lit aucun fichier et n’exécute rien. Retirez-le.")


def _without_texts(code: str) -> str:
    """Code whose texts between quotation marks are blanked, line for line."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: re.sub(r"[^\n]", " ", found[0]), code)


# Names have an end, so that no text takes long to read.
_NAME = r"[a-z_][\w-]{0,60}"
_STEPS = rf"(?:\s{{0,80}}\.{_NAME}(?:\([^()\n]{{0,80}}\))?){{1,8}}"
_STEP = re.compile(rf"\.({_NAME})(\([^()\n]{{0,80}}\))?")
_NAMES = r"\([\w\s,:.-]{1,200}\)"
# A path is looked for from every name: one may stand among the arguments of another.
_PATH = re.compile(rf"(?<![\w.-])(?=({_NAME}{_STEPS}))")
_LOOP = re.compile(rf"\bfor\s+({_NAME}|{_NAMES})\s+in\s+({_NAME}(?:{_STEPS})?)")
_ARROW = re.compile(rf"(?<![\w.-])(?=({_NAME}{_STEPS}?)\.\w+\(\s*({_NAME})\s*=>)")
_LET = re.compile(rf"\blet\s+({_NAME}|{_NAMES})\s*=\s*({_NAME}(?:{_STEPS})?)")
_IN_BRACKETS = re.compile(rf"(?<![\w-])\((\s{{0,80}}{_NAME}\s{{0,80}})\)(?=\s{{0,80}}\.)")
#: What the compiler itself offers: on a list, one of its items; on a list, another list of the same.
_ITEM, _SAME = frozenset({"first", "last", "find", "at"}), frozenset({"filter", "rev", "slice", "sorted", "dedup"})
#: The rest, on texts, lists, dictionaries and elements.
_METHODS = frozenset(
    {
        *("len", "map", "join", "fold", "sum", "contains", "keys", "values", "pairs", "enumerate", "zip", "flatten"),
        *("starts-with", "ends-with", "replace", "split", "trim", "clusters", "codepoints", "match", "matches"),
        *("any", "all", "position", "chunks", "body", "text", "children", "value", "caption", "func", "fields", "has"),
    }
)

#: What a name stands for: a member; or, for one whose value nobody knows, the names of every member of the letter.
_Known = Member | frozenset[str]


def unknown(kind: LetterKind, text: str) -> Iterator[Fault]:
    """The names that a template writes and that no letter of this kind has: those of `data`, of `stamp`, and of what
    loops, functions and `let` take from them.
    """
    bare = _IN_BRACKETS.sub(lambda found: f" {found[1]} ", code_of(text))
    known: dict[str, _Known] = {"data": _root(kind.data), "stamp": _root(Stamp)}
    loose = frozenset(_every(known["data"])) | frozenset(_every(known["stamp"])) | set(AMOUNT_PARTS)
    for at, names, path in sorted(_written(bare), key=lambda found: (found[0], not found[1])):
        found, wrong = _resolved(known, path) if path else (loose, None)
        if names:
            wrong = _bind(known, names, found, loose)
        if wrong is not None:
            yield Fault(bare.count("\n", 0, at) + 1, no_member(wrong))


def _written(bare: str) -> Iterator[tuple[int, str, str]]:
    """The names that a template binds, with the path they are taken from, and the paths that it writes, with where."""
    for at, word, names in _bound(_without_texts(bare)):
        if word == "=>":
            yield at - 1, names, ""
        elif "(" in names and (word == "for" or not names.startswith("(")):
            yield at, names[names.index("(") :], ""
    for found in (*_LOOP.finditer(bare), *_LET.finditer(bare)):
        yield found.start(), found[1], f"{found[2]}.first()" if bare.startswith("for", found.start()) else found[2]
    for found in _ARROW.finditer(bare):
        yield found.start(2), found[2], f"{found[1]}.first()"
    for found in _PATH.finditer(bare):
        yield found.start(), "", found[1]


def _bind(known: dict[str, _Known], names: str, found: _Known | None, loose: frozenset[str]) -> str | None:
    """Note what some names stand for; gives the one that nobody knows, where a group is taken apart."""
    if not names.startswith("("):
        known[names] = loose if found is None else found
        return None
    apart = isinstance(found, Member) and bool(found.parts) and not found.many
    for part in re.split(r"[,()]", names):
        name, _, alias = (piece.strip() for piece in part.partition(":"))
        if not name or name.startswith(".."):
            continue
        member = found.parts.get(name) if isinstance(found, Member) and apart else None
        if apart and member is None:
            return name
        known[alias or name] = member or loose
    return None


def _root(of: type[Any]) -> Member:
    return Member("", "", of, many=False, optional=False)


def _every(of: _Known) -> Iterator[str]:
    for member in of.parts.values() if isinstance(of, Member) else ():
        yield member.name
        yield from _every(member)


def _resolved(known: Mapping[str, _Known], path: str) -> tuple[_Known | None, str | None]:
    """What a path leads to, or the name that nobody knows in it; neither when it is no path of ours."""
    root = re.match(_NAME, path)
    found = known.get(root[0]) if root else None
    for name, given in _STEP.findall(path):
        if found is None:
            return None, None
        literal = re.match(r'\(\s*"([^"]*)"', given) if name == "at" else None
        if given and not literal and name in _ITEM | _SAME:
            if isinstance(found, Member):
                if found.parts and not found.many:
                    return None, given[1:-1].strip() or name
                found = replace(found, many=found.many and name in _SAME)
            continue
        wanted = literal[1] if literal else name
        if not _has(found, wanted):
            return None, None if wanted in _METHODS else wanted
        found = found.parts.get(wanted) if isinstance(found, Member) else found
    return found, None


def _has(found: _Known, name: str) -> bool:
    if isinstance(found, frozenset):
        return name in found
    return not found.many and (name in found.parts or (found.of is Decimal and name in AMOUNT_PARTS))


_VARIABLE = re.compile(r"(?<![\w.<@-])([^\W\d][\w-]*)(?![\w-])(?!\s*:)")
_ANY = r"[^\W\d][\w-]{0,60}"
_BEFORE_NAMES = re.compile(rf"\b(let|for)\s+((?:{_ANY})?)")
_AFTER_NAMES = re.compile(rf"({_ANY}|\))\s*(=>)")
#: Characters of the brackets that names are looked for in: no text takes long to read.
_WIDEST = 400
_WORDS = frozenset(
    {
        *("let", "set", "show", "context", "return", "break", "continue", "if", "else", "for", "while", "in", "as"),
        *("and", "or", "not", "none", "auto", "true", "false"),
    }
)


def _bound(code: str) -> Iterator[tuple[int, str, str]]:
    """What a template binds: where, the word that does, the names. These are a name, brackets however deep, or the
    name of a function with its brackets.
    """
    ends = dict(_brackets(code))
    starts = {end: start for start, end in ends.items()}
    for found in _BEFORE_NAMES.finditer(code):
        yield found.start(), found[1], code[found.start(2) : ends.get(found.end(), found.end())]
    for found in _AFTER_NAMES.finditer(code):
        start = starts.get(found.end(1), found.start(1))
        yield start, found[2], code[start : found.end(1)]


def _brackets(code: str) -> Iterator[tuple[int, int]]:
    """Where round brackets open, and the place after those that close them."""
    opened: list[int] = []
    for found in re.finditer(r"[()]", code):
        if found[0] == "(":
            opened.append(found.start())
        elif opened and found.end() - opened[-1] <= _WIDEST:
            yield opened.pop(), found.end()
        elif opened:
            opened.pop()


def names_written(text: str) -> str:
    """A template that only reads, each at its line, the names that a template takes from elsewhere; empty for none.

    The compiler reads them all there, and some of them in no letter.
    """
    code = _without_texts(code_of(text))
    bound = {name for _, _, names in _bound(code) for name in re.findall(_ANY, names)}
    lines = []
    for line in code.split("\n"):
        names = dict.fromkeys(_VARIABLE.findall(line))
        wanted = [name for name in names if name not in bound | _WORDS | set(_CLOSED)]
        lines.append(f"#let _ = ({', '.join(wanted)},)" if wanted else "")
    return "\n".join(lines) if any(lines) else ""
