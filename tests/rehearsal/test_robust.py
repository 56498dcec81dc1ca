"""Whatever is wrong in a scenario, it is told or it plays: nothing else ever comes out."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from backoffice.cli.scenario_files import SCENARIOS
from tests.builders import call_of
from workflows.calls.toml_text import TomlText
from workflows.rehearsal import parse
from workflows.rehearsal.parse import ScenarioError, parse_scenario
from workflows.rehearsal.plain import to_json
from workflows.rehearsal.play import rehearse
from workflows.rehearsal.text import page

TREE = tomllib.loads((SCENARIOS / "na-2024-incomplet-23h50.toml").read_text("utf-8"), parse_float=Decimal)
FAR = date(9999, 12, 31)
STRANGE: tuple[Any, ...] = ("", "x", -1, [], {}, True, Decimal("1.5"), date(2024, 6, 20), FAR, ["a"], "{n}", "all")
GONE = object()
MISSPELT = object()


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a tree, tables and lists included."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The scenario with one place changed, emptied or misspelt."""
    tree: dict[str, Any] = copy.deepcopy(TREE)
    around: Any = tree
    for key in path[:-1]:
        around = around[key]
    before = around.pop(path[-1])
    if value is MISSPELT and isinstance(around, dict):
        around[f"{path[-1]}x"] = before
    elif value not in (GONE, MISSPELT) and isinstance(around, list):
        around.insert(path[-1], copy.deepcopy(value))
    elif value not in (GONE, MISSPELT):
        around[path[-1]] = copy.deepcopy(value)
    return tree


@pytest.mark.parametrize("value", [*STRANGE, GONE, MISSPELT], ids=lambda v: "…" if v in (GONE, MISSPELT) else repr(v))
def test_one_strange_value_anywhere(value, monkeypatch):
    call = call_of("na-2024", completed=False)
    for path in places(TREE):
        monkeypatch.setattr(parse, "read_toml", lambda _, p=path: TomlText(changed(p, value), {}))
        with suppress(ScenarioError):
            found = rehearse(parse_scenario(""), call)
            assert page(found)
            assert to_json(found)


def test_an_hour_that_does_not_exist_is_still_an_instant():
    skipped = datetime(2024, 3, 31, 2, 30)  # noqa: DTZ001  # clock of the authority, in the hour that summer skips
    tree = changed(("dossiers", 0, "opened_on"), date(2024, 3, 1))
    tree["events"][0]["at"] = skipped
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parse, "read_toml", lambda _: TomlText(tree, {}))
        assert rehearse(parse_scenario(""), call_of("na-2024", completed=False)).history
