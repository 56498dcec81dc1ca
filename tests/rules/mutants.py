"""Copies of a call with one value changed: what a reader of the call could get wrong, one mistake at a time.

A mutant changes one sourced value (up, down, another word, one entry more or less), leaves it unknown, gives a value
where the call is silent, moves its origin between printed and default where the severity follows it, or drops or
changes one table of a list (a piece, a gate, a component, a rate, a quota, a session, a repayment clause). Words shown
to people (labels, remarks, criteria, clauses told in words) are left alone.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any

from backoffice.callfiles import call_names, find_call, quota_sources, read_text
from workflows.acts import ACTS
from workflows.calls.model import Call, CallFile
from workflows.calls.parse import parse_call
from workflows.calls.sources import Sourced

CALLS = call_names()

#: Members that are words for people, or names that nothing computes with.
_WORDS = frozenset({"id", "label", "title", "text", "note", "rule", "bullet", "signed_by", "topic"})
#: Lists that only hold words.
_TOLD = frozenset({"notes", "criteria"})
_SOURCES = ("rule", "law", "default", "choice")
_DAY = timedelta(days=1)
#: A word of a list shorter than this becomes each of the others; of a longer one, the next.
_FEW = 5

#: Values whose origin decides whether a failed condition refuses or only warns.
_SEVERE = re.compile(
    r"clauses\.gates\..*\.(kinds|floor|ceiling|floor_months|areas|only|excluded|comparison)"
    r"|clauses\.gates\.(independent|count|project_sizes)"
    r"|clauses\.contract\.(windows|months)"
    r"|clauses\.filing\.(joint|depositors|complete_at_deadline)"
    r"|clauses\.pieces\..*\.required"
    r"|clauses\.committee\.reserve_until"
    r"|clauses\.replacement\.(allowed|letter|repercussions|propose_within_days)"
    r"|clauses\.deferral\.(allowed|duty|longest_months)"
    r"|clauses\.renewal\.(months|times)"
    r"|clauses\.funding\.(reading|repayment_reading|scaled_by_contract)"
    r"|parameters\.(closing|opens_on)"
)

Tree = dict[str, Any]
Change = tuple[str, Any]
#: In place of a value: the key is taken away.
_GONE: Any = object()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A call file with one thing changed. `rule` is the one whose proofs must notice, `tree` the whole file."""

    call: str
    path: str
    rule: str
    mutation: str
    tree: Tree

    def parse(self) -> Call:
        """The call it describes. Raises `CallFileError` when a call cannot say that."""
        return parse_call(as_toml(self.tree), quota_sources=_quotas(), known_acts=frozenset(ACTS))


@cache
def _quotas() -> Mapping[str, str]:
    return quota_sources()


@cache
def published(call_id: str) -> Call:
    """A call as published, without any complement."""
    return parse_call(read_text(find_call(call_id)), quota_sources=_quotas(), known_acts=frozenset(ACTS))


@cache
def mutants_of(call_id: str) -> tuple[Mutant, ...]:
    """Every mutant of a call, in the order of its file."""
    tree = tomllib.loads(read_text(find_call(call_id)), parse_float=Decimal)
    return tuple(
        Mutant(call_id, ".".join(map(str, place.path)), place.rule, mutation, _with(tree, place.keys, new))
        for place in _Walker(tree).places()
        for mutation, new in place.changes
    )


# Where to change what.


@dataclass(frozen=True, slots=True)
class _Place:
    """A node of the tree: its keys, its path with ids in place of ranks, its rule, and what may replace it."""

    keys: tuple[Any, ...]
    path: tuple[Any, ...]
    rule: str
    changes: tuple[Change, ...]


