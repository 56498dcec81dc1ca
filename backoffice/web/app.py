"""The web application: the bare one, its pages, and the checks around every request."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from flask import Flask, Response, abort
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from backoffice.services.clocks import Clocks, clocks_of
from backoffice.store.database import bare_app
from backoffice.web import (
    about,
    account,
    acts,
    budget,
    committee,
    documents,
    dossier_list,
    errors,
    filing,
    health,
    home,
    letter_pages,
    letter_room,
    letter_templates,
    letters,
    mailbox,
    messages,
    operations,
    past,
    pieces,
    presenting,
    repayment_list,
    repayments,
    sign_in,
    users,
    words,
)
from backoffice.web.policy import Policy, check_declared, open_to
from backoffice.web.security import LARGEST_FORM, protect
from config.settings import Settings

#: The largest request accepted, in bytes: one document of the largest size and its form.
LARGEST_REQUEST = 12 * 1024 * 1024
_HERE = Path(__file__).parent


def create_app(settings: Settings, clocks: Clocks | None = None) -> Flask:
    """The application. Raises UndeclaredPolicyError when a route has no policy."""
    app = bare_app(settings, "backoffice.web")
    app.template_folder = str(_HERE / "templates")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FORM
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["clocks"] = clocks or clocks_of(settings)
    if settings.proxies:
        # the way Flask is wrapped: a method that an instance replaces
        trusted = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)
        app.wsgi_app = trusted  # type: ignore[method-assign]
    words.install(app)
    presenting.install(app)
    pieces.install(app)
    past.install(app)
    errors.install(app)
    operations.install(app)
    protect(app)
    rooms = [home, about, sign_in, dossier_list, filing, acts, documents, pieces, letters, messages, past]
    rooms += [committee, account, budget, users]
    rooms += [operations, health]
    rooms += [repayments, repayment_list]
    rooms += [letter_room, letter_pages, letter_templates]
    rooms += [mailbox] if settings.demo else []
    for room in rooms:
        app.register_blueprint(room.blueprint)
    app.add_url_rule("/static/<path:name>", "static", _static)
    check_declared(app)
    return app


@cache
def _stylesheet() -> str:
    """Bootstrap and our theme in one text: with two files some browsers style a page once before the theme."""
    bootstrap = resources.files("flask_bootstrap") / "static/bootstrap5/css/bootstrap.min.css"
    return bootstrap.read_text("utf-8") + "\n" + (_HERE / "static" / "theme.css").read_text("utf-8")


#: The files a page may ask for, with their types.
_FILES = {"app.css": "text/css", "favicon.svg": "image/svg+xml"}


@open_to(Policy.ANYBODY)
def _static(name: str) -> Response:
    if name not in _FILES:
        abort(404)
    text = _stylesheet() if name == "app.css" else (_HERE / "static" / name).read_text("utf-8")
    response = Response(text, mimetype=_FILES[name])
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    return response
