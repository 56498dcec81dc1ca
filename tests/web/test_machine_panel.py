"""What the machine will do, and has done: the panel of the page of a dossier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from backoffice.services import due as jobs
from backoffice.store.base import canonical, writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline
from backoffice.web.agenda import followed
from tests.backoffice.stored import StoredLife
from tests.builders import Hat
from tests.web.making import CAPUCINE, instructor, made, path
from tests.web.site import Site, Visitor
from tests.web.test_account import paid
from workflows.actors import Role
from workflows.facts import plain
from workflows.jobs import PAUSABLE, Job
from workflows.states import State


def panel(visitor: Visitor, life: StoredLife) -> str:
    page = visitor.get(f"/dossiers/{life.dossier.number}").screen
    assert page.status == 200, page.text
    found = next(e for e in page.page.all("section") if e.get("aria-labelledby") == "mac")
    return found.text.replace("\u00a0", " ").replace("\u202f", " ")


def recruiter(site: Site, life: StoredLife) -> Visitor:
    return site.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)


def tick(site: Site, legal: datetime) -> None:
    with site.session() as session:
        jobs.tick(session, legal=legal, machine=site.moved.machine)


def asked(site: Site) -> StoredLife:
    """Pieces asked for on 11 June 2024, until the 26th: reminders on the 21st and the 26th at 8 h in Paris."""
    life = made(site, State.SUBMITTED)
    with site.session() as session:
        again = replace(life, session=session).later(1)
        again.do("request_pieces", Hat.INSTRUCTOR, keys=(life.dossier.pieces[0].key,), days=15)
    site.at(again)
    return again


def test_what_was_sent_this_morning_is_done_and_no_more_to_come(quick: Site) -> None:
    life = asked(quick)
    with quick.session() as session:
        first = min(d.run_at for d in session.query(Deadline).filter_by(kind="pieces_reminder") if d.run_at)
    agent = instructor(quick)
    quick.moved.legal = first - timedelta(minutes=1)
    before, _, done = panel(agent, life).partition("Ce qu’elle a fait en dernier")
    assert "Rappel des pièces attendues" in before
    assert done == ""
    tick(quick, first)
    quick.moved.legal = first + timedelta(minutes=5)
    to_come, _, done = panel(agent, life).partition("Ce qu’elle a fait en dernier")
    assert "Rappel des pièces attendues" not in to_come
    assert "Rappel des pièces attendues" in done
    assert "Fait le" in done
    assert "Rappel : dernier jour" in to_come


def test_what_the_clock_missed_is_late_until_it_is_done(quick: Site) -> None:
    """The clock is down: its hour passes, nothing leaves, and the page keeps saying what has to."""
    life = asked(quick)
    with quick.session() as session:
        runs = {d.kind: d.run_at for d in session.query(Deadline) if d.kind.startswith("pieces_") and d.run_at}
    agent = instructor(quick)
    tick(quick, runs["pieces_reminder"] - timedelta(minutes=1))
    quick.moved.legal = runs["pieces_reminder"] + timedelta(minutes=4)
    assert "En retard" not in panel(agent, life), "a clock that turns may still be at it"
    quick.moved.legal = runs["pieces_reminder"] + timedelta(minutes=5)
    told = panel(agent, life)
    assert "En retard : vendredi 21 juin 2024, 8 h" in told
    assert told.index("Rappel des pièces attendues") < told.index("Rappel : dernier jour")
    quick.moved.legal = runs["pieces_last_day"] + timedelta(minutes=5)
    told = panel(agent, life)
    assert told.count("En retard") == 1, "of one matter, the last is told"
    assert "En retard : mercredi 26 juin 2024, 8 h" in told
    tick(quick, quick.moved.legal)
    assert "En retard" not in panel(agent, life)


def test_what_a_mail_that_left_made_pointless_is_not_late(quick: Site) -> None:
    life = asked(quick)
    with quick.session() as session:
        receipt = session.query(Deadline).filter_by(kind="receipt_watch").one().run_at
    assert receipt is not None
    quick.moved.legal = receipt + timedelta(minutes=5)
    assert "l’accusé de réception n’est pas parti" in panel(instructor(quick), life).partition("En retard")[2]
    with quick.session() as session, writing(session):
        row = session.query(OutboxRow.id).filter_by(dossier=life.id, name="L2").scalar()
        left = SentMail(outbox=row, dossier=life.id, message_id="<1@x>", recipients=[], subject="", body="")
        left.sent_at = quick.moved.machine
        session.add(left)
    assert "En retard" not in panel(instructor(quick), life)


def test_what_was_done_stays_once_the_dates_have_moved(quick: Site) -> None:
    """A request shown to be received moves the implied refusal: what was told of it before was told all the same."""
    life = asked(quick)
    with quick.session() as session:
        alert = min(d.run_at for d in session.query(Deadline).filter_by(kind="silence_alert") if d.run_at)
    quick.moved.legal = alert
    tick(quick, alert)
    with quick.session() as session:
        again = replace(life, session=session)
        again.now = alert + timedelta(hours=1)
        again.do("request_pieces", Hat.INSTRUCTOR, keys=(life.dossier.pieces[1].key,), days=20).prove("L3")
        days = {d.due_on for d in session.query(Deadline).filter_by(kind="silence_alert")}
    assert alert.date() not in days, "the day of that alert has moved"
    quick.moved.legal = again.now + timedelta(minutes=1)
    to_come, _, done = panel(instructor(quick), life).partition("Ce qu’elle a fait en dernier")
    assert f"Rejet implicite proche (échéance du {alert.day} juillet 2024)" in done
    assert "Fait le" in done
    assert "échéance du" not in to_come
    assert "Rejet implicite" not in panel(recruiter(quick, life), life)


def test_what_has_lost_its_object_is_not_to_come(quick: Site) -> None:
    life = asked(quick)
    agent = instructor(quick)
    assert "l’accusé de réception n’est pas parti" in panel(agent, life)
    with quick.session() as session, writing(session):
        row = session.query(OutboxRow.id).filter_by(dossier=life.id, name="L2").scalar()
        left = SentMail(outbox=row, dossier=life.id, message_id="<1@x>", recipients=[], subject="", body="")
        left.sent_at = quick.moved.machine
        session.add(left)
    assert "l’accusé de réception n’est pas parti" not in panel(agent, life)


def test_what_an_act_has_just_brought_is_not_late(quick: Site) -> None:
    life = asked(quick)
    with quick.session() as session:
        last = session.query(Deadline).filter_by(kind="pieces_last_day").one().run_at
        assert last is not None
        again = replace(life, session=session)
        again.now = last + timedelta(hours=2)
        again.do("pause_reminders", Hat.INSTRUCTOR, until=again.today, jobs=(Job.J3,))
    agent = instructor(quick)
    quick.moved.legal = again.now + timedelta(minutes=4)
    assert "En retard" not in panel(agent, life)
    quick.moved.legal = again.now + timedelta(minutes=5)
    assert "En retard" in panel(agent, life)


def test_what_waits_for_the_end_of_a_pause_is_listed_at_its_instant(quick: Site) -> None:
    life = asked(quick)
    with quick.session() as session:
        again = replace(life, session=session)
        again.do("pause_reminders", Hat.INSTRUCTOR, until=life.today + timedelta(days=60), jobs=())
    told = panel(instructor(quick), life)
    alert, held = told.index("Alerte : le silence vaudra rejet"), told.index("Proposition à l’instructeur")
    assert alert < held
    assert "ne partira pas : la pause le dépasse" in told
    assert "partira le" in told


def test_sentences_of_the_panel_read_as_french(quick: Site) -> None:
    told = panel(instructor(quick), asked(quick))
    assert "Courriel au service instructeur. Règle : J5" in told
    assert "Destinataire" not in told
    assert "Sauf si toutes les pièces arrivent avant." in told


def test_a_party_sees_what_it_is_told_and_not_the_alerts_of_the_agency(quick: Site) -> None:
    life = asked(quick)
    told = panel(recruiter(quick, life), life)
    assert "Rappel des pièces attendues" in told
    for inside in ("Alerte", "Proposition", "Courriel au", "Règle", "silence"):
        assert inside not in told


def test_an_establishment_never_learns_that_the_doctor_stands_in_another_dossier(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    assert life.dossier.award is not None
    chosen = replace(life.dossier, award=replace(life.dossier.award, choose_by=life.today + timedelta(days=5)))
    with quick.session() as session, writing(session):
        session.get_one(DossierRow, life.id).facts = canonical(plain(chosen))
    assert "figure dans un autre dossier" in panel(instructor(quick), life)
    for party in (recruiter(quick, life), quick.visitor(Role.CANDIDATE, person=CAPUCINE)):
        page = party.get(f"/dossiers/{life.dossier.number}").screen
        assert "autre dossier" not in page.text
        assert "Choix du médecin" not in page.text
    assert "choice" not in followed(Role.ESTABLISHMENT) + followed(Role.CANDIDATE)
    assert "choice" in followed(Role.INSTRUCTOR)


def test_a_party_follows_its_own_days_in_the_list() -> None:
    mine, agency = set(followed(Role.ESTABLISHMENT)), set(followed(Role.INSTRUCTOR))
    assert {"pieces_last_day", "offer_reply", "award_reply", "start_watch", "replacement_due"} <= mine
    assert mine < agency
    assert not mine & {"choice", "give_back", "tranche", "silence_elapsed"}
    assert "contradictory_over" not in followed(Role.CANDIDATE)


def test_only_what_may_wait_is_offered_to_be_paused_and_by_its_name(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    page = instructor(quick).get(path(life, "pause_reminders")).screen
    offered = [e.get("value") for e in page.page.all("input") if e.get("name") == "jobs"]
    assert offered == [job.value for job in PAUSABLE]
    assert not {"J1", "J5", "J6"} & set(offered)
    for job in PAUSABLE:
        assert job.label in page.text
    assert "Les alertes du rejet implicite n’attendent jamais." in page.text


def test_after_an_early_end_the_page_says_what_will_be_proposed_and_when(quick: Site) -> None:
    """6.1 V0: the tranche of 2024, two months of 3 249,79 paid; one month served."""
    life = paid(quick)
    agent, hospital = instructor(quick), recruiter(quick, life)
    last_day = date(2024, 11, 30)
    with quick.session() as session:
        again = replace(life, session=session, machine=quick.moved.machine).on(last_day + timedelta(days=2), "10:00")
        told = {
            "last_day": last_day,
            "known_on": last_day,
            "told_on": last_day,
            "cca_from": last_day + timedelta(days=1),
        }
        again.do("record_end", Hat.INSTRUCTOR, **told)
    quick.at(again)
    to_come = panel(agent, again)
    assert "Proposition de reversement : environ 3 249,79 €" in to_come
    assert "2 décembre 2024 à 10 h 10" in to_come
    assert "Proposition de reversement" not in panel(hospital, again)
    for address in (f"/dossiers/{life.dossier.number}/reversement", "/reversements"):
        said = " ".join(agent.get(address).screen.text.split())
        assert "2 décembre 2024 à 10 h 10" in said, address
        assert "Proposition de reversement : environ" in said, address
    theirs = hospital.get(f"/dossiers/{life.dossier.number}/reversement").screen
    assert "Proposition de reversement" not in theirs.text
    with quick.session() as session:
        replace(again, session=session).do("open_clawback", Hat.CLOCK)
    assert "Proposition de reversement :" not in panel(agent, again)
    assert "Proposition de reversement :" not in agent.get("/reversements").screen.text
