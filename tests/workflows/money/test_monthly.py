"""The authority’s part for one month: printed or computed, by reading, and what may not be computed."""

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.workflows.money.builders import (
    CVL_READINGS,
    HALF,
    LEGAL_BASE,
    PET,
    PLAIN,
    WHOLE,
    ara,
    choice,
    complement,
    component,
    cvl,
    default,
    euros,
    funding,
    idf,
    law,
    na,
    na_recomputed,
    printed,
)
from workflows.calls.funding import CostReading, Every, FlatAmount, Rate
from workflows.calls.sources import Origin, Sourced, UnknownValueError
from workflows.money.monthly import amounts_by_reading, monthly_amount
from workflows.money.rounding import cents
from workflows.money.terms import PostTerms


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction("3249.785"), "3249.79"),
        (Fraction("3249.7849999"), "3249.78"),
        (Fraction("0.005"), "0.01"),
        (Fraction("0.015"), "0.02"),
        (Fraction(2, 3), "0.67"),
        (Fraction(0), "0.00"),
        (Fraction("-0.005"), "-0.01"),
    ],
)
def test_cents_are_rounded_half_up(value: Fraction, expected: str) -> None:
    assert cents(value) == Decimal(expected)
    assert str(cents(value)) == expected


class TestNouvelleAquitaine:
    def test_the_printed_amount_prevails_and_the_mismatch_is_visible(self) -> None:
        due = monthly_amount(na(), PLAIN, 1)
        assert due.printed
        assert due.settled
        assert due.amount == euros("3 249,79")
        assert due.exact == Fraction("3249.79")
        assert due.computed == euros("3 249,78")
        assert {(m.printed, m.computed, m.difference) for m in due.mismatches} == {
            (euros("3 249,79"), euros("3 249,78"), euros("0,01")),
            (euros("6 499,58"), euros("6 499,57"), euros("0,01")),
        }

    def test_printed_components_give_one_cent_less(self) -> None:
        due = monthly_amount(na_recomputed(component("base", "2803.59", "NA-19")), PLAIN, 1)
        assert not due.printed
        assert due.exact == Fraction("3249.7848")
        assert due.amount == euros("3 249,78")
        assert due.mismatches == ()

    def test_the_annual_legal_base_is_not_rounded_before_the_end(self) -> None:
        due = monthly_amount(na_recomputed(LEGAL_BASE), PLAIN, 1)
        assert due.exact == (Fraction("33643.13") / 12 + 1710) * Fraction("1.44") / 2
        assert due.amount == euros("3 249,79")

    def test_the_exact_annual_base_explains_both_printed_figures(self) -> None:
        clauses = replace(na(), components=(LEGAL_BASE, *na().components[1:]))
        due = monthly_amount(clauses, PLAIN, 1)
        assert due.computed == euros("3 249,79")
        assert due.mismatches == ()

    def test_a_rounded_cost_gives_another_amount_with_half_even(self) -> None:
        half = Decimal("6499.57") / 2
        assert half.quantize(Decimal("0.01"), ROUND_HALF_EVEN) == euros("3 249,78")
        rounded_cost = na_recomputed(LEGAL_BASE, rates=na().rates)
        rounded_cost = replace(rounded_cost, printed_cost=printed(Decimal("6499.57"), "NA-19"))
        assert monthly_amount(rounded_cost, PLAIN, 1).amount == euros("3 249,79")

    def test_both_years_of_the_post_are_alike(self) -> None:
        assert monthly_amount(na(), PLAIN, 2) == monthly_amount(na(), PLAIN, 1)

    def test_a_printed_amount_stands_when_its_components_are_unknown(self) -> None:
        due = monthly_amount(na(charges=Sourced(None, Origin.UNKNOWN, "A25")), PLAIN, 1)
        assert due.amount == euros("3 249,79")
        assert due.computed is None
        assert due.mismatches == ()
        assert due.settled


