"""The members that templates may name, drawn from the data classes: their labels, invented values, differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

#: What a template reads of an amount.
AMOUNT_PARTS = ("figures", "words")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a data class. `of`: the type of its value, or of each item when there are `many`."""

    name: str
    label: str
    of: type[Any]
    many: bool
    optional: bool

    @property
    def parts(self) -> Mapping[str, Member]:
        """The members of its value (of its items); empty for a text or a flag."""
        if is_dataclass(self.of):
            return members(self.of)
        return MappingProxyType({})


def members(kind: type[Any]) -> Mapping[str, Member]:
    """The members of a data class by name."""
    if kind not in _KNOWN:
        _KNOWN[kind] = MappingProxyType({member.name: member for member in _read(kind)})
    return _KNOWN[kind]


_KNOWN: dict[type[Any], Mapping[str, Member]] = {}


def _read(kind: type[Any]) -> Iterator[Member]:
    hints = get_type_hints(kind)
    for f in fields(kind):
        yield _member(f.name, f.metadata.get("label", f.name), hints[f.name])


def _member(name: str, label: str, hint: Any) -> Member:
    optional = False
    if get_origin(hint) in {UnionType, Union}:
        found = [arg for arg in get_args(hint) if arg is not NoneType]
        hint, optional = found[0], len(found) < len(get_args(hint))
    many = get_origin(hint) is tuple
    return Member(name, label, get_args(hint)[0] if many else hint, many, optional)


@dataclass(frozen=True, slots=True)
class Named:
    """A name a template may write, as the page of the templates shows it."""

    path: str
    label: str
    remark: str = ""


def named(kind: type[Any], prefix: str) -> Iterator[Named]:
    """Every name under a prefix, in the order of the data class."""
    for member in members(kind).values():
        path = f"{prefix}.{member.name}"
        yield Named(path, member.label, ", ".join(_remarks(member)))
        if is_dataclass(member.of):
            yield from named(member.of, f"{path}[]" if member.many else path)


def _remarks(member: Member) -> Iterator[str]:
    if member.many:
        yield "liste"
    if member.of is bool:
        yield "oui ou non"
    if member.of is Decimal:
        yield "montant\u00a0: .figures en chiffres, .words en lettres"
    if member.optional:
        yield "peut manquer"


class Sample(StrEnum):
    """The invented letters that a template is tried on before it is kept."""

    SHORTEST = "shortest"
    LONGEST = "longest"
    ODD = "odd"

    @property
    def label(self) -> str:
        """The French words for the sample."""
        return _SAMPLE_LABELS[self]


_SAMPLE_LABELS = {Sample.SHORTEST: "le plus court", Sample.LONGEST: "le plus long", Sample.ODD: "un cas inhabituel"}
_TEXTS = {
    Sample.SHORTEST: "Bleu",
    Sample.LONGEST: "Établissement public de santé intercommunal des Glycines, des Pivoines et des Capucines " * 3,
    Sample.ODD: '#include("x") *_$<@ = [titre] \\ // " ' + "x" * 90,
}
_ITEMS = {Sample.SHORTEST: 0, Sample.LONGEST: 12, Sample.ODD: 1}
_DAYS = {Sample.SHORTEST: date(2024, 5, 2), Sample.LONGEST: date(2026, 12, 31), Sample.ODD: date(2024, 11, 1)}
_EUROS = {
    Sample.SHORTEST: Decimal("1.00"),
    Sample.LONGEST: Decimal("987654321.98"),
    Sample.ODD: Decimal("80.01"),
}
_NUMBERS = {Sample.SHORTEST: 1, Sample.LONGEST: 24, Sample.ODD: 0}


def sample(kind: type[Any], which: Sample) -> Any:
    """An invented value of a data class: without anything it may lack, with everything, or with strange texts."""
    return kind(**{member.name: _invented(member, which) for member in members(kind).values()})


def _invented(member: Member, which: Sample) -> Any:
    if member.many:
        return tuple(_value(member, which) for _ in range(_ITEMS[which]))
    if member.optional and which is Sample.SHORTEST:
        return None
    return _value(member, which)


def _value(member: Member, which: Sample) -> Any:
    if is_dataclass(member.of):
        return sample(member.of, which)
    known: dict[type[Any], Any] = {
        bool: which is Sample.LONGEST,
        int: _NUMBERS[which],
        str: _TEXTS[which].strip(),
        Decimal: _EUROS[which],
        Fraction: Fraction(1, 3),
        date: _DAYS[which],
    }
    return known[member.of]


def changed(before: Mapping[str, Any], after: Mapping[str, Any], kind: type[Any]) -> tuple[str, ...]:
    """The labels of what differs between two printed values of a data class, each once."""
    return tuple(dict.fromkeys(_changed(before, after, kind)))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], kind: type[Any]) -> Iterator[str]:
    for member in members(kind).values():
        old, new = before.get(member.name), after.get(member.name)
        if old == new:
            continue
        if is_dataclass(member.of) and isinstance(old, dict) and isinstance(new, dict):
            yield from _changed(old, new, member.of)
        else:
            yield member.label
