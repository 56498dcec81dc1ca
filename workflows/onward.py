"""Whether the agency may carry a dossier further: no dossier stands where nobody can do anything about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from workflows.actors import DECISION_LEVELS, Actor
from workflows.calls.model import Call
from workflows.decide import explain
from workflows.dossier import Dossier, Surroundings
from workflows.parts.repayment_steps import REPAYMENT_MOVES
from workflows.proofs import pending
from workflows.states import State
from workflows.table import EDGES

#: A draft waits for its depositor; the others wait for nothing: what goes on after them is somebody’s appeal.
WAITS_FOR_NOTHING = frozenset({State.DRAFT, State.REJECTED, State.ENDED})
#: What only records that others gave up: no decision of the agency, and no way on for who still wants the post.
_OF_OTHERS = "withdraw"
#: Acts that lead to another state, or open the way to one: the notice before a lapse, a step of a repayment. A pause,
#: a message that is filed, a piece that is judged change nothing of where a dossier stands.
_ONWARD = (frozenset(edge.act for edge in EDGES) - {_OF_OTHERS}) | {"give_notice", *REPAYMENT_MOVES}
_NOBODY = str(UUID(int=0))


def may_go_on(dossier: Dossier, call: Call, now: datetime) -> bool:
    """True while a person of the agency may carry the dossier further, or nothing waits for them.

    A request to answer and a receipt to prove are theirs to see to. What lies around the dossier is not looked at.
    """
    if dossier.state in WAITS_FOR_NOTHING or pending(dossier):
        return True
    if any(request.is_open for request in dossier.requests):
        return True
    # the award of a post that was served cannot lapse: there, to record who gives up is the way on (A16)
    onward = _ONWARD | {_OF_OTHERS} if dossier.tenures else _ONWARD
    bare = replace(dossier, around=Surroundings())
    return any(
        (possibility.allowed or possibility.held) and possibility.act.name in onward
        for role in DECISION_LEVELS
        for possibility in explain(bare, by=Actor(role, _NOBODY), call=call, now=now)
    )
