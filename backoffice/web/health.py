"""What machines ask of this one: is it alive, can it serve, how does it do? Nobody is signed in here."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from backoffice.services import metrics as figures
from backoffice.services.health import DOWN, Doorkeeper, examined
from backoffice.store.base import db
from backoffice.web import security
from backoffice.web.policy import Policy, open_to

blueprint = Blueprint(security.MACHINES, __name__)


@blueprint.get("/healthz")
@open_to(Policy.ANYBODY)
def alive() -> ResponseReturnValue:
    """This process answers. Asks nothing of the database."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@open_to(Policy.ANYBODY)
def ready() -> ResponseReturnValue:
    """This process can serve: 200, degraded or not; 503 when it cannot. Never takes more than three seconds."""
    found = _doorkeeper().answer()
    code = HTTPStatus.SERVICE_UNAVAILABLE if found.status == DOWN else HTTPStatus.OK
    return jsonify(status=found.status, checks=found.checks), code


def _doorkeeper() -> Doorkeeper:
    settings, clocks = security.settings(), security.clocks()
    made = Doorkeeper(lambda: examined(settings, clocks.machine()))
    found: Doorkeeper = current_app.extensions.setdefault("doorkeeper", made)
    return found


@blueprint.get("/metrics")
@open_to(Policy.ANYBODY)
def metrics() -> ResponseReturnValue:
    """The figures, for who shows the token; without a token in the settings there is no such page."""
    token = security.settings().metrics_token
    if token is None:
        abort(HTTPStatus.NOT_FOUND)
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), token.encode()):
        return Response("", HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
    return Response(figures.exposition(db.session(), security.clocks().machine()), content_type=figures.CONTENT_TYPE)