class TestIleDeFrance:
    def test_a_complement_gives_sixty_percent_of_the_cost(self) -> None:
        due = monthly_amount(idf(), PLAIN, 1)
        assert due.exact == Fraction("3899.748")
        assert due.amount == euros("3 899,75")
        assert due.computed is None
        assert due.settled

    @pytest.mark.parametrize(
        ("base", "expected"),
        [(LEGAL_BASE, "3 027,11"), (component("base", "2803.59", "NA-19"), "3 027,10")],
    )
    def test_without_iespe_the_base_decides_of_a_cent(self, base: object, expected: str) -> None:
        clauses = funding(
            rates=idf().rates,
            components=(base, component("iespe", "1010", "A25"), component("pet", "700", "IDF-04")),
            charges=complement(Fraction(44, 100), "A25"),
            readings=(CostReading("sans_iespe", "sans l’IESPE", ("base", "pet"), charges=True),),
            reading=choice("sans_iespe", "A24"),
        )
        assert monthly_amount(clauses, PLAIN, 1).amount == euros(expected)

    def test_an_unknown_cost_blocks_and_names_the_rule(self) -> None:
        bare = idf(printed_cost=Sourced(None, Origin.UNKNOWN, "IDF-15"))
        with pytest.raises(UnknownValueError) as raised:
            monthly_amount(bare, PLAIN, 1)
        assert raised.value.rule == "IDF-15"

    def test_a_call_without_any_rate_is_unknown_too(self) -> None:
        with pytest.raises(UnknownValueError) as raised:
            monthly_amount(funding(printed_cost=printed(Decimal(6000), "X-01")), PLAIN, 1)
        assert raised.value.rule == "A25"

    @pytest.mark.parametrize("missing", ["base", "charges", "rate", "reading"])
    def test_each_unknown_value_blocks(self, missing: str) -> None:
        clauses = na_recomputed(component("base", None if missing == "base" else "2803.59", "A25"))
        unknown: Sourced[Any] = Sourced(None, Origin.UNKNOWN, "A25")
        if missing == "charges":
            clauses = replace(clauses, charges=unknown)
        elif missing == "rate":
            clauses = replace(clauses, rates=(Rate(unknown),))
        elif missing == "reading":
            clauses = replace(clauses, reading=unknown)
        with pytest.raises(UnknownValueError) as raised:
            monthly_amount(clauses, PLAIN, 1)
        assert raised.value.rule == "A25"


class TestCentreValDeLoire:
    CHARGED = complement(Fraction(44, 100), "CVL-19")

    @pytest.mark.parametrize(
        ("reading", "expected"),
        [("a", "1 886,08"), ("b", "2 886,08"), ("c", "4 155,96"), ("d", "4 772,16")],
    )
    def test_each_reading(self, reading: str, expected: str) -> None:
        assert monthly_amount(cvl(charges=self.CHARGED), HALF, 1, reading).amount == euros(expected)

    def test_a_default_reading_is_shown_but_not_settled(self) -> None:
        due = monthly_amount(cvl(), HALF, 1)
        assert due.reading == "b"
        assert due.amount == euros("2 886,08")
        assert not due.settled
        assert due.unsettled == ("A24",)

    def test_a_signed_choice_settles_the_amount(self) -> None:
        due = monthly_amount(cvl(reading=choice("d", "A24")), HALF, 1)
        assert due.amount == euros("4 772,16")
        assert due.settled

    def test_a_reading_that_is_not_the_chosen_one_is_never_settled(self) -> None:
        assert not monthly_amount(cvl(reading=choice("d", "A24")), HALF, 1, "a").settled
        assert monthly_amount(cvl(reading=choice("d", "A24")), HALF, 1, "d").settled

    def test_a_reading_the_call_does_not_have(self) -> None:
        with pytest.raises(ValueError, match="«\u00a0e\u00a0»"):
            monthly_amount(cvl(), HALF, 1, "e")

    def test_every_reading_is_shown_even_those_that_cannot_be_computed(self) -> None:
        rows = amounts_by_reading(cvl(), HALF, 1)
        assert [(r.reading.id, r.amount.amount if r.amount else None) for r in rows] == [
            ("a", euros("1 886,08")),
            ("b", euros("2 886,08")),
            ("c", None),
            ("d", euros("4 772,16")),
        ]
        assert [r.unknown for r in rows] == [None, None, "CVL-19", None]
        assert [r.shown for r in rows] == [False, True, False, False]
        assert not any(r.chosen for r in rows)
        assert not any(r.amount.settled for r in rows if r.amount)

    def test_the_chosen_reading_is_told_from_the_default_one(self) -> None:
        rows = amounts_by_reading(cvl(reading=choice("d", "A24"), charges=self.CHARGED), HALF, 1)
        assert [r.chosen for r in rows] == [False, False, False, True]
        assert [r.shown for r in rows] == [False, False, False, True]
        assert [r.amount.settled for r in rows if r.amount] == [False, False, False, True]

    def test_without_any_reading_nothing_is_chosen_nor_shown_first(self) -> None:
        rows = amounts_by_reading(cvl(reading=Sourced(None, Origin.UNKNOWN, "A24")), HALF, 1)
        assert not any(r.chosen or r.shown for r in rows)
        assert len(rows) == len(CVL_READINGS)


