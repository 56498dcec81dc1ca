"""Numbers and amounts in French words, as they are written out in a letter (traditional spelling)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from workflows.money.rounding import MILLIARD

_UNITS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    *("dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"),
)
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 7: "soixante", 8: "quatre-vingt"}
_TENS[9] = _TENS[8]
#: Tens whose names count up to nineteen: soixante-dix, quatre-vingt-dix.
_LONG_TENS = frozenset({7, 9})


class TooMuchError(ValueError):
    """A number or an amount of a milliard or more."""

    def __init__(self) -> None:
        super().__init__(
            "Un montant d’un milliard ou plus ne s’écrit pas en lettres : vérifiez le montant avant de préparer "
            "ce courrier."
        )


def number(n: int) -> str:
    """`quatre-vingts`, `deux cent un`, `quatre-vingt mille`. Raises TooMuchError from a milliard on."""
    if abs(n) >= MILLIARD:
        raise TooMuchError
    if n < 0:
        return f"moins {number(-n)}"
    millions, rest = divmod(n, 10**6)
    thousands, units = divmod(rest, 1000)
    words = [f"{_below_thousand(millions)} million{'s' if millions > 1 else ''}"] if millions else []
    if thousands:
        words.append("mille" if thousands == 1 else f"{_before_mille(thousands)} mille")
    if units or not words:
        words.append(_below_thousand(units))
    return " ".join(words)


def amount(value: Decimal) -> str:
    """`trois mille deux cent quarante-neuf euros et soixante-dix-neuf centimes`, `deux millions d’euros`.

    Raises TooMuchError from a milliard on, ValueError for a fraction of a cent.
    """
    if not value.is_finite() or (Fraction(value) * 100).denominator != 1:
        raise ValueError(f"Le montant {value} n’est pas arrondi au centime\u00a0: il ne s’écrit pas en lettres.")
    cents = int(Fraction(value) * 100)
    if cents < 0:
        return f"moins {amount(-value)}"
    euros, rest = divmod(cents, 100)
    parts = [_counted(euros, "euro")] if euros or not rest else []
    return " et ".join([*parts, *([_counted(rest, "centime")] if rest else [])])


def _counted(n: int, noun: str) -> str:
    millions = n >= 10**6 and n % 10**6 == 0  # a noun, which wants « de »: deux millions d’euros
    return f"{number(n)} {'d’' if millions else ''}{noun}{'s' if n > 1 else ''}"


def _before_mille(n: int) -> str:
    """A number before « mille », which is no noun: vingt and cent take no s."""
    words = _below_thousand(n)
    return words[:-1] if words.endswith(("quatre-vingts", "cents")) else words


def _below_thousand(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = "cent" if hundreds == 1 else f"{_UNITS[hundreds]} cent"
    if rest:
        return f"{head} {_below_hundred(rest)}"
    return head if hundreds == 1 else f"{head}s"


def _below_hundred(n: int) -> str:
    if n < len(_UNITS):
        return _UNITS[n]
    tens, rest = divmod(n, 10)
    if tens == 1:
        return f"dix-{_UNITS[rest]}"
    rest += 10 if tens in _LONG_TENS else 0
    if rest == 0:
        return "quatre-vingts" if tens == 8 else _TENS[tens]  # noqa: PLR2004 - the only ten that takes an s
    if rest in {1, 11} and tens < 8:  # noqa: PLR2004 - vingt et un to soixante et onze
        return f"{_TENS[tens]} et {_UNITS[rest]}"
    return f"{_TENS[tens]}-{_below_hundred(rest)}"
