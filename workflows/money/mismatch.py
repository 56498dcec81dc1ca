"""Printed amounts beside what their components give: the printed one prevails, the difference is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workflows.calls.funding import Funding
from workflows.calls.sources import UnknownValueError
from workflows.french import amount
from workflows.money.cost import whole_monthly_cost
from workflows.money.rounding import cents
from workflows.money.terms import PostTerms

_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A printed amount its components do not give, in euros; `label` says in French what it is."""

    label: str
    printed: Decimal
    computed: Decimal

    @property
    def difference(self) -> Decimal:
        """Printed minus computed, in euros."""
        return self.printed - self.computed

    @property
    def told(self) -> str:
        """A French sentence without its capital: what it is, both amounts, the difference, which one prevails."""
        sign = "+" if self.difference > 0 else "−"
        return (
            f"{self.label} : l’appel imprime {amount(self.printed)}, ses éléments donnent {amount(self.computed)} "
            f"(écart : {sign}{amount(abs(self.difference))}). Le montant imprimé prévaut."
        )


def cost_mismatch(funding: Funding, terms: PostTerms) -> Mismatch | None:
    """The printed monthly cost against its components; None when they agree or cannot be compared."""
    if funding.printed_cost is None or funding.printed_cost.value is None:
        return None
    try:
        cost = whole_monthly_cost(funding, terms)
    except UnknownValueError:
        return None
    if cost is None:
        return None
    return _compared("coût mensuel du poste", Fraction(funding.printed_cost.value), cost.value)


def part_mismatch(monthly: Fraction, yearly: Fraction, computed: Fraction) -> Mismatch | None:
    """The printed part, by month or with its yearly flats by year, against the `computed` monthly part."""
    if not yearly:
        return _compared("part mensuelle de l’agence", monthly, computed)
    printed = monthly * _MONTHS_OF_A_YEAR + yearly
    return _compared("part annuelle de l’agence", printed, computed * _MONTHS_OF_A_YEAR)


def _compared(label: str, printed: Fraction, computed: Fraction) -> Mismatch | None:
    if cents(printed) == cents(computed):
        return None
    return Mismatch(label, cents(printed), cents(computed))
