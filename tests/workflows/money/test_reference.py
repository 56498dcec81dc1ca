"""Every cell of the worked examples, exact to the cent, and the traps of rounding."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from tests.workflows.money.builders import (
    FARTHER,
    HALF,
    LEGAL_BASE,
    PLAIN,
    ara,
    complement,
    component,
    cvl,
    day,
    euros,
    idf,
    na,
    na_recomputed,
    plan_of,
    plan_schedule,
    serve,
)
from tests.workflows.money.reference import Row, rows, span
from workflows.calls.funding import Funding, RepaymentReading, TranchePattern
from workflows.money.monthly import monthly_amount
from workflows.money.repayment import repayment
from workflows.money.rounding import cents
from workflows.money.terms import PostTerms
from workflows.money.tranches import planned_tranches

CVL = cvl(charges=complement(Fraction(44, 100), "CVL-19"))
CALLS: dict[str, tuple[Funding, PostTerms, str | None]] = {
    "na": (na(), PLAIN, None),
    "idf": (idf(), PLAIN, None),
    "ara": (ara(), PLAIN, None),
    **{f"cvl {reading}": (CVL, HALF, reading) for reading in "abcd"},
}
LEDGERS = {
    "T1": TranchePattern.AT_START,
    "T2": TranchePattern.CALENDAR_YEAR,
    "T3": TranchePattern.CONTRACT_YEAR,
}
READINGS = {
    "C1": RepaymentReading.INTEGRAL,
    "C2": RepaymentReading.PRORATA,
    "C3": RepaymentReading.CONTRACT_YEAR,
}


def each(table: str) -> pytest.MarkDecorator:
    found = rows(table)
    return pytest.mark.parametrize("row", found, ids=[row.name for row in found])


@each("months")
def test_a_month(row: Row) -> None:
    clauses, terms, reading = CALLS[row["call"]]
    assert monthly_amount(clauses, terms, int(row["year"]), reading).amount == euros(row["m"])


@each("schedules")
def test_a_schedule(row: Row) -> None:
    clauses, terms, reading = CALLS[row["call"]]
    schedule = serve(clauses, *row.doctors, terms=terms, reading=reading)
    assert schedule.funded_months == Fraction(row["months"])
    assert schedule.total == euros(row["total"])
    if row["by budget year"]:
        years = (cell.split(":") for cell in row["by budget year"].split(";"))
        assert dict(schedule.by_budget_year) == {int(year): euros(amount) for year, amount in years}


@each("schedules")
def test_a_schedule_is_the_sum_of_its_months(row: Row) -> None:
    clauses, terms, reading = CALLS[row["call"]]
    schedule = serve(clauses, *row.doctors, terms=terms, reading=reading)
    assert sum(line.amount for line in schedule.lines) == euros(row["total"])


@each("post years")
def test_a_year_of_the_post(row: Row) -> None:
    clauses, terms, reading = CALLS[row["call"]]
    schedule, year = serve(clauses, *row.doctors, terms=terms, reading=reading), int(row["year"])
    lines = [line for line in schedule.lines if line.post_year == year]
    assert [line.amount for line in lines] == [euros(row["m"])] * int(row["months"])
    assert schedule.by_post_year[year] == euros(row["euros"])


@each("cumulated")
def test_the_cumulated_schedule(row: Row) -> None:
    lines = plan_schedule(na(), "01/11/2024", "31/10/2026").lines
    assert len(lines) == 24
    assert sum(line.amount for line in lines[: int(row["month"])]) == euros(row["euros"])


@each("repayments")
def test_a_repayment(row: Row) -> None:
    clauses, terms, reading = CALLS[row["call"]]
    ended_on = day(row.doctors[-1][1])
    planned = planned_tranches(LEDGERS[row["ledger"]], plan_schedule(clauses, *span(row["planned"]), terms, reading))
    paid = sum((t.amount for t in planned if t.due_on <= ended_on), Decimal(0))
    assert paid == euros(row["paid"])
    served = serve(clauses, *row.doctors, terms=terms, reading=reading)
    found = repayment(clauses, paid, served, ended_on, "cca")
    for name, kind in READINGS.items():
        if row[name] == "-":
            assert kind not in found.available
        else:
            assert kind in found.available
            assert found.by_reading[kind] == euros(row[name])


@pytest.mark.parametrize(
    ("table", "number"), [("schedules", 40), ("months", 10), ("cumulated", 5), ("repayments", 25), ("post years", 12)]
)
def test_no_row_is_lost(table: str, number: int) -> None:
    told = {tuple(row.cells.items()) for row in rows(table)}
    assert len(told) == len(rows(table)) == number


def test_every_variant_of_every_call_is_there() -> None:
    told = {(row["call"].split()[0], row["variant"].split()[0]) for row in rows("schedules")}
    assert told >= {(call, f"V{n}") for call in ("na", "idf", "cvl", "ara") for n in range(5)}
    asked = {(row["call"], row["variant"], row["ledger"]) for row in rows("repayments")}
    assert asked >= {(call, "V3", ledger) for call in ("na", "idf", "ara") for ledger in LEDGERS}
    assert asked >= {(f"cvl {reading}", "V3", ledger) for reading in "abcd" for ledger in ("T1", "T3")}


# What the prose beside the tables says.


def test_the_vacancy_of_v2_is_unspent() -> None:
    planned = plan_schedule(na(), "01/11/2024", "31/10/2026").total
    assert planned - serve(na(), ("01/11/2024", "31/03/2025"), ("01/05/2025", "31/10/2026")).total == euros("3 249,79")


def test_v4_with_the_recomputed_month_would_be_eleven_cents_off() -> None:
    wrong = na_recomputed(component("base", "2803.59", "NA-19"))
    planned = plan_schedule(wrong, "01/01/2025", "31/12/2026").total
    served = serve(wrong, ("01/01/2025", "31/05/2025"), ("01/07/2025", "28/02/2026"))
    found = repayment(wrong, planned, served, day("28/02/2026"), "cca")
    assert found.by_reading[RepaymentReading.PRORATA] == euros("35 747,58")


def test_ara_rounded_on_years_is_three_cents_more() -> None:
    by_year = [cents(monthly_amount(ara(), PLAIN, year).exact * 12) for year in (1, 2)]
    assert by_year == [euros("62 395,97"), euros("46 796,98")]
    assert sum(by_year) - plan_schedule(ara(), "01/11/2017", "31/10/2019").total == euros("0,03")


def test_ara_by_the_years_of_each_doctor_would_exceed_the_envelope() -> None:
    by_doctor = [serve(ara(), span).total for span in (("01/11/2017", "31/03/2018"), ("01/05/2018", "31/10/2019"))]
    assert sum(by_doctor) == 17 * euros("5 199,66") + 6 * euros("3 899,75") == euros("111 792,72")
    assert sum(by_doctor) > euros("109 192,92")


# 1.7: the money printed in the calls, recomputed.


def test_na_from_its_printed_components_is_one_cent_short() -> None:
    assert Fraction("2803.59") + 1010 + 700 == Fraction("4513.59")
    loaded = Fraction("4513.59") * Fraction("1.44")
    assert loaded == Fraction("6499.5696")
    assert (cents(loaded), cents(loaded / 2)) == (euros("6 499,57"), euros("3 249,78"))
    found = monthly_amount(na(), PLAIN, 1)
    assert found.amount == euros("3 249,79"), "the printed amount prevails"
    assert [(m.printed, m.computed, m.difference) for m in found.mismatches] == [
        (euros("6 499,58"), euros("6 499,57"), euros("0,01")),
        (euros("3 249,79"), euros("3 249,78"), euros("0,01")),
    ]
    wrong = plan_schedule(na_recomputed(component("base", "2803.59", "NA-19")), "01/11/2024", "31/10/2026").total
    assert euros("77 994,96") - wrong == euros("0,24")


def test_na_from_the_rounded_cost_depends_on_the_way_of_rounding() -> None:
    half = Decimal("6499.57") / 2
    assert half == Decimal("3249.785")
    assert half.quantize(Decimal("0.01"), ROUND_HALF_UP) == cents(Fraction(half)) == euros("3 249,79")
    assert half.quantize(Decimal("0.01"), ROUND_HALF_EVEN) == euros("3 249,78")


def test_na_from_the_annual_amount_is_what_is_printed() -> None:
    found = monthly_amount(na_recomputed(LEGAL_BASE), PLAIN, 1)
    assert (Fraction("33643.13") / 12 + 1710) * Fraction("1.44") == found.exact * 2 == Fraction("6499.5756")
    assert found.exact == Fraction("3249.7878"), "the annual amount is not rounded before the end"
    assert (cents(found.exact * 2), found.amount) == (euros("6 499,58"), euros("3 249,79"))


def test_cvl_prints_a_base_that_was_rounded() -> None:
    assert Decimal("2762.16") + 1010 == euros("3 772,16")
    assert Decimal("2762.16") * 12 == euros("33 145,92") == euros("33 145,94") - 2 * Decimal("0.01")
    assert cents(Fraction("33643.13") / Fraction("1.015")) == euros("33 145,94")


@pytest.mark.parametrize(
    ("half_days", "premium"),
    [({"far": "1/2"}, "0"), ({"far": "7/2"}, "700"), ({"far": "2", "farther": "3/2"}, "700"), ({"far": "5"}, "1000")],
    ids=["below one half-day", "three and a half", "on two sites", "five, where NA prints 700"],
)
def test_the_scale_of_the_premium(half_days: dict[str, str], premium: str) -> None:
    sites = replace(HALF, sites=(*HALF.sites, FARTHER), plan=(plan_of(24, main="5", **half_days),))
    without = monthly_amount(CVL, replace(sites, plan=(plan_of(main="5"),)), 1, "d").amount
    assert monthly_amount(CVL, sites, 1, "d").amount - without == Decimal(premium)
