"""What a month is worth follows its day: a distance waived counts from its own, a quotité is that of a contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from tests.workflows.leaving import granted, left, lifted, replaced
from workflows.account.adjusting import standing_lines
from workflows.account.worth import awarded, funded, notice_now, outdated_notice
from workflows.decide import Decision, Refused
from workflows.facts import from_plain, plain
from workflows.french import short_day, typography
from workflows.letters.award import month_lines
from workflows.parts.credits import MoneyNotice
from workflows.states import State

M = Decimal("3249.79")
EIGHTY, HALF = Decimal("2599.83"), Decimal("1624.90")  # 80 % and 50 % of it
WITHOUT, WITH = Decimal("1886.08"), Decimal("2886.08")  # 6.3, readings a and b


def _standing(life: Life) -> Decimal:
    total = sum((line.amount for line in standing_lines(life.dossier)), Decimal(0))
    assert total == funded(life.dossier, life.call).total
    return total


def _near(state: State) -> Life:
    """Centre-Val de Loire from 1 November 2022, with a partner too near to count (CVL-10)."""
    life = life_of("cvl-ville-hopital")
    main, partner = life.dossier.sites
    return life.changed(sites=(main, replace(partner, distance_km=12))).to(state).later(3)


def _scaled() -> Life:
    """Nouvelle-Aquitaine from 1 November 2024, under a call whose amount follows the contract."""
    life = ruled(life_of("na-2024"), "clauses.funding.scaled_by_contract", printed(True, "X-01"))
    return life.to(State.IN_POST).later(3)


# The distance is waived for the post, from a day on.


def test_a_waiver_to_come_does_not_pay_the_next_doctor_before_its_day():
    life = _near(State.IN_POST).do("waive_distance", Hat.DG, since=date(2024, 1, 1))
    assert _standing(life) == 14 * WITHOUT + 10 * WITH
    life = granted(left(life, date(2023, 3, 31)), date(2023, 5, 1))
    assert awarded(life.dossier, life.call).total == 14 * WITHOUT + 10 * WITH
    life = replaced(_near(State.IN_POST).do("waive_distance", Hat.DG, since=date(2024, 1, 1)), *_MONTH_OFF)
    assert _standing(life) == 13 * WITHOUT + 10 * WITH == Decimal("53379.84")
    assert from_plain(plain(life.dossier)) == life.dossier


_MONTH_OFF = (date(2023, 3, 31), date(2023, 5, 1))


def test_a_waiver_of_the_past_pays_the_next_doctor_from_the_first_day():
    life = _near(State.IN_POST).on(date(2023, 1, 10)).do("waive_distance", Hat.DG, since=date(2023, 2, 1))
    assert _standing(replaced(life, *_MONTH_OFF)) == 3 * WITHOUT + 20 * WITH


def test_a_waiver_is_brought_forward_and_not_told_twice():
    life = _near(State.IN_POST).do("waive_distance", Hat.DG, since=date(2024, 1, 1))
    again = life.attempt("waive_distance", Hat.DG, since=date(2024, 6, 1))
    assert isinstance(again, Refused)
    assert again.codes == {"waiver_pointless"}
    life.do("waive_distance", Hat.DG, since=date(2023, 6, 1))
    assert _standing(life) == 7 * WITHOUT + 17 * WITH


# The quotité is that of a contract.


def _part_time_to_come() -> Life:
    return _scaled().do("change_contract_share", Hat.HEAD, since=date(2026, 1, 1))


_MAY = (date(2025, 3, 31), date(2025, 5, 1))


def test_the_next_doctor_does_not_inherit_a_quotite():
    life = _part_time_to_come()
    assert _standing(life) == 14 * M + 10 * EIGHTY
    life = replaced(life, *_MAY)
    assert life.dossier.contract_share == 1
    assert _standing(life) == 23 * M == Decimal("74745.17")


def test_the_next_doctor_has_the_quotite_that_is_said():
    life = left(_scaled(), _MAY[0]).propose_replacement(new_start=_MAY[1], contract_share=Fraction(1, 2))
    answer = life.attempt("replace", Hat.HEAD)
    assert isinstance(answer, Decision)
    life = replaced(_scaled(), *_MAY, contract_share=Fraction(1, 2))
    assert life.dossier.contract_share == Fraction(1, 2)
    assert _standing(life) == 5 * M + 18 * HALF


def test_before_the_start_too():
    life = ruled(life_of("na-2024"), "clauses.funding.scaled_by_contract", printed(True, "X-01")).to(State.NOTIFIED)
    life.later(3).do("change_contract_share", Hat.HEAD)
    assert awarded(life.dossier, life.call).total == 24 * EIGHTY
    life = granted(left(life, life.today), life.profile.start)
    assert awarded(life.dossier, life.call).total == 24 * M


def test_a_silent_call_holds_the_part_time_of_the_next_doctor():
    # A41
    life = left(life_of("na-2024").to(State.IN_POST).later(3), _MAY[0])
    life.propose_replacement(new_start=_MAY[1], contract_share=Fraction(4, 5))
    held = life.attempt("replace", Hat.HEAD)
    assert isinstance(held, Refused)
    assert held.codes == {"part_time_unscaled"}
    lifted(life, "replace")


@pytest.mark.parametrize("share", [Fraction(0), Fraction(3, 2)])
def test_an_absurd_quotite_is_not_proposed(share):
    life = left(_scaled(), _MAY[0])
    refused = life.attempt("propose_replacement", Hat.RECRUITER, new_start=_MAY[1], contract_share=share)
    assert isinstance(refused, Refused)
    assert refused.codes == {"contract_share_out_of_bounds"}


# The day of a quotité is corrected by another decision.


def test_a_quotite_planned_is_brought_forward():
    life = _part_time_to_come().do("change_contract_share", Hat.HEAD, since=date(2025, 6, 1))
    assert _standing(life) == 7 * M + 17 * EIGHTY


def test_a_quotite_planned_is_given_up():
    life = _part_time_to_come().do("change_contract_share", Hat.HEAD, share=Fraction(1), since=date(2026, 1, 1))
    assert _standing(life) == 24 * M
    assert life.dossier.contract_share == 1


_JUNE = date(2026, 6, 1)


def test_a_quotite_planned_is_put_off():
    life = _part_time_to_come()
    already = life.attempt("change_contract_share", Hat.HEAD, since=_JUNE)
    assert isinstance(already, Refused)
    assert already.codes == {"contract_share_unchanged"}
    (told,) = already.findings
    sentence = f"Le contrat est déjà à 80 % d’un temps plein le {short_day(_JUNE)}, et ensuite."
    assert told.sentence == typography(sentence)
    life.do("change_contract_share", Hat.HEAD, share=Fraction(1), since=date(2026, 1, 1))
    life.do("change_contract_share", Hat.HEAD, since=date(2026, 6, 1))
    assert _standing(life) == 19 * M + 5 * EIGHTY


def test_the_present_quotite_is_no_change():
    same = _part_time_to_come().attempt("change_contract_share", Hat.HEAD, share=Fraction(1), since=date(2026, 1, 1))
    assert isinstance(same, Decision)
    unchanged = _scaled().attempt("change_contract_share", Hat.HEAD, share=Fraction(1))
    assert isinstance(unchanged, Refused)
    assert unchanged.codes == {"contract_share_unchanged"}


# What is notified: each amount of a month, from its first day.


def _told(life: Life) -> list[tuple[date, Decimal]]:
    notice = notice_now(life.dossier, life.call, life.today)
    return list(zip(notice.first_days, notice.monthly, strict=True))


def test_one_amount_is_told_once():
    assert _told(_scaled()) == [(date(2024, 11, 1), M)]


def test_a_quotite_to_come_is_told_from_its_day():
    assert _told(_part_time_to_come()) == [(date(2024, 11, 1), M), (date(2026, 1, 1), EIGHTY)]


def test_a_rate_by_year_of_the_post_is_told_from_its_day():
    life = life_of("ara-2017").to(State.IN_POST)
    assert _told(life) == [(date(2017, 11, 1), Decimal("5199.66")), (date(2018, 11, 1), Decimal("3899.75"))]


def test_each_holder_and_each_distance_has_its_amount():
    life = replaced(_near(State.IN_POST).do("waive_distance", Hat.DG, since=date(2024, 1, 1)), *_MONTH_OFF)
    assert _told(life) == [(date(2022, 11, 1), WITHOUT), (date(2024, 1, 1), WITH)]
    life = replaced(_scaled(), *_MAY, contract_share=Fraction(1, 2))
    assert _told(life) == [(date(2024, 11, 1), M), (date(2025, 5, 1), HALF)]


def test_a_notification_made_by_years_is_still_current():
    life = life_of("na-2024").to(State.IN_POST)
    made = life.dossier.money_notice
    assert made is not None
    old = MoneyNotice(made.notified_on, (M, M), made.total)
    assert outdated_notice(life.changed(money_notice=old).dossier, life.call) is None
    assert from_plain(plain(life.dossier)).money_notice == old
    assert [line.period for line in month_lines(old)] == ["chaque mois du poste"]


def test_a_letter_says_from_when_each_amount_is_due():
    life = _part_time_to_come()
    lines = month_lines(notice_now(life.dossier, life.call, life.today))
    days = ("à partir du 1er\xa0novembre\xa02024", M), ("à partir du 1er\xa0janvier\xa02026", EIGHTY)
    assert [(line.period, line.amount) for line in lines] == list(days)
    by_years = MoneyNotice(life.today, (Decimal("5199.66"), Decimal("3899.75")), Decimal("109192.92"))
    assert [line.period for line in month_lines(by_years)] == ["1re année", "2e année"]
