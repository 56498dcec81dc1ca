"""What falls due about repayments beside their payment: claims that wait for an answer, and the time-bar (J9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflows.claims import CLAIM_RULE, Claim
from workflows.dossier import Dossier
from workflows.due.kinds import Due, DueKind
from workflows.effects import Addressee
from workflows.french import amount, short_day
from workflows.jobs import Job
from workflows.repayments import TIME_BAR_RULE, UNDECIDED, RepaymentFile

_SERVICE = (Addressee.SERVICE,)
#: Days before the time-bar, and before a silence is a rejection, at which the service is told.
TIME_BAR_DAYS = (180, 30)
CLAIM_DAYS = 30


def repayment_items(dossier: Dossier) -> Iterator[Due]:
    """What falls due about the repayments of a dossier."""
    for repayment in dossier.repayments:
        yield from _time_bar(repayment)
        if repayment.open_claim is not None:
            yield from _claim(repayment.open_claim)


def _time_bar(repayment: RepaymentFile) -> Iterator[Due]:
    """The alerts before nothing may be asked any more, while nothing is decided."""
    if repayment.state not in UNDECIDED:
        return
    last = repayment.barred_after
    known: date = repayment.known_on or repayment.opened_on
    what = (
        f"Alerte : le reversement de {amount(repayment.proposed)} n’est pas décidé ; connu depuis le "
        f"{short_day(known)}, il est prescrit après le {short_day(last)}."
    )
    for days in TIME_BAR_DAYS:
        on = last - timedelta(days=days)
        unless, or_if = "le reversement est décidé avant", ("il est abandonné",)
        yield Due(DueKind.TIME_BAR, on, what, unless, Job.J9, _SERVICE, TIME_BAR_RULE, or_if=or_if, last_day=last)


def _claim(claim: Claim) -> Iterator[Due]:
    silent, filed = claim.silent_on, short_day(claim.filed_on)
    asked = f"La réclamation du {filed} ({amount(claim.contested)} contestés)"
    unless = "la réponse est donnée avant"
    soon = f"{asked} attend sa réponse : le silence vaudra rejet le {short_day(silent)}."
    on = silent - timedelta(days=CLAIM_DAYS)
    before = silent - timedelta(days=1)
    yield Due(DueKind.CLAIM_DUE, on, soon, unless, Job.J9, _SERVICE, CLAIM_RULE, last_day=before)
    over = f"{asked} est restée sans réponse : le silence vaut rejet depuis le {short_day(silent)}."
    yield Due(DueKind.CLAIM_ELAPSED, silent, over, unless, Job.J9, _SERVICE, CLAIM_RULE)
