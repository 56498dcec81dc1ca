"""From a dataclass of inputs to an HTML form and back: one definition for both, errors beside their field."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

_FRENCH_DATE = re.compile(r"\s*(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})\s*")
#: Names that every form of ours carries beside the fields of its inputs.
OURS = frozenset({"csrf", "etape", "version", "cle"})
#: Answers by code of a finding, as a form gives them beside its controls: the reason given for each.
BY_CODE = ("lifts", "derogations")


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a closed list."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One control. `kind`: text, long, date, instant, amount, number, share, flag, choice or choices.

    `value` is what was typed, as text; a list for `choices`. `unit`: what a number counts. `help`: how to answer.
    `agents`: asked of agents only, who must say it. `needed`: when an answer that may be left out is required.
    """

    name: str
    label: str
    kind: str
    required: bool
    value: Any = None
    options: tuple[Option, ...] = ()
    error: str | None = None
    help: str = ""
    unit: str = ""
    agents: bool = False
    needed: str = ""

    @property
    def id(self) -> str:
        """Id of the control in the page."""
        return "f-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower())

    @property
    def is_empty_choice(self) -> bool:
        """True for a choice among nothing."""
        return self.kind in {"choice", "choices"} and not self.options


Choices = Mapping[str, tuple[Option, ...]]
_KINDS: dict[Any, str] = {
    str: "text",
    int: "number",
    bool: "flag",
    Decimal: "amount",
    Fraction: "share",
    date: "date",
    datetime: "instant",
}
_LONG = frozenset({"reason", "reserve", "condition", "authority"})


def fields_of(
    shape: type[Any], typed: MultiDict[str, str] | None = None, choices: Choices | None = None, prefix: str = ""
) -> list[Field]:
    """The controls of a dataclass of inputs, with what was typed. Nested dataclasses are flattened, dotted."""
    return list(_fields(shape, prefix, typed or MultiDict(), choices or {}))


def _fields(shape: type[Any], prefix: str, typed: MultiDict[str, str], choices: Choices) -> Iterable[Field]:
    hints = typing.get_type_hints(shape)
    for item in dataclasses.fields(shape):
        name = prefix + item.name
        hint, optional = _bare(hints[item.name])
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            yield from _fields(hint, f"{name}.", typed, choices)
            continue
        kind, options = _control(hint, name, choices)
        if kind is None:
            continue
        value: Any = typed.getlist(name) if kind == "choices" else typed.get(name)
        label, told, unit = (str(item.metadata.get(key, "")) for key in ("label", "help", "unit"))
        needed = str(item.metadata.get("needed", ""))
        yield Field(
            name,
            label or item.name,
            kind,
            required and not optional,
            value,
            options,
            help=told,
            unit=unit,
            agents=bool(item.metadata.get("agents")),
            needed=needed,
        )


def _bare(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        inner = [a for a in typing.get_args(hint) if a is not types.NoneType]
        return inner[0], True
    return hint, False


def _control(hint: Any, name: str, choices: Choices) -> tuple[str | None, tuple[Option, ...]]:
    if name in choices:
        many = typing.get_origin(hint) in {tuple, frozenset}
        return ("choices" if many else "choice"), choices[name]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "choice", options_of(hint)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        if isinstance(inner, type) and issubclass(inner, Enum):
            return "choices", options_of(inner)
        return None, ()
    if typing.get_origin(hint) is not None:
        return None, ()
    kind = _KINDS.get(hint)
    return ("long" if kind == "text" and name.rsplit(".", maxsplit=1)[-1] in _LONG else kind), ()


def options_of(choices: type[Enum]) -> tuple[Option, ...]:
    """The options of an enumeration, with its French labels."""
    return tuple(Option(str(item.value), str(getattr(item, "label", item.value))) for item in choices)


def plain(
    shape: type[Any], typed: MultiDict[str, str], choices: Choices | None = None, zone: str = "Europe/Paris"
) -> dict[str, Any]:
    """What was typed as plain data for the schema: empty answers left out, French dates and numbers understood.

    An hour of a day is one in the `zone` given.
    """
    data: dict[str, Any] = {}
    for field in fields_of(shape, typed, choices):
        value = _value(field, typed, zone)
        if value is None:
            continue
        target = data
        *path, last = field.name.split(".")
        for step in path:
            target = target.setdefault(step, {})
        target[last] = value
    for group in BY_CODE:
        given = {n.removeprefix(f"{group}."): text for n, text in typed.items() if n.startswith(f"{group}.")}
        told = {code: text for code, text in given.items() if text.strip()}
        data |= {group: told} if told else {}
    return data


def _value(field: Field, typed: MultiDict[str, str], zone: str) -> Any:
    if field.kind == "choices":
        return typed.getlist(field.name) or None
    text = (typed.get(field.name) or "").strip()
    if field.kind == "flag":
        return {"oui": True, "non": False}.get(text)
    if not text:
        return None
    if field.kind == "date":
        return iso_day(text)
    return iso_instant(text, zone) if field.kind == "instant" else text


def as_typed(field: Field, value: Any) -> Field:
    """The control holding a value of the journal, as somebody would have typed it."""
    if field.kind == "choices":
        return dataclasses.replace(field, value=[str(each) for each in value])
    return dataclasses.replace(field, value=str(value))


def iso_day(text: str) -> str:
    """A day as a browser or a person writes it, "2024-06-14" or "14/06/2024", in the first form; others as they are."""
    french = _FRENCH_DATE.fullmatch(text)
    return "{2}-{1:0>2}-{0:0>2}".format(*french.groups()) if french else text


def iso_instant(text: str, zone: str) -> str:
    """An hour of a day, as a browser or a person writes it, with its offset; anything else as it is."""
    day, _, hour = text.replace("T", " ").partition(" ")
    try:
        local = datetime.fromisoformat(f"{iso_day(day)} {hour.replace(' h ', ':').replace('h', ':')}")
    except ValueError:
        return text
    return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).isoformat()
