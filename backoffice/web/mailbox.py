"""The demonstration’s mailbox: every mail that left, as its reader got it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
@open_to(Policy.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The last mails, the newest first."""
    files = sorted(_folder().glob("*.eml"), reverse=True)[:_SHOWN]
    return render_template("mailbox.html", mails=[_shown(path) for path in files])


@blueprint.get("/<name>")
@open_to(Policy.SIGNED_IN)
def show(name: str) -> ResponseReturnValue:
    """One mail."""
    path = _folder() / f"{name}.eml"
    if not name.replace("-", "").isalnum() or not path.exists():
        abort(404)
    body = _read(path).get_body(("plain",))
    return render_template("mail.html", mail=_shown(path), body=_unfolded(body.get_content() if body else ""))


def _unfolded(body: str) -> str:
    """A text whose lines were cut for mail programs, each paragraph and each item on one line again."""
    lines: list[str] = []
    joined = False
    for line in body.strip().splitlines():
        if joined and line and not line.startswith("- "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
        joined = bool(line)
    return "\n".join(lines)
