"""One mail for several notices that go to the same reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backoffice.services.addresses import Recipient
from backoffice.services.mail_matter import Matter, NothingLeftToSayError, common
from backoffice.services.mail_matters import MATTERS
from backoffice.services.mail_reminders import nature, until
from backoffice.services.mail_texts import Leaving, compose, written
from backoffice.services.mails import Mail
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.french import count, short_day

_ALERT = "alert"
#: Readers inside the agency: they are told what the machine noticed, in its own words.
_INSIDE = frozenset({Addressee.SERVICE, Addressee.ACCOUNTANT})
#: What several dossiers have in common, when a reader outside is reminded of the same thing on each.
_NATURES: Mapping[str, str] = {
    "draft_reminder": "à déposer",
    "pieces_reminder": "à compléter",
    "pieces_last_day": "à compléter",
    "start_watch": "dont la prise de fonctions est à confirmer",
    "replacement_reminder": "dont le poste est vacant",
    "award_reply": "en attente d’une acceptation",
    "title_unpaid": "dont un titre de recettes reste à payer",
}


@dataclass(frozen=True, slots=True)
class DigestItem:
    """A notice to tell: the dossier as it stands, the kind of what fell due and its day, its sentence for an agent.

    `to`: what its reader is to the dossier, under every name.
    """

    view: Dossier
    call: Call
    kind: str
    due_on: date
    details: Mapping[str, str]
    what: str
    to: tuple[Addressee, ...]


@dataclass(frozen=True, slots=True)
class _Point:
    """What a mail says of one notice. `last_day`: until when, or the day it fell due."""

    item: DigestItem
    name: str
    values: Mapping[str, Any]
    last_day: date


@dataclass(slots=True)
class _Section:
    """A dossier in a mail, the most urgent of its points first."""

    number: str
    specialty: str | None
    sites: str
    page: str
    points: list[_Point] = field(default_factory=list)


def compose_digest(
    items: tuple[DigestItem, ...],
    *,
    recipients: tuple[Recipient, ...],
    outbox: UUID,
    mail_from: str,
    public_url: str,
    today: date,
    at: datetime,
) -> Mail:
    """One mail for all the notices of one call and one reader. What has nothing left to say is left out.

    A single one gives the mail of its own template. Raises NothingLeftToSayError when none is left.
    """
    points = [point for item in items if (point := _point(item, today, at)) is not None]
    if not points:
        raise NothingLeftToSayError("digest")
    leaving = Leaving(points[0].item.call, recipients, outbox, mail_from, public_url, at)
    if len(points) == 1:
        return _alone(points[0], leaving, today)
    points.sort(key=lambda point: (point.last_day, point.item.view.number))
    sections, inside = _sections(points, leaving, today), _is_inside(points[0].item.to)
    values = {**_common(points[0], today, at), "page": None, "number": None}
    values |= {"sections": sections, "subject": _subject(points, sections, today, inside=inside), "inside": inside}
    return written(leaving, "digest", values, tuple(section.page for section in sections))


def _is_inside(to: tuple[Addressee, ...]) -> bool:
    return not _INSIDE.isdisjoint(to)


def template_of(kind: str, to: tuple[Addressee, ...]) -> str:
    """The template of a notice on its own: the words of the machine for a reader inside the agency."""
    return kind if kind in MATTERS and not _is_inside(to) else _ALERT


def _matter(item: DigestItem, name: str, today: date, at: datetime) -> Matter:
    details = {**item.details, "due_on": item.due_on.isoformat(), "what": item.what, "kind": item.kind}
    return Matter(name, item.view, item.call, details, at, today, item.to)


def _point(item: DigestItem, today: date, at: datetime) -> _Point | None:
    """What is said of a notice; None when the dossier has moved on, or the day it speaks of has passed."""
    name = template_of(item.kind, item.to)
    try:
        values = MATTERS[name](_matter(item, name, today, at))
    except NothingLeftToSayError:
        return None
    last_day = until(name, values)
    if last_day is not None and last_day < today:
        return None
    return _Point(item, name, values, last_day or item.due_on)


def _common(point: _Point, today: date, at: datetime) -> dict[str, Any]:
    return common(_matter(point.item, point.name, today, at))


def _alone(point: _Point, leaving: Leaving, today: date) -> Mail:
    matter = _matter(point.item, point.name, today, leaving.at)
    return compose(
        name=point.name,
        view=matter.view,
        call=matter.call,
        recipients=leaving.recipients,
        details=matter.details,
        at=leaving.at,
        outbox=leaving.outbox,
        mail_from=leaving.mail_from,
        public_url=leaving.public_url,
        today=today,
        to=matter.to,
    )


def _sections(points: Sequence[_Point], leaving: Leaving, today: date) -> list[_Section]:
    found: dict[str, _Section] = {}
    for point in points:
        number, told = point.item.view.number, _common(point, today, leaving.at)
        section = _Section(number, told["specialty"], told["sites"], leaving.dossier(number))
        found.setdefault(number, section).points.append(point)
    return list(found.values())


def _subject(points: Sequence[_Point], sections: Sequence[_Section], today: date, *, inside: bool) -> str:
    """How many dossiers, what for, and the first day that counts: the list of a mail program says enough."""
    if len(sections) == 1:
        return f"Dossier {sections[0].number} : {count(len(points), 'point')} à suivre"
    dossiers = count(len(sections), "dossier")
    words = {nature(p.item.kind) if inside else _NATURES.get(p.item.kind, "à suivre") for p in points}
    if inside:
        return f"{dossiers} : {words.pop()}" if len(words) == 1 else f"{dossiers} à suivre"
    ahead = [point.last_day for point in points if point.last_day >= today]
    first = f", première échéance le {short_day(min(ahead))}" if ahead else ""
    return f"{dossiers} {words.pop() if len(words) == 1 else 'à suivre'}{first}"
