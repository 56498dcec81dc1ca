"""What a call may set of its jobs: days, addressees, stops, hour; and what it may not take away (5.3)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from backoffice.callfiles import find_call, quota_sources, read_text
from tests.builders import Hat, call_of, rewritten
from tests.calls import QUOTA_SOURCES, TEXTS
from tests.lives import Life, life_of
from tests.workflows.due import due, set_job
from workflows.calls.completed import completed
from workflows.calls.digest import digest_of
from workflows.calls.jobs import DEFAULT_JOBS
from workflows.calls.parse import parse_call
from workflows.calls.sources import Origin, Sourced
from workflows.due import DueKind, due_items
from workflows.effects import Addressee
from workflows.jobs import JOBS, Job, Stop
from workflows.states import State

#: 5.3: trigger of each job, in its own unit.
DAYS = {
    Job.J1: (),
    Job.J2: (),
    Job.J3: (8,),
    Job.J4: (5, 0, -1),
    Job.J5: (15, 3),
    Job.J6: (10, 5),
    Job.J7: (1, 15),
    Job.J8: (184,),
    Job.J9: (30, 60),
    Job.J10: (),
}


def _asked() -> Life:
    life = life_of("na-2024").on(date(2024, 6, 10), "14:12")
    life.do("receive_piece", Hat.CANDIDATE)
    first, second = (p.key for p in life.dossier.pieces[-2:])
    life.changed(pieces=life.dossier.pieces[:-2]).do("submit", Hat.CANDIDATE)
    return life.on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, keys=(first, second))


@pytest.mark.parametrize("job", Job)
def test_a_call_that_says_nothing_gets_the_days_of_the_reference(job):
    assert DEFAULT_JOBS.rule(job).days == DAYS[job]
    assert call_of("na-2024").parameters.jobs.rule(job).days == DAYS[job]
    assert DEFAULT_JOBS.rule(job).send_at == 8


@pytest.mark.parametrize("job", Job)
def test_a_job_says_what_it_does_and_what_it_never_does(job):
    assert job.label
    assert job.does.endswith(".")
    assert job.never.startswith(("Ne ", "N’"))


def test_days_before_a_lapse_are_six_months_every_year():
    # 3.4: 31 December; six months before is 30 June, leap year or not
    (days,) = DAYS[Job.J8]
    assert all(date(year, 12, 31) - timedelta(days=days) == date(year, 6, 30) for year in range(2020, 2045))


def test_the_days_of_a_call_replace_the_defaults():
    life = _asked()
    assert [d.on for d in due(life, DueKind.PIECES_REMINDER)] == [date(2024, 6, 27)]
    life.under(set_job(life.call, Job.J4, days=(7, 2, 0, -1)))
    assert [d.on for d in due(life, DueKind.PIECES_REMINDER)] == [date(2024, 6, 25), date(2024, 6, 30)]
    assert [d.on for d in due(life, DueKind.PIECES_LAST_DAY)] == [date(2024, 7, 2)]
    assert [d.on for d in due(life, DueKind.PIECES_OVERDUE)] == [date(2024, 7, 3)]


def test_the_settings_of_jobs_are_no_clause():
    call = call_of("na-2024")
    changed = set_job(call, Job.J4, days=(9,), to=(Addressee.SERVICE,))
    assert changed != call
    assert digest_of(changed.clauses) == call.digest


def test_nobody_else_than_those_the_call_names_is_told():
    life = _asked()
    assert due(life, DueKind.PIECES_REMINDER)[0].to == (Addressee.DEPOSITORS,)
    life.under(set_job(life.call, Job.J4, to=(Addressee.SERVICE,)))
    assert due(life, DueKind.PIECES_REMINDER)[0].to == ()
    assert not due(life, DueKind.PIECES_REMINDER)[0].mailed
    assert due(life, DueKind.PIECES_OVERDUE)[0].to == (Addressee.SERVICE,)


def test_a_job_that_is_off_writes_to_nobody_and_hides_no_deadline():
    life = _asked()
    every = set_job(life.call, Job.J4, off=True)
    for job in set(Job) - {Job.J1, Job.J4}:
        every = set_job(every, job, off=True)
    kept = due_items(life.dossier, every, life.today)
    assert [d for d in kept if d.mailed] == []
    assert {DueKind.PIECES_OVERDUE, DueKind.SILENCE_ELAPSED} <= {d.kind for d in kept}


def test_a_departure_decided_beforehand_goes_through_in_a_call_that_is_quiet():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("announce_departure", Hat.INSTRUCTOR)
    before = due(life, DueKind.DEPARTURE)
    life.under(set_job(life.call, Job.J7, off=True))
    assert due(life, DueKind.DEPARTURE) == before
    assert before[0].act == "withdraw"
    assert before[0].hour == 0


def test_an_agency_may_stop_at_the_first_piece_that_comes():
    life = _asked()
    key = life.dossier.piece_requests[0].keys[0]
    life.later(2).do("receive_piece", Hat.CANDIDATE, keys=(key,))
    assert len(due(life, DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY)) == 2
    life.under(set_job(life.call, Job.J4, unless=(Stop.PIECES_IN, Stop.FIRST_PIECE)))
    assert due(life, DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY) == []
    assert len(due(life, DueKind.PIECES_OVERDUE)) == 1  # the instructor is told all the same


def test_no_reminder_once_everything_came():
    # J4; « mailing people who already filed » is the mistake of J2
    life = _asked().later(2).do("receive_piece", Hat.CANDIDATE)
    life.do("receive_piece", Hat.CANDIDATE, keys=life.dossier.piece_requests[0].keys)
    assert due(life, DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY, DueKind.PIECES_OVERDUE) == []


def test_a_draft_reminder_may_stop_when_all_have_confirmed():
    life = life_of("ara-2017").on(date(2017, 4, 10))
    assert [d.on for d in due(life, DueKind.DRAFT_REMINDER)] != []
    call = set_job(life.call, Job.J2, unless=(Stop.FILED, Stop.CONFIRMED))
    life.under(call).do("confirm_deposit", Hat.RECRUITER)
    assert due(life, DueKind.DRAFT_REMINDER) != []
    life.do("confirm_deposit", Hat.PARTNER)
    assert due(life, DueKind.DRAFT_REMINDER) == []
    life.under(call_of("ara-2017"))
    assert due(life, DueKind.DRAFT_REMINDER) != []  # somebody must still submit


def test_stops_no_call_may_take_away_stay():
    call = set_job(call_of("na-2024"), Job.J2, unless=())
    assert call.parameters.jobs.rule(Job.J2).unless == (Stop.FILED,)
    assert all(set(sheet.always).isdisjoint(sheet.may) for sheet in JOBS.values())


def test_mails_leave_at_the_hour_of_the_call_and_acts_at_midnight():
    life = _asked()
    later = rewritten(life.call, "parameters.jobs.send_at", Sourced(11, Origin.CHOICE, "J2", "Note."))
    life.under(later)
    hours = {d.kind: d.hour for d in due_items(life.dossier, life.call, life.today)}
    assert hours[DueKind.PIECES_REMINDER] == hours[DueKind.SILENCE_ALERT] == hours[DueKind.RECEIPT_WATCH] == 11
    assert hours[DueKind.SILENCE_ELAPSED] == 11  # the refusal exists since midnight: its mail says the day
    left = life_of("na-2024").to(State.IN_POST).later(3).do("announce_departure", Hat.INSTRUCTOR).under(later)
    assert [d.hour for d in due(left, DueKind.DEPARTURE)] == [0]


def test_a_draft_of_a_renewal_is_reminded_of_no_closing():
    life = life_of("na-2024").on(date(2024, 5, 20))
    assert len(due(life, DueKind.DRAFT_REMINDER)) == 3
    life.changed(renewal_of="NA-2022-001")
    assert due(life, DueKind.DRAFT_REMINDER) == []


def test_one_thing_due_of_a_kind_on_a_day():
    life = _asked()
    request = life.dossier.piece_requests[0]
    twice = (request, replace(request, id="P2"))
    life.changed(piece_requests=twice)
    keys = [d.key for d in due_items(life.dossier, life.call, life.today)]
    assert len(keys) == len(set(keys))


def test_a_complement_tries_other_days_out():
    text = """
reason = "essai"
[parameters.jobs.J4]
days = [10, 0, -2]
"""
    found = parse_call(read_text(find_call("na-2024")), complement=text, quota_sources=quota_sources())
    assert found.parameters.jobs.rule(Job.J4).days == (10, 0, -2)
    assert found.digest == parse_call(read_text(find_call("na-2024")), quota_sources=quota_sources()).digest


def test_a_dossier_follows_the_settings_of_today_and_the_clauses_of_its_filing():
    filed, newest = call_of("na-2024"), set_job(call_of("na-2024"), Job.J5, days=(20,))
    assert completed(filed, newest).parameters.jobs.rule(Job.J5).days == (20,)
    assert completed(filed, newest).clauses == filed.clauses


def test_the_example_of_the_documentation_is_a_call():
    page = (Path(__file__).parents[3] / "docs" / "rappels.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    found = parse_call(TEXTS["s2-grande-foret"] + example, quota_sources=QUOTA_SOURCES)
    rule = found.parameters.jobs.rule(Job.J4)
    assert (rule.days, rule.unless, rule.send_at) == ((7, 2, 0, -1), (Stop.PIECES_IN, Stop.FIRST_PIECE), 9)
