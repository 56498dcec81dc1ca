"""The budget of a call: what its posts commit, owe, were given and give back, by calendar year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.account.adjusting import standing_lines
from workflows.account.budget import Figures, Flow, Sums, figures, flows, is_over, month_changes, totals
from workflows.calls.parameters import Budget, Envelope
from workflows.calls.sources import Origin, Sourced
from workflows.dossier import Dossier
from workflows.money.gains import GainedEuros
from workflows.parts.credits import Tranche
from workflows.parts.ledger import LedgerEntry, LedgerKind
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.places import PlaceStatus
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import Amounts, RepaymentFile
from workflows.states import State

DAY = date(2026, 3, 15)
NOTHING = Decimal("0.00")


def euros(text: str) -> Decimal:
    return Decimal(text)


def envelope(year: int, since: date, amount: str | None) -> Envelope:
    known = Sourced(Decimal(amount), Origin.CHOICE, "A25", "Décision") if amount else None
    return Envelope(year, since, known or Sourced(None, Origin.UNKNOWN, "NA-29"))


# The envelope: one for each year, known from a day on.


def test_the_envelope_in_force_is_the_last_one_known():
    budget = Budget(
        (
            envelope(2026, date(2026, 9, 1), "900.00"),
            envelope(2026, date(2026, 1, 10), "700.00"),
            envelope(2027, date(2026, 1, 10), None),
        )
    )

    def known(year: int, day: date) -> Decimal | None:
        found = budget.envelope(year, day)
        return None if found is None else found.value

    assert budget.envelope(2026, date(2026, 1, 9)) is None
    assert known(2026, date(2026, 1, 10)) == euros("700.00")
    assert known(2026, date(2026, 8, 31)) == euros("700.00")
    assert known(2026, date(2026, 9, 1)) == euros("900.00")
    told = budget.envelope(2027, DAY)
    assert told is not None
    assert not told.is_known
    assert budget.envelope(2028, DAY) is None


# What one dossier brings.


def by_year(life: Life) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for change in month_changes(life.dossier):
        found[change.year] = found.get(change.year, euros("0.00")) + change.amount
    return found


def test_a_post_of_na_commits_what_the_reference_says_by_budget_year():
    life = life_of("na-2024").to(State.SELECTED)
    committed = {2024: euros("6499.58"), 2025: euros("38997.48"), 2026: euros("32497.90")}
    assert by_year(life) == committed
    assert {(change.act, change.awards) for change in month_changes(life.dossier)} == {("select", True)}


def test_the_changes_of_a_post_sum_to_the_schedule_that_stands():
    life = life_of("na-2024").to(State.IN_POST)
    life.later(60).do("record_end", Hat.INSTRUCTOR, last_day=life.today)
    months: dict[tuple[int, int], Decimal] = {}
    for change in month_changes(life.dossier):
        key = change.year, change.month
        months[key] = months.get(key, euros("0.00")) + change.amount
    standing: dict[tuple[int, int], Decimal] = {}
    for line in standing_lines(life.dossier):
        standing[line.year, line.month] = standing.get((line.year, line.month), euros("0.00")) + line.amount
    assert {key: amount for key, amount in months.items() if amount} == standing
    assert {(c.act, c.awards) for c in month_changes(life.dossier)} == {("select", True), ("record_end", False)}
    assert [c.awards for c in month_changes(life.dossier, since=1)] == [
        False for c in month_changes(life.dossier) if not c.awards
    ]


def test_a_post_left_before_its_start_commits_nothing_once_it_is_closed():
    life = life_of("na-2024").to(State.WITHDRAWN)
    assert not life.dossier.tenures
    held = sum(by_year(life).values())
    assert held == euros("77994.96")  # A16: the place is held for the replacement, and so are its credits
    life.later(61).do("close", Hat.HEAD)
    assert set(by_year(life).values()) == {euros("0.00")}


def test_a_post_ended_early_commits_the_months_served():
    life = life_of("na-2024").to(State.ENDED)
    assert life.dossier.end is not None
    served = sum(by_year(life).values())
    assert 0 < served < euros("77994.96")


def test_a_post_of_guyane_ended_after_fourteen_months_gives_ten_back_and_no_place():
    """6.5, A16: the ten months go back to the budget; the place stays used for its promotion."""
    life = life_of("guyane-2020").to(State.IN_POST)
    held, written = life.dossier.place, len(life.dossier.adjustments)
    life.on(date(2022, 1, 3)).do("record_end", Hat.INSTRUCTOR, last_day=date(2021, 12, 31))
    back = [(m.year, m.month, m.thirtieths) for m in month_changes(life.dossier, since=written)]
    assert back == [(2022, month, -30) for month in range(1, 11)]
    assert sum(by_year(life).values()) == 14 * euros("6499.58")
    assert held is not None
    assert held.status is PlaceStatus.CONSUMED
    assert life.dossier.place == held


def entry(kind: LedgerKind, amount: str, year: int = 2026, corrects: str | None = None) -> LedgerEntry:
    gained = GainedEuros(Decimal(amount))
    return LedgerEntry(f"{kind}-{amount}", kind, gained, DAY, year, tranche="T1", corrects=corrects)


def with_money(*ledger: LedgerEntry, repayments: tuple[RepaymentFile, ...] = ()) -> Dossier:
    dossier = life_of("na-2024").dossier
    tranche = Tranche("T1", euros("1000.00"), 2026, DAY)
    return replace(dossier, tranches=(tranche,), ledger=ledger, repayments=repayments)


def sums_of(dossier: Dossier) -> dict[tuple[Flow, int], Decimal]:
    found: dict[tuple[Flow, int], Decimal] = {}
    for line in flows(dossier):
        found[line.flow, line.year] = found.get((line.flow, line.year), euros("0.00")) + line.amount
    return found


def test_what_is_delegated_and_paid_is_what_the_dossier_says():
    dossier = with_money(
        entry(LedgerKind.PAID, "400.00"),
        entry(LedgerKind.PAID, "-100.00", corrects="paid-400.00"),
        entry(LedgerKind.REDUCED, "250.00"),
        entry(LedgerKind.OPENING_PAID, "50.00", year=2025),
    )
    found = sums_of(dossier)
    assert found == {
        (Flow.DELEGATED, 2026): euros("750.00"),
        (Flow.PAID, 2026): euros("300.00"),
        (Flow.PAID, 2025): euros("50.00"),
    }
    assert found[Flow.DELEGATED, 2026] == dossier.delegated
    assert found[Flow.PAID, 2026] + found[Flow.PAID, 2025] == dossier.paid


NO_AMOUNTS = Amounts(euros("1000.00"), euros("200.00"), euros("800.00"), None, None)


def repayment(decided: str | None, *movements: Movement, state: RepaymentState) -> RepaymentFile:
    asked = None if decided is None else euros(decided)
    on = None if decided is None else date(2026, 4, 15)
    return RepaymentFile(
        "fin-1", state, DAY, NO_AMOUNTS, euros("800.00"), decided=asked, decided_on=on, movements=movements
    )


def test_what_is_asked_back_counts_on_the_year_it_was_decided_until_it_is_settled():
    asked = repayment(
        "800.00",
        Movement(MovementKind.PAID, euros("250.00"), date(2027, 2, 1)),
        Movement(MovementKind.OFFSET, euros("60.00"), date(2027, 3, 1)),
        Movement(MovementKind.REFUNDED, euros("10.00"), date(2027, 4, 1)),
        Movement(MovementKind.REMITTED, euros("100.00"), date(2026, 12, 1), "DG"),
        state=RepaymentState.PARTLY_PAID,
    )
    assert asked.outstanding == euros("400.00")
    assert sums_of(with_money(repayments=(asked,))) == {
        (Flow.DELEGATED, 2026): euros("1000.00"),
        (Flow.OWED, 2026): euros("400.00"),
        (Flow.RECOVERED, 2027): euros("300.00"),
    }


def test_what_was_recovered_in_excess_is_not_taken_from_what_others_owe():
    over = repayment("800.00", Movement(MovementKind.PAID, euros("900.00"), DAY), state=RepaymentState.PAID)
    due = replace(repayment("70.00", state=RepaymentState.TITLE_ISSUED), cause="fin-2")
    assert sums_of(with_money(repayments=(over, due)))[Flow.OWED, 2026] == euros("70.00")


@pytest.mark.parametrize("state", [RepaymentState.PROPOSED, RepaymentState.CONTRADICTORY, RepaymentState.DROPPED])
def test_nothing_is_to_recover_before_a_decision_nor_after_giving_up(state):
    found = sums_of(with_money(repayments=(repayment(None, state=state),)))
    assert set(found) == {(Flow.DELEGATED, 2026)}


# The figures of a call.


@pytest.mark.parametrize(
    ("year", "month", "day", "over"),
    [
        (2026, 2, date(2026, 2, 28), False),  # the month runs until its last day
        (2026, 2, date(2026, 3, 1), True),
        (2025, 12, date(2026, 1, 1), True),
        (2026, 12, date(2026, 1, 1), False),
    ],
)
def test_a_month_is_due_once_it_is_over(year, month, day, over):
    assert is_over(year, month, day) is over


def figures_of(committed: str, given_amount: str | None) -> Figures:
    budget = Budget((envelope(2026, date(2026, 1, 1), given_amount),))
    (found,) = figures(budget, {2026: Sums(euros(committed))}, DAY)
    return found


def test_what_is_left_of_an_envelope():
    found = figures_of("600.00", "1000.00")
    assert (found.available, found.overrun) == (euros("400.00"), NOTHING)


def test_an_overrun_is_a_figure_of_its_own():
    found = figures_of("1000.01", "1000.00")
    assert (found.available, found.overrun) == (NOTHING, euros("0.01"))


def test_nothing_is_available_nor_missing_while_the_envelope_is_unknown():
    found = figures_of("600.00", None)
    assert found.envelope is None
    assert found.available is None
    assert found.overrun == NOTHING


def test_every_year_with_an_envelope_or_an_amount_is_shown():
    budget = Budget((envelope(2027, date(2026, 1, 1), "5.00"), envelope(2029, date(2026, 9, 1), "5.00")))
    found = figures(budget, {2025: Sums(euros("1.00")), 2026: Sums(due=euros("1.00"))}, DAY)
    assert [f.year for f in found] == [2025, 2026, 2027]  # that of 2029 is not known yet


def test_a_year_of_which_all_was_taken_back_is_not_shown():
    taken_back = Sums(flows={Flow.DELEGATED: NOTHING, Flow.PAID: NOTHING})
    assert figures(Budget(()), {2030: taken_back, 2026: Sums(flows={Flow.PAID: euros("0.01")})}, DAY)[0].year == 2026
    assert figures(Budget(()), {2030: taken_back}, DAY) == ()
    assert len(figures(Budget((envelope(2030, date(2026, 1, 1), None),)), {2030: taken_back}, DAY)) == 1


AMOUNTS = st.decimals(0, 10**9, places=2)
SIGNED = st.decimals(-(10**6), 10**9, places=2)


@given(AMOUNTS, AMOUNTS | st.none(), SIGNED)
def test_available_overrun_and_to_recover_are_never_below_zero(committed, given_amount, owed):
    budget = Budget((envelope(2026, date(2026, 1, 1), None if given_amount is None else str(given_amount)),))
    (found,) = figures(budget, {2026: Sums(committed, flows={Flow.OWED: owed})}, DAY)
    assert found.overrun >= 0
    assert found.to_recover >= 0
    if found.available is None:
        assert found.envelope is None
    else:
        assert found.available >= 0
        assert found.envelope is not None
        assert found.available - found.overrun == found.envelope - found.committed
        assert 0 in {found.available, found.overrun}


def years_of(*rows: tuple[int, str | None, str, str]) -> list[Figures]:
    """The figures of years: envelope, committed, paid."""
    nothing = dict.fromkeys(("due", "delegated", "to_recover", "recovered"), NOTHING)
    return [
        Figures(year, None if limit is None else euros(limit), committed=euros(all_), paid=euros(paid), **nothing)
        for year, limit, all_, paid in rows
    ]


def test_what_is_paid_above_an_envelope_is_told_though_less_is_committed():
    (year,) = years_of((2024, "92000.00", "89694.19", "92619.00"))
    assert (year.available, year.overrun, year.paid_above) == (euros("2305.81"), NOTHING, euros("619.00"))
    assert years_of((2024, None, "1.00", "5.00"))[0].paid_above == NOTHING


def test_a_year_that_is_over_is_not_made_up_for_by_another():
    found = totals(years_of((2024, "100.00", "130.00", "0.00"), (2025, "100.00", "60.00", "20.00")))
    assert (found.envelope, found.committed, found.paid) == (euros("200.00"), euros("190.00"), euros("20.00"))
    assert (found.available, found.overrun) == (euros("40.00"), euros("30.00"))
    unknown = totals(years_of((2024, "100.00", "130.00", "0.00"), (2025, None, "60.00", "0.00")))
    assert (unknown.envelope, unknown.available, unknown.overrun) == (None, None, euros("30.00"))
