"""One letter: where it stands, its pages as they are laid out, the acts on it, its file for whoever it is for."""

from __future__ import annotations

import io
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from backoffice.services.accounts import Visitor
from backoffice.services.documents import Received, shelf_of
from backoffice.services.effect_words import effect_name, letter_words, whom
from backoffice.services.letters import sending, signing, stages
from backoffice.services.letters.hurdles import hurdle
from backoffice.services.letters.making import LetterRefusedError, outdated, prepare
from backoffice.services.letters.sources import source
from backoffice.services.people import signatories
from backoffice.store import letter_lists as store
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.store.dossiers import DossierRow
from backoffice.store.letters import FILED, Letter
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.signed_copies import signed_copy
from backoffice.web import security
from backoffice.web.letter_room import signatory_given, times
from backoffice.web.letter_steps import lead_of
from backoffice.web.letter_subjects import subject_of
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import scope_of
from workflows.letters.kinds import KINDS

blueprint = Blueprint("letter_pages", __name__, url_prefix="/courriers")

_SANDBOX = "default-src 'none'; sandbox"


def _due(due: UUID) -> tuple[LetterDue, DossierRow | None]:
    found = store.asked(db.session(), scope_of(security.required_visitor()), [due])
    if not found or found[0][0].code not in KINDS:
        abort(HTTPStatus.NOT_FOUND)
    return found[0]


def _letter(letter: UUID) -> tuple[Letter, DossierRow | None]:
    found = store.one(db.session(), scope_of(security.required_visitor()), letter)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


@blueprint.get("/a-preparer/<uuid:due>")
@open_to(Policy.AGENTS)
def project(due: UUID) -> ResponseReturnValue:
    """A letter that nobody prepared yet, as it would be: nothing is written."""
    asked, row = _due(due)
    found = source(db.session(), asked, row)
    parties = found.parties
    party = request.args.get("pour", parties[0] if parties else "")
    if parties and party not in parties:
        abort(HTTPStatus.NOT_FOUND)
    pages, error = 0, ""
    missing: tuple[str, ...] = ()
    try:
        drafted = stages.preview(db.session(), asked, row, party) if parties else None
        pages, missing = (len(drafted.pages), drafted.missing) if drafted else (0, ())
    except LetterRefusedError as refused:
        error = str(refused)
    return render_template(
        "letter_project.html",
        due=asked,
        about=subject_of(asked, row),
        what=effect_name(asked.code),
        to=whom(asked.addressee),
        parties=parties,
        party=party,
        pages=pages,
        missing=missing,
        error=error,
    )


@blueprint.get("/a-preparer/<uuid:due>/page-<int:page>.png")
@open_to(Policy.AGENTS)
def project_page(due: UUID, page: int) -> Response:
    """A page of such a letter."""
    asked, row = _due(due)
    if request.args.get("pour", "") not in source(db.session(), asked, row).parties:
        abort(HTTPStatus.NOT_FOUND)
    try:
        drafted = stages.preview(db.session(), asked, row, request.args.get("pour", ""))
    except LetterRefusedError:
        abort(HTTPStatus.NOT_FOUND)
    return _image(list(drafted.pages), page)


def _image(pages: list[bytes], page: int) -> Response:
    if not 1 <= page <= len(pages):
        abort(HTTPStatus.NOT_FOUND)
    return Response(pages[page - 1], mimetype="image/png")


