"""The first page: each visitor is sent to what they come for."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from backoffice.web import security
from backoffice.web.policy import Policy, open_to
from workflows.actors import Role

blueprint = Blueprint("home", __name__)

_FIRST_PAGES = {Role.ADMIN: "users.index", Role.MEMBER: "committee.index"}


@blueprint.get("/")
@open_to(Policy.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The list of dossiers; the sessions for a member of a committee, the accounts for an administrator."""
    return redirect(url_for(_FIRST_PAGES.get(security.required_visitor().role, "dossiers.index")))
