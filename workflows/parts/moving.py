"""How a repayment moves: money comes, goes, is given up, or turns out to have been written by mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from workflows.parts.movements import Movement, MovementKind
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentFile
from workflows.parts.titles import MistakenTitle


def replaced(repayments: tuple[RepaymentFile, ...], after: RepaymentFile) -> tuple[RepaymentFile, ...]:
    """The repayments with the one of its cause replaced."""
    return tuple(after if each.cause == after.cause else each for each in repayments)


def once_moved(current: RepaymentFile, movement: Movement) -> RepaymentFile:
    """A repayment with one movement more: once money came back, paid or paid in part; as before when it has gone."""
    after = replace(current, movements=(*current.movements, movement))
    if freed := current.taken_back - after.taken_back:  # found not due: nobody asks for it again
        after = replace(after, let_go=current.spared + freed)
    if after.repaid > 0 or movement.corrects:
        return replace(after, state=collecting(after))
    return after


def taken_up(current: RepaymentFile, amount: Decimal, on: date) -> RepaymentFile:
    """A repayment that so many euros are about to lower: beyond what is due, they bear on what was written off."""
    above = min(amount - current.outstanding, current.written_off)
    return once_moved(current, Movement(MovementKind.WRITE_OFF_UNDONE, above, on)) if above > 0 else current


def collecting(current: RepaymentFile) -> RepaymentState:
    """The state of a repayment decided, as its way and what came back make it."""
    if current.repaid > 0 and not current.outstanding:
        return RepaymentState.PAID
    if current.by_title and current.title is None:
        return RepaymentState.TITLE_REQUESTED if current.title_was_asked else RepaymentState.DECIDED
    if current.repaid > 0:
        return RepaymentState.PARTLY_PAID
    return RepaymentState.TITLE_ISSUED if current.by_title else RepaymentState.OTHER_VEHICLE


def without_movement(current: RepaymentFile, place: int, on: date) -> RepaymentFile:
    """A repayment whose movement of that place, from 1, is taken back on a day.

    What a payment took up of what was written off is written off again, as far as it is still due.
    """
    taken = current.movements[place - 1]
    after = once_moved(current, replace(taken, on=on, corrects=place))
    undone = current.movements[place - 2] if place > 1 else None
    if undone is None or undone.kind is not MovementKind.WRITE_OFF_UNDONE or taken.kind is undone.kind:
        return after
    if undone.corrects is not None:  # that of an older payment, already written off again
        return after
    again = min(undone.amount, after.outstanding)
    return once_moved(after, replace(undone, amount=again, on=on, corrects=place - 1)) if again else after


def without_title(current: RepaymentFile, on: date) -> RepaymentFile:
    """A repayment whose title is taken back on a day, with its receipt: it is awaited again."""
    if current.title is None:
        return current
    gone = MistakenTitle(current.title, current.title_on, on, current.title_amount)
    bare = replace(current, title=None, title_on=None, title_received_on=None)
    after = replace(bare, mistaken_titles=(*current.mistaken_titles, gone))
    return replace(after, state=collecting(after))
