"""The demonstration’s mailbox: every mail that left, as its reader got it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from backoffice.web import security
from backoffice.web.policy import Policy, open_to

blueprint = Blueprint("mailbox", __name__, url_prefix="/courriels")
_SHOWN = 200


def _folder() -> Path:
    return security.settings().home / "mail"


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("not a mail")
    return message


@blueprint.get("")
@open_to(Policy.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The last mails, the newest first."""
    files = sorted(_folder().glob("*.eml"), reverse=True)[:_SHOWN]
    return render_template("mailbox.html", mails=[(path.stem, _read(path)) for path in files])


@blueprint.get("/<name>")
@open_to(Policy.SIGNED_IN)
def show(name: str) -> ResponseReturnValue:
    """One mail."""
    path = _folder() / f"{name}.eml"
    if not name.replace("-", "").isalnum() or not path.exists():
        abort(404)
    message = _read(path)
    body = message.get_body(("plain",))
    return render_template("mail.html", mail=message, body=body.get_content() if body else "")
