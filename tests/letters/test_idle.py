"""What is to prepare is what there is to do: a letter that lost its object leaves the list, and comes back with it."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from backoffice.services.doctor import examine
from backoffice.services.documents import Shelf
from backoffice.services.letters import stages
from backoffice.services.letters.making import LetterRefusedError
from backoffice.services.redrawing import draw_stale
from backoffice.store import letter_lists
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.letters import LetterStep
from backoffice.store.mails import LetterDue
from backoffice.store.scope import Scope
from tests.builders import Hat
from tests.letters.office import Office, office
from tests.letters.test_standing import asked, deferred, made_from
from workflows.calls.funding import Vehicle
from workflows.letters.kinds import KINDS
from workflows.states import State


def to_prepare(desk: Office, code: str) -> Counter[str]:
    """Whom the list has letters of a code to prepare for; the number that it shows is theirs."""
    scope = Scope(region=desk.life.call.authority.region)
    found = letter_lists.listed(desk.session, scope, KINDS, [LetterStep.PREPARE], code=code, limit=50)
    counted = letter_lists.counts(desk.session, scope, KINDS).get((LetterStep.PREPARE, code), 0)
    everyone = letter_lists.waiting(desk.session, scope, KINDS, [LetterStep.PREPARE], code, 50)
    assert counted == len(found) == len(everyone)
    said = Counter(line.due.addressee for line in found)
    desk.session.rollback()
    assert examine(desk.session) == ()
    desk.session.rollback()
    return said


def test_a_notification_that_another_replaced_is_not_to_prepare(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "idf-2025", "FIR")
    desk.life.to(State.NOTIFIED).later(20).do("notify_money", Hat.HEAD)
    first = {one.to: one.id for one in asked(desk, "L11")}
    made = made_from(desk, first["recruiter"])
    deferred(desk)
    desk.life.later(5).do("notify_money", Hat.HEAD)
    assert to_prepare(desk, "L11") == {"recruiter": 1, "accountant": 1}
    stages.redo(session, made, desk.instructor, desk.life.times)  # « Retirer ce courrier »
    assert to_prepare(desk, "L11") == {"recruiter": 1, "accountant": 1}
    for one in asked(desk, "L11"):
        if one.id not in first.values():
            made_from(desk, one.id)
    assert to_prepare(desk, "L11") == {}
    for due in first.values():
        with pytest.raises(LetterRefusedError, match="n’a plus d’objet"):
            stages.draft(session, due, desk.instructor, desk.life.times)


def test_an_award_comes_back_with_the_doctor_who_replaces_the_one_who_left(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED)
    assert to_prepare(desk, "L8") == {"candidate": 1, "partners": 1, "recruiter": 1}
    desk.life.later(5).do("withdraw", Hat.INSTRUCTOR)
    assert to_prepare(desk, "L8") == {}
    desk.life.later(3).propose_replacement().do("replace", Hat.HEAD)
    assert to_prepare(desk, "L8") == {"partners": 1, "recruiter": 1}  # the doctor who left is no party any more
    assert to_prepare(desk, "L12") == {"candidate": 1, "former_candidate": 1, "recruiter": 1}


def test_a_letter_that_has_nothing_left_to_tell_is_put_away(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024", "FIR")
    desk.life.to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR).later(10)
    desk.life.do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD).later(1)
    desk.made("L15")
    desk.life.do("request_title", Hat.INSTRUCTOR)
    letter = desk.drafted("L16", "accountant")
    desk.life.later(1).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-1")
    assert stages.redo(session, letter, desk.instructor, desk.life.times) == letter  # nothing takes its place
    assert to_prepare(desk, "L16") == {}


def test_a_dossier_that_an_older_release_wrote_is_looked_at_again(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED).later(5).do("withdraw", Hat.INSTRUCTOR)
    with writing(session):
        session.execute(update(LetterDue).values(idle_at=None))
    ailing = {(ailment.check, ailment.where) for ailment in examine(session)}
    assert ailing == {("lettres", f"{desk.life.dossier.number} L8")}
    with writing(session):
        session.execute(update(DossierRow).values(drawn=0))
    unread: set[UUID] = set()
    assert (draw_stale(session, desk.life.times, unread), unread) == (1, set())
    assert to_prepare(desk, "L8") == {}
