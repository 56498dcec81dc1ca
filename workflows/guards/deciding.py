"""Guards that only point out, before a repayment is decided: an amount below the calculation, who may not decide it."""

from __future__ import annotations

from typing import Any

from workflows.account.asked_back import limit_of
from workflows.actors import Role, decides_at
from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, warning
from workflows.french import amount
from workflows.guards.which_repayment import concerned
from workflows.parts.repayment_steps import UNDECIDED
from workflows.repaying.liquidation import liquidation

BELOW_DUE = warning(
    "amount_below_due",
    "La décision demande {asked}, et le calcul donne {due} : {left} ne seront plus demandés.",
    "Vérifiez le montant ; s’il est voulu, dites pourquoi dans le motif.",
)
OPENS_AND_DECIDES = warning(
    "opener_may_not_decide",
    "Qui ouvre la procédure contradictoire ne peut plus décider ce reversement : la décision demande deux personnes.",
    "Faites-la ouvrir par un instructeur si vous devez décider.",
)


@input_guard
def as_calculated(context: Context[Any]) -> Check:
    """Asking for less than what may be decided today is pointed out; what is left is let go."""
    current, asked = concerned(context), context.inputs.amount
    if current is None or current.state not in UNDECIDED:
        return check()
    now = liquidation(context.dossier, context.call, current)
    due = min(now.amount, current.proposed, limit_of(context.dossier, current))
    less = now.decidable and 0 < asked < due
    found = BELOW_DUE(asked=amount(asked), due=amount(due), left=amount(due - asked)) if less else None
    return check(found, asked=asked, due=due)


@guard
def leaves_the_decision(context: Context[Any]) -> Check:
    """Who could decide the repayment is told, before they open the contradictory step, that they will not."""
    chosen = context.call.clauses.decision_levels.get("decide_repayment")
    level = chosen.needed if chosen is not None else Role.HEAD
    return check(OPENS_AND_DECIDES() if decides_at(context.by.role, level) else None)
