"""What falls due about the credits of a post: their delegation and their lapse (J8), the repayment (J9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from workflows.accounts import funded
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.credits import MoneyNotice
from workflows.dossier import Dossier
from workflows.due.kinds import Due, DueKind
from workflows.effects import Addressee
from workflows.french import amount, short_day
from workflows.jobs import Job
from workflows.money.tranches import planned_tranches, still_due
from workflows.repayments import RepaymentFile, RepaymentState
from workflows.requests import RequestKind
from workflows.states import State

_SERVICE = (Addressee.SERVICE,)
_OF_MONEY = (Addressee.SERVICE, Addressee.ACCOUNTANT)
_FIR = "FIR"
#: Sums notified from the FIR lapse on 31 December of this year after the one they are notified in (L.1435-10).
FIR_YEARS = 3
_UNPAID = frozenset({RepaymentState.TITLE_ISSUED, RepaymentState.PARTLY_PAID})


def money_items(dossier: Dossier, call: Call) -> Iterator[Due]:
    """What falls due about money."""
    yield from _tranches(dossier, call)
    yield from _lapse(dossier, call)
    if dossier.repayment is not None:
        yield from _contradictory(dossier.repayment)
        yield from _unpaid(dossier.repayment, call)


def end_declared(dossier: Dossier) -> bool:
    """True once somebody has said that the doctor leaves, whether the agency has answered or not."""
    leaves = {RequestKind.EARLY_END, RequestKind.WITHDRAWAL}
    return dossier.departure is not None or any(r.kind in leaves and r.is_open for r in dossier.requests)


def _tranches(dossier: Dossier, call: Call) -> Iterator[Due]:
    if dossier.state is not State.IN_POST or dossier.award is None:
        return
    if dossier.money_notice is None or end_declared(dossier):
        return
    try:
        planned = planned_tranches(call.clauses.funding.tranches.needed, funded(dossier, call))
    except UnknownValueError:
        return
    done, delegated = {t.budget_year for t in dossier.tranches}, dossier.delegated
    unless, or_if = "la tranche est enregistrée", ("une fin est déclarée",)
    for tranche in planned:
        left = still_due(planned, tranche.budget_year, delegated)
        if tranche.budget_year not in done and left:
            delegated += left
            what = f"Proposition de tranche : {amount(left)} sur l’exercice {tranche.budget_year}."
            rule, year = call.clauses.funding.tranches.rule, str(tranche.budget_year)
            yield Due(DueKind.TRANCHE, tranche.due_on, what, unless, Job.J8, _OF_MONEY, rule, or_if=or_if, matter=year)


def lapses_on(notice: MoneyNotice) -> date:
    """The last day on which sums notified from the FIR may be delegated."""
    return date(notice.notified_on.year + FIR_YEARS, 12, 31)


def _lapse(dossier: Dossier, call: Call) -> Iterator[Due]:
    """The alert before what was notified and not delegated is lost."""
    notice, line = dossier.money_notice, call.clauses.funding.line.value
    if notice is None or line is None or line.strip().upper() != _FIR:
        return
    left = _not_delegated(dossier, notice, call)
    if left <= 0 or dossier.state not in {State.NOTIFIED, State.IN_POST, State.WITHDRAWN, State.ENDED}:
        return
    last = lapses_on(notice)
    for days in call.parameters.jobs.rule(Job.J8).days:
        what = f"Alerte : {amount(left)} notifiés le {short_day(notice.notified_on)} et non délégués sont perdus "
        yield Due(
            DueKind.FIR_LAPSE,
            last - timedelta(days=days),
            f"{what}après le {short_day(last)}.",
            "tout est délégué avant",
            Job.J8,
            _OF_MONEY,
            "CSP art. L. 1435-10",
            last_day=last,
        )


def _not_delegated(dossier: Dossier, notice: MoneyNotice, call: Call) -> Decimal:
    """What may still be delegated of a notification: nothing beyond the days served once the post is over."""
    if dossier.state is not State.ENDED:
        return notice.total - dossier.delegated
    try:
        due = funded(dossier, call).total if dossier.tenures else Decimal(0)
    except UnknownValueError:
        return Decimal(0)
    return min(notice.total, due) - dossier.delegated


def _contradictory(repayment: RepaymentFile) -> Iterator[Due]:
    over = repayment.answered_on is not None or repayment.decided is not None
    if over or repayment.answer_by is None or repayment.state is not RepaymentState.CONTRADICTORY:
        return
    until, on = short_day(repayment.answer_by), repayment.answer_by + timedelta(days=1)
    what = f"Le délai de réponse sur le reversement a fini le {until} : la décision peut être préparée."
    yield Due(DueKind.CONTRADICTORY_OVER, on, what, "les observations arrivent avant", Job.J9, _SERVICE)


def _unpaid(repayment: RepaymentFile, call: Call) -> Iterator[Due]:
    """The reminders of a title that is not paid; one whose day is not known is counted from its decision.

    Nobody outside is told in that case: the period left to pay may still run.
    """
    since = repayment.title_on or repayment.decided_on
    if repayment.title is None or repayment.state not in _UNPAID or repayment.is_over or since is None:
        return
    to = (Addressee.RECRUITER, *_OF_MONEY) if repayment.title_on else _OF_MONEY
    for days in call.parameters.jobs.rule(Job.J9).days:
        left = amount(repayment.outstanding)
        what = f"Rappel : le titre {repayment.title}, du {short_day(since)}, n’est pas payé ; il reste {left}."
        on = since + timedelta(days=days)
        yield Due(DueKind.TITLE_UNPAID, on, what, "la somme est soldée avant", Job.J9, to, "J9")
