"""A pause of the reminders of one dossier: it delays, drops nothing, and moves no clock of the law."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.due import due
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.due import DueKind, due_items
from workflows.facts import from_plain, plain
from workflows.jobs import PAUSABLE, Job
from workflows.parts.pauses import Pause
from workflows.states import State

PIECES = (DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY, DueKind.PIECES_OVERDUE)


def _asked() -> Life:
    """Filed on 10 June 2024 without an opinion, asked for on the 17th until 2 July."""
    life = life_of("na-2024").on(date(2024, 6, 10), "14:12")
    life.do("receive_piece", Hat.CANDIDATE)
    key = life.dossier.pieces[-1].key
    life.changed(pieces=life.dossier.pieces[:-1]).do("submit", Hat.CANDIDATE)
    return life.on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, keys=(key,))


def _paused(until: date, *jobs: Job) -> Life:
    return _asked().do("pause_reminders", Hat.INSTRUCTOR, until=until, jobs=jobs)


def test_reminders_of_a_pause_wait_for_the_day_after_it():
    life = _paused(date(2024, 7, 10))
    assert [(d.on, d.held_until) for d in due(life, *PIECES)] == [
        (date(2024, 6, 27), date(2024, 7, 11)),
        (date(2024, 7, 2), date(2024, 7, 11)),
        (date(2024, 7, 3), date(2024, 7, 11)),
    ]
    assert {d.day for d in due(life, *PIECES)} == {date(2024, 7, 11)}
    assert {d.family for d in due(life, *PIECES)} == {"pieces:2024-07-02"}  # one is told, not three
    assert {d.at("Europe/Paris").hour for d in due(life, *PIECES)} == {6}  # 8 h in summer


def test_what_is_told_after_a_pause_is_not_moved():
    life = _paused(date(2024, 6, 30))
    held = {d.on: d.held_until for d in due(life, *PIECES)}
    assert held == {date(2024, 6, 27): date(2024, 7, 1), date(2024, 7, 2): None, date(2024, 7, 3): None}


def test_a_pause_keeps_every_key():
    before = [d.key for d in due_items(_asked().dossier, _asked().call, date(2024, 6, 17))]
    life = _paused(date(2024, 12, 17))
    assert [d.key for d in due_items(life.dossier, life.call, life.today)] == before


def test_only_the_jobs_named_are_paused():
    life = _paused(date(2024, 8, 31), Job.J3)
    assert {d.held_until for d in due(life, *PIECES)} == {None}
    assert {d.held_until for d in due(life, DueKind.RECEIPT_WATCH)} == {date(2024, 9, 1)}


# 6.1: asked on 17 June until 2 July, silence is a refusal on 25 August
@pytest.mark.parametrize("until", [date(2024, 12, 17), date(2024, 8, 24), date(2024, 8, 22), date(2024, 8, 10)])
def test_the_warnings_of_the_law_do_not_wait(until):
    life = _paused(until)
    (elapsed,) = due(life, DueKind.SILENCE_ELAPSED)
    assert (elapsed.held_until, elapsed.day) == (None, date(2024, 8, 25))
    alerts = due(life, DueKind.SILENCE_ALERT)
    assert alerts == due(_asked(), DueKind.SILENCE_ALERT)
    assert [d.day for d in alerts[-2:]] == [date(2024, 8, 10), date(2024, 8, 22)]


def test_a_pause_written_of_the_warnings_of_the_law_holds_none():
    life = _asked().changed(pause=Pause(date(2024, 6, 17), date(2024, 12, 17), (Job.J5,)))
    assert {d.held_until for d in due(life, DueKind.SILENCE_ALERT, *PIECES)} == {None}


def test_the_longest_use_of_a_reminder_is_known():
    life = _asked()
    last = {d.kind: d.last_day for d in due_items(life.dossier, life.call, life.today)}
    assert last[DueKind.PIECES_REMINDER] == last[DueKind.PIECES_LAST_DAY] == date(2024, 7, 2)
    assert last[DueKind.SILENCE_ALERT] == date(2024, 8, 24)  # the eve of the refusal
    assert last[DueKind.PIECES_OVERDUE] is last[DueKind.RECEIPT_WATCH] is None
    draft = life_of("na-2024").on(date(2024, 5, 20))
    assert {d.last_day for d in due(draft, DueKind.DRAFT_REMINDER)} == {date(2024, 6, 14)}
    vacant = life_of("na-2024").to(State.WITHDRAWN)
    assert vacant.dossier.vacancy is not None
    assert [d.last_day for d in due(vacant, DueKind.REPLACEMENT_REMINDER)] == [vacant.dossier.vacancy.replace_by]


def test_a_reminder_that_a_pause_outlasts_is_sent_to_nobody():
    life = _paused(date(2024, 7, 2))
    assert {d.kind: d.mailed for d in due(life, *PIECES)} == {
        DueKind.PIECES_REMINDER: False,
        DueKind.PIECES_LAST_DAY: False,
        DueKind.PIECES_OVERDUE: True,
    }
    assert [d.mailed for d in due(_paused(date(2024, 7, 1)), *PIECES)] == [True, True, True]  # leaves on the 2nd


def test_of_what_leaves_together_the_last_of_a_matter_is_told():
    life = _paused(date(2024, 7, 1))
    assert {d.kind: d.overtaken for d in due(life, *PIECES)} == {
        DueKind.PIECES_REMINDER: True,
        DueKind.PIECES_LAST_DAY: False,  # on its own day too
        DueKind.PIECES_OVERDUE: False,
    }


def test_an_act_decided_beforehand_does_not_wait():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("announce_departure", Hat.INSTRUCTOR)
    on = due(life, DueKind.DEPARTURE)[0].day
    life.do("pause_reminders", Hat.INSTRUCTOR, until=on + timedelta(days=30))
    (departure,) = due(life, DueKind.DEPARTURE)
    assert (departure.day, departure.held_until, departure.act) == (on, None, "withdraw")


def test_reminders_resumed_leave_on_their_own_days():
    life = _paused(date(2024, 12, 17)).do("resume_reminders", Hat.INSTRUCTOR)
    assert life.dossier.pause is None
    assert {d.held_until for d in due(life, *PIECES)} == {None}


def test_a_pause_may_be_made_longer_and_ends_by_itself():
    life = _paused(date(2024, 7, 10)).on(date(2024, 7, 5))
    life.do("pause_reminders", Hat.INSTRUCTOR, until=date(2024, 7, 31))
    assert life.dossier.pause is not None
    assert (life.dossier.pause.since, life.dossier.pause.until) == (date(2024, 7, 5), date(2024, 7, 31))
    life.on(date(2024, 7, 31))
    assert isinstance(life.attempt("resume_reminders", Hat.INSTRUCTOR), Decision)
    answer = life.on(date(2024, 8, 1)).attempt("resume_reminders", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert answer.codes == {"reminders_not_paused"}


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"until": date(2024, 12, 17)}, set()),  # six months to the day
        ({"until": date(2024, 12, 18)}, {"pause_too_long"}),
        ({"until": date(2024, 6, 17)}, set()),
        ({"until": date(2024, 6, 16)}, {"date_in_past"}),
        ({"reason": None}, {"reason_missing"}),
        ({"jobs": (Job.J6, Job.J4)}, {"job_not_pausable"}),
        ({"jobs": (Job.J5,)}, {"job_not_pausable"}),
        ({"jobs": PAUSABLE}, set()),
    ],
)
def test_a_pause_is_written_and_short(given, codes):
    answer = _asked().attempt("pause_reminders", Hat.INSTRUCTOR, **given)
    assert (answer.codes if isinstance(answer, Refused) else set()) == codes


@pytest.mark.parametrize("hat", [Hat.CANDIDATE, Hat.RECRUITER, Hat.PARTNER, Hat.MEMBER, Hat.ADMIN, Hat.CLOCK])
def test_only_those_who_follow_the_dossier_pause_it(hat):
    answer = _asked().attempt("pause_reminders", hat)
    assert isinstance(answer, Refused)
    assert answer.codes == {"not_allowed"}


def test_a_pause_is_said_in_words():
    life = _asked()
    answer = life.attempt("pause_reminders", Hat.INSTRUCTOR, until=date(2024, 7, 10), jobs=(Job.J4,))
    assert isinstance(answer, Decision)
    told = " ".join(described(life.dossier, answer.after)).replace("\u00a0", " ")
    assert "(pièces manquantes) attendent jusqu’au 10 juillet 2024 compris" in told
    assert "Les délais de la loi" in told
    life.apply(answer)
    back = life.attempt("resume_reminders", Hat.INSTRUCTOR)
    assert isinstance(back, Decision)
    assert "reprennent" in " ".join(described(life.dossier, back.after))


def test_facts_written_before_pauses_are_read_and_written_alike():
    life = _asked()
    assert "pause" not in plain(life.dossier)
    paused = life.do("pause_reminders", Hat.INSTRUCTOR, jobs=(Job.J4,)).dossier
    assert from_plain(plain(paused)) == paused
