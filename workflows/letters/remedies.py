"""How and until when an addressee contests a decision (CJA art. R. 421-1 and R. 421-7, CRPA art. L. 411-2)."""

from __future__ import annotations

from workflows.calls.model import Authority, Call
from workflows.legal_clocks import COURT_MONTHS, DISTANCE_MONTHS
from workflows.letters.data import Remedies
from workflows.letters.words import number
from workflows.regions import REGIONS
from workflows.sites import Site

#: The clock of an authority whose court is on the mainland.
MAINLAND = "Europe/Paris"


def remedies(call: Call, reader: Site | None) -> Remedies:
    """The remedies of an addressee: `reader` is its establishment, None for a person, whose home nobody knows.

    The time for distance is counted in for an establishment; for a person it is told as a condition. It lengthens the
    period of the court only.
    """
    one_more, two_more = DISTANCE_MONTHS
    away = reader is not None and is_away(call.authority, reader)
    return Remedies(
        appeal=_months(COURT_MONTHS),
        court=_months(COURT_MONTHS + (one_more if away else 0)),
        far_away=away,
        distant=_months(COURT_MONTHS + one_more) if reader is None else None,
        abroad=_months(COURT_MONTHS + two_more),
        overseas_court=call.authority.zone != MAINLAND,
        crpa=may_cite_crpa(call),
    )


def may_cite_crpa(call: Call) -> bool:
    """True unless the call says that its depositors are public bodies, whom the code does not bind (CRPA L. 100-3)."""
    return call.clauses.regime_crpa.value is not False


def is_away(authority: Authority, site: Site) -> bool:
    """True when the sea lies between an establishment and the court: overseas for a mainland court, elsewhere for an
    overseas one (CJA art. R. 421-7).
    """
    if authority.zone == MAINLAND:
        return site.is_overseas
    region = REGIONS.get(authority.region or "")
    return region is None or site.department not in region.departments


def _months(n: int) -> str:
    return f"{number(n)} mois"
