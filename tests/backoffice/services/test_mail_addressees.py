"""A mail that asks for pieces lists those of its reader, and goes to nobody who has left the post."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services import due
from backoffice.services.effects import deliver
from backoffice.store.outbox import OutboxRow
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import StoredLife, stored_life
from tests.backoffice.writing import flat
from tests.builders import Hat
from tests.nominal import lacking
from workflows.parts.pieces import Defect, PieceState
from workflows.parts.requests import RequestKind
from workflows.states import State

CAPUCINE = "capucine-bleuet@medecin.example"


def sent(session: Session, life: StoredLife, name: str) -> dict[str, str]:
    """The text of every mail of a name that leaves now, by address."""
    told, time = Told(), Time(life.now)
    for row in session.scalars(select(OutboxRow.id).where(OutboxRow.name == name)).all():
        deliver(session, row, hands(time, told))
    return {recipient.email: flat(mail.body) for mail in told.sent for recipient in mail.recipients}


def bureau(life: StoredLife) -> str:
    """The address of the recruiter."""
    return f"bureau-{life.profile.recruiter.id}@etablissement.example"


def asked_for_both(session: Session) -> StoredLife:
    """A piece of the filing that does not do after all and those of the start, asked for together."""
    life = stored_life(session, "na-2024").to(State.NOTIFIED).later(30)
    start, cv = lacking(life), "filing/cv"
    life.do("judge_piece", Hat.INSTRUCTOR, key=cv, verdict=PieceState.REFUSED, defect=Defect.OUTDATED)
    return life.do("request_pieces", Hat.INSTRUCTOR, keys=(cv, *start), days=15)


def withdrawn(session: Session) -> StoredLife:
    """The doctor withdrew; the recruiter proposed another, whose pieces are asked for."""
    life = stored_life(session, "cvl-ville-hopital").to(State.WITHDRAWN).later(3)
    life.do("propose_replacement", Hat.RECRUITER).later(1)
    return life.do("request_pieces", Hat.INSTRUCTOR, keys=lacking(life), days=15)


def test_the_pieces_of_the_next_doctor_are_asked_of_the_recruiter_alone(session):
    life = withdrawn(session)
    (found,) = sent(session, life, "L3").items()
    assert found[0] == bureau(life)
    assert "Pour examiner la proposition de remplacement" in found[1]


def test_the_reminder_of_them_goes_there_too(session):
    life = withdrawn(session).later(13)
    due.tick(session, legal=life.now, machine=life.machine)
    assert set(sent(session, life, "J4")) == {bureau(life)}


def test_each_is_asked_for_their_own_pieces(session):
    life = asked_for_both(session)
    found = sent(session, life, "L3")
    assert set(found) == {CAPUCINE, bureau(life)}
    of_the_doctor, of_the_recruiter = found[CAPUCINE].lower(), found[bureau(life)].lower()
    assert "- cv : la pièce reçue ne convient pas" in of_the_doctor
    assert "installation" not in of_the_doctor
    assert "- cv" not in of_the_recruiter
    assert "pour constater la prise de fonctions" in of_the_recruiter


def test_nothing_about_the_next_doctor_ever_reaches_the_first(session):
    life = stored_life(session, "na-2024").to(State.WITHDRAWN).later(3)
    life.propose_replacement()
    life.do("replace", Hat.HEAD, request=life.last_request(RequestKind.REPLACEMENT)).later(2)
    done = set(session.scalars(select(OutboxRow.id)).all())
    told, time = Told(), Time(life.now)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=lacking(life), days=15)
    for row in set(session.scalars(select(OutboxRow.id)).all()) - done:
        deliver(session, row, hands(time, told))
    assert [r.email for mail in told.sent for r in mail.recipients] == [bureau(life)]
