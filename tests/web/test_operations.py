"""The operations page: figures that are right on both databases, what failed, having it tried again, its alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from backoffice.services import outbox
from backoffice.services.operations import Revived, figures, revive
from backoffice.store.base import db, writing
from backoffice.store.operations import Age, RowState
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import ClockSlot, DigestLine, DueNotice, JobRun
from backoffice.store.scope import Scope
from backoffice.web.app import create_app
from tests.backoffice.stored import StoredLife
from tests.databases import Database
from tests.moved import Moved
from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Answer, Site, Visitor
from workflows.actors import Role
from workflows.states import State

PAGE = "/exploitation"
MINUTE = timedelta(minutes=1)
REFUSED = "Le serveur de courriel refuse l’envoi (550 5.1.1 <capucine@bleuet.example>: inconnu)."


def mails(site: Site, life: StoredLife) -> list[UUID]:
    """The rows of the mails of a dossier, in the order of their names."""
    with site.session() as session:
        found = session.scalars(select(OutboxRow.id).where(OutboxRow.dossier == life.id).order_by(OutboxRow.name))
        return list(found)


def put(site: Site, row: UUID, **values: Any) -> None:
    """Set what a row holds."""
    clean = {"lease": None, "lease_until": None, "started_at": None, "done_at": None, "dead_at": None}
    with site.session() as session, writing(session):
        session.execute(update(OutboxRow).where(OutboxRow.id == row).values(**{**clean, **values}))


def dead(site: Site, row: UUID, error: str = REFUSED, **values: Any) -> None:
    """Give a row up, an hour ago unless it is said."""
    since = site.moved.machine - 60 * MINUTE
    put(site, row, **{"dead_at": since, "attempts": 7, "last_error": error, **values})


def doubtful(site: Site, row: UUID) -> None:
    """An attempt began a quarter of an hour ago and nobody knows; the next one is in five minutes."""
    now = site.moved.machine
    put(site, row, started_at=now - 15 * MINUTE, next_attempt_at=now + 5 * MINUTE, attempts=2, last_error="perdu")


def row_of(site: Site, row: UUID) -> OutboxRow:
    with site.session() as session:
        return session.get_one(OutboxRow, row)


def tick(site: Site, ago: timedelta = timedelta(seconds=30), job: str = "due") -> None:
    """A clock took a slot."""
    at = site.moved.machine - ago
    with site.session() as session, writing(session):
        session.add(ClockSlot(job=job, slot=at, taken_at=at, done_at=at))


def calm(site: Site) -> None:
    """Everything is done, and the clock turns."""
    with site.session() as session, writing(session):
        session.execute(update(OutboxRow).values(done_at=site.moved.machine - 2 * MINUTE))
    tick(site)


def revives(visitor: Visitor, **data: Any) -> Answer:
    """Ask for rows to be tried again, and read what the page says of it."""
    answer = visitor.post(f"{PAGE}/relancer", data)
    assert answer.status == 303, answer.said
    return visitor.get(answer.headers["Location"])


def troubles(answer: Answer) -> list[list[str]]:
    return answer.screen.rows("Effets abandonnés ou douteux")


SPREAD = {
    RowState.LATER: {"next_attempt_at": 10},
    RowState.DUE: {"next_attempt_at": -3},
    RowState.RUNNING: {"next_attempt_at": -3, "lease_until": 1, "started_at": -1},
    RowState.DOUBTFUL: {"next_attempt_at": -30, "started_at": -40},
    RowState.DEAD: {"dead_at": -2 * 24 * 60, "next_attempt_at": -3 * 24 * 60},
    RowState.DONE: {"done_at": -23 * 60},
}


def spread(site: Site) -> None:
    """One row at each state, one that was done too long ago to count, and one that was called off."""
    rows = [row for _ in range(4) for row in mails(site, made(site, State.SUBMITTED))]
    now = site.moved.machine
    for (_, minutes), row in zip(SPREAD.items(), rows, strict=False):
        values = {name: now + MINUTE * at for name, at in minutes.items()}
        put(site, row, **values, lease=uuid4() if "lease_until" in values else None)
    put(site, rows[6], done_at=now - 25 * 60 * MINUTE)
    put(site, rows[7], done_at=now, cancelled_at=now)


def test_each_row_is_counted_once_at_its_state_and_its_age(site: Site) -> None:
    spread(site)
    with site.session() as session:
        found = figures(session, site.moved.machine)
    assert {state: found.number(state, "mail") for state in RowState} == dict.fromkeys(RowState, 1)
    assert {age: found.waiting(age) for age in Age} == {
        Age.MINUTE: 0,
        Age.MINUTES: 1,
        Age.HOUR: 1,
        Age.DAY: 0,
        Age.MORE: 0,
    }
    assert found.number(RowState.DEAD, age=Age.MORE) == 1
    assert found.due_since == site.moved.machine - 30 * MINUTE


def test_a_lease_that_ran_out_is_doubtful_or_due_again(site: Site) -> None:
    begun, bare = mails(site, made(site, State.SUBMITTED))
    now = site.moved.machine
    over = {"lease_until": now - MINUTE, "next_attempt_at": now - 2 * MINUTE}
    put(site, begun, **over, lease=uuid4(), started_at=now - 2 * MINUTE)
    put(site, bare, **over, lease=uuid4())
    with site.session() as session:
        found = figures(session, now)
    assert (found.number(RowState.DOUBTFUL), found.number(RowState.DUE), found.number(RowState.RUNNING)) == (1, 1, 0)


def test_the_figures_of_a_region_are_its_own(site: Site) -> None:
    made(site, State.SUBMITTED)
    with site.session() as session:
        now = site.moved.machine
        assert figures(session, now, Scope(region="75")).number(RowState.DUE) == 2
        assert figures(session, now, Scope(region="11")).number(RowState.DUE) == 0
        assert figures(session, now, Scope()).number(RowState.DUE) == 0


def test_a_calm_installation_says_so(site: Site) -> None:
    made(site, State.SUBMITTED)
    calm(site)
    for visitor in (instructor(site), site.visitor(Role.ADMIN)):
        page = visitor.get(PAGE)
        assert page.status == 200
        assert "Rien n’attend, rien n’a échoué." in page.said
        assert "Rien à relancer" in page.said
        assert "Attention" not in page.said
        assert page.screen.rows("Effets par sorte et par état") == [["Courriels", "0", "0", "0", "0", "0", "2"]]


def test_what_failed_is_listed_with_its_dossier_its_reason_and_since_when(site: Site) -> None:
    life = made(site, State.SUBMITTED)
    first, second = mails(site, life)
    dead(site, first)
    doubtful(site, second)
    page = instructor(site).get(PAGE)
    number = life.dossier.number
    gave_up, unsure = troubles(page)
    assert gave_up[1:3] == [number, "au déposant"]
    assert "abandonné depuis 60 minutes" in gave_up[3].replace("\u00a0", " ")
    assert "7 essais" in gave_up[3]
    assert gave_up[4] == "Le serveur de courriel refuse l’envoi (550 5.1.1 <capucine@bleuet.example> : inconnu)."
    assert "douteux" in unsure[3]
    assert [a.get("href").split("#")[0] for a in page.screen.page.all("a") if a.text == number] == (
        [f"/dossiers/{number}?volet=courriers"] * 2
    )
    assert "1 effet abandonné attend une personne, 1 envoi douteux" in page.said
    only = instructor(site).get(f"{PAGE}?etat=douteux")
    assert len(troubles(only)) == 1
    assert "Rien à relancer ici." in instructor(site).get(f"{PAGE}?sorte=act").said


def test_an_administrator_reads_nothing_of_anybody(site: Site) -> None:
    life = made(site, State.SUBMITTED)
    first, second = mails(site, life)
    dead(site, first)
    dead(site, second, "Capucine Bleuet tient déjà un autre poste.")
    page = site.visitor(Role.ADMIN).get(PAGE)
    assert {row[4] for row in troubles(page)} == {
        "Le serveur de courriel refuse l’envoi (550 5.1.1).",
        "Le détail est réservé aux agents de la région du dossier.",
    }
    assert "@" not in page.said
    assert "Bleuet" not in page.screen.html
    assert f"/dossiers/{life.dossier.number}" not in page.screen.html
    assert life.dossier.number in page.said


def test_one_row_is_revived_once_and_a_second_click_says_so(site: Site) -> None:
    first, second = mails(site, made(site, State.SUBMITTED))
    dead(site, first)
    dead(site, second)
    agent = instructor(site)
    form = agent.get(PAGE).screen.form("Relancer")
    told = revives(agent, une=str(first))
    assert form.action == f"{PAGE}/relancer"
    assert told.screen.notice.endswith("1 effet repart.")
    revived = row_of(site, first)
    assert (revived.dead_at, revived.attempts, revived.next_attempt_at) == (None, 0, site.moved.machine)
    assert row_of(site, second).dead_at is not None
    again = revives(agent, une=str(first))
    assert "Rien n’a été relancé ; 1 ligne n’était plus à relancer" in again.screen.notice


def test_the_ticked_rows_are_revived_and_those_taken_meanwhile_are_left(site: Site) -> None:
    rows = [row for _ in range(2) for row in mails(site, made(site, State.SUBMITTED))]
    for row in rows:
        dead(site, row)
    agent = instructor(site)
    with site.session() as session:
        outbox.revive(session, rows[0], site.moved.machine)
        taken = outbox.claim(session, rows[0], site.moved.machine)
        assert taken is not None
    told = revives(agent, ligne=[str(row) for row in rows[:3]])
    assert "2 effets repartent ; 1 ligne n’était plus à relancer" in told.screen.notice
    assert row_of(site, rows[0]).lease == taken.lease
    assert [row_of(site, row).dead_at is None for row in rows] == [True, True, True, False]


def test_all_of_a_kind_are_revived_in_the_region_only(site: Site) -> None:
    here = mails(site, made(site, State.SUBMITTED))
    elsewhere = mails(site, made(site, State.SUBMITTED, "idf-2025"))
    for row in (*here, *elsewhere):
        dead(site, row)
    assert f"{len(here)} effets repartent." in revives(instructor(site), toutes="mail").screen.notice
    assert all(row_of(site, row).dead_at is None for row in here)
    assert all(row_of(site, row).dead_at is not None for row in elsewhere)
    assert "Rien n’a été relancé" in revives(instructor(site), toutes="act").screen.notice
    revives(site.visitor(Role.ADMIN), toutes="mail")
    assert all(row_of(site, row).dead_at is None for row in elsewhere)


def test_a_doubtful_row_is_tried_at_once_and_keeps_its_doubt(site: Site) -> None:
    first, _ = mails(site, made(site, State.SUBMITTED))
    doubtful(site, first)
    assert "1 effet repart." in revives(instructor(site), une=str(first)).screen.notice
    row = row_of(site, first)
    assert row.next_attempt_at == site.moved.machine
    assert row.started_at is not None
    with site.session() as session:
        claimed = outbox.claim(session, first, site.moved.machine)
    assert claimed is not None
    assert claimed.uncertain


def test_a_row_of_another_region_does_not_exist(quick: Site) -> None:
    elsewhere, _ = mails(quick, made(quick, State.SUBMITTED, "idf-2025"))
    dead(quick, elsewhere)
    agent = instructor(quick)
    for row in (elsewhere, uuid4(), "rien"):
        assert agent.post(f"{PAGE}/relancer", {"une": str(row)}).status == 404
    assert agent.post(f"{PAGE}/relancer", {"ligne": str(elsewhere)}).status == 404
    assert row_of(quick, elsewhere).dead_at is not None
    assert "Rien n’a été relancé" in revives(agent).screen.notice


def test_the_page_is_for_the_staff(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    for visitor in (
        quick.visitor(Role.CANDIDATE, person=CAPUCINE),
        quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id),
        quick.visitor(Role.MEMBER, region="75"),
    ):
        assert visitor.get(PAGE).status == 404
        assert visitor.post(f"{PAGE}/relancer", {"toutes": "mail"}).status == 404
        assert "Attention" not in visitor.get("/dossiers").said


def test_an_effect_that_waits_too_long_is_told_where_the_staff_begins(site: Site) -> None:
    first, second = mails(site, made(site, State.SUBMITTED))
    now = site.moved.machine
    tick(site)
    put(site, second, done_at=now)
    agent, administrator = instructor(site), site.visitor(Role.ADMIN)
    pages = ((agent, "/dossiers"), (agent, PAGE), (administrator, "/utilisateurs"), (administrator, PAGE))
    for waits, said in ((timedelta(minutes=5), False), (timedelta(minutes=5, seconds=1), True)):
        put(site, first, next_attempt_at=now - waits)
        for visitor, path in pages:
            told = visitor.get(path).said.replace("\u00a0", " ")
            assert ("Des effets attendent depuis 5 minutes" in told) is said, (path, waits)


def test_a_clock_that_stands_still_is_told(site: Site) -> None:
    made(site, State.SUBMITTED)
    agent = instructor(site)
    assert "L’horloge n’a encore jamais tourné" in agent.get("/dossiers").said
    tick(site, timedelta(minutes=5, seconds=1))
    assert "L’horloge n’a pas tourné depuis 5" in agent.get("/dossiers").said
    tick(site, timedelta(minutes=4))
    assert "L’horloge n’" not in agent.get("/dossiers").said


def test_a_clock_ahead_of_this_machine_is_told(site: Site) -> None:
    made(site, State.SUBMITTED)
    agent = instructor(site)
    tick(site, -timedelta(minutes=5))
    assert "L’horloge" not in agent.get("/dossiers").said
    tick(site, -timedelta(minutes=59))
    said = agent.get("/dossiers").said.replace("\u00a0", " ")
    assert "en avance de 59 minutes sur cette machine" in said


def test_the_last_turns_and_runs_are_told(site: Site) -> None:
    made(site, State.SUBMITTED)
    calm(site)
    ran = site.moved.machine - 3 * MINUTE
    with site.session() as session, writing(session):
        session.add(JobRun(job="J2", at=ran, ran_at=ran, by="clock", notices=4, effects=3))
    page = site.visitor(Role.ADMIN).get(PAGE)
    assert "il y a moins d’une minute" in page.said
    (run,) = page.screen.rows("Derniers passages")
    assert run[-2:] == ["4", "3"]


def test_an_agent_reads_that_the_clock_is_of_every_region_and_what_the_words_mean(quick: Site) -> None:
    made(quick, State.SUBMITTED)
    calm(quick)
    mine, whole = instructor(quick).get(PAGE).said, quick.visitor(Role.ADMIN).get(PAGE).said
    assert "Effets des dossiers de votre région." in mine
    assert "servent toutes les régions" in mine
    assert "processus d’arrière-plan depuis" not in mine, "the figures of one region say nothing of the processes"
    assert "Toute l’installation." in whole
    for said in (mine, whole):
        words = said.partition("Les mots de cette page")[2]
        assert all(word in words for word in ("Effet", "Tour", "Passage", "Échéance relevée"))


def test_a_page_takes_as_many_statements_whatever_there_is_to_show(site: Site) -> None:
    agent = instructor(site)
    counts = []
    for _ in range(2):
        for row in mails(site, made(site, State.SUBMITTED)):
            dead(site, row)
        agent.get(PAGE)  # the visit itself is noted once a minute
        with site.statements() as statements:
            assert agent.get(PAGE).status == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8


def test_a_long_list_is_paged(quick: Site) -> None:
    first, _ = mails(quick, made(quick, State.SUBMITTED))
    with quick.session() as session, writing(session):
        model = session.get_one(OutboxRow, first)
        kept = {c.key: getattr(model, c.key) for c in OutboxRow.__table__.columns}
        for n in range(55):
            gone = {"id": uuid4(), "dedupe_key": f"copy {n}", "dead_at": quick.moved.machine - MINUTE * n}
            session.add(OutboxRow(**{**kept, **gone}))
    agent = instructor(quick)
    assert len(troubles(agent.get(PAGE))) == 50
    assert len(troubles(agent.get(f"{PAGE}?page=2"))) == 5
    assert "Page 2 sur 2" in agent.get(f"{PAGE}?page=2").said
    assert agent.get(f"{PAGE}?page=x&etat=rien&sorte=rien").status == 200


def test_a_mail_that_gathers_several_dossiers_belongs_to_the_region_of_its_call(site: Site) -> None:
    lives = [made(site, State.SUBMITTED) for _ in range(2)]
    calm(site)
    now = site.moved.machine
    day = date(2024, 7, 1)
    with site.session() as session, writing(session):
        run = JobRun(id=uuid4(), job="J2", at=now, ran_at=now, by="clock", notices=2, effects=1)
        notices = [DueNotice(id=uuid4(), dossier=life.id, kind="x", due_on=day, noticed_at=now) for life in lives]
        session.add_all([run, *notices])
        session.flush()
        mail = OutboxRow(
            id=uuid4(),
            dedupe_key="digest",
            call="na-2024",
            run=run.id,
            queue="digest",
            kind="digest",
            name="J2",
            addressee="service",
            details={},
            at=now,
            created_at=now,
            next_attempt_at=now,
            dead_at=now,
            attempts=7,
            last_error=REFUSED,
        )
        session.add(mail)
        session.flush()
        session.add_all(DigestLine(outbox=mail.id, notice=n.id, dossier=n.dossier) for n in notices)
    (row,) = troubles(instructor(site).get(PAGE))
    assert row[0].endswith("(2 échéances)")
    assert row[1:3] == ["plusieurs dossiers de na-2024", "au service instructeur"]
    elsewhere = site.visitor(Role.INSTRUCTOR, region="11")
    assert "Rien à relancer" in elsewhere.get(PAGE).said
    assert elsewhere.post(f"{PAGE}/relancer", {"une": str(mail.id)}).status == 404
    assert "1 effet repart." in revives(instructor(site), toutes="digest").screen.notice


def test_two_clicks_at_the_same_moment_revive_once(database: Database) -> None:
    """Two processes, one row: one of them finds nothing left to do."""
    moved = Moved()
    sites = [Site(create_app(replace(database.settings, demo=True), moved.clocks), moved) for _ in range(2)]
    first, _ = mails(sites[0], made(sites[0], State.SUBMITTED))
    dead(sites[0], first)
    start, found = Barrier(2), list[Revived]()

    def click(site: Site) -> None:
        with site.session() as session:
            start.wait(10)
            found.append(revive(session, [first], moved.machine, by="essai"))

    threads = [Thread(target=click, args=(site,)) for site in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted((r.revived, r.already) for r in found) == [(0, 1), (1, 0)]
    for site in sites:
        with site.app.app_context():
            db.engine.dispose()
