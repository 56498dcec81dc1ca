"""French as a person reads it: dates, amounts, shares, counts, lists and the spaces around punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"
MINUS = "−"

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_ZONES = {
    "UTC": "heure UTC",
    "America/Guadeloupe": "heure de la Guadeloupe",
    "America/Marigot": "heure de Saint-Martin",
    "America/Martinique": "heure de la Martinique",
    "America/Miquelon": "heure de Saint-Pierre-et-Miquelon",
    "America/St_Barthelemy": "heure de Saint-Barthélemy",
    "Indian/Reunion": "heure de La Réunion",
    "Pacific/Noumea": "heure de Nouméa",
}


def short_day(value: date) -> str:
    """`14 juin 2024`, `1er novembre 2025`, held on one line by no-break spaces."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def day(value: date) -> str:
    """`vendredi 14 juin 2024`."""
    return f"{_WEEKDAYS[value.weekday()]} {short_day(value)}"


def month_name(year: int, month: int) -> str:
    """`mars 2026`, on one line."""
    return f"{_MONTHS[month - 1]}{NBSP}{year}"


def months(first: date, last: date) -> str:
    """The months from one to another, both included: `mars 2025`, `mars et avril 2025`, `mars 2025 à mai 2026`."""
    start, end = (f"{_MONTHS[each.month - 1]}{NBSP}{each.year}" for each in (first, last))
    if start == end:
        return end
    following = 12 * last.year + last.month - 12 * first.year - first.month == 1
    return f"{_MONTHS[first.month - 1] if first.year == last.year else start} {'et' if following else 'à'} {end}"


def instant(value: datetime, zone: str, *, with_zone: bool = False) -> str:
    """`14 juin 2024 à 23 h 59` on the clock of `zone` (IANA name), then `, heure de Paris` when asked.

    Seconds are dropped, never rounded up. Raises ValueError for an instant without a zone of its own.
    """
    if value.utcoffset() is None:
        msg = "Un instant sans fuseau horaire ne peut pas être affiché."
        raise ValueError(msg)
    local = value.astimezone(ZoneInfo(zone))
    shown = f"{short_day(local)} à {local.hour}{NBSP}h{NBSP}{local.minute:02}"
    return f"{shown}, {zone_label(zone)}" if with_zone else shown


def zone_label(zone: str) -> str:
    """The name of a clock: `heure de Paris`, `heure de La Réunion`."""
    if zone in _ZONES:
        return _ZONES[zone]
    city = zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")
    return f"heure d’{city}" if city.startswith(tuple("AEIOUY")) else f"heure de {city}"


def amount(value: Decimal) -> str:
    """`3 249,79 €`. Raises ValueError for a fraction of a cent: to display is not to round."""
    if not value.is_finite() or (Fraction(value) * 100).denominator != 1:
        msg = f"Le montant {value} n’est pas arrondi au centime\u00a0: il ne peut pas être affiché."
        raise ValueError(msg)
    cents = int(Fraction(value) * 100)
    euros, rest = divmod(abs(cents), 100)
    return f"{_sign(cents)}{_grouped(euros)},{rest:02}{NBSP}€"


def share(value: Fraction) -> str:
    """`50 %`, `12,5 %`, or `33,33 % (1/3)` when two decimals do not tell the exact share."""
    hundredths = abs(value) * 10_000
    rounded = int(hundredths + Fraction(1, 2))
    whole, rest = divmod(rounded, 100)
    sign = _sign(value)
    if rounded == hundredths:
        decimals = f"{rest:02}".rstrip("0")
        return f"{sign}{_grouped(whole)}{',' if decimals else ''}{decimals}{NBSP}%"
    return f"{sign}{_grouped(whole)},{rest:02}{NBSP}% ({sign}{abs(value)})"


def count(n: int, singular: str, plural: str | None = None) -> str:
    """`1 dossier`, `2 dossiers`; plural from 2 on, as French has it.

    Without `plural`, one word takes an s unless it ends in s, x or z; several words raise ValueError.
    """
    if plural is None:
        if " " in singular or NBSP in singular:
            msg = f"Le pluriel de «{NBSP}{singular}{NBSP}» doit être donné."
            raise ValueError(msg)
        plural = singular if singular.endswith(("s", "x", "z")) else f"{singular}s"
    return f"{_sign(n)}{_grouped(abs(n))} {singular if abs(n) <= 1 else plural}"


