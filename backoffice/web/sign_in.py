"""Signing in and out."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import accounts
from backoffice.store.base import db
from backoffice.web import security
from backoffice.web.policy import Policy, open_to

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/connexion")
@open_to(Policy.ANYBODY)
def form() -> ResponseReturnValue:
    """The form; somebody who is signed in already goes on to where they were going."""
    if security.visitor() is not None:
        return redirect(security.local_path(request.args.get("vers")))
    return _page()


def _page(error: str | None = None, email: str = "", code: int = 200) -> ResponseReturnValue:
    target = security.local_path(request.values.get("vers"))
    secret = request.cookies.get(security.visit_cookie()) or secrets.token_urlsafe(32)
    token = security.visit_token(secret)
    page = render_template("sign_in.html", error=error, email=email, target=target, token=token)
    response = make_response(page, code)
    _keep(response, security.visit_cookie(), secret)
    return response


def _keep(response: Response, name: str, secret: str, lasting: timedelta | None = None) -> None:
    """Give the browser a secret that no script and no other site reads; without `lasting`, until it is closed."""
    response.set_cookie(
        name,
        secret,
        max_age=lasting,
        secure=not security.settings().insecure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )


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
    before = request.cookies.get(security.cookie_name())
    if before:
        accounts.sign_out(db.session(), before)
    response = make_response(redirect(security.local_path(request.form.get("vers"))))
    _keep(response, security.cookie_name(), opened.secret, accounts.ABSOLUTE)
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
