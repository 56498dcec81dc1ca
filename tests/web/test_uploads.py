"""Documents: what is refused and why, what is kept, and how it is given back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from backoffice.services.documents import shelf_of
from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.people import Document
from tests.backoffice.stored import StoredLife, known_id
from tests.web.making import CAPUCINE, count, healthy, instructor, made, version
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.states import State

PDF = b"%PDF-1.4\n%%EOF\n"
TEN_MEGABYTES = 10 * 1024 * 1024


def address(life: StoredLife) -> str:
    return f"/dossiers/{life.dossier.number}/deposer-une-piece"


def draft(site: Site) -> tuple[StoredLife, Visitor]:
    life = made(site, State.DRAFT)
    return life, site.visitor(Role.CANDIDATE, person=CAPUCINE)


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("cv.exe", PDF, 422, "Ce type de document n’est pas accepté. Envoyez un PDF, un JPEG ou un PNG."),
        ("cv", PDF, 422, "Ce type de document n’est pas accepté."),
        ("cv.pdf.html", PDF, 422, "Ce type de document n’est pas accepté."),
        ("cv.pdf", b"<html>", 422, "Le contenu ne correspond pas au nom du fichier."),
        ("cv.png", PDF, 422, "Le contenu ne correspond pas au nom du fichier."),
        ("cv.pdf", b"", 422, "Le document est vide. Choisissez un autre fichier."),
        ("cv.pdf", PDF + b"x" * TEN_MEGABYTES, 422, "Le document dépasse 10 Mo. Réduisez-le et recommencez."),
        ("cv.pdf", PDF + b"x" * (TEN_MEGABYTES + 3 * 1024 * 1024), 413, "10 Mo par document"),
        ("", PDF, 422, "Choisissez un document."),
    ],
    ids=["type", "no type", "two types", "content", "other content", "empty", "big", "too big", "none"],
)
def test_a_wrong_document_is_refused_and_leaves_nothing(
    quick: Site, name: str, content: bytes, status: int, said: str
) -> None:
    life, candidate = draft(quick)
    answer = candidate.upload(address(life), name, content, "filing/cv", cle=str(uuid4()))
    assert (answer.status, said in answer.said) == (status, True), answer.said
    assert count(quick, Document) == 0
    assert list(shelf_of(quick.app.extensions["settings"]).files()) == []
    assert version(quick, life) == life.dossier.version


def test_a_document_says_to_which_piece_it_answers(quick: Site) -> None:
    life, candidate = draft(quick)
    for pieces, said in (
        ([], "Dites à quelle pièce ce document répond."),
        (["filing/rien"], "L’appel ne demande pas cette pièce"),
        (["start/contrat"], "L’appel ne demande pas cette pièce"),
    ):
        answer = candidate.upload(address(life), "cv.pdf", PDF, *pieces)
        assert (answer.status, said in answer.said) == (422, True), answer.said
    forged = candidate.upload(address(life), "cv.pdf", PDF, "filing/cv", file="document-0001")
    assert "Ce formulaire n’a pas de champ « file »" in forged.said
    assert count(quick, Document) == 0
    assert list(shelf_of(quick.app.extensions["settings"]).files()) == []


def test_a_document_sent_twice_comes_once(site: Site) -> None:
    life, candidate = draft(site)
    key = str(uuid4())
    for _ in range(2):
        answer = candidate.upload(address(life), "cv.pdf", PDF, "filing/cv", cle=key)
        assert answer.status == 303
    assert version(site, life) == life.dossier.version + 1
    other = candidate.upload(address(life), "cv.pdf", PDF + b"%", "filing/cv", cle=key)
    assert other.status == 422
    assert "Cette page a déjà servi" in other.said
    assert count(site, Document) == 1
    assert healthy(site)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("cv\u202efdp.pdf", "cvfdp.pdf"),
        (f"{'a' * 300}.pdf", f"{'a' * 116}.pdf"),
    ],
    ids=["up", "reversed", "long"],
)
def test_a_document_comes_back_as_a_download_under_a_plain_name(quick: Site, name: str, kept: str) -> None:
    life, candidate = draft(quick)
    assert candidate.upload(address(life), name, PDF, "filing/cv").status == 303
    shown = candidate.get(f"/dossiers/{life.dossier.number}")
    answer = candidate.get(shown.screen.link("CV"))
    assert (answer.status, answer.response.data) == (200, PDF)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={kept}"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_document_of_another_dossier_is_not_found(quick: Site) -> None:
    life, candidate = draft(quick)
    candidate.upload(address(life), "cv.pdf", PDF, "filing/cv")
    link = candidate.get(f"/dossiers/{life.dossier.number}").screen.link("CV")
    other = made(quick, State.DRAFT)
    assert candidate.get(link.replace(life.dossier.number, other.dossier.number)).status == 404
    for stranger in (
        quick.visitor(Role.CANDIDATE, person=known_id("anis-vermeil")),
        quick.visitor(Role.INSTRUCTOR, region="11"),
        quick.visitor(Role.ADMIN),
    ):
        assert stranger.get(link).status == 404
    assert quick.nobody().get(link).goes_to == "/connexion"


def test_an_accepted_piece_is_not_replaced(quick: Site) -> None:
    life = made(quick, State.COMPLETE)
    answer = instructor(quick).upload(address(life), "cv.pdf", PDF, "filing/cv")
    assert answer.status == 422
    assert "Une pièce déjà acceptée n’est ni redemandée ni remplacée" in answer.said
    assert count(quick, Document) == 0
    assert list(shelf_of(quick.app.extensions["settings"]).files()) == []


def test_an_agent_says_when_a_piece_came(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent, day = instructor(quick), life.today - timedelta(days=1)
    assert "Reçu le" in agent.get(address(life)).said
    for typed, said in (("hier", "« Reçu le » demande une date"), ("01/01/2031", "n’est pas encore passé")):
        answer = agent.upload(address(life), "cv.pdf", PDF, "filing/cv", cle=str(uuid4()), received_on=typed)
        assert (answer.status, said in answer.said) == (422, True), answer.said
    sent = {"cle": str(uuid4()), "received_on": f"{day:%d/%m/%Y}"}
    assert agent.upload(address(life), "cv.pdf", PDF, "filing/cv", **sent).status == 303
    with quick.session() as session:
        piece = view_of(session.get_one(DossierRow, life.id)).piece("filing/cv")
    assert piece is not None
    assert piece.received_on == day


def test_a_depositor_gives_a_piece_today(quick: Site) -> None:
    life, candidate = draft(quick)
    assert "Reçu le" not in candidate.get(address(life)).said
    answer = candidate.upload(address(life), "cv.pdf", PDF, "filing/cv", cle=str(uuid4()), received_on="2024-01-01")
    assert (answer.status, "Ce formulaire n’a pas de champ" in answer.said) == (422, True)