class TestAuvergneRhoneAlpes:
    @pytest.mark.parametrize(("year", "expected"), [(1, "5 199,66"), (2, "3 899,75")])
    def test_the_rate_follows_the_year_of_the_post(self, year: int, expected: str) -> None:
        assert monthly_amount(ara(), PLAIN, year).amount == euros(expected)

    def test_a_year_without_rate_is_unknown(self) -> None:
        with pytest.raises(UnknownValueError):
            monthly_amount(ara(), PLAIN, 3)


class TestRates:
    CLAUSES = funding(
        rates=(
            Rate(printed(Fraction(50, 100), "R-1")),
            Rate(printed(Fraction(40, 100), "R-2"), years=(2,)),
            Rate(printed(Fraction(70, 100), "R-3"), category="II"),
            Rate(printed(Fraction(60, 100), "R-4"), category="II", years=(2,)),
            Rate(printed(Fraction(1), "R-5"), component="pet"),
        ),
        components=(
            component("base", "2000", "R-6"),
            component("pet", "700", "R-6"),
            component("overseas", "300", "R-7", category="II"),
            component("phone", "40", "R-8", financed=False),
        ),
        charges=printed(Fraction(0), "R-9"),
    )

    @pytest.mark.parametrize(
        ("category", "year", "expected"),
        [
            ("I", 1, "1700"),
            ("I", 2, "1500"),
            ("II", 1, "2310"),
            ("II", 2, "2080"),
        ],
    )
    def test_component_before_category_before_year(self, category: str, year: int, expected: str) -> None:
        assert monthly_amount(self.CLAUSES, PostTerms(category), year).amount == Decimal(expected)

    def test_a_component_that_is_not_financed_counts_for_nothing(self) -> None:
        financed = replace(self.CLAUSES.components[-1], financed=True)
        clauses = replace(self.CLAUSES, components=(*self.CLAUSES.components[:-1], financed))
        assert monthly_amount(clauses, PostTerms("I"), 1).amount == Decimal("1720")

    def test_a_component_without_amount_nor_scale_is_a_mistake_of_the_call(self) -> None:
        clauses = replace(self.CLAUSES, components=(replace(self.CLAUSES.components[0], amount=None),))
        with pytest.raises(ValueError, match="base"):
            monthly_amount(clauses, PostTerms("I"), 1)

    def test_charges_weigh_only_on_charged_components(self) -> None:
        uncharged = replace(self.CLAUSES.components[1], charged=False)
        parts = (self.CLAUSES.components[0], uncharged)
        clauses = replace(self.CLAUSES, components=parts, charges=printed(Fraction(1, 2), "R-9"))
        assert monthly_amount(clauses, PostTerms("I"), 1).amount == Decimal("2200")

    def test_a_default_charge_is_computed_but_not_settled(self) -> None:
        clauses = replace(self.CLAUSES, charges=default(Fraction(44, 100), "A25"))
        due = monthly_amount(clauses, PostTerms("I"), 1)
        assert due.amount == Decimal("2448")
        assert due.unsettled == ("A25",)

    def test_a_printed_cost_stands_for_the_whole_cost_only(self) -> None:
        clauses = na_recomputed(LEGAL_BASE, printed_cost=printed(Decimal("6500"), "X-01"))
        assert monthly_amount(clauses, PLAIN, 1).amount == Decimal("3250")
        assert [m.difference for m in monthly_amount(clauses, PLAIN, 1).mismatches] == [euros("0,42")]
        partial = replace(WHOLE, id="partial", components=("base",))
        narrowed = replace(clauses, readings=(WHOLE, partial), reading=printed("partial", "X-02"))
        assert monthly_amount(narrowed, PLAIN, 1).exact == Fraction("33643.13") / 12 * Fraction("0.72")


class TestPartTime:
    EIGHTY = PostTerms(contract_share=Fraction(8, 10))

    def test_it_scales_the_amount_only_if_the_call_says_so(self) -> None:
        due = monthly_amount(na(scaled_by_contract=printed(True, "X-01")), self.EIGHTY, 1)
        assert due.exact == Fraction("3249.79") * 8 / 10
        assert due.amount == euros("2 599,83")
        assert due.computed == euros("2 599,83")
        assert due.settled
        refused = monthly_amount(na(scaled_by_contract=printed(False, "X-01")), self.EIGHTY, 1)
        assert refused.amount == euros("3 249,79")
        assert refused.settled

    @pytest.mark.parametrize("silence", [default(False, "A41"), Sourced(None, Origin.UNKNOWN, "A41")])
    def test_a_silent_call_holds_the_amount(self, silence: Sourced[bool]) -> None:
        due = monthly_amount(na(scaled_by_contract=silence), self.EIGHTY, 1)
        assert due.unsettled == ("A41",)
        assert not due.settled

    def test_a_full_time_contract_asks_nothing(self) -> None:
        assert monthly_amount(na(scaled_by_contract=default(False, "A41")), PLAIN, 1).settled

    @pytest.mark.parametrize("share", [Fraction(0), Fraction(-1), Fraction(11, 10)])
    def test_a_share_out_of_bounds(self, share: Fraction) -> None:
        with pytest.raises(ValueError, match="quotité"):
            PostTerms(contract_share=share)


