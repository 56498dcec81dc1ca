"""Once a dossier is over, nobody waits for an answer on it any more."""

from datetime import date, timedelta

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.decide import Refused, fold
from workflows.parts.requests import FourDates, RequestKind, RequestState
from workflows.states import State


def _states(life: Life) -> dict[RequestKind, RequestState]:
    return {request.kind: request.state for request in life.dossier.requests}


def _asked(state: State) -> Life:
    return life_of("na-2024").to(state).later(1).do("report_withdrawal", Hat.RECRUITER)


def _inadmissible() -> Life:
    return _asked(State.SUBMITTED).do("declare_inadmissible", Hat.HEAD)


def _not_retained() -> Life:
    life = _asked(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR, favourable=False, rank=None)
    return life.on(life.profile.decided).do("reject", Hat.HEAD)


def _lapsed() -> Life:
    life = _asked(State.NOTIFIED).do("give_notice", Hat.HEAD).prove("contradictory_notice")
    return life.later(60).do("lapse", Hat.HEAD)


def _closed() -> Life:
    life = _asked(State.NOTIFIED)
    return life.do("withdraw", Hat.INSTRUCTOR, request=None).do("close", Hat.HEAD)


def _ended() -> Life:
    life = life_of("na-2024").to(State.IN_POST).later(40)
    return life.do("report_withdrawal", Hat.RECRUITER).do("record_end", Hat.INSTRUCTOR, request=None)


@pytest.mark.parametrize("over", [_inadmissible, _not_retained, _lapsed, _closed, _ended])
def test_a_dossier_that_is_over_leaves_no_request_waiting(over):
    life = over()
    assert life.dossier.state in {State.REJECTED, State.ENDED}
    assert [(r.state, r.answered_on) for r in life.dossier.requests] == [(RequestState.MOOT, life.today)]
    assert RequestState.MOOT.label == "sans objet"
    # the entry of the journal says it
    assert "requests" in life.journal[-1].changes
    assert fold(life.opening, [decision.changes for decision in life.journal]) == life.dossier
    answer = life.attempt("refuse_request", Hat.HEAD, request="R1")
    assert isinstance(answer, Refused)
    assert answer.codes == {"request_answered"}


def test_the_request_that_an_end_answers_is_granted_and_the_others_are_without_object():
    life = life_of("na-2024").to(State.IN_POST).later(40)
    life.do("report_withdrawal", Hat.RECRUITER).do("declare_early_end", Hat.RECRUITER)
    ended = life.copy().do("record_end", Hat.INSTRUCTOR, request=life.last_request(RequestKind.EARLY_END))
    assert _states(ended) == {
        RequestKind.WITHDRAWAL: RequestState.MOOT,
        RequestKind.EARLY_END: RequestState.GRANTED,
    }


def test_a_request_answered_before_keeps_its_answer():
    life = _asked(State.SUBMITTED)
    life.do("refuse_request", Hat.HEAD, request="R1").later(2).do("declare_inadmissible", Hat.HEAD)
    assert _states(life) == {RequestKind.WITHDRAWAL: RequestState.REFUSED}


def test_a_rejection_taken_back_lets_the_request_wait_again():
    life = _inadmissible().do("revert", Hat.HEAD)
    assert life.dossier.state is State.SUBMITTED
    assert _states(life) == {RequestKind.WITHDRAWAL: RequestState.REPORTED}
    assert life.dossier.requests[0].answered_on is None


def test_a_dossier_rejected_again_takes_what_was_asked_meanwhile_with_it():
    life = life_of("na-2024").to(State.REJECTED).later(10).do("reexamine", Hat.HEAD)
    life.do("report_withdrawal", Hat.RECRUITER).later(1).do("revert", Hat.HEAD)
    assert life.dossier.state is State.REJECTED
    assert _states(life) == {RequestKind.WITHDRAWAL: RequestState.MOOT}


def test_a_replacement_proposed_is_without_object_once_the_post_has_ended():
    life = life_of("na-2024").to(State.IN_POST).on(date(2025, 6, 1))
    dates = FourDates(life.today, life.today, life.today, life.today)
    life.do("withdraw", Hat.INSTRUCTOR, dates=dates).do("propose_replacement", Hat.RECRUITER)
    life.later(5).do("record_end", Hat.INSTRUCTOR, last_day=life.today - timedelta(days=6))
    assert _states(life) == {RequestKind.REPLACEMENT: RequestState.MOOT}
