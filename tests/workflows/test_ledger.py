"""The account of a post: entries are only added, and every balance is a sum of lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Hat, finess, siret
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from workflows.account.adjusting import standing_lines
from workflows.account.asked_back import kept
from workflows.account.lines import Column, account_lines, balances, credits_to_reduce, if_stopped
from workflows.account.worth import funded
from workflows.calls.funding import RepaymentReading
from workflows.decide import Decision, Refused
from workflows.dossier import Dossier
from workflows.due.money import lapsing
from workflows.effects import EffectKind
from workflows.facts import folded, from_plain, plain, plain_changes
from workflows.money.gains import GainedEuros
from workflows.parts.credits import Tranche, credits_of
from workflows.parts.ledger import LedgerEntry, LedgerKind
from workflows.parts.successions import Succession
from workflows.sites import SiteRole
from workflows.states import State

M = Decimal("3249.79")
ZERO, CENT = Decimal("0.00"), Decimal("0.01")


def _notified() -> Life:
    """In post since 1 November 2024; the tranche of 2024, 6 499,58, notified on the 4th."""
    return life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)


def _paid() -> Life:
    return _notified().later(2).do("record_payment", Hat.INSTRUCTOR)


# Payments.


def test_a_payment_says_when_to_whom_and_under_which_reference():
    life = _notified().later(2)
    life.do("record_payment", Hat.INSTRUCTOR, amount=M, siret="000 000 018 00010", reference="VIR-7")
    (entry,) = life.dossier.ledger
    assert (entry.kind, entry.amount, entry.on, entry.budget_year) == (LedgerKind.PAID, M, life.today, 2024)
    assert (entry.tranche, entry.reference) == ("T1", "VIR-7")
    assert entry.payee is not None
    assert (entry.payee.siret, entry.payee.legal_entity) == (siret(1), life.profile.recruiter.legal_entity)
    assert (life.dossier.paid, life.dossier.delegated) == (M, 2 * M)


def test_a_tranche_is_paid_in_parts_and_never_above_what_stands_of_it():
    life = _notified()
    life.do("record_payment", Hat.INSTRUCTOR, amount=M).do("record_payment", Hat.INSTRUCTOR, amount=M - CENT)
    assert isinstance(life.attempt("record_payment", Hat.INSTRUCTOR, amount=2 * CENT), Refused)
    life.do("reduce_tranche", Hat.HEAD, amount=CENT)
    answer = life.attempt("record_payment", Hat.INSTRUCTOR, tranche="T1", amount=CENT)
    assert isinstance(answer, Refused)
    assert "nothing_to_pay" in answer.codes
    (credit,) = life.dossier.credits
    assert (credit.standing, credit.paid, credit.to_pay) == (2 * M - CENT, 2 * M - CENT, ZERO)


def test_a_tranche_wholly_paid_is_not_reduced():
    life = _notified()
    life.do("record_payment", Hat.INSTRUCTOR, amount=M)
    assert isinstance(life.attempt("reduce_tranche", Hat.HEAD, amount=M), Decision)
    refused = life.attempt("reduce_tranche", Hat.HEAD, amount=M + CENT)
    assert isinstance(refused, Refused)
    assert refused.codes == {"amount_above_tranche"}
    assert isinstance(life.attempt("reduce_tranche", Hat.INSTRUCTOR, amount=M), Refused), "a head decides it"


def test_the_payee_is_the_legal_entity_that_took_the_recruiter_over_from_its_day_on():
    life = _notified().later(10)
    before, after = life.profile.recruiter.legal_entity, finess(977)
    taken_over = Succession(life.profile.recruiter.id, before, "CH", after, "CH neuf", life.today, "acte-1")
    life.changed(successions=(taken_over,))
    for entity, paid_on, right in (
        (after, life.today, True),
        (before, life.today, False),
        (before, date(2024, 11, 5), True),
        (after, date(2024, 11, 5), False),
    ):
        answer = life.attempt("record_payment", Hat.INSTRUCTOR, legal_entity=entity, paid_on=paid_on)
        assert isinstance(answer, Decision) is right, (entity, paid_on)


def test_a_call_that_credits_the_partner_pays_the_partner():
    life = ruled(_notified(), "clauses.funding.payee", printed("partner", "X-01"))
    partner, recruiter = life.profile.partner.legal_entity, life.profile.recruiter.legal_entity
    assert isinstance(life.attempt("record_payment", Hat.INSTRUCTOR, legal_entity=partner), Decision)
    assert isinstance(life.attempt("record_payment", Hat.INSTRUCTOR, legal_entity=recruiter), Refused)


# What started elsewhere.


def test_an_opening_is_a_tranche_with_what_was_paid_of_it():
    life = life_of("na-2024").to(State.IN_POST).later(3)
    days = {"notified_on": date(2024, 9, 12), "on": date(2024, 11, 2)}
    life.do("record_opening", Hat.HEAD, notified=2 * M, paid=M, **days)
    (credit,) = life.dossier.credits
    assert (credit.id, credit.notified_on, credit.notified, credit.paid) == ("E1", date(2024, 9, 12), 2 * M, M)
    assert [entry.on for entry in life.dossier.ledger] == [date(2024, 9, 12), date(2024, 11, 2)]
    life.do("record_payment", Hat.INSTRUCTOR, tranche="E1", amount=M)
    assert (life.dossier.delegated, life.dossier.paid) == (2 * M, 2 * M)
    above = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=22 * M + CENT)
    assert isinstance(above, Refused), "what was notified elsewhere counts"
    assert isinstance(life.attempt("record_tranche", Hat.INSTRUCTOR, amount=22 * M), Decision)


def test_no_account_is_taken_up_without_an_establishment_that_was_paid():
    # A5: what is asked back is asked of the recruiter; without one, nobody would owe it
    life = life_of("na-2024").to(State.SUBMITTED).later(3)
    partners = tuple(site for site in life.dossier.sites if site.role is SiteRole.PARTNER)
    life.changed(sites=partners, plan=()).do("withdraw", Hat.INSTRUCTOR)
    answer = life.attempt("record_opening", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"no_recruiter"}


def test_an_opening_taken_back_may_be_made_again():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_opening", Hat.HEAD)
    assert isinstance(life.attempt("correct_ledger_entry", Hat.HEAD, entry="E1"), Refused), "something was paid of it"
    life.do("correct_ledger_entry", Hat.HEAD, entry="E2").do("correct_ledger_entry", Hat.HEAD, entry="E1")
    assert (life.dossier.delegated, life.dossier.paid) == (ZERO, ZERO)
    life.do("record_opening", Hat.HEAD, notified=M, paid=ZERO)
    assert (life.dossier.delegated, life.dossier.paid) == (M, ZERO)


def test_there_is_an_opening_for_each_tranche_with_its_own_year_and_lapse():
    """12 months notified and paid in 2023, 12 in 2024 of which half is paid: the last ones lapse at the end of 2027."""
    life = ruled(life_of("na-2024"), "clauses.funding.line", printed("FIR")).to(State.IN_POST).later(3)
    first = {"notified": 12 * M, "paid": 12 * M, "notified_on": date(2023, 11, 2), "budget_year": 2023}
    second = {"notified": 12 * M, "paid": 6 * M, "notified_on": date(2024, 1, 15), "budget_year": 2024}
    life.do("record_opening", Hat.HEAD, **first)
    again = life.attempt("record_opening", Hat.HEAD, **first)
    assert isinstance(again, Refused)
    assert again.codes == {"opening_exists"}
    life.do("record_opening", Hat.HEAD, **second)
    credits = [(c.id, c.budget_year, c.notified_on, c.to_pay) for c in life.dossier.credits]
    assert credits == [("E1", 2023, date(2023, 11, 2), ZERO), ("E3", 2024, date(2024, 1, 15), 6 * M)]
    assert lapsing(life.dossier, life.call) == {date(2027, 12, 31): 6 * M}


def test_what_was_paid_elsewhere_of_a_post_that_ended_is_looked_at():
    life = life_of("na-2024").to(State.IN_POST).later(30).do("record_end", Hat.INSTRUCTOR)
    answer = life.attempt("record_opening", Hat.HEAD, notified=24 * M, paid=24 * M)
    assert isinstance(answer, Decision)
    assert [(e.kind, e.name) for e in answer.effects] == [(EffectKind.ACT, "open_clawback")]
    life.apply(answer)
    assert isinstance(life.attempt("open_clawback", Hat.CLOCK), Decision)


# Corrections.


def test_a_correction_is_an_entry_and_what_it_corrects_stays():
    life = _paid().later(1).do("correct_ledger_entry", Hat.HEAD, entry="E1")
    first, second = life.dossier.ledger
    assert (second.amount, second.corrects, second.tranche, second.payee) == (-first.amount, "E1", "T1", first.payee)
    assert (life.dossier.paid, life.dossier.delegated) == (ZERO, 2 * M)
    life.do("correct_ledger_entry", Hat.HEAD, entry="T1")
    assert life.dossier.delegated == 0
    assert life.dossier.tranches[0].amount == 2 * M, "the tranche stays written"
    life.do("record_tranche", Hat.INSTRUCTOR, amount=M, budget_year=2024)
    assert (life.dossier.delegated, life.dossier.tranches[-1].id) == (M, "T2")


def test_a_counter_entry_is_not_corrected_in_its_turn():
    life = _paid().do("correct_ledger_entry", Hat.HEAD, entry="E1")
    refused = life.attempt("correct_ledger_entry", Hat.HEAD, entry="E2")
    assert isinstance(refused, Refused)
    assert refused.codes == {"entry_corrected"}


def test_a_reduction_taken_back_stays_within_what_is_awarded():
    life = life_of("na-2024").to(State.IN_POST).later(3)
    life.do("record_tranche", Hat.INSTRUCTOR, amount=24 * M).do("reduce_tranche", Hat.HEAD, amount=M)
    assert isinstance(life.attempt("correct_ledger_entry", Hat.HEAD, entry="E1"), Decision)
    life.do("record_tranche", Hat.INSTRUCTOR, amount=M)
    refused = life.attempt("correct_ledger_entry", Hat.HEAD, entry="E1")
    assert isinstance(refused, Refused)
    assert refused.codes == {"correction_above_award"}


def test_the_entries_of_a_life_fold_from_its_journal():
    life = _paid().do("correct_ledger_entry", Hat.HEAD, entry="E1").do("record_payment", Hat.INSTRUCTOR, amount=M)
    told = [plain(life.opening), *(plain_changes(decision.changes) for decision in life.journal)]
    assert folded(told) == life.dossier
    assert from_plain(plain(life.dossier)) == life.dossier


# The account.


def _figures(life: Life, day: date) -> dict[str, Decimal]:
    found = balances(life.dossier, life.call, day)
    names = ("awarded", "due", "notified", "reduced", "paid", "to_pay", "to_delegate", "to_recover", "recovered")
    return {name: getattr(found, name) for name in names}


def test_the_account_of_the_worked_example_day_by_day():
    """6.1 under T2: 6 499,58 in 2024, 38 997,48 in 2025, an end after M7."""
    life = life_of("na-2024").to(State.CLAWBACK)
    assert _figures(life, date(2024, 12, 15)) == {
        "awarded": Decimal("77994.96"),
        "due": M + Decimal("1624.90"),  # 15/30 of December: 1 624,895, half-up
        "notified": 2 * M,
        "reduced": ZERO,
        "paid": 2 * M,
        "to_pay": ZERO,
        "to_delegate": Decimal("71495.38"),
        "to_recover": ZERO,
        "recovered": ZERO,
    }
    assert _figures(life, date(2025, 6, 3)) == {
        "awarded": Decimal("22748.53"),
        "due": Decimal("22748.53"),
        "notified": Decimal("45497.06"),
        "reduced": ZERO,
        "paid": Decimal("45497.06"),
        "to_pay": ZERO,
        "to_delegate": ZERO,
        "to_recover": ZERO,
        "recovered": ZERO,
    }
    life.later(2).do("start_contradictory", Hat.INSTRUCTOR).later(10).do("record_remarks", Hat.RECRUITER)
    life.later(5).do("decide_repayment", Hat.HEAD).later(1).do("request_title", Hat.INSTRUCTOR)
    life.later(1).do("record_title", Hat.INSTRUCTOR).later(9)
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("2748.53"))
    found = balances(life.dossier, life.call, life.today)
    assert (found.decided, found.recovered, found.to_recover) == (
        Decimal("22748.53"),
        Decimal("2748.53"),
        Decimal("20000.00"),
    )
    lines = account_lines(life.dossier)
    columns = [line.column for line in lines]
    assert columns[-3:] == [Column.DECIDED, Column.TITLE, Column.RECOVERED]
    assert len({line.id for line in lines}) == len(lines)
    assert [line.on for line in lines] == sorted(line.on for line in lines)


def test_every_balance_is_the_sum_of_its_lines():
    life = _paid().later(1).do("correct_ledger_entry", Hat.HEAD, entry="E1")
    life.do("record_payment", Hat.INSTRUCTOR, amount=M).do("reduce_tranche", Hat.HEAD, amount=CENT)
    found = balances(life.dossier, life.call, life.today)
    lines = account_lines(life.dossier)
    for column in Column:
        if column is not Column.TITLE:
            total = sum((line.amount for line in lines if line.column is column), ZERO)
            assert getattr(found, column.value) == total == getattr(lines[-1].after, column.value)
    assert found.paid + found.to_pay == found.notified - found.reduced
    assert found.awarded == sum((line.amount for line in standing_lines(life.dossier)), ZERO)


def test_while_the_amount_is_unknown_nothing_is_awarded_nor_due():
    life = life_of("idf-2025", completed=False).to(State.NOTIFIED)
    found = balances(life.dossier, life.call, life.today)
    assert (found.awarded, found.due, found.unknown) == (ZERO, ZERO, "IDF-15")


# If the post stopped tonight.


def test_if_the_post_stopped_tonight():
    """6.1 V3 on 31 December 2025 under T3, all paid: C1 77 994,96, C2 32 497,90, C3 38 997,48."""
    life = life_of("na-2024").to(State.IN_POST).later(3)
    life.do("record_tranche", Hat.INSTRUCTOR, amount=24 * M).do("record_payment", Hat.INSTRUCTOR)
    told = if_stopped(life.dossier, life.call, date(2025, 12, 31))
    assert (told.served, told.paid, told.to_pay, told.to_reduce) == (14 * M, 24 * M, ZERO, ZERO)
    assert {(a.cause, a.reading): a.amount for a in told.asked} == {
        (None, RepaymentReading.PRORATA): Decimal("32497.90"),
        ("cca", RepaymentReading.PRORATA): Decimal("32497.90"),
        ("cca", RepaymentReading.INTEGRAL): Decimal("77994.96"),
        ("cca", RepaymentReading.CONTRACT_YEAR): Decimal("38997.48"),
    }
    assert if_stopped(life.dossier, life.call, date(2025, 12, 31)) == told


def test_what_was_only_notified_is_not_asked_back_but_reduced():
    life = life_of("na-2024").to(State.IN_POST).later(3)
    life.do("record_tranche", Hat.INSTRUCTOR, amount=24 * M).do("record_payment", Hat.INSTRUCTOR, amount=10 * M)
    told = if_stopped(life.dossier, life.call, date(2025, 12, 31))
    assert {a.amount for a in told.asked if a.cause is None} == {ZERO}
    assert (told.to_pay, told.to_reduce) == (4 * M, 10 * M)
    assert credits_to_reduce(life.dossier, life.call) == 0, "the post goes on"
    life.on(date(2026, 1, 2)).do("record_end", Hat.INSTRUCTOR, last_day=date(2025, 12, 31))
    assert credits_to_reduce(life.dossier, life.call) == 10 * M
    assert isinstance(life.attempt("open_clawback", Hat.CLOCK), Refused)
    life.do("reduce_tranche", Hat.HEAD, amount=10 * M)
    assert credits_to_reduce(life.dossier, life.call) == 0


def test_a_payment_made_once_the_post_is_over_is_looked_at():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR, amount=24 * M)
    life.on(date(2026, 1, 2)).do("record_end", Hat.INSTRUCTOR, last_day=date(2025, 12, 31))
    assert not [e for e in life.journal[-1].effects if e.kind is EffectKind.ACT], "nothing was paid"
    life.do("record_payment", Hat.INSTRUCTOR)
    assert [e.name for e in life.journal[-1].effects if e.kind is EffectKind.ACT] == ["open_clawback"]
    life.do("open_clawback", Hat.CLOCK)
    assert life.dossier.repayment is not None
    assert life.dossier.repayment.amounts.prorata == Decimal("32497.90")


def test_what_one_repayment_asks_another_does_not():
    life = life_of("na-2024").to(State.CLAWBACK)
    cause = life.dossier.repayments[0].cause
    assert kept(life.dossier) == Decimal("22748.53")
    assert kept(life.dossier, but=cause) == life.dossier.paid == Decimal("45497.06")


def test_what_was_served_stays_served_when_the_award_falls():
    life = life_of("na-2024").to(State.IN_POST).later(3)
    life.on(date(2025, 6, 1)).do("withdraw", Hat.INSTRUCTOR)
    served = 7 * M
    assert funded(replace(life.dossier, award=None), life.call).total == served


# Properties.

AMOUNTS = st.decimals("0.01", "90000.00", places=2)
STEPS = st.lists(
    st.tuples(st.sampled_from(("tranche", "pay", "reduce", "correct", "open")), AMOUNTS, st.integers(0, 9)), max_size=14
)


@pytest.fixture(scope="module")
def served() -> Life:
    """A doctor in post, its presence confirmed, nothing notified."""
    return life_of("na-2024").to(State.IN_POST).later(3)


def _tried(life: Life, step: str, amount: Decimal, pick: int) -> Decision | Refused:
    dossier = life.dossier
    names = [credit.id for credit in dossier.credits] or ["T1"]
    written = [t.id for t in dossier.tranches] + [e.id for e in dossier.ledger] or ["E1"]
    match step:
        case "tranche":
            return life.attempt("record_tranche", Hat.INSTRUCTOR, amount=amount, budget_year=2024)
        case "pay":
            return life.attempt("record_payment", Hat.INSTRUCTOR, tranche=names[pick % len(names)], amount=amount)
        case "reduce":
            return life.attempt("reduce_tranche", Hat.HEAD, tranche=names[pick % len(names)], amount=amount)
        case "open":
            return life.attempt("record_opening", Hat.HEAD, notified=amount, paid=amount / 2)
        case _:
            return life.attempt("correct_ledger_entry", Hat.HEAD, entry=written[pick % len(written)])


@given(steps=STEPS)
def test_whatever_is_written_no_balance_is_below_zero_and_nothing_is_erased(
    served: Life, steps: list[tuple[str, Decimal, int]]
) -> None:
    life = served.copy()
    for step, amount, pick in steps:
        before, answer = life.dossier, _tried(life, step, amount, pick)
        if isinstance(answer, Refused):
            continue
        life.apply(answer)
        after = life.dossier
        assert after.ledger[: len(before.ledger)] == before.ledger
        assert after.tranches[: len(before.tranches)] == before.tranches
        _check_sound(after)
    found = balances(life.dossier, life.call, life.today)
    assert found.paid + found.to_pay == found.notified - found.reduced
    assert min(found.paid, found.to_pay, found.notified, found.reduced, found.to_delegate, found.to_recover) >= 0
    assert 0 <= found.due <= found.awarded
    assert life.dossier.paid == found.paid
    assert life.dossier.delegated == found.standing


def _check_sound(dossier: Dossier) -> None:
    for credit in dossier.credits:
        assert credit.is_sound
        assert credit.paid + credit.to_pay == credit.notified - credit.reduced


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_credit_is_the_sum_of_its_entries(notified: Decimal, reduced: Decimal, paid: Decimal) -> None:
    def entry(name: str, kind: LedgerKind, amount: Decimal) -> LedgerEntry:
        return LedgerEntry(name, kind, GainedEuros(amount), date(2024, 11, 5), 2024, tranche="T1")

    entries = [
        entry("E1", LedgerKind.PAID, paid),
        entry("E2", LedgerKind.REDUCED, reduced),
        entry("E3", LedgerKind.OFFSET, CENT),
        entry("E4", LedgerKind.PAID, -paid),
    ]
    (credit,) = credits_of([Tranche("T1", notified, 2024, date(2024, 11, 4))], entries)
    assert (credit.notified, credit.reduced, credit.paid) == (notified, reduced, CENT)
    assert credit.is_sound is (notified - reduced >= CENT)
