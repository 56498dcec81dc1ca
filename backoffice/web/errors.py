"""Errors as pages: what happened, what to do, what is safe. Never a trace, always a reference."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from typing import cast

from flask import Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.exceptions import HTTPException

_log = logging.getLogger(__name__)

_SAID = {
    400: (
        "Demande illisible",
        "La page a envoyé quelque chose que nous ne comprenons pas. Revenez en arrière et recommencez.",
    ),
    401: (
        "Connexion nécessaire",
        "Votre session est finie. Connectez-vous de nouveau ; rien de ce qui était enregistré n’est perdu.",
    ),
    403: ("Formulaire refusé", "Ce formulaire ne vient pas de cette session. Rechargez la page et recommencez."),
    404: ("Page introuvable", "Cette page n’existe pas, ou elle ne vous est pas ouverte. Vérifiez l’adresse."),
    405: ("Action impossible ici", "Cette adresse ne reçoit pas cette action. Revenez à la page précédente."),
    413: (
        "Envoi trop lourd",
        "L’envoi dépasse ce qui est accepté (10 Mo par document). Réduisez le document et recommencez.",
    ),
    503: (
        "Service momentanément occupé",
        "La base n’a pas répondu à temps. Recommencez dans un instant : rien ne sera enregistré deux fois.",
    ),
}
#: When to try again, for programs that ask.
RETRY_SECONDS = 5
_NOWHERE = frozenset({401, 404, 405})
_BROKEN = (
    "Erreur inattendue",
    "Rien n’a été enregistré. Recommencez ; si l’erreur revient, donnez cette référence à l’administrateur.",
)


def install(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(NoConnectionError, _busy)
    app.register_error_handler(Exception, _broken)


def page(code: int, title: str, text: str, reference: str | None = None) -> ResponseReturnValue:
    """An error page, with the way back to what one was doing."""
    return (
        render_template("error.html", title=title, text=text, reference=reference, notice="", ways=list(_ways(code))),
        code,
    )


def _ways(code: int) -> Iterator[tuple[str, str]]:
    """Where one may go back to: address and words. A page that is not found says nothing of what is around it."""
    if code in _NOWHERE:
        return
    values = request.view_args or {}
    if request.method == "POST" and _opens(request.path):
        yield request.path, "Revenir au formulaire"
    if "number" in values:
        yield url_for("dossiers.show", number=values["number"]), f"Revenir au dossier {values['number']}"


def _opens(path: str) -> bool:
    """True for an address that can also be opened."""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # noqa: PLR2004 - a redirection is no error
        return error.get_response()
    title, text = _SAID.get(code, _BROKEN)
    return page(code, title, text)


def _database(error: DBAPIError) -> ResponseReturnValue:
    """The database is away, restarts or is busy; or something is wrong with what we asked of it."""
    away = isinstance(error, OperationalError) or error.connection_invalidated
    return _busy(error) if away else _broken(error)


def _busy(error: Exception) -> ResponseReturnValue:
    """The database cannot answer now, or every connection to it is in use."""
    _log.warning("database busy: %s", getattr(error, "orig", error))
    text, code = cast("tuple[str, int]", page(503, *_SAID[503]))
    return text, code, {"Retry-After": str(RETRY_SECONDS)}


def _broken(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    _log.exception("unexpected error %s", reference)
    return page(500, *_BROKEN, reference=reference)
