"""What falls due about repayments beside their payment: claims that wait for an answer, and the time-bar (J9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from workflows.dossier import Dossier
from workflows.due.kinds import Due, DueKind
from workflows.effects import Addressee
from workflows.french import amount, short_day
from workflows.jobs import Job
from workflows.parts.claims import CLAIM_RULE, Claim
from workflows.parts.repayment_steps import UNDECIDED, RepaymentState
from workflows.parts.repayments import TIME_BAR_RULE, RepaymentFile

_SERVICE = (Addressee.SERVICE,)
#: Days before the time-bar, and before a silence is a rejection, at which the service is told.
TIME_BAR_DAYS = (180, 30)
_DAY = timedelta(days=1)
CLAIM_DAYS = 30


def repayment_items(dossier: Dossier) -> Iterator[Due]:
    """What falls due about the repayments of a dossier."""
    for rank, repayment in enumerate(dossier.repayments, 1):
        found = list(_time_bar(repayment))
        if repayment.open_claim is not None:
            found += _claim(repayment.open_claim)
        yield from (replace(due, matter=f"R{rank}") for due in found)


def _time_bar(repayment: RepaymentFile) -> Iterator[Due]:
    """The day from which nothing may be asked any more, and its alerts, while nothing is decided or no title asked."""
    undecided, untitled = repayment.state in UNDECIDED, repayment.state is RepaymentState.DECIDED
    if not undecided and not (untitled and repayment.outstanding):
        return
    last = repayment.barred_after
    asked = repayment.proposed if undecided else repayment.outstanding
    step = "n’est pas décidé" if undecided else "n’est pas recouvré"
    what = (
        f"Alerte : le reversement de {amount(asked)} {step} ; le délai court depuis le "
        f"{short_day(repayment.barred_from)}, il est prescrit après le {short_day(last)}."
    )
    unless = "le reversement est décidé avant" if undecided else "le titre est demandé avant"
    or_if = ("il est abandonné",) if undecided else ("une autre voie est retenue", "la somme est soldée")
    for days in TIME_BAR_DAYS:
        on = last - timedelta(days=days)
        yield Due(DueKind.TIME_BAR, on, what, unless, Job.J9, _SERVICE, TIME_BAR_RULE, or_if=or_if, last_day=last)
    over = f"Le reversement de {amount(asked)} {step} : il est prescrit depuis le {short_day(last)}."
    yield Due(DueKind.TIME_BARRED, last + _DAY, over, unless, Job.J9, _SERVICE, TIME_BAR_RULE, or_if=or_if)


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
