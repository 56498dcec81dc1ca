"""Reasons of the proofs of receipt, and of the acts that rest on one."""

from dataclasses import replace
from datetime import timedelta

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case
from workflows.effects import Addressee
from workflows.parts.receipts import ProofChannel
from workflows.ranking import better_ranked
from workflows.states import State


def _notified() -> Life:
    return life_of("na-2024").to(State.NOTIFIED).later(2)


@case("no_proof_awaited")
def prove_the_receipt_of_nothing() -> Answer:
    return life_of("na-2024").to(State.COMPLETE).attempt("record_proof", Hat.INSTRUCTOR)


@case("receipt_unknown")
def prove_the_receipt_of_a_letter_of_nobody() -> Answer:
    return _notified().attempt("record_proof", Hat.INSTRUCTOR, receipt="3:L8:accountant")


@case("proof_already_recorded")
def prove_a_receipt_twice() -> Answer:
    life = _notified().prove("L8", Addressee.CANDIDATE)
    proven = next(r.id for r in life.dossier.receipts if r.is_proven)
    return life.attempt("record_proof", Hat.INSTRUCTOR, receipt=proven)


@case("received_before_sent")
def receive_a_letter_before_it_was_asked_for() -> Answer:
    life = _notified()
    return life.attempt("record_proof", Hat.INSTRUCTOR, received_on=life.today - timedelta(days=3))


@case("proof_evidence_missing")
def prove_on_nothing() -> Answer:
    return _notified().attempt("record_proof", Hat.INSTRUCTOR, evidence=" ")


@case("proof_without_consent")
def prove_by_an_email_that_nobody_agreed_to() -> Answer:
    return _notified().attempt("record_proof", Hat.INSTRUCTOR, channel=ProofChannel.EMAIL)


@case("received_after_answer")
def receive_a_letter_after_answering_it() -> Answer:
    life = _notified().do("accept_award", Hat.CANDIDATE)
    answered = next(r.id for r in life.dossier.receipts if r.answered_on)
    return life.later(10).attempt("record_proof", Hat.INSTRUCTOR, receipt=answered)


@case("letter_not_left")
def prove_the_receipt_of_a_letter_that_has_not_left() -> Answer:
    life = _notified()
    receipt = next(r for r in life.dossier.receipts if r.is_awaited)
    held = life.around(letters_held=frozenset({receipt.id}))
    return held.attempt("record_proof", Hat.INSTRUCTOR, receipt=receipt.id)


@case("no_proof_to_withdraw")
def withdraw_a_proof_nobody_recorded() -> Answer:
    return _notified().attempt("withdraw_proof", Hat.INSTRUCTOR)


@case("pieces_letter_not_received")
def refuse_over_pieces_that_nobody_may_have_been_asked_for() -> Answer:
    life = life_of("na-2024").to(State.SUBMITTED).later(1).do("request_pieces", Hat.INSTRUCTOR).later(30)
    return life.attempt("declare_inadmissible", Hat.HEAD, rule="CRPA art. L. 114-5")


@case("offer_not_received")
def offer_the_place_to_the_next_while_the_first_may_not_know() -> Answer:
    first = life_of("na-2024").to(State.RESERVE).later(1).do("offer_place", Hat.HEAD)
    second = life_of("na-2024").to(State.RESERVE).on(first.today).later(30)
    reserve = second.dossier.reserve
    assert reserve is not None
    second.changed(number="NA-2024-0099", reserve=replace(reserve, rank=reserve.rank + 1))
    second.around(better_ranked=better_ranked(second.dossier, (first.dossier,), second.today))
    return second.attempt("offer_place", Hat.HEAD)
