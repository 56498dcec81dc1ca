"""Which of the repayments of a dossier an act is about, and whether its step comes now."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, Guard, guard, input_guard
from workflows.findings import Check, check, refusal
from workflows.parts.repayment_steps import REPAYMENT_MOVES
from workflows.parts.repayments import RepaymentFile

REPAYMENT_STEP = refusal(
    "repayment_step",
    "Cette étape ne vient pas maintenant. Le reversement en est à : {state}.",
    "Suivez l’ordre des étapes.",
)
REPAYMENT_UNKNOWN = refusal(
    "repayment_unknown",
    "Aucun reversement de ce dossier ne porte la référence « {repayment} ».",
    "Rechargez la page et choisissez un reversement de la liste.",
)
REPAYMENT_UNNAMED = refusal(
    "repayment_unnamed",
    "Plusieurs reversements de ce dossier en sont à une étape où cet acte est possible.",
    "Dites duquel il s’agit.",
)


def concerned(context: Context[Any]) -> RepaymentFile | None:
    """The repayment an act is about: the one its inputs name, else the only one it fits, else the present one."""
    dossier, named = context.dossier, getattr(context.inputs, "repayment", None)
    if named is not None:
        return dossier.repayment_of(named)
    fitting = _fitting(context)
    present = dossier.repayment
    return present if present in fitting or not fitting else fitting[-1]


def _fitting(context: Context[Any]) -> list[RepaymentFile]:
    if context.act not in REPAYMENT_MOVES:
        return []
    return [repayment for repayment in context.dossier.repayments if repayment.allows(context.act)]


def step(act: str) -> Guard:
    """A guard: the repayment is at a step this act leaves from."""

    @guard
    def step_comes_now(context: Context[Any]) -> Check:
        current = concerned(context)
        if current is not None and current.allows(act):
            return check(state=current.state)
        if current is None and getattr(context.inputs, "repayment", None) is not None:
            return check()  # another guard says that there is no such repayment
        return check(REPAYMENT_STEP(state=current.state_label if current else "aucun"))

    return step_comes_now


@input_guard
def repayment_named(context: Context[Any]) -> Check:
    """The repayment named is of this dossier; where an act fits several, one has to be named."""
    named = context.inputs.repayment
    if named is not None:
        known = context.dossier.repayment_of(named) is not None
        return check(None if known else REPAYMENT_UNKNOWN(repayment=named[:80]), repayment=named)
    several = len(_fitting(context)) > 1
    return check(REPAYMENT_UNNAMED() if several else None)
