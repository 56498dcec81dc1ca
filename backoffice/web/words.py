"""Words and formats for templates: everything French a page shows goes through here."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import Flask, request
from markupsafe import Markup, escape

from backoffice.web import security
from workflows import french
from workflows.acts import ACTS
from workflows.calendars import Calendar
from workflows.states import State

#: Hue and glyph of each state’s badge.
BADGES = {
    State.DRAFT: ("", "draft"),
    State.SUBMITTED: ("tp-blue", "submitted"),
    State.COMPLETE: ("tp-blue", "complete"),
    State.COMMITTEE: ("tp-blue", "committee"),
    State.RESERVE: ("tp-teal", "reserve"),
    State.SELECTED: ("tp-green", "selected"),
    State.NOTIFIED: ("tp-green", "notified"),
    State.IN_POST: ("tp-green", "in_post"),
    State.WITHDRAWN: ("tp-plum", "withdrawn"),
    State.REJECTED: ("", "rejected"),
    State.ENDED: ("", "ended"),
    State.CLAWBACK: ("tp-plum", "clawback"),
}
_REFERENCE = re.compile(r"txt:([0-9a-f-]{36}):[0-9a-f]{32}")


def install(app: Flask) -> None:
    """Give templates their filters and the names every page uses."""
    app.jinja_env.filters.update(
        jour=french.day,
        jour_court=french.short_day,
        euros=_euros,
        part=french.share,
        instant=_instant,
        typo=_typo,
        badge=badge,
    )
    app.jinja_env.globals["form_key"] = lambda: str(uuid4())
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    return {
        "visitor": security.visitor(),
        "demo": security.settings().demo,
        "legal_now": security.clocks().legal(),
        "notice": _notice(request.args.get("fait", "")),
    }


def _notice(act: str) -> str:
    """What was just done, named by the address that one was sent to: no message is kept anywhere."""
    return french.typography(f"{ACTS[act].label} : c’est fait.") if act in ACTS else ""


def _euros(value: Decimal) -> str:
    return french.amount(value)


def _instant(value: datetime, zone: str = "Europe/Paris") -> str:
    return french.instant(value, zone)


def _typo(text: str) -> str:
    return french.typography(text)


def badge(state: str | State) -> Markup:
    """The badge of a state: word, glyph and hue."""
    known = State(state)
    hue, glyph = BADGES[known]
    return Markup(
        '<span class="tp-state {}"><svg class="tp-icon" viewBox="0 0 12 12" aria-hidden="true">'
        '<use href="#i-{}"/></svg>{}</span>'
    ).format(hue, glyph, known.label)


def resolved(text: str, texts: dict[str, str]) -> str:
    """A sentence with the personal texts it refers to."""
    return _REFERENCE.sub(lambda match: texts.get(match.group(1), "[texte introuvable]"), text)


def relative(day: date, today: date, calendar: Calendar) -> str:
    """A day as one speaks of it: "aujourd’hui", "dans 3 jours ouvrés", "en retard de 2 jours ouvrés"."""
    if day == today:
        return "aujourd’hui"
    days = calendar.working_days_between(today, day)
    words = french.count(abs(days), "jour ouvré", "jours ouvrés")
    if day > today:
        return f"dans {words}" if days else "d’ici le prochain jour ouvré"
    return f"en retard de {words}" if days else "passé"


def escaped_lines(text: str) -> Markup:
    """A text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())
