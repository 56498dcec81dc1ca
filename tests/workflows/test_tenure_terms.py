"""What was served keeps its price: a replacement, a deferral and a new notification, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat, rewritten, shared
from tests.lives import Life, life_of
from tests.workflows.money.builders import funding, printed
from workflows.account.worth import awarded, funded, outdated_notice, served_until, terms_on, to_repay
from workflows.calls.funding import Every, FlatAmount, RepaymentReading
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused
from workflows.effects import Addressee
from workflows.facts import folded, from_plain, plain, plain_changes
from workflows.findings import Severity
from workflows.money.schedule import served
from workflows.money.terms import PostTerms
from workflows.parts.requests import EndReason, FourDates, Repercussions
from workflows.sites import Plan
from workflows.states import State
from workflows.tenure import Tenure

# Centre-Val de Loire, reading b: 5 half-days of 10 at the hospital give 1 886,08 and a premium of 1 000 €; 8 of 10
# give 3 017,73 and, two half-days away, a premium of 450 €.
HALF, MOST = Decimal("2886.08"), Decimal("3467.73")
LAST_OF_A, FIRST_OF_B = date(2023, 3, 31), date(2023, 5, 1)


def _life() -> Life:
    """A post of Centre-Val de Loire whose project says why its time may be shared otherwise (CVL-07)."""
    return life_of("cvl-ville-hopital").changed(share_motivated=True)


def _at_hospital(life: Life, half_days: int) -> Plan:
    hospital, structure = life.profile.sites
    return shared(24, (hospital, half_days), (structure, 10 - half_days))


def _left(life: Life, last_day: date) -> Life:
    first = date.fromordinal(last_day.toordinal() + 1)
    life.on(first)
    dates = FourDates(first, first, first, first)
    return life.do("withdraw", Hat.INSTRUCTOR, dates=dates, end_reason=EndReason.OTHER_HOSPITAL)


def _lifted(life: Life, act: str, **given: object) -> Life:
    """The act by a head, with a reason for whatever only holds it."""
    answer = life.attempt(act, Hat.HEAD, **given)
    held = {f.code: "motif-0002" for f in answer.findings if f.severity is Severity.HOLD}
    return life.do(act, Hat.HEAD, **given, lifts=held)


def _granted(half_days: int | None) -> Life:
    """A leaves after five months, B is granted from the seventh, with other half-days at the hospital when given."""
    life = _left(_life().to(State.IN_POST), LAST_OF_A)
    given: dict[str, object] = {"new_start": FIRST_OF_B}
    if half_days is not None:
        given |= {"repercussions": (Repercussions.TIME_SHARE,), "plan": _at_hospital(life, half_days)}
    return _lifted(life.later(5).propose_replacement(**given), "replace")


def _in_post(half_days: int | None) -> Life:
    life = _granted(half_days)
    if life.dossier.state is State.SELECTED:
        life.do("notify", Hat.HEAD)
    return life.on(FIRST_OF_B, "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)


def test_a_new_plan_changes_only_the_months_of_its_own_holder():
    life = _granted(8)
    assert served_until(life.dossier, life.call, LAST_OF_A).total == 5 * HALF == Decimal("14430.40")
    # five months served and one vacant on the old terms, eighteen to come on the new ones
    assert awarded(life.dossier, life.call).total == 6 * HALF + 18 * MOST == Decimal("79735.62")
    life = _in_post(8)
    assert awarded(life.dossier, life.call).total == Decimal("79735.62")
    assert funded(life.dossier, life.call).total == 5 * HALF + 18 * MOST == Decimal("76849.54")
    lines = {(line.year, line.month): line.amount for line in funded(life.dossier, life.call).lines}
    assert (lines[2023, 3], lines.get((2023, 4)), lines[2023, 5]) == (HALF, None, MOST)


def test_the_same_plan_changes_nothing():
    life = _in_post(None)
    assert awarded(life.dossier, life.call).total == Decimal("69265.92")
    assert funded(life.dossier, life.call).total == Decimal("66379.84")
    assert outdated_notice(life.dossier, life.call) is None


def test_a_repayment_counts_each_month_on_the_terms_it_was_served():
    life = _in_post(8)
    life.on(date(2023, 12, 31)).do("record_end", Hat.INSTRUCTOR, end_reason=EndReason.PERSONAL)
    life.changed(tranches=())
    found = to_repay(life.dossier, life.call, date(2023, 12, 31), cca=False)
    assert found.served == 5 * HALF + 8 * MOST == Decimal("42172.24")


def test_a_new_plan_before_anybody_served_is_the_plan_of_the_whole_post():
    life = _life().to(State.WITHDRAWN).later(5)
    changed = {"repercussions": (Repercussions.TIME_SHARE,), "plan": _at_hospital(life, 8)}
    _lifted(life.propose_replacement(**changed), "replace")
    assert awarded(life.dossier, life.call).total == 24 * MOST == Decimal("83225.52")


def test_a_month_shared_by_two_stays_is_rounded_once():
    life = _life().to(State.IN_POST)
    first = terms_on(life.dossier, FIRST_OF_B)
    second = replace(first, plan=_at_hospital(life, 8))
    a = Tenure("capucine-bleue", date(2022, 11, 1), date(2023, 3, 15), first)
    b = Tenure("anatole-garance", date(2023, 3, 16), None, second)
    lines = served(life.call.clauses.funding, PostTerms(), (b, a), date(2023, 4, 30)).lines
    # half of 2 886,08 and half of 3 467,728 make 3 176,904
    assert [str(line.amount) for line in lines] == ["2886.08"] * 4 + ["3176.90", "3467.73"]
    assert [line.thirtieths for line in lines] == [30] * 6


def test_a_yearly_flat_follows_the_share_of_each_stay():
    year = FlatAmount("forfait", "forfait annuel", printed(Decimal("1200.00"), "S1-18"), Every.YEAR)
    clauses = funding(flats=(year,), scaled_by_contract=printed(True, "S1-22"))
    half = PostTerms(contract_share=Fraction(1, 2))
    stays = (
        Tenure("capucine-bleue", date(2024, 11, 1), date(2025, 4, 30), PostTerms()),
        Tenure("anatole-garance", date(2025, 5, 1), None, half),
    )
    # six months of 100,00, six of 50,00
    assert served(clauses, half, stays, date(2025, 10, 31)).total == Decimal("900.00")
    assert served(clauses, half, (replace(stays[0], terms=None),), date(2025, 4, 30)).total == Decimal("300.00")


def test_the_contract_share_of_a_stay_stays_with_it():
    life = _life().to(State.IN_POST)
    life.under(
        rewritten(life.call, "clauses.funding.scaled_by_contract", Sourced(True, Origin.COMPLEMENT, "A41"))
    ).changed(contract_share=Fraction(4, 5))
    assert served_until(life.dossier, life.call, LAST_OF_A).total == Decimal("14430.40")


# Dossiers stored before stays kept their terms.


def _old(life: Life) -> Life:
    """The same life as it was stored then."""
    data = plain(life.dossier)
    for stay in data["tenures"]:
        del stay["terms"]
    if data["money_notice"]:
        del data["money_notice"]["delegated"]
    return life.changed(**{n: getattr(from_plain(data), n) for n in ("tenures", "money_notice")})


def test_a_stay_stored_without_terms_is_paid_by_those_of_the_dossier():
    life = _old(_life().to(State.IN_POST))
    assert life.dossier.tenures[0].terms is None
    assert funded(life.dossier, life.call).total == Decimal("69265.92")
    life.changed(plan=_at_hospital(life, 8))
    assert funded(life.dossier, life.call).total == Decimal("83225.52")


def test_it_keeps_them_once_somebody_else_comes_on_other_terms():
    life = _left(_old(_life().to(State.IN_POST)), LAST_OF_A).later(5)
    changed = {"repercussions": (Repercussions.TIME_SHARE,), "plan": _at_hospital(life, 8), "new_start": FIRST_OF_B}
    _lifted(life.propose_replacement(**changed), "replace")
    assert served_until(life.dossier, life.call, LAST_OF_A).total == Decimal("14430.40")
    assert awarded(life.dossier, life.call).total == Decimal("79735.62")


def test_the_journal_of_a_replacement_folds_to_the_terms_of_each_stay():
    life = _in_post(8)
    entries = [plain(life.opening), *(plain_changes(d.changes) for d in life.journal)]
    again = folded(entries)
    assert again.tenures == life.dossier.tenures
    assert [stay.terms.plan for stay in again.tenures if stay.terms] == [_at_hospital(life, 5), _at_hospital(life, 8)]
    assert from_plain(plain(life.dossier)) == life.dossier


# Tranches and notifications.


def _deferred() -> Life:
    """Île-de-France, 24 months notified, then two months of deferral: the printed end stays."""
    life = life_of("idf-2025").to(State.NOTIFIED).later(4).do("notify_money", Hat.HEAD)
    life.later(3)
    return life.do("defer", Hat.HEAD, new_start=date(2026, 1, 1))


def _started(life: Life) -> Life:
    return life.on(date(2026, 1, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR).later(2)


def test_no_tranche_above_what_a_deferral_left_of_the_award():
    life = _started(_deferred())
    assert life.dossier.money_notice is not None
    assert life.dossier.money_notice.total == Decimal("93594.00")
    above = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("85794.51"))
    assert isinstance(above, Refused)
    assert above.codes == {"tranche_above_award"}
    assert next(f for f in above.findings if f.code == "tranche_above_award").rule is None
    # the notification to make again is named, and the act is there
    assert "money_notice_outdated" in {f.code for f in above.findings}
    assert life.explained(Hat.HEAD)["notify_money"].allowed
    whole = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("85794.50"))
    assert isinstance(whole, Decision)


@pytest.mark.parametrize("started", [False, True])
def test_the_notification_is_made_again_when_a_deferral_changed_the_amount(started):
    life = _started(_deferred()) if started else _deferred().later(1)
    first = life.dossier.money_notice
    assert first is not None
    life.do("notify_money", Hat.HEAD)
    again, entry = life.dossier.money_notice, life.journal[-1]
    assert again is not None
    assert (entry.source, entry.target) == (life.dossier.state, life.dossier.state)
    assert (again.notified_on, again.total) == (life.today, Decimal("85794.50"))
    sent = {(e.name, e.to, e.details["replaces"]) for e in entry.effects}
    assert sent == {("L11", to, first.notified_on.isoformat()) for to in (Addressee.RECRUITER, Addressee.ACCOUNTANT)}
    # the first one is in the journal, with its amount
    kept = [d.changes["money_notice"].total for d in life.journal if d.changes.get("money_notice")]
    assert kept == [Decimal("93594.00"), Decimal("85794.50")]
    twice = life.attempt("notify_money", Hat.HEAD)
    assert isinstance(twice, Refused)
    assert twice.codes == {"money_already_notified"}


@pytest.mark.parametrize("known", [2, None])
def test_a_notification_made_again_goes_on_from_the_version_of_the_first(known):
    life = _deferred().later(1)
    first = life.dossier.money_notice
    assert first is not None
    life.under(replace(life.call, version=5)).changed(money_notice=replace(first, call_version=known))
    again = life.do("notify_money", Hat.HEAD).dossier.money_notice
    assert again is not None
    assert again.call_version == known  # none: the journal says it


def test_a_first_notification_keeps_the_version_in_force():
    life = life_of("idf-2025").to(State.NOTIFIED).later(4)
    notice = life.under(replace(life.call, version=3)).do("notify_money", Hat.HEAD).dossier.money_notice
    assert notice is not None
    assert notice.call_version == 3


def test_a_first_notification_replaces_none():
    life = life_of("idf-2025").to(State.NOTIFIED).later(4).do("notify_money", Hat.HEAD)
    assert [e.details for e in life.journal[-1].effects] == [{}, {}]


def test_a_dearer_award_is_delegated_only_once_notified():
    life = _in_post(8).later(2)
    above = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("69265.93"))
    assert isinstance(above, Refused)
    assert above.codes == {"tranche_above_notice"}
    life.do("notify_money", Hat.HEAD)
    assert life.dossier.money_notice is not None
    assert (life.dossier.money_notice.total, life.dossier.money_notice.monthly) == (Decimal("79735.62"), (HALF, MOST))
    assert life.dossier.money_notice.first_days == (life.profile.start, FIRST_OF_B)
    assert isinstance(life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("79735.62")), Decision)
    assert isinstance(life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("79735.63")), Refused)


def test_a_vacancy_alone_is_pointed_out_and_refuses_nothing():
    # the worked example: the tranche of January left without deducting the vacant month of June
    life = _left(life_of("na-2024").to(State.IN_POST), date(2025, 5, 31)).later(5)
    life.propose_replacement(new_start=date(2025, 7, 1)).do("replace", Hat.HEAD)
    life.on(date(2025, 7, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR).later(1)
    assert awarded(life.dossier, life.call).total == Decimal("77994.96")
    assert funded(life.dossier, life.call).total == Decimal("74745.17")
    answer = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("77994.96"))
    assert isinstance(answer, Decision)
    assert {f.code for f in answer.findings} == {"tranche_pattern_differs"}


def test_a_vacancy_that_pushes_the_end_is_not_awarded_twice():
    life = life_of("na-2024").to(State.IN_POST)
    life.under(rewritten(life.call, "clauses.replacement.end_unchanged", Sourced(False, Origin.COMPLEMENT, "A12")))
    _left(life, date(2025, 3, 31)).later(5).propose_replacement(new_start=date(2025, 5, 1)).do("replace", Hat.HEAD)
    assert awarded(life.dossier, life.call).total == Decimal("77994.96")
    life.on(date(2025, 5, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    assert life.dossier.award is not None
    assert life.dossier.award.planned_end == date(2026, 11, 30)
    assert awarded(life.dossier, life.call).total == Decimal("77994.96")
    assert outdated_notice(life.dossier, life.call) is None


# NA-21: a chef de clinique, not any hospital-university post.


@pytest.mark.parametrize(("cca_from", "readings"), [(date(2025, 6, 1), 3), (None, 1)])
def test_the_clause_is_for_a_chef_de_clinique_alone(cca_from, readings):
    life = life_of("na-2024").to(State.IN_POST).later(3)
    life.do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
    life.on(date(2025, 1, 15)).do("confirm_presence", Hat.RECRUITER)
    life.on(date(2025, 1, 20)).do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
    life.on(date(2025, 6, 3))
    given = {"last_day": date(2025, 5, 31), "end_reason": EndReason.CCA_OR_HU, "cca_from": cca_from}
    answer = life.attempt("record_end", Hat.INSTRUCTOR, **given)
    assert isinstance(answer, Decision)
    assert ("cca_undated" in {f.code for f in answer.findings}) is (cca_from is None)
    life.apply(answer)
    life.do("open_clawback", Hat.CLOCK)
    found = life.dossier.repayment
    assert found is not None
    amounts = (found.amounts.prorata, found.amounts.integral, found.amounts.contract_year)
    assert sum(amount is not None for amount in amounts) == readings
    assert found.amounts.prorata == Decimal("22748.53")


def test_a_clause_for_the_wider_reason_is_for_every_such_post():
    life = life_of("na-2024").to(State.ENDED)
    clause = replace(life.call.clauses.funding.repayment_clauses[0], cause="cca_or_hu")
    call = rewritten(life.call, "clauses.funding.repayment_clauses", (clause,))
    last_day = date(2025, 5, 31)
    wider = to_repay(life.dossier, call, last_day, cca=False, reason=EndReason.CCA_OR_HU)
    assert wider.available == tuple(RepaymentReading)
    other = to_repay(life.dossier, call, last_day, cca=False, reason=EndReason.PERSONAL)
    assert other.available == (RepaymentReading.PRORATA,)
