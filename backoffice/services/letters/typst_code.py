"""What of a template is code, and what is the text of the letter: words of the language are no names."""

from __future__ import annotations

import re

_NAME = re.compile(r"[^\W\d][\w-]*")
_LITERAL = re.compile(r"[\d.]+[a-z%]*|<[\w-]+>")
#: The address of a page, up to a bracket: what looks like a comment or like code is a part of it.
_ADDRESS, _OF_ADDRESS = re.compile("https?://"), re.compile(r"[0-9A-Za-z!#$%&*+,./:;=?@_~'-]*")
#: Words that begin a statement, which goes to the end of its line; and those that stop after their body.
_STATEMENTS = frozenset({"let", "set", "show", "import", "include", "return", "break", "continue"})
_BRANCHES = frozenset({"if", "for", "while"})
_CLOSING = {"(": ")", "{": "}"}


def code_of(text: str) -> str:
    """A template with all that is not code blanked, comments too, line for line: as long as it was.

    A template that is not well formed gives something all the same: the compiler says what is wrong with it.
    """
    reader = _Reader(text)
    reader.markup(0, nested=False)
    return "".join(reader.kept)


class _Reader:
    """Goes through a template once. Each method reads from a place and gives the one after what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kept = ["\n" if c == "\n" else " " for c in text]

    def markup(self, at: int, *, nested: bool) -> int:
        """Text up to its end, or to the bracket that closes it."""
        depth = 0
        while at < len(self.text):
            c = self.text[at]
            if c == "#":
                at = self._embedded(at + 1)
                continue
            if nested and c == "]" and depth == 0:
                return at
            depth += (c == "[") - (c == "]")
            at = at + 2 if c == "\\" else self._skipped(at) or self._address(at) or at + 1
        return at

    def _address(self, at: int) -> int:
        """Past the address of a page that begins here, with the brackets that it closes; 0 when none does."""
        if not _ADDRESS.match(self.text, at):
            return 0
        opened: list[str] = []
        while found := _OF_ADDRESS.match(self.text, at):
            at, c = found.end(), self.text[found.end() : found.end() + 1]
            if c and c in "([":
                opened.append(_CLOSING.get(c, "]"))
            elif not opened or c != opened.pop():
                break
            at += 1
        return at

    def _skipped(self, at: int) -> int:
        """Past a comment or a raw text that begins here; 0 when none does."""
        if self.text.startswith("/*", at):
            return self._after("*/", at + 2)
        if self.text.startswith("//", at):
            return self._after("\n", at) - 1
        if self.text[at] == "`":
            fence = re.compile("`+").match(self.text, at)
            ticks = fence[0] if fence and fence[0] != "``" else "`"
            return self._after(ticks, at + len(ticks))
        return 0

    def _after(self, mark: str, at: int) -> int:
        found = self.text.find(mark, at)
        return len(self.text) + (mark == "\n") if found < 0 else found + len(mark)

    def _embedded(self, at: int) -> int:
        """The code after a `#`."""
        name = _NAME.match(self.text, at)
        if name is None:
            literal = _LITERAL.match(self.text, at)
            return self._keep(at, literal.end()) if literal else self._chain(self._group(at))
        at = self._keep(at, name.end())
        if name[0] in _BRANCHES:
            return self._branch(at)
        if name[0] == "context":
            spaces = re.compile(r"[ \t]*").match(self.text, at)
            return self._embedded(spaces.end() if spaces else at)
        return self._statement(at) if name[0] in _STATEMENTS else self._chain(at)

    def _keep(self, at: int, end: int) -> int:
        self.kept[at:end] = self.text[at:end]
        return end

    def _chain(self, at: int) -> int:
        """Members and calls right after a value."""
        while at < len(self.text):
            step = _NAME.match(self.text, at + 1) if self.text[at] == "." else None
            after = self._keep(at, step.end()) if step else self._group(at) if self.text[at] in "([" else at
            if after == at:
                break
            at = after
        return at

    def _branch(self, at: int) -> int:
        """What a condition or a loop goes on with: its body, and those of its other branches."""
        at = self._statement(at, stops="[{")
        at = self._group(at)
        other = re.compile(r"[ \t]*else\b([ \t]+if\b)?").match(self.text, at)
        if other is None:
            return at
        self._keep(at, other.end())
        return self._branch(other.end())

    def _statement(self, at: int, stops: str = "") -> int:
        """Code up to the end of its line, to what closes it, or to one of some characters."""
        while at < len(self.text) and self.text[at] not in f";\n)]}}{stops}":
            at = self._one(at)
        return at

    def _group(self, at: int) -> int:
        """What is between brackets that open here; nothing when none does."""
        opening = self.text[at : at + 1]
        if opening == "[":
            return self._keep(at, at + 1) and self._closed(self.markup(at + 1, nested=True), "]")
        if opening not in _CLOSING:
            return at
        at = self._keep(at, at + 1)
        while at < len(self.text) and self.text[at] not in ")]}":
            at = self._one(at)
        return self._closed(at, _CLOSING[opening])

    def _closed(self, at: int, closing: str) -> int:
        return self._keep(at, at + 1) if self.text[at : at + 1] == closing else at

    def _one(self, at: int) -> int:
        """One piece of code: a group, a text between quotation marks, a comment, a character."""
        if self.text[at] in "([{":
            return self._group(at)
        if self.text[at] == '"':
            ending = re.compile(r'"(?:[^"\\]|\\.)*("|$)', re.DOTALL).match(self.text, at)
            return self._keep(at, ending.end() if ending else at + 1)
        return self._skipped(at) or self._keep(at, at + 1)
