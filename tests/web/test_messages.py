"""A message that came is dropped or pasted on a dossier, and read there, by agents only; nothing in it ever runs."""

from __future__ import annotations

from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from backoffice.services import incoming
from backoffice.services.act import Times
from backoffice.services.documents import shelf_of
from backoffice.store.people import Document
from tests.backoffice.stored import StoredLife
from tests.pages import File, multipart
from tests.web.making import CAPUCINE, count, healthy, instructor, made, version
from tests.web.site import Answer, Site, Visitor
from workflows.actors import Role
from workflows.states import State

PDF = b"%PDF-1.4\n%%EOF\n"
SCRIPT = "<script>alert(1)</script>"


def address(life: StoredLife) -> str:
    return f"/dossiers/{life.dossier.number}/messages"


def send(visitor: Visitor, life: StoredLife, file: File | None = None, /, **data: str) -> Answer:
    pairs = [("csrf", visitor.csrf), *data.items()]
    body, kind = multipart(pairs, {"document": file or File("", b"")})
    return visitor.sent(address(life), data=body, content_type=kind)


def eml(life: StoredLife, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Capucine Bleuet <capucine@bleuet.example>"
    message["Subject"] = "Ma réponse"
    message["Message-ID"] = "<1@bleuet.example>"
    message["Date"] = life.now - timedelta(days=2)
    for name, value in headers.items():
        del message[name]
        if value:
            message[name] = value
    message.set_content(f"Bonjour,\n\n{SCRIPT} voici ma réponse.\n")
    message.add_alternative(f"<p>Bonjour</p>{SCRIPT}", subtype="html")
    message.add_attachment(SCRIPT.encode(), maintype="text", subtype="html", filename="../../piège.html")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="avis.pdf")
    return message.as_bytes()


def kept(site: Site) -> list[Document]:
    with site.session() as session:
        return list(session.scalars(select(Document).where(Document.kind == "message")))


@pytest.fixture
def life(site: Site) -> StoredLife:
    return made(site, State.SUBMITTED)


def arrives(site: Site, life: StoredLife) -> None:
    """A mail of the doctor comes to the machine, dated long ago by its sender."""
    sender = "Capucine Bleuet <capucine-bleuet@medecin.example>"
    content = eml(life, From=sender, Subject=life.dossier.number, Date="Mon, 1 Jan 1990 10:00:00 +0100")
    hall = incoming.hall_of(site.app.extensions["settings"])
    with site.session() as session:
        clocks = site.moved.clocks
        taken = incoming.take(session, content, hall, Times(clocks.legal(), clocks.machine()))
    assert taken.outcome is incoming.Outcome.FILED


def test_the_day_that_a_sender_gives_is_shown_as_such(site: Site, life: StoredLife) -> None:
    arrives(site, life)
    (document,) = kept(site)
    assert document.received_on == life.today
    said = instructor(site).get(f"{address(life)}/{document.id}").said
    assert "Daté par son expéditeur lundi 1er janvier 1990" in said
    assert "Reçu le lundi 1er janvier 1990" not in said


def test_a_mail_that_comes_is_in_the_way_of_no_open_form(site: Site, life: StoredLife) -> None:
    agent, number = instructor(site), life.dossier.number
    label = "Accepter les 9 pièces reçues"
    sent = agent.get(f"/dossiers/{number}").screen.form(label).sent(label)
    form: dict[str, Any] = dict(sent) | {"piece": [value for name, value in sent if name == "piece"]}
    arrives(site, life)
    assert agent.post(f"/dossiers/{number}/pieces/accepter", form).status == 303
    assert version(site, life) == life.dossier.version + 1 + 9
    assert agent.post(f"/dossiers/{number}/pieces/accepter", form).status == 303, "sent twice, it acts once"
    assert version(site, life) == life.dossier.version + 1 + 9
    assert healthy(site)


