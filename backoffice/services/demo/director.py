"""The director: tells every story at once, act by act, in the order of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from backoffice.services.demo.life import Life, Script, Story, StoryError
from backoffice.services.demo.post import came_back
from backoffice.services.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class Told:
    """A story once told: the number of its dossier, and why it is worth a look."""

    number: str
    worth: str | None


def tell(stage: Stage, stories: Iterable[Story], until: datetime, errands: Iterable[Script] = ()) -> tuple[Told, ...]:
    """Tell stories up to an instant; gives what became of them, in the order given. `errands` are about no story.

    Raises StoryError when an act does not end as told, or when a story goes beyond the end.
    """
    told: list[tuple[Story, Life]] = []
    waiting: list[tuple[datetime, int, Script]] = []
    for order, story in enumerate(stories):
        life = Life(stage, story.call, story.post)
        told.append((story, life))
        _wait(waiting, order, story.script(life))
    for order, errand in enumerate(errands, len(told)):
        _wait(waiting, order, errand)
    while waiting:
        instant, order, script = heappop(waiting)
        if instant > until:
            raise StoryError(f"story {order} waits until {instant}, after the end")
        stage.move(instant)
        if order < len(told):
            came_back(told[order][1])
        _wait(waiting, order, script)
    stage.move(until)
    for _, life in told:
        came_back(life)
    return tuple(Told(life.view.number, story.worth) for story, life in told)


def _wait(waiting: list[tuple[datetime, int, Script]], order: int, script: Script) -> None:
    """Let a story act up to the next instant it waits for."""
    instant = next(script, None)
    if instant is not None:
        heappush(waiting, (instant, order, script))
