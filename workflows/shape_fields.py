"""The marshmallow fields of our value types, with messages in French."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from fractions import Fraction
from typing import Any

from marshmallow import ValidationError, fields

from workflows.french import typography
from workflows.money.differences import Difference
from workflows.money.gains import GainedEuros, GainedThirtieths
from workflows.money.rounding import MILLIARD

MESSAGES = {
    "required": typography("Valeur manquante : donnez-la."),
    "null": "Cette valeur ne peut pas être vide.",
    "validator_failed": "Valeur refusée.",
    "invalid": "Valeur illisible.",
}

#: Longest text accepted, in characters, unless the field says otherwise with `metadata={"longest": n}`.
LONGEST_TEXT = 4000
#: Days before or after a day: fewer than this.
LONGEST_OFFSET = 1000
#: Thirtieths in a month.
WHOLE_MONTH = 30
_MONTHS = 12
#: Longest number written as text: beyond, reading it would only cost time.
LONGEST_NUMBER = 40
#: Longest word compared with the words known, to suggest one.
LONGEST_WORD = 60
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_FRACTION = re.compile(r"([0-9]+)/([0-9]+)")
_GAINED = re.compile(r"([0-9]{1,4})-([0-9]{2}) ([0-9]{1,3}) (-?[0-9]{1,2}) (-?[0-9]{1,9}\.[0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MILLION = 10**6


def refused(message: str) -> ValidationError:
    """The refusal of a value, with French spaces."""
    return ValidationError(typography(message))


def shown(text: str) -> str:
    """A short printable extract of what was given, for a message."""
    short = text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]}…"
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in short)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that resembles most, if one does."""
    if len(word) > LONGEST_WORD:
        return None
    return next(iter(get_close_matches(word, list(known), n=1)), None)


class Text(fields.Field[str]):
    """Text without control characters nor lone surrogates; surrounding blanks are removed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refused("Un texte est attendu, entre guillemets.")
        longest = self.metadata.get("longest", LONGEST_TEXT)
        if len(value) > longest:
            raise refused(f"Texte trop long : {len(value)} caractères, {longest} au plus. Raccourcissez-le.")
        if _FORBIDDEN.search(value):
            raise refused("Le texte contient un caractère de contrôle : retirez-le et recommencez.")
        stripped = value.strip()
        if not stripped and self.required:
            raise refused("Ce texte est vide : remplissez-le.")
        return stripped


class Whole(fields.Field[int]):
    """A whole number, positive or zero."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise refused("Un nombre entier est attendu, par exemple 24.")
        if not 0 <= value < MILLIARD:
            raise refused("Le nombre doit être positif et rester sous un milliard.")
        return value


class Offset(fields.Field[int]):
    """A whole number of days, positive, zero or negative."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refused("Un nombre entier de jours est attendu, par exemple 5, 0 ou -1.")
        if abs(value) >= LONGEST_OFFSET:
            raise refused(f"Le nombre de jours doit rester sous {LONGEST_OFFSET}.")
        return value


class Flag(fields.Field[bool]):
    """True or false, nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refused("Répondez par true (oui) ou false (non), sans guillemets.")
        return value


def _decimal(value: Any) -> Decimal | None:
    """An exact number from a whole number, a `Decimal` or a text such as "3 249,79"; else None."""
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return Decimal(value)
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER:
        return None
    text = re.sub("[ \u00a0\u202f]", "", value)
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


class Amount(fields.Field[Decimal]):
    """An amount in euros, positive or zero, kept with its two decimals. Binary floats are refused."""

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        amount = _decimal(value.removesuffix("€") if isinstance(value, str) else value)
        if amount is None:
            raise refused("Un montant en euros est attendu, par exemple 3249.79.")
        if not amount.is_finite() or not 0 <= amount < MILLIARD:
            raise refused("Le montant doit être positif et rester sous un milliard d’euros.")
        cents = abs(amount.quantize(Decimal("0.01")))
        if amount != cents:
            raise refused("Un montant a deux décimales au plus.")
        return cents