@blueprint.post("/a-preparer/<uuid:due>")
@open_to(Policy.AGENTS)
def draft(due: UUID) -> ResponseReturnValue:
    """Prepare the letters of a decision."""
    asked, row = _due(due)
    try:
        made = stages.draft(db.session(), due, security.required_visitor().actor, times())
    except LetterRefusedError as error:
        return render_template(
            "letter_project.html",
            due=asked,
            about=subject_of(asked, row),
            what=effect_name(asked.code),
            to=whom(asked.addressee),
            parties=(),
            party="",
            pages=0,
            missing=(),
            error=str(error),
        ), HTTPStatus.UNPROCESSABLE_ENTITY
    if len(made) == 1:
        return redirect(url_for("letter_pages.show", letter=made[0]), HTTPStatus.SEE_OTHER)
    return redirect(subject_of(asked, row).href, HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:letter>")
@open_to(Policy.AGENTS)
def show(letter: UUID) -> ResponseReturnValue:
    """A letter that was prepared."""
    return _shown(letter)


def _shown(letter: UUID, error: str = "") -> ResponseReturnValue:
    session = db.session()
    row, dossier = _letter(letter)
    due = session.get_one(LetterDue, row.due)
    found = source(session, due, dossier)
    stands = row.voided_at is None and row.sent_at is None
    why = outdated(session, row, found) if stands else None
    missing: tuple[str, ...] = ()
    if stands and why is None and row.validated_at is None:
        missing = prepare(session, found, row.party).missing
    carrying = session.get(OutboxRow, row.sending) if row.sending else None
    copy = signed_copy(session, letter)
    acting = (row.drafted_by, row.validated_by, row.sent_by, copy.given_by if copy else None)
    names = reading.authors(session, {who for who in acting if who})
    try:
        pages = len(stages.preview_of(session, row)) if row.generated_at is None and why is None else 0
    except LetterRefusedError as refused:
        pages, error = 0, error or str(refused)
    return render_template(
        "letter_made.html",
        letter=row,
        about=subject_of(due, dossier),
        what=letter_words(row.code, row.data),
        to=whom(row.addressee),
        why=why,
        missing=missing,
        pages=pages,
        carrying=carrying,
        names=names,
        signed=KINDS[row.code].signed if row.code in KINDS else False,
        signing=signatories(session, found.region),
        copy=copy,
        decides=signing.decides(row.code),
        blocked=hurdle(row, security.required_visitor().actor, {letter} if copy else ()),
        lead=lead_of(row, by_another=row.code in KINDS and KINDS[row.code].signed),
        gone=due.cancelled_at is not None or not found.stands,
        paper=sending.PAPER,
        channels={sending.MAIL: "courriel", FILED: "versé au dossier", **sending.PAPER},
        error=error,
        today=security.clocks().legal(),
    ), HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


@blueprint.get("/<uuid:letter>/page-<int:page>.png")
@open_to(Policy.AGENTS)
def page_of_letter(letter: UUID, page: int) -> Response:
    """A page of a letter that is not made yet; one that was made is its file."""
    row, _ = _letter(letter)
    try:
        return _image(stages.preview_of(db.session(), row), page)
    except LetterRefusedError:
        abort(HTTPStatus.NOT_FOUND)


@blueprint.post("/<uuid:letter>/<what>")
@open_to(Policy.AGENTS)
def act(letter: UUID, what: str) -> ResponseReturnValue:
    """One act on a letter: validate, make, give its signed copy, send by mail, note a sending on paper, redo."""
    _letter(letter)
    if what not in _ACTS:
        abort(HTTPStatus.NOT_FOUND)
    try:
        after = _ACTS[what](letter, security.required_visitor())
    except LetterRefusedError as error:
        return _shown(letter, str(error))
    return redirect(url_for("letter_pages.show", letter=after or letter), HTTPStatus.SEE_OTHER)


def _on_paper(letter: UUID, visitor: Visitor) -> None:
    try:
        on = date.fromisoformat(request.form.get("jour", ""))
    except ValueError as error:
        raise LetterRefusedError("Donnez le jour de l’envoi.") from error
    channel = request.form.get("voie", "")
    sending.send_on_paper(db.session(), letter, visitor.actor, times(), channel=channel, on=on)


def _validate(letter: UUID, visitor: Visitor) -> None:
    stages.validate(db.session(), letter, visitor.actor, times(), signatory_given())


def _make(letter: UUID, visitor: Visitor) -> None:
    stages.make(db.session(), letter, visitor.actor.id, times(), shelf_of(security.settings()))


def _copied(letter: UUID, visitor: Visitor) -> None:
    sent = request.files.get("exemplaire")
    if sent is None or not sent.filename:
        raise LetterRefusedError("Choisissez l’exemplaire signé, en PDF.")
    given = Received(sent.filename, sent.read())
    signing.give_copy(db.session(), letter, given, visitor.actor, times(), shelf_of(security.settings()))


def _by_mail(letter: UUID, visitor: Visitor) -> None:
    sending.send_by_mail(db.session(), letter, visitor.actor, times())


def _redo(letter: UUID, visitor: Visitor) -> UUID:
    return stages.redo(db.session(), letter, visitor.actor, times())


_ACTS = {
    "valider": _validate,
    "produire": _make,
    "exemplaire": _copied,
    "envoyer": _by_mail,
    "papier": _on_paper,
    "refaire": _redo,
}


@blueprint.get("/<uuid:letter>.pdf")
@open_to(Policy.LETTERS)
def file(letter: UUID) -> Response:
    """The file of a letter, its signed copy when it has one: for agents once it is made, for its addressee once it was
    sent. A draft before; `?produit=oui`, for agents, the file as it was made.
    """
    row, _ = _letter(letter)
    visitor = security.required_visitor()
    if not visitor.is_agent:
        mine = row.party in {visitor.actor.id, visitor.actor.party}
        if not mine or row.sent_at is None:
            abort(HTTPStatus.NOT_FOUND)
    if row.sha256 is None:
        try:
            content = stages.draft_pdf(db.session(), row)
        except LetterRefusedError:
            abort(HTTPStatus.NOT_FOUND)
        response = send_file(io.BytesIO(content), mimetype="application/pdf", download_name="projet.pdf")
    else:
        as_made = visitor.is_agent and request.args.get("produit") == "oui"
        path = shelf_of(security.settings()).path(
            row.sha256 if as_made else signing.file_of(db.session(), row) or row.sha256
        )
        if not path.exists():
            abort(HTTPStatus.NOT_FOUND)
        name = sending.file_name(row)
        response = send_file(path, mimetype="application/pdf", as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response
