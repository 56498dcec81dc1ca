"""What was typed in a form, in words: shown before an act is sent for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from backoffice.web.forms import Field, iso_day, iso_instant
from workflows.french import amount, instant, listing, short_day, typography

_SPACES = str.maketrans("", "", " \u00a0\u202f€")


def told(fields: list[Field], zone: str) -> list[tuple[str, str]]:
    """The controls that were filled in: label and value. The form is a sound one; `zone`: that of its hours."""
    return [(field.label, in_words(field, zone)) for field in fields if field.value]


def in_words(field: Field, zone: str) -> str:
    """What a control holds, as one reads it."""
    return typography(_words(field, zone))


def _words(field: Field, zone: str) -> str:
    if field.kind == "choices":
        return listing([_option(field, value) for value in field.value])
    text = str(field.value).strip()
    if field.kind == "choice":
        return _option(field, text)
    if field.kind == "instant":
        return instant(datetime.fromisoformat(iso_instant(text, zone)), zone)
    return _PLAIN[field.kind](text) if field.kind in _PLAIN and text else text


_PLAIN: Mapping[str, Callable[[str], str]] = {
    "amount": lambda text: amount(Decimal(text.translate(_SPACES).replace(",", "."))),
    "date": lambda text: short_day(date.fromisoformat(iso_day(text))),
}


def _option(field: Field, value: str) -> str:
    return next((option.label for option in field.options if option.value == value), value)
