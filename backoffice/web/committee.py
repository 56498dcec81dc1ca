"""The committee: sessions, members, marks and ranking."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import committee
from backoffice.services.callbook import in_force, parsed
from backoffice.services.letters import sessions
from backoffice.services.letters.making import LetterRefusedError
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.store.people import Account
from backoffice.web import security
from backoffice.web.documents import sent_document
from backoffice.web.letter_room import times
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from backoffice.web.session_letters import session_letters
from workflows.calls.model import Call
from workflows.calls.parameters import Session
from workflows.states import State

blueprint = Blueprint("committee", __name__, url_prefix="/commission")


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session of a call of the visitor’s region."""

    call: Call
    session: Session


@blueprint.get("")
@open_to(Policy.COMMITTEE)
def index() -> ResponseReturnValue:
    """The sessions of the region, those that a member sits in."""
    visitor = security.required_visitor()
    calls = [parsed(version) for version in reading.calls_in_force(db.session(), visitor.region)]
    sittings = [Sitting(call, session) for call in calls for session in call.parameters.sessions]
    if not visitor.is_agent:
        mine = committee.sessions_of(db.session(), visitor.account)
        sittings = [sitting for sitting in sittings if (sitting.call.id, sitting.session.id) in mine]
    return render_template("committee.html", sittings=sittings)


def _sitting(call_id: str, name: str) -> Sitting:
    version = in_force(db.session(), call_id)
    if version is None or version.region != security.required_visitor().region:
        abort(404)
    call = parsed(version)
    found = next((s for s in call.parameters.sessions if s.id == name), None)
    if found is None:
        abort(404)
    return Sitting(call, found)


@blueprint.get("/<call_id>/<name>")
@open_to(Policy.COMMITTEE)
def show(call_id: str, name: str) -> ResponseReturnValue:
    """A session: its dossiers, the marks, the ranking they give."""
    return _board(_sitting(call_id, name))


def _board(
    sitting: Sitting, error: str | None = None, code: int = 200, tried: str | None = None
) -> ResponseReturnValue:
    """The page. `tried`: the dossier whose mark was refused, for `error`."""
    session, visitor = db.session(), security.required_visitor()
    board = committee.board(session, sitting.call.id, sitting.session.id, visitor.region, visitor.account)
    sits = any(m.id == visitor.account for m in board.members)
    if not (sits or visitor.is_agent):
        abort(404)
    return (
        render_template(
            "committee_session.html",
            sitting=sitting,
            board=board,
            error=error,
            tried=tried,
            typed=request.form.get("note", ""),
            highest=committee.HIGHEST,
            may_mark=sits,
            absent=committee.could_sit(session, visitor.region, board.members),
            open_state=State.COMMITTEE.value,
            letters=session_letters(visitor, sitting.call.id, sitting.session.id),
            meeting={name: request.form.get(field, "") for field, name in _MEETING.items()},
        ),
        code,
    )


@blueprint.post("/<call_id>/<name>/membres")
@open_to(Policy.AGENTS)
def add_member(call_id: str, name: str) -> ResponseReturnValue:
    """Have a member of the region sit."""
    sitting, visitor = _sitting(call_id, name), security.required_visitor()
    try:
        account = db.session().get(Account, UUID(request.form.get("membre", "")))
    except ValueError:
        account = None
    if account is None or account.region != visitor.region or account.role != "member":
        return _board(sitting, "Choisissez un membre de la liste.", 422)
    committee.add_member(db.session(), call_id, name, account.id)
    return redirect(url_for("committee.show", call_id=call_id, name=name), 303)


@blueprint.post("/<call_id>/<name>/notes/<number>")
@open_to(Policy.COMMITTEE)
def mark(call_id: str, name: str, number: str) -> ResponseReturnValue:
    """Keep the visitor’s own mark on a dossier."""
    sitting, visitor = _sitting(call_id, name), security.required_visitor()
    row = page_of(db.session(), visitor, number, security.clocks().legal()).row
    if row.call != call_id or row.session != name:
        abort(404)
    linked = request.form.get("lien") == "oui"
    try:
        value = committee.read_mark(number, request.form.get("note", ""), linked=linked)
        now = security.clocks().machine()
        committee.mark(db.session(), row, visitor.account, value=value, linked=linked, now=now)
    except (committee.NotAMemberError, committee.MarkRefusedError) as error:
        return _board(sitting, str(error), 422, number)
    return redirect(url_for("committee.show", call_id=call_id, name=name), 303)


#: The fields of a meeting, as its form names them.
_MEETING = {"jour": "on", "heure": "at", "lieu": "place", "urgence": "urgent"}


@blueprint.post("/<call_id>/<name>/convocations")
@open_to(Policy.AGENTS)
def convene(call_id: str, name: str) -> ResponseReturnValue:
    """Ask for the convocations of a meeting."""
    sitting, visitor = _sitting(call_id, name), security.required_visitor()
    typed = {name: request.form.get(field, "") for field, name in _MEETING.items()}
    try:
        due = sessions.convene(db.session(), sitting.call, sitting.session, visitor.actor, times(), typed)
    except LetterRefusedError as error:
        return _board(sitting, str(error), 422)
    return redirect(url_for("letter_pages.project", due=due), 303)


@blueprint.post("/<call_id>/<name>/proces-verbal")
@open_to(Policy.AGENTS)
def minutes(call_id: str, name: str) -> ResponseReturnValue:
    """Ask for the procès-verbal of the session."""
    sitting, visitor = _sitting(call_id, name), security.required_visitor()
    due = sessions.ask_minutes(db.session(), sitting.call, sitting.session, visitor.actor, times())
    return redirect(url_for("letter_pages.project", due=due), 303)


def _examined(call_id: str, name: str, number: str) -> tuple[Sitting, Page]:
    """A dossier of a session, for somebody who may read it: a member linked to it may not (A40)."""
    sitting, visitor, session = _sitting(call_id, name), security.required_visitor(), db.session()
    page = page_of(session, visitor, number, security.clocks().legal())
    linked = committee.is_linked(session, page.row.id, visitor.account)
    if page.row.call != call_id or page.row.session != name or linked:
        abort(404)
    return sitting, page


@blueprint.get("/<call_id>/<name>/dossiers/<number>")
@open_to(Policy.COMMITTEE)
def examine(call_id: str, name: str, number: str) -> ResponseReturnValue:
    """What a member reads of a dossier: the post, the frozen sheet, the pieces."""
    sitting, page = _examined(call_id, name, number)
    documents = reading.documents(page.session, page.row.id)
    return render_template(
        "committee_dossier.html", sitting=sitting, page=page, view=page.facts, call=page.call, documents=documents
    )


@blueprint.get("/<call_id>/<name>/dossiers/<number>/documents/<uuid:document>")
@open_to(Policy.COMMITTEE)
def read(call_id: str, name: str, number: str, document: UUID) -> Response:
    """A document of such a dossier."""
    _, page = _examined(call_id, name, number)
    return sent_document(page, document)
