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
from urllib.parse import unquote_to_bytes
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from workflows.french import typography as _said
from workflows.shape_fields import shown

_FRENCH_DATE = re.compile(r"\s*(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})\s*")
#: What stands for bytes that were no characters: a mark, or the bytes themselves in hexadecimal.
_LOST = "\ufffd"
_BYTES = re.compile(r"(?:%[89A-F][0-9A-F])+")
#: Names that every form of ours carries beside the fields of its inputs.
OURS = frozenset({"csrf", "etape", "version", "cle"})
#: Answers by name of field, as a form gives them beside its controls: the reason given for each.
_BY_CODE = ("lifts", "derogations")
_BY_CODE_PREFIXES = tuple(f"{group}." for group in _BY_CODE)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a closed list."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One control. `kind`: text, long, date, instant, amount, number, flag, choice, choices or lifts.

    `value` is what was typed, as text; a list for `choices`.
    """

    name: str
    label: str
    kind: str
    required: bool
    value: Any = None
    options: tuple[Option, ...] = ()
    error: str | None = None

    @property
    def id(self) -> str:
        """Id of the control in the page."""
        return "f-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower())


Choices = Mapping[str, tuple[Option, ...]]
_KINDS: dict[Any, str] = {
    str: "text",
    int: "number",
    bool: "flag",
    Decimal: "amount",
    Fraction: "number",
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
        yield Field(name, _label(item), kind, required and not optional, value, options)


def _label(item: dataclasses.Field[Any]) -> str:
    return str(item.metadata.get("label", item.name))


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
    for group in _BY_CODE:
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
        return _iso_day(text)
    return _iso_instant(text, zone) if field.kind == "instant" else text


def _iso_day(text: str) -> str:
    french = _FRENCH_DATE.fullmatch(text)
    return "{2}-{1:0>2}-{0:0>2}".format(*french.groups()) if french else text


def _iso_instant(text: str, zone: str) -> str:
    """An hour of a day, as a browser or a person writes it, with its offset; anything else as it is."""
    day, _, hour = text.replace("T", " ").partition(" ")
    try:
        local = datetime.fromisoformat(f"{_iso_day(day)} {hour.replace(' h ', ':').replace('h', ':')}")
    except ValueError:
        return text
    return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).isoformat()


Messages = dict[str, list[str]]


def _is_lost(text: str) -> bool:
    """True when some bytes that came were no characters: a lone surrogate, half a letter."""
    runs = (unquote_to_bytes(run) for run in _BYTES.findall(text))
    return _LOST in text or any(run.decode(errors="replace").count(_LOST) for run in runs)


def faults(fields: list[Field], typed: MultiDict[str, str], also: Iterable[str] = ()) -> Messages:
    """What no schema sees: fields that the form does not have, choices it does not offer, lost characters.

    `also`: names the form carries besides its fields.
    """
    known = {f.name for f in fields} | OURS | set(also)
    strange = [n for n in typed if n not in known and not n.startswith(_BY_CODE_PREFIXES)]
    unknown = "Ce formulaire n’a pas de champ « {} » : rechargez la page."
    found: Messages = {n: [_said(unknown.format(shown(n)))] for n in strange}
    for field in fields:
        given = typed.getlist(field.name)
        if any(_is_lost(text) for text in given):
            found[field.name] = [_said("Un caractère n’a pas pu être lu : retapez ce texte.")]
        elif field.options and not {text for text in given if text} <= {option.value for option in field.options}:
            found[field.name] = [_said("Ce choix n’est pas proposé : choisissez une valeur de la liste.")]
    return found


def with_errors(fields: list[Field], messages: Mapping[str, Any]) -> list[Field]:
    """The controls with the errors of the schema beside them."""
    flat = dict(_flatten(messages, ""))
    return [dataclasses.replace(f, error=flat.get(f.name)) for f in fields]


def unplaced_errors(fields: list[Field], messages: Mapping[str, Any]) -> list[str]:
    """Errors that belong to no control of the form."""
    names = {f.name for f in fields}
    return [text for name, text in _flatten(messages, "") if name not in names]


def _flatten(messages: Any, prefix: str) -> Iterable[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(messages, list):
        yield prefix, " ".join(str(m) for m in messages)
