"""Two doctors of one post: each reads their own papers and those of the post, neither reads the other’s (A39)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from backoffice.services.documents import Received, Shelf, keep
from tests.backoffice.stored import StoredLife, known_id, stored_life
from tests.builders import Hat
from tests.nominal import lacking
from tests.web.making import CAPUCINE, healthy
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.calls.model import PieceEvent
from workflows.parts.requests import EndReason, RequestKind
from workflows.states import State

ANIS = known_id("anis-vermeil")
PDF = b"%PDF-1.4 "


@dataclass(repr=False)
class Post:
    """A post whose first doctor leaves, with a document for each piece, by key."""

    site: Site
    life: StoredLife
    files: dict[str, UUID]

    @property
    def number(self) -> str:
        """The number of the dossier."""
        return self.life.dossier.number

    def give(self, hat: Hat) -> None:
        """Give a document for each piece that lacks."""
        for key in lacking(self.life):
            shelf = Shelf(self.site.app.extensions["settings"].home / "documents")
            given = Received(f"{len(self.files)}.pdf", PDF + key.encode())
            self.files[key] = keep(self.life.session, shelf, self.life.id, given, by="x", now=self.life.machine)
            self.life.do("receive_piece", hat, keys=(key,), file=str(self.files[key]))

    def propose(self) -> None:
        """Have the first doctor leave, and another one proposed with every piece."""
        life = self.life.on(self.life.profile.notified).later(6)
        leaving = {"effective_on": life.today, "end_reason": EndReason.PRIVATE_PRACTICE}
        life.do("report_withdrawal", Hat.RECRUITER, **leaving)
        life.do("withdraw", Hat.INSTRUCTOR, request=life.last_request(RequestKind.WITHDRAWAL))
        life.do("propose_replacement", Hat.RECRUITER)
        self.give(Hat.RECRUITER)
        life.accept_pieces()
        life.do("examine_request", Hat.INSTRUCTOR, request=life.last_request(RequestKind.REPLACEMENT))

    def grant(self) -> None:
        """Grant the replacement; the new doctor is to start."""
        with self.site.session() as session:
            self.life.session = session
            self.life.do("replace", Hat.HEAD)
            self.give(Hat.RECRUITER)

    def of(self, event: PieceEvent) -> list[UUID]:
        """The documents of an event."""
        return [file for key, file in self.files.items() if key.startswith(f"{event.value}/")]

    def doctor(self, person: UUID) -> Visitor:
        """A doctor, signed in."""
        return self.site.visitor(Role.CANDIDATE, person=person)

    def read(self, visitor: Visitor, file: UUID, root: str = "dossiers") -> int:
        """What somebody gets who asks for a document."""
        return visitor.get(f"/{root}/{self.number}/documents/{file}").status


@pytest.fixture
def post(site: Site) -> Post:
    """A post left by its first doctor, another one being proposed."""
    with site.session() as session:
        made = Post(site, stored_life(session, "na-2024"), {})
        made.life.on(made.life.profile.filed, made.life.profile.filed_at)
        made.give(Hat.CANDIDATE)
        made.life.do("confirm_deposit", Hat.CANDIDATE).do("submit", Hat.CANDIDATE).to(State.NOTIFIED)
        made.propose()
    site.at(made.life)
    return made


def pages(post: Post, visitor: Visitor) -> str:
    """Everything the tabs of a dossier say to somebody."""
    tabs = ("pieces", "demandes", "financement", "courriers", "historique")
    answers = [visitor.get(f"/dossiers/{post.number}?volet={tab}") for tab in tabs]
    assert {a.status for a in answers} == {200}
    return " ".join(a.screen.html for a in answers)


def test_the_doctor_who_leaves_reads_nothing_of_the_one_who_is_proposed(post: Post) -> None:
    leaving = post.doctor(CAPUCINE)
    assert {post.read(leaving, file) for file in post.of(PieceEvent.FILING)} == {200}
    assert {post.read(leaving, file) for file in post.of(PieceEvent.REPLACEMENT)} == {404}
    told = pages(post, leaving)
    assert "Anis" not in told
    assert "nouveau candidat" not in told
    assert "Proposer un remplacement" not in told
    assert "installation libérale" in told  # the reason is about them
    proposed = post.doctor(ANIS)
    assert proposed.get(f"/dossiers/{post.number}").status == 404
    assert {post.read(proposed, file) for file in post.files.values()} == {404}


def test_the_doctor_who_leaves_gives_no_piece_of_the_one_who_is_proposed(post: Post) -> None:
    leaving, key = post.doctor(CAPUCINE), next(k for k in post.files if k.startswith("replacement/"))
    form = leaving.get(f"/dossiers/{post.number}/deposer-une-piece")
    assert key not in form.screen.html
    answer = leaving.upload(f"/dossiers/{post.number}/deposer-une-piece", "cv.pdf", PDF, key, cle=str(uuid4()))
    assert answer.status == 422


def test_the_new_doctor_reads_nothing_of_the_one_who_left(post: Post) -> None:
    post.grant()
    new = post.doctor(ANIS)
    assert {post.read(new, file) for file in post.of(PieceEvent.FILING)} == {404}
    assert {post.read(new, file) for file in post.of(PieceEvent.REPLACEMENT)} == {200}
    told = pages(post, new)
    assert "Capucine" not in told
    assert "installation libérale" not in told
    assert "Signaler un désistement" not in [row[0] for row in history(post, new)]
    assert "Accorder le remplacement" in told


def history(post: Post, visitor: Visitor) -> list[list[str]]:
    """The rows of the history: act, date, author, words."""
    page = visitor.get(f"/dossiers/{post.number}?volet=historique")
    return [row[1:] for row in page.screen.rows("Historique")]


def test_the_doctor_who_left_keeps_their_own_part(post: Post) -> None:
    post.grant()
    former, root = post.doctor(CAPUCINE), "mes-anciens-dossiers"
    assert former.get("/dossiers").screen.link(post.number).endswith(f"/{root}/{post.number}")
    assert former.get(f"/dossiers/{post.number}").goes_to == f"/{root}/{post.number}"
    page = former.get(f"/{root}/{post.number}")
    assert page.status == 200
    assert len(page.screen.rows("Pièces qui vous concernent")) == len(post.of(PieceEvent.FILING))
    assert "installation libérale" in page.said
    assert "Anis" not in page.screen.html
    assert "Accorder le remplacement" not in page.said
    assert "Proposer un remplacement" not in page.said
    assert {post.read(former, file, root) for file in post.of(PieceEvent.FILING)} == {200}
    assert {post.read(former, file, root) for file in post.of(PieceEvent.REPLACEMENT)} == {404}
    assert {post.read(former, file) for file in post.files.values()} == {404}
    for act in ("report_withdrawal", "accept_award"):
        assert former.get(f"/dossiers/{post.number}/actes/{act}").status == 404
    assert healthy(post.site)


def test_nobody_else_opens_the_part_of_a_doctor_who_left(post: Post) -> None:
    post.grant()
    address = f"/mes-anciens-dossiers/{post.number}"
    recruiter = post.site.visitor(Role.ESTABLISHMENT, establishment=post.life.profile.recruiter.id)
    for other in (post.doctor(ANIS), recruiter, post.site.visitor(Role.HEAD, region="75")):
        assert other.get(address).status == 404
        assert other.get(f"{address}/documents/{post.of(PieceEvent.FILING)[0]}").status == 404


def test_the_reason_of_a_departure_is_for_whom_it_is_about_and_who_told_it(post: Post) -> None:
    profile = post.life.profile
    for visitor, expected in (
        (post.site.visitor(Role.ESTABLISHMENT, establishment=profile.recruiter.id), True),
        (post.site.visitor(Role.ESTABLISHMENT, establishment=profile.partner.id), False),
        (post.site.visitor(Role.INSTRUCTOR, region="75"), True),
    ):
        said = visitor.get(f"/dossiers/{post.number}?volet=demandes").said
        assert ("installation libérale" in said) is expected
