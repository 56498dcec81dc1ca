"""Reading what can be read of a tree with mistakes, so that one mistake does not hide the others."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from marshmallow import ValidationError
from marshmallow.fields import Field

from workflows.calls.errors import Found, flatten
from workflows.shape_tables import Nested, Sequence, Table
from workflows.shapes import load, schema_of

T = TypeVar("T")


class MissingPartError(Exception):
    """A part of a salvaged object that could not be read."""


def read_shape(shape: type[T], data: Any) -> tuple[T, list[Found]]:
    """The object of a dataclass and the mistakes of its data.

    With mistakes, the object is salvaged: asking for a part that cannot be read raises `MissingPartError`.
    In a list of tables an unreadable table keeps its rank.
    """
    try:
        return load(shape, data), []
    except ValidationError as error:
        return cast("T", _salvaged(shape, data)), list(flatten(error.messages))


def _missing(_self: Any, name: str) -> Any:
    raise MissingPartError(name)


def _with_holes(shape: type[Any]) -> type[Any]:
    return type(f"Partial{shape.__name__}", (shape,), {"__slots__": (), "__getattr__": _missing})


def _salvaged(shape: type[Any], data: Any) -> Any:
    value = object.__new__(_with_holes(shape))
    given = data if isinstance(data, Mapping) else {}
    hints = typing.get_type_hints(shape)
    for item in dataclasses.fields(shape):
        if item.name in given:
            _keep(value, item.name, hints[item.name], schema_of(shape).fields[item.name], given[item.name])
        elif item.default is not dataclasses.MISSING:
            object.__setattr__(value, item.name, item.default)
        elif type(None) in typing.get_args(hints[item.name]):
            object.__setattr__(value, item.name, None)
    return value


def _keep(value: Any, name: str, hint: Any, field: Field[Any], data: Any) -> None:
    """Put into a salvaged object what can be read of one of its parts, if anything can."""
    try:
        part = field.deserialize(data)
    except ValidationError:
        part = _rest(hint, field, data)
    if part is not None:
        object.__setattr__(value, name, part)


def _rest(hint: Any, field: Field[Any], data: Any) -> Any:
    """What is left of a part with mistakes: a table, the tables of a list, the good keys of a free table."""
    inner = [a for a in typing.get_args(hint) if a not in (type(None), Ellipsis)] or [hint]
    if isinstance(field, Table):
        return {key: read for key, item in _items(data) if (read := _read(field.inner, item)) is not None}
    if not (isinstance(inner[0], type) and dataclasses.is_dataclass(inner[0])):
        return None
    if isinstance(field, Sequence):
        return tuple(read_shape(inner[0], item)[0] for item in data) if isinstance(data, list) else ()
    return _salvaged(inner[0], data) if isinstance(field, Nested) else None


def _items(data: Any) -> Iterable[tuple[Any, Any]]:
    return data.items() if isinstance(data, Mapping) else ()


def _read(field: Field[Any], data: Any) -> Any:
    try:
        return field.deserialize(data)
    except ValidationError:
        return None
