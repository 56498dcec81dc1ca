"""A doctor who leaves a post to be a chef de clinique: what a departure says of it, and what it does not say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from workflows.acts.base import Context, input_guard
from workflows.calls.model import Call
from workflows.deadlines import add_months
from workflows.findings import Check, Finding, check, warning
from workflows.french import short_day
from workflows.parts.requests import EndReason

_DAY = timedelta(days=1)

CCA_SUSPECTED = warning(
    "cca_suspected",
    "Un poste de chef de clinique commence le {cca_from}, moins de {months} mois après la fin.",
    "Vérifiez la raison du départ avant de statuer sur les crédits.",
    rule="A4",
)
CCA_UNDATED = warning(
    "cca_undated",
    "La raison ne dit pas s’il s’agit d’un poste de chef de clinique, seul visé par la clause de reversement.",
    "Si c’en est un, indiquez depuis quand ; sinon, seuls les mois non servis reviennent.",
)
CCA_BEFORE_END = warning(
    "cca_before_end",
    "Le poste de chef de clinique commence le {cca_from}, et le dernier jour de fonctions est le {last_day}.",
    "Vérifiez les deux dates : les mois servis après le début de ce poste seraient payés deux fois.",
)
CCA_AGAINST_REASON = warning(
    "cca_against_reason",
    "Un poste de chef de clinique est daté du {cca_from}, et la raison donnée est une autre : {reason}.",
    "Corrigez la raison, ou laissez vide la date du poste de chef de clinique.",
)


def cca_soon(call: Call, last_day: date, cca_from: date | None, reason: EndReason | None) -> Finding | None:
    """A chef de clinique post soon after an end told for another reason is pointed out (A4)."""
    watch = call.clauses.end.cca_watch_months
    if cca_from is None or reason is EndReason.CCA_OR_HU or watch.value is None:
        return None
    if cca_from > add_months(last_day, watch.value):
        return None
    return CCA_SUSPECTED(watch.rule, cca_from=short_day(cca_from), months=watch.value)


def cca_against_reason(call: Call, last_day: date, cca_from: date | None, reason: EndReason | None) -> Finding | None:
    """A chef de clinique post dated by whoever tells another reason; taken soon after, it is a suspicion (A4)."""
    if cca_from is None or reason is None or reason is EndReason.CCA_OR_HU:
        return None
    if cca_soon(call, last_day, cca_from, reason):
        return None
    return CCA_AGAINST_REASON(cca_from=short_day(cca_from), reason=reason.label)


def leaves_as_cca(reason: EndReason | None, cca_from: date | None) -> bool:
    """True for a doctor who leaves to be a chef de clinique: among the hospital-university posts, a dated one."""
    return reason is EndReason.CCA_OR_HU and cca_from is not None


def cca_undated(call: Call, reason: EndReason | None, cca_from: date | None) -> Finding | None:
    """A hospital-university post that nobody says to be a chef de clinique’s is pointed out where a clause asks it."""
    clause = next((c for c in call.clauses.funding.repayment_clauses if c.cause == "cca"), None)
    vague = reason is EndReason.CCA_OR_HU and cca_from is None
    return CCA_UNDATED(clause.rule) if vague and clause else None


def cca_first(last_day: date, cca_from: date | None) -> Finding | None:
    """Nobody is a chef de clinique while still on the post: a day before its end is pointed out."""
    if cca_from is None or cca_from > last_day:
        return None
    return CCA_BEFORE_END(cca_from=short_day(cca_from), last_day=short_day(last_day))


@input_guard
def cca_pointed_out(context: Context[Any]) -> Check:
    """A doctor in post who leaves for another reason and soon takes a chef de clinique post is pointed out (A4)."""
    inputs = context.inputs
    if not context.dossier.tenures:
        return check()
    last_day = inputs.dates.effective_on - _DAY
    return check(
        cca_soon(context.call, last_day, inputs.cca_from, inputs.end_reason),
        cca_against_reason(context.call, last_day, inputs.cca_from, inputs.end_reason),
        cca_undated(context.call, inputs.end_reason, inputs.cca_from),
        cca_first(last_day, inputs.cca_from),
    )
