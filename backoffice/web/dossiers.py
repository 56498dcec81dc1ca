"""The list of dossiers and the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backoffice.store import reading
from backoffice.store.base import db
from backoffice.store.dossiers import JournalEntry
from backoffice.web import security
from backoffice.web.letters import letter_lines
from backoffice.web.offering import offer
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of, scope_of
from backoffice.web.words import relative
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.calendars import Calendar
from workflows.deadlines import local_day
from workflows.due import Due, due_items
from workflows.states import State

blueprint = Blueprint("dossiers", __name__, url_prefix="/dossiers")

TABS = {
    "pieces": "Pièces",
    "demandes": "Demandes",
    "financement": "Financement",
    "courriers": "Courriers",
    "historique": "Historique",
}
_OPEN_LABEL = "Ouvrir le brouillon"


@blueprint.get("")
@open_to(Policy.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The visitor’s dossiers, filtered by what the address says."""
    visitor = security.required_visitor()
    asked = reading.Filters(
        call=request.args.get("appel") or None,
        state=_known_state(request.args.get("etat")),
        words=(request.args.get("q") or "")[:100] or None,
    )
    page = max(1, min(request.args.get("page", 1, type=int) or 1, 10_000))
    session = db.session()
    found = reading.listed(session, scope_of(visitor), asked, page)
    calls = reading.calls_in_force(session, visitor.region)
    today = security.clocks().legal() - timedelta(days=1)  # what is due today is still to come
    return render_template(
        "dossiers.html",
        found=found,
        asked=asked,
        page=page,
        pages=-(-found.total // reading.PAGE),
        calls=calls,
        states=State,
        names=reading.names_of(session, (row.recruiter for row in found.rows)),
        next_due=reading.next_deadlines(session, (row.id for row in found.rows), today),
    )


def _known_state(text: str | None) -> str | None:
    return text if text in {s.value for s in State} else None


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the timeline: past, or still to come."""

    on: date
    what: str
    to_come: bool = False


@blueprint.get("/<number>")
@open_to(Policy.DOSSIER)
def show(number: str) -> ResponseReturnValue:
    """One dossier: where it stands, what may be done, what the machine will do, its parts."""
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    entries = page.past.entries
    due = due_items(page.view, page.call, page.today)
    tab = request.args.get("volet") if request.args.get("volet") in TABS else "pieces"
    return render_template(
        "dossier.html",
        page=page,
        view=page.view,
        call=page.call,
        offer=offer(page),
        due=due,
        steps=list(_timeline(page, entries, due)),
        entries=entries,
        tab=tab,
        tabs=TABS,
        parts=_parts(page, tab or "pieces", entries),
        act_label=act_label,
        role_label=lambda role: Role(role).label,
        relative=lambda day: relative(day, page.today, Calendar(page.call.authority.calendar)),
    )


def act_label(name: str) -> str:
    """The French label of an act of the journal."""
    return ACTS[name].label if name in ACTS else _OPEN_LABEL


def _timeline(page: Page, entries: list[JournalEntry], due: tuple[Due, ...]) -> Iterator[Step]:
    for entry in entries:
        if entry.seq == 1 or entry.source != entry.target:
            yield Step(local_day(entry.at, page.call.authority.zone), State(entry.target).label)
    award = page.view.award
    if award and award.planned_start and not page.view.tenures:
        late = award.planned_start < page.today
        yield Step(award.planned_start, f"prise de fonctions {'attendue' if late else 'prévue'}", to_come=True)
    if award and award.planned_end and not page.view.end:
        yield Step(award.planned_end, "fin du poste", to_come=True)


def _parts(page: Page, tab: str, entries: list[JournalEntry]) -> dict[str, object]:
    """What the open tab needs, and nothing for the others."""
    match tab:
        case "courriers":
            return {"lines": letter_lines(page)}
        case "pieces":
            return {"documents": reading.documents(page.session, page.row.id)}
        case "historique":
            return {"authors": reading.authors(page.session, {e.author for e in entries})}
        case _:
            return {}
