"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import accounts
from backoffice.store.base import db
from backoffice.web import security
from backoffice.web.policy import Policy, open_to

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/connexion")
@open_to(Policy.ANYBODY)
def form() -> ResponseReturnValue:
    """The form."""
    return _page()


def _page(error: str | None = None, email: str = "", code: int = 200) -> ResponseReturnValue:
    target = security.local_path(request.values.get("vers"))
    return render_template("sign_in.html", error=error, email=email, target=target), code


@blueprint.post("/connexion")
@open_to(Policy.ANYBODY)
def enter() -> ResponseReturnValue:
    """Open a session, always a new one."""
    email, password = request.form.get("email", "")[:254], request.form.get("password", "")
    email = email if email.isprintable() else ""
    address = request.remote_addr or "?"
    try:
        opened = accounts.sign_in(db.session(), email, password, address=address, now=security.clocks().machine())
    except accounts.TooManyTriesError as error:
        return _page(str(error), email, 429)
    if opened is None:
        return _page("L’adresse ou le mot de passe ne correspondent pas. Vérifiez-les et recommencez.", email, 422)
    response = make_response(redirect(security.local_path(request.form.get("vers"))))
    response.set_cookie(
        security.cookie_name(),
        opened.secret,
        max_age=int(accounts.ABSOLUTE.total_seconds()),
        secure=not security.settings().insecure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@blueprint.post("/deconnexion")
@open_to(Policy.SIGNED_IN)
def leave() -> ResponseReturnValue:
    """Close the session."""
    secret = request.cookies.get(security.cookie_name())
    if secret:
        accounts.sign_out(db.session(), secret)
    response = make_response(redirect(url_for("sign_in.form")))
    response.delete_cookie(security.cookie_name(), path="/", secure=not security.settings().insecure_cookies)
    return response
