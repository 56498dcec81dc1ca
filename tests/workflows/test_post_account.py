"""The account of a post: the figures of the worked examples, and sums that always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.money.builders import day, euros
from tests.workflows.money.reference import Row, rows, span
from tests.workflows.repaying import DAY, decided, in_post, paid
from workflows.account.adjusting import adjusted
from workflows.account.lines import Column
from workflows.account.post import PostAccount, post_account
from workflows.calls.funding import RepaymentReading
from workflows.states import State
from workflows.tenure import Tenure

ZERO = Decimal("0.00")
M = Decimal("3249.79")
#: The calls as the table of the reference names them, each at its default reading (A24).
CALLS = {"na": "na-2024", "idf": "idf-2025", "cvl b": "cvl-ville-hopital", "ara": "ara-2017"}


def shown(life: Life, on: date | None = None) -> PostAccount:
    return post_account(life.dossier, life.call, on or life.today)


def planned(call_id: str, first: str, last: str) -> Life:
    """A post awarded for those days, nobody there yet."""
    life = life_of(call_id).to(State.SELECTED)
    award = life.dossier.award
    assert award is not None
    award = replace(award, planned_start=day(first), planned_end=day(last))
    bare = replace(life.dossier, award=None, adjustments=())
    return life.changed(**adjusted(bare, {"award": award}, act="select", on=life.today, call=life.call))


def held(row: Row) -> Life:
    """The post of a row of the reference on its last day, paid at its start what the row says."""
    life = planned(CALLS[row["call"]], *span(row["planned"]))
    names = ("capucine-bleuet", "anis-vermeil")
    stays = [Tenure(name, day(a), day(b)) for name, (a, b) in zip(names, row.doctors, strict=False)]
    last = stays[-1].ends_on
    assert last is not None
    stays[-1] = replace(stays[-1], ends_on=None)
    paid(life.on(stays[0].starts_on), euros(row["paid"]))
    changes = adjusted(life.dossier, {"tenures": tuple(stays)}, act="replace", on=last, call=life.call)
    return life.changed(**changes).on(last)


def by_year(text: str) -> dict[int, Decimal]:
    pairs = (part.split(": ") for part in text.split(";") if part.strip())
    return {int(year): euros(amount) for year, amount in pairs}


PLANNED = [r for r in rows("schedules") if r["call"] in CALLS and r["variant"].startswith("V0")]
PAID = [r for r in rows("repayments") if r["call"] in CALLS]


def test_the_four_calls_whose_amounts_the_reference_gives_are_tried():
    assert {row["call"] for row in PLANNED} == {row["call"] for row in PAID} == CALLS.keys()
    assert len(PAID) > 12


@pytest.mark.parametrize("row", PLANNED, ids=lambda row: row.name)
def test_the_schedule_of_the_reference_month_by_month(row: Row):
    found = shown(planned(CALLS[row["call"]], *row.doctors[0]))
    assert found.total == found.balances.awarded == euros(row["total"])
    assert sum(year.thirtieths for year in found.years) == 30 * int(row["months"])
    told = by_year(row["by budget year"])
    assert not told or {year.year: year.amount for year in found.years} == told
    assert {r["m"] for r in rows("months") if r["call"] == row["call"]} == {
        f"{amount:,}".replace(",", " ").replace(".", ",")
        for year in found.years
        for month in year.months
        for amount in month.whole
    }


@pytest.mark.parametrize("row", PAID, ids=lambda row: row.name)
def test_what_would_come_back_tonight_is_what_the_reference_says(row: Row):
    found = shown(held(row))
    assert found.balances.paid == euros(row["paid"])
    assert found.stopped is not None
    asked = {(a.cause is not None, a.reading): a.amount for a in found.stopped.asked}
    assert asked[False, RepaymentReading.PRORATA] == euros(row["C2"])
    for name, reading in (("C1", RepaymentReading.INTEGRAL), ("C3", RepaymentReading.CONTRACT_YEAR)):
        if row[name] == "-":
            assert (True, reading) not in asked
        else:
            assert asked[True, reading] == euros(row[name])


def test_the_fifth_call_sums_its_months_too():
    found = shown(life_of("guyane-2020").to(State.IN_POST))
    assert found.total == found.balances.awarded > 0
    assert found.total == sum(month.amount for year in found.years for month in year.months)


def test_while_an_amount_is_unknown_the_account_says_which_rule_lacks():
    found = shown(life_of("idf-2025", completed=False).to(State.NOTIFIED))
    assert (found.unknown, found.stopped, found.years) == ("IDF-15", None, ())
    assert found.is_empty


def test_rates_follow_the_year_of_the_post():
    # 6.4: 80 % in the first year of the post, 60 % in the second
    life = planned("ara-2017", "01/11/2017", "31/10/2019")
    rates = {m.post_year: (m.rate, m.whole) for year in shown(life).years for m in year.months}
    assert rates == {
        1: (Fraction(4, 5), (Decimal("5199.66"),)),
        2: (Fraction(3, 5), (Decimal("3899.75"),)),
    }


def test_the_cumulated_months_are_those_of_the_reference():
    life = planned("na-2024", "01/11/2024", "31/10/2026")
    points = shown(life).points
    assert len(points) == 24
    for row in rows("cumulated"):
        assert points[int(row["month"]) - 1].due == euros(row["euros"])


def test_what_is_paid_stops_with_the_month_of_the_day():
    life = in_post("na-2024", 6 * M)
    found = shown(life, date(2025, 2, 10))
    known = [(p.year, p.month, p.paid) for p in found.points if p.paid is not None]
    assert known == [(2024, 11, 6 * M), (2024, 12, 6 * M), (2025, 1, 6 * M), (2025, 2, 6 * M)]
    over = [(m.year, m.month) for year in found.years for m in year.months if m.due == m.amount]
    assert over == [(2024, 11), (2024, 12), (2025, 1)]


# Differences.


def changed() -> Life:
    """In post, the doctor leaves after five months, another comes after a month (6.1 V2: 74 745,17)."""
    life = life_of("na-2024").to(State.IN_POST)
    life.on(date(2025, 4, 1)).do("withdraw", Hat.INSTRUCTOR)
    life.later(5).propose_replacement(new_start=date(2025, 5, 1)).later(2).do("replace", Hat.HEAD)
    return life.on(date(2025, 5, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)


def test_each_difference_stands_between_the_schedule_before_and_after():
    life = changed()
    found = shown(life)
    assert found.adjustments[0].act == "select"
    before = ZERO
    for row in found.adjustments:
        assert row.before == before
        assert row.after == row.before + row.gained
        assert row.gained == sum(change.gained for change in row.changes)
        assert all(change.after == change.before + change.gained for change in row.changes)
        before = row.after
    assert before == found.total == found.balances.awarded == Decimal("74745.17")
    assert len({row.id for row in found.adjustments}) == len(found.adjustments)
    assert [row.act for row in found.adjustments] == ["select", "replace"]  # a vacancy alone gives nothing back


def test_a_month_lost_reads_what_it_was_and_what_it_is():
    found = shown(changed())
    granted = next(row for row in found.adjustments if row.act == "replace")
    april = next(change for change in granted.changes if (change.year, change.month) == (2025, 4))
    assert (april.before, april.gained, april.after, april.thirtieths) == (M, -M, ZERO, -30)


# The ledger.


def test_the_ledger_reads_who_was_paid_and_what_takes_an_entry_back():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR).later(1)
    life.do("record_payment", Hat.INSTRUCTOR).do("correct_ledger_entry", Hat.HEAD, entry="E1")
    entries = {row.line.id: row for row in shown(life).entries}
    assert list(entries) == ["T1", "E1", "E2"]
    assert entries["T1"].payee is None
    assert entries["E1"].payee == life.dossier.ledger[0].payee
    assert (entries["E1"].corrected_by, entries["E2"].line.corrects) == ("E2", "E1")
    assert [row.line.after.to_pay for row in entries.values()] == [2 * M, ZERO, 2 * M]


def test_every_balance_is_the_last_running_one():
    found = shown(decided())
    last = found.entries[-1].line.after
    for name in ("notified", "paid", "decided", "recovered", "to_pay", "to_recover"):
        assert getattr(found.balances, name) == getattr(last, name)
    of_repayment = {row.line.column for row in found.entries if not row.may_be_contested}
    assert of_repayment == {Column.DECIDED}
    assert (found.stopped, found.ended_on) == (None, date(2025, 12, 31))


# Contests.


def test_a_contested_line_carries_its_contests_and_no_other_does():
    life = in_post().do("contest_line", Hat.RECRUITER, line="M2025-03-1").later(1)
    life.do("answer_contest", Hat.INSTRUCTOR).later(1).do("contest_line", Hat.RECRUITER, line="M2025-03-1")
    life.do("contest_line", Hat.RECRUITER, line="E1")
    before = shown(in_post(), life.today)
    found = shown(life)
    months = {m.id: len(m.contests) for year in found.years for m in year.months if m.contests}
    assert months == {"M2025-03-1": 2}
    assert [row.line.id for row in found.entries if row.contests] == ["E1"]
    assert (found.balances, found.stopped, found.points) == (before.balances, before.stopped, before.points)


def test_an_empty_account_is_empty():
    found = shown(life_of("na-2024").to(State.SUBMITTED))
    assert found.is_empty
    assert (found.total, found.points, found.stopped) == (ZERO, (), None)


def test_the_account_of_a_day_reads_no_later_line():
    life = in_post("na-2024", 6 * M)
    assert shown(life, life.today - timedelta(days=400)).balances.paid == ZERO
    assert shown(life, life.today + 30 * DAY).balances.paid == 6 * M
