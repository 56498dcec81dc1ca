"""Time shares that mean nothing are refused where they are given; those that are kept always sum to one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Hat
from tests.lives import life_of
from workflows.decide import Refused
from workflows.parts.requests import Repercussions
from workflows.sites import Period, share_at
from workflows.states import State

WEEKS = [("-5", "10"), ("5", "-5"), ("0", "0"), ("5", "6"), ("100", "100"), ("10", "1/1000")]


@pytest.mark.parametrize(("here", "there"), WEEKS)
def test_a_week_that_nobody_can_work_is_refused_in_a_draft_and_in_a_replacement(here: str, there: str) -> None:
    draft, vacant = life_of("na-2024"), life_of("na-2024").to(State.WITHDRAWN)
    plan = (Period(24, tuple((s.id, Fraction(n)) for s, n in zip(draft.dossier.sites, (here, there), strict=True))),)
    told = {"repercussions": (Repercussions.TIME_SHARE,)}
    for answer in (
        draft.attempt("edit_draft", Hat.CANDIDATE, plan=plan),
        vacant.attempt("propose_replacement", Hat.RECRUITER, plan=plan, **told),
    ):
        assert isinstance(answer, Refused)
        assert "plan_week_unsound" in answer.codes


@pytest.mark.parametrize("months", [(0,), (24, 0), (-1, 25), (73,), (40, 40)])
def test_a_plan_of_no_month_or_of_too_many_is_refused_alike(months: tuple[int, ...]) -> None:
    draft, vacant = life_of("na-2024"), life_of("na-2024").to(State.WITHDRAWN)
    plan = tuple(Period(n, ((draft.dossier.sites[0].id, Fraction(10)),)) for n in months)
    told = {"repercussions": (Repercussions.TIME_SHARE,)}
    for answer in (
        draft.attempt("edit_draft", Hat.CANDIDATE, plan=plan),
        vacant.attempt("propose_replacement", Hat.RECRUITER, plan=plan, **told),
    ):
        assert isinstance(answer, Refused)
        assert answer.codes == {"months_out_of_bounds"}


def test_a_week_of_less_than_a_full_time_may_be() -> None:
    draft = life_of("na-2024")
    sites = draft.dossier.sites
    plan = (Period(12, ((sites[0].id, Fraction(5)),)), Period(12, tuple((s.id, Fraction(1, 2)) for s in sites)))
    assert not isinstance(draft.attempt("edit_draft", Hat.CANDIDATE, plan=plan), Refused)


HALVES = st.fractions(0, 5, max_denominator=10)


@given(st.lists(st.tuples(st.integers(1, 36), HALVES, HALVES), min_size=1, max_size=3))
def test_shares_sum_to_one(periods: list[tuple[int, Fraction, Fraction]]) -> None:
    plan = tuple(Period(months, (("a", here), ("b", there))) for months, here, there in periods)
    if not any(period.weekly for period in plan):
        plan = (replace(plan[0], half_days=(("a", Fraction(1)),)),)
    shares = [share_at(plan, frozenset({where})) for where in "ab"]
    assert sum(shares) == 1
    assert min(shares) >= 0
