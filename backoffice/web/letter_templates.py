"""The templates of letters: which an agency changed, changing one, trying it on invented letters before it is kept."""

from __future__ import annotations

import io
from http import HTTPStatus

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from backoffice.services.callbook import parsed
from backoffice.services.effect_words import effect_name
from backoffice.services.letters import templates
from backoffice.services.letters.layout_words import lent_to
from backoffice.services.letters.sources import authority_key
from backoffice.services.letters.template_words import Fault, TemplateRefusedError
from backoffice.store import letters as store
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.web import security
from backoffice.web.policy import Policy, open_to
from workflows.letters.data import Stamp
from workflows.letters.kinds import KINDS
from workflows.letters.members import Sample, named
from workflows.letters.mentions import label_of, mentions_of, sentences_of

blueprint = Blueprint("letter_templates", __name__, url_prefix="/modeles")


def _authorities() -> dict[str, str]:
    """The authorities that run a call, by what their templates are kept under."""
    calls = (parsed(version) for version in reading.calls_in_force(db.session()))
    return {authority_key(call): call.authority.name for call in calls}


@blueprint.get("")
@open_to(Policy.ADMIN)
def index() -> ResponseReturnValue:
    """Every letter of an authority, with the version that is in force: the first one, unless another is asked for."""
    every = dict(sorted(_authorities().items()))
    chosen = request.args.get("agence", next(iter(every), ""))
    known = {chosen: every[chosen]} if chosen in every else every
    kept = {
        (authority, row.code): row
        for authority in known
        for row in reversed(store.template_history(db.session(), authority))
    }
    lines = [(key, name, code, kept.get((key, code))) for key, name in sorted(known.items()) for code in KINDS]
    return render_template("letter_templates.html", lines=lines, name_of=effect_name, authorities=every, chosen=chosen)


def _known(authority: str, code: str) -> str:
    """The name of an authority; 404 for one, or a letter, that nobody knows."""
    known = _authorities()
    if authority not in known or code not in KINDS:
        abort(HTTPStatus.NOT_FOUND)
    return known[authority]


@blueprint.get("/<authority>/<code>")
@open_to(Policy.ADMIN)
def show(authority: str, code: str) -> ResponseReturnValue:
    """The template in force, to change it."""
    return _page(authority, code)


def _page(authority: str, code: str, typed: str | None = None, faults: tuple[Fault, ...] = ()) -> ResponseReturnValue:
    name, session = _known(authority, code), db.session()
    current = templates.in_force(session, authority, code)
    history = [row for row in store.template_history(session, authority) if row.code == code]
    return render_template(
        "letter_template.html",
        authority=authority,
        name=name,
        code=code,
        what=effect_name(code),
        current=current,
        text=current.text if typed is None else typed,
        faults=faults,
        history=history,
        authors=reading.authors(session, {row.saved_by for row in history}),
        members=[*named(KINDS[code].data, "data"), *named(Stamp, "stamp")],
        lent=lent_to(KINDS[code]),
        mentions=[label_of(KINDS[code].data, path) for path in mentions_of(KINDS[code])],
        sentences=[lent for lent in lent_to(KINDS[code]) if lent.name in sentences_of(KINDS[code])],
        samples=Sample,
        kept=request.args.get("fait") == "garde",
    ), HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK


@blueprint.post("/<authority>/<code>")
@open_to(Policy.ADMIN)
def save(authority: str, code: str) -> ResponseReturnValue:
    """Keep a template, try it, or come back to the one of the product."""
    _known(authority, code)
    text, by, now = request.form.get("modele", ""), str(security.required_visitor().account), security.clocks().legal()
    text = text.replace("\r\n", "\n")
    wanted = request.form.get("essai", "")
    try:
        if wanted in set(Sample):
            return _tried(code, text, Sample(wanted))
        if request.form.get("origine"):
            templates.restore(db.session(), authority, code, by=by, now=now)
        else:
            templates.save(db.session(), authority, code, text, by=by, now=now)
    except TemplateRefusedError as error:
        return _page(authority, code, text, error.faults)
    after = url_for("letter_templates.show", authority=authority, code=code, fait="garde")
    return redirect(after, HTTPStatus.SEE_OTHER)


def _tried(code: str, text: str, which: Sample) -> Response:
    """An invented letter on a text that is not kept: nothing is written."""
    content = templates.preview(code, text, which)
    response = send_file(io.BytesIO(content), mimetype="application/pdf", download_name="essai.pdf")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