def test_a_mail_dates_and_names_itself(site: Site, life: StoredLife) -> None:
    agent, content = instructor(site), eml(life)
    before = version(site, life)
    answer = send(agent, life, File("reponse.eml", content), cle=str(uuid4()))
    assert answer.status == 303, answer.said
    (document,) = kept(site)
    assert document.received_on == life.today - timedelta(days=2)
    assert document.sender == "Capucine Bleuet <capucine@bleuet.example>"
    assert (document.subject, document.name) == ("Ma réponse", "Ma réponse.eml")
    assert version(site, life) == before + 1
    with site.session():
        assert shelf_of(site.app.extensions["settings"]).path(document.sha256).read_bytes() == content
    shown = agent.get(f"/dossiers/{life.dossier.number}?volet=courriers")
    assert "Ma réponse" in shown.said
    assert "capucine@bleuet.example" in shown.said
    assert healthy(site)


def test_it_is_read_as_text_and_what_came_with_it_is_only_ever_saved(site: Site, life: StoredLife) -> None:
    agent, content = instructor(site), eml(life)
    send(agent, life, File("reponse.eml", content))
    (document,) = kept(site)
    page = agent.get(f"{address(life)}/{document.id}")
    assert f"{SCRIPT} voici ma réponse." in page.said
    assert SCRIPT not in page.screen.html
    assert "piège.html" in page.said
    for rank, saved in enumerate((SCRIPT.encode(), PDF)):
        part = agent.get(f"{address(life)}/{document.id}/pieces/{rank}")
        assert (part.status, part.response.data.strip()) == (200, saved.strip())
        assert part.headers["Content-Type"] == "application/octet-stream"
        assert part.headers["Content-Disposition"].startswith("attachment; ")
        assert ".." not in part.headers["Content-Disposition"]
        assert part.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert part.headers["X-Content-Type-Options"] == "nosniff"
    assert agent.get(f"{address(life)}/{document.id}/pieces/2").status == 404
    whole = agent.get(f"{address(life)}/{document.id}/original")
    assert whole.headers["Content-Disposition"].startswith("attachment; ")
    assert whole.response.data == content


def test_what_is_typed_takes_the_place_of_what_the_mail_says(site: Site, life: StoredLife) -> None:
    day = life.today - timedelta(days=1)
    answer = send(
        instructor(site),
        life,
        File("reponse.eml", eml(life)),
        received_on=f"{day:%d/%m/%Y}",
        sender="Le secrétariat",
        subject="Accord",
    )
    assert answer.status == 303, answer.said
    (document,) = kept(site)
    assert (document.received_on, document.sender, document.subject) == (day, "Le secrétariat", "Accord")


def test_a_pdf_or_a_pasted_text_takes_the_day_that_is_typed(site: Site, life: StoredLife) -> None:
    agent, day = instructor(site), life.today.isoformat()
    assert send(agent, life, File("lettre.pdf", PDF), received_on=day).status == 303
    assert send(agent, life, received_on=day, texte=f"Bonjour,\r\n\r\n{SCRIPT}\x00 fin", sender="Anis").status == 303
    types = {document.media_type: document for document in kept(site)}
    assert set(types) == {"application/pdf", "text/plain"}
    page = agent.get(f"{address(life)}/{types['text/plain'].id}")
    assert SCRIPT in page.said
    assert SCRIPT not in page.screen.html
    assert "se lit dans son original" in agent.get(f"{address(life)}/{types['application/pdf'].id}").said


@pytest.mark.parametrize(
    ("file", "typed", "said"),
    [
        (None, {}, "collez le texte du message"),
        (None, {"texte": " \r\n "}, "collez le texte du message"),
        (File("lettre.pdf", PDF), {}, "Ce message ne porte pas de date"),
        (File("lettre.pdf", b"<html>"), {"received_on": "2024-06-01"}, "Le contenu ne correspond pas"),
        (File("lettre.docx", PDF), {"received_on": "2024-06-01"}, "en EML"),
        (File("mail.eml", b"\x89PNG\r\n\x1a\n\0\0"), {}, "ne se lit pas comme un courriel"),
        (File("mail.eml", b"From: a@b.example\r\n\r\n" + b"x" * 10_485_760), {}, "dépasse 10 Mo"),
        (File("lettre.pdf", PDF), {"received_on": "2058-01-01"}, "n’est pas encore passé"),
        (File("lettre.pdf", PDF), {"received_on": "hier"}, "demande une date"),
        (File("lettre.pdf", PDF), {"received_on": "2024-06-01", "file": "x"}, "n’a pas de champ"),
    ],
    ids=["none", "blank", "no day", "content", "type", "no mail", "big", "future", "no date", "forged"],
)
def test_what_cannot_be_filed_is_said_and_leaves_nothing(
    quick: Site, file: File | None, typed: dict[str, str], said: str
) -> None:
    life = made(quick, State.SUBMITTED)
    before = version(quick, life)
    answer = send(instructor(quick), life, file, **typed)
    assert (answer.status, said in answer.said) == (422, True), answer.said
    assert count(quick, Document) == 0
    assert version(quick, life) == before
    with quick.session():
        assert list(shelf_of(quick.app.extensions["settings"]).files()) == []


