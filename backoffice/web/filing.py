"""Filing a dossier: choosing a call, filling the application in, correcting the draft."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backoffice.services import applying
from backoffice.services.act import Conflict, KeyReusedError, Order, Times, perform
from backoffice.services.callbook import in_force, parsed
from backoffice.services.opening import open_dossier
from backoffice.services.people import establishments
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.web import forms, security
from backoffice.web.conflicts import conflict_page
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from workflows import specialties
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.calls.model import Call
from workflows.decide import Refused
from workflows.french import share
from workflows.shapes import load
from workflows.sites import SiteKind
from workflows.states import State

blueprint = Blueprint("filing", __name__)

_DOCTOR = frozenset({"given_name", "family_name", "email"})


@blueprint.get("/deposer")
@open_to(Policy.DOSSIER)
def index() -> ResponseReturnValue:
    """The calls one may answer; an agent enters the files that came another way, in the calls of the region."""
    visitor = security.required_visitor()
    versions = reading.calls_in_force(db.session(), visitor.region if visitor.is_agent else None)
    calls = [(version, parsed(version)) for version in versions]
    return render_template("filing_calls.html", calls=calls, now=security.clocks().legal())


def _call(call_id: str) -> Call:
    version, visitor = in_force(db.session(), call_id), security.required_visitor()
    if version is None or (visitor.is_agent and version.region != visitor.region):
        abort(404)
    return parsed(version)


@blueprint.get("/deposer/<call_id>")
@open_to(Policy.DOSSIER)
def form(call_id: str) -> ResponseReturnValue:
    """An empty application."""
    call = _call(call_id)
    typed: MultiDict[str, str] = MultiDict()
    visitor = security.required_visitor()
    if visitor.establishment:
        typed["recruiter"] = visitor.establishment
    return _show(call, _fields(call, typed))


@blueprint.post("/deposer/<call_id>")
@open_to(Policy.DOSSIER)
def create(call_id: str) -> ResponseReturnValue:
    """Open the draft. The same form sent twice opens one."""
    call, visitor, clocks = _call(call_id), security.required_visitor(), security.clocks()
    wanted = uuid5(visitor.account, f"{call_id}/{security.form_key()}")
    found, fields, errors = _applied(call, wanted)
    if found is None:
        return _show(call, fields, errors, code=422)
    opened = open_dossier(
        db.session(),
        call.id,
        replace(applying.draft_with(found.content), category=call.category),
        by=visitor.actor,
        times=Times(clocks.legal(), clocks.machine()),
        wanted=wanted,
        brings=found.brings,
    )
    return redirect(url_for("dossiers.show", number=opened.view.number, fait="edit_draft"), 303)


@blueprint.get("/dossiers/<number>/brouillon")
@open_to(Policy.DOSSIER)
def edit(number: str) -> ResponseReturnValue:
    """The application of a draft, to be corrected."""
    page = _draft(number)
    return _show(page.call, _fields(page.call, _typed(page)), page=page)


@blueprint.post("/dossiers/<number>/brouillon")
@open_to(Policy.DOSSIER)
def save(number: str) -> ResponseReturnValue:
    """Save a corrected draft."""
    page, clocks = _draft(number), security.clocks()
    key = security.form_key()
    found, fields, errors = _applied(page.call, uuid5(page.row.id, key), page)
    if found is None:
        return _show(page.call, fields, errors, page=page, code=422)
    version = request.form.get("version", type=int)
    order = Order(page.row.id, "edit_draft", found.content, page.visitor.actor, version, key, found.brings)
    try:
        answer = perform(page.session, order, Times(clocks.legal(), clocks.machine()))
    except KeyReusedError as error:
        return _show(page.call, fields, [str(error)], page=page, code=409)
    if isinstance(answer, Conflict):
        return conflict_page(page, ACTS["edit_draft"], answer)
    if isinstance(answer, Refused):
        return _show(page.call, fields, [f.sentence for f in answer.findings], page=page, code=422)
    return redirect(url_for("dossiers.show", number=number, fait="edit_draft"), 303)


def _draft(number: str) -> Page:
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    if page.view.state is not State.DRAFT:
        abort(404)
    return page


def _choices(call: Call) -> dict[str, tuple[forms.Option, ...]]:
    places = tuple(forms.Option(e.finess, f"{e.name} ({SiteKind(e.kind).label})") for e in establishments(db.session()))
    known = tuple(forms.Option(s.code, s.label.capitalize()) for s in specialties.everyone())
    return {"recruiter": places, "partner": places, "second_partner": places, "specialty": known}


def _fields(call: Call, typed: MultiDict[str, str]) -> list[forms.Field]:
    fields = forms.fields_of(applying.Application, typed, _choices(call))
    unasked: frozenset[str] = frozenset()
    if security.required_visitor().role is Role.CANDIDATE or not applying.names_a_person(call):
        unasked |= _DOCTOR
    if not applying.needs_distance(call):
        unasked |= applying.DISTANCES
    return [f for f in fields if f.name not in unasked]


def _applied(
    call: Call, doctor_id: UUID, page: Page | None = None
) -> tuple[applying.Applied | None, list[forms.Field], list[str]]:
    """The content of the draft, or None with the fields and their errors, and the errors of no field."""
    fields, visitor = _fields(call, request.form), security.required_visitor()
    messages: dict[str, Any] = dict(forms.faults(fields, request.form))
    try:
        data = forms.plain(applying.Application, request.form, _choices(call))
        application = load(applying.Application, data)
        if not messages:
            before = page.view.candidate if page else None
            found = applying.applied(db.session(), application, call, visitor.actor, doctor_id=doctor_id, before=before)
            return found, fields, []
    except ValidationError as error:
        messages = dict(cast("dict[str, Any]", error.messages)) | messages
    except applying.ApplicationError as error:
        messages = {error.member: [str(error)]}
    return None, forms.with_errors(fields, messages), forms.unplaced_errors(fields, messages)


def _typed(page: Page) -> MultiDict[str, str]:
    """The application a draft was made from, as it would be typed."""
    view = page.view
    typed: MultiDict[str, str] = MultiDict()
    weeks = [dict(period.half_days) for period in view.plan]
    for name, site in zip(("recruiter", "partner", "second"), view.sites, strict=False):
        typed[name if name != "second" else "second_partner"] = site.id
        typed[f"{name}_half_days"] = str(weeks[0].get(site.id, 0)) if weeks else ""
        typed[f"{name}_second_year"] = str(weeks[1].get(site.id, 0)) if len(weeks) > 1 else ""
        typed[f"{name}_distance_km"] = "" if site.distance_km is None else str(site.distance_km)
    doctor = page.doctor
    if doctor is not None:
        typed["given_name"], typed["family_name"] = doctor.given_name, doctor.family_name
        typed["email"] = doctor.email or ""
    typed["contract_share"] = "" if view.contract_share == 1 else share(view.contract_share)
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
    key = security.form_key() if errors is not None or code != HTTPStatus.OK else str(uuid4())
    return render_template("filing.html", call=call, fields=fields, errors=errors or [], page=page, key=key), code
