"""The one rounding of the money rules, and the end of what they count."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

#: No amount comes to a milliard: no post costs that much, the figure is a mistake.
MILLIARD = 10**9
_HALF = Fraction(1, 2)


def cents(value: Fraction) -> Decimal:
    """Euros rounded half-up (away from zero) to the cent, always with two decimals."""
    units = int(abs(value) * 100 + _HALF)
    return Decimal(units if value >= 0 else -units).scaleb(-2)
