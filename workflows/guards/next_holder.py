"""Guards on what whoever comes next makes of the money of a post: the share of their contract, the end they push."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from workflows.account.worth import awarded, stay_from
from workflows.acts.base import Context, input_guard
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, Reason, check, hold, warning
from workflows.french import share, short_day
from workflows.guards.content import SHARE_OUT_OF_BOUNDS
from workflows.guards.money import PART_TIME_UNSCALED, part_time_unsaid
from workflows.guards.replacement import carried_out, proposal
from workflows.parts.awards import Award
from workflows.starting import award_once_started

_DAY = timedelta(days=1)
_PUSHED = (
    "La vacance pousse la fin du poste au {end}, dans une année du poste pour laquelle l’appel ne donne pas de montant"
)
END_UNPRICED = warning(
    "end_unpriced",
    _PUSHED + " : l’échéancier ne peut plus être calculé.",
    "Complétez l’appel : l’échéancier sera calculé de nouveau.",
    rule="A25",
)
END_UNPRICED_HELD = hold(
    "end_unpriced_held",
    _PUSHED + ".",
    "Complétez l’appel ; un responsable peut lever la réserve avec un motif, l’échéancier restant alors inconnu.",
    rule="A25",
)


@input_guard
def proposed_share_sound(context: Context[Any]) -> Check:
    """The contract proposed for the next holder is a share of a full time."""
    given = context.inputs.contract_share
    return check(None if 0 < given <= 1 else SHARE_OUT_OF_BOUNDS(share=share(given)), share=given)


@input_guard
def next_share_followed(context: Context[Any]) -> Check:
    """A part time of which the call does not say whether the amount follows it waits for a head (A41)."""
    request, scaled = proposal(context), context.call.clauses.funding.scaled_by_contract
    if request is None or carried_out(context):
        return check()
    held = part_time_unsaid(context.call, request.contract_share)
    return check(PART_TIME_UNSCALED(scaled.rule, share=share(request.contract_share)) if held else None)


@input_guard
def granted_end_priced(context: Context[Any]) -> Check:
    """A replacement that pushes the post into a year without a rate is for a head to decide (A25)."""
    request = proposal(context)
    if request is None or carried_out(context):
        return check()
    return check(_unpriced(context, request.dates.effective_on, END_UNPRICED_HELD))


@input_guard
def end_priced(context: Context[Any]) -> Check:
    """A start that pushes the post into a year without a rate is a fact: it is pointed out (A25)."""
    return check(_unpriced(context, context.inputs.start_on, END_UNPRICED))


def _unpriced(context: Context[Any], start: date, reason: Reason) -> Iterator[Finding]:
    """The reason, when the schedule is known now and would be no more once somebody serves from a day on."""
    dossier, award = _once_left(context.dossier), context.dossier.award
    if award is None or not dossier.tenures or _unknown(context, dossier) is not None:
        return
    after = _once_started(context, dossier, award, start)
    source, end = _unknown(context, after), after.award.planned_end if after.award else None
    if source is not None and end is not None:
        yield reason(source, end=short_day(end))


def _once_left(dossier: Dossier) -> Dossier:
    """The dossier once a departure announced has taken effect."""
    stays, departure = dossier.tenures, dossier.departure
    if departure is None or not stays or stays[-1].ends_on is not None:
        return dossier
    last_day = max(stays[-1].starts_on, departure.dates.effective_on - _DAY)
    return replace(dossier, tenures=(*stays[:-1], replace(stays[-1], ends_on=last_day)))


def _once_started(context: Context[Any], dossier: Dossier, award: Award, start: date) -> Dossier:
    stays = (*dossier.tenures, stay_from(dossier, None, start))
    return replace(dossier, award=award_once_started(dossier, award, context.call, start), tenures=stays)


def _unknown(context: Context[Any], dossier: Dossier) -> str | None:
    """The rule of an amount that nobody knows, for the post as awarded."""
    try:
        awarded(dossier, context.call)
    except UnknownValueError as error:
        return error.rule
    return None
