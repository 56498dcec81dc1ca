"""The operations page: what waits, what failed, when the clock last turned, and having what failed tried again.

An agent sees what is about the dossiers of their region; an administrator sees everything, and nothing personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import effect_words, operations
from backoffice.services.accounts import Visitor
from backoffice.store import operations as store
from backoffice.store.base import db
from backoffice.store.bounces import undelivered_number
from backoffice.store.operations import Age, RowState
from backoffice.store.scope import Scope
from backoffice.web import security, words
from backoffice.web.policy import Policy, admits, open_to
from backoffice.web.reader import scope_of
from workflows.actors import CLOCK
from workflows.french import count, instant, typography, unbroken
from workflows.regions import REGIONS

blueprint = Blueprint("operations", __name__, url_prefix="/exploitation")

PAGE = 50
RUNS = 10
_MOST = 999_999
#: What the address says of the state of the rows to list.
_CHOICES = {"abandonnes": RowState.DEAD, "douteux": RowState.DOUBTFUL}


def install(app: Flask) -> None:
    """Let every template say what is wrong with the installation, to those who can do something about it."""
    app.jinja_env.globals.update(machine_alerts=machine_alerts)


def machine_alerts() -> list[str]:
    """What is wrong with the installation, for its staff; nothing for the others."""
    visitor = security.visitor()
    if visitor is None or not admits(Policy.STAFF, visitor.role):
        return []
    found = operations.alerts(db.session(), security.clocks().machine(), security.settings().late_after)
    return [effect_words.alert_text(alert) for alert in found]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to, as the address says it."""

    state: str = ""
    kind: str = ""
    page: int = 1

    @property
    def wanted(self) -> store.Wanted:
        """The rows asked for."""
        states = (_CHOICES[self.state],) if self.state else operations.TROUBLES
        return store.Wanted(states, self.kind or None)

    def address(self, **more: int | str) -> str:
        """The address of the page, with something more."""
        given: dict[str, Any] = {"etat": self.state or None, "sorte": self.kind or None}
        page = {"page": self.page} if self.page > 1 else {}
        return url_for("operations.index", **{**given, **page, **more})


