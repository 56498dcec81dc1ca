"""What the machine looks at after every act: once too much is paid, it proposes to ask it back, and persons decide."""

from __future__ import annotations

from workflows.account.worth import worth
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import Effect, EffectKind
from workflows.guards.repayment import ended_early
from workflows.repaying.liquidation import overpayment_bases, overpayment_cause

#: The acts by which the machine proposes: after an early end (A3), and for what was paid above the schedule.
OPEN_CLAWBACK, OPEN_OVERPAYMENT = "open_clawback", "open_overpayment"


def proposed_after(before: Dossier, after: Dossier, call: Call) -> tuple[Effect, ...]:
    """The look that an act gives cause to: the schedule, the payments or the end of the post are others now."""
    due = _due(after, call)
    return (Effect(EffectKind.ACT, due[0]),) if due and due != _due(before, call) else ()


def _due(dossier: Dossier, call: Call) -> tuple[str, str, str] | None:
    """The act by which the machine looks at what was paid, and what it looks at; None when it has nothing to look at.

    After an early end a clause may ask for more than the excess: the look itself tells. A vacant post waits (A16), and
    so does one whose cost nobody knows (A25).
    """
    if not dossier.paid or worth(dossier, call) is None:
        return None
    cause, end = overpayment_cause(dossier), dossier.end
    if end is not None and ended_early(dossier) and dossier.clawback is None:
        return OPEN_CLAWBACK, end.id, cause
    if dossier.vacancy or dossier.repayment_of(cause) or not overpayment_bases(dossier).excess:
        return None
    return OPEN_OVERPAYMENT, "", cause
