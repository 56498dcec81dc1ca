"""Numbers that may be below zero: what is gained or lost."""

from __future__ import annotations

from decimal import Decimal
from typing import NewType

#: Euros gained, or lost when below zero.
GainedEuros = NewType("GainedEuros", Decimal)
#: Thirtieths of a month gained, or lost when below zero.
GainedThirtieths = NewType("GainedThirtieths", int)
