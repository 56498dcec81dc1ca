"""The scale by weekly half-days off the main site (CVL-09, CVL-10)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.workflows.money.builders import FAR, FARTHER, MAIN, NEAR, PET, PET_SCALE, plan_of
from workflows.calls.sources import Origin, Sourced, UnknownValueError
from workflows.money.scale import scale_amount
from workflows.money.terms import MissingFactError, PostTerms
from workflows.sites import Period

SITES = (MAIN, NEAR, FAR, FARTHER)


def due(*periods: Period) -> Decimal:
    return scale_amount(PET, PostTerms(plan=periods, sites=SITES))


@pytest.mark.parametrize(
    ("far", "farther", "expected"),
    [
        ("0", "0", 0),
        ("0.5", "0", 0),
        ("0.99", "0", 0),
        ("1", "0", 250),
        ("1.01", "0", 450),
        ("2", "0", 450),
        ("3", "0", 450),
        ("3.01", "0", 700),
        ("4", "0", 700),
        ("4.01", "0", 1000),
        ("5", "0", 1000),
        ("0.5", "0.5", 250),
        ("1.5", "1.5", 450),
        ("1.5", "2", 700),
        ("1.9", "2", 700),
        ("2", "2", 1000),
        ("3", "1", 1000),
        ("2", "3", 1000),
    ],
)
def test_cells(far: str, farther: str, expected: int) -> None:
    rest = str(10 - Fraction(far) - Fraction(farther))
    assert due(plan_of(main=rest, far=far, farther=farther)) == expected


@pytest.mark.parametrize(
    ("near", "far", "expected"), [("5", "0", 0), ("2", "3", 450), ("2", "2", 450), ("0", "5", 1000)]
)
def test_nothing_is_owed_for_a_site_nearer_than_twenty_kilometres(near: str, far: str, expected: int) -> None:
    assert due(plan_of(main="5", near=near, far=far)) == expected


@pytest.mark.parametrize(("kilometres", "expected"), [(19, 0), (20, 1000), (21, 1000)])
def test_twenty_kilometres_are_enough(kilometres: int, expected: int) -> None:
    sites = (MAIN, replace(FAR, distance_km=kilometres))
    assert scale_amount(PET, PostTerms(plan=(plan_of(main="5", far="5"),), sites=sites)) == expected


def test_half_days_are_a_mean_over_the_contract() -> None:
    assert due(plan_of(12, main="10"), plan_of(12, far="10")) == 1000
    assert due(plan_of(18, main="10"), plan_of(6, far="4")) == 250
    assert due(plan_of(12, main="6", far="4"), plan_of(12, main="6", farther="4")) == 1000


def test_a_scale_without_distance_looks_at_none() -> None:
    anywhere = replace(PET, min_distance_km=None)
    sites = (MAIN, replace(NEAR, distance_km=None))
    assert scale_amount(anywhere, PostTerms(plan=(plan_of(main="5", near="5"),), sites=sites)) == 1000


def test_an_unknown_distance_blocks_and_says_what_to_do() -> None:
    sites = (MAIN, replace(FAR, distance_km=None))
    with pytest.raises(MissingFactError, match=r"distance.*9900003") as raised:
        scale_amount(PET, PostTerms(plan=(plan_of(main="5", far="5"),), sites=sites))
    assert raised.value.rule == "CVL-10"
    assert isinstance(raised.value, UnknownValueError)


def test_a_distance_matters_only_where_somebody_works() -> None:
    sites = (MAIN, FAR, replace(NEAR, distance_km=None))
    assert scale_amount(PET, PostTerms(plan=(plan_of(main="5", far="5"),), sites=sites)) == 1000


def test_a_plan_without_half_days_blocks() -> None:
    for plan in ((), (plan_of(0, main="5", far="5"),)):
        with pytest.raises(MissingFactError, match="demi-journées"):
            scale_amount(PET, PostTerms(plan=plan, sites=SITES))


def test_an_unknown_scale_or_distance_of_the_call_blocks() -> None:
    terms = PostTerms(plan=(plan_of(main="5", far="5"),), sites=SITES)
    with pytest.raises(UnknownValueError) as raised:
        scale_amount(replace(PET, scale=Sourced(None, Origin.UNKNOWN, "X-01")), terms)
    assert raised.value.rule == "X-01"
    with pytest.raises(UnknownValueError) as raised:
        scale_amount(replace(PET, min_distance_km=Sourced(None, Origin.UNKNOWN, "X-02")), terms)
    assert raised.value.rule == "X-02"


def test_the_order_of_the_steps_does_not_matter() -> None:
    assert PET.scale is not None
    turned = replace(PET, scale=replace(PET.scale, value=PET_SCALE[::-1]))
    terms = PostTerms(plan=(plan_of(main="6", far="2", farther="2"),), sites=SITES)
    assert scale_amount(turned, terms) == 1000


def test_a_component_without_scale_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="pet"):
        scale_amount(replace(PET, scale=None), PostTerms())
