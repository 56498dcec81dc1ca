"""The accounts of the installation: who may sign in, and closing an account or opening it again."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import accounts
from backoffice.store.base import db
from backoffice.web import security
from backoffice.web.policy import Policy, open_to
from workflows.actors import Role
from workflows.regions import REGIONS

blueprint = Blueprint("users", __name__, url_prefix="/utilisateurs")

ROLES = {
    Role.CANDIDATE: "Candidat",
    Role.ESTABLISHMENT: "Établissement",
    Role.MEMBER: "Membre de commission",
    Role.INSTRUCTOR: "Instructeur",
    Role.HEAD: "Responsable",
    Role.DG: "Directeur général",
    Role.ADMIN: "Administrateur",
}


@blueprint.get("")
@open_to(Policy.ADMIN)
def index() -> ResponseReturnValue:
    """Every account."""
    return _page()


def _page(error: str = "", code: int = 200) -> ResponseReturnValue:
    known = accounts.everybody(db.session())
    return render_template(
        "users.html",
        known=known,
        closed=sum(k.account.disabled_at is not None for k in known),
        role_of=lambda k: ROLES[Role(k.account.role)],
        place_of=_place,
        error=error,
    ), code


def _place(known: accounts.Known) -> str:
    """Where somebody belongs: their establishment or their region; empty for the others."""
    code = known.account.region or ""
    return known.establishment or (REGIONS[code].name if code in REGIONS else code)


@blueprint.post("/<uuid:account>/fermer")
@open_to(Policy.ADMIN)
def close(account: UUID) -> ResponseReturnValue:
    """Close an account."""
    me, now = security.required_visitor().account, security.clocks().machine()
    try:
        accounts.close_account(db.session(), account, by=me, now=now)
    except LookupError:
        abort(HTTPStatus.NOT_FOUND)
    except accounts.AccountLeftAloneError as error:
        return _page(str(error), 422)
    return redirect(url_for("users.index"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:account>/rouvrir")
@open_to(Policy.ADMIN)
def reopen(account: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    try:
        accounts.reopen_account(db.session(), account)
    except LookupError:
        abort(HTTPStatus.NOT_FOUND)
    return redirect(url_for("users.index"), HTTPStatus.SEE_OTHER)
