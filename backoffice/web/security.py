"""What every request goes through: who visits, which headers leave, which forms are genuine."""

from __future__ import annotations

import hmac
import re
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services.accounts import Visitor, digest, visitor_of
from backoffice.services.clocks import Clocks
from backoffice.store.base import db
from backoffice.web.policy import Policy, admits, policy_of
from config.settings import Settings

_CSP = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ONE_YEAR = 31_536_000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
#: Endpoint of the form that opens a session: the only one sent by somebody who has none.
SIGN_IN = "sign_in.enter"
#: The room that machines look into: nobody is signed in there, and the database may be away.
MACHINES = "health"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: The largest form without a file, in bytes.
LARGEST_FORM = 512 * 1024


def settings() -> Settings:
    """The settings of this application."""
    found: Settings = current_app.extensions["settings"]
    return found


def clocks() -> Clocks:
    """The clocks of this application."""
    found: Clocks = current_app.extensions["clocks"]
    return found


def cookie_name() -> str:
    """Name of the session cookie: bound to the host over https."""
    return "session" if settings().insecure_cookies else "__Host-session"


def visit_cookie() -> str:
    """Name of the cookie of a browser that has not signed in yet."""
    return "visite" if settings().insecure_cookies else "__Host-visite"


def visit_token(secret: str | None) -> str | None:
    """The token that the sign-in form carries, drawn from the cookie of the browser; None without one."""
    return digest(secret) if secret else None


def visitor() -> Visitor | None:
    """Who visits, if somebody is signed in."""
    found: Visitor | None = g.get("visitor")
    return found


def required_visitor() -> Visitor:
    """Who visits a page that needs somebody signed in."""
    found = visitor()
    if found is None:
        abort(401)
    return found


def form_key() -> str:
    """The key of the form that was sent: the same one when it is sent twice. A new one for a form without."""
    try:
        return str(UUID(request.form.get("cle", "")))
    except ValueError:
        return str(uuid4())


def protect(app: Flask) -> None:
    """Install the checks around every request."""
    app.before_request(_admit)
    app.after_request(_harden)


def _admit() -> ResponseReturnValue | None:
    _check_readable()
    secret = request.cookies.get(cookie_name()) if request.blueprint != MACHINES else None
    g.visitor = visitor_of(db.session(), secret, clocks().machine()) if secret else None
    view = current_app.view_functions.get(request.endpoint or "")
    policy = policy_of(view) if view is not None else Policy.ANYBODY
    if policy is None:
        abort(404)
    here = visitor()
    if not admits(policy, here.role if here else None):
        if here is None and request.method in SAFE:
            return redirect(url_for("sign_in.form", vers=request.full_path.rstrip("?")))
        abort(401 if here is None else 404)
    if request.method not in SAFE:
        _check_genuine(here)
    return None


def _check_readable() -> None:
    """No address holds a control character, which no database of ours would look for; a form stays small."""
    if any(_CONTROL.search(str(value)) for value in (request.view_args or {}).values()):
        abort(404)
    if any(_CONTROL.search(text) for pair in request.args.items(multi=True) for text in pair):
        abort(400)
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM


def _check_genuine(here: Visitor | None) -> None:
    """An unsafe request comes from one of our pages: same origin, and the token of the session, or of the visit for
    the form that opens a session.
    """
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)
    expected = here.csrf if here is not None else None
    if request.endpoint == SIGN_IN:
        expected = visit_token(request.cookies.get(visit_cookie())) or abort(403)
    if expected is not None and not hmac.compare_digest(request.form.get("csrf", "").encode(), expected.encode()):
        abort(403)


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not settings().insecure_cookies:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_ONE_YEAR}; includeSubDomains")
    if request.endpoint != "static" or response.status_code != HTTPStatus.OK:
        response.headers["Cache-Control"] = "no-store"
    if response.location is not None:
        response.set_data(b"")  # nobody reads the page of a redirection
    return response


def local_path(target: str | None) -> str:
    """A path on this site to go back to; the home page for anything else."""
    parts = urlsplit(target or "")
    safe = target and not parts.scheme and not parts.netloc and target.startswith("/") and "\\" not in target
    return target if safe and target and not target.startswith("//") else "/"
