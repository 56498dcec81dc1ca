"""Events that have nothing to do with each other may be written in any order: the same schedule stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from tests.workflows.leaving import replaced
from workflows.account.adjusting import standing_lines
from workflows.account.lines import balances
from workflows.account.worth import awarded, funded
from workflows.money.schedule import Line
from workflows.states import State

Event = tuple[str, Hat, dict[str, Any]]
SHARES = st.sampled_from([Fraction(1, 2), Fraction(4, 5), Fraction(3, 4)])
START = date(2022, 11, 1)


@cache
def _post(state: State) -> Life:
    """Centre-Val de Loire from 1 November 2022, a partner at 12 km, an amount that follows the contract."""
    life = life_of("cvl-ville-hopital")
    main, partner = life.dossier.sites
    life = life.changed(sites=(main, replace(partner, distance_km=12))).to(state).later(3)
    return ruled(life, "clauses.funding.scaled_by_contract", printed(True, "X-01"))


def _after(state: State, events: tuple[Event, ...], day: date) -> Life:
    life = _post(state).copy().on(day)
    for act, hat, given_ in events:
        lines, made = standing_lines(life.dossier), len(life.dossier.adjustments)
        life.do(act, hat, **given_)
        gained = sum((a.amount for a in life.dossier.adjustments[made:]), Decimal(0))
        assert _total(standing_lines(life.dossier)) == _total(lines) + gained
    _is_sound(life, day)
    return life


def _is_sound(life: Life, *days: date) -> None:
    """Nothing is due below zero nor above what is awarded, on any of these days and long after."""
    due = [balances(life.dossier, life.call, day).due for day in (*days, date.max)]
    assert due == sorted(due)
    assert due[0] >= 0
    assert due[-1] <= _total(standing_lines(life.dossier))


def _total(lines: tuple[Line, ...]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def _same_in_any_order(state: State, events: list[Event], day: date) -> None:
    lives = [_after(state, order, day) for order in permutations(events)]
    lines = [sorted(standing_lines(life.dossier), key=_when) for life in lives]
    assert all(found == lines[0] for found in lines)
    assert all(funded(life.dossier, life.call) == funded(lives[0].dossier, lives[0].call) for life in lives)
    assert all(awarded(life.dossier, life.call) == awarded(lives[0].dossier, lives[0].call) for life in lives)
    assert _total(tuple(lines[0])) == funded(lives[0].dossier, lives[0].call).total


def _when(line: Line) -> tuple[int, int, int]:
    return line.year, line.month, line.post_year


@settings(max_examples=15)
@given(
    share=SHARES,
    shared_since=st.dates(date(2023, 3, 2), date(2024, 9, 30)),
    waived_since=st.dates(date(2023, 3, 2), date(2024, 9, 30)),
    until=st.dates(date(2024, 11, 1), date(2025, 6, 30)),
    financed=st.booleans(),
)
def test_in_post(share: Fraction, shared_since: date, waived_since: date, until: date, *, financed: bool) -> None:
    events: list[Event] = [
        ("change_contract_share", Hat.HEAD, {"share": share, "since": shared_since}),
        ("waive_distance", Hat.DG, {"since": waived_since}),
        ("extend", Hat.DG, {"until": until, "financed": financed}),
    ]
    _same_in_any_order(State.IN_POST, events, date(2023, 3, 1))


@settings(max_examples=15)
@given(share=SHARES, months=st.integers(1, 6))
def test_before_the_start(share: Fraction, months: int) -> None:
    new_start = date(2022 + (10 + months) // 12, (10 + months) % 12 + 1, 1)
    told = {"known_on": date(2022, 9, 1), "told_on": date(2022, 9, 2)}
    events: list[Event] = [
        ("change_contract_share", Hat.HEAD, {"share": share, "since": START}),
        ("waive_distance", Hat.DG, {"since": START}),
        ("defer", Hat.DG, {"new_start": new_start, **told}),
    ]
    _same_in_any_order(State.NOTIFIED, events, date(2022, 9, 5))


@pytest.mark.parametrize(
    ("waived_since", "until", "financed"),
    [
        (date(2023, 5, 1), date(2024, 12, 31), True),
        (date(2023, 9, 16), date(2025, 1, 15), False),
        (date(2024, 2, 1), date(2025, 3, 31), True),
    ],
)
def test_with_a_vacancy_a_replacement_and_an_early_end(waived_since: date, until: date, *, financed: bool) -> None:
    """A leaves on 31 March 2023, B comes on 1 May: whatever was decided before, between or after, then an end."""

    def waived(life: Life) -> Life:
        return life.do("waive_distance", Hat.DG, since=waived_since)

    def extended(life: Life) -> Life:
        return life.do("extend", Hat.DG, until=until, financed=financed)

    def changed_hands(life: Life) -> Life:
        return replaced(life, date(2023, 3, 31), date(2023, 5, 1))

    found = []
    for order in permutations((waived, extended, changed_hands)):
        life = _post(State.IN_POST).copy().on(date(2023, 3, 1))
        for event in order:
            event(life)
        going_on = standing_lines(life.dossier)
        life.on(date(2024, 3, 20)).do("record_end", Hat.INSTRUCTOR, last_day=date(2024, 3, 20))
        assert standing_lines(life.dossier) == funded(life.dossier, life.call).lines
        _is_sound(life, date(2022, 12, 31), date(2023, 4, 30), date(2023, 5, 1), date(2024, 3, 20))
        found.append((going_on, standing_lines(life.dossier), life.dossier.award))
    assert all(each == found[0] for each in found)
    # five months of A, ten of B and twenty days
    assert _thirtieths(found[0][1]) == 15 * 30 + 20


def _thirtieths(lines: tuple[Line, ...]) -> int:
    return sum(line.thirtieths for line in lines)


def test_a_quotite_changed_does_not_bring_a_waiver_forward() -> None:
    """Half-time from April 2023, the premium from January 2024: 5 months whole, 9 at half, 10 with the premium."""
    events: list[Event] = [
        ("change_contract_share", Hat.HEAD, {"share": Fraction(1, 2), "since": date(2023, 4, 1)}),
        ("waive_distance", Hat.DG, {"since": date(2024, 1, 1)}),
    ]
    _same_in_any_order(State.IN_POST, events, date(2023, 3, 1))
    life = _after(State.IN_POST, (events[1], events[0]), date(2023, 3, 1))
    assert _total(standing_lines(life.dossier)) == (
        5 * Decimal("1886.08") + 9 * Decimal("943.04") + 10 * Decimal("1443.04")
    )


@pytest.mark.parametrize("state", [State.NOTIFIED, State.IN_POST])
def test_the_post_they_start_from_has_money_to_change(state: State) -> None:
    life = _post(state)
    assert _total(standing_lines(life.dossier)) == 24 * Decimal("1886.08")
