"""A mail server that refuses: the dossier says so on its page « Courriers », and a person has it tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from backoffice.services.effects import Hands, deliver
from backoffice.services.smtp import SmtpMailer
from backoffice.store.outbox import OutboxRow
from tests.backoffice.smtp_sink import Sink, running
from tests.backoffice.stored import MACHINE, StoredLife
from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Site
from workflows.actors import Role
from workflows.french import NBSP, instant
from workflows.states import State

ZONE = "Europe/Paris"
BROKEN = "550 5.7.1 adresse inconnue"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found


def sends(site: Site, sink: Sink) -> None:
    """One attempt for every row that waits."""
    hands = Hands(site.app.extensions["settings"], site.moved.clocks, SmtpMailer(sink.url))
    with site.session() as session:
        waiting = session.scalars(select(OutboxRow.id).where(OutboxRow.done_at.is_(None))).all()
        for row in waiting:
            deliver(session, row, hands)


def lines(site: Site, life: StoredLife) -> list[list[str]]:
    """The page « Courriers » as an instructor reads it."""
    page = instructor(site).get(f"/dossiers/{life.dossier.number}?volet=courriers")
    return page.screen.rows("Courriels et lettres")


def test_a_mail_refused_for_good_is_told_and_tried_again(site: Site, sink: Sink) -> None:
    life = made(site, State.SUBMITTED)
    sink.refuse(BROKEN)
    sends(site, sink)
    shown = lines(site, life)
    assert sorted(what for what, _, _ in shown) == ["Accusé de réception", "Accusé d’enregistrement"]
    assert all("abandonné : Le serveur de courriel refuse l’envoi (550 " in stands for _, _, stands in shown)
    assert all(to == "au déposant" for _, to, _ in shown)

    agent = instructor(site)
    page = agent.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
    again = page.form("Relancer")
    assert agent.post(again.action, dict(again.values)).status == 303
    sink.accept()
    sends(site, sink)
    assert [stands.split(" ")[0] for _, _, stands in lines(site, life)] == ["envoyé", "abandonné"]


def test_a_mail_refused_for_now_says_when_it_leaves(site: Site, sink: Sink) -> None:
    """On the legal clock, whatever the machine’s says: it is tried again ten seconds after it was refused."""
    life = made(site, State.SUBMITTED)
    site.moved.machine = MACHINE + timedelta(hours=2)
    sink.refuse("451 4.3.0 try again")
    sends(site, sink)
    for _, _, stands in lines(site, life):
        assert stands.startswith(
            f"partira le {instant(life.now + timedelta(hours=2, seconds=10), ZONE)}".replace(NBSP, " ")
        )
        assert "après un échec : Le serveur de courriel refuse l’envoi (451 " in stands


def test_a_party_sees_that_it_failed_and_not_why(quick: Site, sink: Sink) -> None:
    life = made(quick, State.SUBMITTED)
    sink.refuse(BROKEN)
    sends(quick, sink)
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    page = candidate.get(f"/dossiers/{life.dossier.number}?volet=courriers")
    assert {stands for _, _, stands in page.screen.rows("Courriels et lettres")} == {"abandonné"}
    assert "550" not in page.said
    with quick.session() as session:
        row = session.scalars(select(OutboxRow.id)).first()
    assert candidate.post(f"/dossiers/{life.dossier.number}/courriers/{row}/relancer").status == 404


def test_a_party_reads_its_own_mail_only(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    partner = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    read = []
    for who in (partner, recruiter, quick.visitor(Role.CANDIDATE, person=CAPUCINE)):
        page = who.get(f"/dossiers/{life.dossier.number}?volet=courriers").screen
        read.append({to for _, to, _ in page.rows("Courriels et lettres")})
    assert read == [{"aux partenaires"}, {"à l’établissement recruteur"}, {"au candidat", "au déposant"}]


def test_only_a_row_of_this_dossier_is_tried_again(quick: Site, sink: Sink) -> None:
    life, other = made(quick, State.SUBMITTED), made(quick, State.SUBMITTED)
    sink.refuse(BROKEN)
    sends(quick, sink)
    with quick.session() as session:
        foreign = session.scalars(select(OutboxRow.id).where(OutboxRow.dossier == other.id)).first()
    for row in (foreign, uuid4()):
        assert instructor(quick).post(f"/dossiers/{life.dossier.number}/courriers/{row}/relancer").status == 404
    assert all("abandonné" in stands for _, _, stands in lines(quick, other))
