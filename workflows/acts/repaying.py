"""What the acts of a repayment share: where they are legal, which repayment they name, how it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from workflows.acts.answers import AnswerInputs
from workflows.acts.base import ActInputs, Context
from workflows.acts.common import label
from workflows.guards.which_repayment import concerned
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.repayment_steps import REPAYMENT_MOVES, RepaymentState
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


def changed(context: Context[Any], **changes: Any) -> tuple[RepaymentFile, dict[str, Any]]:
    """The repayment an act is about once changed and moved to the state of the act, and the members of the dossier."""
    current = repayment_in(context)
    reached = REPAYMENT_MOVES[context.act][1]
    after = replace(current, **({"state": reached} if reached else {}) | changes)
    return after, {"repayments": replaced(context.dossier.repayments, after)}


def replaced(repayments: tuple[RepaymentFile, ...], after: RepaymentFile) -> tuple[RepaymentFile, ...]:
    """The repayments with the one of its cause replaced."""
    return tuple(after if each.cause == after.cause else each for each in repayments)


def moved(context: Context[Any], movement: Movement, **changes: Any) -> dict[str, Any]:
    """The repayment an act is about with one movement more, and the members of the dossier."""
    after = replace(once_moved(repayment_in(context), movement), **changes)
    return {"repayments": replaced(context.dossier.repayments, after)}


def once_moved(current: RepaymentFile, movement: Movement) -> RepaymentFile:
    """A repayment with one movement more: once money came back, paid or paid in part; as before when it has gone."""
    after = replace(current, movements=(*current.movements, movement))
    if freed := current.taken_back - after.taken_back:  # found not due: nobody asks for it again
        after = replace(after, let_go=current.spared + freed)
    if after.repaid > 0 or movement.kind is MovementKind.OFFSET_UNDONE:
        return replace(after, state=collecting(after))
    return after


def collecting(current: RepaymentFile) -> RepaymentState:
    """The state of a repayment decided, as its way and what came back make it."""
    if current.repaid > 0 and not current.outstanding:
        return RepaymentState.PAID
    if current.by_title and current.title is None:
        return RepaymentState.TITLE_REQUESTED if current.title_was_asked else RepaymentState.DECIDED
    if current.repaid > 0:
        return RepaymentState.PARTLY_PAID
    return RepaymentState.TITLE_ISSUED if current.by_title else RepaymentState.OTHER_VEHICLE
