"""The form of an act: filled in, shown with what it will change, then sent once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backoffice.services.act import Conflict, KeyReusedError, Order, Times, note_late, perform, preview
from backoffice.services.soon import foreseen, proposed
from backoffice.store.base import db
from backoffice.store.people import Person
from backoffice.web import doctors, faults, forms, lifting, security, telling, weeks
from backoffice.web.choices import choices_for, helps_for
from backoffice.web.conflicts import conflict_page
from backoffice.web.policy import Policy, open_to
from backoffice.web.prefill import known_values
from backoffice.web.reader import Page, page_of
from backoffice.web.receipts import started
from backoffice.web.ways_back import way_back
from workflows.acts import ACTS
from workflows.acts.base import Act, ActInputs, Context
from workflows.decide import Decision, Refused
from workflows.describe import described, described_effects
from workflows.dossier import Dossier
from workflows.effects import EffectKind
from workflows.findings import Check, Finding, Severity
from workflows.french import typography
from workflows.guards.common import reason_written, standing
from workflows.shapes import load

blueprint = Blueprint("acts", __name__, url_prefix="/dossiers/<number>/actes")

#: Acts with pages of their own, or that no person does.
ELSEWHERE = frozenset({"edit_draft", "file_message", "open_clawback", "receive_piece"})
#: Acts that start and stop clocks by what they prove.
_OF_PROOFS = frozenset({"record_proof", "withdraw_proof"})
#: Acts whose trace is in the tab of letters.
_OF_LETTERS = _OF_PROOFS | {"ask_letter"}


@dataclass
class Filled:
    """A form as it was filled in. `typed`: everything it carries; `errors`: what belongs to no control."""

    page: Page
    act: Act
    fields: list[forms.Field]
    typed: MultiDict[str, str]
    inputs: ActInputs | None = None
    errors: tuple[str, ...] = ()


def _page_and_act(number: str, name: str) -> tuple[Page, Act]:
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    if name not in ACTS or name in ELSEWHERE:
        abort(404)
    return page, ACTS[name]


@blueprint.get("/<name>")
@open_to(Policy.DOSSIER)
def form(number: str, name: str) -> ResponseReturnValue:
    """The form, empty but for what the address gives; in its place, why there is none."""
    page, act = _page_and_act(number, name)
    barred = _entitled(page, act).findings
    if barred:
        return _stopped(page, act, barred, HTTPStatus.FORBIDDEN)
    possibility = next(p for p in page.possibilities if p.act.name == name)
    if not possibility.allowed or (possibility.held and not lifting.may_lift(page)):
        return _stopped(page, act, possibility.findings)
    known = MultiDict(known_values(page, act))
    for field, given in request.args.lists():
        known.setlist(field, given)
    fields = _fields(page, act, known)
    without = tuple(_nothing_for(f) for f in fields if f.is_empty_choice)
    if without:
        return _stopped(page, act, without)
    return _show(Filled(page, act, fields, known), met=possibility.findings)


@blueprint.post("/<name>")
@open_to(Policy.DOSSIER)
def send(number: str, name: str) -> ResponseReturnValue:
    """The form filled in: shown with what it will change, sent for good, or to be corrected."""
    page, act = _page_and_act(number, name)
    barred = _entitled(page, act).findings
    return _stopped(page, act, barred, HTTPStatus.FORBIDDEN) if barred else _answer(_filled(page, act))


def _answer(filled: Filled) -> ResponseReturnValue:
    if filled.inputs is None:
        return _show(filled, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    match request.form.get("etape"):
        case "corriger":
            order = _order(filled, lifting.without_reasons(filled.inputs))
            return _show(filled, met=preview(filled.page.session, order, _times())[1].findings)
        case "envoyer" if request.form.get("version", type=int) is not None:
            return _send(filled)
        case _:
            return _preview(filled)


def _entitled(page: Page, act: Act) -> Check:
    """Whether the visitor may ever do the act on this dossier, whatever its state."""
    context = Context(act.name, page.facts, ActInputs(), page.visitor.actor, page.call, page.now, page.today)
    return standing(act, context)


def _nothing_for(field: forms.Field) -> Finding:
    sentence = typography(f"Il n’y a rien à choisir pour « {field.label} ».")
    return Finding("nothing_to_choose", Severity.REFUSAL, sentence, "Cet acte attend que le dossier le permette.")


def _filled(page: Page, act: Act) -> Filled:
    fields, choices = _fields(page, act, request.form), choices_for(page, act)
    data = forms.plain(act.inputs, request.form, choices, page.call.authority.zone)
    messages: dict[str, Any] = {**doctors.rpps_faults(data)}
    if doctors.names_a_doctor(act):
        messages |= doctors.told(request.form)[1]
        data.setdefault("candidate", {})["id"] = str(doctors.UNNAMED)
    if weeks.asks_a_week(act):
        data["plan"], wrong = weeks.told(page, request.form)
        messages |= wrong
    messages |= faults.faults(fields, request.form)
    try:
        inputs = load(act.inputs, data)
    except ValidationError as error:
        messages = dict(cast("dict[str, Any]", error.messages)) | messages
    if messages:
        placed, rest = faults.with_errors(fields, messages), faults.unplaced_errors(fields, messages)
        return Filled(page, act, placed, request.form, errors=tuple(rest))
    return Filled(page, act, fields, request.form, inputs)


def refused_form(number: str, name: str, typed: MultiDict[str, str], answer: Refused) -> ResponseReturnValue:
    """The form of an act that was tried from another page, filled in, with the reasons it cannot be."""
    page, act = _page_and_act(number, name)
    filled = Filled(page, act, _fields(page, act, typed), typed)
    return _show(filled, answer, code=HTTPStatus.UNPROCESSABLE_ENTITY)


def _fields(page: Page, act: Act, typed: MultiDict[str, str]) -> list[forms.Field]:
    """The fields as they are asked: what the act is about, then why. A choice among nothing is not asked."""
    found = forms.fields_of(act.inputs, typed, choices_for(page, act))
    if doctors.names_a_doctor(act):
        found = doctors.asked(found, typed)
    if weeks.asks_a_week(act):
        found += weeks.asked(page, typed)
    reasoned, helps = reason_written in act.guards, helps_for(page, act)
    found = [f for f in found if page.visitor.is_agent or not f.agents]
    found = [replace(f, required=f.required or f.agents) for f in found if f.required or not f.is_empty_choice]
    found = [replace(f, help=helps.get(f.name, f.help)) for f in found]
    found = [replace(f, required=f.required or reasoned) if f.name == "reason" else f for f in found]
    return sorted(found, key=lambda f: f.name == "reason")


def _order(filled: Filled, inputs: ActInputs, brings: tuple[Person, ...] = ()) -> Order:
    version, page = request.form.get("version", type=int), filled.page
    return Order(page.row.id, filled.act.name, inputs, page.visitor.actor, version, security.form_key(), brings)


def _times() -> Times:
    clocks = security.clocks()
    return Times(clocks.legal(), clocks.machine())


def _stopped(page: Page, act: Act, findings: tuple[Finding, ...], code: int = HTTPStatus.OK) -> ResponseReturnValue:
    """Why the visitor cannot do an act now, in place of a form that could not go through."""
    told = [f for f in findings if page.tells(f.code)]
    title = "Cet acte n’est pas le vôtre" if code == HTTPStatus.FORBIDDEN else "Impossible pour l’instant"
    back = way_back(page)
    return (
        render_template("act_stopped.html", page=page, view=page.view, act=act, findings=told, title=title, back=back),
        code,
    )


def _show(
    filled: Filled, answer: Refused | None = None, *, met: tuple[Finding, ...] = (), code: int = HTTPStatus.OK
) -> ResponseReturnValue:
    """The form. `answer`: why it did not go through; `met`: what it meets, that a reason may answer."""
    page, act = filled.page, filled.act
    stops = tuple(f for f in answer.findings if f.severity is not Severity.WARNING) if answer else ()
    boxes = lifting.boxes(page, act, stops or met, filled.typed)
    fields, spots = faults.with_findings(lifting.one_reason(filled.fields, boxes, stops), stops)
    return (
        render_template(
            "act.html",
            page=page,
            view=page.view,
            act=act,
            back=way_back(page),
            fields=fields,
            errors=filled.errors,
            stops=[(f, spots.get(f.code)) for f in stops if page.tells(f.code)],
            boxes=boxes,
        ),
        code,
    )


def _preview(filled: Filled) -> ResponseReturnValue:
    assert filled.inputs is not None  # noqa: S101 - the caller checked
    page, order = filled.page, _order(filled, filled.inputs)
    before, answer = preview(page.session, order, _times())
    if isinstance(answer, Refused):
        note_late(page.session, order, answer, _times().legal)
        return _show(filled, answer, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render_template(
        "act_preview.html",
        page=page,
        view=page.view,
        act=filled.act,
        told=telling.told(filled.fields, page.call.authority.zone),
        lifted=lifting.lifted(answer.findings, filled.typed),
        warnings=[f for f in answer.findings if f.severity is not Severity.HOLD and page.tells(f.code)],
        changes=(*described(before, answer.after), *_clocks(filled, answer.after), *_proposals(filled, answer)),
        effects=described_effects(answer.effects),
        typed=_typed(),
        version=page.row.version,
        key=str(uuid4()),
    )


def _typed() -> list[tuple[str, str]]:
    """What the form that was sent holds, to be sent again."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in forms.OURS]


