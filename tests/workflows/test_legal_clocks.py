"""Every legal clock of a dossier: what waits for a proof, what runs and until when, what is over."""

from datetime import date, timedelta

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.calendars import Calendar
from workflows.deadlines import court_period_end
from workflows.effects import Addressee
from workflows.legal_clocks import ClockKind, LegalClock, legal_clocks
from workflows.proofs import proof_since
from workflows.states import State

CANDIDATE, RECRUITER = Addressee.CANDIDATE, Addressee.RECRUITER
METROPOLE = Calendar("metropole")


def clocks(life: Life, *kinds: ClockKind) -> dict[tuple[ClockKind, Addressee | None], LegalClock]:
    found = legal_clocks(life.dossier, life.call, life.today)
    return {(clock.kind, clock.to): clock for clock in found if not kinds or clock.kind in kinds}


def notified() -> Life:
    return life_of("na-2024").to(State.NOTIFIED)


# Counting (reference, 3.6g).


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2024, 7, 23), date(2024, 9, 24)),  # a Tuesday: two months, then the day after
        (date(2024, 7, 24), date(2024, 9, 25)),
        (date(2024, 7, 26), date(2024, 9, 27)),
        (date(2024, 7, 27), date(2024, 9, 30)),  # would end on Saturday 28
        (date(2024, 12, 31), date(2025, 3, 3)),  # no 31 February: the 28th, then Saturday 1 March
        (date(2023, 12, 30), date(2024, 3, 1)),  # 29 February of a leap year
        (date(2025, 2, 28), date(2025, 4, 29)),
        (date(2025, 3, 10), date(2025, 5, 12)),  # would end on Sunday 11
        (date(2024, 10, 31), date(2025, 1, 2)),  # the last day of the year, then 1 January is a holiday
    ],
)
def test_two_months_to_go_to_court_neither_end_counting(received: date, last: date):
    assert court_period_end(received, 2, METROPOLE) == last


def test_the_holidays_are_those_of_the_authority():
    # Guyane: 10 June is a holiday there only
    assert court_period_end(date(2025, 4, 9), 2, METROPOLE) == date(2025, 6, 10)
    assert court_period_end(date(2025, 4, 9), 2, Calendar("guyane")) == date(2025, 6, 11)


# What waits, what runs, what is over.


def test_before_the_proof_no_clock_of_a_decision_runs():
    life = notified().later(40)
    for kind in (ClockKind.COURT, ClockKind.ACCEPTANCE):
        clock = clocks(life)[kind, CANDIDATE]
        assert clock.waiting_since == life.profile.notified
        assert (clock.starts_on, clock.until, clock.over, clock.distant) == (None, None, False, ())


def test_the_court_period_runs_for_each_from_their_own_receipt():
    life = notified().later(3)
    life.prove("L8", CANDIDATE, received_on=date(2024, 7, 24))
    found = clocks(life, ClockKind.COURT)
    clock = found[ClockKind.COURT, CANDIDATE]
    assert (clock.starts_on, clock.until) == (date(2024, 7, 25), date(2024, 9, 25))
    assert clock.waiting_since is None
    assert clock.rule == "CJA art. R. 421-1"
    assert found[ClockKind.COURT, RECRUITER].waiting_since == date(2024, 7, 22)


def test_distance_may_add_one_month_or_two():
    life = notified().later(3)
    life.prove("L8", CANDIDATE, received_on=date(2024, 7, 24))
    assert clocks(life)[ClockKind.COURT, CANDIDATE].distant == (date(2024, 10, 25), date(2024, 11, 25))


def test_a_period_is_over_the_day_after_its_last():
    life = notified().later(3)
    life.prove("L8", CANDIDATE, received_on=date(2024, 7, 24))
    assert not clocks(life.on(date(2024, 9, 25)))[ClockKind.COURT, CANDIDATE].over
    assert clocks(life.on(date(2024, 9, 26)))[ClockKind.COURT, CANDIDATE].over


def test_the_silence_runs_until_the_answer_is_received():
    life = notified()
    clock = clocks(life)[ClockKind.SILENCE, None]
    assert (clock.starts_on, clock.until, clock.over) == (date(2024, 6, 10), date(2024, 8, 10), False)
    assert clocks(life.on(date(2024, 8, 10)))[ClockKind.SILENCE, None].over
    life.prove("L8", CANDIDATE)
    assert (ClockKind.SILENCE, None) not in clocks(life)