class _Walker:
    """Goes down the tree of a call beside the shape of a call."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        rules = tree["rules"]
        self.first, self.silent = f"{rules['prefix']}-01", rules.get("silent")

    def places(self) -> Iterator[_Place]:
        """Every place where something may change."""
        for name in ("clauses", "parameters"):
            yield from self._part(_hints(CallFile)[name], self.tree[name], (name,), (name,), None)

    def _part(self, hint: Any, node: Any, keys: tuple[Any, ...], path: tuple[Any, ...], rule: str | None) -> Any:
        hint = _without_none(hint)
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is Sourced:
            yield from self._leaf(arguments[0], node, keys, path)
        elif isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(node, dict):
            yield from self._table(hint, node, keys, path, rule)
        elif origin is tuple and isinstance(node, list) and _is_table(arguments[0]):
            for rank, item in enumerate(node):
                name = item.get("id", rank)
                yield from self._row(arguments[0], item, (*keys, rank), (*path, name))
        elif isinstance(node, dict):  # a free table of sourced values
            for key, value in node.items():
                yield from self._part(arguments[1], value, (*keys, key), (*path, key), rule)
        elif rule is not None:
            yield _Place(keys, path, rule, tuple(_changes(hint, node)))

    def _table(
        self, shape: Any, node: Tree, keys: tuple[Any, ...], path: tuple[Any, ...], rule: str | None
    ) -> Iterator[_Place]:
        hints = _hints(shape)
        for key, value in node.items():
            if key in _WORDS or key in _TOLD:
                continue
            place = (*keys, key), (*path, key)
            yield from self._part(hints[key], value, *place, rule)
            if rule is not None and _is_optional(shape, key) and not _is_sourced(hints[key]):
                yield _Place(*place, rule, (("retiré", _GONE),))

    def _row(self, shape: Any, node: Tree, keys: tuple[Any, ...], path: tuple[Any, ...]) -> Iterator[_Place]:
        """A table of a list: dropped, then each of its members changed."""
        rule = self._rule_of(node, path)
        yield _Place(keys, path, rule, (("table retirée", _GONE),))
        yield from self._table(shape, node, keys, path, rule)

    def _rule_of(self, node: Tree, path: tuple[Any, ...]) -> str:
        if "rule" in node:
            return str(node["rule"])
        sources = [_source(value) for value in node.values() if isinstance(value, dict) and _has_source(value)]
        if sources:
            return sources[0]
        if path[-2] == "readings":  # a reading is there to be chosen
            return _source(self.tree["clauses"]["funding"]["reading"])
        quota = next(q for q in published(self.tree["id"]).parameters.quotas if q.id == node["id"])
        return quota.places.rule

    def _leaf(self, hint: Any, node: Tree, keys: tuple[Any, ...], path: tuple[Any, ...]) -> Iterator[_Place]:
        rule = _source(node)
        if node.get("unknown"):
            given = {"value": self._sample(hint, path), "rule": rule}
            yield _Place(keys, path, rule, (("donné", given),))
            return
        yield _Place(keys, path, rule, (("inconnu", {"unknown": True, "rule": self.silent or self.first}),))
        value = (*keys, "value"), path
        if path[-1] == "reading":
            others = [r["id"] for r in self.tree["clauses"]["funding"]["readings"] if r["id"] != node["value"]]
            yield _Place(*value, rule, tuple((f"{node['value']} → {other}", other) for other in others))
        elif _is_table(hint) or (typing.get_origin(hint) is tuple and _is_table(typing.get_args(hint)[0])):
            yield from self._entries(hint, node["value"], *value, rule)
        else:
            yield _Place(*value, rule, tuple(_changes(hint, node["value"])))
        if _SEVERE.fullmatch(".".join(map(str, path))):
            yield _Place(keys, path, rule, (self._moved(node),))

    def _entries(
        self, hint: Any, node: Any, keys: tuple[Any, ...], path: tuple[Any, ...], rule: str
    ) -> Iterator[_Place]:
        """The inside of a value made of tables."""
        if isinstance(node, dict):
            yield from self._table(hint, node, keys, path, rule)
            return
        for rank, item in enumerate(node):
            place = (*keys, rank), (*path, rank)
            yield _Place(*place, rule, (("entrée retirée", _GONE),))
            yield from self._table(typing.get_args(hint)[0], item, *place, rule)

    def _moved(self, node: Tree) -> Change:
        """The same value, printed where it was a default, a default where it was printed."""
        kept = {key: value for key, value in node.items() if key not in _SOURCES}
        if "default" in node:
            return "imprimé", {**kept, "rule": self.first}
        return "par défaut", {**kept, "default": "A48"}

    def _sample(self, hint: Any, path: tuple[Any, ...]) -> Any:
        """Some value where the call is silent."""
        readings = self.tree["clauses"]["funding"].get("readings", ())
        if path[-1] == "reading" and readings:
            return readings[0]["id"]
        if path[-1] == "closing":
            zone = self.tree["authority"]["zone"]
            return {"day": date(2010, 1, 4), "bound": "avant le", "zone": zone, "wording": "avant le 4 janvier 2010"}
        if path[-1] == "windows":
            return [{"first": date(2010, 1, 4), "last": date(2010, 1, 4)}]
        return _sample(hint)


def _sample(hint: Any) -> Any:
    if typing.get_origin(hint) is tuple:
        return [_sample(typing.get_args(hint)[0])]
    if issubclass(hint, StrEnum):
        return next(iter(hint)).value
    samples = {bool: True, int: 7, Fraction: "1/3", Decimal: "1000.00", date: date(2010, 1, 4), str: "recruiter"}
    return samples[hint]


# What may stand in place of a value.


def _changes(hint: Any, value: Any) -> Iterator[Change]:
    """Other values of the same type, each with its name."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        yield from _list_changes(arguments, value)
    elif hint is bool:
        yield _named(value, not value)
    elif hint is int:
        yield from (_named(value, value + step) for step in (1, -1) if value + step >= 0)
    elif hint is Fraction:
        yield from _share_changes(value)
    elif hint is Decimal:
        yield from (_named(value, str(Decimal(value) + step)) for step in (Decimal("0.01"), Decimal("-0.01")))
    elif hint is date:
        yield from (_named(value, value + step) for step in (_DAY, -_DAY))
    elif isinstance(hint, type) and issubclass(hint, StrEnum):
        others = [member.value for member in hint if member.value != value]
        yield from (_named(value, other) for other in (others if len(others) < _FEW else [_other(hint, (value,))]))
    else:
        yield _named(value, f"{value}-autre")


