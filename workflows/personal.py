"""Texts about people inside inputs and facts: found by their metadata, swapped for references before they are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def without_personal(value: T, keep: Callable[[str], str]) -> T:
    """The same object where every text marked `personal` is what `keep` gives for it (a reference).

    Goes into nested dataclasses, tuples and the values of mappings. Empty texts stay as they are.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for item in dataclasses.fields(value):
            before = getattr(value, item.name)
            after = _kept(before, keep) if item.metadata.get("personal") else without_personal(before, keep)
            if after is not before:
                changes[item.name] = after
        return dataclasses.replace(value, **changes) if changes else value
    if isinstance(value, tuple):
        items = tuple(without_personal(item, keep) for item in value)
        same = all(a is b for a, b in zip(items, value, strict=True))
        return value if same else items  # type: ignore[return-value]
    return value


def _kept(value: Any, keep: Callable[[str], str]) -> Any:
    if isinstance(value, str) and value:
        return keep(value)
    if isinstance(value, Mapping) and value:
        return {key: _kept(text, keep) for key, text in value.items()}
    return value
