"""The pieces of a dossier: their table, and accepting them without opening a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID, uuid5

from flask import Blueprint, Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backoffice.services.act import Conflict, Order, Times, perform
from backoffice.store.base import db
from backoffice.web import acts, security
from backoffice.web.choices import known_pieces
from backoffice.web.conflicts import conflict_page
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from workflows.acts import ACTS
from workflows.acts.filing import JudgePieceInputs
from workflows.calls.model import PieceEvent
from workflows.decide import Refused
from workflows.french import typography
from workflows.pieces import Piece, PieceState
from workflows.states import State

blueprint = Blueprint("pieces", __name__, url_prefix="/dossiers/<number>/pieces")

_EVENTS = {
    PieceEvent.FILING: "dépôt",
    PieceEvent.REPLACEMENT: "remplacement",
    PieceEvent.START: "prise de fonctions",
}


@dataclass(frozen=True, slots=True)
class PieceLine:
    """A required piece and where it stands. `waits`: for a judgement. `lacks`: nothing usable was given yet."""

    key: str
    label: str
    event: str
    state: str
    received_on: date | None
    file: str | None
    reserve: str | None
    waits: bool
    lacks: bool


def install(app: Flask) -> None:
    """Give the table to the templates."""
    app.jinja_env.globals["pieces_table"] = pieces_table


def pieces_table(page: Page) -> list[PieceLine]:
    """Every piece the dossier must hold now, with its state."""
    found = []
    for required in known_pieces(page):
        piece = page.facts.piece(required.key)
        if required.event is PieceEvent.START and page.facts.award is None and piece is None:
            continue
        piece = piece or Piece(required.key, PieceState.EXPECTED)
        state = piece.state.label + (f" : {piece.defect.label}" if piece.defect else "")
        line = PieceLine(
            required.key,
            required.label,
            _EVENTS[required.event],
            typography(state),
            piece.received_on,
            piece.file,
            piece.reserve,
            waits=piece.state is PieceState.RECEIVED and page.facts.state is not State.DRAFT,
            lacks=piece.state in {PieceState.EXPECTED, PieceState.REFUSED},
        )
        found.append(line)
    return found


@blueprint.post("/accepter")
@open_to(Policy.AGENTS)
def accept(number: str) -> ResponseReturnValue:
    """Accept the pieces named, one act for each, on the dossier as its page showed it."""
    session, visitor, clocks = db.session(), security.required_visitor(), security.clocks()
    page = page_of(session, visitor, number, clocks.legal())
    version, key, dossier = request.form.get("version", type=int), UUID(security.form_key()), page.row.id
    if version is None:
        abort(HTTPStatus.BAD_REQUEST)
    for rank, piece in enumerate(request.form.getlist("piece")):
        inputs = JudgePieceInputs(key=piece, verdict=PieceState.ACCEPTED)
        order = Order(dossier, "judge_piece", inputs, visitor.actor, version + rank, str(uuid5(key, piece)))
        answer = perform(session, order, Times(clocks.legal(), clocks.machine()))
        if isinstance(answer, Conflict):
            return conflict_page(page, ACTS["judge_piece"], answer)
        if isinstance(answer, Refused):
            asked = MultiDict({"key": piece, "verdict": PieceState.ACCEPTED.value})
            return acts.refused_form(number, "judge_piece", asked, answer)
    return redirect(
        url_for("dossiers.show", number=number, volet="pieces", fait="judge_piece", _anchor="volet"),
        HTTPStatus.SEE_OTHER,
    )
