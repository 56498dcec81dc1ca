"""A mail that left is read again from the dossier, by those it was for; the mailbox of the demonstration in pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from backoffice.services import due
from backoffice.services.effects import Hands, deliver
from backoffice.services.mailers import DryMailer
from backoffice.services.sent_mails import bounce
from backoffice.services.smtp import SmtpMailer
from backoffice.store.base import writing
from backoffice.store.mails import Bounce, SentMail
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


def test_a_mail_of_another_dossier_or_of_none_is_not_found(quick: Site, sink: Sink) -> None:
    life, other = sent(quick, sink, State.SUBMITTED), made(quick, State.COMPLETE)
    with quick.session() as session:
        mail = session.scalars(select(SentMail.id).where(SentMail.dossier == life.id)).first()
    agent = instructor(quick)
    assert agent.get(f"/dossiers/{other.dossier.number}/courriers/{mail}").status == 404
    assert agent.get(f"/dossiers/{life.dossier.number}/courriers/{uuid4()}").status == 404


def test_a_mail_is_seen_as_it_was_laid_out_and_nothing_in_it_runs(quick: Site, sink: Sink) -> None:
    life = sent(quick, sink, State.SUBMITTED)
    with quick.session() as session:
        mail = session.scalars(select(SentMail).where(SentMail.dossier == life.id)).first()
    assert mail is not None
    path = f"/dossiers/{life.dossier.number}/courriers/{mail.id}"
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    assert f"{path}/mise-en-page" in candidate.get(path).screen.html
    for visitor in (instructor(quick), candidate):
        answer = visitor.get(f"{path}/mise-en-page")
        assert (answer.status, answer.screen.html) == (200, mail.html)
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    partner = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id)
    assert partner.get(f"{path}/mise-en-page").status == 404


def test_agents_see_who_did_not_get_a_mail_and_say_when_an_address_works_again(site: Site, sink: Sink) -> None:
    life = sent(site, sink, State.SUBMITTED)
    with site.session() as session:
        mail = session.scalars(select(SentMail).where(SentMail.dossier == life.id)).first()
        assert mail is not None
        (address,) = mail.recipients
        lost = Bounce(mail=mail.id, address=address, permanent=True, status="5.1.1", at=MACHINE, recorded_at=MACHINE)
        with writing(session):
            session.add(lost)
        path = f"/dossiers/{life.dossier.number}/courriers/{mail.id}"
    tab = f"/dossiers/{life.dossier.number}?volet=courriers"
    agent, candidate = instructor(site), site.visitor(Role.CANDIDATE, person=CAPUCINE)
    for page in (path, tab):
        assert f"L’adresse {address} a refusé ce courriel (5.1.1)." in agent.get(page).said
        assert "a refusé" not in candidate.get(page).said
    assert agent.post(f"{path}/adresse", {"adresse": "ailleurs@x.example"}).status == 404
    assert agent.post(f"{path}/adresse", {"adresse": address}).status == 303
    assert "du premier coup" in agent.get(path).said
    assert f"{address} reçoit de nouveau" not in agent.get(path).said


def test_the_list_and_the_operations_page_show_a_mail_that_nobody_took(site: Site, sink: Sink) -> None:
    life = sent(site, sink, State.SUBMITTED)
    number, agent = life.dossier.number, instructor(site)
    assert "Courriel non remis 0" in agent.get("/dossiers").said
    with site.session() as session:
        mail = session.scalars(select(SentMail).where(SentMail.dossier == life.id)).first()
        assert mail is not None
        (address,) = mail.recipients
        with writing(session):
            session.add(bounce(mail, address, "550 5.1.1 Unknown", permanent=True, at=MACHINE, now=MACHINE))
        path = f"/dossiers/{number}/courriers/{mail.id}"
    assert "Courriel non remis 1" in agent.get("/dossiers").said
    assert number in agent.get("/dossiers?suite=non-remis").said
    assert "1 dossier avec un courriel non remis" in agent.get("/exploitation").said
    recruiter = site.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    assert "non remis" not in recruiter.get("/dossiers?suite=non-remis").said
    assert recruiter.post(f"{path}/vu").status in {403, 404}
    assert agent.post(f"/dossiers/{number}/courriers/{uuid4()}/vu").status == 404
    form = agent.get(path).screen.form("Les destinataires ont été prévenus autrement")
    assert agent.post(form.action, dict(form.values)).status == 303
    assert "prévenus autrement" not in agent.get(path).said
    assert number not in agent.get("/dossiers?suite=non-remis").said
    assert "non remis" not in agent.get("/exploitation").said


def test_a_dry_installation_says_that_nothing_left(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    hands = Hands(quick.app.extensions["settings"], quick.moved.clocks, DryMailer())
    with quick.session() as session:
        for row in session.scalars(select(OutboxRow.id).where(OutboxRow.done_at.is_(None))).all():
            deliver(session, row, hands)
    agent = instructor(quick)
    tab = agent.get(f"/dossiers/{life.dossier.number}?volet=courriers")
    assert "cette installation n’envoie rien" in tab.said
    assert "envoyé le" not in tab.said
    with quick.session() as session:
        mail = session.scalars(select(SentMail.id).where(SentMail.dossier == life.id)).first()
    assert "il n’est pas parti" in agent.get(f"/dossiers/{life.dossier.number}/courriers/{mail}").said


def test_a_mail_about_several_dossiers_is_kept_in_each_and_read_by_its_party(site: Site, sink: Sink) -> None:
    lives = [made(site, State.NOTIFIED) for _ in range(2)]
    start = lives[0].dossier.award
    assert start is not None
    assert start.expected_start is not None
    legal = lives[0].on(start.expected_start + timedelta(days=1), "12:00").now
    site.at(lives[0])
    hands = Hands(site.app.extensions["settings"], site.moved.clocks, SmtpMailer(sink.url))
    with site.session() as session:
        due.tick(session, legal=legal, machine=site.moved.machine)
        wanted = select(OutboxRow).where(OutboxRow.kind == "digest", OutboxRow.addressee == "recruiter")
        row = session.scalars(wanted.where(OutboxRow.name == "J7")).one().id
        assert deliver(session, row, hands)
        mail = session.scalars(select(SentMail).where(SentMail.outbox == row)).one().id
    assert "2 dossiers" in (sink.accepted[-1].header("Subject") or "")
    recruiter = site.visitor(Role.ESTABLISHMENT, establishment=lives[0].profile.recruiter.id)
    partner = site.visitor(Role.ESTABLISHMENT, establishment=lives[0].profile.partner.id)
    doctor = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    for life in lives:
        path = f"/dossiers/{life.dossier.number}/courriers/{mail}"
        for visitor, status in ((instructor(site), 200), (recruiter, 200), (partner, 404), (doctor, 404)):
            assert visitor.get(path).status == status
            listed = path in visitor.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen.html
            assert listed is (status == 200)


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


def test_a_mail_to_the_service_about_several_dossiers_is_read_by_agents_only(site: Site, sink: Sink) -> None:
    """It names dossiers of others, and their money (A39)."""
    life = sent(site, sink, State.SUBMITTED)
    with site.session() as session:
        legal = life.now + timedelta(days=60)
        due.tick(session, legal=legal, machine=MACHINE)
        row = session.scalars(select(OutboxRow).where(OutboxRow.kind == "digest", OutboxRow.party.is_(None))).first()
        assert row is not None
        kept = SentMail(
            id=uuid4(),
            outbox=row.id,
            dossier=None,
            message_id="<g@temps-partage.example>",
            recipients=["bureau@ars.example"],
            subject="16 dossiers : le silence vaudra bientôt rejet",
            body="Bonjour",
            sent_at=MACHINE,
        )
        with writing(session):
            session.get_one(OutboxRow, row.id).done_at = MACHINE
            session.add(kept)
        path = f"/dossiers/{life.dossier.number}/courriers/{kept.id}"
    readers = {
        "candidate": site.visitor(Role.CANDIDATE, person=CAPUCINE),
        "recruiter": site.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id),
        "partner": site.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id),
    }
    for who, reader in readers.items():
        assert reader.get(path).status == 404, who
        assert "16 dossiers" not in reader.get(f"/dossiers/{life.dossier.number}?volet=courriers").said, who
    assert instructor(site).get(path).status == 200
