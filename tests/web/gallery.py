"""Every page of the site, on dossiers in every state, as each of their readers gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from backoffice.services import committee
from backoffice.services.accounts import TRIES
from backoffice.store.base import writing
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import JobRun
from backoffice.web.acts import ELSEWHERE
from backoffice.web.dossiers import TABS
from backoffice.web.policy import Policy, open_to
from tests.backoffice.stored import StoredLife, stored_life
from tests.databases import Database
from tests.web.making import CAPUCINE
from tests.web.site import Answer, Site, Visitor, site_on
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.acts.base import LEVELS
from workflows.guards.common import level_of
from workflows.states import State


@dataclass(repr=False)
class Shot:
    """A page as somebody got it, and the statements it took."""

    who: str
    path: str
    answer: Answer
    statements: list[str]
    reads: bool = True

    @property
    def is_common(self) -> bool:
        """A page of the list or of a dossier: the ones that are open all day."""
        return self.reads and re.fullmatch(r"/dossiers(?:/[A-Z0-9-]+)?(?:\?.*)?", self.path) is not None

    @property
    def title(self) -> str:
        """What to call it when it is wrong."""
        return f"{self.who}, {self.path} ({self.answer.status})"


@dataclass(repr=False)
class Gallery:
    """The site, its dossiers by state, its visitors."""

    site: Site
    lives: dict[State, StoredLife] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    shots: list[Shot] = field(default_factory=list)

    def shoot(self, who: str, path: str) -> Shot:
        """Open a page and keep it."""
        with self.site.statements() as statements:
            answer = self.visitors[who].get(path)
        self.shots.append(Shot(who, path, answer, statements))
        return self.shots[-1]

    def sends(self, who: str, path: str, **data: str) -> Shot:
        """Send a form and keep the page that answers."""
        self.shots.append(Shot(who, path, self.visitors[who].post(path, data), [], reads=False))
        return self.shots[-1]


#: Statements that a common page may take.
MOST = 8


@contextmanager
def hung(database: Database) -> Iterator[Gallery]:
    """The gallery of a site of the demonstration on an empty database."""
    with site_on(database) as site:
        yield gallery_of(site)


def gallery_of(site: Site) -> Gallery:
    """The gallery with every page in it."""
    found = Gallery(site)
    _settle(found)
    for who, path in _paths(found):
        found.shoot(who, path)
    _answers(found)
    _breakdowns(found)
    return found


def _settle(found: Gallery) -> None:
    site = found.site
    with site.session() as session:
        for state in State:
            found.lives[state] = stored_life(session, "na-2024").to(state)
    site.at(found.lives[State.CLAWBACK])
    profile = found.lives[State.DRAFT].profile
    found.visitors = {
        "nobody": site.nobody(),
        "instructor": site.visitor(Role.INSTRUCTOR, region="75"),
        "head": site.visitor(Role.HEAD, region="75"),
        "dg": site.visitor(Role.DG, region="75"),
        "member": site.visitor(Role.MEMBER, region="75"),
        "candidate": site.visitor(Role.CANDIDATE, person=CAPUCINE),
        "recruiter": site.visitor(Role.ESTABLISHMENT, establishment=profile.recruiter.id),
        "partner": site.visitor(Role.ESTABLISHMENT, establishment=profile.partner.id),
        "administrator": site.visitor(Role.ADMIN),
    }
    member = found.visitors["member"].account
    assert member is not None
    with site.session() as session:
        committee.add_member(session, "na-2024", "juillet-2024", member)
    found.visitors["instructor"].post("/courriers", {"etape": "a-preparer", "toutes": "oui", "confirme": "oui"})
    _fail(site, found.lives[State.COMMITTEE])
    _mail(Path(site.app.extensions["settings"].home) / "mail")


def _fail(site: Site, life: StoredLife) -> None:
    """Mails of a dossier that could not leave: one given up, the others in doubt."""
    given_up = {
        "dead_at": site.moved.machine,
        "last_error": "Le serveur de courriel refuse l’envoi (550 5.1.1 inconnu).",
    }
    doubt = {"started_at": site.moved.machine, "last_error": "erreur inattendue (TimeoutError)", "attempts": 2}
    with site.session() as session, writing(session):
        rows = session.scalars(select(OutboxRow).where(OutboxRow.dossier == life.id).order_by(OutboxRow.name)).all()
        for row, values in zip(rows, [given_up, *[doubt] * len(rows)], strict=False):
            for name, value in values.items():
                setattr(row, name, value)
        session.add(
            JobRun(job="J2", at=site.moved.machine, ran_at=site.moved.machine, by="clock", notices=3, effects=2)
        )


def _mail(folder: Path) -> None:
    folder.mkdir()
    message = EmailMessage()
    message["From"], message["To"] = "agence@ars.example", "Capucine Bleuet <capucine@bleuet.example>"
    message["Subject"], message["Date"] = "Accusé d’enregistrement", "Mon, 10 Jun 2024 14:12:00 +0200"
    message.set_content("Madame, Monsieur,\n\nVotre dossier est enregistré.\n")
    (folder / "20240610-0001.eml").write_bytes(message.as_bytes())


def _paths(found: Gallery) -> Iterator[tuple[str, str]]:
    """Who opens what: each address by everybody who may."""
    people = [who for who in found.visitors if who != "nobody"]
    readers = ["instructor", "head", "dg", "candidate", "recruiter", "partner"]
    yield from (("nobody", path) for path in ("/connexion", "/rien", "/static/app.css", "/static/favicon.svg"))
    yield from (("nobody", path) for path in ("/static/rien", "/aide", "/donnees-personnelles", "/mentions-legales"))
    yield "administrator", "/utilisateurs"
    for who in people:
        yield from ((who, path) for path in ("/dossiers", "/dossiers?q=mirabelle&etat=in_post", "/dossiers?page=2"))
        yield who, "/dossiers?suite=retard"
        yield who, "/rien"
    for who in ("instructor", "head", "dg", "administrator"):
        yield from ((who, path) for path in ("/courriels", "/courriels/20240610-0001"))
        yield from ((who, path) for path in ("/exploitation", "/exploitation?etat=douteux&sorte=act&page=2"))
    for who in readers:
        yield from ((who, path) for path in ("/deposer", "/deposer/na-2024"))
    for who in ("instructor", "head", "dg", "member"):
        yield from ((who, path) for path in ("/commission", "/commission/na-2024/juillet-2024"))
    for who in ("instructor", "head", "dg"):
        yield from ((who, path) for path in ("/budget", "/budget/na-2024", "/budget/na-2024/mois/2025/1"))
        yield from ((who, path) for path in ("/courriers", "/courriers?etape=a-valider&courrier=L8"))
        yield from ((who, path) for path in ("/reversements", "/reversements?etape=decision&appel=na-2024"))
    clawback, served = (found.lives[state].dossier.number for state in (State.CLAWBACK, State.IN_POST))
    yield from ((who, f"/dossiers/{clawback}/reversement") for who in ("instructor", "head", "recruiter"))
    yield "instructor", f"/dossiers/{served}/reversement"
    with found.site.session() as session:
        letters, asked = session.scalars(select(Letter.id)).all(), session.scalars(select(LetterDue.id)).all()
    yield from (("head", f"/courriers/{letter}") for letter in letters[:3])
    yield from (("instructor", f"/courriers/a-preparer/{due}") for due in asked[:1])
    yield from (("administrator", path) for path in ("/modeles", "/modeles/75/L8"))
    number = found.lives[State.COMMITTEE].dossier.number
    yield "member", f"/commission/na-2024/juillet-2024/dossiers/{number}"
    draft = found.lives[State.DRAFT].dossier.number
    yield from ((who, f"/dossiers/{draft}/brouillon") for who in ("candidate", "instructor"))
    for life in found.lives.values():
        yield from _dossier(life, readers)


def _dossier(life: StoredLife, readers: list[str]) -> Iterator[tuple[str, str]]:
    base = f"/dossiers/{life.dossier.number}"
    draft = life.dossier.state is State.DRAFT
    for who in readers:
        if not draft or who in {"instructor", "head", "dg", "candidate"}:  # the others are named in it, and no more
            yield who, base
    if not draft:
        yield from ((who, f"{base}/compte") for who in ("instructor", "recruiter"))
    for who in ("instructor", "candidate"):
        yield from ((who, f"{base}?volet={tab}") for tab in TABS)
        yield who, f"{base}/deposer-une-piece"
    names = [name for name, act in ACTS.items() if name not in ELSEWHERE and set(act.who) & set(LEVELS)]
    some = names if life.dossier.state is State.IN_POST else names[list(State).index(life.dossier.state) % 7 :: 7]
    yield from ((_decider(life, name), f"{base}/actes/{name}") for name in some)


def _decider(life: StoredLife, act: str) -> str:
    """Who opens the form of an act: the head, or the director general where only they decide."""
    return "dg" if level_of(ACTS[act], life.call) is Role.DG else "head"


def _answers(found: Gallery) -> None:
    """Previews, refusals, forms to correct, and each way of being turned away."""
    here = {state: f"/dossiers/{life.dossier.number}" for state, life in found.lives.items()}
    asking, ending = f"{here[State.SUBMITTED]}/actes/request_pieces", f"{here[State.IN_POST]}/actes/record_end"
    found.sends("instructor", asking, keys="filing/cv", etape="voir")
    found.sends("instructor", asking, etape="voir")
    found.sends("instructor", asking, keys="filing/cv", etape="corriger")
    found.sends("instructor", asking, keys="filing/cv", etape="envoyer", version="1")
    found.sends("instructor", ending, last_day="2024-11-01", etape="voir")
    found.sends("head", f"{here[State.RESERVE]}/actes/select", etape="voir")
    found.sends("candidate", f"{here[State.DRAFT]}/actes/submit", etape="voir")
    found.sends("candidate", f"{here[State.DRAFT]}/deposer-une-piece")
    found.sends("candidate", "/deposer/na-2024", months="douze")
    found.site.moved.legal, now = found.lives[State.DRAFT].now, found.site.moved.legal
    found.shoot("candidate", "/deposer")
    found.shoot("candidate", "/deposer/na-2024")
    found.sends("candidate", "/deposer/na-2024", months="douze")
    found.site.moved.legal = now
    found.sends("instructor", f"{here[State.SUBMITTED]}/actes/submit", etape="voir")
    found.sends("member", f"/commission/na-2024/juillet-2024/notes/{found.lives[State.COMMITTEE].dossier.number}")
    found.sends("instructor", "/commission/na-2024/juillet-2024/membres", membre="personne")
    found.sends("instructor", "/commission/na-2024/juillet-2024/convocations", jour="hier")
    found.sends("head", "/courriers", etape="a-valider", toutes="oui", confirme="oui")
    found.sends("head", "/courriers", etape="a-produire")
    found.sends("administrator", "/modeles/75/L8", modele="#data.inconnu")
    found.sends("instructor", asking, csrf="")
    found.sends("instructor", asking, reason="a" * 600_000)
    found.sends("instructor", "/dossiers")
    found.sends("nobody", asking)
    found.shoot("instructor", "/dossiers?q=%00")
    token = dict(found.shoot("nobody", "/connexion").answer.screen.form("Se connecter").values)["csrf"]
    for _ in range(TRIES + 1):
        found.sends("nobody", "/connexion", csrf=token, email="capucine@bleuet.example")


def _breakdowns(found: Gallery) -> None:
    """The page of an error that nobody foresaw, and of a database that is busy."""
    views = found.site.app.view_functions
    sound = views["home.index"]
    for error in (RuntimeError("boum"), OperationalError("SELECT 1", {}, Exception("locked"))):

        @open_to(Policy.SIGNED_IN)
        def broken(error: Exception = error) -> str:
            raise error

        views["home.index"] = broken
        found.shoot("instructor", "/")
    views["home.index"] = sound
