"""A changed quotité, a distance waived, a contract extended: the schedule gains and loses, nothing is overwritten."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat, rewritten
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from workflows.account.adjusting import standing_lines
from workflows.account.worth import awarded, funded, served_until, terms_on, to_repay
from workflows.acts.terms import ExtendInputs
from workflows.calls.funding import Rate
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.dossier import EndOutcome
from workflows.facts import from_plain, plain
from workflows.money.monthly import monthly_amount
from workflows.money.rounding import cents
from workflows.sites import SiteKind
from workflows.states import State

M = Decimal("3249.79")
# Centre-Val de Loire, reading b at 5 half-days of 10: 1 886,08 and a premium of 1 000 € where the partner counts.
WITHOUT, PREMIUM = Decimal("1886.08"), Decimal("1000.00")


def _scaled() -> Life:
    """In post from 1 November 2024, under a call whose amount follows the contract."""
    life = life_of("na-2024").to(State.IN_POST)
    return ruled(life, "clauses.funding.scaled_by_contract", printed(True, "X-01"))


def _near(km: int = 12) -> Life:
    life = life_of("cvl-ville-hopital")
    main, partner = life.dossier.sites
    return life.changed(sites=(main, replace(partner, distance_km=km)))


# The quotité.


def test_a_new_share_prices_the_months_from_its_day_on():
    life = _scaled().on(date(2025, 3, 3)).do("change_contract_share", Hat.HEAD, since=date(2025, 4, 1))
    eighty = cents(Fraction(M) * Fraction(4, 5))
    assert eighty == Decimal("2599.83")
    lines = {(line.year, line.month): line.amount for line in funded(life.dossier, life.call).lines}
    assert (lines[2025, 3], lines[2025, 4], lines[2026, 10]) == (M, eighty, eighty)
    assert funded(life.dossier, life.call).total == 5 * M + 19 * eighty
    made = life.dossier.adjustments[-1]
    assert (made.act, made.amount) == ("change_contract_share", 19 * (eighty - M))
    assert standing_lines(life.dossier) == funded(life.dossier, life.call).lines


def test_a_month_on_two_shares_is_rounded_once():
    life = _scaled().on(date(2025, 4, 16)).do("change_contract_share", Hat.HEAD, since=date(2025, 4, 16))
    (line,) = [each for each in funded(life.dossier, life.call).lines if (each.year, each.month) == (2025, 4)]
    assert (line.thirtieths, line.amount) == (30, cents(Fraction(M) / 2 + Fraction(M) * Fraction(4, 5) / 2))


def test_what_was_served_on_the_former_share_keeps_its_price():
    life = _scaled().on(date(2025, 4, 1)).do("change_contract_share", Hat.HEAD, since=date(2025, 4, 1))
    life.on(date(2025, 9, 1)).do("change_contract_share", Hat.HEAD, share=Fraction(1), since=date(2025, 9, 1))
    assert len(life.dossier.tenures) == 1, "the same doctor, one stay"
    served = served_until(life.dossier, life.call, date(2025, 10, 31))
    assert served.total == 5 * M + 5 * Decimal("2599.83") + 2 * M
    assert from_plain(plain(life.dossier)) == life.dossier


def test_a_later_decision_takes_the_place_of_what_was_planned():
    life = _scaled().on(date(2025, 3, 3)).do("change_contract_share", Hat.HEAD, since=date(2025, 9, 1))
    life.do("change_contract_share", Hat.HEAD, share=Fraction(1, 2), since=date(2025, 6, 1))
    half = cents(Fraction(M) / 2)
    assert funded(life.dossier, life.call).total == 7 * M + 17 * half


def test_a_share_changed_before_the_start_prices_the_whole_post():
    life = life_of("na-2024").to(State.NOTIFIED).later(3)
    life = ruled(life, "clauses.funding.scaled_by_contract", printed(True, "X-01"))
    life.do("change_contract_share", Hat.HEAD)
    assert awarded(life.dossier, life.call).total == 24 * Decimal("2599.83")
    late = life.attempt("change_contract_share", Hat.HEAD, share=Fraction(1, 2), since=date(2024, 12, 1))
    assert isinstance(late, Refused)


def test_a_silent_call_holds_a_part_time_for_a_head_and_pays_it_whole():
    # A41
    life = life_of("na-2024").to(State.IN_POST).later(3)
    held = life.attempt("change_contract_share", Hat.HEAD)
    assert isinstance(held, Refused)
    assert held.codes == {"part_time_unscaled"}
    life.do("change_contract_share", Hat.HEAD, lifts={"part_time_unscaled": "motif-0002"})
    assert funded(life.dossier, life.call).total == 24 * M


@pytest.mark.parametrize("share", [Fraction(0), Fraction(-1, 2), Fraction(3, 2)])
def test_an_absurd_share_is_refused_and_nothing_is_written(share):
    life = _scaled().later(3)
    refused = life.attempt("change_contract_share", Hat.HEAD, share=share)
    assert isinstance(refused, Refused)
    assert refused.codes == {"contract_share_out_of_bounds"}


# The distance.


def test_a_distance_waived_gives_the_premium_from_its_day_on():
    life = _near().to(State.IN_POST)
    assert funded(life.dossier, life.call).total == 24 * WITHOUT == Decimal("45265.92")
    life.on(date(2023, 1, 10)).do("waive_distance", Hat.DG, since=date(2023, 2, 1))
    assert funded(life.dossier, life.call).total == 24 * WITHOUT + 21 * PREMIUM
    (waiver,) = life.dossier.waivers
    assert (waiver.site, waiver.proposal, waiver.by) == (life.dossier.partners[0].id, "courrier-0042", "iris-pourpre")
    assert life.dossier.adjustments[-1].amount == 21 * PREMIUM


def test_a_distance_waived_before_the_start_gives_the_premium_to_the_whole_post():
    life = _near().to(State.NOTIFIED).later(3).do("waive_distance", Hat.DG)
    assert awarded(life.dossier, life.call).total == Decimal("69265.92")  # 6.3 b
    life.to(State.IN_POST)
    assert funded(life.dossier, life.call).total == Decimal("69265.92")


@pytest.mark.parametrize("hat", [Hat.HEAD, Hat.INSTRUCTOR, Hat.RECRUITER])
def test_only_the_director_general_waives_a_distance(hat):
    refused = _near().to(State.NOTIFIED).attempt("waive_distance", hat)
    assert isinstance(refused, Refused)
    assert refused.codes == {"not_allowed"}


def test_a_prison_health_unit_counts_inside_one_legal_entity():
    life = _near().to(State.NOTIFIED)
    main, partner = life.dossier.sites
    life.changed(sites=(main, replace(partner, legal_entity=main.legal_entity, kind=SiteKind.USMP)))
    assert isinstance(life.attempt("waive_distance", Hat.DG), Decision)


def test_a_distance_nobody_gave_may_be_waived():
    life = life_of("cvl-ville-hopital").to(State.NOTIFIED)
    main, partner = life.dossier.sites
    life.changed(sites=(main, replace(partner, distance_km=None)))
    life.do("waive_distance", Hat.DG)
    assert awarded(life.dossier, life.call).total == Decimal("69265.92")


# The extension.


def test_months_added_are_not_financed_unless_the_director_general_says_so():
    # A35
    life = life_of("na-2024").to(State.IN_POST).on(date(2026, 9, 1))
    head = life.attempt("extend", Hat.HEAD, until=date(2026, 12, 31))
    assert isinstance(head, Decision)
    assert head.after.award is not None
    assert (head.after.award.planned_end, head.after.award.financed_end) == (date(2026, 12, 31), date(2026, 10, 31))
    assert funded(head.after, life.call).total == 24 * M
    assert head.after.adjustments == life.dossier.adjustments, "the schedule does not change"
    assert isinstance(life.attempt("extend", Hat.HEAD, until=date(2026, 12, 31), financed=True), Refused)
    life.do("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
    assert funded(life.dossier, life.call).total == 26 * M
    assert life.dossier.adjustments[-1].amount == 2 * M
    assert "money_notice_outdated" in {
        f.code for f in life.attempt("record_tranche", Hat.DG, lifts={"presence_unconfirmed": "motif-0002"}).findings
    }


def test_a_post_left_in_its_unfinanced_months_went_to_its_end():
    life = life_of("na-2024").to(State.IN_POST).on(date(2026, 9, 1)).do("extend", Hat.HEAD, until=date(2026, 12, 31))
    life.on(date(2026, 11, 30)).do("record_end", Hat.INSTRUCTOR, last_day=date(2026, 11, 30))
    assert life.dossier.end is not None
    assert life.dossier.end.outcome is EndOutcome.COMPLETED
    assert to_repay(life.dossier, life.call, date(2026, 11, 30), cca=True).served == 24 * M


def test_a_second_extension_finances_what_the_first_left():
    life = life_of("na-2024").to(State.IN_POST).on(date(2026, 9, 1)).do("extend", Hat.HEAD, until=date(2026, 11, 30))
    life.do("extend", Hat.HEAD, until=date(2026, 12, 31))
    assert life.dossier.award is not None
    assert life.dossier.award.financed_end == date(2026, 10, 31)
    before = life.dossier
    life.do("extend", Hat.DG, until=date(2027, 1, 31), financed=True)
    assert funded(life.dossier, life.call).total == 27 * M
    told = " ".join(" ".join(described(before, life.dossier)).split())
    assert "Les jours du 1er novembre 2026 au 31 janvier 2027 sont financés : 3 mois." in told
    (asked,) = [f for f in fields(ExtendInputs) if f.name == "financed"]
    assert "une prolongation d’avant n’avait pas financés" in asked.metadata["help"]


def test_months_of_a_year_without_a_rate_are_not_financed():
    # A25: Auvergne-Rhône-Alpes prints a rate for two years
    life = life_of("ara-2017").to(State.IN_POST).on(date(2019, 9, 2))
    refused = life.attempt("extend", Hat.DG, until=date(2019, 12, 31), financed=True)
    assert isinstance(refused, Refused)
    assert refused.codes == {"value_unknown"}
    third = Rate(printed(Fraction(60, 100), "X-01"), years=(3,))
    priced = life.under(rewritten(life.call, "clauses.funding.rates", (*life.call.clauses.funding.rates, third)))
    assert isinstance(priced.attempt("extend", Hat.DG, until=date(2019, 12, 31), financed=True), Decision)
    terms = terms_on(life.dossier, life.today)
    assert monthly_amount(priced.call.clauses.funding, terms, 3).amount == Decimal("3899.75")
