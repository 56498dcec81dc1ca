"""The pieces of a dossier: their table, and accepting them without opening a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID, uuid5

from flask import Blueprint, Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backoffice.services.act import Conflict, KeyReusedError, Order, Times, perform
from backoffice.store.base import db
from backoffice.web import acts, errors, security
from backoffice.web.choices import known_pieces, listed_pieces
from backoffice.web.conflicts import conflict_page
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from workflows.acts import ACTS
from workflows.acts.filing import JudgePieceInputs
from workflows.calls.model import PieceEvent
from workflows.decide import Refused
from workflows.french import typography
from workflows.parts.pieces import Piece, PieceState, Requirement
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
    """Every piece the dossier must hold now, or holds of a round that is over, with its state."""
    found, now = [], {required.key for required in known_pieces(page)}
    for required in listed_pieces(page):
        piece = page.facts.piece(required.key)
        if required.event is PieceEvent.START and page.facts.award is None and piece is None:
            continue
        piece = piece or Piece(required.key, PieceState.EXPECTED)
        state = piece.state.label + (f" : {piece.defect.label}" if piece.defect else "")
        line = PieceLine(
            required.key,
            required.label,
            _round(required),
            typography(state),
            piece.received_on,
            piece.file,
            piece.reserve,
            waits=piece.state is PieceState.RECEIVED and page.facts.state is not State.DRAFT,
            lacks=required.key in now and piece.state in {PieceState.EXPECTED, PieceState.REFUSED},
        )
        found.append(line)
    return found


def _round(required: Requirement) -> str:
    """What a piece is for, with the replacement it came with: two doctors have a contract each."""
    return _EVENTS[required.event] + (f" ({required.cause})" if required.cause else "")


@blueprint.post("/accepter")
@open_to(Policy.AGENTS)
def accept(number: str) -> ResponseReturnValue:
    """Accept the pieces named, one act for each, on the dossier as its page showed it."""
    session, visitor, clocks = db.session(), security.required_visitor(), security.clocks()
    page = page_of(session, visitor, number, clocks.legal())
    version, key, dossier = request.form.get("version", type=int), UUID(security.form_key()), page.row.id
    if version is None:
        abort(HTTPStatus.BAD_REQUEST)
    for piece in request.form.getlist("piece"):
        inputs = JudgePieceInputs(key=piece, verdict=PieceState.ACCEPTED)
        order = Order(dossier, "judge_piece", inputs, visitor.actor, version, str(uuid5(key, f"{number}/{piece}")))
        try:
            answer = perform(session, order, Times(clocks.legal(), clocks.machine()))
        except KeyReusedError as error:
            return errors.page(HTTPStatus.CONFLICT, "Page déjà utilisée", str(error))
        if isinstance(answer, Conflict):
            return conflict_page(page, ACTS["judge_piece"], answer)
        if isinstance(answer, Refused):
            asked = MultiDict({"key": piece, "verdict": PieceState.ACCEPTED.value})
            return acts.refused_form(number, "judge_piece", asked, answer)
        version = answer.seq
    given = len(request.form.getlist("piece"))
    return redirect(
        url_for("dossiers.show", number=number, volet="pieces", fait="pieces", nombre=given, _anchor="volet"),
        HTTPStatus.SEE_OTHER,
    )