def _list_changes(arguments: tuple[Any, ...], value: list[Any]) -> Iterator[Change]:
    """One entry less, one other entry more, one entry changed."""
    fixed = len(arguments) < 2 or arguments[1] is not Ellipsis  # tuple[x, ...] or tuple[x, x]
    for rank, item in enumerate(value):
        if not fixed:
            yield f"moins {item}", value[:rank] + value[rank + 1 :]
        if arguments[0] is int:
            lists = ([*value[:rank], new, *value[rank + 1 :]] for _, new in _changes(int, item))
            yield from (_named(value, other) for other in lists)
    if isinstance(arguments[0], type) and issubclass(arguments[0], StrEnum) and len(value) < len(arguments[0]):
        more = _other(arguments[0], value)
        yield f"plus {more}", [*value, more]


def _share_changes(value: Any) -> Iterator[Change]:
    exact = Fraction(value.replace(" ", "").removesuffix("%")) if isinstance(value, str) else Fraction(value)
    whole = exact / 100 if isinstance(value, str) and value.endswith("%") else exact
    step = Fraction(1) if whole > 1 else Fraction(1, 50)
    for new in (whole + step, whole - step):
        if whole > 1 or 0 <= new <= 1:
            yield _named(value, f"{new.numerator}/{new.denominator}")


def _other(words: type[StrEnum], taken: Any) -> str:
    """The member after those taken, in the order of the list."""
    members = [member.value for member in words]
    start = members.index(taken[-1]) if taken else -1
    return next(m for n in range(1, len(members) + 1) if (m := members[(start + n) % len(members)]) not in taken)


def _named(old: Any, new: Any) -> Change:
    return f"{_short(old)} → {_short(new)}", new


def _short(value: Any) -> str:
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)


# The tree and its shape.


@cache
def _hints(shape: Any) -> dict[str, Any]:
    return typing.get_type_hints(shape)


def _without_none(hint: Any) -> Any:
    inner = [a for a in typing.get_args(hint) if a is not type(None)]
    return inner[0] if len(inner) < len(typing.get_args(hint)) else hint


def _is_table(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def _is_sourced(hint: Any) -> bool:
    return typing.get_origin(_without_none(hint)) is Sourced


def _is_optional(shape: Any, name: str) -> bool:
    return next(f for f in dataclasses.fields(shape) if f.name == name).default is not dataclasses.MISSING


def _has_source(node: Tree) -> bool:
    return ("value" in node or "unknown" in node) and any(key in node for key in _SOURCES)


def _source(node: Tree) -> str:
    return next(str(node[key]) for key in _SOURCES if key in node)


def _with(node: Any, keys: tuple[Any, ...], new: Any) -> Any:
    """A copy of a tree with what stands at `keys` replaced or taken away."""
    changed = node.copy()
    first, *rest = keys
    if rest:
        changed[first] = _with(node[first], tuple(rest), new)
    elif new is _GONE:
        del changed[first]
    else:
        changed[first] = new
    return changed


def as_toml(tree: Tree) -> str:
    """A tree as TOML, one key a line."""
    return "\n".join(f"{key} = {_inline(value)}" for key, value in tree.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
