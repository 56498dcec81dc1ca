"""What a doctor keeps of a dossier once replaced: their own papers, requests, letters, history."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, render_template
from flask.typing import ResponseReturnValue

from backoffice.services.callbook import ruling
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.store.dossiers import DossierRow
from backoffice.web import security
from backoffice.web.choices import listed_pieces
from backoffice.web.documents import sent_document
from backoffice.web.letters import letter_lines
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page
from workflows.acts import ACTS
from workflows.parts.pieces import Piece
from workflows.rounds import doctor_of_piece

blueprint = Blueprint("past", __name__, url_prefix="/mes-anciens-dossiers/<number>")


@dataclass(frozen=True, slots=True)
class PastPiece:
    """A piece about the doctor: its name, what is known of it, and whether its document is still there to read."""

    label: str
    piece: Piece
    readable: bool


def install(app: Flask) -> None:
    """Give the list of these dossiers to the templates."""
    app.jinja_env.globals["left_dossiers"] = left_dossiers


def left_dossiers() -> list[DossierRow]:
    """The dossiers that the visitor was replaced on."""
    visitor = security.required_visitor()
    return [row for row, _ in reading.left_by(db.session(), visitor.person)] if visitor.person else []


def was_replaced_on(number: str) -> bool:
    """True for a dossier that the visitor was replaced on."""
    visitor = security.required_visitor()
    return visitor.person is not None and bool(reading.left_by(db.session(), visitor.person, number))


def _page(number: str) -> Page:
    session, visitor = db.session(), security.required_visitor()
    found = reading.left_by(session, visitor.person, number) if visitor.person else []
    if not found:
        abort(HTTPStatus.NOT_FOUND)
    row, newest = found[0]
    return Page(session, visitor, row, ruling(session, row, newest), security.clocks().legal())


@blueprint.get("")
@open_to(Policy.CANDIDATE)
def show(number: str) -> ResponseReturnValue:
    """What is left of a dossier to a doctor who was replaced."""
    page = _page(number)
    return render_template(
        "past.html",
        page=page,
        view=page.facts,
        call=page.call,
        pieces=_pieces(page),
        letters=letter_lines(page),
        entries=page.readable.history(page.past.entries),
        labels={name: act.label for name, act in ACTS.items()},
    )


def _pieces(page: Page) -> list[PastPiece]:
    documents, mine = reading.documents(page.session, page.row.id), page.visitor.actor.id
    labels = {r.key: r.label for r in listed_pieces(page)}
    return [
        PastPiece(labels.get(p.key, p.key), p, p.file in documents)
        for p in page.facts.pieces
        if doctor_of_piece(page.facts, p.key, page.call) == mine
    ]


@blueprint.get("/documents/<uuid:document>")
@open_to(Policy.CANDIDATE)
def read(number: str, document: UUID) -> Response:
    """A document of theirs."""
    return sent_document(_page(number), document)
