"""The tree of a scenario made regular before it is read: short forms written in full, free parts set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from workflows.calendars import FIRST_YEAR, LAST_YEAR
from workflows.calls.errors import Found, Path
from workflows.shape_fields import nearest, shown

#: The hour of an event that only gives its day.
USUAL_HOUR = time(9)

#: The years a scenario may be played in: those whose holidays are known, and some to spare for what falls due.
FIRST, LAST = FIRST_YEAR, LAST_YEAR - 10

OUT_OF_YEARS = f"Un scénario se joue entre {FIRST} et {LAST} : corrigez l’année."

_LISTS = ("dossier", "expect", "only", "warns")


@dataclass(slots=True)
class Regular:
    """A regular tree. `moments` and `inputs` are what was set aside, by rank of the event or of the check.

    `inherited` are the places of the keys that a dossier takes from another one.
    """

    tree: dict[str, Any]
    moments: dict[tuple[str, int], datetime] = field(default_factory=dict)
    inputs: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    inherited: set[Path] = field(default_factory=set)
    found: list[Found] = field(default_factory=list)


def regular(tree: Mapping[str, Any]) -> Regular:
    """The tree of a scenario with its short forms written in full, and the mistakes met on the way."""
    made = Regular(dict(tree))
    for name in ("events", "checks"):
        made.tree[name] = [_dated(made, name, rank, item) for rank, item in _tables(tree, name)]
        if name not in tree or not isinstance(tree[name], list):
            made.tree.pop(name)
            made.tree |= {name: tree[name]} if name in tree else {}
    if isinstance(tree.get("dossiers"), list):
        made.tree["dossiers"] = _dossiers(made, tree["dossiers"])
    return made


def _tables(tree: Mapping[str, Any], name: str) -> Iterator[tuple[int, Any]]:
    items = tree.get(name)
    return iter(enumerate(items)) if isinstance(items, list) else iter(())


def _dated(made: Regular, name: str, rank: int, item: Any) -> Any:
    """An event or a check without its instant nor its inputs, its short forms written in full."""
    if not isinstance(item, Mapping):
        return item
    table = dict(item)
    _moment(made, (name, rank), table.pop("at", None))
    if name == "events":
        inputs = table.pop("inputs", {})
        if isinstance(inputs, Mapping):
            made.inputs[rank] = inputs
        else:
            made.found.append(((name, rank, "inputs"), "Une table de clés et de valeurs est attendue ici."))
    for key in _LISTS:
        if isinstance(table.get(key), str):
            table[key] = [table[key]]
    if isinstance(table.get("actor"), str):
        table["actor"] = {"role": table["actor"]}
    return table


def _moment(made: Regular, path: tuple[str, int], value: Any) -> None:
    """Keep the local instant of an event or a check."""
    if isinstance(value, date) and not FIRST <= value.year <= LAST:
        message = OUT_OF_YEARS
    elif isinstance(value, datetime):
        if value.utcoffset() is None:
            made.moments[path] = value
            return
        message = "Donnez l’heure de l’agence, sans décalage : 2024-06-10T14:12:00."
    elif isinstance(value, date):
        made.moments[path] = datetime.combine(value, USUAL_HOUR)
        return
    elif value is None:
        message = "Valeur manquante : donnez la date, ou la date et l’heure."
    else:
        message = "Une date ou une date et heure est attendue, sans guillemets : 2024-06-10 ou 2024-06-10T14:12:00."
    made.found.append(((*path, "at"), message))


def _dossiers(made: Regular, items: list[Any]) -> list[Any]:
    """The dossiers, each with what it takes from the one it is like."""
    whole: dict[str, Mapping[str, Any]] = {}
    found: list[Any] = []
    for rank, item in enumerate(items):
        table = _like(made, whole, rank, dict(item)) if isinstance(item, Mapping) else item
        if isinstance(table, Mapping) and isinstance(table.get("number"), str):
            whole.setdefault(table["number"], table)
        found.append(table)
    return found


def _like(made: Regular, whole: Mapping[str, Mapping[str, Any]], rank: int, table: dict[str, Any]) -> dict[str, Any]:
    model = table.pop("like", None)
    if model is None:
        return table
    if not isinstance(model, str) or model not in whole:
        near = nearest(model, whole) if isinstance(model, str) else None
        hint = f"Vouliez-vous écrire « {near} » ?" if near else "Citez un dossier écrit plus haut."
        made.found.append((("dossiers", rank, "like"), f"Le dossier « {shown(str(model))} » n’existe pas. {hint}"))
        return table
    taken = {k: v for k, v in whole[model].items() if k not in table and k not in {"number", "copies"}}
    made.inherited |= {("dossiers", rank, key) for key in taken}
    return {**taken, **table}
