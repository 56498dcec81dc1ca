"""The worked examples of the four calls with amounts, to the cent: months funded, budget years, totals."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.workflows.money.builders import (
    HALF,
    LEGAL_BASE,
    PLAIN,
    ara,
    complement,
    component,
    cvl,
    day,
    default,
    euros,
    funding,
    holders,
    idf,
    na,
    na_recomputed,
    plan_schedule,
    printed,
    serve,
)
from workflows.calls.funding import Every, FlatAmount, Funding
from workflows.calls.sources import UnknownValueError
from workflows.money.monthly import monthly_amount
from workflows.money.rounding import cents
from workflows.money.schedule import Schedule
from workflows.tenure import gaps

Tenures = list[tuple[str, str]]


def check(schedule: Schedule, months: int, total: str, years: dict[int, str] | None = None) -> None:
    assert schedule.funded_months == months
    assert schedule.total == euros(total)
    if years is not None:
        assert dict(schedule.by_budget_year) == {year: euros(amount) for year, amount in years.items()}


# A leaves after the fifth month, the sixth is vacant, B comes for the seventh.
NA_V2: Tenures = [("01/11/2024", "31/03/2025"), ("01/05/2025", "31/10/2026")]
NA_V4: Tenures = [("01/01/2025", "31/05/2025"), ("01/07/2025", "28/02/2026")]


class TestNouvelleAquitaine:
    @pytest.mark.parametrize(
        ("first", "last", "months", "total", "years"),
        [
            (
                "01/11/2024",
                "31/10/2026",
                24,
                "77 994,96",
                {2024: "6 499,58", 2025: "38 997,48", 2026: "32 497,90"},
            ),
            ("01/11/2024", "31/10/2025", 12, "38 997,48", {2024: "6 499,58", 2025: "32 497,90"}),
            ("01/01/2025", "31/12/2026", 24, "77 994,96", {2025: "38 997,48", 2026: "38 997,48"}),
            ("01/01/2025", "31/10/2026", 22, "71 495,38", {2025: "38 997,48", 2026: "32 497,90"}),
        ],
        ids=["V0", "V0 one year", "V1 duration kept", "V1 end fixed"],
    )
    def test_planned(self, first: str, last: str, months: int, total: str, years: dict[int, str]) -> None:
        check(plan_schedule(na(), first, last), months, total, years)

    @pytest.mark.parametrize(
        ("until", "months", "total", "years"),
        [
            ("31/10/2026", 23, "74 745,17", {2024: "6 499,58", 2025: "35 747,69", 2026: "32 497,90"}),
            ("30/11/2026", 24, "77 994,96", {2024: "6 499,58", 2025: "35 747,69", 2026: "35 747,69"}),
        ],
        ids=["V2 end kept", "V2 duration kept"],
    )
    def test_a_replacement(self, until: str, months: int, total: str, years: dict[int, str]) -> None:
        tenures = [NA_V2[0], ("01/05/2025", until)]
        check(serve(na(), *tenures), months, total, years)

    def test_the_vacancy_is_unspent(self) -> None:
        assert plan_schedule(na(), "01/11/2024", "31/10/2026").total - serve(na(), *NA_V2).total == euros("3 249,79")

    def test_the_end_of_the_post_stays_whatever_the_contract_of_the_replacement(self) -> None:
        longer = [NA_V2[0], ("01/05/2025", "30/04/2027")]
        assert serve(na(), *longer, until="31/10/2026") == serve(na(), *NA_V2)

    @pytest.mark.parametrize(
        ("first", "last", "thirtieths", "amount"),
        [
            ("04/11/2024", "30/11/2024", 27, "2 924,81"),
            ("01/11/2024", "20/11/2024", 20, "2 166,53"),
            ("01/02/2025", "28/02/2025", 30, "3 249,79"),
            ("24/08/2024", "31/08/2024", 8, "866,61"),
        ],
    )
    def test_partial_months(self, first: str, last: str, thirtieths: int, amount: str) -> None:
        (line,) = plan_schedule(na(), first, last).lines
        assert (line.thirtieths, line.amount) == (thirtieths, euros(amount))

    @pytest.mark.parametrize(
        ("month", "amount"),
        [(1, "3 249,79"), (5, "16 248,95"), (12, "38 997,48"), (14, "45 497,06"), (24, "77 994,96")],
    )
    def test_cumulative(self, month: int, amount: str) -> None:
        lines = plan_schedule(na(), "01/11/2024", "31/10/2026").lines
        assert len(lines) == 24
        assert sum(line.amount for line in lines[:month]) == euros(amount)
        index = 10 + month - 1
        assert (lines[month - 1].year, lines[month - 1].month) == (2024 + index // 12, index % 12 + 1)

    @pytest.mark.parametrize(
        ("tenures", "months", "total"),
        [([("01/11/2024", "31/12/2025")], 14, "45 497,06"), (NA_V4, 13, "42 247,27")],
        ids=["V3", "V4"],
    )
    def test_served_until_an_early_end(self, tenures: Tenures, months: int, total: str) -> None:
        schedule = serve(na(), *tenures)
        check(schedule, months, total)

    def test_the_vacancy_of_the_dated_example(self) -> None:
        (june,) = gaps(holders(*NA_V4), day("28/02/2026"))
        assert (june.first, june.last) == (day("01/06/2025"), day("30/06/2025"))

    def test_a_handover_in_the_middle_of_a_month_pays_the_month_once(self) -> None:
        schedule = serve(na(), ("01/11/2024", "15/01/2025"), ("16/01/2025", "31/01/2025"))
        assert schedule.total == 3 * euros("3 249,79")

    def test_a_served_month_is_paid_as_far_as_the_day_of_the_count(self) -> None:
        schedule = serve(na(), ("01/11/2024", "31/10/2026"), until="20/11/2024")
        assert schedule.total == euros("2 166,53")

    def test_the_wrong_cent_over_the_contract(self) -> None:
        recomputed = na_recomputed(component("base", "2803.59", "NA-19"))
        wrong = plan_schedule(recomputed, "01/11/2024", "31/10/2026").total
        right = plan_schedule(na(), "01/11/2024", "31/10/2026").total
        assert right - wrong == euros("0,24")
        assert plan_schedule(na_recomputed(LEGAL_BASE), "01/11/2024", "31/10/2026").total == right


class TestIleDeFrance:
    @pytest.mark.parametrize(
        ("first", "last", "months", "total", "years"),
        [
            (
                "01/11/2025",
                "31/10/2027",
                24,
                "93 594,00",
                {2025: "7 799,50", 2026: "46 797,00", 2027: "38 997,50"},
            ),
            ("01/01/2026", "31/10/2027", 22, "85 794,50", {2026: "46 797,00", 2027: "38 997,50"}),
            ("01/01/2026", "31/12/2027", 24, "93 594,00", {2026: "46 797,00", 2027: "46 797,00"}),
            ("01/11/2027", "31/10/2028", 12, "46 797,00", {2027: "7 799,50", 2028: "38 997,50"}),
        ],
        ids=["V0", "V1 end fixed", "V1 duration kept", "renewal"],
    )
    def test_planned(self, first: str, last: str, months: int, total: str, years: dict[int, str]) -> None:
        check(plan_schedule(idf(), first, last), months, total, years)

    def test_v2_end_kept(self) -> None:
        tenures = [("01/11/2025", "31/03/2026"), ("01/05/2026", "31/10/2027")]
        check(serve(idf(), *tenures), 23, "89 694,25", {2025: "7 799,50", 2026: "42 897,25", 2027: "38 997,50"})

    def test_v3_and_v4_served(self) -> None:
        assert serve(idf(), ("01/11/2025", "31/12/2026")).total == euros("54 596,50")
        v4 = serve(idf(), ("01/01/2026", "31/05/2026"), ("01/07/2026", "28/02/2027"))
        check(v4, 13, "50 696,75")

    def test_a_partial_month_is_rounded_once_from_the_exact_amount(self) -> None:
        schedule = plan_schedule(idf(), "04/11/2025", "30/11/2025")
        assert schedule.total == cents(Fraction("3899.748") * 27 / 30) == euros("3 509,77")


class TestCentreValDeLoire:
    CLAUSES = cvl(charges=complement(Fraction(44, 100), "CVL-19"))

    @pytest.mark.parametrize(
        ("reading", "year", "contract", "served"),
        [
            ("a", "22 632,96", "45 265,92", "26 405,12"),
            ("b", "34 632,96", "69 265,92", "40 405,12"),
            ("c", "49 871,52", "99 743,04", "58 183,44"),
            ("d", "57 265,92", "114 531,84", "66 810,24"),
        ],
    )
    def test_each_reading(self, reading: str, year: str, contract: str, served: str) -> None:
        def total(last: str) -> Decimal:
            return plan_schedule(self.CLAUSES, "01/11/2022", last, HALF, reading).total

        assert total("31/10/2023") == euros(year)
        assert total("31/10/2024") == euros(contract)
        assert serve(self.CLAUSES, ("01/11/2022", "31/12/2023"), terms=HALF, reading=reading).total == euros(served)

    def test_v1_duration_kept(self) -> None:
        schedule = plan_schedule(self.CLAUSES, "01/01/2023", "31/12/2024", HALF)
        check(schedule, 24, "69 265,92")

    def test_v2_end_kept(self) -> None:
        schedule = serve(self.CLAUSES, ("01/11/2022", "31/03/2023"), ("01/05/2023", "31/10/2024"), terms=HALF)
        check(schedule, 23, "66 379,84")

    def test_v4_served(self) -> None:
        schedule = serve(self.CLAUSES, ("01/01/2023", "31/05/2023"), ("01/07/2023", "29/02/2024"), terms=HALF)
        check(schedule, 13, "37 519,04")

    def test_a_schedule_under_a_default_reading_is_not_settled(self) -> None:
        assert not plan_schedule(self.CLAUSES, "01/11/2022", "31/10/2024", HALF).settled
        assert plan_schedule(na(), "01/11/2024", "31/10/2026").settled


class TestAuvergneRhoneAlpes:
    ENVELOPE = "109 192,92"

    @pytest.mark.parametrize(
        ("first", "last", "months", "total", "years"),
        [
            (
                "01/11/2017",
                "31/10/2019",
                24,
                ENVELOPE,
                {2017: "10 399,32", 2018: "59 796,10", 2019: "38 997,50"},
            ),
            ("01/01/2018", "31/12/2019", 24, ENVELOPE, {2018: "62 395,92", 2019: "46 797,00"}),
            ("01/01/2018", "31/10/2019", 22, "101 393,42", {2018: "62 395,92", 2019: "38 997,50"}),
        ],
        ids=["V0", "V1 duration kept", "V1 end fixed"],
    )
    def test_planned(self, first: str, last: str, months: int, total: str, years: dict[int, str]) -> None:
        check(plan_schedule(ara(), first, last), months, total, years)

    def test_each_month_is_rounded_not_each_year(self) -> None:
        schedule = plan_schedule(ara(), "01/11/2017", "31/10/2019")
        by_year = [cents(monthly_amount(ara(), PLAIN, year).exact * 12) for terms, year in ((HALF, 1), (HALF, 2))]
        assert by_year == [euros("62 395,97"), euros("46 796,98")]
        assert sum(by_year) == euros("109 192,95")
        assert dict(schedule.by_post_year) == {1: euros("62 395,92"), 2: euros("46 797,00")}

    def test_v2_counts_the_years_of_the_post(self) -> None:
        schedule = serve(ara(), ("01/11/2017", "31/03/2018"), ("01/05/2018", "31/10/2019"))
        check(schedule, 23, "103 993,26")
        assert dict(schedule.by_post_year) == {1: 11 * euros("5 199,66"), 2: 12 * euros("3 899,75")}

    def test_counting_the_years_of_each_doctor_would_exceed_the_envelope(self) -> None:
        first = serve(ara(), ("01/11/2017", "31/03/2018"))
        second = serve(ara(), ("01/05/2018", "31/10/2019"))
        by_doctor = first.total + second.total
        assert by_doctor == 17 * euros("5 199,66") + 6 * euros("3 899,75") == euros("111 792,72")
        assert (
            by_doctor
            > euros(self.ENVELOPE)
            > serve(ara(), ("01/11/2017", "31/03/2018"), ("01/05/2018", "31/10/2019")).total
        )

    def test_another_index_than_the_post_is_refused(self) -> None:
        with pytest.raises(ValueError, match="année du poste"):
            plan_schedule(ara(rate_index=printed("candidate", "X-01")), "01/11/2017", "31/10/2019")

    @pytest.mark.parametrize(
        ("tenures", "months", "total", "by_year"),
        [
            ([("01/11/2017", "31/12/2018")], 14, "70 195,42", ("62 395,92", "7 799,50")),
            (
                [("01/01/2018", "31/05/2018"), ("01/07/2018", "28/02/2019")],
                13,
                "64 995,76",
                ("57 196,26", "7 799,50"),
            ),
        ],
        ids=["V3", "V4"],
    )
    def test_served(self, tenures: Tenures, months: int, total: str, by_year: tuple[str, str]) -> None:
        schedule = serve(ara(), *tenures)
        check(schedule, months, total)
        assert dict(schedule.by_post_year) == {1: euros(by_year[0]), 2: euros(by_year[1])}

    def test_a_month_astride_two_years_has_two_lines_and_is_rounded_once(self) -> None:
        schedule = plan_schedule(ara(), "16/11/2017", "15/11/2019")
        lines = [x for x in schedule.lines if (x.year, x.month) == (2018, 11)]
        assert [(x.post_year, x.thirtieths) for x in lines] == [(1, 15), (2, 15)]
        assert lines[0].amount == euros("2 599,83")
        assert sum(x.amount for x in lines) == cents((Fraction("5199.664") + Fraction("3899.748")) / 2)
        assert schedule.funded_months == 24


def flats(*given: FlatAmount) -> Funding:
    return funding(flats=given)


class TestFlatAmounts:
    YEARLY = FlatAmount("year", "forfait annuel", printed(Decimal(10_000), "F-1"), Every.YEAR)
    ONCE = FlatAmount("once", "aide à l’installation", printed(Decimal(5_000), "F-2"), Every.ONCE)

    def test_a_yearly_flat_is_whole_after_twelve_months(self) -> None:
        schedule = plan_schedule(flats(self.YEARLY), "01/11/2024", "31/10/2026")
        assert dict(schedule.by_post_year) == {1: Decimal(10_000), 2: Decimal(10_000)}
        assert {line.amount for line in schedule.lines} == {euros("833,33"), euros("833,34")}

    def test_a_yearly_flat_follows_the_months_served(self) -> None:
        schedule = serve(flats(self.YEARLY), *NA_V2)
        assert dict(schedule.by_post_year) == {1: cents(Fraction(10_000 * 11, 12)), 2: Decimal(10_000)}

    def test_a_yearly_flat_is_never_exceeded_by_a_day_of_a_long_month(self) -> None:
        schedule = plan_schedule(flats(self.YEARLY), "20/01/2025", "19/01/2026")
        assert schedule.total == Decimal(10_000)

    def test_a_one_off_amount_is_due_once_with_the_first_month(self) -> None:
        clauses = replace(na(), flats=(*na().flats, self.ONCE))
        schedule = serve(clauses, *NA_V2)
        assert schedule.lines[0].amount == euros("8 249,79")
        assert schedule.total == euros("79 745,17")

    def test_a_one_off_amount_of_the_second_year_comes_with_its_first_month(self) -> None:
        later = replace(self.ONCE, years=(2,))
        clauses = replace(na(), flats=(*na().flats, later))
        schedule = plan_schedule(clauses, "01/11/2024", "31/10/2026")
        assert schedule.lines[12].amount == euros("8 249,79")
        assert schedule.total == euros("82 994,96")

    def test_a_one_off_cost_is_shared_at_its_rate(self) -> None:
        fitting = component("fitting", "2000", "F-3", Every.ONCE, charged=False)
        clauses = na_recomputed(LEGAL_BASE)
        readings = tuple(replace(r, components=(*r.components, "fitting")) for r in clauses.readings)
        clauses = replace(clauses, components=(*clauses.components, fitting), readings=readings)
        schedule = plan_schedule(clauses, "01/11/2024", "31/10/2026")
        assert schedule.lines[0].amount == euros("4 249,79")
        assert schedule.total == euros("78 994,96")

    def test_a_call_may_pay_nothing_but_a_one_off_amount(self) -> None:
        schedule = serve(flats(self.ONCE), *NA_V2)
        assert schedule.total == Decimal(5_000)
        assert [line.amount for line in schedule.lines][:2] == [Decimal(5_000), Decimal(0)]

    def test_an_unknown_one_off_amount_blocks_the_schedule(self) -> None:
        unknown = replace(self.ONCE, amount=replace(self.ONCE.amount, value=None))
        with pytest.raises(UnknownValueError):
            plan_schedule(replace(na(), flats=(*na().flats, unknown)), "01/11/2024", "31/10/2026")

    def test_a_default_one_off_amount_leaves_the_schedule_unsettled(self) -> None:
        held = replace(self.ONCE, amount=default(Decimal(5_000), "A24"))
        schedule = plan_schedule(replace(na(), flats=(*na().flats, held)), "01/11/2024", "31/10/2026")
        assert schedule.unsettled == ("A24",)


def test_a_planned_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="avant son premier jour"):
        plan_schedule(na(), "01/11/2024", "31/10/2024")


def test_lines_are_in_order_and_never_empty() -> None:
    schedule = serve(na(), *NA_V2)
    assert [(x.year, x.month) for x in schedule.lines] == sorted((x.year, x.month) for x in schedule.lines)
    assert all(x.thirtieths > 0 for x in schedule.lines)
    assert schedule.starts_on == day("31/10/2024") + timedelta(days=1)
