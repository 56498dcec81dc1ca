"""The form of an act: filled in, shown with what it will change, then sent once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backoffice.services.act import Conflict, KeyReusedError, Order, Times, note_late, perform, preview
from backoffice.store.base import db
from backoffice.store.people import Person
from backoffice.web import doctors, forms, security
from backoffice.web.choices import choices_for
from backoffice.web.conflicts import conflict_page
from backoffice.web.policy import Policy, open_to
from backoffice.web.prefill import known_values
from backoffice.web.reader import Page, page_of
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.acts.base import Act, ActInputs
from workflows.decide import Decision, Refused
from workflows.describe import described, described_effects
from workflows.findings import Severity
from workflows.guards.common import reason_written
from workflows.shapes import load

blueprint = Blueprint("acts", __name__, url_prefix="/dossiers/<number>/actes")

#: Acts with pages of their own, or that no person does.
ELSEWHERE = frozenset({"edit_draft", "open_clawback", "receive_piece"})


@dataclass
class Filled:
    """A form as it was filled in."""

    page: Page
    act: Act
    fields: list[forms.Field]
    inputs: ActInputs | None
    errors: list[str]


def _page_and_act(number: str, name: str) -> tuple[Page, Act]:
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    if name not in ACTS or name in ELSEWHERE:
        abort(404)
    return page, ACTS[name]


@blueprint.get("/<name>")
@open_to(Policy.DOSSIER)
def form(number: str, name: str) -> ResponseReturnValue:
    """The form, empty but for what the address gives."""
    page, act = _page_and_act(number, name)
    known = MultiDict(known_values(page, act))
    for field, given in request.args.lists():
        known.setlist(field, given)
    fields = forms.fields_of(act.inputs, known, choices_for(page, act))
    return _show(Filled(page, act, _arranged(act, fields), None, []))


@blueprint.post("/<name>")
@open_to(Policy.DOSSIER)
def send(number: str, name: str) -> ResponseReturnValue:
    """The form filled in: shown with what it will change, sent for good, or to be corrected."""
    page, act = _page_and_act(number, name)
    filled = _filled(page, act)
    if filled.inputs is None:
        return _show(filled, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    match request.form.get("etape"):
        case "corriger":
            return _show(filled)
        case "envoyer" if request.form.get("version", type=int) is not None:
            return _send(filled)
        case _:
            return _preview(filled)


def _filled(page: Page, act: Act) -> Filled:
    choices = choices_for(page, act)
    fields = _arranged(act, forms.fields_of(act.inputs, request.form, choices))
    data = forms.plain(act.inputs, request.form, choices, page.call.authority.zone)
    messages: dict[str, Any] = {**forms.faults(fields, request.form), **doctors.rpps_faults(data)}
    if doctors.names_a_doctor(act):
        messages |= doctors.told(request.form)[1]
        data.setdefault("candidate", {})["id"] = str(doctors.UNNAMED)
    try:
        inputs = load(act.inputs, data)
    except ValidationError as error:
        messages = dict(cast("dict[str, Any]", error.messages)) | messages
    if messages:
        placed = forms.with_errors(fields, messages)
        return Filled(page, act, placed, None, forms.unplaced_errors(fields, messages))
    return Filled(page, act, fields, inputs, [])


def refused_form(number: str, name: str, typed: MultiDict[str, str], answer: Refused) -> ResponseReturnValue:
    """The form of an act that was tried from another page, filled in, with the reasons it cannot be."""
    page, act = _page_and_act(number, name)
    fields = _arranged(act, forms.fields_of(act.inputs, typed, choices_for(page, act)))
    return _show(Filled(page, act, fields, None, []), answer, HTTPStatus.UNPROCESSABLE_ENTITY)


def _arranged(act: Act, fields: list[forms.Field]) -> list[forms.Field]:
    """The fields as they are asked: what the act is about, then why; an act that needs a reason says so."""
    reasoned = reason_written in act.guards
    named = doctors.asked(fields, request.form) if doctors.names_a_doctor(act) else fields
    named = [replace(f, required=f.required or reasoned) if f.name == "reason" else f for f in named]
    return sorted(named, key=lambda f: f.name == "reason")


def _order(filled: Filled, inputs: ActInputs, brings: tuple[Person, ...] = ()) -> Order:
    version, page = request.form.get("version", type=int), filled.page
    return Order(page.row.id, filled.act.name, inputs, page.visitor.actor, version, security.form_key(), brings)


def _times() -> Times:
    clocks = security.clocks()
    return Times(clocks.legal(), clocks.machine())


def _show(filled: Filled, answer: Decision | Refused | None = None, code: int = 200) -> ResponseReturnValue:
    page = filled.page
    held = [f for f in answer.findings if f.severity is Severity.HOLD] if isinstance(answer, Refused) else []
    return (
        render_template(
            "act.html",
            page=page,
            view=page.view,
            act=filled.act,
            fields=filled.fields,
            errors=filled.errors,
            answer=answer if isinstance(answer, Refused) else None,
            liftable=held if page.visitor.role in {Role.HEAD, Role.DG} else [],
            typed=request.form,
        ),
        code,
    )


def _preview(filled: Filled) -> ResponseReturnValue:
    assert filled.inputs is not None  # noqa: S101 - the caller checked
    order = _order(filled, filled.inputs)
    before, answer = preview(filled.page.session, order, _times())
    if isinstance(answer, Refused):
        note_late(filled.page.session, order, answer, _times().legal)
        return _show(filled, answer, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render_template(
        "act_preview.html",
        page=filled.page,
        view=filled.page.view,
        act=filled.act,
        answer=answer,
        changes=described(before, answer.after),
        effects=described_effects(answer.effects),
        typed=[(name, value) for name, value in request.form.items(multi=True) if name not in forms.OURS],
        version=filled.page.row.version,
        key=str(uuid4()),
    )


def _send(filled: Filled) -> ResponseReturnValue:
    assert filled.inputs is not None  # noqa: S101 - the caller checked
    page, act = filled.page, filled.act
    inputs, doctor = doctors.named(page, act, filled.inputs, request.form, security.form_key())
    try:
        answer = perform(page.session, _order(filled, inputs, doctor.rows), _times())
    except KeyReusedError as error:
        filled.errors.append(str(error))
        return _show(filled, code=HTTPStatus.CONFLICT)
    if isinstance(answer, Conflict):
        return conflict_page(page, act, answer)
    if isinstance(answer, Refused):
        return _show(filled, answer, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for("dossiers.show", number=page.row.number, fait=act.name), HTTPStatus.SEE_OTHER)
