"""Guards on the envelopes of a call: an overrun is pointed out, and refused where the call says that they bind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from workflows.account.adjusting import standing_lines
from workflows.account.worth import funded
from workflows.actors import Role
from workflows.acts.base import Context, guard, outcome_guard
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, Reason, check, hold, refusal, warning
from workflows.french import amount

ENVELOPE_OVERRUN = warning(
    "envelope_overrun",
    "Avec ce poste, {committed} seraient engagés en {year}, pour une enveloppe de {envelope}.",
    "Vérifiez le budget de l’appel, ou demandez un complément de crédits.",
)
ENVELOPE_EXCEEDED = refusal(
    "envelope_exceeded",
    "Avec ce poste, {committed} seraient engagés en {year}, pour une enveloppe de {envelope} qui s’impose.",
    "Attendez que des crédits reviennent, reprenez l’attribution d’un autre poste, ou faites compléter l’enveloppe "
    "dans le fichier de l’appel.",
)
ENVELOPE_HELD = hold(
    "envelope_held",
    "Cette décision porterait à {committed} les crédits engagés en {year}, pour une enveloppe de {envelope} qui "
    "s’impose.",
    "Attendez que des crédits reviennent ; un responsable peut lever la réserve avec un motif.",
)
_ZERO = Decimal("0.00")


@outcome_guard
def envelope_covers(context: Context[Any]) -> Check:
    """The envelopes cover what the act commits more of each year; a cost still unknown commits nothing (A25).

    One that binds refuses a post awarded, or awarded again, and holds any other decision.
    """
    if not _binds(context):
        return _grown(context, ENVELOPE_OVERRUN)
    after = context.after
    awards = context.dossier.place is None and after is not None and after.place is not None
    if awards:
        return _grown(context, ENVELOPE_EXCEEDED)
    # what the machine carries out, a head has decided
    return _grown(context, ENVELOPE_OVERRUN if context.by.role is Role.CLOCK else ENVELOPE_HELD)


@outcome_guard
def envelope_told(context: Context[Any]) -> Check:
    """A fact that commits more than an envelope is recorded all the same, and pointed out."""
    return _grown(context, ENVELOPE_OVERRUN)


@guard
def envelope_covers_post(context: Context[Any]) -> Check:
    """The envelopes cover the post as it is financed now."""
    if not context.call.parameters.budget.envelopes:
        return check()
    try:
        years = funded(context.dossier, context.call).by_budget_year
    except UnknownValueError:
        return check()
    return _covered(context, years, ENVELOPE_EXCEEDED if _binds(context) else ENVELOPE_OVERRUN)


#: Guards that look at what the other posts of the call commit.
ENVELOPES = frozenset({envelope_covers, envelope_told, envelope_covers_post})


def _binds(context: Context[Any]) -> bool:
    binds = context.call.parameters.budget.binds
    return binds is not None and binds.value is True


def _grown(context: Context[Any], reason: Reason) -> Check:
    """The years that the act commits more of, against their envelopes."""
    if not context.call.parameters.budget.envelopes or context.after is None:
        return check()
    before, after = _by_year(context.dossier), _by_year(context.after)
    return _covered(context, {year: euros for year, euros in after.items() if euros > before.get(year, _ZERO)}, reason)


def _by_year(dossier: Dossier) -> Mapping[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in standing_lines(dossier):
        found[line.year] = found.get(line.year, _ZERO) + line.amount
    return found


def _covered(context: Context[Any], mine: Mapping[int, Decimal], reason: Reason) -> Check:
    others = dict(context.dossier.around.committed)
    return check(_overruns(context, mine, others, reason), post=dict(mine), others=others)


def _overruns(
    context: Context[Any], mine: Mapping[int, Decimal], others: Mapping[int, Decimal], reason: Reason
) -> Iterator[Finding]:
    budget = context.call.parameters.budget
    for year, euros in sorted(mine.items()):
        envelope, committed = budget.envelope(year, context.today), others.get(year, _ZERO) + euros
        if euros > 0 and envelope is not None and envelope.value is not None and committed > envelope.value:
            told = {"committed": amount(committed), "year": year, "envelope": amount(envelope.value)}
            source = budget.binds if reason is not ENVELOPE_OVERRUN and budget.binds else envelope
            yield reason.on(source, **told)
