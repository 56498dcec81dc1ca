"""A complement gives what a call leaves unknown, or replaces a default, so that the call can be tried out.

It is a TOML text with the tree of the call, of which it writes only the leaves it gives, and a `reason`; the contacts
of the service too, which have no source. It never touches what the call prints, what the law says or what the agency
signed.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from workflows.calls.errors import Found, Path
from workflows.calls.model import CallFile
from workflows.calls.sources import Sourced
from workflows.shape_fields import Text, nearest, shown
from workflows.shape_tables import unknown_key

_REASON = Text(required=True)
#: Members of the authority that a complement may give.
CONTACTS = frozenset({"service", "email", "phone", "address", "accountant_email"})


@dataclass(slots=True)
class Filling:
    """A tree of a call once completed: `places` maps each leaf filled to its place in the complement."""

    tree: dict[str, Any]
    reason: str = ""
    places: dict[Path, Path] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)

    def told_at(self, path: Path) -> Path:
        """The place in the complement of what stands at a path of the call; the path itself for anything else."""
        for n in range(len(path), 0, -1):
            if path[:n] in self.places:
                return self.places[path[:n]] + path[n:]
        return path


def fill(tree: Mapping[str, Any], complement: Mapping[str, Any]) -> Filling:
    """The tree of a call with the leaves of a complement, and what the complement may not do."""
    filling = Filling({})
    given = dict(complement)
    try:
        filling.reason = _REASON.deserialize(given.pop("reason", None) or "") or ""
    except ValidationError:
        filling.found.append((("reason",), 'Dites pourquoi ce complément est donné : reason = "…".'))
    filling.tree = _Filler(filling).table(CallFile, tree, given, (), ())
    return filling


@dataclass(frozen=True, slots=True)
class _Filler:
    """Goes down both trees at once: `path` is the place in the call, `source` the place in the complement."""

    filling: Filling

    def _refuse(self, source: Path, message: str) -> None:
        self.filling.found.append((source, message))

    def part(self, hint: Any, base: Any, given: Any, path: Path, source: Path) -> Any:
        inner = _without_none(hint)
        origin, arguments = typing.get_origin(inner), typing.get_args(inner)
        if origin is Sourced:
            return self._leaf(base, given, path, source)
        if isinstance(inner, type) and dataclasses.is_dataclass(inner):
            return self.table(inner, base, given, path, source)
        if origin is tuple and dataclasses.is_dataclass(arguments[0]):
            return self._list(arguments[0], base, given, path, source)
        if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
            return self._free(arguments[1], base, given, path, source)
        if path[:-1] == ("authority",) and path[-1] in CONTACTS:
            return self._contact(base, given, source)
        self._refuse(source, "Cette donnée n’est pas une valeur avec sa source : un complément ne peut pas la donner.")
        return base

    def _contact(self, base: Any, given: Any, source: Path) -> Any:
        """How to reach the agency, that a call rarely prints: given where the call does not."""
        if base is not None:
            self._refuse(source, "L’appel donne déjà cette valeur : un complément ne la change pas.")
            return base
        return given

    def table(self, shape: Any, base: Any, given: Any, path: Path, source: Path) -> Any:
        if not isinstance(base, Mapping):
            self._refuse(source, "L’appel n’a pas cette partie : un complément ne fait que remplir ce qui est écrit.")
            return base
        if not isinstance(given, Mapping):
            self._refuse(source, "Une table de clés et de valeurs est attendue ici.")
            return base
        hints = typing.get_type_hints(shape)
        filled = dict(base)
        for key, value in given.items():
            if key not in hints:
                self._refuse((*source, key), unknown_key(key, hints, nearest(key, hints)))
            elif not (key == "id" and path):
                filled[key] = self.part(hints[key], base.get(key), value, (*path, key), (*source, key))
        return filled

    def _free(self, hint: Any, base: Any, given: Any, path: Path, source: Path) -> Any:
        if not isinstance(given, Mapping):
            self._refuse(source, "Une table de clés et de valeurs est attendue ici.")
            return base
        filled = dict(base or {})
        for key, value in given.items():
            filled[key] = self.part(hint, filled.get(key), value, (*path, key), (*source, key))
        return filled

    def _list(self, shape: Any, base: Any, given: Any, path: Path, source: Path) -> Any:
        """Tables with an id are matched by id, the others by rank."""
        if not isinstance(given, list):
            self._refuse(source, "Une liste de tables est attendue ici.")
            return base
        filled = list(base or ())
        named = "id" in typing.get_type_hints(shape)
        ranks = {item.get("id"): rank for rank, item in enumerate(filled) if isinstance(item, Mapping)}
        for number, value in enumerate(given):
            place = (*source, number)
            rank = self._rank(value, ranks, place) if named else number
            if rank is not None and rank < len(filled):
                filled[rank] = self.table(shape, filled[rank], value, (*path, rank), place)
            elif rank is not None:
                self._refuse(place, f"L’appel n’a que {len(filled)} tables ici : un complément n’en ajoute pas.")
        return filled

    def _rank(self, given: Any, ranks: Mapping[Any, int], source: Path) -> int | None:
        id_ = given.get("id") if isinstance(given, Mapping) else None
        if not isinstance(id_, str):
            self._refuse(source, 'Dites de quelle table il s’agit : id = "…".')
        elif id_ not in ranks:
            known = [name for name in ranks if isinstance(name, str)]
            near = nearest(id_, known)
            hint = f"Vouliez-vous écrire « {near} » ?" if near else "Un complément n’ajoute pas de table."
            self._refuse((*source, "id"), f"L’appel n’a pas « {shown(id_)} » dans cette liste. {hint}")
        else:
            return ranks[id_]
        return None

    def _leaf(self, base: Any, given: Any, path: Path, source: Path) -> Any:
        if not isinstance(base, Mapping):
            self._refuse(source, "L’appel n’a pas cette clause : un complément ne fait que remplir ce qui est écrit.")
            return base
        if path in self.filling.places or (*path, "value") in self.filling.places:
            self._refuse(source, "Cette valeur est donnée deux fois dans le complément : gardez-en une.")
            return base
        if base.get("unknown") is not True and "default" not in base:
            message = f"L’appel donne déjà cette valeur ({_source(base)}) : un complément ne la change pas."
            self._refuse(source, message)
            return base
        wrapped = isinstance(given, Mapping) and "value" in given
        value = given if wrapped else {"value": given}
        for key in value.keys() - {"value", "note"}:
            self._refuse((*source, key), "Un complément n’écrit que value et, s’il le faut, note.")
        self.filling.places[path if wrapped else (*path, "value")] = source
        given_note = {"note": value["note"]} if "note" in value else {}
        return {"value": value["value"], "complement": base.get("rule") or base.get("default"), **given_note}


def _without_none(hint: Any) -> Any:
    inner = [a for a in typing.get_args(hint) if a is not type(None)]
    return inner[0] if len(inner) < len(typing.get_args(hint)) else hint


def _source(base: Mapping[str, Any]) -> str:
    """Where a value comes from, in words: the clause a complement may not touch."""
    words = (("rule", "règle"), ("law", "droit :"), ("choice", "choix signé"))
    return next((f"{word} {shown(str(base[key]))}" for key, word in words if key in base), "source à vérifier")
