"""A doctor who leaves a post and another who comes, through the acts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.findings import Severity
from workflows.parts.requests import EndReason, FourDates, RequestKind
from workflows.states import State


def left(life: Life, last_day: date) -> Life:
    """The holder leaves after a day; the post is vacant."""
    first = last_day + timedelta(days=1)
    dates = FourDates(first, first, first, first)
    return life.on(first).do("withdraw", Hat.INSTRUCTOR, dates=dates, end_reason=EndReason.OTHER_HOSPITAL)


def lifted(life: Life, act: str, **given: Any) -> Life:
    """The act by a head, with a reason for whatever only holds it."""
    answer = life.attempt(act, Hat.HEAD, **given)
    held = {f.code: "motif-0002" for f in answer.findings if f.severity is Severity.HOLD}
    return life.do(act, Hat.HEAD, **given, lifts=held)


def granted(life: Life, start: date, **proposed: Any) -> Life:
    """Somebody else is granted from a day on, and the award is made again when it has to be."""
    lifted(life.propose_replacement(new_start=start, **proposed), "replace")
    return life.do("notify", Hat.HEAD) if life.dossier.state is State.SELECTED else life


def came(life: Life, start: date) -> Life:
    """Whoever was granted takes up the post on a day."""
    return life.on(start, "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR, start_on=start)


def replaced(life: Life, last_day: date, start: date, **proposed: Any) -> Life:
    """The holder leaves after a day, another one starts on another."""
    return came(granted(left(life, last_day), start, **proposed), start)


def second_holder() -> Life:
    """Reference 6.1: A leaves on 31 May 2025; B is accepted to start on 1 July, the end unchanged."""
    life = life_of("na-2024").to(State.IN_POST).on(date(2025, 5, 20))
    life.do("report_withdrawal", Hat.RECRUITER, effective_on=date(2025, 6, 1))
    dates = FourDates(date(2025, 3, 28), date(2025, 5, 20), date(2025, 6, 1), date(2025, 6, 1))
    request = life.last_request(RequestKind.WITHDRAWAL)
    life.on(date(2025, 6, 1)).do("withdraw", Hat.INSTRUCTOR, dates=dates, request=request)
    life.propose_replacement(new_start=date(2025, 7, 1))
    return life.on(date(2025, 6, 12)).do("replace", Hat.HEAD)
