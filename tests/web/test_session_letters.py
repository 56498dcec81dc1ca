"""The letters of a session on its page: asked for, made, read by the member they are for."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from backoffice.store.base import writing
from backoffice.store.letters import Letter
from backoffice.store.people import Account
from tests.backoffice.stored import stored_life
from tests.letters.office import publish_with_contacts
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.states import State

SESSION = "/commission/na-2024/juillet-2024"
MEETING = {"jour": "2024-07-31", "heure": "14:00", "lieu": "salle des Glycines"}


@pytest.fixture
def agents(quick: Site) -> tuple[Visitor, Visitor]:
    """An instructor and a head, on the day a dossier went to the committee."""
    with quick.session() as session:
        publish_with_contacts(session, "na-2024")
        life = stored_life(session, "na-2024").to(State.COMMITTEE)
    quick.at(life)
    made = quick.visitor(Role.INSTRUCTOR, region="75"), quick.visitor(Role.HEAD, region="75")
    with quick.session() as session, writing(session):
        session.execute(update(Account).where(Account.signs).values(capacity="La directrice"))
    return made


def letters(site: Site) -> dict[str, str]:
    """The path of each letter, by its party."""
    with site.session() as session:
        return {letter.party: f"/courriers/{letter.id}" for letter in session.scalars(select(Letter))}


def test_members_are_convened_from_the_page_and_each_reads_their_own(
    quick: Site, agents: tuple[Visitor, Visitor]
) -> None:
    instructor, head = agents
    nobody = instructor.post(f"{SESSION}/convocations", MEETING)
    assert (nobody.status, "Personne ne siège encore" in nobody.said) == (422, True)
    one, other = quick.visitor(Role.MEMBER, region="75"), quick.visitor(Role.MEMBER, region="75")
    for member in (one, other):
        assert instructor.post(f"{SESSION}/membres", {"membre": str(member.account)}).status == 303
    assert one.post(f"{SESSION}/notes/NA-2024-0001", {"lien": "oui"}).status == 303
    page = instructor.get(SESSION)
    assert "1 sur 2" in page.said
    assert "hors d’atteinte" not in page.said
    late = instructor.post(f"{SESSION}/convocations", MEETING | {"jour": "2024-07-10"})
    assert late.status == 422
    assert "dites l’urgence" in late.said
    assert "salle des Glycines" in late.response.text, "what was typed stays"
    asked = instructor.post(f"{SESSION}/convocations", MEETING)
    project = asked.response.headers["Location"]
    assert "commission de sélection" in instructor.get(project).said
    after = instructor.post(project)
    assert after.response.headers["Location"].startswith(SESSION)
    listed = instructor.get("/courriers?etape=a-valider")
    assert "Convocation de la commission" in listed.said
    here = letters(quick)[str(one.account)]
    assert one.get(f"{here}.pdf").status == 404, "not sent yet"
    unsigned = head.post(f"{here}/valider")
    assert (unsigned.status, "Choisissez qui signe" in unsigned.said) == (422, True)
    with quick.session() as session:
        signs = session.scalars(select(Account.id).where(Account.signs)).first()
    assert head.post(f"{here}/valider", {"signataire": str(signs)}).status == 303
    assert head.post(f"{here}/produire").status == 303
    today = date(2024, 7, 8).isoformat()
    assert head.post(f"{here}/papier", {"voie": "hand", "jour": today}).status == 303
    assert one.get(f"{here}.pdf").response.mimetype == "application/pdf"
    assert other.get(f"{here}.pdf").status == 404
    assert "Convocation de la commission" in one.get(SESSION).said
    assert "Courriers de la séance" not in other.get(SESSION).said
    told = instructor.get(SESSION).said
    assert "envoyé le 8 juillet 2024" in told
    assert "préparé, à valider" in told


def test_minutes_are_asked_for_from_the_page_by_agents_only(quick: Site, agents: tuple[Visitor, Visitor]) -> None:
    instructor, _ = agents
    member = quick.visitor(Role.MEMBER, region="75")
    assert instructor.post(f"{SESSION}/membres", {"membre": str(member.account)}).status == 303
    assert member.post(f"{SESSION}/proces-verbal").status in {403, 404}
    asked = instructor.post(f"{SESSION}/proces-verbal")
    project = instructor.get(asked.response.headers["Location"])
    assert "Il manque" in project.said
    assert "l’avis du dossier" in project.said
    elsewhere = quick.visitor(Role.INSTRUCTOR, region="84")
    assert elsewhere.get(asked.response.headers["Location"]).status == 404
    assert elsewhere.post(f"{SESSION}/proces-verbal").status == 404
