"""Each addressee has a receipt, a period and an answer of their own: no answer takes the rights of another away."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.acts.award import LapseGround
from workflows.calendars import Calendar
from workflows.calls.model import Channel
from workflows.calls.model import Depositor as DepositorKind
from workflows.deadlines import period_end
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.dossier import DossierDepositor
from workflows.due import DueKind, due_items
from workflows.effects import Addressee
from workflows.facts import from_plain, plain
from workflows.french import short_day
from workflows.legal_clocks import ClockKind, legal_clocks
from workflows.parts.receipts import Receipt
from workflows.proofs import pending, silence_runs
from workflows.states import State

CANDIDATE, RECRUITER, PARTNERS = Addressee.CANDIDATE, Addressee.RECRUITER, Addressee.PARTNERS
NOTICE = "contradictory_notice"
METROPOLE = Calendar("metropole")


def notified() -> Life:
    """Notified on 22/07/2024; the implied refusal is due on 10/08/2024 (reference, 6.1)."""
    return life_of("na-2024").to(State.NOTIFIED)


def noticed() -> Life:
    return notified().later(60).do("give_notice", Hat.HEAD)


def codes(answer: Decision | Refused) -> set[str]:
    return {f.code for f in answer.findings}


def receipt(life: Life, letter: str, to: Addressee) -> Receipt:
    return next(r for r in life.dossier.receipts if (r.letter, r.to) == (letter, to) and not r.void)


def due(life: Life, kind: DueKind) -> list[date]:
    return [d.on for d in due_items(life.dossier, life.call, life.today) if d.kind is kind]


# The contradictory notice (CRPA L.122-1).


def test_the_answer_of_one_takes_nothing_away_from_the_other():
    life = noticed().later(5).prove(NOTICE).do("answer_notice", Hat.CANDIDATE)
    assert receipt(life, NOTICE, CANDIDATE).answered_on == life.today
    assert receipt(life, NOTICE, RECRUITER).answered_on is None
    refused = life.attempt("lapse", Hat.HEAD)
    assert isinstance(refused, Refused)
    assert codes(refused) == {"notice_running"}
    assert "pour l’établissement recruteur" in refused.findings[0].sentence
    # the recruiter, within their own period, still answers
    life.later(20).do("answer_notice", Hat.RECRUITER)
    assert isinstance(life.attempt("lapse", Hat.HEAD), Decision)


def test_nobody_answers_twice():
    life = noticed().do("answer_notice", Hat.CANDIDATE)
    assert codes(life.attempt("answer_notice", Hat.CANDIDATE)) == {"no_notice_to_answer"}
    assert life.explained(Hat.RECRUITER)["answer_notice"].allowed
    assert not life.explained(Hat.CANDIDATE)["answer_notice"].allowed


def test_an_award_never_lapses_while_one_addressee_may_not_have_the_notice():
    life = noticed().later(2).do("answer_notice", Hat.CANDIDATE).later(400)
    assert codes(life.attempt("lapse", Hat.HEAD)) == {"notice_not_received"}
    life.prove(NOTICE, RECRUITER)
    assert codes(life.attempt("lapse", Hat.HEAD)) == {"notice_running"}
    last = period_end(life.today, 30, METROPOLE)
    assert codes(life.on(last).attempt("lapse", Hat.HEAD)) == {"notice_running"}
    assert isinstance(life.later(1).attempt("lapse", Hat.HEAD), Decision)


def test_an_agent_says_whose_answer_came():
    life = noticed().later(3)
    unsaid = life.attempt("answer_notice", Hat.INSTRUCTOR, receipt=None)
    assert codes(unsaid) == {"answer_of_nobody"}
    recruiter = receipt(life, NOTICE, RECRUITER).id
    life.do("answer_notice", Hat.INSTRUCTOR, receipt=recruiter)
    assert [r.to for r in life.dossier.receipts if r.letter == NOTICE and r.answered_on] == [RECRUITER]
    assert codes(life.attempt("lapse", Hat.HEAD)) == {"notice_not_received"}
    # one answer is left to come: nobody else can be meant
    assert isinstance(life.attempt("answer_notice", Hat.INSTRUCTOR, receipt=None), Decision)
    assert codes(life.attempt("answer_notice", Hat.INSTRUCTOR, receipt=recruiter)) == {"answer_of_nobody"}


def test_the_end_of_the_notice_falls_due_by_the_last_who_has_not_answered():
    life = noticed().later(1).prove(NOTICE, CANDIDATE).later(4).prove(NOTICE, RECRUITER)
    after = timedelta(days=1)
    candidate, recruiter = (period_end(life.today - timedelta(days=n), 30, METROPOLE) for n in (4, 0))
    assert candidate < recruiter
    assert due(life, DueKind.NOTICE_OVER) == [recruiter + after]
    assert due(life.copy().do("answer_notice", Hat.CANDIDATE), DueKind.NOTICE_OVER) == [recruiter + after]
    assert due(life.copy().do("answer_notice", Hat.RECRUITER), DueKind.NOTICE_OVER) == [candidate + after]
    life.do("answer_notice", Hat.CANDIDATE).do("answer_notice", Hat.RECRUITER)
    assert due(life, DueKind.NOTICE_OVER) == []
    assert life.dossier.notice is not None
    assert life.dossier.notice.answered_on == life.today


# Answers that an agent records.


def test_an_answer_counts_from_the_day_it_came():
    life = noticed().later(9)
    came = life.today - timedelta(days=4)
    life.do("answer_notice", Hat.INSTRUCTOR, channel=Channel.POST, came_on=came)
    assert receipt(life, NOTICE, CANDIDATE).answered_on in {None, came}
    assert {r.answered_on for r in life.dossier.receipts if r.letter == NOTICE} == {None, came}


def test_a_party_answers_on_the_day_itself_whatever_it_says():
    life = noticed().later(9)
    life.do("answer_notice", Hat.CANDIDATE, came_on=life.today - timedelta(days=4))
    assert receipt(life, NOTICE, CANDIDATE).answered_on == life.today


@pytest.mark.parametrize("missing", ["channel", "came_on", "evidence"])
def test_remarks_recorded_by_an_agent_say_how_and_when_they_came(missing: str):
    life = life_of("na-2024").to(State.CLAWBACK).do("start_contradictory", Hat.INSTRUCTOR).later(8)
    assert codes(life.attempt("record_remarks", Hat.INSTRUCTOR, **{missing: None})) == {"answer_arrival_unknown"}
    assert isinstance(life.attempt("record_remarks", Hat.RECRUITER, **{missing: None}), Decision)


def test_remarks_count_from_the_day_they_came():
    life = life_of("na-2024").to(State.CLAWBACK).do("start_contradictory", Hat.INSTRUCTOR).later(2).prove("L14")
    received = life.today
    life.later(8)
    early = life.attempt("record_remarks", Hat.INSTRUCTOR, came_on=received - timedelta(days=1))
    assert codes(early) == {"answer_before_letter"}
    assert codes(life.attempt("record_remarks", Hat.INSTRUCTOR, came_on=life.today + timedelta(days=1))) == {
        "date_in_future"
    }
    life.do("record_remarks", Hat.INSTRUCTOR, came_on=received)
    assert life.dossier.repayment is not None
    assert life.dossier.repayment.answered_on == received
    assert receipt(life, "L14", RECRUITER).answered_on == received


# The ground of silence (A45).


def silent(life: Life) -> Decision | Refused:
    return life.attempt("give_notice", Hat.HEAD, ground=LapseGround.SILENCE)


def test_nobody_is_silent_before_the_end_of_a_proven_period():
    life = notified().later(1)
    assert codes(silent(life)) == {"silence_not_opposable"}
    assert codes(silent(life.later(300))) == {"silence_not_opposable"}
    life.prove("L8", CANDIDATE)
    assert codes(silent(life)) == {"silence_not_opposable"}
    days = life.call.clauses.award.acceptance_days.value
    assert days
    last = period_end(life.today, days, METROPOLE)
    assert codes(silent(life.on(last))) == {"silence_not_opposable"}
    assert isinstance(silent(life.later(1)), Decision)


def test_who_accepted_is_not_silent():
    life = notified().prove("L8").later(1).do("accept_award", Hat.CANDIDATE).do("accept_award", Hat.RECRUITER)
    assert codes(silent(life.later(90))) == {"silence_not_opposable"}


def test_another_ground_needs_nobody_silent():
    answer = notified().later(1).attempt("give_notice", Hat.HEAD, ground=LapseGround.NO_START)
    assert isinstance(answer, Decision)


def test_an_award_notified_before_receipts_were_kept_keeps_its_period():
    life = notified()
    assert life.dossier.award is not None
    life.changed(receipts=(), award=replace(life.dossier.award, reply_by=date(2024, 8, 6)))
    assert codes(silent(life.on(date(2024, 8, 6)))) == {"silence_not_opposable"}
    assert isinstance(silent(life.on(date(2024, 8, 7))), Decision)
    assert "acceptance_late" in codes(life.attempt("accept_award", Hat.RECRUITER))


def test_who_accepts_is_late_by_their_own_period_only():
    life = notified().prove("L8", CANDIDATE).later(60)
    late = life.attempt("accept_award", Hat.CANDIDATE)
    assert codes(late) == {"acceptance_late"}
    assert "jusqu’au" in late.findings[0].sentence
    assert codes(life.attempt("accept_award", Hat.RECRUITER)) == set()


def test_an_alert_follows_who_has_not_accepted_yet():
    life = notified().prove("L8", CANDIDATE).later(3).do("accept_award", Hat.CANDIDATE)
    assert due(life, DueKind.AWARD_REPLY) == []  # the period of the recruiter has not started


# The choice between two dossiers (A34).


def test_a_doctor_of_two_dossiers_chooses_from_their_own_receipt():
    life = life_of("na-2024").to(State.SELECTED).around(same_doctor=("NA-0031",)).on(date(2024, 7, 22))
    life.do("notify", Hat.HEAD).around(same_doctor=())
    assert due(life, DueKind.CHOICE) == []
    life.later(3).prove("L8", RECRUITER)
    assert due(life, DueKind.CHOICE) == []
    life.later(3).prove("L8", CANDIDATE)
    assert due(life, DueKind.CHOICE) == [period_end(life.today, 8, METROPOLE)]
    life.do("withdraw_proof", Hat.INSTRUCTOR, receipt=receipt(life, "L8", CANDIDATE).id)
    assert due(life, DueKind.CHOICE) == []


# One receipt per party.


def three_places() -> Life:
    """Two partners; the candidate and the recruiter file together."""
    life = life_of("na-2024")
    third = replace(life.profile.partner, id="990000999")
    sites = (*life.dossier.sites, third)
    both = (*life.dossier.depositors, DossierDepositor(DepositorKind.RECRUITER, life.profile.recruiter.id, True))
    return life.to(State.SELECTED).changed(sites=sites, depositors=both)


def test_two_partners_have_a_receipt_each():
    life = three_places().to(State.NOTIFIED)
    mine = [r for r in life.dossier.receipts if r.letter == "L8" and r.to is PARTNERS]
    assert [r.party for r in mine] == [life.profile.partner.id, "990000999"]
    assert len({r.id for r in mine}) == 2
    life.later(2).do("record_proof", Hat.INSTRUCTOR, receipt=mine[0].id)
    assert mine[1] in pending(life.dossier)
    assert mine[0].id not in {r.id for r in pending(life.dossier)}
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on is None  # no partner filed


def test_a_party_addressed_twice_has_one_receipt():
    life = three_places().to(State.NOTIFIED)
    parties = [r.party for r in life.dossier.receipts if r.letter == "L8"]
    assert len(parties) == len(set(parties))
    assert set(parties) == {
        life.profile.candidate.id,
        life.profile.recruiter.id,
        life.profile.partner.id,
        "990000999",
    }


def test_joint_depositors_are_asked_for_pieces_each_and_shown_one_by_one():
    life = life_of("na-2024").to(State.SUBMITTED).later(1)
    both = (*life.dossier.depositors, DossierDepositor(DepositorKind.RECRUITER, life.profile.recruiter.id, True))
    life.changed(depositors=both).do("request_pieces", Hat.INSTRUCTOR)
    assert len([r for r in pending(life.dossier) if r.letter == "L3"]) == 2
    (request,) = life.dossier.piece_requests
    life.later(2).do("receive_piece", Hat.CANDIDATE, keys=request.keys)
    assert [r.party for r in life.dossier.receipts if r.answered_on] == [life.profile.candidate.id]


def test_a_receipt_written_for_a_whole_role_is_still_read():
    life = three_places().to(State.NOTIFIED).later(2)
    data = plain(life.dossier)
    kept: dict[str, dict[str, Any]] = {}
    for one in data["receipts"]:
        one.pop("party")
        kept.setdefault(one["to"], one)
    data["receipts"] = list(kept.values())
    old = from_plain(data)
    life.changed(receipts=old.receipts)
    assert {r.id.count(":") for r in life.dossier.receipts} == {2}
    life.prove("L8", PARTNERS).do("accept_award", Hat.RECRUITER)
    assert {r.to for r in life.dossier.receipts if r.answered_on} >= {RECRUITER}
    assert life.dossier.silence is not None
    assert not silence_runs(life.dossier)


# A proof that is wrong.


def test_a_proof_withdrawn_leaves_the_letter_and_its_clocks_as_before():
    life = notified().later(3).prove("L8", CANDIDATE)
    before = life.journal[-1]
    named = receipt(life, "L8", CANDIDATE).id
    assert codes(life.attempt("withdraw_proof", Hat.INSTRUCTOR, receipt=named, reason=None)) == {"reason_missing"}
    assert codes(life.attempt("withdraw_proof", Hat.RECRUITER, receipt=named)) == {"not_allowed"}
    life.do("withdraw_proof", Hat.INSTRUCTOR, receipt=named)
    assert receipt(life, "L8", CANDIDATE).is_awaited
    assert life.dossier.silence is not None
    assert (life.dossier.silence.ended_on, silence_runs(life.dossier)) == (None, True)
    assert life.dossier.award is not None
    assert life.dossier.award.reply_by is None
    told = described(before.after, life.dossier)
    assert any("est retirée" in sentence for sentence in told)
    assert any("court de nouveau" in sentence for sentence in told)
    life.do("revert", Hat.HEAD)  # nothing is known to have left any more


def test_a_proof_withdrawn_leaves_an_answer_where_it_is():
    life = notified().prove("L8", CANDIDATE).later(3).do("accept_award", Hat.CANDIDATE)
    life.do("withdraw_proof", Hat.INSTRUCTOR, receipt=receipt(life, "L8", CANDIDATE).id)
    assert not receipt(life, "L8", CANDIDATE).is_awaited
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on == life.today


def test_nobody_receives_a_letter_after_answering_it():
    life = notified().on(date(2024, 7, 25)).do("accept_award", Hat.CANDIDATE).on(date(2024, 8, 6))
    named = receipt(life, "L8", CANDIDATE).id
    late = life.attempt("record_proof", Hat.INSTRUCTOR, receipt=named, received_on=date(2024, 8, 4))
    assert codes(late) == {"received_after_answer"}
    life.do("record_proof", Hat.INSTRUCTOR, receipt=named, received_on=date(2024, 7, 24))
    assert life.dossier.silence is not None
    assert life.dossier.silence.ended_on == date(2024, 7, 24)


# The silence that rests on a letter nobody is proven to have (CRPA L.114-5).


def test_the_silence_says_both_days_while_the_request_may_not_have_arrived():
    life = life_of("na-2024").to(State.SUBMITTED).on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR)
    (clock,) = [c for c in legal_clocks(life.dossier, life.call, life.today) if c.kind is ClockKind.SILENCE]
    assert (clock.earlier, clock.until) == (date(2024, 8, 10), date(2024, 8, 25))
    alerts = due(life, DueKind.SILENCE_ALERT)
    assert alerts == [date(2024, 7, 26), date(2024, 8, 7), date(2024, 8, 10), date(2024, 8, 22)]
    said = [d.what for d in due_items(life.dossier, life.call, life.today) if d.kind is DueKind.SILENCE_ALERT]
    words = f"le {short_day(date(2024, 8, 10))} si la demande de pièces n’a pas été reçue"
    assert all(words in text for text in said)
    life.later(2).prove("L3")
    (clock,) = [c for c in legal_clocks(life.dossier, life.call, life.today) if c.kind is ClockKind.SILENCE]
    assert (clock.earlier, clock.until) == (None, date(2024, 8, 25))
    assert due(life, DueKind.SILENCE_ALERT) == [date(2024, 8, 10), date(2024, 8, 22)]


def test_pieces_that_came_rest_the_suspension_on_them():
    life = life_of("na-2024").to(State.SUBMITTED).on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR)
    (request,) = life.dossier.piece_requests
    life.later(4).do("receive_piece", life.depositor, keys=request.keys)
    (clock,) = [c for c in legal_clocks(life.dossier, life.call, life.today) if c.kind is ClockKind.SILENCE]
    assert clock.earlier is None
    assert clock.until == date(2024, 8, 14)
