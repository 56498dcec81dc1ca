"""The layout of a mail: one written text, given as plain lines and as a page, in the same words.

A text is paragraphs set apart by a blank line; the lines of a paragraph are joined. A line that begins with a dash is
an item of a list, one that begins with "## " a heading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from html import escape
from itertools import groupby
from textwrap import wrap

from workflows import french

#: Characters of a line of plain text, as mail programs like them.
WIDTH = 76
LONGEST_VALUE = 400

_CUT = "…"
_ITEM = "- "
_HEADING = "## "
#: Stands for a space that does not end a line: L. 114-5, 1er mai 2025, n° 3.
_HELD = "\ue000"
_MONTHS = "|".join(french.short_day(date(2001, month, 1)).split()[1] for month in range(1, 13))
_HELD_SPACES = re.compile(
    rf"(?:\b[LRD]\.|n°|\brang(?= \d)|\b(?:\d{{1,2}}|1er)(?= [a-zéû])|\b(?:{_MONTHS})(?= \d{{4}})) (?=\S)"
)
#: Spaces that a condition of a template leaves behind: doubled, or before a full stop or a comma.
_LOOSE_SPACE = re.compile(r" (?= )| +(?=[.,](?:\s|\Z))")
_GONE = frozenset({"Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset({"Cc", "Zl", "Zp"})


class Kind(Enum):
    """What a block of a text is."""

    TEXT = "p"
    ITEM = "li"
    HEADING = "h2"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an item or a heading, with French spaces; `first` opens a paragraph of the written text."""

    kind: Kind
    text: str
    first: bool


def clean(text: str, longest: int = LONGEST_VALUE) -> str:
    """A text on one line, without control or invisible characters, cut when it is too long."""
    kept = (" " if unicodedata.category(c) in _SPACES else c for c in text if unicodedata.category(c) not in _GONE)
    line = re.sub(" {2,}", " ", "".join(kept)).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + _CUT


def blocks_of(written: str) -> tuple[Block, ...]:
    """What a written text is made of."""
    paragraphs = re.split(r"\n\s*\n", written.strip())
    return tuple(block for paragraph in paragraphs for block in _blocks(paragraph))


def _blocks(paragraph: str) -> Iterator[Block]:
    lines: list[str] = []
    for line in paragraph.split("\n"):
        if lines and not line.startswith(_ITEM):
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line.strip())
    for rank, line in enumerate(lines):
        kind = Kind.ITEM if line.startswith(_ITEM) else Kind.HEADING if line.startswith(_HEADING) else Kind.TEXT
        text = line if kind is Kind.TEXT else line[len(_ITEM if kind is Kind.ITEM else _HEADING) :]
        yield Block(kind, french.typography(_LOOSE_SPACE.sub("", text.strip())), rank == 0)


def plain(blocks: tuple[Block, ...]) -> str:
    """The text wrapped at WIDTH, a blank line between paragraphs."""
    lines: list[str] = []
    for block in blocks:
        if block.first and lines:
            lines.append("")
        lines += _wrapped(block)
    return "\n".join(lines) + "\n"


def flowed(written: str) -> str:
    """A written text as plain lines."""
    return plain(blocks_of(written))


def _wrapped(block: Block) -> list[str]:
    mark = _ITEM if block.kind is Kind.ITEM else ""
    held = _HELD_SPACES.sub(lambda found: found[0][:-1] + _HELD, mark + block.text)
    indent = " " * len(mark)
    lines = wrap(held, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    shown = [line.replace(_HELD, " ") for line in lines]
    return [*shown, "-" * min(WIDTH, max(map(len, shown)))] if block.kind is Kind.HEADING and shown else shown


# No colour is set, so that a dark screen stays dark; nothing is fetched, no image tells that the mail was opened.
_BODY = "margin:0 auto;padding:1rem;max-width:40rem;font-family:sans-serif;line-height:1.5;overflow-wrap:anywhere"
_STYLES = {
    "h1": "font-size:1.3rem;line-height:1.3;margin:0 0 1rem",
    "h2": "font-size:1.1rem;line-height:1.3;margin:2rem 0 .5rem",
    "p": "margin:0 0 1rem",
    "ul": "margin:0 0 1rem;padding-left:1.25rem",
    "li": "margin:0 0 .25rem",
}


def page(subject: str, blocks: tuple[Block, ...], links: Mapping[str, str]) -> str:
    """The same text as an HTML page, every value escaped. `links`: where a text of the mail leads, nothing else does.

    It holds no colour, no image and nothing to fetch.
    """
    parts = [_tag("h1", _shown(subject, {}))]
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        tags = [_tag(kind.value, _shown(block.text, links)) for block in group]
        parts += [_tag("ul", "\n".join(["", *tags, ""]))] if kind is Kind.ITEM else tags
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="fr">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(subject)}</title>",
            "</head>",
            f'<body style="{_BODY}">',
            "<main>",
            *parts,
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _tag(name: str, content: str) -> str:
    return f'<{name} style="{_STYLES[name]}">{content}</{name}>'


def _shown(text: str, links: Mapping[str, str]) -> str:
    """A text escaped, with its links; what is read as one thing stays on one line."""
    held = _HELD_SPACES.sub(lambda found: found[0][:-1] + french.NBSP, text)
    if not links:
        return escape(held)
    known = "|".join(re.escape(shown) for shown in sorted(links, key=len, reverse=True))
    parts = re.split(rf"(?<![\w@/.-])({known})(?![\w@/-]|\.\w)", held)
    return "".join(_link(part, links) if rank % 2 else escape(part) for rank, part in enumerate(parts))


def _link(shown: str, links: Mapping[str, str]) -> str:
    return f'<a href="{escape(links[shown])}">{escape(shown)}</a>'
