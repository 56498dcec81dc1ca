"""The pages of letters: prepare, validate, make, send, one by one and many at once; templates for administrators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from backoffice.services.effects import deliver
from backoffice.store.base import db, writing
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.letters.office import publish_with_contacts
from tests.letters.test_templates import BODY
from tests.pages import File, multipart
from tests.web.site import Answer, Site, Visitor
from workflows.actors import Role
from workflows.french import short_day
from workflows.states import State


@dataclass
class Desk:
    site: Site
    instructor: Visitor
    head: Visitor
    number: str
    life: StoredLife

    def letters(self) -> list[Letter]:
        with self.site.session() as session:
            return list(session.scalars(select(Letter).order_by(Letter.addressee, Letter.party)))


@pytest.fixture
def desk(quick: Site) -> Desk:
    return desk_on(quick)


def desk_on(quick: Site) -> Desk:
    """An award was notified: its letters are to be prepared."""
    with quick.session() as session:
        publish_with_contacts(session, "na-2024")
        life = stored_life(session, "na-2024").to(State.NOTIFIED)
        number = life.dossier.number
    quick.at(life)
    instructor = quick.visitor(Role.INSTRUCTOR, region="75")
    head = quick.visitor(Role.HEAD, region="75")
    with quick.session() as session, writing(session):
        session.execute(update(Account).where(Account.signs).values(capacity="La directrice"))
    return Desk(quick, instructor, head, number, life)


def step(visitor: Visitor, name: str, **more: str) -> str:
    """Do the act of a step on all letters: the page that shows what it changes, then what confirms it."""
    shown = visitor.post("/courriers", {"etape": name, "toutes": "oui", **more})
    assert shown.status == 200, shown.said
    fields = shown.screen.page.all("input")
    ready = [field.get("value") or "" for field in fields if field.get("name") == "courriers"]
    pairs = [("csrf", visitor.csrf), ("etape", name), ("confirme", "oui"), *(("courriers", one) for one in ready)]
    answer = visitor.sent("/courriers", data=MultiDict(pairs))
    assert answer.status == 303, answer.said
    return answer.response.headers["Location"]


def test_the_list_leads_from_the_decision_to_the_sending(desk: Desk) -> None:
    page = desk.instructor.get("/courriers")
    assert page.status == 200
    assert "Décision d’attribution" in page.said
    assert "nombre=" in step(desk.instructor, "a-preparer")
    made = desk.letters()
    assert sorted(letter.code for letter in made) == ["L18", "L8", "L8", "L8"]
    assert all(letter.drafted_by == str(desk.instructor.account) for letter in made)
    page = desk.instructor.get("/courriers?etape=a-valider")
    assert page.said.count("Un responsable ou le directeur général le valide") == 3
    boxes = [box.get("value") for box in page.screen.page.all("input") if box.get("name") == "courriers"]
    assert boxes == [str(letter.id) for letter in made if letter.code == "L18"]
    refused = desk.instructor.post("/courriers", {"etape": "a-valider", "toutes": "oui", "confirme": "oui"})
    assert refused.status == 422
    assert "un responsable" in refused.said
    assert refused.screen.alert.count("Décision d’attribution") == 3
    assert desk.number in refused.screen.alert
    step(desk.head, "a-valider")
    batch = step(desk.head, "a-produire")
    waits = desk.head.get(batch)
    assert "0 sur 4" in waits.said
    assert int(waits.response.headers["Refresh"]) >= 2  # it follows by itself, as long as something is left to do
    assert "Refresh" not in desk.head.get(waits.screen.link("Ne plus actualiser")).response.headers
    before = desk.site.moved.legal
    desk.site.moved.legal = before + timedelta(minutes=15)
    left_open = desk.head.get(batch)  # a page that asks for itself would keep its reader signed in
    assert "Refresh" not in left_open.response.headers
    assert "toutes les 5 secondes" not in left_open.said
    desk.site.moved.legal = before
    work(desk)
    done = desk.head.get(batch)
    assert "4 sur 4" in done.said
    assert "Refresh" not in done.response.headers
    bare = desk.head.post("/courriers", {"etape": "a-envoyer", "toutes": "oui", "confirme": "oui"})
    assert bare.status == 422
    assert "exemplaire signé" in bare.said
    for letter in desk.letters():
        if letter.code == "L8":
            copied(desk.instructor, letter)
    assert not any(letter.sending for letter in desk.letters())
    asked = desk.head.post("/courriers", {"etape": "a-envoyer", "toutes": "oui"})
    assert "un envoi ne se reprend pas" in asked.said
    assert "Envoyer par courriel 3 courriers" in asked.said
    assert not any(letter.sending for letter in desk.letters())
    step(desk.head, "a-envoyer")
    work(desk)
    assert all(letter.sent_at for letter in desk.letters())
    assert "3" in desk.head.get("/courriers?etape=envoyes").said


def copied(visitor: Visitor, letter: Letter, content: bytes = b"") -> Answer:
    """Give the signed copy of a letter, as its page asks for it."""
    given = File("signe.pdf", content or f"%PDF-1.7 {letter.id}".encode())
    body, kind = multipart([("csrf", visitor.csrf)], {"exemplaire": given})
    return visitor.sent(f"/courriers/{letter.id}/exemplaire", data=body, content_type=kind)


def test_a_decision_leaves_by_mail_once_its_signed_copy_is_given(desk: Desk) -> None:
    step(desk.instructor, "a-preparer")
    letter = next(one for one in desk.letters() if one.code == "L8" and one.addressee == "recruiter")
    here = f"/courriers/{letter.id}"
    assert "Valider le courrier" not in desk.instructor.get(here).said
    for what in ("valider", "produire"):
        assert desk.head.post(f"{here}/{what}").status == 303
    page = desk.instructor.get(here)
    assert "une décision porte la signature de son auteur" in page.said
    assert "Envoyer par courriel" not in page.said
    assert "Noter un envoi sur papier" in page.said
    wrong = copied(desk.instructor, letter, b"Bonjour")
    assert wrong.status == 422
    assert "ne correspond pas au nom" in wrong.said
    assert copied(desk.instructor, letter).status == 303
    page = desk.instructor.get(here)
    assert "Envoyer par courriel" in page.said
    assert "Exemplaire signé" in page.said
    assert desk.head.get(f"{here}.pdf").response.get_data() == f"%PDF-1.7 {letter.id}".encode()
    assert desk.head.get(f"{here}.pdf?produit=oui").response.get_data().startswith(b"%PDF-1.7\n%\x80")
    assert desk.head.post(f"{here}/envoyer").status == 303


def work(desk: Desk) -> None:
    """Carry out what waits for letters, as the worker does."""
    with desk.site.session() as session:
        rows = list(session.scalars(select(OutboxRow.id).where(OutboxRow.kind.in_(("letter_make", "letter_send")))))
        moved = desk.site.moved
        time = Time(moved.legal, moved.machine + timedelta(seconds=1))
        mine = replace(hands(time, Told()), settings=desk.site.app.extensions["settings"])
        for row in rows:
            deliver(db.session(), row, mine)


def test_a_letter_by_itself(desk: Desk) -> None:
    tab = desk.instructor.get(f"/dossiers/{desk.number}?volet=courriers")
    links = [href for a in tab.screen.page.all("a") if "/courriers/a-preparer/" in (href := a.get("href") or "")]
    link = links[-1]
    page = desk.instructor.get(link)
    assert page.status == 200
    assert "Rien n’est encore écrit" in page.said
    assert desk.letters() == []
    image = next(src for i in page.screen.page.all("img") if (src := i.get("src")))
    assert desk.instructor.get(image).headers["Content-Type"] == "image/png"
    desk.instructor.post(link)
    letter = desk.letters()[0]
    here = f"/courriers/{letter.id}"
    assert "Préparé, à valider" in desk.head.get(here).said
    assert desk.head.get(f"{here}.pdf").response.mimetype == "application/pdf"
    for what, then in (("valider", "Validé"), ("produire", "Produit, à envoyer")):
        assert desk.head.post(f"{here}/{what}").status == 303
        assert then in desk.head.get(here).said
    made = desk.letters()[0].generated_at
    assert made is not None
    day = made.date().isoformat()
    bad = desk.head.post(f"{here}/papier", {"voie": "post", "jour": "hier"})
    assert bad.status == 422
    assert "Donnez le jour" in bad.said
    assert desk.head.post(f"{here}/papier", {"voie": "registered", "jour": day}).status == 303
    page = desk.instructor.get(here)
    assert "il ne change plus" in page.said
    assert "exemplaire" in {field.get("name") for field in page.screen.page.all("input")}
    assert copied(desk.instructor, desk.letters()[0]).status == 303
    page = desk.instructor.get(here)
    assert "Exemplaire signé" in page.said
    # what left has one signed copy, for ever
    assert "exemplaire" not in {field.get("name") for field in page.screen.page.all("input")}
    assert "envoyé le" in desk.instructor.get(f"/dossiers/{desk.number}?volet=courriers").said


def test_a_letter_that_left_is_told_so_to_its_party_and_beside_its_period(desk: Desk) -> None:
    tab = f"/dossiers/{desk.number}?volet=courriers"
    lines = desk.instructor.get(tab).screen.page.all("tr")
    asked = [link.get("href") for line in lines if "recruteur" in line.text for link in line.all("a")]
    desk.instructor.post(next(href for href in asked if "/a-preparer/" in href))
    (letter,) = desk.letters()
    party = desk.site.visitor(Role.ESTABLISHMENT, establishment=letter.party)
    for what in ("valider", "produire"):
        assert desk.head.post(f"/courriers/{letter.id}/{what}").status == 303
    before = party.get(tab)
    assert "elle est à signer et à envoyer" in before.said
    assert f"/courriers/{letter.id}.pdf" not in [a.get("href") for a in before.screen.page.all("a")]
    day = desk.site.moved.legal.date()
    sent = {"voie": "registered", "jour": day.isoformat()}
    assert desk.head.post(f"/courriers/{letter.id}/papier", sent).status == 303
    for reader in (party, desk.instructor):
        said = plain(reader.get(tab).screen.text)
        assert f"envoyé le {plain(short_day(day))}" in said
        assert f"jour où la lettre a été demandée ; elle a été envoyée le {plain(short_day(day))}" in said
    mine = party.get(tab)
    assert "elle est à signer" not in mine.said
    assert "courrier à préparer" not in mine.said
    assert f"/courriers/{letter.id}.pdf" in [a.get("href") for a in mine.screen.page.all("a")]


def plain(text: str) -> str:
    return " ".join(text.split())


def test_another_region_and_the_parties_see_no_letter(desk: Desk) -> None:
    step(desk.instructor, "a-preparer")
    letter = desk.letters()[0]
    other = desk.site.visitor(Role.HEAD, region="11")
    for path in (f"/courriers/{letter.id}", f"/courriers/{letter.id}.pdf"):
        assert other.get(path).status == 404
    assert other.post(f"/courriers/{letter.id}/valider").status == 404
    party = next(x.party for x in desk.letters() if len(x.party) == 9)
    site = desk.site.visitor(Role.ESTABLISHMENT, establishment=party)
    assert site.get("/courriers").status == 404
    assert site.get(f"/courriers/{letter.id}.pdf").status == 404


def test_an_agency_changes_a_template(desk: Desk) -> None:
    admin = desk.site.visitor(Role.ADMIN)
    assert "celui du produit" in admin.get("/modeles").said
    page = admin.get("/modeles/75/L8")
    assert "#data.post.number" in page.said
    assert "FINESS de l’établissement recruteur" in page.said
    bad = admin.post("/modeles/75/L8", {"modele": "Bonjour\r\n#data.inconnu"})
    assert bad.status == 422
    assert "Ligne 2" in bad.said
    assert "#data.inconnu" in bad.response.get_data(as_text=True)
    tried = admin.post("/modeles/75/L8", {"modele": "Bonjour #data.to.name", "essai": "odd"})
    assert tried.response.mimetype == "application/pdf"
    step(desk.instructor, "a-preparer")
    assert admin.post("/modeles/75/L8", {"modele": f"{BODY}\nBonjour #data.to.name"}).status == 303
    letter = desk.letters()[0]
    assert "Le modèle a changé" in desk.head.get(f"/courriers/{letter.id}").said
    listed = desk.head.get("/courriers?etape=a-valider")
    assert listed.said.count("À refaire : Le modèle a changé") == 3
    boxes = [box.get("value") for box in listed.screen.page.all("input") if box.get("name") == "courriers"]
    assert boxes == [str(one.id) for one in desk.letters() if one.code == "L18"]
    before = desk.head.post("/courriers", {"etape": "a-valider", "toutes": "oui"})
    assert [len(before.screen.rows(f"Ce qui {what} fait")) for what in ("sera", "ne sera pas")] == [1, 3]
    assert desk.instructor.get(f"/dossiers/{desk.number}?volet=courriers").said.count("À refaire : Le modèle") == 3
    assert admin.post("/modeles/75/L8", {"origine": "oui"}).status == 303
    assert "Le modèle a changé" not in desk.head.get(f"/courriers/{letter.id}").said
    assert admin.get("/modeles/75/L99").status == 404
    assert admin.get("/modeles/zz/L8").status == 404
    assert desk.head.get("/modeles").status == 404


def test_a_letter_that_lost_its_object_is_not_to_prepare(desk: Desk) -> None:
    assert "Attribution" in desk.instructor.get("/courriers?courrier=L8").said
    with desk.site.session() as session:
        replace(desk.life, session=session).later(5).do("withdraw", Hat.INSTRUCTOR)
    assert "Aucun courrier n’attend ici" in desk.instructor.get("/courriers?courrier=L8").said
    told = desk.instructor.get(f"/dossiers/{desk.number}?volet=courriers")
    assert told.said.count("courrier devenu sans objet") == 3
    with desk.site.session() as session:
        due = session.scalars(select(LetterDue.id).where(LetterDue.code == "L8")).first()
    assert "le poste attend un autre médecin" in desk.instructor.get(f"/courriers/a-preparer/{due}").said
    desk.instructor.post("/courriers", {"etape": "a-preparer", "toutes": "oui", "confirme": "oui"})
    assert [letter.code for letter in desk.letters()] == ["L18"]


def test_what_waits_for_its_validation_is_counted_beside_what_is_to_decide(desk: Desk) -> None:
    assert desk.head.get("/dossiers").screen.link("Courriers à valider 0").endswith("/courriers?etape=a-valider")
    step(desk.instructor, "a-preparer")
    prepared = len(desk.letters())
    assert prepared
    assert desk.head.get("/dossiers").screen.link(f"Courriers à valider {prepared}")
    recruiter = desk.site.visitor(Role.ESTABLISHMENT, establishment=desk.life.profile.recruiter.id)
    assert "Courriers à valider" not in recruiter.get("/dossiers").said
