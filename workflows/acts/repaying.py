"""What the acts of a repayment share: where they are legal, which repayment they name, how it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from workflows.acts.answers import AnswerInputs
from workflows.acts.base import ActInputs, Context
from workflows.acts.common import label
from workflows.guards.which_repayment import concerned
from workflows.parts.movements import Movement
from workflows.parts.moving import once_moved, replaced
from workflows.parts.repayment_steps import REPAYMENT_MOVES
from workflows.parts.repayments import RepaymentFile
from workflows.states import State

#: What was paid may be asked back, and what is asked back is seen to, in whatever state the dossier is since: a refusal
#: that is looked at again brings it back to its first ones.
REPAYING = tuple(state for state in State if state is not State.DRAFT)


_NAMED = label("Reversement", help="Vide : celui qui est en cours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentInputs(ActInputs):
    """The repayment an act is about, by its cause; none given: the only one that the act fits."""

    repayment: str | None = field(default=None, metadata=_NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentAnswerInputs(AnswerInputs):
    """An answer to a letter about a repayment, named in the same way."""

    repayment: str | None = field(default=None, metadata=_NAMED)


def repayment_in(context: Context[Any]) -> RepaymentFile:
    """The repayment an act is about; LookupError when there is none (the guards never let that happen)."""
    current = concerned(context)
    if current is None:
        raise LookupError("no repayment")
    return current


def request_waits(context: Context[Any], repayment: RepaymentFile) -> bool:
    """True while the request for a title has not left: the accountant is told nothing of it."""
    return ("L16", repayment.cause) in context.dossier.around.letters_waiting


def changed(context: Context[Any], **changes: Any) -> tuple[RepaymentFile, dict[str, Any]]:
    """The repayment an act is about once changed and moved to the state of the act, and the members of the dossier."""
    current = repayment_in(context)
    reached = REPAYMENT_MOVES[context.act][1]
    after = replace(current, **({"state": reached} if reached else {}) | changes)
    return after, {"repayments": replaced(context.dossier.repayments, after)}


def moved(context: Context[Any], movement: Movement, **changes: Any) -> dict[str, Any]:
    """The repayment an act is about with one movement more, and the members of the dossier."""
    after = replace(once_moved(repayment_in(context), movement), **changes)
    return {"repayments": replaced(context.dossier.repayments, after)}