def size(octets: int) -> str:
    """The size of a file: `340 octets`, `12 Ko`, `3,4 Mo`. Rounded, never to nothing."""
    if octets < 1000:  # noqa: PLR2004
        return count(octets, "octet").replace(" ", NBSP)
    if octets < 1_000_000:  # noqa: PLR2004
        return f"{(octets + 500) // 1000}{NBSP}Ko"
    whole, rest = divmod((octets + 50_000) // 100_000, 10)
    return f"{_grouped(whole)}{f',{rest}' if rest else ''}{NBSP}Mo"


def listing(items: Iterable[str], last: str = "et") -> str:
    """`a, b et c`; empty for no item."""
    *first, final = tuple(items) or ("",)
    return f"{', '.join(first)} {last} {final}" if first else final


def thirtieths(n: int) -> str:
    """Thirtieths of a month: `27/30`, `30/30`, then `23 mois et 27/30`. Raises ValueError below 0."""
    if n < 0:
        msg = f"Un nombre de trentièmes n’est jamais négatif\u00a0: {n}."
        raise ValueError(msg)
    months, rest = divmod(n, 30)
    if n <= 30:  # noqa: PLR2004  # thirtieths of one month
        return f"{n}/30"
    return listing([f"{months} mois", f"{rest}/30"] if rest else [f"{months} mois"])


def _sign(value: int | Fraction) -> str:
    return MINUS if value < 0 else ""


def _grouped(n: int) -> str:
    return f"{n:,}".replace(",", NARROW_NBSP)


_SPACE = f"[ {NBSP}{NARROW_NBSP}\u2009]"
# Tried in this order at each place. A mark followed by text (14:12, a::b, 5%20) is no punctuation. What comes
# before anchors each alternative, so that a long run of characters is read once only.
_TYPOGRAPHY = re.compile(
    rf"""
      (?P<kept> (?i: https?:// | \bwww\. ) [^\s«»<>"]* [^\s«»<>".,;:!?)\]]
              | (?<! [\w.+'-] ) [\w.+'-]+ @ [\w-]+ (?: \.[\w-]+ )+ )
    | (?<= [^\s(\[;:!?«] ) {_SPACE}* (?P<marks> [;:!?]+ ) (?= [\s»)\]"”] | \Z )
    | (?<= \d ) {_SPACE}* (?P<unit> [%€] ) (?! \w )
    | (?P<opening> « ) {_SPACE}* (?= \S )
    | (?<= [^\s«] ) {_SPACE}* (?P<closing> » )
    | (?<= [^\W\d_] ) (?P<apostrophe> ' ) (?= \w | \s?« )
    """,
    re.VERBOSE,
)


def typography(text: str) -> str:
    """Plain text (not HTML) with French spaces and apostrophes; applying it twice changes nothing more.

    U+202F before ; ! ? and U+00A0 before : » % €, after «; a straight apostrophe becomes ’. Web and e-mail
    addresses and times such as 14:12 stay as they are.
    """
    return _TYPOGRAPHY.sub(_spaced, text)


def _spaced(match: re.Match[str]) -> str:
    kind, found = match.lastgroup, match[match.lastgroup or 0]
    if kind == "marks":
        return f"{NBSP if found.startswith(':') else NARROW_NBSP}{found}"
    if kind in {"unit", "closing"}:
        return f"{NBSP}{found}"
    if kind == "opening":
        return f"{found}{NBSP}"
    return "’" if kind == "apostrophe" else found


_MONTH_NAMES = "|".join(_MONTHS)
# What is read as one thing stays on one line: a date, an hour, the number of an article, a number after « n° ».
_UNBROKEN = re.compile(
    rf"\b(?:1er|\d{{1,2}}) (?:{_MONTH_NAMES})(?: \d{{4}})?|\b\d{{1,2}} h(?: \d{{2}})?\b"
    r"|\bart\. (?:[LRD]\. ?\*?)?\d|\b[LRD]\. \d|\bn° \d|\bM(?:me|\.) (?=[A-ZÀ-Ý])"
)


def unbroken(text: str) -> str:
    """A text whose dates, hours and article numbers do not break across lines; twice changes nothing more."""
    return _UNBROKEN.sub(lambda match: match[0].replace(" ", NBSP), text)


_MASCULINE = frozenset({"ch", "chu", "chr", "chru", "chi", "chic", "gh", "ghu", "cabinet", "centre", "groupe", "pôle"})
_FEMININE = frozenset({"clinique", "fondation", "maison", "msp", "polyclinique", "résidence"})
_ELIDED = frozenset(
    {"association", "ehpad", "epsm", "espic", "établissement", "hôpital", "hôtel", "ihu", "institut", "union", "unité"}
)


def to(whom: str) -> str:
    """To somebody named with an article or as a place: `au responsable`, `aux hospices`, `au CH d’Indigo`."""
    for article, contracted in (("le ", "au "), ("les ", "aux ")):
        if whom[: len(article)].lower() == article:
            return contracted + whom[len(article) :]
    return at_place(whom)


def at_place(name: str) -> str:
    """An establishment as the place where one works: `au CH d’Indigo`, `à l’EHPAD`, `à la Maison de santé`."""
    first = name.split(" ", maxsplit=1)[0].lower()
    if first in _MASCULINE:
        return f"au {name}"
    if first in _FEMININE:
        return f"à la {name}"
    if first in {"hôpitaux", "hospices"}:
        return f"aux {name}"
    return f"à l’{name}" if first in _ELIDED else f"à {name}"


def siret(digits: str) -> str:
    """A SIRET (14 digits) as one reads it aloud: `990 000 000 00012`, its groups not to be parted but the last."""
    return f"{NBSP.join((digits[:3], digits[3:6], digits[6:9]))} {digits[9:]}"
