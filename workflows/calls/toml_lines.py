"""On which line each key of a TOML text stands: the reader of the standard library does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflows.calls.errors import Path

_TOKEN = re.compile(
    r"""
      (?P<blank> [\x20\t\r]+ | \#[^\n]* )
    | (?P<string> \"\"\" (?: \\. | [^\\] )*? \"{3,5} | '''.*?'{3,5} | "(?: \\. | [^"\\\n] )*" | '[^'\n]*' )
    | (?P<mark> [\n\[\]{}=,.] )
    | (?P<bare> [^\s\[\]{}=,."'\#]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


def line_index(text: str) -> dict[Path, int]:
    """The line (from 1) of every key and every element of a list, for a text known to be valid TOML."""
    return _Reader(text).read()


class _Reader:
    """Walks through the tokens once; values are skipped, keys are noted."""

    def __init__(self, text: str) -> None:
        self._words = _tokens(text)
        self._line = 1
        self._kind = self._word = ""
        self._lines: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}
        self._next()

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self._kind:
            if self._word == "\n":
                self._next()
            elif self._word == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _next(self) -> None:
        self._kind, self._word, self._line = next(self._words, ("", "", self._line))

    def _header(self) -> Path:
        line = self._line
        self._next()
        is_list = self._word == "["
        if is_list:
            self._next()
        *parents, last = self._keys("]")
        path: Path = ()
        for key in parents:
            path = (*path, key)
            self._lines.setdefault(path, line)
            path = self._current(path)
        path = (*path, last)
        if is_list:
            self._lengths[path] = self._lengths.get(path, -1) + 1
            self._lines.setdefault(path, line)
            self._next()
        path = self._current(path)
        self._lines.setdefault(path, line)
        self._next()
        return path

    def _current(self, path: Path) -> Path:
        return (*path, self._lengths[path]) if path in self._lengths else path

    def _keys(self, end: str) -> list[str]:
        keys = []
        while self._kind and self._word != end:
            if self._word != ".":
                keys.append(self._word.strip("\"'") if self._kind == "string" else self._word)
            self._next()
        return keys

    def _pair(self, table: Path) -> None:
        line = self._line
        path = table
        for key in self._keys("="):
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._next()
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._word == "[":
            self._list(path)
        elif self._word == "{":
            self._inline(path)
        else:
            while self._kind and self._word not in {",", "]", "}", "\n"}:
                self._next()

    def _list(self, path: Path) -> None:
        self._next()
        rank = 0
        while self._kind and self._word != "]":
            if self._word in {"\n", ","}:
                self._next()
            else:
                self._lines.setdefault((*path, rank), self._line)
                self._value((*path, rank))
                rank += 1
        self._next()

    def _inline(self, path: Path) -> None:
        self._next()
        while self._kind and self._word != "}":
            if self._word in {"\n", ","}:
                self._next()
            else:
                self._pair(path)
        self._next()


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match.group()
        if kind != "blank":
            yield kind, token, line
        line += token.count("\n")