_NO_DAY = "Ce message ne porte pas de date"


@pytest.mark.parametrize(
    ("day", "why"),
    [("", _NO_DAY), ("Tue, 01 Jan 2058 10:00:00 +0100", "du 1er janvier 2058, qui est à venir"), ("bientôt", _NO_DAY)],
    ids=["none", "future", "absurd"],
)
def test_a_mail_that_does_not_say_its_day_needs_one(quick: Site, day: str, why: str) -> None:
    life = made(quick, State.SUBMITTED)
    file, agent = File("reponse.eml", eml(life, Date=day)), instructor(quick)
    refused = send(agent, life, file)
    assert (refused.status, why in refused.said) == (422, True)
    field = next(e for e in refused.screen.page.all("input") if e.get("name") == "received_on")
    assert field.get("aria-invalid") == "true"
    assert any(e.get("href") == f"#{field.get('id')}" for e in refused.screen.page.all("a"))
    assert send(agent, life, file, received_on=date(2024, 6, 3).isoformat()).status == 303
    assert kept(quick)[0].received_on == date(2024, 6, 3)


def test_a_pasted_text_says_that_its_day_is_needed_and_is_not_lost_without_it(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    label = next(e.text for e in agent.get(address(life)).screen.page.all("label") if e.text.startswith("Reçu le"))
    assert "(obligatoire pour un texte collé ou un PDF)" in label
    refused = send(agent, life, texte="Bonjour, voici ma réponse.", sender="Le secrétariat")
    assert (refused.status, _NO_DAY in refused.said) == (422, True)
    assert "Bonjour, voici ma réponse." in refused.screen.html
    assert "Le secrétariat" in refused.screen.html
    assert count(quick, Document) == 0


def test_the_same_message_comes_once(site: Site, life: StoredLife) -> None:
    agent, key = instructor(site), str(uuid4())
    file = File("reponse.eml", eml(life))
    assert send(agent, life, file, cle=key).status == 303
    for again in (key, str(uuid4())):
        answer = send(agent, life, file, cle=again)
        assert (answer.status, "déjà dans le dossier" in answer.said) == (422, True)
    assert len(kept(site)) == 1


def test_messages_are_for_agents_of_the_region_alone(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    send(instructor(quick), life, File("reponse.eml", eml(life)))
    (document,) = kept(quick)
    number = life.dossier.number
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    for party in (candidate, recruiter):
        assert party.get(f"/dossiers/{number}/documents/{document.id}").status == 404
        assert party.get(f"{address(life)}/{document.id}").status in {403, 404}
        for tab in ("courriers", "historique"):
            said = party.get(f"/dossiers/{number}?volet={tab}").said
            assert "Ma réponse" not in said
            assert "Classer un message" not in said
    elsewhere = quick.visitor(Role.INSTRUCTOR, region="11")
    for path in ("", "/original", "/pieces/0"):
        assert elsewhere.get(f"{address(life)}/{document.id}{path}").status == 404
    other = made(quick, State.SUBMITTED)
    assert instructor(quick).get(f"{address(other)}/{document.id}").status == 404


def test_a_draft_receives_no_message(quick: Site) -> None:
    life = made(quick, State.DRAFT)
    answer = send(instructor(quick), life, File("reponse.eml", eml(life)))
    assert answer.status in {404, 422}
    assert count(quick, Document) == 0
