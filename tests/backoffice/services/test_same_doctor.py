"""The same doctor in two dossiers that each named their own: by number, else by name and birth date (A34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.act import preview
from backoffice.store.base import writing
from backoffice.store.people import Person
from tests.backoffice.services.test_door import journal
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from workflows.calls.model import Depositor
from workflows.decide import Refused
from workflows.dossier import DossierDepositor
from workflows.states import State

BORN = date(1993, 5, 1)
RPPS = "00000000018"


def named(session: Session, given: str, family: str, born_on: date | None = None) -> StoredLife:
    """A complete dossier that names a doctor of its own, as an establishment that knows nobody else writes it."""
    with writing(session):
        doctor = Person(id=uuid4(), given_name=given, family_name=family, born_on=born_on)
        session.add(doctor)
    life = stored_life(session, "na-2024")
    candidate = replace(life.profile.candidate, id=str(doctor.id), rpps=None)
    files = (DossierDepositor(Depositor.CANDIDATE, candidate.id),)
    life.do("edit_draft", Hat.INSTRUCTOR, candidate=candidate, depositors=files)
    return life


def told_of(session: Session, life: StoredLife) -> str:
    """What the filing says of the other dossiers of the same doctor."""
    life.to(State.SUBMITTED)
    return " ".join(f["sentence"] for f in journal(session, life)[-1].findings if f["code"] == "same_doctor")


@pytest.mark.parametrize(
    ("given", "family", "born_on", "same"),
    [
        ("Jonquille", "Cyan", BORN, True),
        ("JONQUILLE", "cyan", BORN, True),
        ("Jonquille", "Cyan", BORN + timedelta(days=1), False),
        ("Jonquille", "Cyan", None, False),
        ("Jonquille", "Indigo", BORN, False),
    ],
    ids=["same", "written otherwise", "born on another day", "birth unknown", "another name"],
)
def test_a_doctor_named_twice_is_known_by_name_and_birth_date(session, given, family, born_on, same):
    first = named(session, "Jonquille", "Cyan", BORN)
    assert told_of(session, first) == ""
    assert (first.dossier.number in told_of(session, named(session, given, family, born_on))) is same


def test_a_doctor_named_twice_is_known_by_the_number_that_comes_later(session):
    first, other = named(session, "Jonquille", "Cyan").to(State.SUBMITTED), named(session, "Jonquille", "Cyan-Indigo")
    first.do("identify_candidate", Hat.RECRUITER, rpps=RPPS)
    assert told_of(session, other) == ""
    other.do("identify_candidate", Hat.RECRUITER, rpps=RPPS)
    numbers = session.scalars(select(Person.rpps).where(Person.given_name == "Jonquille")).all()
    assert numbers == [RPPS, RPPS]
    other.to(State.SELECTED).on(other.profile.notified)
    order = other.order("notify", Hat.HEAD)
    assert preview(session, order, other.times)[0].around.same_doctor == (first.dossier.number,)


def test_a_number_refused_with_its_act_is_not_kept(session):
    life = named(session, "Jonquille", "Cyan")
    assert isinstance(life.ask("identify_candidate", Hat.RECRUITER, rpps=RPPS), Refused)  # nothing is filed yet
    assert session.scalar(select(Person.rpps).where(Person.given_name == "Jonquille")) is None
