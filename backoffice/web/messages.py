"""Messages received for a dossier: dropping or pasting one, reading it. For agents only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import messages
from backoffice.services.act import Conflict, KeyReusedError, Times, perform, preview
from backoffice.services.documents import DocumentRefusedError, Received, shelf_of, shown_name
from backoffice.services.received_mail import ReceivedMail, UnreadableMailError
from backoffice.store.base import db
from backoffice.store.people import Document
from backoffice.web import forms, security
from backoffice.web.conflicts import conflict_page
from backoffice.web.documents import sent_document
from backoffice.web.faults import faults, with_errors
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from workflows.acts import ACTS
from workflows.acts.messages import MessageInputs
from workflows.deadlines import local_day
from workflows.decide import Refused
from workflows.french import short_day, typography

blueprint = Blueprint("messages", __name__, url_prefix="/dossiers/<number>/messages")

_DAY_NEEDED = "obligatoire pour un texte collé ou un PDF"
_ASKED = ("received_on", "sender", "subject")
_DAY = "received_on"
_NO_DAY = "Ce message ne porte pas de date : indiquez le jour où il est arrivé."
_DAY_TO_COME = "Ce message se dit du {day}, qui est à venir : indiquez le jour où il est vraiment arrivé."


class DayNeededError(DocumentRefusedError):
    """The day a message came has to be typed."""


def _page(number: str) -> Page:
    return page_of(db.session(), security.required_visitor(), number, security.clocks().legal())


def _fields() -> list[forms.Field]:
    """What is asked besides: nothing of it is required when the message says it itself."""
    found = forms.fields_of(MessageInputs, request.form)
    found = [replace(field, required=False) for field in found if field.name in _ASKED]
    return [replace(field, needed=_DAY_NEEDED) if field.name == _DAY else field for field in found]


@blueprint.get("")
@open_to(Policy.AGENTS)
def form(number: str) -> ResponseReturnValue:
    """The form that files a message."""
    return _show(_page(number))


def _show(
    page: Page,
    errors: list[str] | None = None,
    code: int = HTTPStatus.OK,
    *,
    beside: Mapping[str, list[str]] | None = None,
) -> ResponseReturnValue:
    """The form. `beside`: what is wrong with some controls, by name; `errors`: what belongs to none."""
    return render_template(
        "message_form.html",
        page=page,
        view=page.facts,
        fields=with_errors(_fields(), beside or {}),
        text=request.form.get("texte", ""),
        errors=errors or [],
    ), code


@blueprint.post("")
@open_to(Policy.AGENTS)
def file(number: str) -> ResponseReturnValue:
    """File the message that was dropped or pasted."""
    page = _page(number)
    wrong = faults(_fields(), request.form, also={"texte"})
    if wrong:
        named = {field.name for field in _fields()}
        rest = [text for name, texts in wrong.items() if name not in named for text in texts]
        return _show(page, rest, HTTPStatus.UNPROCESSABLE_ENTITY, beside=wrong)
    try:
        message = _dated(page, _named(_given(page)))
        return _filed(page, message)
    except DayNeededError as error:
        return _show(page, code=HTTPStatus.UNPROCESSABLE_ENTITY, beside={_DAY: [str(error)]})
    except (DocumentRefusedError, KeyReusedError) as error:
        return _show(page, [str(error)], HTTPStatus.UNPROCESSABLE_ENTITY)


def _given(page: Page) -> messages.Message:
    """What was dropped, else what was pasted. Raises DocumentRefusedError."""
    sent = request.files.get("document")
    if sent is not None and sent.filename:
        return messages.dropped(Received(sent.filename, sent.read()), page.call.authority.zone)
    return messages.pasted(request.form.get("texte", ""))


def _named(message: messages.Message) -> messages.Message:
    """The message with what was typed in the place of what it says."""
    typed = {name: request.form.get(name, "").strip() for name in _ASKED}
    day = date.fromisoformat(forms.iso_day(typed["received_on"])) if typed["received_on"] else message.received_on
    return replace(
        message,
        received_on=day,
        sender=typed["sender"] or message.sender,
        subject=typed["subject"] or message.subject,
    )


def _dated(page: Page, message: messages.Message) -> messages.Message:
    """Raises DayNeededError for a message whose own day is missing, or to come; a day that was typed is judged
    by the rules.
    """
    typed = bool(request.form.get("received_on", "").strip())
    if message.received_on is None:
        raise DayNeededError(typography(_NO_DAY))
    if not typed and message.received_on > page.today:
        raise DayNeededError(typography(_DAY_TO_COME.format(day=short_day(message.received_on))))
    return message


def _filed(page: Page, message: messages.Message) -> ResponseReturnValue:
    """File a message. Its bytes are kept once the act is looked at, and before its row is written."""
    number = page.row.number
    if page.session.get(Document, message.reference(page.row.id)) is not None:
        raise DocumentRefusedError("Ce message est déjà dans le dossier.")
    clocks = security.clocks()
    times = Times(clocks.legal(), clocks.machine())
    order = messages.order(page.row.id, message, by=page.visitor.actor, now=times.machine, key=security.form_key())
    answer = preview(page.session, order, times)[1]
    if not isinstance(answer, Refused):
        shelf_of(security.settings()).put(message.content)
        done = perform(page.session, order, times)
        if isinstance(done, Conflict):
            return conflict_page(page, ACTS[order.act], done)
        if not isinstance(done, Refused):
            after = url_for("dossiers.show", number=number, volet="courriers", fait="message", _anchor="volet")
            return redirect(after, HTTPStatus.SEE_OTHER)
        answer = done
    said = [f"{f.sentence} {f.remedy}" for f in answer.findings]
    return _show(page, said, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that came with a mail, as the page names it. `rank`: its place among the others."""

    rank: int
    name: str
    media_type: str
    size: int


