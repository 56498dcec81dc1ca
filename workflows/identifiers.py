"""Numbers that carry their own key: SIRET of whoever is paid, FINESS of a legal entity or a site."""

from __future__ import annotations

import re

_SIRET = re.compile(r"[0-9]{14}")
_SIREN_DIGITS = 9
#: The one SIREN whose establishments follow another rule: the sum of their digits is a multiple of five.
LA_POSTE = "356000000"
_FINESS = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{7}")
_CORSICA = str.maketrans("AB", "12")


def compact(text: str) -> str:
    """A number as it is stored: without the spaces people write it with, letters in capitals."""
    return "".join(text.split()).upper()


def is_siret(number: str) -> bool:
    """True for fourteen digits with the right keys: Luhn on the SIREN and on the whole, but for La Poste."""
    if not _SIRET.fullmatch(number):
        return False
    siren = number[:_SIREN_DIGITS]
    if siren == LA_POSTE and sum(map(int, number)) % 5 == 0:
        return True
    return has_luhn_key(siren) and has_luhn_key(number)


def is_finess(number: str) -> bool:
    """True for nine characters, the department first (2A and 2B kept), whose last digit is the right key."""
    return bool(_FINESS.fullmatch(number)) and has_luhn_key(number.translate(_CORSICA))


def has_luhn_key(digits: str) -> bool:
    """True when the last digit is the Luhn key of those before it."""
    doubled = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(reversed(digits))]
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0
