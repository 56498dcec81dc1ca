"""J3, J5 and J7: the receipt that did not leave, the silence, the start that is not shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.builders import Hat, rewritten
from tests.lives import Life, life_of
from tests.workflows.due import due, set_job
from workflows.due import DueKind
from workflows.effects import Addressee
from workflows.jobs import Job, Stop
from workflows.states import State

KINDS = (DueKind.START_WATCH, DueKind.FINANCING_LOSS)


def _filed_in(zone: str, calendar: str, on: date) -> Life:
    life = life_of("na-2024").to(State.SUBMITTED)
    authority = replace(life.call.authority, zone=zone, calendar=calendar)
    life.under(rewritten(life.call, "authority", authority)).on(on)
    assert life.dossier.filing is not None
    return life.changed(filing=replace(life.dossier.filing, received_at=life.now))


@pytest.mark.parametrize(
    ("zone", "calendar", "filed", "watched"),
    [
        # 3.9b: local holidays count; the 8th working day after the filing
        ("Europe/Paris", "metropole", date(2024, 6, 10), date(2024, 6, 20)),
        ("Indian/Reunion", "reunion", date(2024, 12, 13), date(2024, 12, 27)),  # 20 and 25 December
        ("Europe/Paris", "metropole", date(2024, 12, 13), date(2024, 12, 26)),
        ("Indian/Mayotte", "mayotte", date(2026, 4, 20), date(2026, 5, 4)),  # 27 April is a Monday; 1 May
        ("Europe/Paris", "metropole", date(2026, 4, 20), date(2026, 4, 30)),
        ("America/Martinique", "martinique", date(2024, 5, 14), date(2024, 5, 28)),  # Whit Monday 20, 22 May
        ("America/Guadeloupe", "guadeloupe", date(2025, 5, 20), date(2025, 6, 3)),  # 27 and 29 May
        ("America/Cayenne", "guyane", date(2024, 6, 3), date(2024, 6, 14)),  # 10 June is a Monday
    ],
)
def test_the_receipt_is_watched_for_eight_working_days_of_the_authority(zone, calendar, filed, watched):
    (found,) = due(_filed_in(zone, calendar, filed), DueKind.RECEIPT_WATCH)
    assert (found.on, found.job, found.to) == (watched, Job.J3, (Addressee.SERVICE,))
    assert found.unless_sent == "L2"


def test_a_file_received_at_night_counts_from_the_day_of_the_authority():
    # 23:30 on 10 June in La Réunion is 21:30 in Paris; half past midnight there is the day before in Paris
    life = _filed_in("Indian/Reunion", "reunion", date(2024, 6, 11)).on(date(2024, 6, 11), "00:30")
    assert life.dossier.filing is not None
    life.changed(filing=replace(life.dossier.filing, received_at=life.now))
    (found,) = due(life, DueKind.RECEIPT_WATCH)
    assert found.on == date(2024, 6, 21)


def test_the_alerts_of_the_silence_follow_a_suspension():
    # 6.1: filed on 10 June, asked on the 17th, given on the 28th: 10 August becomes 21 August
    life = life_of("na-2024").on(date(2024, 6, 10), "14:12").do("receive_piece", Hat.CANDIDATE)
    last = life.dossier.pieces[-1].key
    life.changed(pieces=life.dossier.pieces[:-1]).do("submit", Hat.CANDIDATE)
    assert [d.on for d in due(life, DueKind.SILENCE_ALERT)] == [date(2024, 7, 26), date(2024, 8, 7)]
    life.on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, keys=(last,))
    life.on(date(2024, 6, 28)).do("receive_piece", Hat.CANDIDATE, keys=(last,))
    assert [d.on for d in due(life, DueKind.SILENCE_ALERT)] == [date(2024, 8, 6), date(2024, 8, 18)]
    assert [d.on for d in due(life, DueKind.SILENCE_ELAPSED)] == [date(2024, 8, 21)]
    life.under(set_job(life.call, Job.J5, days=(20,)))
    assert [d.on for d in due(life, DueKind.SILENCE_ALERT)] == [date(2024, 8, 1)]


def test_the_alerts_last_until_a_decision_is_proven_received():
    life = life_of("na-2024").to(State.NOTIFIED)
    assert due(life, DueKind.SILENCE_ALERT) != []
    assert (
        due(life.copy().under(set_job(life.call, Job.J5, unless=(Stop.PROVEN, Stop.DECIDED))), DueKind.SILENCE_ALERT)
        == []
    )
    life.prove("L8")
    assert due(life, DueKind.SILENCE_ALERT, DueKind.SILENCE_ELAPSED) == []


def test_the_service_is_told_that_silence_became_a_refusal():
    life = life_of("na-2024").to(State.SUBMITTED)
    (elapsed,) = due(life, DueKind.SILENCE_ELAPSED)
    assert (elapsed.mailed, elapsed.to, elapsed.last_day) == (True, (Addressee.SERVICE,), None)
    told = elapsed.what.replace("\u00a0", " ")
    assert "un refus existe" in told
    assert "Une décision expresse peut encore le remplacer." in told
    assert not elapsed.passes  # shown though the call tells nobody
    assert {d.family for d in due(life, DueKind.SILENCE_ALERT)} == {elapsed.family}


def test_a_silence_that_only_informs_makes_no_refusal():
    life = life_of("na-2024").to(State.SUBMITTED)
    assert life.dossier.silence is not None
    life.changed(silence=replace(life.dossier.silence, informative=True))
    (elapsed,) = due(life, DueKind.SILENCE_ELAPSED)
    assert "à titre indicatif" in elapsed.what
    assert "refus" not in elapsed.what


def test_the_start_is_watched_on_the_first_and_the_fifteenth_day():
    life = life_of("na-2024").to(State.NOTIFIED)
    start = life.dossier.award.expected_start if life.dossier.award else None
    assert start == date(2024, 11, 1)
    reminders = due(life, DueKind.START_WATCH)
    assert [d.on for d in reminders] == [date(2024, 11, 2), date(2024, 11, 16)]
    assert all(d.to == (Addressee.RECRUITER,) and d.mailed for d in reminders)
    assert [d.what.split()[0] for d in reminders] == ["Premier", "Second"]
    (loss,) = due(life, DueKind.FINANCING_LOSS)
    assert (loss.on, loss.to, loss.act) == (date(2024, 11, 16), (Addressee.SERVICE,), None)  # never cancelling
    assert "une personne décide" in loss.what


def test_days_of_the_call_move_the_watch_and_the_proposal():
    life = life_of("na-2024").to(State.NOTIFIED)
    life.under(set_job(life.call, Job.J7, days=(3, 10, 30), to=(Addressee.RECRUITER, Addressee.CANDIDATE)))
    reminders = due(life, DueKind.START_WATCH)
    assert [d.on.isoformat() for d in reminders] == ["2024-11-04", "2024-11-11", "2024-12-01"]
    assert [d.what.split()[0] for d in reminders] == ["Premier", "Deuxième", "Troisième"]
    assert reminders[0].to == (Addressee.RECRUITER, Addressee.CANDIDATE)
    (loss,) = due(life, DueKind.FINANCING_LOSS)
    assert (loss.on, loss.to) == (date(2024, 12, 1), ())


def test_a_start_that_is_recorded_is_watched_no_more():
    assert due(life_of("na-2024").to(State.IN_POST), *KINDS) == []


def test_a_deferral_under_review_stops_the_watch():
    life = life_of("na-2024").to(State.NOTIFIED).later(10).do("ask_deferral", Hat.RECRUITER)
    assert due(life, *KINDS) == []
    request = life.dossier.requests[-1].id
    life.do("refuse_request", Hat.HEAD, request=request)
    assert len(due(life, *KINDS)) == 3
    life.under(set_job(life.call, Job.J7, unless=(Stop.START_RECORDED,)))
    life.do("ask_deferral", Hat.RECRUITER)
    assert len(due(life, *KINDS)) == 3


def test_a_vacancy_reminds_the_recruiter_then_proposes_to_give_the_post_back():
    # A11: 15 days, 30 days, 60 days after the later of the report and the departure
    life = life_of("na-2024").to(State.WITHDRAWN)
    since = max(life.dossier.vacancy.since, life.dossier.vacancy.told_on) if life.dossier.vacancy else date.min
    (reminder,) = due(life, DueKind.REPLACEMENT_REMINDER)
    (back,) = due(life, DueKind.GIVE_BACK)
    assert ((reminder.on - since).days, reminder.to) == (15, (Addressee.RECRUITER,))
    assert ((back.on - since).days, back.to, back.act) == (60, (Addressee.SERVICE,), None)
    life.later(5).propose_replacement()
    assert due(life, DueKind.REPLACEMENT_REMINDER) == []  # it has answered
    assert len(due(life, DueKind.GIVE_BACK)) == 1
