"""The act that follows a quota which arrived or changed after places were taken."""

from __future__ import annotations

from dataclasses import replace

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.guards import places as on_places
from workflows.states import State

S = State

#: Where a dossier may hold a place.
HOLDING = (S.SELECTED, S.NOTIFIED, S.WITHDRAWN, S.IN_POST, S.ENDED, S.CLAWBACK)


def _recount(context: Context[ActInputs]) -> Outcome:
    place = context.dossier.place
    if place is None:
        raise LookupError("no place")
    return Outcome({"place": replace(place, quotas=on_places.quotas_now(context))})


ACTS = (
    Act(
        "recount_place",
        "Compter la place dans les contingents en vigueur",
        (Who.CLOCK,),
        ActInputs,
        _recount,
        (on_places.quotas_moved,),
        sources=HOLDING,
    ),
)
