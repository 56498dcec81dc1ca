"""Documents: giving one for some pieces, reading one."""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID, uuid5

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from backoffice.services.act import Answer, KeyReusedError, Order, Times, perform, preview
from backoffice.services.documents import DocumentRefusedError, Received, Shelf, received, shelf_of
from backoffice.store.base import db
from backoffice.store.people import Document
from backoffice.web import forms, security
from backoffice.web.choices import known_pieces
from backoffice.web.faults import faults
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from workflows.acts.filing import ReceivePieceInputs
from workflows.decide import Refused

blueprint = Blueprint("documents", __name__, url_prefix="/dossiers/<number>")


def _shelf() -> Shelf:
    return shelf_of(security.settings())


@blueprint.get("/deposer-une-piece")
@open_to(Policy.DOSSIER)
def form(number: str) -> ResponseReturnValue:
    """The form that gives a document."""
    return _show(_page(number), request.args.getlist("piece"))


def _page(number: str) -> Page:
    return page_of(db.session(), security.required_visitor(), number, security.clocks().legal())


def _fields(page: Page) -> list[forms.Field]:
    """What is asked besides: agents say when a piece came that was not given here; depositors give it today."""
    found = forms.fields_of(ReceivePieceInputs, request.form)
    return [field for field in found if field.name == "received_on" and page.visitor.is_agent]


def _show(page: Page, chosen: list[str], errors: list[str] | None = None, code: int = 200) -> ResponseReturnValue:
    done = {p.key for p in page.facts.pieces if p.state.satisfies}
    pieces = [r for r in known_pieces(page) if r.key not in done]
    return render_template(
        "upload.html",
        page=page,
        view=page.facts,
        pieces=pieces,
        chosen=chosen,
        fields=_fields(page),
        errors=errors or [],
    ), code


@blueprint.post("/deposer-une-piece")
@open_to(Policy.DOSSIER)
def give(number: str) -> ResponseReturnValue:
    """Keep the document and say which pieces it answers."""
    page, chosen, sent = _page(number), request.form.getlist("piece"), request.files.get("document")
    wrong = faults(_fields(page), request.form, also={"piece"})
    if wrong:
        return _show(page, chosen, [text for texts in wrong.values() for text in texts], 422)
    if not chosen:
        return _show(page, chosen, ["Dites à quelle pièce ce document répond."], 422)
    if sent is None or not sent.filename:
        return _show(page, chosen, ["Choisissez un document."], 422)
    try:
        answer = _kept(page, tuple(chosen), Received(sent.filename, sent.read()))
    except (DocumentRefusedError, KeyReusedError) as error:
        return _show(page, chosen, [str(error)], 422)
    if isinstance(answer, Refused):
        return _show(page, chosen, [f"{f.sentence} {f.remedy}" for f in answer.findings], 422)
    return redirect(url_for("dossiers.show", number=number, fait="document"), 303)


def _kept(page: Page, keys: tuple[str, ...], given: Received) -> Answer:
    """Receive a document. Its bytes are kept once the act is looked at, and before its row is written."""
    order, times = _order(page, keys, given), Times(security.clocks().legal(), security.clocks().machine())
    looked = preview(page.session, order, times)[1]
    if isinstance(looked, Refused):
        return looked
    _shelf().put(given.content)
    return perform(page.session, order, times)


def _order(page: Page, keys: tuple[str, ...], given: Received) -> Order:
    """The act that receives a document, written with it. The same document sent twice by the same form comes once."""
    key, by = security.form_key(), page.visitor.actor
    reference = uuid5(page.row.id, f"{key}/{hashlib.sha256(given.content).hexdigest()}")
    document = received(page.row.id, given, by=by.id, now=security.clocks().machine(), reference=reference)
    day = request.form.get("received_on", "").strip()
    received_on = date.fromisoformat(forms.iso_day(day)) if day else None
    inputs = ReceivePieceInputs(keys=keys, file=str(reference), received_on=received_on)
    return Order(page.row.id, "receive_piece", inputs, by, key=key, brings=(document,))


@blueprint.get("/documents/<uuid:document>")
@open_to(Policy.DOSSIER)
def read(number: str, document: UUID) -> Response:
    """The bytes of a document."""
    return sent_document(_page(number), document)


def sent_document(page: Page, document: UUID) -> Response:
    """The bytes of a document of a dossier, always as a download, never run by the browser.

    404 for a document of another dossier, or about another doctor than the reader.
    """
    row = page.session.get(Document, document)
    if row is None or row.dossier != page.row.id or not page.readable.document(row):
        abort(404)
    path = _shelf().path(row.sha256)
    if not path.exists():
        abort(404)
    response = send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.name or "document")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
