"""The demonstration’s mailbox: every mail that left, of every agency, for its staff to look at.

Establishments and doctors read theirs in each dossier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from backoffice.web import security
from backoffice.web.letters import unfolded
from backoffice.web.policy import Policy, open_to

blueprint = Blueprint("mailbox", __name__, url_prefix="/courriels")
_PAGE = 40


def _folder() -> Path:
    return security.settings().home / "mail"


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("not a mail")
    return message


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as the page names it."""

    name: str
    subject: str
    sender: str
    to: str
    at: datetime | None


def _shown(path: Path) -> Shown:
    message = _read(path)
    date = message["Date"]
    return Shown(
        path.stem, message["Subject"] or "", message["From"] or "", message["To"] or "", getattr(date, "datetime", None)
    )


@blueprint.get("")
@open_to(Policy.STAFF)
def index() -> ResponseReturnValue:
    """A page of the mails, the newest first."""
    files = sorted(_folder().glob("*.eml"), reverse=True)
    pages = max(1, -(-len(files) // _PAGE))
    page = max(1, min(request.args.get("page", 1, type=int) or 1, pages))
    shown = [_shown(path) for path in files[(page - 1) * _PAGE : page * _PAGE]]
    return render_template("mailbox.html", mails=shown, number=len(files), page=page, pages=pages)


@blueprint.get("/<name>")
@open_to(Policy.STAFF)
def show(name: str) -> ResponseReturnValue:
    """One mail."""
    path = _folder() / f"{name}.eml"
    if not name.replace("-", "").isalnum() or not path.exists():
        abort(404)
    body = _read(path).get_body(("plain",))
    return render_template("mail.html", mail=_shown(path), body=unfolded(body.get_content() if body else ""))
