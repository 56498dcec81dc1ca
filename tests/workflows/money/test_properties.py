"""What must hold whatever the dates, the doctors and the amounts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import call_of, rewritten
from tests.workflows.money.builders import PLAIN, ara, complement, idf, na, printed
from tests.workflows.money.test_served import DAYS, successions
from workflows.calls.funding import Funding, Rate, RepaymentReading, TranchePattern
from workflows.calls.model import DeferralEnd
from workflows.contract import deferred_end, end_after
from workflows.deadlines import add_months
from workflows.money.repayment import repayment
from workflows.money.rounding import cents
from workflows.money.schedule import planned, served
from workflows.money.tranches import planned_tranches
from workflows.tenure import Tenure, clipped, turned

PRORATA, INTEGRAL, YEAR = RepaymentReading.PRORATA, RepaymentReading.INTEGRAL, RepaymentReading.CONTRACT_YEAR
HORIZON, DAY = date(2027, 12, 31), timedelta(days=1)
COSTS = st.decimals("1000.00", "9999.99", places=2)


@st.composite
def clauses(draw: st.DrawFn) -> Funding:
    """One of the calls whose rates do not stop after two years, or both with another cost."""
    cost = complement(draw(COSTS), "A25")
    endless = (*ara().rates, *(Rate(ara().rates[1].rate, years=(year,)) for year in (3, 4, 5, 6)))
    return draw(st.sampled_from([na(), idf(printed_cost=cost), ara(printed_cost=cost, rates=endless)]))


@given(clauses(), successions())
def test_totals_are_sums_of_lines(funding: Funding, tenures: tuple[Tenure, ...]) -> None:
    schedule = served(funding, PLAIN, tenures, HORIZON)
    assert schedule.total == sum(line.amount for line in schedule.lines)
    assert sum(schedule.by_budget_year.values()) == sum(schedule.by_post_year.values()) == schedule.total
    assert schedule.funded_months == Fraction(sum(line.thirtieths for line in schedule.lines), 30)
    assert all(line.amount >= 0 for line in schedule.lines)


@given(COSTS, st.integers(1, 29))
def test_a_month_in_two_parts_is_paid_as_one(cost: Decimal, days: int) -> None:
    """The month where the year of the post turns is rounded once, as any other month."""
    funding = idf(printed_cost=complement(cost, "A25"))
    start = date(2025, 11, 1) + timedelta(days=days)
    schedule = planned(funding, PLAIN, start, end_after(start, 24))
    turning = [line for line in schedule.lines if (line.year, line.month) == (2026, 11)]
    assert len(turning) == 2
    assert sum(line.amount for line in turning) == cents(Fraction(cost) * Fraction(60, 100))


@given(clauses(), DAYS, st.integers(1, 800), st.data())
def test_cutting_a_tenure_in_two_changes_no_line(
    funding: Funding, first: date, length: int, data: st.DataObject
) -> None:
    last = first + timedelta(days=length)
    cut = first + timedelta(days=data.draw(st.integers(0, length - 1)))
    parts = (Tenure("Iris Safran", first, cut), Tenure("Basile Indigo", cut + timedelta(days=1), last))
    assert served(funding, PLAIN, parts, last) == planned(funding, PLAIN, first, last)


@given(clauses(), successions(), st.sampled_from(TranchePattern), st.data())
def test_readings_are_ordered_and_never_exceed_what_was_paid(
    funding: Funding, tenures: tuple[Tenure, ...], pattern: TranchePattern, data: st.DataObject
) -> None:
    start = min(tenure.starts_on for tenure in tenures)
    plan = planned(funding, PLAIN, start, end_after(start, 24))
    ended_on = data.draw(st.dates(start, HORIZON))
    counted = served(funding, PLAIN, tenures, ended_on)
    until = data.draw(st.dates(start, HORIZON))
    paid = sum((t.amount for t in planned_tranches(pattern, plan) if t.due_on <= until), Decimal(0))
    asked = repayment(funding, paid, counted, ended_on, data.draw(st.sampled_from(["cca", "personal"])))
    assert 0 <= asked.by_reading[PRORATA] <= asked.by_reading[YEAR] <= asked.by_reading[INTEGRAL] == paid
    assert asked.shown in asked.available
    assert 0 <= asked.amount <= paid


@given(clauses(), DAYS, st.sampled_from(TranchePattern))
def test_tranches_delegate_the_whole_plan(funding: Funding, start: date, pattern: TranchePattern) -> None:
    plan = planned(funding, PLAIN, start, end_after(start, 24))
    tranches = planned_tranches(pattern, plan)
    assert sum(t.amount for t in tranches) == plan.total
    assert tranches[0].due_on == start
    assert [t.due_on for t in tranches] == sorted({t.due_on for t in tranches})


@given(clauses(), DAYS, st.integers(1, 8), st.integers(1, 24), st.sampled_from(DeferralEnd))
def test_a_deferral_keeps_the_duration_or_the_end_as_the_call_says(
    funding: Funding, start: date, late: int, months: int, kept: DeferralEnd
) -> None:
    """A9: the end slides with the start and the months stay, or the end stays and the months go.

    A start within a month of 31 days counts a thirtieth more than its months (A6): whole months are compared.
    """
    start = start.replace(day=1)
    call = rewritten(call_of("na-2024"), "clauses.deferral.end", printed(kept, "X-01"))
    end, new = end_after(start, months), add_months(start, late)
    moved = deferred_end(call.clauses, end, new, months)
    before = planned(funding, PLAIN, start, end).funded_months
    after = planned(funding, PLAIN, new, moved).funded_months if new <= moved else Fraction(0)
    if kept is DeferralEnd.KEEP_END:
        assert moved == end
        assert after == max(Fraction(0), before - planned(funding, PLAIN, start, new - DAY).funded_months)
    else:
        assert moved == end_after(new, months)
        assert after == before == months


@given(COSTS, successions(), st.data())
def test_a_stay_that_turns_is_worth_two_stays(cost: Decimal, tenures: tuple[Tenure, ...], data: st.DataObject) -> None:
    """Other terms from a day on: the same as another doctor on these terms from that day."""
    funding = idf(printed_cost=complement(cost, "A25"), scaled_by_contract=printed(True, "X-01"))
    eighty, stays = replace(PLAIN, contract_share=Fraction(4, 5)), clipped(tenures, HORIZON)
    pick = data.draw(st.integers(0, len(stays) - 1))
    stay = stays[pick]
    assert stay.ends_on is not None
    since = data.draw(st.dates(stay.starts_on, stay.ends_on))
    first = [replace(stay, ends_on=since - DAY, terms=PLAIN)] if since > stay.starts_on else []
    apart = (*stays[:pick], *first, replace(stay, starts_on=since, terms=eighty), *stays[pick + 1 :])
    together = (*stays[:pick], turned(stay, since, lambda _: eighty, present=PLAIN), *stays[pick + 1 :])
    assert served(funding, PLAIN, together, HORIZON) == served(funding, PLAIN, apart, HORIZON)
    assert served(funding, PLAIN, together, since - DAY).lines == served(funding, PLAIN, stays, since - DAY).lines