def _clocks(filled: Filled, after: Dossier) -> tuple[str, ...]:
    """Which legal clocks an act starts or stops; a proof that starts none says so."""
    moved = tuple(started(filled.page, after))
    proof = filled.act.name in _OF_PROOFS
    return moved or (typography("Aucun délai ne part de cette réception."),) if proof else moved


def _proposals(filled: Filled, answer: Decision) -> tuple[str, ...]:
    """What the machine will propose to ask back after an act, for agents: nobody has decided it."""
    page = filled.page
    acts = (effect.name for effect in answer.effects if effect.kind is EffectKind.ACT)
    found = (foreseen(answer.after, act, page.call, page.now) for act in acts if page.visitor.is_agent)
    return tuple(proposed(asked) for asked in found if asked)


def _send(filled: Filled) -> ResponseReturnValue:
    assert filled.inputs is not None  # noqa: S101 - the caller checked
    page, act = filled.page, filled.act
    inputs, doctor = doctors.named(page, act, filled.inputs, request.form, security.form_key())
    try:
        answer = perform(page.session, _order(filled, inputs, doctor.rows), _times())
    except KeyReusedError as error:
        return _show(replace(filled, errors=(str(error),)), code=HTTPStatus.CONFLICT)
    if isinstance(answer, Conflict):
        return conflict_page(page, act, answer, _typed())
    if isinstance(answer, Refused):
        return _show(filled, answer, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    back = way_back(page)
    tab = {"volet": "courriers"} if act.name in _OF_LETTERS and back.endpoint == "dossiers.show" else {}
    return redirect(back.after(act.name, **tab), HTTPStatus.SEE_OTHER)
