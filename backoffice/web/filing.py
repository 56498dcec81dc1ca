"""Filing a dossier: choosing a call, filling the application in, correcting the draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backoffice.services import application, applying
from backoffice.services.act import Conflict, KeyReusedError, Order, Times, perform
from backoffice.services.application import Application
from backoffice.services.callbook import in_force, parsed
from backoffice.services.opening import open_dossier
from backoffice.services.people import establishments
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.web import faults, forms, security
from backoffice.web.choices import starts
from backoffice.web.conflicts import conflict_page
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from backoffice.web.sections import DOCTOR, sections
from backoffice.web.weeks import half_days
from workflows import specialties
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.calls.model import Call, Depositor
from workflows.deadlines import Closing, local_day
from workflows.decide import Refused
from workflows.french import listing, share
from workflows.shapes import load
from workflows.sites import SiteKind
from workflows.states import State

blueprint = Blueprint("filing", __name__)


@dataclass(frozen=True, slots=True)
class Offered:
    """A call as the visitor may answer it. `advice`: what to do for somebody whom the call does not let file."""

    call: Call
    closing: Closing | None
    is_open: bool
    advice: str
    may_answer: bool


_KINDS = {Role.CANDIDATE: (Depositor.CANDIDATE,), Role.ESTABLISHMENT: (Depositor.RECRUITER, Depositor.PARTNER)}
_ADVICE = {
    Role.CANDIDATE: "Demandez-lui de faire la demande.",
    Role.ESTABLISHMENT: "Laissez-lui faire la demande, qui nommera votre établissement.",
}


def _offered(call: Call) -> Offered:
    visitor, now = security.required_visitor(), security.clocks().legal()
    closing = call.parameters.closing_at(local_day(now, call.authority.zone)).value
    is_open = closing is None or closing.accepts(now)
    kinds = _KINDS.get(visitor.role)  # agents enter what others filed
    advice = "" if kinds is None or application.accepts(call, *kinds) else _ADVICE[visitor.role]
    return Offered(call, closing, is_open, advice, may_answer=kinds is None or (is_open and not advice))


@blueprint.get("/deposer")
@open_to(Policy.DOSSIER)
def index() -> ResponseReturnValue:
    """The calls one may answer; an agent enters the files that came another way, in the calls of the region."""
    visitor = security.required_visitor()
    versions = reading.calls_in_force(db.session(), visitor.region if visitor.is_agent else None)
    offers = sorted((_offered(parsed(version)) for version in versions), key=lambda o: not o.is_open)
    return render_template("filing_calls.html", offers=offers, who_files=application.who_files_said)


def _call(call_id: str) -> Call:
    version, visitor = in_force(db.session(), call_id), security.required_visitor()
    if version is None or (visitor.is_agent and version.region != visitor.region):
        abort(404)
    return parsed(version)


@blueprint.get("/deposer/<call_id>")
@open_to(Policy.DOSSIER)
def form(call_id: str) -> ResponseReturnValue:
    """An empty application; in its place, why the visitor cannot file one."""
    call = _call(call_id)
    if not _offered(call).may_answer:
        return _refused(call)
    typed: MultiDict[str, str] = MultiDict()
    visitor = security.required_visitor()
    if visitor.establishment:
        typed["recruiter"] = visitor.establishment
    return _show(call, _fields(call, typed))


def _refused(call: Call, code: int = HTTPStatus.OK) -> ResponseReturnValue:
    who = application.who_files_said(call)
    return render_template("filing_stopped.html", call=call, offered=_offered(call), who_files=who), code


@blueprint.post("/deposer/<call_id>")
@open_to(Policy.DOSSIER)
def create(call_id: str) -> ResponseReturnValue:
    """Open the draft. The same form sent twice opens one."""
    call, visitor, clocks = _call(call_id), security.required_visitor(), security.clocks()
    if not _offered(call).may_answer:
        return _refused(call, HTTPStatus.UNPROCESSABLE_ENTITY)
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
    return redirect(url_for("dossiers.show", number=opened.view.number, fait="brouillon"), 303)


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
    return redirect(url_for("dossiers.show", number=number, fait="brouillon-corrige"), 303)


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
    fields = forms.fields_of(Application, typed, _choices(call))
    unasked: set[str] = set()
    if security.required_visitor().role is Role.CANDIDATE or not applying.names_a_person(call):
        unasked |= set(DOCTOR)
    if not application.needs_distance(call):
        unasked |= application.DISTANCES
    if not application.groups_posts(call):
        unasked.update(application.PROJECT)
    windows = starts(call.clauses.contract.windows)
    helps = {"wished_start": windows, "months": _durations(call), "project_size": _sizes(call)}
    return [replace(f, help=helps.get(f.name) or f.help) for f in fields if f.name not in unasked]


def _durations(call: Call) -> str:
    months = call.clauses.contract.months.value
    return f"L’appel prévoit {listing([str(n) for n in months], last='ou')} mois." if months else ""


def _sizes(call: Call) -> str:
    sizes = call.clauses.gates.project_sizes.value
    return f"L’appel admet {listing([str(n) for n in sizes if n > 1], last='ou')} postes par projet." if sizes else ""


def _applied(
    call: Call, doctor_id: UUID, page: Page | None = None
) -> tuple[applying.Applied | None, list[forms.Field], list[str]]:
    """The content of the draft, or None with the fields and their errors, and the errors of no field."""
    fields, visitor = _fields(call, request.form), security.required_visitor()
    messages: dict[str, Any] = dict(faults.faults(fields, request.form))
    try:
        given = load(Application, forms.plain(Application, request.form, _choices(call)))
        if not messages:
            before = page.view.candidate if page else None
            found = applying.applied(db.session(), given, call, visitor.actor, doctor_id=doctor_id, before=before)
            return found, fields, []
    except ValidationError as error:
        sound = cast("dict[str, Any]", error.valid_data)
        others = application.application_faults(db.session(), sound, call, visitor.actor)
        messages = others | cast("dict[str, Any]", error.messages) | messages
    except applying.ApplicationError as error:
        messages = dict(error.messages)
    messages = {name: [said] if isinstance(said, str) else said for name, said in messages.items()}
    return None, faults.with_errors(fields, messages), faults.unplaced_errors(fields, messages)


def _typed(page: Page) -> MultiDict[str, str]:
    """The application a draft was made from, as it would be typed."""
    view = page.view
    typed: MultiDict[str, str] = MultiDict()
    weeks = [dict(period.half_days) for period in view.plan]
    for name, site in zip(("recruiter", "partner", "second"), view.sites, strict=False):
        typed[name if name != "second" else "second_partner"] = site.id
        typed[f"{name}_half_days"] = half_days(weeks[0].get(site.id, Fraction(0))) if weeks else ""
        typed[f"{name}_second_year"] = half_days(weeks[1].get(site.id, Fraction(0))) if len(weeks) > 1 else ""
        typed[f"{name}_distance_km"] = "" if site.distance_km is None else str(site.distance_km)
    doctor = page.doctor
    if doctor is not None:
        typed["given_name"], typed["family_name"] = doctor.given_name, doctor.family_name
        typed["email"] = doctor.email or ""
        typed["born_on"] = doctor.born_on.isoformat() if doctor.born_on else ""
    typed["contract_share"] = "" if view.contract_share == 1 else share(view.contract_share)
    typed["specialty"] = view.specialty or ""
    typed["months"] = str(view.months or "")
    typed["wished_start"] = view.wished_start.isoformat() if view.wished_start else ""
    typed["share_motivated"] = "oui" if view.share_motivated else "non"
    if view.project is not None:
        typed["project"], typed["project_size"] = view.project.id, str(view.project.size)
        typed["project_viable_from"] = str(view.project.viable_from or "")
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
    return (
        render_template(
            "filing.html",
            call=call,
            fields=fields,
            sections=sections(fields),
            errors=errors or [],
            page=page,
            key=key,
            who_files=application.who_files_said(call),
        ),
        code,
    )
