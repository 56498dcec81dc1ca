"""J1 and J6: when a call opens and closes, when a session is prepared and its members are convened (1.8, 3.6h)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import Hat, call_of, rewritten
from tests.lives import life_of
from tests.workflows.cases import printed, ruled
from tests.workflows.due import set_job
from workflows.calls.model import Call
from workflows.calls.parameters import Extension
from workflows.deadlines import Bound, Closing
from workflows.decide import Decision, Refused
from workflows.due import CallDueKind, call_due_items
from workflows.effects import Addressee
from workflows.jobs import Job

OPENED, CLOSED = CallDueKind.CALL_OPENED, CallDueKind.CALL_CLOSED
SESSION = {CallDueKind.SESSION_PREPARED, CallDueKind.SESSION_CONVENED}
LATER = Closing(date(2024, 6, 21), Bound.JUSQU_AU, "Europe/Paris", "jusqu’au 21 juin 2024")


def _extended(call: Call) -> Call:
    extended: Call = rewritten(
        call, "parameters.extensions", (Extension(LATER, date(2024, 6, 13), "Basile Indigo", "panne"),)
    )
    return extended


@pytest.mark.parametrize(
    ("call_id", "at"),
    [
        # 1.8: the closing instants of the five calls, excluded
        ("na-2024", datetime(2024, 6, 14, 22, tzinfo=UTC)),
        ("idf-2025", datetime(2025, 4, 30, 22, tzinfo=UTC)),
        ("ara-2017", datetime(2017, 4, 29, 22, tzinfo=UTC)),
    ],
)
def test_a_call_closes_at_its_instant_in_the_zone_of_its_authority(call_id, at):
    call = call_of(call_id)
    closing = call.parameters.closing.needed
    (found,) = [d for d in call_due_items(call, closing.day - timedelta(days=30)) if d.kind is CLOSED]
    assert found.at(call.authority.zone) == at
    assert (found.job, found.to, found.hour) == (Job.J1, (Addressee.SERVICE,), 0)


def test_an_extension_moves_the_closing_from_the_day_it_is_decided():
    call = _extended(call_of("na-2024"))
    days = {
        today: [d.on for d in call_due_items(call, today) if d.kind is CLOSED]
        for today in (date(2024, 6, 12), date(2024, 6, 13))
    }
    assert days == {date(2024, 6, 12): [date(2024, 6, 15)], date(2024, 6, 13): [date(2024, 6, 22)]}


def test_a_call_opens_at_midnight_of_its_authority():
    call = rewritten(call_of("guyane-2020"), "parameters.opens_on", printed(date(2020, 9, 15), "DG-01"))
    (found,) = [d for d in call_due_items(call, date(2020, 9, 1)) if d.kind is OPENED]
    assert found.at("America/Cayenne") == datetime(2020, 9, 15, 3, tzinfo=UTC)


def test_a_session_is_prepared_ten_days_before_and_its_members_convened_five_days_before():
    call = call_of("idf-2025")  # IDF-14: the week of 9 June 2025
    found = {d.kind: d for d in call_due_items(call, date(2025, 5, 1)) if d.kind in SESSION}
    prepared, convened = found[CallDueKind.SESSION_PREPARED], found[CallDueKind.SESSION_CONVENED]
    assert (prepared.on, prepared.to) == (date(2025, 5, 30), (Addressee.SERVICE,))
    assert (convened.on, convened.to) == (date(2025, 6, 4), (Addressee.MEMBERS,))
    assert convened.at("Europe/Paris") == datetime(2025, 6, 4, 6, tzinfo=UTC)  # 8 h in summer
    assert convened.session == "juin-2025"
    assert prepared.key != convened.key


def test_a_session_whose_first_day_has_come_is_never_convened():
    call = call_of("idf-2025")
    assert {d.kind for d in call_due_items(call, date(2025, 6, 8)) if d.kind in SESSION} == SESSION
    assert [d for d in call_due_items(call, date(2025, 6, 9)) if d.kind in SESSION] == []
    assert {d.before for d in call_due_items(call, date(2025, 6, 8)) if d.kind in SESSION} == {date(2025, 6, 9)}


def test_the_days_and_the_readers_of_a_session_are_the_call_s():
    call = set_job(call_of("idf-2025"), Job.J6, days=(21, 8), to=(Addressee.MEMBERS,))
    found = {d.kind: d for d in call_due_items(call, date(2025, 5, 1)) if d.kind in SESSION}
    assert found[CallDueKind.SESSION_PREPARED].on == date(2025, 5, 19)
    assert found[CallDueKind.SESSION_PREPARED].to == ()
    assert found[CallDueKind.SESSION_CONVENED].on == date(2025, 6, 1)
    quiet = set_job(call, Job.J6, off=True)
    assert [d for d in call_due_items(quiet, date(2025, 5, 1)) if d.kind in SESSION] == []


def test_a_session_put_off_is_convened_again():
    call = call_of("idf-2025")
    (session,) = call.parameters.sessions
    moved = replace(session, first=date(2025, 6, 23), last=date(2025, 6, 27))
    after = rewritten(call, "parameters.sessions", (moved,))
    keys = [{d.key for d in call_due_items(one, date(2025, 5, 1)) if d.kind in SESSION} for one in (call, after)]
    assert not keys[0] & keys[1]


# The freeze of the drafts.


def _edit(day: date, hour: str, hat: Hat, call: Call | None = None, **members: object) -> Decision | Refused:
    life = life_of("na-2024").on(day, hour).changed(**members)
    return (life.under(call) if call else life).attempt("edit_draft", hat)


def _frozen(answer: Decision | Refused) -> bool:
    return isinstance(answer, Refused) and answer.codes == {"draft_frozen"}


def test_a_draft_is_frozen_at_the_closing_instant_and_not_before():
    assert isinstance(_edit(date(2024, 6, 14), "23:59", Hat.CANDIDATE), Decision)
    assert _frozen(_edit(date(2024, 6, 15), "00:00", Hat.CANDIDATE))


def test_agents_still_enter_what_was_received_in_time():
    assert isinstance(_edit(date(2024, 6, 17), "10:00", Hat.INSTRUCTOR), Decision)


def test_an_extension_thaws_the_drafts():
    call = _extended(call_of("na-2024"))
    assert isinstance(_edit(date(2024, 6, 21), "23:59", Hat.CANDIDATE, call), Decision)
    assert _frozen(_edit(date(2024, 6, 22), "00:00", Hat.CANDIDATE, call))


def test_a_renewal_is_bound_by_no_closing():
    assert isinstance(_edit(date(2026, 9, 1), "10:00", Hat.CANDIDATE, renewal_of="NA-2022-001"), Decision)


def test_a_call_without_a_closing_freezes_nothing():
    life = life_of("cvl-ville-hopital").on(date(2029, 1, 1))
    assert isinstance(life.attempt("edit_draft", Hat.RECRUITER), Decision)
    closed = Closing(date(2022, 9, 30), Bound.AVANT, "Europe/Paris", "avant le 30 septembre 2022")
    ruled(life, "parameters.closing", printed(closed, "CVL-01"))
    assert _frozen(life.attempt("edit_draft", Hat.RECRUITER))
