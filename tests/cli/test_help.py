"""What every command says of itself: in French, down to the names of what it takes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from backoffice.cli import build_parser, main


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from commands(each)


def test_what_a_command_takes_has_a_name_and_a_sentence():
    """argparse falls back on the name of the variable, in English."""
    bare = [
        f"{parser.prog} {action.dest}"
        for parser in commands(build_parser())
        for action in parser._actions
        if action.nargs != 0 and not action.metavar
    ]
    assert bare == []
    mute = [
        f"{parser.prog} {action.dest}"
        for parser in commands(build_parser())
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert mute == []


def test_the_help_says_which_installation_and_which_hour(capsys):
    assert main([]) == 2
    said = " ".join(capsys.readouterr().out.split())
    assert "TEMPS_PARTAGE_HOME=var/demo" in said
    assert "à l’heure de ses pages" in said
