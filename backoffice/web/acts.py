"""The form of an act: filled in, shown with what it will change, then sent once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from backoffice.services.act import Conflict, KeyReusedError, Order, Times, perform, preview
from backoffice.services.people import Doctor, register_doctor
from backoffice.store.base import db
from backoffice.web import forms, security
from backoffice.web.choices import choices_for
from backoffice.web.dossiers import act_label
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.acts.base import Act, ActInputs
from workflows.candidates import Candidate
from workflows.decide import Decision, Refused
from workflows.describe import described, described_effects
from workflows.findings import Severity
from workflows.shapes import load

blueprint = Blueprint("acts", __name__, url_prefix="/dossiers/<number>/actes")

#: Acts with pages of their own, or that no person does.
ELSEWHERE = frozenset({"edit_draft", "open_clawback"})
#: Stands for a doctor named for the first time, until the form is sent for good.
_UNNAMED = UUID(int=0)


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
    fields = forms.fields_of(act.inputs, request.args, choices_for(page, act))
    return _show(Filled(page, act, _named(act, fields), None, []))


@blueprint.post("/<name>")
@open_to(Policy.DOSSIER)
def send(number: str, name: str) -> ResponseReturnValue:
    """The form filled in: shown with what it will change, or sent for good."""
    page, act = _page_and_act(number, name)
    filled = _filled(page, act)
    if filled.inputs is None:
        return _show(filled, code=422)
    if request.form.get("etape") == "envoyer":
        return _send(filled)
    return _preview(filled)


def _filled(page: Page, act: Act) -> Filled:
    choices = choices_for(page, act)
    fields = _named(act, forms.fields_of(act.inputs, request.form, choices))
    data = forms.plain(act.inputs, request.form, choices)
    try:
        doctor = _doctor(act)
        if doctor is not None:
            data.setdefault("candidate", {})["id"] = str(_UNNAMED)
        return Filled(page, act, fields, load(act.inputs, data), [])
    except ValidationError as error:
        messages: Any = error.messages
        placed = forms.with_errors(fields, messages)
        return Filled(page, act, placed, None, forms.unplaced_errors(fields, messages))


_DOCTOR_FIELDS = (
    ("candidate.given_name", "Prénom", True),
    ("candidate.family_name", "Nom", True),
    ("candidate.email", "Adresse électronique", False),
)


def _names_a_doctor(act: Act) -> bool:
    item = act.inputs.__dataclass_fields__.get("candidate")
    return item is not None and act.name != "edit_draft"


def _named(act: Act, fields: list[forms.Field]) -> list[forms.Field]:
    """The fields, with the name of a doctor asked for in place of a reference nobody could type."""
    if not _names_a_doctor(act):
        return fields
    asked = [forms.Field(n, label, "text", need, request.form.get(n)) for n, label, need in _DOCTOR_FIELDS]
    return asked + [f for f in fields if f.name != "candidate.id"]


def _doctor(act: Act) -> Doctor | None:
    """The doctor the form names. Raises ValidationError when the name is missing."""
    if not _names_a_doctor(act):
        return None
    typed = {n: (request.form.get(n) or "").strip()[:200] for n, _, _ in _DOCTOR_FIELDS}
    missing = {n: ["Valeur manquante : donnez-la."] for n, _, need in _DOCTOR_FIELDS if need and not typed[n]}
    if missing:
        raise ValidationError(missing)
    rpps = (request.form.get("candidate.rpps") or "").strip() or None
    return Doctor(typed["candidate.family_name"], typed["candidate.given_name"], typed["candidate.email"] or None, rpps)


def _order(filled: Filled, inputs: ActInputs) -> Order:
    version = request.form.get("version", type=int)
    key = (request.form.get("cle") or "")[:80] or None
    return Order(filled.page.row.id, filled.act.name, inputs, filled.page.visitor.actor, version, key)


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
        return _show(filled, answer, code=422)
    return render_template(
        "act_preview.html",
        page=filled.page,
        view=filled.page.view,
        act=filled.act,
        answer=answer,
        changes=described(before, answer.after),
        effects=described_effects(answer.effects),
        typed=[(name, value) for name, value in request.form.items(multi=True) if name not in _OURS],
        version=filled.page.row.version,
        key=str(uuid4()),
    )


_OURS = frozenset({"csrf", "etape", "version", "cle"})


def _send(filled: Filled) -> ResponseReturnValue:
    assert filled.inputs is not None  # noqa: S101 - the caller checked
    inputs = _with_doctor(filled.act, filled.inputs, filled.page)
    try:
        answer = perform(filled.page.session, _order(filled, inputs), _times())
    except KeyReusedError as error:
        filled.errors.append(str(error))
        return _show(filled, code=409)
    if isinstance(answer, Conflict):
        return _conflict(filled, answer)
    if isinstance(answer, Refused):
        return _show(filled, answer, code=422)
    return redirect(url_for("dossiers.show", number=filled.page.row.number, fait=filled.act.name), 303)


def _with_doctor(act: Act, inputs: ActInputs, page: Page) -> ActInputs:
    """The inputs with the doctor kept. The same form sent twice names the same doctor."""
    doctor = _doctor(act)
    if doctor is None:
        return inputs
    known: Candidate = getattr(inputs, "candidate")  # noqa: B009 - not every act names somebody
    doctor_id = register_doctor(page.session, doctor, uuid5(page.row.id, request.form.get("cle") or str(uuid4())))
    changed: dict[str, Any] = {"candidate": replace(known, id=str(doctor_id))}
    return replace(inputs, **changed)


def _conflict(filled: Filled, answer: Conflict) -> ResponseReturnValue:
    who = Role(answer.author_role).label
    return (
        render_template(
            "conflict.html",
            page=filled.page,
            view=filled.page.view,
            act=filled.act,
            answer=answer,
            who=who,
            done=act_label(answer.act),
        ),
        409,
    )
