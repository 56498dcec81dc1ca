"""The pages that say what this is: help, personal data, legal notice. Open to everybody."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from backoffice.services import accounts
from backoffice.web.policy import Policy, open_to

blueprint = Blueprint("about", __name__)


@blueprint.get("/aide")
@open_to(Policy.ANYBODY)
def help_page() -> ResponseReturnValue:
    """How a dossier goes, and where to find things."""
    return render_template("about_help.html")


@blueprint.get("/donnees-personnelles")
@open_to(Policy.ANYBODY)
def privacy() -> ResponseReturnValue:
    """What is kept of people, why, and their rights."""
    hours, minutes = int(accounts.ABSOLUTE.total_seconds() // 3600), int(accounts.IDLE.total_seconds() // 60)
    return render_template("about_privacy.html", hours=hours, minutes=minutes)


@blueprint.get("/mentions-legales")
@open_to(Policy.ANYBODY)
def legal() -> ResponseReturnValue:
    """Who publishes, and the state of accessibility."""
    return render_template("about_legal.html")
