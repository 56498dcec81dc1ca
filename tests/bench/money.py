"""A schedule recomputed: what an act costs once it has changed what a post is worth (goal: a millisecond)."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.account.adjusting import standing_lines
from workflows.account.worth import on_their_terms, terms_on
from workflows.calls.funding import Funding
from workflows.dossier import Dossier
from workflows.money.differences import differences
from workflows.money.schedule import served
from workflows.money.terms import PostTerms
from workflows.states import State
from workflows.tenure import Tenure, turned

_REPEATS = 7
_CALLS = 40
_GOAL = 1.0


def _best(function: Callable[[], object]) -> float:
    """Milliseconds of one call, the best of several runs."""
    return min(timeit.repeat(function, number=_CALLS, repeat=_REPEATS)) / _CALLS * 1e3


def _recomputed(dossier: Dossier, funding: Funding, terms: PostTerms, stays: tuple[Tenure, ...], until: date) -> object:
    """What a schedule made again changes in the one that stands."""
    return differences(standing_lines(dossier), served(funding, terms, stays, until).lines)


def _stays(life: Life) -> tuple[Tenure, ...]:
    """Two doctors, a vacancy between them, and a quotité that changes: the longest road a schedule takes."""
    (first,) = on_their_terms(life.dossier)
    left, back = first.starts_on + timedelta(days=150), first.starts_on + timedelta(days=190)
    terms = terms_on(life.dossier, back)
    part_time = type(terms)(terms.category, terms.plan, terms.sites, Fraction(4, 5))
    second = Tenure("anis-vermeil", back, None, terms)
    gone = Tenure(first.candidate, first.starts_on, left, terms)
    return (gone, turned(second, date(back.year + 1, 1, 16), lambda _: part_time, present=terms))


def measure() -> list[str]:
    """One line per call measured: the schedule of 24 months made again, and what it changes."""
    found = []
    for call_id in ("na-2024", "cvl-ville-hopital", "ara-2017"):
        life = life_of(call_id).to(State.IN_POST)
        award, funding = life.dossier.award, life.call.clauses.funding
        terms = terms_on(life.dossier, life.profile.start)
        if award is None or award.planned_end is None:
            raise ValueError(f"{call_id}: no award")
        until, stays, dossier = award.planned_end, _stays(life), life.dossier
        millis = _best(partial(_recomputed, dossier, funding, terms, stays, until))
        told = "" if millis <= _GOAL else f", au-delà de {_GOAL:g} ms"
        found.append(f"échéancier recalculé ({call_id}) : {millis:.2f} ms{told}")
    life = life_of("na-2024").to(State.NOTIFIED).later(3)
    found.append(f"décision d’un report, échéancier compris : {_best(lambda: life.attempt('defer', Hat.HEAD)):.2f} ms")
    return found
