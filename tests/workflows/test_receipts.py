"""No legal clock starts without a proof of receipt: channel, day and evidence, addressee by addressee."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.calendars import Calendar
from workflows.calls.model import Depositor as DepositorKind
from workflows.deadlines import period_end
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.dossier import Dossier, DossierDepositor
from workflows.due import DueKind, due_items
from workflows.effects import Addressee
from workflows.facts import from_plain, plain
from workflows.findings import Severity
from workflows.parts.receipts import ProofChannel, Receipt
from workflows.parts.repayment_steps import RepaymentState
from workflows.proofs import pending, proof_since, silence_runs
from workflows.ranking import better_ranked
from workflows.states import State

CANDIDATE, RECRUITER = Addressee.CANDIDATE, Addressee.RECRUITER


def notified(call: str = "na-2024") -> Life:
    """Notified on 22/07/2024 in Nouvelle-Aquitaine; the implied refusal is due on 10/08/2024 (reference, 6.1)."""
    return life_of(call).to(State.NOTIFIED)


def noticed() -> Life:
    return notified().later(60).do("give_notice", Hat.HEAD)


def awaited(dossier: Dossier, letter: str) -> set[Addressee]:
    return {r.to for r in dossier.receipts if r.letter == letter and r.is_awaited}


def receipt(life: Life, letter: str, to: Addressee) -> Receipt:
    return next(r for r in life.dossier.receipts if (r.letter, r.to) == (letter, to) and not r.void)


def answer_by(life: Life) -> date | None:
    assert life.dossier.notice is not None
    return life.dossier.notice.answer_by


def reply_by(life: Life) -> date | None:
    assert life.dossier.award is not None
    return life.dossier.award.reply_by


def codes(answer: Decision | Refused) -> set[str]:
    return {f.code for f in answer.findings}


def warned(answer: Decision | Refused) -> set[str]:
    return {f.code for f in answer.findings if f.severity is Severity.WARNING}


def kinds(life: Life) -> set[DueKind]:
    return {due.kind for due in due_items(life.dossier, life.call, life.today)}


# What waits for a proof.


def test_a_decision_waits_for_one_proof_per_addressee():
    life = notified()
    sent = {effect.to for effect in life.journal[-1].effects if effect.name == "L8"}
    assert awaited(life.dossier, "L8") == sent
    assert {CANDIDATE, RECRUITER} <= sent
    found = receipt(life, "L8", CANDIDATE)
    assert (found.asked_on, found.entry) == (life.today, life.dossier.version)
    assert found.id == f"{life.dossier.version}:L8:candidate:{life.profile.candidate.id}"


def test_the_names_of_receipts_are_unique_in_a_dossier():
    life = life_of("na-2024").to(State.CLAWBACK).do("start_contradictory", Hat.INSTRUCTOR)
    names = [r.id for r in life.dossier.receipts]
    assert len(names) == len(set(names)) > 3


def test_mails_that_carry_a_period_wait_for_a_proof_and_receipts_of_filing_do_not():
    life = life_of("na-2024").to(State.SUBMITTED)
    assert life.dossier.receipts == ()
    assert awaited(life.do("request_pieces", Hat.INSTRUCTOR).dossier, "L3") == {Addressee.DEPOSITORS}
    offered = life_of("na-2024").to(State.RESERVE).later(5).do("offer_place", Hat.HEAD)
    assert awaited(offered.dossier, "place_offered") == {CANDIDATE, RECRUITER}


def test_what_goes_to_the_accountant_and_the_bare_result_wait_for_nothing():
    life = life_of("na-2024").to(State.REJECTED)
    assert {effect.name for effect in life.journal[-1].effects} == {"L10", "result"}
    assert {r.letter for r in life.dossier.receipts} == {"L10"}
    money = life_of("na-2024").to(State.IN_POST)
    assert {r.to for r in money.dossier.receipts if r.letter == "L11"} == {RECRUITER}


def test_nobody_waits_for_the_receipt_of_a_doctor_without_a_name():
    life = life_of("idf-2025").to(State.SELECTED).on(life_of("idf-2025").profile.notified)
    life.do("notify", Hat.HEAD)
    assert life.dossier.candidate is None
    assert CANDIDATE not in awaited(life.dossier, "L8")


# The proof.


def test_a_proof_says_how_when_and_on_what_it_rests():
    life = notified().later(3)
    life.prove("L8", CANDIDATE, received_on=date(2024, 7, 24), evidence="recommande-0007")
    found = receipt(life, "L8", CANDIDATE)
    assert (found.channel, found.received_on) == (ProofChannel.REGISTERED, date(2024, 7, 24))
    assert (found.evidence, found.recorded_on) == ("recommande-0007", life.today)
    assert CANDIDATE not in awaited(life.dossier, "L8")
    assert RECRUITER in awaited(life.dossier, "L8")


def test_a_proof_keeps_the_state_and_is_for_agents():
    life = notified().later(1)
    answer = life.attempt("record_proof", Hat.INSTRUCTOR)
    assert isinstance(answer, Decision)
    assert answer.target is State.NOTIFIED
    for hat in (Hat.CANDIDATE, Hat.RECRUITER, Hat.PARTNER):
        assert codes(life.attempt("record_proof", hat)) == {"not_allowed"}


@pytest.mark.parametrize("channel", [ProofChannel.EMAIL, ProofChannel.PORTAL])
def test_an_electronic_way_proves_nothing_without_consent(channel: ProofChannel):
    # CRPA L.112-15: the agreement of the reader comes first
    life = notified().later(1)
    refused = life.attempt("record_proof", Hat.INSTRUCTOR, channel=channel)
    assert codes(refused) == {"proof_without_consent"}
    assert {f.rule for f in refused.findings} == {"CRPA art. L. 112-15"}
    agreed = life.attempt("record_proof", Hat.INSTRUCTOR, channel=channel, consent=True)
    assert isinstance(agreed, Decision)
    assert not agreed.findings


def test_a_wrong_proof_is_corrected_with_a_reason_and_the_clocks_are_counted_again():
    life = notified().later(10).prove("L8", CANDIDATE, received_on=date(2024, 7, 24))
    named = receipt(life, "L8", CANDIDATE).id
    again = life.attempt("record_proof", Hat.INSTRUCTOR, receipt=named, received_on=date(2024, 7, 26))
    assert codes(again) == {"proof_already_recorded"}
    life.do("record_proof", Hat.INSTRUCTOR, receipt=named, received_on=date(2024, 7, 26), reason="motif-0002")
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on == date(2024, 7, 26)


def test_each_channel_has_its_french_words():
    assert {channel.label for channel in ProofChannel} == {
        "lettre recommandée avec avis de réception",
        "remise en main propre contre signature",
        "courriel, avec l’accord de l’intéressé",
        "mise à disposition dans le téléservice, avec l’accord de l’intéressé",
        "acte de commissaire de justice",
    }


# The silence.


def test_a_decision_does_not_end_the_silence_its_receipt_does():
    life = notified()
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on is None
    assert silence_runs(life.dossier)
    assert DueKind.SILENCE_ELAPSED in kinds(life)
    life.later(4).prove("L8", CANDIDATE, received_on=date(2024, 7, 25))
    assert life.dossier.silence.ended_on == date(2024, 7, 25)
    assert not silence_runs(life.dossier)
    assert not kinds(life) & {DueKind.SILENCE_ALERT, DueKind.SILENCE_ELAPSED}


def test_a_decision_received_too_late_did_not_stop_the_implied_refusal():
    life = notified().on(date(2024, 8, 12))
    assert life.dossier.silence is not None
    assert life.dossier.silence.elapsed(life.today)
    life.prove("L8", CANDIDATE)
    assert life.dossier.silence.elapsed(date(2024, 8, 11))
    assert not life.dossier.silence.elapsed(date(2024, 8, 12))


def test_the_earliest_receipt_of_an_applicant_ends_the_silence():
    life = notified()
    both = (*life.dossier.depositors, DossierDepositor(DepositorKind.RECRUITER, life.profile.recruiter.id, True))
    life.changed(depositors=both).later(9).prove("L8", CANDIDATE, received_on=date(2024, 7, 29))
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on == date(2024, 7, 29)
    life.prove("L8", RECRUITER, received_on=date(2024, 7, 25))
    assert life.dossier.silence.ended_on == date(2024, 7, 25)


def test_the_receipt_of_somebody_who_did_not_apply_ends_nothing():
    # NA: the candidate files; the recruiter hears of the award too
    life = notified().later(3).prove("L8", RECRUITER)
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on is None


def test_accepting_shows_that_the_award_was_received():
    life = notified().later(3).do("accept_award", Hat.CANDIDATE)
    assert CANDIDATE not in awaited(life.dossier, "L8")
    assert receipt(life, "L8", CANDIDATE).answered_on == life.today
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on == life.today
    told = described(life.journal[-2].after, life.dossier)
    assert any("montre que le courrier a été reçu" in sentence for sentence in told)


def test_the_silence_goes_on_over_a_refusal_nobody_received():
    life = life_of("na-2024").to(State.REJECTED)
    assert silence_runs(life.dossier)
    life.later(2).prove("L10", CANDIDATE)
    assert not silence_runs(life.dossier)


# The periods to answer.


def test_no_alert_on_a_period_to_accept_that_did_not_start():
    life = notified()
    assert reply_by(life) is None
    assert DueKind.AWARD_REPLY not in kinds(life)
    life.later(2).prove("L8", CANDIDATE)
    first = reply_by(life)
    life.later(7).prove("L8", RECRUITER)
    last = reply_by(life)
    assert first is not None
    assert last is not None
    assert last > first
    assert DueKind.AWARD_REPLY in kinds(life)


def test_thirty_days_from_the_receipt_of_the_contradictory_notice():
    life = noticed()
    assert answer_by(life) is None
    assert codes(life.later(90).attempt("lapse", Hat.HEAD)) == {"notice_not_received"}
    life.on(date(2026, 3, 5)).prove("contradictory_notice", RECRUITER)
    assert answer_by(life) is None  # the candidate has not had it
    assert codes(life.attempt("lapse", Hat.HEAD)) == {"notice_not_received", "notice_running"}
    life.prove("contradictory_notice", CANDIDATE)
    assert answer_by(life) == date(2026, 4, 7)  # 04/04 is a Saturday, then Easter (reference, 6.1)
    assert codes(life.on(date(2026, 4, 7)).attempt("lapse", Hat.HEAD)) == {"notice_running"}
    assert isinstance(life.on(date(2026, 4, 8)).attempt("lapse", Hat.HEAD), Decision)


def test_the_period_of_the_notice_itself_is_kept():
    life = notified().later(60).do("give_notice", Hat.HEAD, days=10).later(1).prove("contradictory_notice")
    assert life.dossier.notice is not None
    assert life.dossier.notice.answer_by == period_end(life.today, 10, Calendar("metropole"))


def test_thirty_days_from_the_receipt_of_the_repayment_letter():
    life = life_of("na-2024").to(State.CLAWBACK).on(date(2026, 3, 2)).do("start_contradictory", Hat.INSTRUCTOR)
    assert life.dossier.repayment is not None
    assert life.dossier.repayment.answer_by is None
    assert codes(life.on(date(2026, 6, 1)).attempt("decide_repayment", Hat.HEAD)) == {"contradictory_not_received"}
    assert DueKind.CONTRADICTORY_OVER not in kinds(life)
    life.prove("L14", received_on=date(2026, 3, 5))
    assert life.dossier.repayment.answer_by == date(2026, 4, 7)
    assert life.dossier.repayment.state is RepaymentState.CONTRADICTORY
    assert codes(life.on(date(2026, 4, 7)).attempt("decide_repayment", Hat.HEAD)) == {"contradictory_running"}
    assert isinstance(life.on(date(2026, 4, 8)).attempt("decide_repayment", Hat.HEAD), Decision)


def test_remarks_show_that_the_recruiter_has_the_letter():
    life = life_of("na-2024").to(State.CLAWBACK).do("start_contradictory", Hat.INSTRUCTOR).later(3)
    life.do("record_remarks", Hat.INSTRUCTOR)
    assert not awaited(life.dossier, "L14")
    assert isinstance(life.attempt("decide_repayment", Hat.HEAD), Decision)


# Periods printed in a mail.


def asked() -> Life:
    life = life_of("na-2024").to(State.SUBMITTED).later(1)
    return life.do("request_pieces", Hat.INSTRUCTOR)


def test_a_printed_day_does_not_move_with_the_receipt():
    life = asked()
    (request,) = life.dossier.piece_requests
    assert awaited(life.dossier, "L3")
    life.later(4).prove("L3")
    assert life.dossier.piece_requests == (request,)


def test_a_refusal_over_late_pieces_says_when_nothing_proves_that_they_were_asked_for():
    life = asked().later(30)
    article = "CRPA art. L. 114-5"
    answer = life.attempt("declare_inadmissible", Hat.HEAD, rule=article)
    assert isinstance(answer, Decision)
    assert warned(answer) == {"pieces_letter_not_received"}
    life.prove("L3", received_on=life.today - timedelta(days=20))
    assert not warned(life.attempt("declare_inadmissible", Hat.HEAD, rule=article))


def test_giving_the_pieces_shows_that_they_were_asked_for():
    life = asked().later(4)
    (request,) = life.dossier.piece_requests
    life.do("receive_piece", life.depositor, keys=request.keys)
    assert not awaited(life.dossier, "L3")


def test_the_next_of_the_list_is_offered_a_place_with_a_warning_while_the_first_may_not_know():
    first = life_of("na-2024").to(State.RESERVE).later(1).do("offer_place", Hat.HEAD)
    second = life_of("na-2024").to(State.RESERVE).on(first.today).later(30)
    reserve = second.dossier.reserve
    assert reserve is not None
    second.changed(number="NA-0002", reserve=replace(reserve, rank=reserve.rank + 1))

    def offer(other: Dossier) -> Decision | Refused:
        second.around(better_ranked=better_ranked(second.dossier, (other,), second.today))
        return second.attempt("offer_place", Hat.HEAD)

    assert "offer_not_received" in warned(offer(first.dossier))
    first.prove("place_offered")
    assert "offer_not_received" not in warned(offer(first.dossier))


def test_declining_needs_no_proof():
    first = life_of("na-2024").to(State.RESERVE).later(1).do("offer_place", Hat.HEAD)
    first.do("answer_offer", Hat.RECRUITER, accepted=False)
    second = life_of("na-2024").to(State.RESERVE).on(first.today)
    reserve = second.dossier.reserve
    assert reserve is not None
    second.changed(number="NA-0002", reserve=replace(reserve, rank=reserve.rank + 1))
    (before,) = better_ranked(second.dossier, (first.dossier,), second.today)
    assert not before.unheard


# Corrections.


def test_a_decision_taken_back_before_it_left_waits_for_no_proof():
    life = notified().do("revert", Hat.HEAD)
    assert life.dossier.receipts == ()


def test_a_decision_that_somebody_received_is_rectified_not_undone():
    life = notified().later(2).prove("L8", CANDIDATE)
    assert codes(life.attempt("revert", Hat.HEAD)) == {"left_the_house"}
    life.do("rectify", Hat.HEAD)
    assert life.dossier.state is State.SELECTED
    assert {r.letter for r in life.dossier.receipts if r.is_awaited} == {"correction"}
    assert all(r.void for r in life.dossier.receipts if r.letter == "L8")
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on is None  # the application waits for its answer again


def test_a_proof_of_an_older_letter_stands_in_the_way_of_no_correction():
    life = asked().later(1)
    letter = receipt(life, "L3", Addressee.DEPOSITORS)
    life.accept_pieces().do("declare_complete", Hat.INSTRUCTOR)
    life.do("record_proof", Hat.INSTRUCTOR, receipt=letter.id)
    life.do("revert", Hat.HEAD)
    assert receipt(life, "L3", Addressee.DEPOSITORS).is_proven


def test_a_proof_of_a_letter_without_object_is_refused():
    life = notified().later(2).prove("L8", CANDIDATE)
    old = receipt(life, "L8", RECRUITER).id
    life.do("rectify", Hat.HEAD)
    assert codes(life.attempt("record_proof", Hat.INSTRUCTOR, receipt=old)) == {"receipt_unknown"}


def test_a_reexamined_refusal_waits_for_no_proof_any_more():
    life = life_of("na-2024").to(State.REJECTED).later(20).do("reexamine", Hat.HEAD)
    assert not awaited(life.dossier, "L10")
    life.do("revert", Hat.HEAD)
    assert awaited(life.dossier, "L10")


# Facts written before.


def test_a_dossier_written_before_keeps_its_periods():
    life = noticed()
    data = plain(life.dossier)
    del data["receipts"]
    del data["notice"]["days"]
    data["notice"]["answer_by"] = "2024-10-21"
    old = from_plain(data)
    assert old.receipts == ()
    assert old.notice is not None
    life.changed(receipts=(), notice=old.notice)
    assert codes(life.on(date(2024, 10, 21)).attempt("lapse", Hat.HEAD)) == {"notice_running"}
    assert isinstance(life.on(date(2024, 10, 22)).attempt("lapse", Hat.HEAD), Decision)


def test_a_silence_that_ended_on_the_day_of_the_decision_stays_ended():
    life = notified()
    silence = life.dossier.silence
    assert silence is not None
    life.changed(receipts=(), silence=silence.ended(life.today))
    assert not silence_runs(life.dossier)
    assert codes(life.attempt("record_proof", Hat.INSTRUCTOR)) == {"no_proof_awaited"}


# What still waits.


def test_a_place_offered_again_waits_for_the_new_letter_only():
    life = life_of("na-2024").to(State.RESERVE).later(1).do("offer_place", Hat.HEAD)
    first = {r.entry for r in pending(life.dossier) if r.letter == "place_offered"}
    life.do("answer_offer", Hat.RECRUITER, accepted=False).later(20).do("offer_place", Hat.HEAD)
    again = {r.entry for r in pending(life.dossier) if r.letter == "place_offered"}
    assert first
    assert again == {life.dossier.version}


def test_pieces_that_are_over_wait_for_no_proof():
    life = asked().later(30)
    assert pending(life.dossier)
    life.do("declare_inadmissible", Hat.HEAD)
    assert {r.letter for r in pending(life.dossier)} == {"L5"}


def test_the_oldest_letter_tells_since_when_a_dossier_waits():
    life = notified().later(60).do("give_notice", Hat.HEAD)
    assert proof_since(life.dossier) == date(2024, 7, 22)
    for letter in ("L8", "contradictory_notice"):
        life.prove(letter)
    assert proof_since(life.dossier) is None
