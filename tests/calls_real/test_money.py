"""The money clauses of the real calls give the amounts worked out by hand from their texts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.calls_real.reading import REAL, call
from workflows.calls.sources import UnknownValueError
from workflows.money.monthly import amounts_by_reading, monthly_amount
from workflows.money.terms import PostTerms
from workflows.sites import Period, Site, SiteKind, SiteRole

PLAIN = PostTerms()
HOSPITAL = Site("990000001", "990000101", "CH de la Garance", SiteRole.RECRUITER, SiteKind.CH, "36")
CLINIC = Site("990000002", "990000102", "MSP du Bleuet", SiteRole.PARTNER, SiteKind.MSP, "36", distance_km=35)

COST = """
reason = "essai d’un coût de référence"
[clauses.funding]
printed_cost = "6499.58"
"""


def half_time(off_site: str = "5") -> PostTerms:
    """A post shared with a clinic: `off_site` half-days a week there, the rest of ten at the hospital."""
    away = Fraction(off_site)
    return PostTerms(plan=(Period(24, ((HOSPITAL.id, 10 - away), (CLINIC.id, away))),), sites=(HOSPITAL, CLINIC))


def test_na_the_printed_amount_prevails_and_its_cent_is_shown():
    found = monthly_amount(call("na-2024").clauses.funding, PLAIN, 1)
    assert (found.amount, found.computed) == (Decimal("3249.79"), Decimal("3249.78"))
    assert [(m.printed, m.computed) for m in found.mismatches] == [
        (Decimal("6499.58"), Decimal("6499.57")),
        (Decimal("3249.79"), Decimal("3249.78")),
    ]
    assert [m.difference for m in found.mismatches] == [Decimal("0.01"), Decimal("0.01")]


def test_na_the_annual_legal_base_explains_the_cent():
    funding = call("na-2024").clauses.funding
    others = sum((Fraction(c.amount.needed) for c in funding.components[1:] if c.amount), Fraction(0))
    loaded = (Fraction("33643.13") / 12 + others) * (1 + funding.charges.needed)
    assert round(loaded, 4) == Fraction("6499.5756")
    assert round(loaded / 2, 4) == Fraction("3249.7878")
    assert "33\u202f643,13" in (funding.components[0].amount.note or "").replace(" ", "\u202f")  # type: ignore[union-attr]


def test_na_has_one_repayment_clause_for_a_chef_de_clinique():
    (clause,) = call("na-2024").clauses.funding.repayment_clauses
    assert (clause.cause, clause.rule) == ("cca", "NA-21")
    assert "se réserve le droit" in clause.text


@pytest.mark.parametrize("name", [name for name in REAL if name != "na-2024"])
def test_the_others_have_none(name):
    assert call(name).clauses.funding.repayment_clauses == ()


@pytest.mark.parametrize(
    ("reading", "expected"),
    [("a", "1886.08"), ("b", "2886.08"), ("c", None), ("d", "4772.16")],
)
def test_cvl_readings(reading, expected):
    by_reading = {
        found.reading.id: found
        for found in amounts_by_reading(call("cvl-ville-hopital").clauses.funding, half_time(), 1)
    }
    amount = by_reading[reading].amount
    assert (amount.amount if amount else None) == (None if expected is None else Decimal(expected))
    if expected is None:
        assert by_reading[reading].unknown == "CVL-19"


def test_cvl_reading_c_once_the_charges_are_known():
    text = 'reason = "essai d’un taux de charges"\n[clauses.funding]\ncharges = "44 %"\n'
    found = monthly_amount(call("cvl-ville-hopital", text).clauses.funding, half_time(), 1, "c")
    assert found.amount == Decimal("4155.96")


def test_cvl_shows_one_reading_that_nobody_has_chosen():
    found = monthly_amount(call("cvl-ville-hopital").clauses.funding, half_time(), 1)
    assert found.amount == Decimal("2886.08")
    assert not found.settled
    assert "A24" in found.unsettled


@pytest.mark.parametrize(
    ("off_site", "prime"),
    [("0.5", "0"), ("1", "250"), ("1.5", "450"), ("3", "450"), ("3.5", "700"), ("4", "700"), ("4.5", "1000")],
)
def test_cvl_scale(off_site, prime):
    funding = call("cvl-ville-hopital").clauses.funding
    terms = half_time(off_site)
    with_prime = monthly_amount(funding, terms, 1, "b").amount
    without = monthly_amount(funding, terms, 1, "a").amount
    assert with_prime - without == Decimal(prime)


def test_idf_is_blocked_until_its_cost_is_known():
    with pytest.raises(UnknownValueError):
        monthly_amount(call("idf-2025").clauses.funding, PLAIN, 1)


def test_idf_with_a_cost_and_a_reading():
    text = f'{COST}reading = "base_iespe_pet_charges"\n'
    assert monthly_amount(call("idf-2025", text).clauses.funding, PLAIN, 1).amount == Decimal("3899.75")


def test_idf_pet_counts_in_every_reading_and_the_rest_is_open():
    readings = call("idf-2025").clauses.funding.readings
    assert {("iespe" in r.components, r.charges) for r in readings} == {
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    }
    assert all({"base", "pet"} <= set(r.components) for r in readings)


def test_idf_without_iespe():
    text = """
        reason = "essai sans IESPE"
        [clauses.funding]
        charges = "44 %"
        reading = "base_pet_charges"
        [[clauses.funding.components]]
        id = "base"
        amount = "2803.59"
        [[clauses.funding.components]]
        id = "pet"
        amount = "700"
    """
    assert monthly_amount(call("idf-2025", text).clauses.funding, PLAIN, 1).amount == Decimal("3027.10")


def test_ara_first_and_second_year():
    with pytest.raises(UnknownValueError):
        monthly_amount(call("ara-2017").clauses.funding, PLAIN, 1)
    funding = call("ara-2017", COST).clauses.funding
    assert monthly_amount(funding, PLAIN, 1).amount == Decimal("5199.66")
    assert monthly_amount(funding, PLAIN, 2).amount == Decimal("3899.75")
    assert [rate.years for rate in funding.rates] == [(1,), (2,)]


def test_guyane_is_blocked_for_want_of_a_rate():
    with pytest.raises(UnknownValueError) as refused:
        monthly_amount(call("guyane-2020", COST).clauses.funding, PLAIN, 1)
    assert refused.value.rule == "DG-12"


@pytest.mark.parametrize("name", REAL)
def test_every_component_is_monthly_charged_and_financed(name):
    components = call(name).clauses.funding.components
    assert all(c.every.value == "month" and c.charged and c.financed and c.category is None for c in components)
