"""The stories the house ships, one by one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.rehearsal.playing import at, codes, due, local, report, shipped, states, step, steps
from workflows.calls.funding import RepaymentReading
from workflows.due import DueKind
from workflows.parts.places import PlaceStatus
from workflows.rehearsal.report import Checked, Step
from workflows.states import State


def day(text: str) -> date:
    return date.fromisoformat(text)


class TestIncomplete:
    found = shipped("na-2024-incomplet-23h50")

    def test_it_is_received_with_warnings(self):
        filed = step(self.found, "submit")
        assert local(self.found, filed) == at("2024-06-14T23:50")
        assert filed.target is State.SUBMITTED
        assert codes(filed) == {"pieces_missing_at_filing"}

    def test_the_machine_reminds_three_times_and_rejects_nothing(self):
        assert due(self.found, DueKind.PIECES_REMINDER) == [day("2024-06-27")]
        assert due(self.found, DueKind.PIECES_LAST_DAY) == [day("2024-07-02")]
        assert due(self.found, DueKind.PIECES_OVERDUE) == [day("2024-07-03")]
        assert all(line.by.id != "clock" for line in self.found.history if isinstance(line, Step))

    def test_the_suspension_ends_with_the_period_not_with_the_late_delivery(self):
        assert report(self.found).silence_on == day("2024-08-29")

    def test_a_default_grounds_no_refusal(self):
        refused = step(self.found, "declare_inadmissible")
        assert codes(refused) == {"ground_is_default"}
        assert "«\u00a0A33\u00a0»" in refused.findings[0].sentence


class TestLate:
    found = shipped("na-2024-tardif")

    def test_the_last_microsecond_counts(self):
        assert states(self.found, "NA-3") == [(day("2024-06-14"), State.SUBMITTED)]

    def test_the_closing_instant_does_not_and_each_attempt_is_kept(self):
        attempts = steps(self.found, "submit", "NA-4")
        assert [local(self.found, a) for a in attempts] == [
            at("2024-06-15T00:00"),
            at("2024-06-17T08:30"),
        ]
        assert all("call_closed" in codes(a) and a.refused for a in attempts)
        assert report(self.found, "NA-4").dossier.state is State.DRAFT


class TestAnnouncedDeparture:
    found = shipped("na-2024-depart-annonce")

    def test_a_withdrawal_before_its_day_is_refused(self):
        early = steps(self.found, "withdraw")[0]
        assert codes(early) == {"not_effective_yet"}

    def test_the_replacement_waits_for_the_opinion_of_the_chair(self):
        held, granted = steps(self.found, "agree_replacement")
        assert codes(held) == {"replacement_opinion_missing"}
        assert held.refused
        assert not granted.refused

    def test_the_machine_does_both_on_the_day(self):
        both = [s for s in self.found.history if isinstance(s, Step) and s.by.id == "clock"]
        assert [(s.act, s.target) for s in both] == [
            ("withdraw", State.WITHDRAWN),
            ("replace", State.NOTIFIED),
        ]
        assert {local(self.found, s) for s in both} == {at("2025-05-01T00:00")}

    def test_vacant_days_are_not_paid(self):
        account = report(self.found).funded
        assert account is not None
        may = next(m for m in account.lines if (m.year, m.month) == (2025, 5))
        assert (may.thirtieths, may.amount) == (20, Decimal("2166.53"))


class TestWithdrawalBeforeTheCommittee:
    found = shipped("na-2024-desistement-avant-commission")

    def test_it_closes_without_vacancy_nor_place(self):
        dossier = report(self.found).dossier
        assert dossier.state is State.ENDED
        assert dossier.vacancy is None
        assert dossier.place is None
        assert [day_ for day_, _ in states(self.found)][-2:] == [day("2024-07-02"), day("2024-07-03")]

    def test_there_is_nobody_to_replace(self):
        assert step(self.found, "propose_replacement").refused

    def test_no_silence_is_told_any_more(self):
        assert report(self.found).silence_on is None
        assert due(self.found, DueKind.SILENCE_ALERT) == []


class TestReserve:
    found = shipped("guyane-2020-liste-complementaire")

    def test_the_best_ranked_is_not_passed_over_in_silence(self):
        assert codes(steps(self.found, "select", "G-2")[0]) == {"better_ranked_passed_over"}

    def test_the_reserve_is_called_only_once_the_place_is_given_back(self):
        held, called = steps(self.found, "offer_place", "G-2")
        closed = steps(self.found, "close", "G-1")[-1]
        assert codes(held) == {"no_place_left"}
        assert not called.refused
        assert held.at < closed.at < called.at
        assert report(self.found, "G-2").dossier.state is State.SELECTED

    def test_one_place_changes_hands(self):
        (quota,) = self.found.quotas
        assert (quota.places, quota.taken, quota.highest) == (15, 15, 15)
        taken = [c.found for c in self.found.history if isinstance(c, Checked) and c.dossier is None]
        assert taken == ["14", "15"]


class TestFifteenPlaces:
    found = shipped("guyane-2020-quinze-places")

    def test_fifteen_are_selected_and_the_sixteenth_is_refused(self):
        attempts = steps(self.found, "select")
        assert [a.dossier for a in attempts if not a.refused] == [f"G-{n:02}" for n in range(1, 16)]
        (refused,) = [a for a in attempts if a.refused]
        assert refused.dossier == "G-16"
        assert codes(refused) == {"no_place_left"}
        assert refused.findings[0].rule == "DG-04"

    def test_a_replacement_on_a_held_place_never_makes_sixteen(self):
        (quota,) = self.found.quotas
        assert (quota.taken, quota.highest) == (15, 15)
        offers = steps(self.found, "offer_place", "G-16")
        assert len(offers) == 2
        assert all(o.refused for o in offers)
        place = report(self.found, "G-07").dossier.place
        assert place is not None
        assert place.status is PlaceStatus.CONFIRMED

    def test_a_lifted_hold_keeps_its_reason(self):
        held, lifted = steps(self.found, "replace", "G-07")
        assert held.refused
        assert lifted.lifted
        assert "replacement_pieces_unconfirmed" in lifted.lifted
        assert codes(lifted) >= {"replacement_pieces_unconfirmed"}

    def test_midnight_is_that_of_cayenne(self):
        assert self.found.zone == "America/Cayenne"
        assert steps(self.found, "submit")[0].at.isoformat() == "2020-09-15T12:00:00+00:00"


FEBRUARY = {
    "le-1er": (Fraction(24), "77994.96", {(2025, 2): 30}),
    "le-10": (Fraction(718, 30), "77778.31", {(2025, 2): 19, (2027, 2): 9}),
}


@pytest.mark.parametrize("variant", FEBRUARY)
def test_february_is_thirty_days_when_it_is_served_in_full(variant):
    months, total, expected = FEBRUARY[variant]
    account = report(shipped("na-2024-fevrier", variant)).funded
    assert account is not None
    assert (account.months, account.total) == (months, Decimal(total))
    lines = {(m.year, m.month): m.thirtieths for m in account.lines}
    assert {month: lines[month] for month in expected} == expected
    assert lines[2026, 2] == 30


def test_two_doctors_in_a_month_make_thirty_thirtieths():
    found = shipped("na-2024-relais")
    account = report(found).funded
    assert account is not None
    january = next(m for m in account.lines if (m.year, m.month) == (2025, 1))
    assert january.holders == (("Capucine Bleuet", 15), ("Basile Lilas", 15))
    assert (january.thirtieths, january.amount) == (30, Decimal("3249.79"))
    assert account.total == Decimal("77994.96")


class TestAwardWithoutAName:
    found = shipped("ara-2017-sans-nom")

    def test_the_joint_file_waits_for_both(self):
        assert codes(step(self.found, "submit")) >= {"deposit_not_confirmed"}
        assert step(self.found, "register_received").target is State.SUBMITTED

    def test_the_award_is_conditional_until_the_places_are_known(self):
        assert codes(step(self.found, "select")) == {"quota_unknown"}
        assert {e.name for e in step(self.found, "notify").effects} == {"L8b"}
        refused, notified = steps(self.found, "notify_money")
        assert codes(refused) == {"award_conditional"}
        assert not notified.refused

    def test_nobody_is_written_to_before_somebody_is_named(self):
        assert "candidate" not in {e.to.value for e in step(self.found, "notify").effects if e.to}

    def test_the_start_asks_for_a_name_then_for_the_licence(self):
        nameless, unlicensed, started = steps(self.found, "record_start")
        assert "candidate_not_named" in codes(nameless)
        assert codes(unlicensed) == {"candidate_fact_unknown"}
        assert unlicensed.findings[0].rule == "ARA-05"
        assert started.target is State.IN_POST

    def test_eighty_then_sixty_percent(self):
        account = report(self.found).awarded
        assert account is not None
        assert account.total == Decimal("109192.92")
        assert account.by_year == {2017: Decimal("10399.32"), 2018: Decimal("59796.10"), 2019: Decimal("38997.50")}


class TestComplements:
    def test_they_are_flagged_value_by_value(self):
        found = shipped("idf-2025-parcours")
        assert found.complement
        given = {value.path: (value.rule, value.value) for value in found.completed}
        assert given["clauses.funding.printed_cost"] == ("IDF-15", "6\u202f499,58\u00a0€")
        assert given["clauses.funding.charges"] == ("IDF-15", "44\u00a0%")
        assert given["clauses.funding.repayment_reading"] == ("A2", "prorata")

    def test_a_fixed_end_shortens_a_deferred_post(self):
        found = shipped("idf-2025-parcours")
        account = report(found)
        assert account.awarded is not None
        assert (account.awarded.months, account.awarded.total) == (Fraction(22), Decimal("85794.50"))
        assert account.owed is not None
        readings = {line.reading: (line.amount, line.allowed) for line in account.owed.readings}
        assert readings[RepaymentReading.PRORATA] == (Decimal("35097.75"), True)
        assert [allowed for _, allowed in readings.values()] == [True, False, False]
        assert account.dossier.state is State.ENDED

    def test_the_bare_call_refuses_the_financial_notification(self):
        found = shipped("idf-2025-sans-cout")
        assert found.complement is None
        assert found.completed == ()
        refused = step(found, "notify_money")
        assert codes(refused) == {"value_unknown"}
        account = report(found).funded
        assert account is not None
        assert (account.months, account.total, account.unknown) == (Fraction(24), None, "IDF-15")

    def test_a_late_report_is_held_until_a_reason_is_written(self):
        held, granted = steps(shipped("cvl-parcours"), "defer")
        assert codes(held) == {"told_late_held"}
        assert held.findings[0].rule == "CVL-17"
        assert granted.lifted
        assert granted.by.role.value == "dg"

    def test_reading_b_of_the_ambulatory_call(self):
        account = report(shipped("cvl-parcours"))
        assert account.awarded is not None
        assert account.owed is not None
        assert account.awarded.total == Decimal("69265.92")
        assert account.owed.served == Decimal("37519.04")
        assert account.owed.readings[0].amount == Decimal("31746.88")

    def test_every_reading_is_shown_and_none_notified(self):
        found = shipped("cvl-sans-lecture")
        assert codes(step(found, "notify_money")) == {"cost_unsettled"}
        monthly = [cost.amount for cost in report(found).costs]
        assert monthly == [Decimal("1886.08"), Decimal("2886.08"), None, Decimal("4772.16")]
        assert not any(cost.chosen for cost in report(found).costs)


class TestRenewal:
    found = shipped("idf-2025-renouvellement")

    def test_twelve_months_more_at_most(self):
        long, granted, again = steps(self.found, "renew")
        assert codes(long) == {"renewal_too_long"}
        assert not granted.refused
        assert codes(again) == {"renewed_already"}

    def test_the_new_dossier_goes_its_own_way(self):
        account = report(self.found, "IDF-1-R1")
        assert account.dossier.renewal_of == "IDF-1"
        assert account.awarded is not None
        assert (account.awarded.months, account.awarded.total) == (Fraction(12), Decimal("46797.00"))
        award = account.dossier.award
        assert award is not None
        assert (award.planned_start, award.planned_end) == (day("2027-11-01"), day("2028-10-31"))
        assert account.dossier.state is State.IN_POST
