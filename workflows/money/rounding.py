"""The one rounding of the money rules."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

_HALF = Fraction(1, 2)


def cents(value: Fraction) -> Decimal:
    """Euros rounded half-up (away from zero) to the cent, always with two decimals."""
    units = int(abs(value) * 100 + _HALF)
    return Decimal(units if value >= 0 else -units).scaleb(-2)
