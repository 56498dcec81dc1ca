"""The ten scheduled jobs under each call: when each speaks, to whom, and what makes it stop (5.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.builders import rewritten
from tests.lives import Life
from tests.rules.registry import enforced
from tests.rules.scene import at, due, due_on, every_call, gave, gave_parameter
from workflows.calendars import Calendar
from workflows.calls.funding import Vehicle
from workflows.calls.model import Call
from workflows.calls.parameters import Session
from workflows.deadlines import Bound, Closing, local_day
from workflows.due import CallDueKind, DueKind, call_due_items
from workflows.effects import Addressee
from workflows.parts.credits import MoneyNotice
from workflows.parts.pieces import Piece, PieceRequest, PieceState
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import Amounts, RepaymentFile
from workflows.parts.requests import FourDates, Request, RequestKind, RequestState
from workflows.states import State

A = Addressee
_ZERO = Decimal(0)


def _told(life: Life, kind: DueKind) -> set[tuple[Addressee, ...]]:
    return {item.to for item in due(life, kind)}


def _asking(life: Life, kind: RequestKind) -> Life:
    """The dossier with a request of that kind waiting."""
    today = life.today
    request = Request("R9", kind, RequestState.REPORTED, "recruiter", FourDates(today, today, today, today))
    return life.copy().changed(requests=(*life.dossier.requests, request))


# Before the decision.


@every_call("J2")
def a_draft_reminder_leaves_at_eight_until_the_file_is_deposited(call: Call) -> None:
    closed = gave_parameter(call, "closing", Closing(date(2040, 6, 14), Bound.AU_PLUS_TARD, "Europe/Paris", ""))
    life = at(closed, State.DRAFT)
    life.changed(depositors=tuple(replace(d, confirmed=True) for d in life.dossier.depositors))
    assert {(d.hour, d.to) for d in due(life, DueKind.DRAFT_REMINDER)} == {(8, (A.DEPOSITORS,))}
    assert len(due(life, DueKind.DRAFT_REMINDER)) == 3  # confirmed by all, and not deposited yet


@every_call("J3")
def the_receipt_is_watched_for_eight_working_days(call: Call) -> None:
    for state in (State.SUBMITTED, State.REJECTED):
        life = at(call, state)
        assert life.dossier.filing is not None
        filed_on = local_day(life.dossier.filing.received_at, call.authority.zone)
        (watch,) = due(life, DueKind.RECEIPT_WATCH)
        assert Calendar(call.authority.calendar).working_days_between(filed_on, watch.on) == 8
        assert (watch.to, watch.unless_sent) == ((A.SERVICE,), "L2")


@every_call("J4")
def missing_pieces_are_reminded_of_then_told_to_the_service(call: Call) -> None:
    asked = PieceRequest("P1", date(2040, 6, 1), date(2040, 6, 18), ("filing/a", "filing/b"))
    life = at(call, State.SUBMITTED).changed(piece_requests=(asked,))
    for came in ((), (Piece("filing/a", PieceState.RECEIVED),)):  # one piece does not stop what asks for the other
        life.changed(pieces=came)
        assert due_on(life, DueKind.PIECES_REMINDER) == [date(2040, 6, 13)]
        assert due_on(life, DueKind.PIECES_LAST_DAY) == [date(2040, 6, 18)]
        assert due_on(life, DueKind.PIECES_OVERDUE) == [date(2040, 6, 19)]
    assert _told(life, DueKind.PIECES_REMINDER) == _told(life, DueKind.PIECES_LAST_DAY) == {(A.DEPOSITORS,)}
    assert _told(life, DueKind.PIECES_OVERDUE) == {(A.SERVICE,)}
    assert due(life, DueKind.PIECES_OVERDUE)[0].act is None
    life.changed(piece_requests=(replace(asked, keys=("start/a", "start/b")),))
    assert _told(life, DueKind.PIECES_REMINDER) == {(A.RECRUITER,)}


@every_call("J5")
def the_service_is_warned_of_the_implied_refusal_until_the_decision_is_received(call: Call) -> None:
    for state in (State.SUBMITTED, State.REJECTED):
        life = at(call, state)
        (elapsed,) = due_on(life, DueKind.SILENCE_ELAPSED)
        assert [(elapsed - day).days for day in due_on(life, DueKind.SILENCE_ALERT)] == [15, 3]
        assert _told(life, DueKind.SILENCE_ALERT) == _told(life, DueKind.SILENCE_ELAPSED) == {(A.SERVICE,)}


@every_call("J6")
def a_session_is_prepared_ten_days_before_and_convened_five_days_before(call: Call) -> None:
    session = Session("s", "", date(2040, 6, 20), date(2040, 6, 20), call.rules.named(1))
    judged = rewritten(gave(call, committee__exists=True), "parameters.sessions", (session,))
    found = {d.kind: d for d in call_due_items(judged, date(2040, 6, 1)) if d.session}
    prepared, convened = found[CallDueKind.SESSION_PREPARED], found[CallDueKind.SESSION_CONVENED]
    assert (prepared.on, prepared.to) == (date(2040, 6, 10), (A.SERVICE,))
    assert (convened.on, convened.to) == (date(2040, 6, 15), (A.MEMBERS,))
    assert [d for d in call_due_items(judged, date(2040, 6, 20)) if d.session] == []


# After the decision.


@every_call("J7")
def the_start_is_watched_for_fifteen_days_and_a_person_decides(call: Call) -> None:
    life = at(call, State.NOTIFIED)
    start = life.dossier.award.expected_start if life.dossier.award else None
    assert start is not None
    assert [(day - start).days for day in due_on(life, DueKind.START_WATCH)] == [1, 15]
    assert _told(life, DueKind.START_WATCH) == {(A.RECRUITER,)}
    (loss,) = due(life, DueKind.FINANCING_LOSS)
    assert ((loss.on - start).days, loss.to, loss.act) == (15, (A.SERVICE,), None)
    for kind in (RequestKind.DEFERRAL, RequestKind.WITHDRAWAL):
        assert due(_asking(life, kind), DueKind.START_WATCH) == []
    left = at(call, State.WITHDRAWN)
    assert _told(left, DueKind.REPLACEMENT_REMINDER) <= {(A.RECRUITER,)}
    assert due(_asking(left, RequestKind.REPLACEMENT), DueKind.REPLACEMENT_REMINDER) == []


@every_call("J8")
def credits_of_the_fir_are_told_six_months_before_they_lapse(call: Call) -> None:
    life = at(gave(call, funding__line="FIR"), State.IN_POST)
    life.changed(money_notice=MoneyNotice(date(2040, 3, 4), (), Decimal(1000)), tranches=())
    (alert,) = due(life, DueKind.FIR_LAPSE)
    assert (alert.on, alert.to, alert.act) == (date(2043, 6, 30), (A.SERVICE,), None)


@every_call("J9")
def an_unpaid_title_is_reminded_of_after_thirty_and_sixty_days(call: Call) -> None:
    issued, hundred = date(2040, 3, 4), Decimal(100)
    title = RepaymentFile(
        cause="F1",
        state=RepaymentState.TITLE_ISSUED,
        opened_on=date(2040, 1, 2),
        amounts=Amounts(hundred, _ZERO, hundred, None, None),
        proposed=hundred,
        decided=hundred,
        decided_on=date(2040, 2, 1),
        vehicle=Vehicle.TITLE,
        title="TR-0017",
        title_on=issued,
    )
    life = at(call, State.IN_POST).changed(state=State.CLAWBACK, repayments=(title,))
    assert due_on(life, DueKind.TITLE_UNPAID) == [issued + timedelta(days=30), issued + timedelta(days=60)]
    assert _told(life, DueKind.TITLE_UNPAID) == {(A.RECRUITER, A.SERVICE)}
    life.changed(repayments=(replace(title, state=RepaymentState.DROPPED),))
    assert due(life, DueKind.TITLE_UNPAID) == []


@every_call("J10")
def a_draft_never_filed_is_proposed_to_the_service_and_never_deleted(call: Call) -> None:
    closed = gave_parameter(call, "closing", Closing(date(2040, 6, 14), Bound.AU_PLUS_TARD, "Europe/Paris", ""))
    life = at(closed, State.DRAFT)
    (over,) = due(life, DueKind.RETENTION_OVER)
    assert (over.on, over.to, over.act) == (date(2040, 12, 15), (A.SERVICE,), None)
    assert due(_asking(life, RequestKind.DEFERRAL), DueKind.RETENTION_OVER) == []


enforced("J2", "workflows.due.due_items")
enforced("J3", "workflows.due.due_items", "workflows.deadlines.receipt_watch_on")
enforced("J4", "workflows.due.due_items")
enforced("J5", "workflows.due.due_items", "workflows.parts.silence.SilenceClock")
enforced("J6", "workflows.due.call_due_items")
enforced("J7", "workflows.due.due_items")
enforced("J8", "workflows.due.due_items")
enforced("J9", "workflows.due.due_items")
enforced("J10", "workflows.due.retention.retention_items")
