"""J8 and J9: tranches, the lapse of FIR credits, a title that is not paid (3.4, 5.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.builders import Hat, rewritten
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from tests.workflows.due import due, set_job
from workflows.account.worth import planned_credits
from workflows.calls.funding import TranchePattern, Vehicle
from workflows.due import DueKind
from workflows.due.money import lapsing
from workflows.effects import Addressee
from workflows.facts import from_plain, plain
from workflows.jobs import Job
from workflows.money.tranches import next_tranche
from workflows.parts.repayment_steps import RepaymentState
from workflows.shapes import dump
from workflows.states import State

DAY = timedelta(days=1)


def _in_post(line: str = "FIR") -> Life:
    life = life_of("na-2024").to(State.IN_POST).later(3)
    return life.under(rewritten(life.call, "clauses.funding.line", printed(line)))


def _titled(on: date | None = None) -> Life:
    life = life_of("na-2024").to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)
    life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD)
    return life.later(5).do("request_title", Hat.INSTRUCTOR).later(5).do("record_title", Hat.INSTRUCTOR, title_on=on)


def test_what_is_notified_from_the_fir_lapses_at_the_end_of_the_third_year():
    life = _in_post()
    assert life.dossier.money_notice is not None
    year = life.dossier.money_notice.notified_on.year
    (alert,) = due(life, DueKind.FIR_LAPSE)
    assert alert.on == date(year + 3, 6, 30)  # six months before
    assert f"31\u00a0décembre\u00a0{year + 3}" in alert.what
    assert (alert.job, alert.to, alert.act) == (Job.J8, (Addressee.SERVICE,), None)


@pytest.mark.parametrize("line", ["MIGAC", "fonds propres"])
def test_other_credits_do_not_lapse(line):
    assert due(_in_post(line), DueKind.FIR_LAPSE) == []


def test_nothing_lapses_once_all_is_paid():
    life = _in_post().do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.96"))
    life.do("record_payment", Hat.INSTRUCTOR, amount=Decimal("77994.95"))
    (alert,) = due(life, DueKind.FIR_LAPSE)
    assert "0,01" in alert.what  # one cent is left
    life.do("record_payment", Hat.INSTRUCTOR)
    assert due(life, DueKind.FIR_LAPSE) == []


def test_a_tranche_lapses_with_what_was_notified_whenever_it_is_delegated():
    # L.1435-10: 77 994,96 notified in 2024, 6 499,58 of them paid, 38 997,48 delegated in 2025, the rest never
    life = _in_post().do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
    life.on(date(2025, 1, 15)).do("confirm_presence", Hat.RECRUITER).do("record_tranche", Hat.INSTRUCTOR)
    assert lapsing(life.dossier, life.call) == {date(2027, 12, 31): Decimal("71495.38")}
    (alert,) = due(life, DueKind.FIR_LAPSE)
    assert (alert.on, alert.last_day) == (date(2027, 6, 30), date(2027, 12, 31))


def test_what_an_early_end_leaves_unserved_is_not_to_be_paid():
    life = life_of("na-2024").to(State.ENDED)
    life.under(rewritten(life.call, "clauses.funding.line", printed("FIR")))
    assert life.dossier.delegated > 0
    assert due(life, DueKind.FIR_LAPSE) == []


def test_credits_that_an_early_end_leaves_unearned_are_to_be_reduced():
    life = _in_post().do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.96"))
    life.do("record_payment", Hat.INSTRUCTOR, amount=Decimal("3249.79"))
    assert due(life, DueKind.CREDITS_LEFT) == []
    life.on(date(2025, 6, 3)).do("record_end", Hat.INSTRUCTOR, last_day=date(2025, 5, 31))
    (told,) = due(life, DueKind.CREDITS_LEFT)
    assert (told.on, told.to, told.act) == (date(2025, 6, 1), (Addressee.SERVICE,), None)
    assert "55 246,43" in told.what.replace("\u202f", " ")  # 77 994,96 less the 22 748,53 served
    # six months served and not paid yet: they are still to be paid before the credits lapse
    assert lapsing(life.dossier, life.call) == {date(2027, 12, 31): Decimal("19498.74")}
    life.do("reduce_tranche", Hat.HEAD, amount=Decimal("55246.43"))
    assert due(life, DueKind.CREDITS_LEFT) == []


def test_a_tranche_taken_back_is_proposed_again():
    life = _in_post()
    before = [d.on for d in due(life, DueKind.TRANCHE)]
    life.do("record_tranche", Hat.INSTRUCTOR)
    assert [d.on for d in due(life, DueKind.TRANCHE)] == before[1:]
    life.do("correct_ledger_entry", Hat.HEAD, entry="T1")
    assert [d.on for d in due(life, DueKind.TRANCHE)] == before


def _proposed(life: Life) -> list[tuple[date, str, str]]:
    """The day, the amount and the budget year of each tranche proposed."""
    found = (d.what.replace("\u202f", " ").replace("\u00a0", " ").split(" : ")[1] for d in due(life, DueKind.TRANCHE))
    told = (what.removesuffix(".").split(" € sur l’exercice ") for what in found)
    return [(d.on, sums, year) for d, (sums, year) in zip(due(life, DueKind.TRANCHE), told, strict=True)]


def _delegated(life: Life) -> Life:
    """The same post once the tranches of 2024, 2025 and 2026 were delegated in their time."""
    life.do("record_tranche", Hat.INSTRUCTOR)
    for year in (2025, 2026):
        life.on(date(year, 1, 15)).do("confirm_presence", Hat.RECRUITER)
        life.on(date(year, 1, 20)).do("record_tranche", Hat.INSTRUCTOR)
    assert _proposed(life) == []
    return life


def test_what_an_extension_adds_to_a_year_that_has_its_tranche_is_proposed_once_notified():
    # A35, A48: two months financed to 31 December 2026, after the tranche of that year
    life = _delegated(_in_post()).on(date(2026, 6, 10)).do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    assert _proposed(life) == [], "no more is delegated than was notified"
    life.later(5).do("notify_money", Hat.HEAD)
    assert _proposed(life) == [(date(2026, 6, 15), "6 499,58", "2026")]
    again = life.copy().later(20).do("extend", Hat.DG, until=date(2027, 2, 28), financed=True)
    again.do("notify_money", Hat.HEAD)
    # what had been proposed keeps its day, which makes it told once
    assert _proposed(again) == [(date(2026, 6, 15), "6 499,58", "2026"), (date(2027, 1, 1), "6 499,58", "2027")]
    life.later(2).do("confirm_presence", Hat.RECRUITER).do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("6499.58"))
    assert _proposed(life) == []


def test_what_a_year_gains_before_its_end_is_proposed_on_the_day_it_gains_it():
    # the quotité goes back up after the tranche of the year: credits notified for later years could pay it
    life = life_of("na-2024").to(State.NOTIFIED).later(1)
    life = ruled(life, "clauses.funding.scaled_by_contract", printed(True))
    life.do("change_contract_share", Hat.HEAD, share=Fraction(1, 2)).to(State.IN_POST).later(3)
    life.do("record_tranche", Hat.INSTRUCTOR).on(date(2025, 1, 15)).do("confirm_presence", Hat.RECRUITER)
    life.on(date(2025, 1, 20)).do("record_tranche", Hat.INSTRUCTOR)
    assert [(on, year) for on, _, year in _proposed(life)] == [(date(2026, 1, 1), "2026")]
    life.on(date(2025, 6, 10)).do("change_contract_share", Hat.HEAD, share=Fraction(1), since=date(2025, 7, 1))
    (raised, later) = _proposed(life)
    assert raised == (date(2025, 6, 10), "9 749,34", "2025")  # six months, from 1 624,90 to 3 249,79
    assert later[0] == date(2026, 1, 1)


def _agreed(life: Life) -> tuple[str, Decimal]:
    """The year and the sum of the only tranche proposed, which is also the one that may be recorded with no remark."""
    ((_, told, year),) = _proposed(life)
    euros = _euros(told)
    assert next_tranche(planned_credits(life.dossier, life.call), life.today, life.dossier.delegated_net) == (
        int(year),
        euros,
    )
    assert "tranche_pattern_differs" not in _codes(life, euros, int(year))
    return year, euros


def _euros(told: str) -> Decimal:
    return Decimal(told.replace(" ", "").replace(",", "."))


def _codes(life: Life, euros: Decimal, year: int, **given: Any) -> set[str]:
    answer = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=euros, budget_year=year, **given)
    return {finding.code for finding in answer.findings}


def test_what_is_added_once_a_budget_year_is_over_is_proposed_on_the_one_that_runs():
    # A48: four months financed in March 2026, all of them on the tranche of the start, that of 2024
    life = ruled(_in_post(), "clauses.funding.tranches", printed(TranchePattern.AT_START))
    life.do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.96"))
    life.on(date(2026, 3, 10)).do("extend", Hat.DG, until=date(2027, 2, 28), financed=True)
    life.later(1).do("notify_money", Hat.HEAD).do("confirm_presence", Hat.RECRUITER)
    assert _agreed(life) == ("2026", Decimal("12999.16"))
    assert "tranche_pattern_differs" in _codes(life, Decimal("12999.16"), 2024)
    # what had left in its year, and is written down later, is of that year
    late = {"delegated_on": date(2024, 12, 20)}
    assert "tranche_pattern_differs" not in _codes(life, Decimal("12999.16"), 2024, **late)


def test_what_several_years_over_gain_is_one_sum_of_the_year_that_runs():
    # the quotité of half is put back to one in March 2026, since the start: 38 997,36 in all
    life = life_of("na-2024").to(State.IN_POST).later(3)
    life = ruled(life, "clauses.funding.scaled_by_contract", printed(True))
    life.do("change_contract_share", Hat.HEAD, share=Fraction(1, 2), since=life.dossier.started_on).later(2)
    life.do("notify_money", Hat.HEAD)
    for day in (life.today, date(2025, 1, 10), date(2026, 1, 10)):
        life.on(day).do("confirm_presence", Hat.RECRUITER)
        year, euros = next_tranche(planned_credits(life.dossier, life.call), day, life.dossier.delegated_net)
        life.do("record_tranche", Hat.INSTRUCTOR, amount=euros, budget_year=year)
    assert _proposed(life) == []
    life.on(date(2026, 3, 1)).do("change_contract_share", Hat.HEAD, share=Fraction(1), since=life.dossier.started_on)
    life.later(1).do("notify_money", Hat.HEAD).do("confirm_presence", Hat.RECRUITER)
    assert _agreed(life) == ("2026", Decimal("38997.36"))
    before = [each.key for each in due(life, DueKind.TRANCHE)]
    life.on(date(2026, 6, 10)).do("confirm_presence", Hat.RECRUITER)
    assert [each.key for each in due(life, DueKind.TRANCHE)] == before, "told once"
    life.do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("38997.36"), budget_year=2026)
    assert _proposed(life) == []


def test_a_tranche_that_nobody_recorded_in_its_year_reads_on_the_one_that_runs_and_is_told_once():
    life = _in_post()
    before = [each.key for each in due(life, DueKind.TRANCHE)]
    life.on(date(2025, 2, 3))
    assert _proposed(life)[:2] == [(date(2024, 11, 1), "6 499,58", "2025"), (date(2025, 1, 1), "38 997,48", "2025")]
    assert [each.key for each in due(life, DueKind.TRANCHE)] == before
    planned = planned_credits(life.dossier, life.call)
    assert next_tranche(planned, life.today, life.dossier.delegated_net) == (2025, Decimal("45497.06"))


def test_what_is_planned_later_in_a_year_is_not_asked_with_what_is_due_in_it():
    # a tranche by year of the contract, each November: what 2024 gains is due alone in February 2025
    life = ruled(_in_post(), "clauses.funding.scaled_by_contract", printed(True))
    life = ruled(life, "clauses.funding.tranches", printed(TranchePattern.CONTRACT_YEAR))
    life.do("change_contract_share", Hat.HEAD, share=Fraction(1, 2), since=life.dossier.started_on)
    life.do("notify_money", Hat.HEAD).do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("19498.80"))
    life.on(date(2025, 2, 3)).do("change_contract_share", Hat.HEAD, share=Fraction(1), since=date(2025, 2, 1))
    life.do("notify_money", Hat.HEAD).do("confirm_presence", Hat.RECRUITER)
    raised, november = _proposed(life)
    assert (raised[0], raised[2], november[0]) == (date(2025, 2, 3), "2025", date(2025, 11, 1))
    year, euros = next_tranche(planned_credits(life.dossier, life.call), life.today, life.dossier.delegated_net)
    assert (str(year), euros) == (raised[2], _euros(raised[1]))
    first, second = due(life, DueKind.TRANCHE)
    assert first.family != second.family, "after a pause both are told"
    assert "tranche_pattern_differs" not in _codes(life, euros, 2025)


def test_the_rest_of_a_year_partly_delegated_elsewhere_is_proposed_on_its_own_day():
    life = life_of("na-2024").to(State.IN_POST).on(date(2024, 12, 10))
    before = _proposed(life)
    opened = {"notified": Decimal("1000.00"), "notified_on": date(2024, 11, 2), "paid": Decimal(0)}
    life.do("record_opening", Hat.HEAD, **opened, budget_year=2024, on=date(2024, 12, 1), reference="EJ-0042")
    assert _proposed(life) == [(date(2024, 11, 1), "5 499,58", "2024"), *before[1:]]


@pytest.mark.parametrize("pattern", [TranchePattern.AT_START, TranchePattern.CONTRACT_YEAR])
def test_what_is_added_is_proposed_whatever_the_pattern(pattern):
    life = ruled(_in_post(), "clauses.funding.tranches", printed(pattern))
    life.do("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.96"))
    life.on(date(2026, 6, 10)).do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    assert _proposed(life) == []
    life.do("notify_money", Hat.HEAD)
    (added,) = _proposed(life)
    assert added[1] == "6 499,58"
    assert added[0] == (date(2026, 11, 1) if pattern is TranchePattern.CONTRACT_YEAR else date(2026, 6, 10))


def test_a_notification_made_again_proposes_no_sum_a_second_time():
    life = _in_post()
    before = _proposed(life)
    life.on(date(2025, 3, 3)).do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    life.do("notify_money", Hat.HEAD)
    after = _proposed(life)
    assert [on for on, _, _ in after] == [on for on, _, _ in before]
    assert [euros for _, euros, _ in after[:2]] == [euros for _, euros, _ in before[:2]]
    assert after[2][1:] == ("38 997,48", "2026")


def test_a_tranche_is_proposed_to_the_service():
    life = _in_post()
    found = due(life, DueKind.TRANCHE)
    assert found != []
    assert {d.to for d in found} == {(Addressee.SERVICE,)}
    # A48: the first at the start, then each January
    assert [d.on for d in found] == [date(2024, 11, 1), date(2025, 1, 1), date(2026, 1, 1)]
    life.under(set_job(life.call, Job.J8, to=(Addressee.SERVICE, Addressee.ACCOUNTANT)))
    assert {d.to for d in due(life, DueKind.TRANCHE)} == {(Addressee.SERVICE, Addressee.ACCOUNTANT)}


@pytest.mark.parametrize("act", ["declare_early_end", "report_withdrawal"])
def test_nothing_is_delegated_once_an_end_is_declared(act):
    # 5.3: « delegating after a declared end » is the mistake, whoever has answered or not
    life = _in_post().do(act, Hat.RECRUITER)
    assert due(life, DueKind.TRANCHE) == []
    request = life.dossier.requests[-1].id
    life.do("refuse_request", Hat.HEAD, request=request)
    assert due(life, DueKind.TRANCHE) != []


def test_a_title_is_reminded_of_thirty_and_sixty_days_after_it_was_issued():
    life = _titled()
    issued = life.dossier.repayment.title_on if life.dossier.repayment else None
    assert issued == life.today
    found = due(life, DueKind.TITLE_UNPAID)
    assert [(d.on - life.today).days for d in found] == [30, 60]
    assert all(d.to == (Addressee.RECRUITER, Addressee.SERVICE) for d in found)
    life.later(40).do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("100.00"))
    assert len(due(life, DueKind.TITLE_UNPAID)) == 2  # part of it is not all of it
    life.do("record_repaid", Hat.INSTRUCTOR)
    assert due(life, DueKind.TITLE_UNPAID) == []


def test_a_title_entered_late_counts_from_its_own_day():
    life = _titled()
    twin = _titled(life.today - 3 * DAY)
    assert [d.on + 3 * DAY for d in due(twin, DueKind.TITLE_UNPAID)] == [d.on for d in due(life, DueKind.TITLE_UNPAID)]


def test_a_title_whose_day_is_not_known_is_followed_by_the_service_alone():
    life = _titled()
    current = life.dossier.repayments[-1]
    old = replace(life.dossier, repayments=(replace(current, title_on=None),))
    assert "title_on" not in dump(old.repayments[0])  # as it was written before the day was kept
    life.changed(repayments=from_plain(plain(old)).repayments)
    assert {d.to for d in due(life, DueKind.TITLE_UNPAID)} == {(Addressee.SERVICE,)}


def test_money_that_comes_back_without_a_title_has_none_to_pay():
    life = life_of("na-2024").to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)
    life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("100.00"))
    assert life.dossier.repayments[-1].state is RepaymentState.PARTLY_PAID
    assert due(life, DueKind.TITLE_UNPAID) == []