class Gain(Amount):
    """An amount in euros, gained or lost: "-3249.79" is a loss."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, str) and value.startswith("-"):
            return -super()._deserialize(value[1:], attr, data, **kwargs)
        if isinstance(value, Decimal) and value < 0:
            return -super()._deserialize(-value, attr, data, **kwargs)
        return super()._deserialize(value, attr, data, **kwargs)


class Thirtieths(fields.Field[int]):
    """Thirtieths of one month, gained or lost."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > WHOLE_MONTH:
            raise refused(f"Un nombre entier de trentièmes est attendu, de -{WHOLE_MONTH} à {WHOLE_MONTH}.")
        return value


class Gained(fields.Field[Difference]):
    """What one month gains or loses, on one line: "2024-11 1 30 3249.79" (month, year of the post, thirtieths, euros).

    A post keeps hundreds of them, read with it each time.
    """

    def _serialize(self, value: Difference | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return f"{value.year}-{value.month:02} {value.post_year} {value.thirtieths} {value.amount:.2f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Difference:
        found = _GAINED.fullmatch(value) if isinstance(value, str) else None
        if found is None or not 1 <= int(found[2]) <= _MONTHS or abs(int(found[4])) > WHOLE_MONTH:
            raise refused('Un mois gagné ou perdu est attendu, par exemple "2024-11 1 30 3249.79".')
        year, month, post_year, thirtieths = (int(found[n]) for n in range(1, 5))
        amount = GainedEuros(Decimal(found[5]))
        return Difference(year, month, post_year, GainedThirtieths(thirtieths), amount)


class Ratio(fields.Field[Fraction]):
    """An exact number: "1/2", "50 %", "0,5" or 3. Binary floats are refused."""

    def _serialize(self, value: Fraction | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Fraction:
        ratio = value if isinstance(value, Fraction) else self._read(value)
        if ratio is None:
            raise refused('Une part est attendue, par exemple "1/2" ou "50 %".')
        if not 0 <= ratio < _MILLION or ratio.denominator > MILLIARD:
            raise refused("Cette valeur doit être positive et raisonnable.")
        return ratio

    @staticmethod
    def _read(value: Any) -> Fraction | None:
        text = value.strip() if isinstance(value, str) and len(value) <= LONGEST_NUMBER else ""
        parts = _FRACTION.fullmatch(text)
        if parts:
            return Fraction(int(parts[1]), int(parts[2])) if int(parts[2]) else None
        number = _decimal(text.removesuffix("%") if text else value)
        if number is None:
            return None
        if not number.is_finite() or not 0 <= number < _MILLION or abs(_exponent(number)) > LONGEST_NUMBER:
            raise refused("Cette valeur doit être positive et raisonnable.")
        return Fraction(number) / (100 if text.endswith("%") else 1)


def _exponent(number: Decimal) -> int:
    """The power of ten of a finite number: beyond measure, making a fraction of it would never end."""
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


class Day(fields.Field[date]):
    """A calendar date: a TOML date or "2024-06-14"."""

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return reasonable(value)
        try:
            day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            raise refused("Une date est attendue, par exemple 2024-06-14.")
        return reasonable(day)


def reasonable(day: date) -> date:
    """The day itself. Raises `ValidationError` when no calendar of ours could hold it."""
    if not 1900 <= day.year <= 2200:  # noqa: PLR2004  # the bounds are told in the sentence
        raise refused("Cette date est hors du calendrier (1900 à 2200).")
    return day


class Instant(fields.Field[datetime]):
    """An instant with its offset, kept in UTC."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise refused("Un instant est attendu, par exemple 2024-06-10T14:12:00+02:00.") from error
        if instant.utcoffset() is None:
            raise refused("L’instant doit porter son décalage, par exemple 2024-06-10T14:12:00+02:00.")
        reasonable(instant.date())
        utc = instant.astimezone(UTC)
        reasonable(utc.date())
        return utc


class Choice(fields.Field[Enum]):
    """One value of a closed list."""

    def __init__(self, choices: type[Enum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def _serialize(self, value: Enum | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Enum:
        if isinstance(value, self.choices):
            return value
        known = [str(item.value) for item in self.choices]
        if not isinstance(value, str):
            raise refused(f"Une valeur entre guillemets est attendue, parmi : {', '.join(known)}.")
        try:
            return self.choices(value)
        except ValueError as error:
            near = nearest(value, known)
            hint = f"Vouliez-vous écrire « {near} » ?" if near else f"Valeurs possibles : {', '.join(known)}."
            raise refused(f"Valeur inconnue : « {shown(value)} ». {hint}") from error