def _asked(args: Mapping[str, str]) -> Asked:
    state, kind, page = args.get("etat", ""), args.get("sorte", ""), args.get("page", "")
    return Asked(
        state if state in _CHOICES else "",
        kind if kind in effect_words.KINDS else "",
        max(1, min(int(page), 10_000)) if page.isascii() and page.isdigit() else 1,
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """A row that failed, as the page shows it. `link`: the page of its mails, for those who may read the dossier."""

    id: str
    what: str
    about: str
    link: str | None
    whom: str
    stands: str
    dead: bool
    lasting: str
    since: str
    attempts: str
    error: str


def _trouble(row: store.Listed, visitor: Visitor, now: datetime) -> Trouble:
    dead = row.state is RowState.DEAD
    stands = "abandonné" if dead else "douteux, un nouvel essai est prévu"
    if dead and row.started:
        stands = "abandonné, peut-être déjà parti"
    reads = visitor.is_agent and row.number is not None
    error = row.last_error or "" if visitor.is_agent else operations.without_persons(row.last_error)
    return Trouble(
        id=str(row.id),
        what=typography(effect_words.what(row)),
        about=effect_words.about(row),
        link=url_for("dossiers.show", number=row.number, volet="courriers", _anchor="volet") if reads else None,
        whom=effect_words.whom(row.addressee),
        stands=stands,
        dead=dead,
        lasting=effect_words.lasting(max(now - row.since, now - now)),
        since=_told(row.since, visitor),
        attempts=count(row.attempts, "essai"),
        error=typography(error[:1].upper() + error[1:]),
    )


def _told(at: datetime, visitor: Visitor) -> str:
    """An instant of the machine on the legal clock, in the zone of the visitor."""
    clocks = security.clocks()
    return _legal(at + (clocks.legal() - clocks.machine()), visitor)


def _legal(at: datetime, visitor: Visitor) -> str:
    """A legal instant in the zone of the visitor."""
    region = REGIONS.get(visitor.region or "")
    return unbroken(instant(at, region.zones[0] if region else "Europe/Paris"))


@blueprint.get("")
@open_to(Policy.STAFF)
def index() -> ResponseReturnValue:
    """The page, on what the visitor may see."""
    visitor, now, session = security.required_visitor(), security.clocks().machine(), db.session()
    asked, scope = _asked(request.args), _scope(visitor)
    figures = operations.figures(session, now, scope)
    total = sum(figures.number(state, asked.kind or None) for state in asked.wanted.states)
    rows = store.listed(session, now, asked.wanted, scope, limit=PAGE, offset=(asked.page - 1) * PAGE)
    return render_template(
        "operations.html",
        figures=figures,
        states=effect_words.STATES,
        ages=effect_words.AGES,
        state=RowState,
        age=Age,
        kind_name=effect_words.kind_name,
        job_name=lambda job: typography(words.capital(effect_words.job_name(job))),
        asked=asked,
        choices={"": "Tous", "abandonnes": "Abandonnés", "douteux": "Douteux"},
        troubles=[_trouble(row, visitor, now) for row in rows],
        total=total,
        pages=max(1, -(-total // PAGE)),
        lead=_lead(figures, now),
        undelivered=undelivered_number(session, scope),
        whole=scope is None,
        ticks=store.ticks(session),
        runs=store.last_runs(session, RUNS),
        by_whom=lambda by: "l’horloge" if by == CLOCK.id else "une personne",
        told=lambda at: _told(at, visitor),
        told_legal=lambda at: _legal(at, visitor),
        ago=lambda at: effect_words.lasting(max(now - at, now - now)),
        notice=_notice(request.args),
    )


def _scope(visitor: Visitor) -> Scope | None:
    """What a visitor sees of the outbox; None: all of it."""
    return scope_of(visitor) if visitor.is_agent else None


def _lead(figures: operations.Figures, now: datetime) -> str:
    """The first line of the page: is anything wrong?"""
    dead, doubtful = figures.number(RowState.DEAD), figures.number(RowState.DOUBTFUL)
    told = []
    if dead:
        told.append(count(dead, "effet abandonné attend une personne", "effets abandonnés attendent une personne"))
    if doubtful:
        told.append(count(doubtful, "envoi douteux", "envois douteux"))
    if figures.due_since is not None:
        told.append(f"le plus ancien à faire attend depuis {effect_words.lasting(now - figures.due_since)}")
    return typography(f"{', '.join(told)}." if told else "Rien n’attend, rien n’a échoué.")


def _notice(args: Mapping[str, str]) -> str:
    """What came of asking for rows to be tried again, as the address says it."""
    if args.get("fait") != "relance":
        return ""
    revived, already = (_number(args.get(name, "")) for name in ("nombre", "deja"))
    told = count(revived, "effet repart", "effets repartent") if revived else "Rien n’a été relancé"
    if already:
        told += f" ; {count(already, 'ligne n’était plus à relancer', 'lignes n’étaient plus à relancer')}"
        told += " (déjà relancée ou faite entre-temps)" if already == 1 else " (déjà relancées ou faites entre-temps)"
    elif not revived:
        told += " : plus rien n’attendait de l’être"
    return typography(f"{told}.")


def _number(text: str) -> int:
    return min(int(text[:7]), _MOST) if text.isascii() and text.isdigit() else 0


@blueprint.post("/relancer")
@open_to(Policy.STAFF)
def revive() -> ResponseReturnValue:
    """Have one row tried again, those that are ticked, or all those of a kind. Sent twice, it acts once."""
    visitor, now, session = security.required_visitor(), security.clocks().machine(), db.session()
    scope, by, form = _scope(visitor), str(visitor.account), request.form
    if form.get("toutes") in effect_words.KINDS:
        found = operations.revive_all(session, form["toutes"], now, by=by, scope=scope)
    else:
        ids = operations.parsed_ids([form["une"]] if "une" in form else form.getlist("ligne"))
        if not ids and "une" in form:
            abort(HTTPStatus.NOT_FOUND)
        try:
            nothing = operations.Revived(0, 0)
            found = operations.revive(session, ids, now, by=by, scope=scope) if ids else nothing
        except LookupError:
            abort(HTTPStatus.NOT_FOUND)
    to = _asked(form).address(fait="relance", nombre=found.revived, deja=found.already)
    return redirect(to, HTTPStatus.SEE_OTHER)