@blueprint.get("/<uuid:document>")
@open_to(Policy.AGENTS)
def read(number: str, document: UUID) -> ResponseReturnValue:
    """A message: what is known of it, its text, what came with it."""
    page = _page(number)
    row, content = _kept(page, document)
    mail = _mail(row, content)
    text = mail.text if mail else content.decode("utf-8", "replace") if row.media_type == messages.TEXT_TYPE else ""
    attachments = mail.attachments if mail else ()
    parts = [Part(rank, a.name, a.media_type, len(a.content)) for rank, a in enumerate(attachments)]
    said = local_day(mail.date, page.call.authority.zone) if mail and mail.date else None
    return render_template("message.html", view=page.facts, message=row, text=text, parts=parts, said=said)


@blueprint.get("/<uuid:document>/original")
@open_to(Policy.AGENTS)
def original(number: str, document: UUID) -> Response:
    """The bytes of a message, always as a download."""
    page = _page(number)
    _kept(page, document)
    return sent_document(page, document)


@blueprint.get("/<uuid:document>/pieces/<int:rank>")
@open_to(Policy.AGENTS)
def part(number: str, document: UUID, rank: int) -> Response:
    """Something that came with a mail: bytes to save, which no browser opens or runs."""
    mail = _mail(*_kept(_page(number), document))
    if mail is None or rank >= len(mail.attachments):
        abort(HTTPStatus.NOT_FOUND)
    found = mail.attachments[rank]
    response = send_file(
        BytesIO(found.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=shown_name(found.name),
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _kept(page: Page, document: UUID) -> tuple[Document, bytes]:
    row = page.session.get(Document, document)
    path = shelf_of(security.settings()).path(row.sha256) if row is not None else None
    mine = row is not None and row.dossier == page.row.id and row.kind == "message"
    if row is None or path is None or not mine or not path.exists():
        abort(HTTPStatus.NOT_FOUND)
    return row, path.read_bytes()


def _mail(row: Document, content: bytes) -> ReceivedMail | None:
    if row.media_type != messages.MAIL_TYPE:
        return None
    try:
        return ReceivedMail(content)
    except UnreadableMailError:
        return None
