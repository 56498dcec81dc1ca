"""Reasons of the account of a post: payments, reductions, what started elsewhere, corrections."""

from datetime import date, timedelta
from decimal import Decimal

from tests.builders import Hat, siret
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, printed, ruled
from tests.workflows.repaying import decided
from workflows.states import State

M = Decimal("3249.79")
CENT = Decimal("0.01")


def _notified() -> Life:
    """In post, the first tranche of 6 499,58 notified and nothing paid."""
    return life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)


def _paid() -> Life:
    return _notified().later(1).do("record_payment", Hat.INSTRUCTOR)


@case("schedule_written")
def write_a_schedule_that_is_written() -> Answer:
    return _notified().attempt("write_schedule", Hat.CLOCK)


@case("nothing_to_pay")
def pay_when_nothing_was_notified() -> Answer:
    return life_of("na-2024").to(State.IN_POST).attempt("record_payment", Hat.INSTRUCTOR)


@case("tranche_unknown")
def pay_a_tranche_that_does_not_exist() -> Answer:
    return _notified().attempt("record_payment", Hat.INSTRUCTOR, tranche="T2")


@case("amount_above_tranche")
def pay_one_cent_more_than_is_left() -> Answer:
    life = _notified().do("record_payment", Hat.INSTRUCTOR, amount=M)
    return life.attempt("record_payment", Hat.INSTRUCTOR, amount=M + CENT)


@case("payment_before_tranche")
def pay_the_day_before_the_tranche() -> Answer:
    life = _notified()
    return life.attempt("record_payment", Hat.INSTRUCTOR, paid_on=life.today - timedelta(days=1))


@case("siret_wrong")
def pay_to_a_siret_with_a_wrong_key() -> Answer:
    return _notified().attempt("record_payment", Hat.INSTRUCTOR, siret="00000001800011")


@case("finess_wrong")
def pay_to_a_finess_with_a_wrong_key() -> Answer:
    return _notified().attempt("record_payment", Hat.INSTRUCTOR, legal_entity="990005018")


@case("payee_unknown")
def pay_to_the_legal_entity_of_a_partner() -> Answer:
    life = _notified()
    return life.attempt("record_payment", Hat.INSTRUCTOR, legal_entity=life.profile.partner.legal_entity)


@case("payment_after_lapse")
def pay_from_the_fir_after_the_third_year() -> Answer:
    # L.1435-10: notified in 2024, lost after 31 December 2027
    life = ruled(_notified(), "clauses.funding.line", printed("FIR")).on(date(2028, 1, 3))
    return life.attempt("record_payment", Hat.INSTRUCTOR, paid_on=date(2028, 1, 1))


@case("payment_not_earned")
def pay_a_year_after_an_early_end() -> Answer:
    # five months served in 2025, the tranche of the year is of twelve
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.on(date(2025, 1, 20)).do("confirm_presence", Hat.RECRUITER).do("record_tranche", Hat.INSTRUCTOR)
    life.on(date(2025, 6, 3)).do("record_end", Hat.INSTRUCTOR, last_day=date(2025, 5, 31))
    return life.attempt("record_payment", Hat.INSTRUCTOR, tranche="T2", amount=12 * M)


@case("opening_exists")
def take_up_an_account_twice() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_opening", Hat.HEAD)
    return life.attempt("record_opening", Hat.HEAD)


@case("opening_too_much")
def take_up_a_milliard() -> Answer:
    life, half = life_of("na-2024").to(State.IN_POST).later(3), Decimal("500000000.00")
    life.do("record_opening", Hat.HEAD, notified=half, paid=half)
    return life.later(1).attempt("record_opening", Hat.HEAD, notified=half, paid=half)


@case("opening_unsound")
def take_up_more_paid_than_notified() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3)
    return life.attempt("record_opening", Hat.HEAD, notified=M, paid=M + CENT)


@case("payee_siret_differs")
def pay_an_entity_under_another_siret() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.do("record_payment", Hat.INSTRUCTOR, amount=M)
    return life.attempt("record_payment", Hat.INSTRUCTOR, siret=siret(2))


@case("opening_before_notified")
def take_up_a_situation_before_the_notification() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3)
    days = {"notified_on": date(2024, 11, 3), "on": date(2024, 11, 2)}
    return life.attempt("record_opening", Hat.HEAD, **days)


@case("opening_year_far")
def take_up_an_account_of_another_century() -> Answer:
    return life_of("na-2024").to(State.IN_POST).later(3).attempt("record_opening", Hat.HEAD, budget_year=1924)


@case("opening_above_award")
def take_up_more_than_is_awarded() -> Answer:
    # 6.1 V0: 77 994,96
    life = life_of("na-2024").to(State.IN_POST).later(3)
    return life.attempt("record_opening", Hat.HEAD, notified=24 * M + CENT)


@case("account_empty")
def take_back_an_entry_of_an_empty_account() -> Answer:
    return life_of("na-2024").to(State.IN_POST).attempt("correct_ledger_entry", Hat.HEAD)


@case("entry_unknown")
def take_back_an_entry_nobody_wrote() -> Answer:
    return _paid().attempt("correct_ledger_entry", Hat.HEAD, entry="E9")


@case("entry_corrected")
def take_back_an_entry_twice() -> Answer:
    life = _paid().do("correct_ledger_entry", Hat.HEAD, entry="E1")
    return life.attempt("correct_ledger_entry", Hat.HEAD, entry="E1")


@case("correction_unsound")
def take_back_a_tranche_that_was_paid() -> Answer:
    return _paid().attempt("correct_ledger_entry", Hat.HEAD, entry="T1")


@case("correction_below_repayment")
def take_back_a_payment_that_is_asked_back() -> Answer:
    return decided().attempt("correct_ledger_entry", Hat.HEAD, entry="E1")


@case("payment_reference_used")
def record_the_same_payment_twice() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.do("record_payment", Hat.INSTRUCTOR, amount=M, reference="VIR-1")
    return life.attempt("record_payment", Hat.INSTRUCTOR, amount=M, reference="VIR-1")


@case("correction_above_award")
def take_back_a_reduction_delegated_again_since() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR, amount=24 * M)
    life.do("reduce_tranche", Hat.HEAD, amount=M).do("record_tranche", Hat.INSTRUCTOR, amount=M)
    return life.attempt("correct_ledger_entry", Hat.HEAD, entry="E1")
