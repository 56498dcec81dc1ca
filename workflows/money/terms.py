"""The facts of a post that its money depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from workflows.calls.sources import UnknownValueError
from workflows.sites import Plan, Site, SiteSelector, chosen, share_at


class MissingFactError(UnknownValueError):
    """The dossier, not the call, lacks a fact that the rule needs to compute an amount."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(rule)
        self.args = (sentence,)


@dataclass(frozen=True, slots=True)
class PostTerms:
    """What a post is, for money: its category, where it is worked, and the contract’s share of a full time.

    `waived`: ids of the sites that count in a scale whatever their distance (CVL-11). Raises ValueError for a contract
    share that is not above 0 and at most 1.
    """

    category: str | None = None
    plan: Plan = ()
    sites: tuple[Site, ...] = ()
    contract_share: Fraction = Fraction(1)
    waived: frozenset[str] = field(default=frozenset(), metadata={"late": True})

    def __post_init__(self) -> None:
        if not 0 < self.contract_share <= 1:
            raise ValueError("La quotité du contrat est plus grande que 0 et au plus égale à 1.")

    def share_at(self, selector: SiteSelector, rule: str) -> Fraction:
        """Share of the contract at the selected sites; MissingFactError for a plan without half-days."""
        self.require_plan(rule)
        return share_at(self.plan, chosen(self.sites, selector))

    def require_plan(self, rule: str) -> None:
        """MissingFactError for a plan without half-days."""
        if not any(period.months * period.weekly for period in self.plan):
            raise MissingFactError(
                rule,
                "Le dossier ne dit pas combien de demi-journées sont prévues sur chaque lieu : "
                "complétez la répartition du temps.",
            )
