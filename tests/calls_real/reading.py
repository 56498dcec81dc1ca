"""Reading the real calls: each one once, its values as plain data by their path in the file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import config
from workflows.calls.model import Call
from workflows.calls.parse import parse_call
from workflows.calls.sources import Sourced
from workflows.shapes import dump

CONFIG = Path(config.__file__).parent
REAL = ("na-2024", "idf-2025", "cvl-ville-hopital", "ara-2017", "guyane-2020")

#: Stands in a table for a value the call leaves unknown.
UNKNOWN = "inconnu"


def text_of(name: str) -> str:
    return (CONFIG / "calls" / f"{name}.toml").read_text("utf-8")


def quota_texts() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in (CONFIG / "quotas").glob("*.toml")}


@cache
def call(name: str, complement: str | None = None) -> Call:
    """A real call, with the text of a complement if there is one."""
    return parse_call(text_of(name), complement=complement, quota_sources=quota_texts())


def sourced(value: Any, path: str = "") -> Iterator[tuple[str, Sourced[Any]]]:
    """Every value with a source, by its path: `clauses.funding.rates.0.rate`."""
    if isinstance(value, Sourced):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from sourced(inner, f"{path}.{key}")
    elif isinstance(value, tuple):
        for rank, inner in enumerate(value):
            yield from sourced(inner, f"{path}.{rank}")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for item in dataclasses.fields(value):
            yield from sourced(getattr(value, item.name), f"{path}.{item.name}".removeprefix("."))


def rules(value: Any) -> Iterator[str]:
    """Every rule id a call cites, in a value or in a clause told in words."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from rules(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from rules(inner)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        rule = getattr(value, "rule", None)
        if isinstance(rule, str):
            yield rule
        for item in dataclasses.fields(value):
            yield from rules(getattr(value, item.name))


@cache
def plain(name: str) -> dict[str, Any]:
    """The whole call as plain data."""
    return dump(call(name))


def told(name: str, path: str) -> tuple[str, Any]:
    """The rule of a value and the value as plain data, UNKNOWN where the call is silent."""
    found: Any = plain(name)
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    source = next(found[key] for key in ("rule", "law", "default", "choice") if key in found)
    return source, UNKNOWN if found.get("unknown") else _trimmed(found["value"])


def _trimmed(value: Any) -> Any:
    """Plain data without the members nobody gave, so that tables stay readable."""
    if isinstance(value, dict):
        return {key: _trimmed(inner) for key, inner in value.items() if inner is not None}
    return [_trimmed(inner) for inner in value] if isinstance(value, list) else value
