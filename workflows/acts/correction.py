"""Acts that take the last change of state back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from workflows.acts import told
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import all_closed, label
from workflows.deadlines import local_day
from workflows.effects import Addressee, Effect, EffectKind, dated, letter
from workflows.guards import budget as on_budget
from workflows.guards import corrections as on_correction
from workflows.guards import places as on_places
from workflows.guards import reserve as on_reserve
from workflows.guards.common import reason_written
from workflows.proofs import settled, silence_after, taken_back
from workflows.states import State


def former_state(context: Context[Any]) -> State:
    """The state the last act started from; the present one when there is nothing to take back."""
    last = context.dossier.last
    return last.source if last is not None else context.dossier.state


def _undone(context: Context[Any]) -> dict[str, Any]:
    last, before = context.dossier.last, context.dossier.around.before_last
    if last is None or before is None:
        raise LookupError("nothing to take back")
    undone = {name: getattr(before, name) for name in last.touched}
    undone |= _letters_without_object(context, last.entry, undone)
    if on_correction.departure_over(context):
        undone["departure"] = None
    if undone.get("place"):
        undone["place"] = replace(undone["place"], quotas=on_places.quotas_now(context))
    # what was proven meanwhile counts for what comes back
    undone |= settled(replace(context.dossier, **undone), context.call)
    # a dossier rejected again takes what was asked meanwhile with it
    return all_closed(context) | undone if last.source is State.REJECTED else undone


def _letters_without_object(context: Context[Any], entry: int, undone: dict[str, Any]) -> dict[str, Any]:
    """The receipts once the letters of an act have no object any more, and the silence as those left give it."""
    dossier, before = context.dossier, context.dossier.around.before_last
    receipts = taken_back(dossier, entry, sent=context.act == "rectify", before=before.receipts if before else ())
    if "silence" in undone and before is not None:
        return {"receipts": receipts, "silence": silence_after(dossier, before.silence, before.receipts, receipts)}
    return {"receipts": receipts, "silence": silence_after(dossier, dossier.silence, dossier.receipts, receipts)}


def _cancelled(context: Context[Any]) -> Effect:
    """Takes back what the act that goes asked for and that has not left: it says nothing that holds."""
    return Effect(EffectKind.CANCEL, str(context.dossier.last.entry if context.dossier.last else 0))


def _revert(context: Context[ActInputs]) -> Outcome:
    return Outcome(_undone(context), (_cancelled(context),))


@dataclass(frozen=True, slots=True, kw_only=True)
class RectifyInputs(ActInputs):
    """The article or the rule that a rectification rests on."""

    legal_basis: str | None = field(default=None, metadata=label("Fondement"))


def _rectify(context: Context[RectifyInputs]) -> Outcome:
    known = told.once(context.dossier, (Addressee.RECRUITER, Addressee.CANDIDATE, Addressee.DEPOSITORS))
    return Outcome(_undone(context), (_cancelled(context), *letter("correction", *known, **_taken_back(context))))


def _taken_back(context: Context[RectifyInputs]) -> dict[str, str]:
    """What the letter tells of the act that goes: nothing of it is left in the dossier afterwards."""
    last = context.dossier.last
    if last is None:
        raise LookupError("nothing to take back")
    return {
        "act": last.act,
        "entry": str(last.entry),
        "basis": context.inputs.legal_basis or "",
        "state": last.source.value,
        **dated(done=local_day(last.at, context.call.authority.zone)),
    }


_COMMON = (
    reason_written,
    on_correction.correctable,
    *on_reserve.TAKING_A_PLACE,
    on_correction.departure_told,
)

ACTS = (
    Act(
        "revert",
        "Annuler la dernière décision",
        (Who.HEAD,),
        ActInputs,
        _revert,
        (*_COMMON, on_correction.nothing_left, on_budget.envelope_covers),
        choose=former_state,
    ),
    Act(
        "rectify",
        "Rectifier la dernière décision",
        (Who.HEAD,),
        RectifyInputs,
        _rectify,
        (*_COMMON, on_correction.something_left, on_correction.legal_basis_given, on_budget.envelope_covers),
        choose=former_state,
    ),
)
