"""Filing a dossier: choosing a call, filling the application in, correcting the draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backoffice.services import applying
from backoffice.services.act import Order, Times, perform
from backoffice.services.callbook import in_force, parsed
from backoffice.services.opening import open_dossier
from backoffice.services.people import establishments
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.web import forms, security
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from workflows import specialties
from workflows.actors import Role
from workflows.calls.model import Call
from workflows.decide import Refused
from workflows.dossier import Dossier
from workflows.shapes import load
from workflows.sites import SiteKind

blueprint = Blueprint("filing", __name__)

_DOCTOR = frozenset({"given_name", "family_name", "email"})


@blueprint.get("/deposer")
@open_to(Policy.PARTIES)
def index() -> ResponseReturnValue:
    """The calls one may answer."""
    calls = [(version, parsed(version)) for version in reading.calls_in_force(db.session())]
    return render_template("filing_calls.html", calls=calls, now=security.clocks().legal())


def _call(call_id: str) -> Call:
    version = in_force(db.session(), call_id)
    if version is None:
        abort(404)
    return parsed(version)


@blueprint.get("/deposer/<call_id>")
@open_to(Policy.PARTIES)
def form(call_id: str) -> ResponseReturnValue:
    """An empty application."""
    call = _call(call_id)
    typed: MultiDict[str, str] = MultiDict()
    visitor = security.required_visitor()
    if visitor.establishment:
        typed["recruiter"] = visitor.establishment
    return _show(call, _fields(call, typed))


@blueprint.post("/deposer/<call_id>")
@open_to(Policy.PARTIES)
def create(call_id: str) -> ResponseReturnValue:
    """Open the draft."""
    call, visitor, clocks = _call(call_id), security.required_visitor(), security.clocks()
    content, fields = _content(call)
    if content is None:
        return _show(call, fields, code=422)
    times = Times(clocks.legal(), clocks.machine())
    draft = replace(applying.draft_with(content), category=call.category)
    opened = open_dossier(db.session(), call.id, draft, by=visitor.actor, times=times)
    return redirect(url_for("dossiers.show", number=opened.view.number, fait="edit_draft"), 303)


@blueprint.get("/dossiers/<number>/brouillon")
@open_to(Policy.PARTIES)
def edit(number: str) -> ResponseReturnValue:
    """The application of a draft, to be corrected."""
    page = _draft(number)
    return _show(page.call, _fields(page.call, _typed(page.view)), page=page)


@blueprint.post("/dossiers/<number>/brouillon")
@open_to(Policy.PARTIES)
def save(number: str) -> ResponseReturnValue:
    """Save a corrected draft."""
    page, clocks = _draft(number), security.clocks()
    content, fields = _content(page.call, page)
    if content is None:
        return _show(page.call, fields, page=page, code=422)
    order = Order(page.row.id, "edit_draft", content, page.visitor.actor)
    answer = perform(page.session, order, Times(clocks.legal(), clocks.machine()))
    if isinstance(answer, Refused):
        return _show(page.call, fields, [f.sentence for f in answer.findings], page=page, code=422)
    return redirect(url_for("dossiers.show", number=number, fait="edit_draft"), 303)


def _draft(number: str) -> Page:
    return page_of(db.session(), security.required_visitor(), number, security.clocks().legal())


def _choices(call: Call) -> dict[str, tuple[forms.Option, ...]]:
    places = tuple(forms.Option(e.finess, f"{e.name} ({SiteKind(e.kind).label})") for e in establishments(db.session()))
    known = tuple(forms.Option(s.code, s.label.capitalize()) for s in specialties.everyone())
    return {"recruiter": places, "partner": places, "second_partner": places, "specialty": known}


def _fields(call: Call, typed: MultiDict[str, str]) -> list[forms.Field]:
    fields = forms.fields_of(applying.Application, typed, _choices(call))
    names_nobody = security.required_visitor().role is Role.CANDIDATE or not applying.names_a_person(call)
    return [f for f in fields if not (names_nobody and f.name in _DOCTOR)]


def _content(call: Call, page: Page | None = None) -> tuple[Any, list[forms.Field]]:
    """The content of the draft, or None with the fields and their errors."""
    fields = _fields(call, request.form)
    visitor = security.required_visitor()
    known = page.view.candidate if page else None
    try:
        application = load(applying.Application, forms.plain(applying.Application, request.form, _choices(call)))
        content = applying.content_of(db.session(), application, call, visitor.actor, uuid4())
    except ValidationError as error:
        messages: Any = error.messages
        return None, forms.with_errors(fields, messages)
    except applying.ApplicationError as error:
        return None, forms.with_errors(fields, {error.member: [str(error)]})
    return (replace(content, candidate=known, depositors=None) if page and known else content), fields


def _typed(view: Dossier) -> MultiDict[str, str]:
    """The application a draft was made from, as it would be typed."""
    typed: MultiDict[str, str] = MultiDict()
    week = dict(view.plan[0].half_days) if view.plan else {}
    for name, site in zip(("recruiter", "partner", "second"), view.sites, strict=False):
        typed[name if name != "second" else "second_partner"] = site.id
        typed[f"{name}_half_days"] = str(week.get(site.id, ""))
    typed["specialty"] = view.specialty or ""
    typed["months"] = str(view.months or "")
    typed["wished_start"] = view.wished_start.isoformat() if view.wished_start else ""
    typed["share_motivated"] = "oui" if view.share_motivated else "non"
    typed["other_financing"] = "oui" if view.other_financing else "non"
    return typed


def _show(
    call: Call,
    fields: list[forms.Field],
    errors: list[str] | None = None,
    *,
    page: Page | None = None,
    code: int = 200,
) -> ResponseReturnValue:
    return render_template("filing.html", call=call, fields=fields, errors=errors or [], page=page), code