def flat(name: str, amount: str, every: Every, **changes: object) -> FlatAmount:
    built = FlatAmount(name, name, printed(Decimal(amount), "F-1"), every)
    return replace(built, **changes)  # type: ignore[arg-type]


class TestFlats:
    def test_flats_of_a_year_or_a_category(self) -> None:
        clauses = funding(
            flats=(
                flat("part", "3000", Every.MONTH),
                flat("part", "2500", Every.MONTH, years=(2,)),
                flat("part", "4000", Every.MONTH, category="II"),
                flat("training", "50", Every.MONTH),
            )
        )
        assert monthly_amount(clauses, PostTerms("I"), 1).amount == Decimal("3050")
        assert monthly_amount(clauses, PostTerms("I"), 2).amount == Decimal("2550")
        assert monthly_amount(clauses, PostTerms("II"), 2).amount == Decimal("4050")
        turned = replace(clauses, flats=clauses.flats[::-1])
        assert monthly_amount(turned, PostTerms("II"), 2).amount == Decimal("4050")

    def test_a_flat_for_another_category_does_not_prevail(self) -> None:
        clauses = replace(idf(), flats=(flat("part", "3000", Every.MONTH, category="II"),))
        assert monthly_amount(clauses, PostTerms("I"), 1).amount == euros("3 899,75")

    def test_a_flat_may_come_on_top_of_what_is_computed(self) -> None:
        clauses = replace(idf(), flats=(flat("training", "100", Every.MONTH, adds=True),))
        due = monthly_amount(clauses, PLAIN, 1)
        assert not due.printed
        assert due.exact == Fraction("3999.748")
        assert due.amount == euros("3 999,75")

    def test_a_yearly_flat_stands_in_for_the_months_of_its_year(self) -> None:
        due = monthly_amount(replace(na(), flats=(flat("year", "38997", Every.YEAR),)), PLAIN, 1)
        assert due.printed
        assert (due.amount, due.yearly) == (Decimal(0), Decimal(38997))
        part = next(m for m in due.mismatches if m.printed == Decimal(38997))
        assert part.computed == cents(Fraction("3249.7848") * 12) == euros("38 997,42")

    def test_a_yearly_flat_on_top_of_a_monthly_amount(self) -> None:
        clauses = replace(na(), flats=(*na().flats, flat("travel", "600", Every.YEAR, adds=True, years=(1,))))
        first, second = monthly_amount(clauses, PLAIN, 1), monthly_amount(clauses, PLAIN, 2)
        assert (first.amount, first.yearly) == (euros("3 249,79"), Decimal(600))
        assert (second.amount, second.yearly) == (euros("3 249,79"), Decimal(0))

    def test_an_unknown_flat_blocks(self) -> None:
        unknown = FlatAmount("part", "part", Sourced(None, Origin.UNKNOWN, "DG-12"), Every.MONTH)
        with pytest.raises(UnknownValueError) as raised:
            monthly_amount(funding(flats=(unknown,)), PLAIN, 1)
        assert raised.value.rule == "DG-12"

    def test_a_default_flat_is_not_settled(self) -> None:
        held = FlatAmount("part", "part", default(Decimal(3000), "A24"), Every.MONTH)
        assert monthly_amount(funding(flats=(held,)), PLAIN, 1).unsettled == ("A24",)


def test_a_legal_component_may_have_a_legal_source_and_settle() -> None:
    clauses = na_recomputed(LEGAL_BASE, charges=law(Fraction(44, 100)))
    assert monthly_amount(clauses, PLAIN, 1).settled


def test_the_scale_is_part_of_the_cost() -> None:
    assert PET.scale is not None
    without = replace(HALF, plan=(replace(HALF.plan[0], half_days=((HALF.sites[0].id, Fraction(10)),)),))
    assert monthly_amount(cvl(), without, 1, "d").amount == euros("3 772,16")
