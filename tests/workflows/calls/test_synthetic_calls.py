"""Each synthetic call stretches what a call may say; together they must cover all of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.calls import TEXTS, synthetic
from workflows.calls.funding import Every
from workflows.calls.gates import CandidateFact, Quantifier
from workflows.calls.model import Call
from workflows.calls.sources import Origin
from workflows.shapes import dump, load
from workflows.sites import SiteKind

S1, S2, S3, S4, S5, S6 = TEXTS


@pytest.mark.parametrize("call_id", TEXTS)
def test_each_reads_and_comes_back_from_plain_data(call_id):
    call = synthetic(call_id)
    assert call.id == call_id
    assert load(Call, dump(call)) == call


def test_there_are_six():
    assert [name[:2] for name in TEXTS] == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert len({synthetic(name).digest for name in TEXTS}) == 6


def test_rates_by_year_by_category_and_by_component():
    rates = synthetic(S1).clauses.funding.rates
    assert [(r.rate.value, r.years, r.category, r.component) for r in rates] == [
        (Fraction(4, 5), (1,), None, None),
        (Fraction(3, 5), (2, 3), None, None),
        (Fraction(9, 10), None, "II", None),
        (Fraction(1), None, None, "prime"),
    ]
    both = [(r.category, r.years) for r in synthetic(S3).clauses.funding.rates]
    assert both == [("II", None), ("III", (1,)), ("III", (2,))]
    assert [(r.component, r.years) for r in synthetic(S6).clauses.funding.rates][:2] == [("base", (1,)), ("base", (2,))]


def test_yearly_and_one_off_flat_amounts():
    flats = synthetic(S2).clauses.funding.flats
    assert [(f.id, f.amount.value, f.every, f.years) for f in flats] == [
        ("annuel", Decimal(41000), Every.YEAR, (1,)),
        ("annuel", Decimal(36500), Every.YEAR, (2, 3)),
        ("installation", Decimal(4500), Every.ONCE, None),
    ]
    assert [(f.category, f.adds) for f in synthetic(S5).clauses.funding.flats] == [
        ("hiver", False),
        ("été", False),
        ("hiver", True),
    ]


def test_components_that_are_not_financed_or_have_a_scale_or_a_category():
    assert [c.id for c in synthetic(S1).clauses.funding.components if not c.financed] == ["logement"]
    components = {c.id: c for c in synthetic(S3).clauses.funding.components}
    assert components["bateau"].category == "III"
    scale = components["route"].scale
    assert scale is not None
    assert [(step.above, step.sites, step.above_included) for step in scale.needed] == [
        (Fraction(0), 1, False),
        (Fraction(2), 1, False),
        (Fraction(4), 1, False),
        (Fraction(4), 2, True),
    ]
    assert [step.amount for step in scale.needed] == [Decimal(300), Decimal(500), Decimal(800), Decimal(800)]
    assert {c.every for name in TEXTS for c in synthetic(name).clauses.funding.components} == set(Every)


def test_floors_and_ceilings_on_kinds_of_sites():
    share, hospital, university = synthetic(S1).clauses.gates.time_shares
    assert share.selector.kinds == (SiteKind.CDS, SiteKind.MSP)
    assert (share.floor and share.floor.value, share.ceiling and share.ceiling.value) == (
        Fraction(2, 5),
        Fraction(3, 5),
    )
    assert hospital.floor_months is not None
    assert hospital.floor_months.value == 6
    assert university.floor is None
    assert synthetic(S2).clauses.gates.time_shares[0].selector.overseas is True


def test_several_windows_and_an_end_printed():
    windows = synthetic(S5).clauses.contract.windows.needed
    assert [(w.first, w.last) for w in windows] == [
        (date(2035, 5, 1), date(2035, 5, 31)),
        (date(2035, 11, 1), date(2035, 11, 30)),
        (date(2036, 5, 1), None),
    ]
    end = synthetic(S6).clauses.contract.fixed_end
    assert end is not None
    assert end.value == date(2037, 12, 31)


def test_a_deadline_extended_twice_keeps_its_history():
    parameters = synthetic(S3).parameters
    assert [e.reason[:5] for e in parameters.extensions] == ["Cyclo", "Panne"]
    last_days = [
        parameters.closing_at(day).needed.last_day
        for day in (date(2033, 2, 19), date(2033, 2, 20), date(2033, 3, 13), date(2033, 3, 14))
    ]
    assert last_days == [date(2033, 2, 28), date(2033, 3, 15), date(2033, 3, 15), date(2033, 3, 31)]


def test_posts_earmarked_by_establishment_and_specialty_in_nested_quotas_one_of_them_not_known():
    quotas = synthetic(S2).parameters.quotas
    assert [(q.id, q.within, q.finess, q.specialty, q.places.value) for q in quotas] == [
        ("total", None, None, None, 5),
        ("fleuve", "total", None, None, None),
        ("fleuve-geriatrie", "fleuve", "990000017", "geriatrie", 2),
    ]
    assert quotas[1].places.origin is Origin.UNKNOWN
    assert quotas[1].ghts == ("fleuve",)


def test_specialties_in_both_directions_and_alone():
    gates = {name: synthetic(name).clauses.gates.specialties for name in TEXTS}
    given = {name: (g.only is not None, g.excluded is not None) for name, g in gates.items()}
    assert given == {
        S1: (True, True),
        S2: (True, False),
        S3: (False, True),
        S4: (False, False),
        S5: (True, True),
        S6: (False, True),
    }


def test_conditions_on_the_candidate_with_a_date():
    gates = synthetic(S2).clauses.gates.candidate
    assert [(g.fact, g.moment.value) for g in gates] == [
        (CandidateFact.FOREIGN_TITLE, "award"),
        (CandidateFact.RESIDENCY_ENDS_ON, "start"),
    ]
    assert gates[0].reference is None
    assert gates[1].reference is not None
    assert gates[1].reference.value == date(2032, 10, 31)
    assert {g.fact for name in TEXTS for g in synthetic(name).clauses.gates.candidate} == set(CandidateFact)


def test_a_renewal_and_a_silence_about_it():
    renewals = {name: synthetic(name).clauses.renewal for name in TEXTS}
    assert {name for name, renewal in renewals.items() if renewal is None} == {S2, S3, S6}
    assert [(r.months.value, r.times.value) for r in renewals.values() if r] == [(12, 1), (None, None), (6, 2)]


@pytest.mark.parametrize(
    ("call_id", "zone", "region", "closes"),
    [
        (S1, "Europe/Paris", "52", datetime(2031, 6, 15, 22, tzinfo=UTC)),
        (S2, "America/Cayenne", "03", datetime(2032, 4, 1, 3, tzinfo=UTC)),
        (S3, "Indian/Mayotte", "06", datetime(2033, 2, 28, 21, tzinfo=UTC)),
        (S4, "America/Miquelon", None, None),
        (S5, "Europe/Paris", "44", datetime(2035, 3, 31, 22, tzinfo=UTC)),
        (S6, "Indian/Kerguelen", None, datetime(2036, 3, 31, 19, tzinfo=UTC)),
    ],
)
def test_each_closes_on_the_clock_of_its_agency(call_id, zone, region, closes):
    call = synthetic(call_id)
    closing = call.parameters.closing.value
    assert (call.authority.zone, call.authority.region) == (zone, region)
    assert (closing and closing.at) == closes


def test_territories_by_zone_and_for_every_site():
    assert synthetic(S3).clauses.gates.territories[0].quantifier is Quantifier.ALL
    areas = synthetic(S6).clauses.gates.territories[0].areas.needed
    assert [(area.selector.zones, area.rank) for area in areas] == [(("sous_dense",), 1), (("qpv",), 2)]


def test_a_call_may_say_almost_nothing():
    call = synthetic(S4)
    assert call.promotion is None
    assert call.clauses.filing.depositors.origin is Origin.UNKNOWN
    assert call.clauses.contract.months.origin is Origin.CHOICE
    assert call.parameters.closing.origin is Origin.UNKNOWN
