"""The money of a post as it stands: what was awarded, served and paid, and what would come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from workflows.calls.funding import Funding, RepaymentReading
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.contract import end_slides
from workflows.credits import MoneyNotice
from workflows.dossier import Award, Dossier
from workflows.money.known import Itself
from workflows.money.monthly import monthly_amount
from workflows.money.repayment import Repayment, repayment
from workflows.money.schedule import Schedule, served
from workflows.money.terms import PostTerms
from workflows.repayments import asked_back
from workflows.requests import EndReason
from workflows.tenure import Tenure

_CCA = "cca"
_DAY = timedelta(days=1)
_MONTHS_OF_A_YEAR = 12
_ZERO = Decimal("0.00")


def terms_of(dossier: Dossier) -> PostTerms:
    """What the months of the next holder are paid by, and those of a stay that keeps no terms of its own."""
    waived = frozenset(waiver.site for waiver in dossier.waivers)
    return PostTerms(dossier.category, dossier.plan, dossier.sites, dossier.contract_share, waived)


def on_their_terms(dossier: Dossier) -> tuple[Tenure, ...]:
    """The stays served so far, each on terms of its own: whoever comes next changes nothing of them (A26)."""
    present = terms_of(dossier)
    return tuple(stay if stay.terms else replace(stay, terms=present) for stay in dossier.tenures)


def _schedule(funding: Funding, terms: PostTerms, stays: tuple[Tenure, ...], until: date) -> Schedule:
    return _known_schedule(Itself(funding), terms, stays, until)


@lru_cache(maxsize=256)
def _known_schedule(clauses: Itself, terms: PostTerms, stays: tuple[Tenure, ...], until: date) -> Schedule:
    # Several guards of one look at a dossier ask for the same schedule; it never changes.
    return served(clauses.funding, terms, stays, until)


def awarded(dossier: Dossier, call: Call) -> Schedule:
    """The schedule of the whole post as it is awarded now: what was served, then what is granted, each on its terms.

    Vacant months are in it, on the terms of who left, unless they pushed the end of the post: they are granted and
    will not be spent. Raises UnknownValueError when the call gives no cost (A25).
    """
    award = dossier.award
    if award is None or award.planned_start is None or award.financed_end is None:
        return Schedule(None, ())
    stays = _without_a_gap(dossier, award, award.planned_start, slides=end_slides(call.clauses))
    return _schedule(call.clauses.funding, terms_of(dossier), stays, award.financed_end)


def _without_a_gap(dossier: Dossier, award: Award, start: date, *, slides: bool) -> tuple[Tenure, ...]:
    """The holders of the post and the next one granted, each until the next; the last one to the end of the post."""
    known = dossier.tenures
    coming = award.next_start if known else start
    stays = known if coming is None else (*known, Tenure(None, coming, None, terms_of(dossier)))
    kept = [
        stay
        # a vacancy between two who served has pushed the end: its months come after, they are not counted twice
        if slides and following in known
        else replace(stay, ends_on=max(stay.starts_on, following.starts_on - _DAY))
        for stay, following in pairwise(stays)
    ]
    return (*kept, replace(stays[-1], ends_on=None))


def notice_now(dossier: Dossier, call: Call, day: date) -> MoneyNotice:
    """The financial notification as it would be made on a day: a whole month by year of the post, and the total.

    The month is that of the present terms. Raises UnknownValueError (A25), ValueError without an award.
    """
    if dossier.award is None:
        raise ValueError("no award")
    terms, years = terms_of(dossier), -(-dossier.award.months // _MONTHS_OF_A_YEAR)
    monthly = (monthly_amount(call.clauses.funding, terms, year).amount for year in range(1, years + 1))
    return MoneyNotice(day, tuple(monthly), awarded(dossier, call).total, dossier.delegated_net)


def outdated_notice(dossier: Dossier, call: Call) -> MoneyNotice | None:
    """The notification as it should be, when the one made is no longer what is awarded; None when it still is.

    None too while an amount is unknown: nobody can say that it changed.
    """
    made = dossier.money_notice
    if made is None or dossier.award is None:
        return None
    try:
        due = notice_now(dossier, call, made.notified_on)
    except UnknownValueError:
        return None
    return None if (due.monthly, due.total) == (made.monthly, made.total) else due


def funded(dossier: Dossier, call: Call) -> Schedule:
    """The schedule still to be financed: the days served, and those planned from today’s holder to the planned end."""
    until, stays = funded_until(dossier), dossier.tenures
    if not stays:  # a post that ended before anybody served is worth nothing
        return Schedule(None, ()) if dossier.end else awarded(dossier, call)
    if until is None:  # the award fell: what was served stays served
        until = max(stay.ends_on or stay.starts_on for stay in stays)
    return _schedule(call.clauses.funding, terms_of(dossier), stays, until)


def funded_until(dossier: Dossier) -> date | None:
    """The last day that may be financed: that of the post, never after the end financed (A12, A35)."""
    end = dossier.award.financed_end if dossier.award else None
    return min(end, dossier.end.last_day) if end and dossier.end else end


def served_until(dossier: Dossier, call: Call, day: date) -> Schedule:
    """The schedule of the days really served up to a day, included; those after the end awarded are not financed."""
    stays, last = tuple(t for t in dossier.tenures if t.starts_on <= day), funded_until(dossier)
    until = min(day, last) if last else day
    return _schedule(call.clauses.funding, terms_of(dossier), stays, until) if stays else Schedule(None, ())


def to_repay(dossier: Dossier, call: Call, last_day: date, *, cca: bool, reason: EndReason | None = None) -> Repayment:
    """What a post that ended on `last_day` gives back under each reading, for that reason.

    `cca`: the doctor left to be a chef de clinique (NA-21). Raises UnknownValueError (A25).
    """
    causes = ((_CCA,) if cca else ()) + ((reason.value,) if reason else ())
    paid = kept(dossier, but=dossier.end.id if dossier.end else None)
    return repayment(call.clauses.funding, paid, served_until(dossier, call, last_day), last_day, *causes)


def kept(dossier: Dossier, *, but: str | None = None) -> Decimal:
    """What the recruiter was paid and no repayment asks back yet, save the one of a cause, in euros.

    What was remitted was asked back all the same: nobody asks for it twice.
    """
    return max(_ZERO, dossier.paid - asked_back(dossier.repayments, but))


def due_amounts(found: Repayment) -> dict[RepaymentReading, Decimal]:
    """Amounts of the readings that a clause allows for this end."""
    return {reading: found.by_reading[reading] for reading in found.available}


def largest_due(found: Repayment) -> Decimal:
    """The most that an allowed reading may ask back: above zero, somebody has to decide."""
    return max(due_amounts(found).values(), default=_ZERO)


def day_before(day: date) -> date:
    """The last day served when `day` is the first one without the doctor."""
    return day - timedelta(days=1)
