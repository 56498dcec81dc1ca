"""What an early end gives back: the readings of the call, under each pattern of tranches."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.workflows.money.builders import (
    HALF,
    PLAIN,
    ara,
    choice,
    complement,
    component,
    cvl,
    day,
    default,
    euros,
    idf,
    na,
    na_recomputed,
    plan_schedule,
    printed,
    serve,
    with_reading,
)
from workflows.calls.funding import Funding, RepaymentReading, TranchePattern
from workflows.calls.sources import Origin, Sourced
from workflows.money.repayment import Repayment, repayment
from workflows.money.schedule import Schedule
from workflows.money.terms import PostTerms
from workflows.money.tranches import planned_tranches

PRORATA, INTEGRAL, YEAR = RepaymentReading.PRORATA, RepaymentReading.INTEGRAL, RepaymentReading.CONTRACT_YEAR
T1, T2, T3 = TranchePattern.AT_START, TranchePattern.CALENDAR_YEAR, TranchePattern.CONTRACT_YEAR


@dataclass(frozen=True)
class Paid:
    """A tranche as it was paid."""

    on: date
    amount: Decimal


def ledger(pattern: TranchePattern, planned: Schedule) -> list[Paid]:
    """Every planned tranche, paid on its day."""
    return [Paid(t.due_on, t.amount) for t in planned_tranches(pattern, planned)]


@dataclass(frozen=True)
class Case:
    """A post planned, then served until it ends early."""

    clauses: Funding
    planned: tuple[str, str]
    tenures: tuple[tuple[str, str], ...]
    terms: PostTerms = PLAIN
    reading: str | None = None

    def repaid(self, pattern: TranchePattern, cause: str = "cca") -> Repayment:
        ended_on = self.tenures[-1][1]
        planned = plan_schedule(self.clauses, *self.planned, self.terms, self.reading)
        paid = sum((p.amount for p in ledger(pattern, planned) if p.on <= day(ended_on)), Decimal(0))
        served = serve(self.clauses, *self.tenures, terms=self.terms, reading=self.reading)
        return repayment(self.clauses, paid, served, day(ended_on), cause)


NA_V3 = Case(na(), ("01/11/2024", "31/10/2026"), (("01/11/2024", "31/12/2025"),))
NA_V4 = Case(na(), ("01/01/2025", "31/12/2026"), (("01/01/2025", "31/05/2025"), ("01/07/2025", "28/02/2026")))


class TestNouvelleAquitaine:
    @pytest.mark.parametrize(
        ("pattern", "paid", "integral", "prorata", "year"),
        [
            (T1, "77 994,96", "77 994,96", "32 497,90", "38 997,48"),
            (T2, "45 497,06", "45 497,06", "0,00", "6 499,58"),
            (T3, "77 994,96", "77 994,96", "32 497,90", "38 997,48"),
        ],
    )
    def test_v3(self, pattern: TranchePattern, paid: str, integral: str, prorata: str, year: str) -> None:
        result = NA_V3.repaid(pattern)
        assert result.served == euros("45 497,06")
        assert result.paid == euros(paid)
        assert dict(result.by_reading) == {
            PRORATA: euros(prorata),
            INTEGRAL: euros(integral),
            YEAR: euros(year),
        }
        assert result.available == (PRORATA, INTEGRAL, YEAR)

    @pytest.mark.parametrize("pattern", [T1, T2, T3])
    def test_v4(self, pattern: TranchePattern) -> None:
        result = NA_V4.repaid(pattern)
        assert (result.paid, result.served) == (euros("77 994,96"), euros("42 247,27"))
        assert dict(result.by_reading) == {
            PRORATA: euros("35 747,69"),
            INTEGRAL: euros("77 994,96"),
            YEAR: euros("42 247,27"),
        }
        assert result.by_reading[PRORATA] == euros("3 249,79") + euros("32 497,90")
        assert result.by_reading[YEAR] == euros("38 997,48") + euros("3 249,79")

    def test_v4_with_the_recomputed_amount_is_eleven_cents_off(self) -> None:
        wrong = Case(na_recomputed(component("base", "2803.59", "NA-19")), NA_V4.planned, NA_V4.tenures)
        assert wrong.repaid(T2).by_reading[PRORATA] == euros("35 747,58")
        assert NA_V4.repaid(T2).by_reading[PRORATA] - euros("35 747,58") == euros("0,11")

    @pytest.mark.parametrize("cause", ["other_hospital_post", "private_practice", "personal", "unknown"])
    def test_only_unserved_months_come_back_without_a_clause_for_the_cause(self, cause: str) -> None:
        case = Case(with_reading(na(), INTEGRAL), NA_V3.planned, NA_V3.tenures)
        result = case.repaid(T1, cause)
        assert result.available == (PRORATA,)
        assert (result.shown, result.amount) == (PRORATA, euros("32 497,90"))
        assert result.decidable

    @pytest.mark.parametrize(
        ("chosen", "amount"), [(PRORATA, "32 497,90"), (INTEGRAL, "77 994,96"), (YEAR, "38 997,48")]
    )
    def test_the_signed_reading_is_shown_and_may_be_decided(self, chosen: RepaymentReading, amount: str) -> None:
        result = Case(with_reading(na(), chosen), NA_V3.planned, NA_V3.tenures).repaid(T1)
        assert (result.shown, result.amount, result.decidable) == (chosen, euros(amount), True)

    @pytest.mark.parametrize(
        "unset", [Sourced(None, Origin.UNKNOWN, "A1"), default(PRORATA, "A1"), default(INTEGRAL, "A1")]
    )
    def test_an_unset_reading_shows_prorata_and_decides_nothing(self, unset: Sourced[RepaymentReading]) -> None:
        result = Case(na(repayment_reading=unset), NA_V3.planned, NA_V3.tenures).repaid(T1)
        assert (result.shown, result.amount, result.decidable) == (PRORATA, euros("32 497,90"), False)
        assert result.available == (PRORATA, INTEGRAL, YEAR)

    @pytest.mark.parametrize("origin", [printed, choice, complement])
    def test_a_printed_or_signed_reading_may_be_decided(self, origin: object) -> None:
        settled = origin(YEAR, "A1")  # type: ignore[operator]
        assert Case(na(repayment_reading=settled), NA_V3.planned, NA_V3.tenures).repaid(T1).decidable


class TestIleDeFrance:
    V3 = Case(idf(), ("01/11/2025", "31/10/2027"), (("01/11/2025", "31/12/2026"),))
    V4 = Case(idf(), ("01/01/2026", "31/10/2027"), (("01/01/2026", "31/05/2026"), ("01/07/2026", "28/02/2027")))

    @pytest.mark.parametrize(("pattern", "amount"), [(T1, "38 997,50"), (T2, "0,00"), (T3, "38 997,50")])
    def test_v3(self, pattern: TranchePattern, amount: str) -> None:
        result = self.V3.repaid(pattern)
        assert result.by_reading[PRORATA] == euros(amount)
        assert result.available == (PRORATA,)

    def test_v4_end_fixed(self) -> None:
        result = self.V4.repaid(T2)
        assert (result.paid, result.served) == (euros("85 794,50"), euros("50 696,75"))
        assert result.by_reading[PRORATA] == euros("35 097,75")

    def test_a_reading_signed_for_a_call_without_clause_does_not_apply(self) -> None:
        case = Case(with_reading(idf(), INTEGRAL), self.V3.planned, self.V3.tenures)
        result = case.repaid(T1)
        assert (result.available, result.shown, result.amount) == ((PRORATA,), PRORATA, euros("38 997,50"))


class TestCentreValDeLoire:
    CLAUSES = cvl(charges=complement(Fraction(44, 100), "CVL-19"))
    PLANNED, SERVED = ("01/11/2022", "31/10/2024"), (("01/11/2022", "31/12/2023"),)

    @pytest.mark.parametrize("pattern", [T1, T3])
    @pytest.mark.parametrize(
        ("reading", "amount"),
        [("a", "18 860,80"), ("b", "28 860,80"), ("c", "41 559,60"), ("d", "47 721,60")],
    )
    def test_v3(self, pattern: TranchePattern, reading: str, amount: str) -> None:
        result = Case(self.CLAUSES, self.PLANNED, self.SERVED, HALF, reading).repaid(pattern)
        assert result.by_reading[PRORATA] == euros(amount)
        assert result.available == (PRORATA,)

    def test_v4(self) -> None:
        tenures = (("01/01/2023", "31/05/2023"), ("01/07/2023", "29/02/2024"))
        result = Case(self.CLAUSES, ("01/01/2023", "31/12/2024"), tenures, HALF, "b").repaid(T1)
        assert (result.paid, result.by_reading[PRORATA]) == (euros("69 265,92"), euros("31 746,88"))


class TestAuvergneRhoneAlpes:
    V3 = Case(ara(), ("01/11/2017", "31/10/2019"), (("01/11/2017", "31/12/2018"),))
    V4 = Case(ara(), ("01/01/2018", "31/12/2019"), (("01/01/2018", "31/05/2018"), ("01/07/2018", "28/02/2019")))

    @pytest.mark.parametrize(("pattern", "amount"), [(T1, "38 997,50"), (T2, "0,00"), (T3, "38 997,50")])
    def test_v3(self, pattern: TranchePattern, amount: str) -> None:
        result = self.V3.repaid(pattern)
        assert result.by_reading[PRORATA] == euros(amount)
        assert result.available == (PRORATA,)

    def test_v4(self) -> None:
        result = self.V4.repaid(T2)
        assert result.paid == euros("109 192,92")
        assert result.by_reading[PRORATA] == euros("44 197,16")


class TestBounds:
    def test_nothing_is_asked_when_less_was_paid_than_served(self) -> None:
        served = serve(na(), ("01/11/2024", "31/12/2025"))
        result = repayment(na(), euros("10 000,00"), served, day("31/12/2025"), "cca")
        assert dict(result.by_reading) == {PRORATA: 0, INTEGRAL: euros("10 000,00"), YEAR: 0}

    @pytest.mark.parametrize(
        ("last", "expected"),
        [("30/10/2025", "77 994,96"), ("31/10/2025", "38 997,48"), ("01/11/2025", "38 997,48")],
    )
    def test_a_contract_year_counts_as_completed_on_its_last_day(self, last: str, expected: str) -> None:
        served = serve(na(), ("01/11/2024", last))
        assert repayment(na(), euros("77 994,96"), served, day(last), "cca").by_reading[YEAR] == euros(expected)

    def test_a_post_that_never_started_gives_everything_back(self) -> None:
        nothing = serve(na(), until="31/12/2024")
        result = repayment(na(), euros("6 499,58"), nothing, day("31/12/2024"), "personal")
        assert result.served == 0
        assert result.amount == euros("6 499,58")

    def test_a_negative_total_of_payments_is_refused(self) -> None:
        with pytest.raises(ValueError, match="versements"):
            repayment(na(), euros("-1,00"), serve(na(), until="31/12/2024"), day("31/12/2024"), "cca")
