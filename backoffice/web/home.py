"""The first page: each visitor is sent to their own list."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from backoffice.web.policy import Policy, open_to

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@open_to(Policy.SIGNED_IN)
def index() -> ResponseReturnValue:
    """Everybody’s first page is their list of dossiers."""
    return redirect(url_for("dossiers.index"))
