"""The marshmallow fields that hold other fields: tables, lists and values with their source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from workflows.calls.sources import Origin, Sourced
from workflows.french import typography
from workflows.shape_fields import Text, nearest, refused, shown


def unknown_key(key: str, known: Iterable[str], near: str | None) -> str:
    """What is said of a key that no table of this kind has."""
    remedy = f"Vouliez-vous écrire « {near} » ?" if near else f"Clés possibles : {', '.join(sorted(known))}."
    return typography(f"Clé inconnue : « {shown(key)} ». {remedy}")


class Nested(fields.Field[Any]):
    """A table that follows the schema of another dataclass."""

    def __init__(self, schema: Callable[[], Schema], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schema = schema

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else self.schema().dump(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise refused("Une table de clés et de valeurs est attendue ici.")
        return self.schema().load(value)


class Sequence(fields.Field[Any]):
    """A list of values of one type, kept as a tuple or a frozenset."""

    def __init__(self, inner: fields.Field[Any], kind: type[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner
        self.kind = kind

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        plain = [self.inner._serialize(item, attr, obj) for item in value]
        return sorted(plain) if self.kind is frozenset else plain

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise refused("Une liste est attendue, entre crochets.")
        return self.kind(_each((i, self.inner, item) for i, item in enumerate(value)).values())


class Group(fields.Field[tuple[Any, ...]]):
    """A list of fixed length, one type per place."""

    def __init__(self, inner: list[fields.Field[Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        return [field._serialize(item, attr, obj) for field, item in zip(self.inner, value, strict=True)]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) != len(self.inner):
            raise refused(f"Une liste de {len(self.inner)} valeurs est attendue, entre crochets.")
        return tuple(_each(zip(range(len(value)), self.inner, value, strict=True)).values())


class Table(fields.Field[Any]):
    """A table whose keys are free, all values of one type."""

    def __init__(self, key: fields.Field[Any], inner: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.key = key
        self.inner = inner

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        return {
            str(self.key._serialize(key, attr, obj)): self.inner._serialize(inner, attr, obj)
            for key, inner in value.items()
        }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise refused("Une table de clés et de valeurs est attendue ici.")
        keys, key_errors = _all((name, self.key, name) for name in value)
        values, errors = _all((name, self.inner, inner) for name, inner in value.items())
        if key_errors or errors:
            raise ValidationError(errors | key_errors)
        if len(set(keys.values())) < len(keys):
            raise refused("Deux clés de cette table disent la même chose : gardez-en une.")
        return {keys[name]: inner for name, inner in values.items()}


def _all(items: Iterable[tuple[Any, fields.Field[Any], Any]]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The values that their fields accept and the messages of the others, both by key."""
    values: dict[Any, Any] = {}
    errors: dict[Any, Any] = {}
    for key, field, raw in items:
        try:
            values[key] = field.deserialize(raw)
        except ValidationError as error:
            errors[key] = error.messages
    return values, errors


def _each(items: Iterable[tuple[Any, fields.Field[Any], Any]]) -> dict[Any, Any]:
    """Every value through its field, or one ValidationError with all the messages by key."""
    values, errors = _all(items)
    if errors:
        raise ValidationError(errors)
    return values


_ORIGIN_KEYS = {
    "rule": Origin.PRINTED,
    "law": Origin.LAW,
    "default": Origin.DEFAULT,
    "choice": Origin.CHOICE,
    "complement": Origin.COMPLEMENT,
}
_SOURCED_KEYS = ("value", "unknown", "note", *_ORIGIN_KEYS)
_SOURCE = Text(required=True)


class SourcedValue(fields.Field[Sourced[Any]]):
    """A value with its source.

    `{ value = .., rule = "NA-13" }` printed; `law = ".."`, `default = "A7"`, `choice = "A1"` (signed, `note`
    names the act); `{ unknown = true, rule = "ARA-18" }` when the call is silent and nothing may replace it.
    """

    def __init__(self, inner: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner

    def _serialize(self, value: Sourced[Any] | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        names = {origin: key for key, origin in _ORIGIN_KEYS.items()}
        source = {names.get(value.origin, "rule"): value.rule} | ({"note": value.note} if value.note else {})
        if not value.is_known:
            return {"unknown": True, **source}
        return {"value": self.inner._serialize(value.value, attr, obj), **source}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Sourced[Any]:
        if isinstance(value, Sourced):
            return value
        if not isinstance(value, Mapping):
            raise refused('La valeur doit dire sa source : { value = …, rule = "NA-13" }.')
        sources = [key for key in _ORIGIN_KEYS if key in value]
        parts: dict[str, fields.Field[Any]] = dict.fromkeys((*sources, "note"), _SOURCE)
        parts["value"] = self.inner
        read, errors = _all((key, field, value[key]) for key, field in parts.items() if key in value)
        errors |= _unknown_keys(value)
        whole = list(_misuses(value, sources, misspelt=any(key not in _SOURCED_KEYS for key in value)))
        if whole:
            errors["_schema"] = whole
        if errors:
            raise ValidationError(errors)
        rule, note = read[sources[0]], read.get("note")
        if "unknown" in value:
            return Sourced(None, Origin.UNKNOWN, rule, note)
        return Sourced(read["value"], _ORIGIN_KEYS[sources[0]], rule, note)


def _unknown_keys(value: Mapping[str, Any]) -> dict[str, list[str]]:
    unknown = [str(key) for key in value if key not in _SOURCED_KEYS]
    return {key: [unknown_key(key, _SOURCED_KEYS, nearest(key, _SOURCED_KEYS))] for key in unknown}


def _misuses(value: Mapping[str, Any], sources: list[str], *, misspelt: bool) -> Iterator[str]:
    """What is wrong with the keys taken together. A misspelt key explains what seems to be missing."""
    if len(sources) > 1 or not (sources or misspelt):
        yield typography("Donnez une source, et une seule : rule, law, default ou choice.")
    if "unknown" not in value:
        if "value" not in value and not misspelt:
            yield typography("Donnez la valeur (value = …), ou dites qu’elle est inconnue (unknown = true).")
    elif value["unknown"] is not True:
        yield typography("Écrivez unknown = true, ou retirez « unknown » et donnez la valeur.")
    elif "value" in value:
        yield typography("Une valeur inconnue ne porte pas de valeur : retirez « value » ou « unknown ».")
    elif sources and sources != ["rule"]:
        yield typography("Une valeur inconnue cite la règle qui constate le silence de l’appel : rule = …")
