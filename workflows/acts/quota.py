"""The act that follows a quota which arrived or changed after places were taken."""

from __future__ import annotations

from dataclasses import replace

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.guards import places as on_places
from workflows.parts.places import PlaceStatus
from workflows.states import State

S = State

#: The act by which the machine counts a place in the quotas in force.
RECOUNT = "recount_place"
#: Where a dossier may hold a place.
HOLDING = (S.SELECTED, S.NOTIFIED, S.WITHDRAWN, S.IN_POST, S.ENDED, S.CLAWBACK)


def _recount(context: Context[ActInputs]) -> Outcome:
    place = context.dossier.place
    if place is None:
        raise LookupError("no place")
    # a quota that comes out smaller than the places taken: persons sort out whose place it is (A18)
    status = PlaceStatus.PROVISIONAL if on_places.shaken(context) else place.status
    return Outcome({"place": replace(place, status=status, quotas=on_places.quotas_now(context))})


ACTS = (
    Act(
        RECOUNT,
        "Compter la place dans les contingents en vigueur",
        (Who.CLOCK,),
        ActInputs,
        _recount,
        (on_places.quotas_moved,),
        sources=HOLDING,
    ),
)
