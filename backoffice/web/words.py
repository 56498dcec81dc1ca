"""Words and formats for templates: everything French a page shows goes through here."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import Flask, request
from markupsafe import Markup

from backoffice.web import security
from backoffice.web.notices import notice
from workflows import french
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
        jour=_day,
        jour_court=_short_day,
        euros=_euros,
        octets=french.size,
        part=french.share,
        instant=_instant,
        instant_legal=_instant_legal,
        typo=_typo,
        badge=badge,
        majuscule=capital,
        regle=rule,
        siret=french.siret,
    )
    app.jinja_env.globals["form_key"] = lambda: str(uuid4())
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    return {
        "visitor": security.visitor(),
        "demo": security.settings().demo,
        "legal_now": security.clocks().legal(),
        "notice": notice(request.args),
    }


def _day(value: date) -> str:
    return french.unbroken(french.day(value))


def _short_day(value: date) -> str:
    return french.unbroken(french.short_day(value))


def _euros(value: Decimal) -> str:
    return french.amount(value)


def _instant(value: datetime, zone: str = "Europe/Paris") -> str:
    return french.unbroken(french.instant(value, zone))


def _instant_legal(value: datetime) -> str:
    """An instant of the machine as the legal clock tells it."""
    clocks = security.clocks()
    return _instant(value + (clocks.legal() - clocks.machine()))


def _typo(text: str) -> str:
    return french.unbroken(french.typography(text))


def capital(text: str) -> str:
    """A text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


_CLAUSE, _DEFAULT = re.compile(r"[A-Z]{2,3}-\d+"), re.compile(r"[A-Z]\d+")


def rule(source: str | None) -> Markup | str:
    """What a reason rests on, in a few words: an article for everybody; a clause of the call or a default of the
    agency by its number for agents only, who find it in the explanation of the call.
    """
    if not source:
        return ""
    here = security.visitor()
    clause, default = _CLAUSE.fullmatch(source), _DEFAULT.fullmatch(source)
    if not clause and not default:
        return Markup('<span class="tp-rule">({})</span>').format(_typo(source))
    if here is None or not here.is_agent:
        return Markup('<span class="tp-rule">(règle de l’appel)</span>') if clause else ""
    told = "Clause du texte de l’appel" if clause else "Choix retenu là où l’appel ne dit rien"
    words = f"règle {source}" if clause else f"choix {source}, l’appel ne le dit pas"
    return Markup('<span class="tp-rule" title="{}">({})</span>').format(told, words)


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


_AGENT = re.compile(r"agent:([0-9A-Za-z-]+)")


def agents_in(text: str) -> set[str]:
    """Ids of the people who act that a sentence refers to."""
    return set(_AGENT.findall(text))


def with_agents(text: str, names: dict[str, str]) -> str:
    """A sentence with the names of the people who act that it refers to."""
    return _AGENT.sub(lambda match: names.get(match.group(1), "un agent"), text)


#: Beyond this many working days a distance is told in weeks, then in months.
_NEAR_DAYS = 20
_WEEKS, _MONTHS = 63, 30.44


def relative(day: date, today: date, calendar: Calendar) -> str:
    """A day as one speaks of it: "aujourd’hui", "dans 3 jours ouvrés", "dans 5 mois", "en retard de 2 jours ouvrés"."""
    if day == today:
        return "aujourd’hui"
    days = calendar.working_days_between(today, day)
    words = french.count(abs(days), "jour ouvré", "jours ouvrés")
    if abs(days) > _NEAR_DAYS:
        words = _long(abs((day - today).days))
    if day > today:
        return f"dans {words}" if days else "d’ici le prochain jour ouvré"
    return f"en retard de {words}" if days else "passé"


def _long(days: int) -> str:
    return french.count(days // 7, "semaine") if days < _WEEKS else f"{round(days / _MONTHS)} mois"


def relative_plain(days: int) -> str:
    """A distance in calendar days, below zero when it has passed: "demain", "dans 3 jours", "en retard de 5 jours"."""
    near = {0: "aujourd’hui", 1: "demain", -1: "en retard d’un jour"}
    if days in near:
        return near[days]
    words = french.count(abs(days), "jour") if abs(days) <= _NEAR_DAYS else _long(abs(days))
    return f"dans {words}" if days > 0 else f"en retard de {words}"
