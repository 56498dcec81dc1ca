"""A recruiter that asks to be heard on a repayment is heard before the decision (CRPA art. L. 122-1)."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.repaying import current, proposed
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.repaying.track import Stage, track

DAY = timedelta(days=1)


def noticed() -> Life:
    return proposed().later(2).do("start_contradictory", Hat.INSTRUCTOR).later(3)


def asking() -> Life:
    """The recruiter asks to be heard."""
    return noticed().do("record_remarks", Hat.RECRUITER, hearing=True).later(5)


def told(life: Life) -> str:
    steps = track(life.dossier, current(life), life.today)
    return " ".join(next(step.told for step in steps if step.stage is Stage.REMARKS))


def test_a_decision_without_the_hearing_asked_for_is_held_and_a_reason_lifts_it() -> None:
    life = asking()
    held = life.attempt("decide_repayment", Hat.HEAD)
    assert isinstance(held, Refused)
    assert held.codes == {"hearing_owed"}
    lifted = life.attempt("decide_repayment", Hat.HEAD, lifts={"hearing_owed": "motif-0011"})
    assert isinstance(lifted, Decision)


def test_once_heard_the_decision_goes_through_and_keeps_the_day() -> None:
    life = asking()
    on = life.today - DAY
    life.do("decide_repayment", Hat.HEAD, heard_on=on)
    assert current(life).heard_on == on
    assert "Entendu le" in told(life)


def test_a_day_before_the_request_or_to_come_is_no_hearing() -> None:
    life = asking()
    asked_on = current(life).hearing_asked_on
    assert asked_on is not None
    early = life.attempt("decide_repayment", Hat.HEAD, heard_on=asked_on - DAY)
    assert isinstance(early, Refused)
    assert "hearing_owed" in early.codes
    late = life.attempt("decide_repayment", Hat.HEAD, heard_on=life.today + DAY)
    assert isinstance(late, Refused)
    assert "date_in_future" in late.codes


def test_who_asks_for_nothing_is_owed_nothing() -> None:
    life = noticed().do("record_remarks", Hat.RECRUITER)
    assert current(life).hearing_asked_on is None
    assert isinstance(life.later(1).attempt("decide_repayment", Hat.HEAD), Decision)


def test_a_later_answer_does_not_take_the_request_back() -> None:
    life = asking()
    asked_on = current(life).hearing_asked_on
    life.do("record_remarks", Hat.RECRUITER)
    assert current(life).hearing_asked_on == asked_on


def test_the_preview_and_the_track_say_so() -> None:
    before = noticed()
    after = before.copy().do("record_remarks", Hat.RECRUITER, hearing=True)
    assert "Le recruteur demande à être entendu avant la décision." in described(before.dossier, after.dossier)
    assert "demande à être entendu" in told(after)
