"""A mail that left is read again from the dossier, by those it was for; the mailbox of the demonstration in pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from backoffice.services.effects import Hands, deliver
from backoffice.services.mails import SmtpMailer
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from tests.backoffice.smtp_sink import Sink, running
from tests.backoffice.stored import MACHINE, StoredLife
from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Site
from workflows.actors import Role
from workflows.states import State


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found


def sent(site: Site, sink: Sink, state: State) -> StoredLife:
    """A dossier all of whose mails have left, the machine’s clock where its acts were done."""
    life = made(site, state)
    hands = Hands(site.app.extensions["settings"], site.moved.clocks, SmtpMailer(sink.url))
    with site.session() as session:
        for row in session.scalars(select(OutboxRow.id).where(OutboxRow.done_at.is_(None))).all():
            deliver(session, row, hands)
    return life


def test_an_agent_reads_every_mail_as_it_left(site: Site, sink: Sink) -> None:
    life = sent(site, sink, State.SUBMITTED)
    agent = instructor(site)
    page = agent.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    with site.session() as session:
        mails = session.scalars(select(SentMail).where(SentMail.dossier == life.id)).all()
    assert mails
    for mail in mails:
        path = f"/dossiers/{life.dossier.number}/courriers/{mail.id}"
        assert path in page.html
        read = agent.get(path)
        assert read.status == 200
        assert " ".join(mail.body.split()[:8]) in read.said
        assert mail.recipients[0] in read.said


def test_a_party_reads_what_is_for_them_only(site: Site, sink: Sink) -> None:
    life = sent(site, sink, State.SUBMITTED)
    with site.session() as session:
        mail = session.scalars(select(SentMail).where(SentMail.dossier == life.id)).first()
    assert mail is not None
    path = f"/dossiers/{life.dossier.number}/courriers/{mail.id}"
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    partner = site.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id)
    answers = {"candidate": candidate.get(path), "partner": partner.get(path)}
    listed = {
        "candidate": candidate.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen.html,
        "partner": partner.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen.html,
    }
    assert {who: a.status for who, a in answers.items()} == {w: 200 if path in h else 404 for w, h in listed.items()}
    assert {a.status for a in answers.values()} == {200, 404}
    assert mail.recipients[0] not in answers["candidate"].said


def test_a_mail_of_another_dossier_or_of_none_is_not_found(site: Site, sink: Sink) -> None:
    life, other = sent(site, sink, State.SUBMITTED), made(site, State.COMPLETE)
    with site.session() as session:
        mail = session.scalars(select(SentMail.id).where(SentMail.dossier == life.id)).first()
    agent = instructor(site)
    assert agent.get(f"/dossiers/{other.dossier.number}/courriers/{mail}").status == 404
    assert agent.get(f"/dossiers/{life.dossier.number}/courriers/{uuid4()}").status == 404


def test_the_date_of_a_mail_is_told_on_the_legal_clock(quick: Site, sink: Sink) -> None:
    quick.moved.machine = MACHINE
    life = sent(quick, sink, State.SUBMITTED)
    rows = instructor(quick).get(f"/dossiers/{life.dossier.number}?volet=courriers").screen.rows("Courriels")
    left = [stands for _, _, stands in rows if stands.startswith("envoyé")]
    assert left
    assert all(str(life.now.year) in stands for stands in left)
    assert not any(str(MACHINE.year) in stands for stands in left)


def test_the_mailbox_shows_a_page_at_a_time(quick: Site) -> None:
    folder = Path(quick.app.extensions["settings"].home) / "mail"
    folder.mkdir()
    for rank in range(95):
        text = f"From: a@ars.example\r\nTo: b@x.example\r\nSubject: Objet {rank:02}\r\n\r\nTexte.\r\n"
        (folder / f"2024-{rank:04}.eml").write_text(text)
    agent = instructor(quick)
    first = agent.get("/courriels").screen
    assert first.rows("Les plus récents")[0][0] == "Objet 94"
    shown = [row[0] for page in (1, 2, 3) for row in agent.get(f"/courriels?page={page}").screen.rows("Les plus")]
    assert len(shown) == len(set(shown)) == 95
    assert agent.get("/courriels?page=99").screen.rows("Les plus")[-1][0] == "Objet 00"
    assert quick.visitor(Role.MEMBER, region="75").get("/courriels").status == 404
    assert quick.visitor(Role.MEMBER, region="75").get("/courriels/objet").status == 404
