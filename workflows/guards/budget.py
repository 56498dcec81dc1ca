"""Guards on the envelopes of a call: an overrun is pointed out, and refused where the call says that they bind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from workflows.accounts import awarded, funded
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.sources import UnknownValueError
from workflows.contract import planned_end
from workflows.dossier import Award, Dossier
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import amount
from workflows.guards.common import months_finding
from workflows.money.schedule import Schedule

ENVELOPE_OVERRUN = warning(
    "envelope_overrun",
    "Avec ce poste, {committed} seraient engagés en {year}, pour une enveloppe de {envelope}.",
    "Vérifiez le budget de l’appel, ou demandez un complément de crédits.",
)
ENVELOPE_EXCEEDED = refusal(
    "envelope_exceeded",
    "Avec ce poste, {committed} seraient engagés en {year}, pour une enveloppe de {envelope} qui s’impose.",
    "Attendez que des crédits reviennent, ou chargez l’enveloppe complétée dans les paramètres de l’appel.",
)
_ZERO = Decimal("0.00")


@input_guard
def envelope_covers_award(context: Context[Any]) -> Check:
    """The envelopes cover the post about to be awarded; a cost still unknown commits nothing (A25)."""
    inputs, dossier = context.inputs, context.dossier
    start, months = inputs.planned_start or dossier.wished_start, inputs.months or dossier.months or 0
    if start is None or not months or months_finding(months) is not None:
        return check()
    end = planned_end(context.call.clauses.contract, start, months, renewal=dossier.is_renewal)
    award = Award(context.today, "", start, end, months, conditional=False)
    return _covered(context, replace(dossier, award=award), whole=True)


@guard
def envelope_covers_post(context: Context[Any]) -> Check:
    """The envelopes cover the post as it is financed now."""
    return _covered(context, context.dossier, whole=False)


def _covered(context: Context[Any], dossier: Dossier, *, whole: bool) -> Check:
    if not context.call.parameters.budget.envelopes:
        return check()
    try:
        schedule: Schedule = (awarded if whole else funded)(dossier, context.call)
    except UnknownValueError:
        return check()
    mine = {year: euros for year, euros in schedule.by_budget_year.items() if euros > 0}
    others = dict(dossier.around.committed)
    return check(list(_overruns(context, mine, others)), post=mine, others=others)


def _overruns(context: Context[Any], mine: Mapping[int, Decimal], others: Mapping[int, Decimal]) -> list[Finding]:
    budget = context.call.parameters.budget
    binds = budget.binds is not None and budget.binds.value is True
    reason, found = ENVELOPE_EXCEEDED if binds else ENVELOPE_OVERRUN, []
    for year, euros in sorted(mine.items()):
        envelope, committed = budget.envelope(year, context.today), others.get(year, _ZERO) + euros
        if envelope is not None and envelope.value is not None and committed > envelope.value:
            told = {"committed": amount(committed), "year": year, "envelope": amount(envelope.value)}
            found.append(reason.on(budget.binds if binds and budget.binds else envelope, **told))
    return found
