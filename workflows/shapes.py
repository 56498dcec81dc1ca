"""From a dataclass to its marshmallow schema: one definition for call files, inputs of acts and stored facts.

The schema of a dataclass takes plain data (TOML, JSON, a form already adapted) and gives the object, or
raises `marshmallow.ValidationError` with every error at once, in French, by key path. Unknown keys are
refused with a suggestion. Dumping gives plain JSON data back: `load(dump(x)) == x`. A member marked `stored` keeps in
plain data the key that facts already written have.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, post_load, validates_schema

from workflows import shape_fields as sf
from workflows import shape_tables as tables
from workflows.calls.jobs import DayOffset
from workflows.calls.sources import Sourced
from workflows.money.differences import Difference
from workflows.money.gains import GainedEuros, GainedThirtieths

T = TypeVar("T")


class _Shape(Schema):
    """A schema that knows its dataclass and refuses unknown keys with a suggestion."""

    shape: type[Any]
    late: tuple[str, ...] = ()

    class Meta:
        unknown = EXCLUDE

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _refuse_unknown(self, data: Any, original_data: Any, **kwargs: Any) -> None:
        if not isinstance(original_data, Mapping):
            return
        known = self._keys()
        unknown = [str(key) for key in original_data if key not in known]
        if unknown:
            near = {key: self._near(key, original_data) for key in unknown}
            raise ValidationError({key: [tables.unknown_key(key, known, near[key])] for key in unknown})

    def _keys(self) -> tuple[str, ...]:
        return tuple(item.data_key or name for name, item in self.fields.items())

    def _near(self, key: str, given: Mapping[str, Any]) -> str | None:
        return sf.nearest(key, [name for name in self._keys() if name not in given])

    def handle_error(self, error: ValidationError, data: Any, **kwargs: Any) -> None:
        """A misspelt key is one mistake: what it stands for is not told as missing as well."""
        if not isinstance(data, Mapping) or not isinstance(error.messages, dict):
            return
        known = self._keys()
        near = {self._near(str(key), data) for key in data if key not in known}
        for name in near & error.messages.keys():
            del error.messages[name]

    @post_dump
    def _leave_out(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """A member marked `late` is not written while it is empty: who knows it not yet reads what is written."""
        for name in self.late:
            if data.get(name) in (None, [], {}):
                data.pop(name, None)
        return data

    @post_load
    def _build(self, data: dict[str, Any], **kwargs: Any) -> Any:
        try:
            return self.shape(**data)
        except ValueError as error:
            raise sf.refused(str(error)) from error


_SHAPE_MESSAGES = {"type": "Une table de clés et de valeurs est attendue ici."}

_SCALARS: dict[Any, type[fields.Field[Any]]] = {
    str: sf.Text,
    int: sf.Whole,
    DayOffset: sf.Offset,
    bool: sf.Flag,
    Decimal: sf.Amount,
    GainedEuros: sf.Gain,
    GainedThirtieths: sf.Thirtieths,
    Difference: sf.Gained,
    Fraction: sf.Ratio,
    datetime: sf.Instant,
    date: sf.Day,
}


_SCHEMAS: dict[type[Any], Schema] = {}


def schema_of(shape: type[Any]) -> Schema:
    """The schema of a dataclass, made once. Raises TypeError for a type it cannot describe."""
    if shape not in _SCHEMAS:
        _SCHEMAS[shape] = _schema(shape)
    return _SCHEMAS[shape]


def _schema(shape: type[Any]) -> Schema:
    hints = typing.get_type_hints(shape)
    late = tuple(item.name for item in dataclasses.fields(shape) if item.metadata.get("late"))
    members: dict[str, Any] = {"shape": shape, "late": late, "error_messages": _SHAPE_MESSAGES}
    for item in dataclasses.fields(shape):
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        optional = _optional(hints[item.name])
        options = {"required": required and optional is None, "metadata": dict(item.metadata)}
        if required and optional is not None:
            options["load_default"] = None
        if "stored" in item.metadata:
            options["data_key"] = item.metadata["stored"]
        field = field_of(optional or hints[item.name], allow_none=optional is not None, **options)
        members[item.name] = field
    return cast(Schema, type(f"{shape.__name__}Shape", (_Shape,), members)())


def _optional(hint: Any) -> Any:
    """The type inside `X | None`, or None when the hint is not optional."""
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        inner = [a for a in typing.get_args(hint) if a is not types.NoneType]
        if len(inner) == 1:
            return inner[0]
        raise TypeError(f"a shape cannot describe {hint}")
    return None


def field_of(hint: Any, **options: Any) -> fields.Field[Any]:
    """The marshmallow field of a type hint. Raises TypeError for a type it cannot describe."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    options = {**options, "error_messages": sf.MESSAGES}
    if origin is Sourced:
        return tables.SourcedValue(_inner(args[0]), **options)
    if origin in {tuple, frozenset}:
        return _sequence(origin, args, options)
    if origin is not None and issubclass(origin, Mapping):
        return tables.Table(_inner(args[0]), _inner(args[1]), **options)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return sf.Choice(hint, **options)
    if hint in _SCALARS:
        return _SCALARS[hint](**options)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return tables.Nested(lambda: schema_of(hint), **options)
    raise TypeError(f"a shape cannot describe {hint}")


def _inner(hint: Any) -> fields.Field[Any]:
    optional = _optional(hint)
    return field_of(optional or hint, allow_none=optional is not None)


def _sequence(origin: Any, args: tuple[Any, ...], options: dict[str, Any]) -> fields.Field[Any]:
    if origin is frozenset:
        return tables.Sequence(_inner(args[0]), kind=frozenset, **options)
    if args[1:] == (Ellipsis,):
        return tables.Sequence(_inner(args[0]), kind=tuple, **options)
    return tables.Group([_inner(a) for a in args], **options)


def load(shape: type[T], data: Any) -> T:
    """An object of the dataclass from plain data. Raises `marshmallow.ValidationError` with all errors."""
    return cast(T, schema_of(shape).load(data))


def dump(value: Any) -> dict[str, Any]:
    """Plain JSON data of an object of a dataclass; keys in order of declaration, empty values kept."""
    return cast("dict[str, Any]", schema_of(type(value)).dump(value))
