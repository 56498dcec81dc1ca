"""What falls due about the credits of a post: their delegation and their lapse (J8), the repayment (J9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest

from workflows.account.lines import credits_to_reduce
from workflows.account.worth import planned_credits, worth
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.due.kinds import Due, DueKind
from workflows.effects import Addressee
from workflows.french import amount, short_day
from workflows.jobs import Job
from workflows.money.tranches import PlannedTranche, still_due
from workflows.parts.credits import FIR_YEARS, NotifiedSum, beyond, first_of, is_fir, lapses_on
from workflows.parts.ledger import Adjustment
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentFile
from workflows.parts.requests import RequestKind
from workflows.states import State

_SERVICE = (Addressee.SERVICE,)
_OF_MONEY = (Addressee.SERVICE, Addressee.ACCOUNTANT)
_ZERO = Decimal("0.00")
_FINANCED = frozenset({State.NOTIFIED, State.IN_POST, State.WITHDRAWN, State.ENDED, State.CLAWBACK})
_OVER = frozenset({State.ENDED, State.CLAWBACK, State.REJECTED})
_UNPAID = frozenset({RepaymentState.TITLE_ISSUED, RepaymentState.PARTLY_PAID})


def money_items(dossier: Dossier, call: Call, today: date) -> Iterator[Due]:
    """What falls due about money."""
    yield from _tranches(dossier, call, today)
    yield from _lapse(dossier, call)
    yield from _left_over(dossier, call)
    for rank, repayment in enumerate(dossier.repayments, 1):
        yield from _contradictory(repayment, f"R{rank}")
        yield from _unpaid(repayment, call, f"R{rank}")


def end_declared(dossier: Dossier) -> bool:
    """True once somebody has said that the doctor leaves, whether the agency has answered or not."""
    leaves = {RequestKind.EARLY_END, RequestKind.WITHDRAWAL}
    return dossier.departure is not None or any(r.kind in leaves and r.is_open for r in dossier.requests)


def _tranches(dossier: Dossier, call: Call, today: date) -> Iterator[Due]:
    """Each tranche to delegate, on the budget of the year of its day; of the one that runs once that year is over."""
    if dossier.state is not State.IN_POST or dossier.award is None:
        return
    if dossier.money_notice is None or end_declared(dossier):
        return
    try:
        planned = planned_credits(dossier, call)
    except UnknownValueError:
        return
    rule, unless, or_if = call.clauses.funding.tranches.rule, "la tranche est enregistrée", ("une fin est déclarée",)
    for on, (left, planned_on) in _to_delegate(dossier, planned).items():
        what = f"Proposition de tranche : {amount(left)} sur l’exercice {max(on, today).year}."
        matter = str(planned_on)
        yield Due(DueKind.TRANCHE, on, what, unless, Job.J8, _OF_MONEY, rule, or_if=or_if, matter=matter)


def _to_delegate(dossier: Dossier, planned: tuple[PlannedTranche, ...]) -> Mapping[date, tuple[Decimal, int]]:
    """Euros to delegate, by the day from which they are, and the last budget year that they were planned on."""
    found: dict[date, tuple[Decimal, int]] = {}
    delegated, waiting = dossier.delegated_net, dossier.undelegated
    for tranche, following in zip_longest(planned, planned[1:]):
        # what is awarded and not notified yet is not to be delegated
        parts = first_of(waiting, still_due(planned, tranche.budget_year, delegated))
        if parts:
            left = sum((part.amount for part in parts), _ZERO)
            delegated, waiting = delegated + left, beyond(waiting, left)
            on = max(tranche.due_on, _raised_on(dossier, following), *(part.on for part in parts))
            found[on] = found.get(on, (_ZERO, 0))[0] + left, tranche.budget_year
    return found


def _raised_on(dossier: Dossier, following: PlannedTranche | None) -> date:
    """The last day on which an act added to what is planned before the following tranche.

    What is due on a year that has its tranche already is due since then: it is proposed by itself, and once.
    """
    until = following.due_on if following else date.max

    def adds(made: Adjustment) -> bool:
        return sum(d.amount for d in made.differences if date(d.year, d.month, 1) < until) > 0

    return max((made.on for made in dossier.adjustments if adds(made)), default=date.min)


def lapsing(dossier: Dossier, call: Call) -> Mapping[date, Decimal]:
    """Sums of the FIR by the last day on which they may be paid: tranches still to pay, and what was never delegated.

    Empty for other credits. Nothing of a tranche is to be paid beyond the days served once the post is over.
    """
    if not is_fir(call.clauses.funding.line.value):
        return {}
    found: dict[date, Decimal] = {}
    due = _still_to_finance(dossier, call)
    waiting: list[NotifiedSum] = []
    left = max(_ZERO, due - dossier.paid_net)
    for credit in dossier.credits:
        to_pay = min(left, credit.to_pay)
        left -= to_pay
        waiting += first_of(credit.waiting, to_pay)
    if dossier.state in _FINANCED:
        waiting += first_of(dossier.undelegated, due - dossier.delegated_net)
    for part in waiting:
        last = lapses_on(part.on)
        found[last] = found.get(last, _ZERO) + part.amount
    return dict(sorted(found.items()))


def _lapse(dossier: Dossier, call: Call) -> Iterator[Due]:
    """The alert before what was notified is lost."""
    for last, left in lapsing(dossier, call).items():
        for days in call.parameters.jobs.rule(Job.J8).days:
            what = f"Alerte : {amount(left)} notifiés en {last.year - FIR_YEARS} et non versés sont perdus "
            yield Due(
                DueKind.FIR_LAPSE,
                last - timedelta(days=days),
                f"{what}après le {short_day(last)}.",
                "tout est versé avant",
                Job.J8,
                _OF_MONEY,
                "CSP art. L. 1435-10",
                last_day=last,
            )


def _still_to_finance(dossier: Dossier, call: Call) -> Decimal:
    """What the post may cost in all: what was notified, or, once it is over, the days served."""
    if dossier.state not in _OVER:
        return max(dossier.money_notice.total if dossier.money_notice else _ZERO, dossier.delegated_net)
    return worth(dossier, call) or _ZERO


def _left_over(dossier: Dossier, call: Call) -> Iterator[Due]:
    """Credits notified that a post which is over has not earned: they are to be reduced, not paid."""
    end = dossier.end
    over = credits_to_reduce(dossier, call)
    if end is None or not over:
        return
    what = f"Réduction à proposer : {amount(over)} délégués et non versés ne sont plus dus, le poste a pris fin."
    on = end.last_day + timedelta(days=1)
    yield Due(DueKind.CREDITS_LEFT, on, what, "les tranches sont réduites", Job.J8, _SERVICE, "A2")


def _contradictory(repayment: RepaymentFile, matter: str) -> Iterator[Due]:
    seen = repayment.answered_on is not None or repayment.decided is not None
    if seen or repayment.answer_by is None or repayment.state is not RepaymentState.CONTRADICTORY:
        return
    until, on, asked = repayment.answer_by, repayment.answer_by + timedelta(days=1), amount(repayment.proposed)
    over = f"Le délai de réponse sur le reversement de {asked} a fini le {short_day(until)}"
    what, unless = f"{over} : la décision peut être préparée.", "les observations arrivent avant"
    yield Due(DueKind.CONTRADICTORY_OVER, on, what, unless, Job.J9, _SERVICE, matter=matter)


def titles_reminded_of(
    dossier: Dossier, call: Call, on: date | None, *, outside: bool = True
) -> tuple[RepaymentFile, ...]:
    """The repayments whose unpaid title is reminded of on a day; None for those of any day.

    `outside`: those that the recruiter is told of.
    """
    return tuple(
        repayment
        for repayment in dossier.repayments
        for days in (_reminder_days(repayment, call),)
        if (days if on is None else on in days) and (not outside or _told_outside(repayment, on or days[0]))
    )


def _reminder_days(repayment: RepaymentFile, call: Call) -> tuple[date, ...]:
    """The days of the reminders of an unpaid title; one whose day is not known is counted from its decision."""
    since = repayment.title_on or repayment.decided_on
    if repayment.title is None or repayment.state not in _UNPAID or repayment.is_over or since is None:
        return ()
    return tuple(since + timedelta(days=days) for days in call.parameters.jobs.rule(Job.J9).days)


def _told_outside(repayment: RepaymentFile, on: date) -> bool:
    """Nobody outside is told of a title whose day is not known: the period left to pay may still run.

    Nor is the recruiter reminded to pay what its claim contests, until it is answered.
    """
    return repayment.title_on is not None and repayment.waiting_claim(on) is None


def _unpaid(repayment: RepaymentFile, call: Call, matter: str) -> Iterator[Due]:
    """The reminders of a title that is not paid."""
    for on in _reminder_days(repayment, call):
        since, left = repayment.title_on or repayment.decided_on or on, amount(repayment.outstanding)
        what = f"Rappel : le titre {repayment.title}, du {short_day(since)}, n’est pas payé ; il reste {left}."
        to = (Addressee.RECRUITER, *_OF_MONEY) if _told_outside(repayment, on) else _OF_MONEY
        yield Due(DueKind.TITLE_UNPAID, on, what, "la somme est soldée avant", Job.J9, to, "J9", matter=matter)
