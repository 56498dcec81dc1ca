"""The entry of the web server: ``gunicorn 'backoffice.web.wsgi:load()'``."""

from __future__ import annotations

from flask import Flask

from backoffice.web.app import create_app
from config.settings import for_service


def load() -> Flask:
    """The application, as the environment sets it. Raises SettingsError."""
    return create_app(for_service())
