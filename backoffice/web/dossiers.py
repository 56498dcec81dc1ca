"""The page of a dossier: where it stands, what may be done, its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from backoffice.store import reading
from backoffice.store.base import db
from backoffice.store.dossiers import JournalEntry
from backoffice.web import account_words, agenda, security
from backoffice.web.history import particulars
from backoffice.web.letters import letter_lines
from backoffice.web.offering import offer
from backoffice.web.past import was_replaced_on
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from backoffice.web.receipts import awaited, clock_lines
from backoffice.web.standing import paused, summary, to_put_right
from workflows.account.post import post_account
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.deadlines import local_day
from workflows.due import due_items
from workflows.french import count, short_day, thirtieths, unbroken
from workflows.repaying import track as repayment_track
from workflows.repaying.view import repayment_view
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
    visitor, clocks = security.required_visitor(), security.clocks()
    try:
        page = page_of(db.session(), visitor, number, clocks.legal())
    except NotFound:
        if visitor.role is Role.CANDIDATE and was_replaced_on(number):
            return redirect(url_for("past.show", number=number))
        raise
    entries = page.readable.history(page.past.entries)
    due = agenda.seen(page, due_items(page.view, page.call, page.today))
    tabs = {name: label for name, label in TABS.items() if name != "financement" or page.sees_money}
    wanted = request.args.get("volet", "")
    tab = wanted if wanted in tabs else "pieces"
    return render_template(
        "dossier.html",
        page=page,
        view=page.view,
        call=page.call,
        summary=summary(page),
        account=post_account(page.view, page.call, page.today) if page.sees_money else None,
        say=account_words,
        to_put_right=to_put_right(page),
        paused=paused(page),
        resumes=any(p.act.name == "resume_reminders" and p.allowed for p in page.possibilities),
        offer=offer(page),
        clocks=agenda.clocks(page, due),
        proofs_awaited=awaited(page),
        machine=agenda.machine(page, due),
        steps=list(_timeline(page, entries)),
        entries=entries,
        opinion=_opinion(page),
        tab=tab,
        tabs=tabs,
        counts=_counts(page, entries),
        parts=_parts(page, tab, entries),
        act_label=act_label,
        role_label=lambda role: Role(role).label,
    )


def _counts(page: Page, entries: list[JournalEntry]) -> dict[str, int]:
    """How much each tab holds, for those of which it is known without asking."""
    return {
        "pieces": sum(page.readable.piece(p.key) for p in page.view.pieces),
        "demandes": len(page.readable.requests),
        "financement": len(page.view.credits),
        "historique": len(entries),
    }


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the committee said of a dossier, for agents: its session, its words, its rank, the mean of its marks."""

    session: str
    words: str
    rank: int | None
    mean: str


def _opinion(page: Page) -> Opinion | None:
    committee = page.view.committee
    if committee is None or not page.visitor.is_agent:
        return None
    marks, mean = page.marks, "aucune note"
    if marks.number:
        shown = (Decimal(marks.total) / marks.number).quantize(Decimal("0.01"), ROUND_HALF_UP)
        mean = f"{shown} sur 20, {count(marks.number, 'note')}".replace(".", ",")
    name = next((s.label for s in page.call.parameters.sessions if s.id == committee.session), committee.session)
    words = ""
    if committee.judged_on is not None:
        opinion = "favorable" if committee.favourable else "défavorable"
        words = f"{opinion}, le {short_day(committee.judged_on)}"
    return Opinion(name, unbroken(words), committee.rank, mean)


def act_label(name: str) -> str:
    """The French label of an act of the journal."""
    return ACTS[name].label if name in ACTS else _OPEN_LABEL


def _timeline(page: Page, entries: list[JournalEntry]) -> Iterator[Step]:
    past = [
        Step(local_day(entry.at, page.call.authority.zone), State(entry.target).label)
        for entry in entries
        if entry.seq == 1 or entry.source != entry.target
    ]
    if page.view.end and page.view.started_on:
        past.append(Step(page.view.end.last_day, "Dernier jour du poste"))
    yield from sorted(past, key=lambda step: step.on)
    yield from sorted(_to_come(page), key=lambda step: step.on)


def _to_come(page: Page) -> Iterator[Step]:
    award, departure = page.view.award, page.view.departure
    for asked in page.readable.requests:
        if asked.is_open and asked.dates.effective_on >= page.today:
            yield Step(asked.dates.effective_on, f"{asked.kind.label}, demande {asked.state.label}", to_come=True)
    if departure:
        yield Step(departure.dates.effective_on, "départ annoncé", to_come=True)
    if award and award.planned_start and not page.view.tenures:
        late = award.planned_start < page.today
        yield Step(award.planned_start, f"prise de fonctions {'attendue' if late else 'prévue'}", to_come=True)
    if award and award.planned_end and not page.view.end:
        yield Step(award.planned_end, "fin du poste", to_come=True)


def _parts(page: Page, tab: str, entries: list[JournalEntry]) -> dict[str, object]:
    """What the open tab needs, and nothing for the others."""
    match tab:
        case "courriers":
            came = page.visitor.is_agent and any(entry.act == "file_message" for entry in entries)
            messages = reading.messages(page.session, page.row.id) if came else []
            return {"lines": letter_lines(page), "clocks": clock_lines(page), "messages": messages}
        case "pieces":
            return {"documents": reading.documents(page.session, page.row.id)}
        case "historique":
            authors = reading.authors(page.session, {e.author for e in entries})
            return {"authors": authors, "particulars": {e.seq: particulars(page, e) for e in entries}}
        case "financement":
            debts = [repayment_view(page.facts, asked, page.call) for asked in page.facts.repayments]
            stands = partial(repayment_track.stands, state=page.facts.state, today=page.today)
            return {"debts": debts, "thirtieths": thirtieths, "stands": stands}
        case _:
            return {}
