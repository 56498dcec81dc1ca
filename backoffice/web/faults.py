"""What is wrong with a form, said for each control by its label, and where each thing is said."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import MultiDict

from backoffice.web.forms import BY_CODE, OURS, Field, iso_day, iso_instant
from workflows.findings import Finding
from workflows.french import amount, short_day, typography
from workflows.identifiers import compact
from workflows.shape_fields import shown

Messages = dict[str, list[str]]
#: What stands for bytes that were no characters: a mark, or the bytes themselves in hexadecimal.
_LOST = "\ufffd"
_BYTES = re.compile(r"(?:%[89A-F][0-9A-F])+")
_PREFIXES = tuple(f"{group}." for group in BY_CODE)
_WHOLE = re.compile(r"[0-9]{1,40}")
_DECIMAL = re.compile(r"[0-9]{1,30}(?:[.,][0-9]{1,30})?")
_FRACTION = re.compile(r"[0-9]{1,20}/[0-9]{1,20}")
_SPACES = re.compile("[ \u00a0\u202f]")

_MISSING = {
    "amount": "Indiquez un montant en euros : « {label} ».",
    "choice": "Choisissez une valeur : « {label} ».",
    "choices": "Cochez au moins une case : « {label} ».",
    "date": "Indiquez une date : « {label} ».",
    "flag": "Répondez par oui ou par non : « {label} ».",
    "instant": "Indiquez le jour et l’heure : « {label} ».",
    "number": "Indiquez un nombre : « {label} ».",
    "share": "Indiquez un nombre : « {label} ».",
}
_TEXT_MISSING = "Remplissez « {label} »."
_NEGATIVE = "« {label} » ne peut pas être négatif."
_UNREADABLE = {
    "amount": "« {label} » demande un montant en euros, par exemple 3\u202f249,79.",
    "date": "« {label} » demande une date, par exemple 14/06/2024.",
    "instant": "« {label} » demande un jour et une heure, par exemple 14/06/2024 10:30.",
    "number": "« {label} » demande un nombre entier, par exemple 24.",
    "share": "« {label} » demande une part, par exemple « 80 % ».",
}
_FINE = re.compile(r"^[0-9]+[.,][0-9]{3,}€?$")
_TOO_FINE = "« {label} » s’arrête aux centimes : deux décimales au plus, par exemple 3\u202f249,79."
_COUNT_UNREADABLE = "« {label} » demande un nombre de {unit}, par exemple 5 ou 4,5."
_STRANGE = "Ce formulaire n’a pas de champ « {name} » : rechargez la page."


def faults(fields: list[Field], typed: MultiDict[str, str], also: Iterable[str] = ()) -> Messages:
    """What is wrong by name of field: missing, unreadable, not offered, lost characters, fields that do not exist.

    `also`: names the form carries besides its fields.
    """
    known = {f.name for f in fields} | OURS | set(also)
    strange = [n for n in typed if n not in known and not n.startswith(_PREFIXES)]
    found: Messages = {n: [typography(_STRANGE.format(name=shown(n)))] for n in strange}
    for field in fields:
        said = _fault(field, typed.getlist(field.name))
        if said:
            found[field.name] = [typography(said.format(label=field.label, unit=field.unit))]
    return found


def _fault(field: Field, given: list[str]) -> str | None:
    texts = [text.strip() for text in given if text.strip()]
    if any(_is_lost(text) for text in texts):
        return "Un caractère n’a pas pu être lu : retapez ce texte."
    if not texts:
        return _MISSING.get(field.kind, _TEXT_MISSING) if field.required else None
    if field.options:
        offered = {option.value for option in field.options}
        return None if set(texts) <= offered else "Ce choix n’est pas proposé : choisissez une valeur de la liste."
    reads = _READS.get(field.kind)
    if reads is None or reads(texts[0]):
        return _TOO_FINE if field.kind == "amount" and _FINE.search(_SPACES.sub("", texts[0])) else None
    if field.kind != "date" and texts[0].startswith(("-", "−")):
        return _NEGATIVE
    return _COUNT_UNREADABLE if field.kind == "share" and field.unit else _UNREADABLE[field.kind]


def _is_lost(text: str) -> bool:
    """True when some bytes that came were no characters: a lone surrogate, half a letter."""
    runs = (unquote_to_bytes(run) for run in _BYTES.findall(text))
    return _LOST in text or any(run.decode(errors="replace").count(_LOST) for run in runs)


def _is_day(text: str) -> bool:
    try:
        return len(iso_day(text)) == len("2024-06-14") and bool(date.fromisoformat(iso_day(text)))
    except ValueError:
        return False


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(iso_instant(text, "UTC")).utcoffset() is not None
    except ValueError:
        return False


def _is_share(text: str) -> bool:
    number = _SPACES.sub("", text).removesuffix("%")
    return bool(_FRACTION.fullmatch(text) or _DECIMAL.fullmatch(number))


_READS: Mapping[str, Callable[[str], bool]] = {
    "amount": lambda text: bool(_DECIMAL.fullmatch(_SPACES.sub("", text).removesuffix("€"))),
    "date": _is_day,
    "instant": _is_instant,
    "number": lambda text: bool(_WHOLE.fullmatch(text)),
    "share": _is_share,
}


def with_errors(fields: list[Field], messages: Mapping[str, Any]) -> list[Field]:
    """The controls with what is wrong beside them."""
    flat = dict(_flatten(messages, ""))
    return [dataclasses.replace(f, error=flat.get(f.name)) for f in fields]


def unplaced_errors(fields: list[Field], messages: Mapping[str, Any]) -> list[str]:
    """Errors that belong to no control; a group that misses as a whole is told by its controls."""
    names = {f.name for f in fields}
    groups = {name.rpartition(".")[0] for name in names} - {""}
    return [text for name, text in _flatten(messages, "") if name not in names | groups]


def with_findings(fields: list[Field], findings: Iterable[Finding]) -> tuple[list[Field], dict[str, str]]:
    """The controls with what a rule says of them beside them, and the ids of those controls by code of finding.

    A finding is about the control it names, or about the only one whose date, amount or text it quotes.
    """
    spots = {f.code: field for f in findings for field in _about(fields, f)}
    told = {field.name: f"{f.sentence} {f.remedy}" for f in findings if (field := spots.get(f.code))}
    placed = [dataclasses.replace(f, error=f.error or told.get(f.name)) for f in fields]
    return placed, {code: field.id for code, field in spots.items()}


def _about(fields: list[Field], finding: Finding) -> list[Field]:
    named = [f for f in fields if f.name == finding.values.get("field")]
    quoted = {value for value in finding.values.values() if isinstance(value, str)}
    told = [f for f in fields if isinstance(f.value, str) and quoted & _as_quoted(f.kind, f.value.strip())]
    return named or (told if len(told) == 1 else [])


def _as_quoted(kind: str, typed: str) -> set[str]:
    """What is typed in a control as a finding may quote it; nothing for one that it does not quote."""
    if kind == "date":
        return {_day(typed) or ""} - {""}
    if kind == "amount" and _READS["amount"](typed) and not _FINE.search(_SPACES.sub("", typed)):
        return {amount(Decimal(_SPACES.sub("", typed).removesuffix("€").replace(",", ".")))}
    return {typed, compact(typed)} - {""} if kind == "text" else set()


def _day(text: str) -> str | None:
    return short_day(date.fromisoformat(iso_day(text.strip()))) if _is_day(text.strip()) else None


def _flatten(messages: Any, prefix: str) -> Iterable[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(messages, list):
        yield prefix, " ".join(str(m) for m in messages)
