"""``backoffice calls explain``: a call as French sentences, each with its rule and where its value comes from."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from backoffice.callfiles import UnreadableFileError, load_call
from workflows.acts import ACTS
from workflows.calls.errors import CallFileError
from workflows.calls.explain import Line, Section, sentences
from workflows.calls.model import Call
from workflows.french import NBSP

if TYPE_CHECKING:
    from backoffice.cli import Groups

OK, REFUSED = 0, 1

#: Narrowest and widest text, in columns: below, sentences fall to pieces; above, the eye loses its line.
NARROWEST, WIDEST = 40, 100


def add_explain(commands: Groups) -> None:
    """Add ``backoffice calls explain FICHIER``."""
    parser = commands.add_parser("explain", help="lire un appel en phrases, avec l’origine de chaque valeur")
    parser.add_argument("file", metavar="FICHIER", help="chemin, ou nom d’un appel comme na-2024")
    parser.set_defaults(run=explain)


def explain(arguments: argparse.Namespace) -> int:
    """Print the call; 1 when its file cannot be used, else 0."""
    try:
        call = load_call(arguments.file)
    except UnreadableFileError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except CallFileError as error:
        name = os.fsencode(arguments.file).decode("utf-8", "replace")
        print(f"{name} ne peut pas être lu comme un appel.", file=sys.stderr)
        for issue in error.errors:
            print(f"  - {issue}", file=sys.stderr)
        return REFUSED
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    print("\n".join(page(call, width)))
    return OK


def page(call: Call, width: int) -> Iterator[str]:
    """The lines to print, none wider than `width` columns unless a word is."""
    labels = {name: act.label for name, act in ACTS.items()}
    yield from _wrapped(call.title, width, "", "")
    yield f"Version des clauses\u00a0: {call.digest[:12]}"
    for section in sentences(call, labels):
        yield ""
        yield from _section(section, width)


def _section(section: Section, width: int) -> Iterator[str]:
    yield section.title.upper()
    for line in section.lines:
        yield from _wrapped(_marked(line), width, "- ", "  ")
        if line.note:
            yield from _wrapped(line.note, width, "    ", "    ")


def _marked(line: Line) -> str:
    """The sentence and its mark, held together by no-break spaces, at which text is never wrapped."""
    return f"{line.text} {line.mark.replace(' ', NBSP)}" if line.mark else line.text


def _wrapped(text: str, width: int, first: str, then: str) -> Iterable[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )
