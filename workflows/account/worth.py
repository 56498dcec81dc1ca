"""The money of a post as it stands: what was awarded, served and paid, and what would come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, pairwise

from workflows.account.asked_back import kept
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.contract import end_slides
from workflows.dossier import Dossier
from workflows.money.known import Itself, known_amount
from workflows.money.repayment import Repayment, repayment
from workflows.money.schedule import Schedule, served
from workflows.money.served import stretches
from workflows.money.terms import PostTerms
from workflows.money.tranches import PlannedTranche, planned_tranches
from workflows.parts.awards import Award
from workflows.parts.credits import MoneyNotice
from workflows.parts.requests import EndReason
from workflows.starting import award_once_started
from workflows.tenure import Tenure, Turn

_CCA = "cca"
_DAY = timedelta(days=1)
_ZERO = Decimal("0.00")


def terms_on(dossier: Dossier, day: date) -> PostTerms:
    """What a month is paid by for whoever starts on a day: a distance waived counts from its own day on (CVL-11)."""
    waived = frozenset(waiver.site for waiver in dossier.waivers if waiver.since <= day)
    return PostTerms(dossier.category, dossier.plan, dossier.sites, dossier.contract_share, waived)


def stay_from(dossier: Dossier, candidate: str | None, day: date) -> Tenure:
    """The stay of whoever holds the post from a day on, with the distances waived already for later days."""
    later = sorted({waiver.since for waiver in dossier.waivers if waiver.since > day})
    terms, turns = terms_on(dossier, day), (Turn(since, terms_on(dossier, since)) for since in later)
    return Tenure(candidate, day, None, terms, tuple(turns))


def on_their_terms(dossier: Dossier) -> tuple[Tenure, ...]:
    """The stays served so far, each on terms of its own: whoever comes next changes nothing of them (A26)."""
    stays = dossier.tenures
    return tuple(s if s.terms else replace(s, terms=terms_on(dossier, s.starts_on)) for s in stays)


def _schedule(dossier: Dossier, call: Call, stays: tuple[Tenure, ...], until: date) -> Schedule:
    award, first = dossier.award, min(stay.starts_on for stay in stays)
    limit = award.thirtieths if award else None
    return _known_schedule(Itself(call.clauses.funding), terms_on(dossier, first), stays, until, limit)


@lru_cache(maxsize=256)
def _known_schedule(
    clauses: Itself, terms: PostTerms, stays: tuple[Tenure, ...], until: date, limit: int | None
) -> Schedule:
    # Several guards of one look at a dossier ask for the same schedule; it never changes.
    return served(clauses.funding, terms, stays, until, limit=limit)


def awarded(dossier: Dossier, call: Call) -> Schedule:
    """The schedule of the whole post as it is awarded now: what was served, then what is granted, each on its terms.

    Vacant months are in it, on the terms of who left, unless they pushed the end of the post: they are granted and
    will not be spent. Raises UnknownValueError when the call gives no cost (A25).
    """
    found = _days_awarded(dossier, call)
    return _schedule(dossier, call, *found) if found else Schedule(None, ())


def _days_awarded(dossier: Dossier, call: Call) -> tuple[tuple[Tenure, ...], date] | None:
    """The stays of the whole post as it is awarded, and their last day; None while its days are not known."""
    award = dossier.award
    if award is None or award.planned_start is None or award.financed_end is None:
        return None
    stays = _without_a_gap(dossier, award, award.planned_start, slides=end_slides(call.clauses))
    return stays, award.financed_end


def _without_a_gap(dossier: Dossier, award: Award, start: date, *, slides: bool) -> tuple[Tenure, ...]:
    """The holders of the post and the next one granted, each until the next; the last one to the end of the post."""
    known = on_their_terms(dossier)
    coming = award.next_start if known else start
    stays = known if coming is None else (*known, stay_from(dossier, None, coming))
    kept = [
        stay
        # a vacancy between two who served has pushed the end: its months come after, they are not counted twice
        if slides and following in known
        else replace(stay, ends_on=max(stay.starts_on, following.starts_on - _DAY))
        for stay, following in pairwise(stays)
    ]
    return (*kept, replace(stays[-1], ends_on=None))


def notice_now(dossier: Dossier, call: Call, day: date) -> MoneyNotice:
    """The financial notification as it would be made on a day: each amount of a whole month, and the total.

    Raises UnknownValueError (A25), ValueError without an award.
    """
    if dossier.award is None:
        raise ValueError("no award")
    prices = _month_prices(dossier, call)
    first_days, monthly = tuple(first for first, _ in prices), tuple(amount for _, amount in prices)
    return MoneyNotice(
        day,
        monthly,
        awarded(dossier, call).total,
        delegated=dossier.delegated_net,
        first_days=first_days,
        call_version=call.version,
    )


def _month_prices(dossier: Dossier, call: Call) -> list[tuple[date, Decimal]]:
    """What a whole month of the post is worth, from each day on which it becomes something else."""
    found: list[tuple[date, Decimal]] = []
    days = _days_awarded(dossier, call)
    for stretch in stretches(*days) if days else ():
        terms = stretch.terms or terms_on(dossier, stretch.first)
        amount = known_amount(call.clauses.funding, terms, stretch.post_year, None).amount
        if not found or found[-1][1] != amount:
            found.append((stretch.first, amount))
    return found


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
    # one that was made by years of the post may say the same amount twice
    said = tuple(amount for amount, _ in groupby(made.monthly))
    return None if (due.monthly, due.total) == (said, made.total) else due


def funded(dossier: Dossier, call: Call) -> Schedule:
    """The schedule still financed: the days served, and those to come for whoever holds the post or will.

    The place of a vacant post is held until it is closed, and the money of its days to come with it (A16). Once a
    replacement is granted, the days without a doctor are financed no more (A12).
    """
    found = financed_days(dossier, call)
    return _schedule(dossier, call, *found) if found else Schedule(None, ())


def worth(dossier: Dossier, call: Call) -> Decimal | None:
    """What the schedule still financed comes to, in euros; None while an amount is unknown (A25)."""
    try:
        return funded(dossier, call).total
    except UnknownValueError:
        return None


def financed_days(dossier: Dossier, call: Call) -> tuple[tuple[Tenure, ...], date] | None:
    """The stays that are financed, served and to come, and their last day; None for a post that is worth nothing."""
    award, stays, until = dossier.award, on_their_terms(dossier), funded_until(dossier)
    coming = None if dossier.end else _coming(dossier)
    if award is not None and coming is not None:
        stays = (*stays, stay_from(dossier, None, coming))
        until = award_once_started(dossier, award, call, coming).financed_end
    if not stays:  # a post that ended before anybody served is worth nothing
        return None
    # the award fell: what was served stays served
    return stays, until or max(stay.ends_on or stay.starts_on for stay in stays)


def planned_credits(dossier: Dossier, call: Call) -> tuple[PlannedTranche, ...]:
    """The tranches that delegate what is still financed, in order; raises UnknownValueError."""
    return planned_tranches(call.clauses.funding.tranches.needed, funded(dossier, call))


def _coming(dossier: Dossier) -> date | None:
    """The first day of whoever is still to come: as granted, or as soon as the post is vacant; None for nobody.

    A doctor who gives up before coming frees no day that was not theirs: nothing is committed again by it.
    """
    award, vacancy, stays = dossier.award, dossier.vacancy, dossier.tenures
    if award is None or not stays:
        return award.planned_start if award else None
    if stays[-1].ends_on is None:
        return None
    days = (award.next_start, vacancy.since if vacancy else None)
    return max((day for day in days if day is not None), default=None)


def funded_until(dossier: Dossier) -> date | None:
    """The last day that may be financed: that of the post, never after the end financed (A12, A35)."""
    end = dossier.award.financed_end if dossier.award else None
    return min(end, dossier.end.last_day) if end and dossier.end else end


def served_until(dossier: Dossier, call: Call, day: date) -> Schedule:
    """The schedule of the days really served up to a day, included; those after the end awarded are not financed."""
    stays, last = tuple(t for t in dossier.tenures if t.starts_on <= day), funded_until(dossier)
    until = min(day, last) if last else day
    return _schedule(dossier, call, stays, until) if stays else Schedule(None, ())


def to_repay(dossier: Dossier, call: Call, last_day: date, *, cca: bool, reason: EndReason | None = None) -> Repayment:
    """What a post that ended on `last_day` gives back under each reading, for that reason.

    `cca`: the doctor left to be a chef de clinique (NA-21). Raises UnknownValueError (A25).
    """
    causes = ((_CCA,) if cca else ()) + ((reason.value,) if reason else ())
    paid = kept(dossier, but=dossier.end.id if dossier.end else None)
    return repayment(call.clauses.funding, paid, served_until(dossier, call, last_day), last_day, *causes)


def due_amounts(found: Repayment) -> dict[RepaymentReading, Decimal]:
    """Amounts of the readings that a clause allows for this end."""
    return {reading: found.by_reading[reading] for reading in found.available}


def largest_due(found: Repayment) -> Decimal:
    """The most that an allowed reading may ask back: above zero, somebody has to decide."""
    return max(due_amounts(found).values(), default=_ZERO)


def day_before(day: date) -> date:
    """The last day served when `day` is the first one without the doctor."""
    return day - timedelta(days=1)
