"""The account of a post: what was awarded, served and delegated, and what would come back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.money.repayment import Repayment, repayment
from workflows.money.schedule import Schedule, planned, served
from workflows.money.terms import PostTerms
from workflows.tenure import Tenure

_CCA = "cca"
_ZERO = Decimal("0.00")


def terms_of(dossier: Dossier) -> PostTerms:
    """The facts of the post that its money depends on."""
    return PostTerms(dossier.category, dossier.plan, dossier.sites, dossier.contract_share)


def awarded(dossier: Dossier, call: Call) -> Schedule:
    """The schedule of the whole post as awarded. Raises UnknownValueError when the call gives no cost (A25)."""
    award = dossier.award
    if award is None or award.planned_start is None or award.planned_end is None:
        return Schedule(None, ())
    return planned(call.clauses.funding, terms_of(dossier), award.planned_start, award.planned_end)


def funded(dossier: Dossier, call: Call) -> Schedule:
    """The schedule still to be financed: the days served, and those planned from today’s holder to the planned end."""
    award, stays = dossier.award, dossier.tenures
    if award is None or award.planned_end is None or not stays:
        return awarded(dossier, call)
    until = dossier.end.last_day if dossier.end else award.planned_end
    return served(call.clauses.funding, terms_of(dossier), stays, until)


def served_until(dossier: Dossier, call: Call, day: date) -> Schedule:
    """The schedule of the days really served up to a day, included."""
    stays = tuple(t for t in dossier.tenures if t.starts_on <= day)
    return served(call.clauses.funding, terms_of(dossier), stays, day) if stays else Schedule(None, ())


def to_repay(dossier: Dossier, call: Call, last_day: date, *, cca: bool) -> Repayment:
    """What a post that ended on `last_day` gives back under each reading. Raises UnknownValueError (A25)."""
    return repayment(
        call.clauses.funding,
        dossier.delegated,
        served_until(dossier, call, last_day),
        last_day,
        _CCA if cca else "other",
    )


def due_amounts(found: Repayment) -> dict[RepaymentReading, Decimal]:
    """Amounts of the readings that a clause allows for this end."""
    return {reading: found.by_reading[reading] for reading in found.available}


def largest_due(found: Repayment) -> Decimal:
    """The most that an allowed reading may ask back: above zero, somebody has to decide."""
    return max(due_amounts(found).values(), default=_ZERO)


def day_before(day: date) -> date:
    """The last day served when `day` is the first one without the doctor."""
    return day - timedelta(days=1)


def open_tenure(tenures: tuple[Tenure, ...]) -> Tenure | None:
    """The stay that goes on."""
    return next((t for t in tenures if t.ends_on is None), None)