def test_each_accepts_within_their_own_period():
    life = notified().later(2).prove("L8", CANDIDATE).later(6).prove("L8", RECRUITER)
    found = clocks(life, ClockKind.ACCEPTANCE)
    days = life.call.clauses.award.acceptance_days.value
    assert days
    assert [found[ClockKind.ACCEPTANCE, to].starts_on for to in (CANDIDATE, RECRUITER)] == [
        date(2024, 7, 24),
        date(2024, 7, 30),
    ]
    last = {to: found[ClockKind.ACCEPTANCE, to].until for to in (CANDIDATE, RECRUITER)}
    assert last[CANDIDATE] == METROPOLE.next_working_day(date(2024, 7, 24) + timedelta(days=days))
    assert life.dossier.award is not None
    assert life.dossier.award.reply_by == last[RECRUITER]


def test_a_period_to_accept_is_over_for_who_accepted():
    life = notified().later(2).do("accept_award", Hat.CANDIDATE)
    found = clocks(life, ClockKind.ACCEPTANCE)
    assert found[ClockKind.ACCEPTANCE, CANDIDATE].answered
    assert not found[ClockKind.ACCEPTANCE, RECRUITER].answered


def test_the_period_of_each_runs_for_a_contradictory_notice():
    life = notified().later(60).do("give_notice", Hat.HEAD).on(date(2026, 3, 5))
    life.prove("contradictory_notice", RECRUITER)
    found = clocks(life, ClockKind.NOTICE)
    assert found[ClockKind.NOTICE, RECRUITER].until == date(2026, 4, 7)
    assert found[ClockKind.NOTICE, CANDIDATE].until is None
    assert (ClockKind.COURT, RECRUITER) in clocks(life, ClockKind.COURT)  # of the award, not of the notice
    assert {c.letter for c in clocks(life, ClockKind.COURT).values()} == {"L8"}


def test_the_period_to_answer_on_a_repayment():
    life = life_of("na-2024").to(State.CLAWBACK).on(date(2026, 3, 2)).do("start_contradictory", Hat.INSTRUCTOR)
    assert clocks(life)[ClockKind.REPAYMENT, RECRUITER].waiting_since == date(2026, 3, 2)
    life.later(3).prove("L14")
    clock = clocks(life)[ClockKind.REPAYMENT, RECRUITER]
    assert (clock.starts_on, clock.until, clock.over) == (date(2026, 3, 5), date(2026, 4, 7), False)


def test_a_repayment_decided_is_not_an_answer_of_the_recruiter():
    def noticed() -> Life:
        life = life_of("na-2024").to(State.CLAWBACK).on(date(2026, 3, 2)).do("start_contradictory", Hat.INSTRUCTOR)
        return life.later(3).prove("L14")

    silent = noticed().on(date(2026, 4, 15)).do("decide_repayment", Hat.DG)
    clock = clocks(silent)[ClockKind.REPAYMENT, RECRUITER]
    assert (clock.over, clock.answered) == (True, False)
    heard = noticed().later(1).do("record_remarks", Hat.RECRUITER).do("decide_repayment", Hat.DG)
    clock = clocks(heard)[ClockKind.REPAYMENT, RECRUITER]
    assert (clock.over, clock.answered) == (True, True)


def test_the_last_day_printed_in_a_mail_shows_before_its_proof():
    life = life_of("na-2024").to(State.SUBMITTED).later(1).do("request_pieces", Hat.INSTRUCTOR)
    (request,) = life.dossier.piece_requests
    clock = clocks(life.later(40))[ClockKind.PIECES, Addressee.DEPOSITORS]
    assert clock.until == request.due_on
    assert clock.waiting_since == request.asked_on
    assert not clock.over  # nothing proves that it ever started


def test_what_waits_for_a_proof_comes_first_and_tells_since_when():
    life = notified().later(3).prove("L8", CANDIDATE)
    found = legal_clocks(life.dossier, life.call, life.today)
    waits = [clock.waiting_since is not None for clock in found]
    assert waits == sorted(waits, reverse=True)
    assert proof_since(life.dossier) == date(2024, 7, 22)
    assert proof_since(life_of("na-2024").to(State.COMPLETE).dossier) is None


@pytest.mark.parametrize("call", ["ara-2017", "cvl-ville-hopital", "guyane-2020", "idf-2025", "na-2024"])
@pytest.mark.parametrize("state", list(State))
def test_no_clock_that_rests_on_a_letter_runs_without_its_receipt(call: str, state: State):
    life = life_of(call).to(state).later(400)
    for clock in legal_clocks(life.dossier, life.call, life.today):
        found = life.dossier.receipt(clock.receipt)
        if found is not None and found.is_awaited:
            assert clock.starts_on is None
            assert clock.waiting_since == found.asked_on
