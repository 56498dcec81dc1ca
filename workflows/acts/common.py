"""Small pieces that several acts share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.acts.base import Context
from workflows.dossier import Dossier, StartGround
from workflows.french import typography
from workflows.parts.requests import Request, RequestState


def label(
    text: str,
    *,
    personal: bool = False,
    help: str = "",
    long_ago: bool = False,
    agents: bool = False,
    needed: str = "",
) -> dict[str, Any]:
    """Metadata of an input: its French label, whether it holds a text about somebody, how to answer.

    `long_ago`: a day that may be as old as one likes. `agents`: asked of agents, who must say it, and of nobody else.
    `needed`: when an answer that may be left out is required, in a few words.
    """
    told = {"label": text, "personal": personal, "help": typography(help), "long_ago": long_ago, "needed": needed}
    return told | ({"agents": True} if agents else {})


def without_award(dossier: Dossier) -> dict[str, Any]:
    """What goes with an award that falls: nothing of it is left for another one, deferrals included."""
    gone = dict.fromkeys(("place", "award", "money_notice", "departure", "notice", "deferred_from"))
    return {**gone, "start_ground": StartGround.RENEWAL if dossier.is_renewal else StartGround.WINDOW}


def answered(context: Context[Any], request_id: str | None, state: RequestState) -> dict[str, Any]:
    """The requests of the dossier once the named one has its answer."""
    if request_id is None:
        return {}

    def move(request: Request) -> Request:
        if request.id != request_id or not request.is_open:
            return request
        return replace(request, state=state, answered_on=context.today)

    return {"requests": tuple(move(r) for r in context.dossier.requests)}


def all_closed(context: Context[Any], granted: str | None = None) -> dict[str, Any]:
    """The requests of a dossier that is over: the one `granted` by its end, the others without object."""

    def close(request: Request) -> Request:
        state = RequestState.GRANTED if request.id == granted else RequestState.MOOT
        return replace(request, state=state, answered_on=context.today) if request.is_open else request

    return {"requests": tuple(close(r) for r in context.dossier.requests)}
