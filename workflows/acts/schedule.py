"""The act that writes to the account of a post what its schedule lacks there, when no other act did."""

from __future__ import annotations

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.quota import HOLDING
from workflows.guards.ledger import schedule_unwritten

#: The act by which the machine writes the schedule of a post.
WRITE_SCHEDULE = "write_schedule"


def _write(context: Context[ActInputs]) -> Outcome:
    return Outcome({"award": context.dossier.award})  # as it is: every act adds what its schedule lacks


ACTS = (
    Act(
        WRITE_SCHEDULE,
        "Écrire l’échéancier au compte du poste",
        (Who.CLOCK,),
        ActInputs,
        _write,
        (schedule_unwritten,),
        sources=HOLDING,
    ),
)
