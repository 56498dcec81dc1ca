"""The list of dossiers: what wants somebody first, what is late, whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backoffice.services.accounts import Visitor
from backoffice.services.callbook import parsed
from backoffice.services.exports.table import Table
from backoffice.store import letter_lists, listing, reading
from backoffice.store.base import db
from backoffice.store.letters import LetterStep
from backoffice.store.search import normalised
from backoffice.web import agenda, exports, list_export, security
from backoffice.web.dossiers import blueprint
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import scope_of
from backoffice.web.words import relative_plain
from workflows.actors import Role
from workflows.due import DueKind
from workflows.letters.kinds import KINDS
from workflows.states import State

#: What the address says to see only what is late.
LATE = "retard"
#: What the address says to see only what waits for a proof of receipt.
UNPROVEN = "preuves"
#: What the address says to see only what has a mail that nobody took.
UNDELIVERED = "non-remis"
#: What the address says to see only what has a contested line of its account.
CONTESTED = "contestations"
_ONE_DAY = timedelta(days=1)
_SOON_DAYS = 3
#: How a turn is asked for, and who is named in its column.
_TURNS = {
    listing.Turn.HEAD: ("à décider ou à signer", "Le responsable"),
    listing.Turn.DESK: ("à instruire", "L’instruction"),
    listing.Turn.PARTIES: ("en attente d’un tiers", "L’établissement ou le candidat"),
}
_TURNS_OF_PARTIES = {
    listing.Turn.HEAD: ("à l’agence", "L’agence"),
    listing.Turn.DESK: ("à l’agence", "L’agence"),
    listing.Turn.PARTIES: ("en attente de votre côté", "L’établissement ou le candidat"),
}


@blueprint.get("")
@open_to(Policy.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The visitor’s dossiers, filtered by what the address says, the nearest deadline first."""
    visitor, now = security.required_visitor(), security.clocks().legal()
    asked = _asked()
    page = max(1, min(request.args.get("page", 1, type=int) or 1, 10_000))
    session = db.session()
    follows = listing.Agenda(agenda.followed(visitor.role), now - _ONE_DAY)
    found = listing.listed(session, scope_of(visitor), asked, follows, page)
    calls = reading.calls_in_force(session, visitor.region)
    return render_template(
        "dossiers.html",
        found=found,
        asked=asked,
        suite=_suite(asked),
        page=page,
        pages=-(-found.total // listing.PAGE),
        calls=sorted(calls, key=lambda call: normalised(call.title)),
        states=State,
        choices=_choices(visitor, found),
        to_validate=_to_validate(visitor),
        turn_label=lambda turn: (_TURNS if visitor.is_agent else _TURNS_OF_PARTIES)[turn][1] if turn else "",
        next_of=lambda line: _next(line, now),
        until=_until,
        unproven=asked.unproven,
        formats=exports.FORMATS,
    )


@blueprint.get("/export/<ending>")
@open_to(Policy.SIGNED_IN)
def export(ending: str) -> ResponseReturnValue:
    """Every dossier of the list that the address says, as a file, with the columns that the visitor sees."""
    visitor, now = security.required_visitor(), security.clocks().legal()
    asked, session, scope = _asked(), db.session(), scope_of(visitor)
    follows = listing.Agenda(agenda.followed(visitor.role), now - _ONE_DAY)
    calls = {version.call: parsed(version) for version in reading.calls_in_force(session)}
    turns = _TURNS if visitor.is_agent else _TURNS_OF_PARTIES

    def following(line: listing.Line) -> list_export.Following:
        return list_export.Following(_next(line, now), turns[line.turn][1] if line.turn else None, _until(line))

    rows = (
        list_export.row(line, visitor, calls, following(line), unproven=asked.unproven)
        for line in listing.every(session, scope, asked, follows)
    )
    table = Table("Dossiers", list_export.columns(visitor, unproven=asked.unproven), rows)
    return exports.send("dossiers", ending, table, rows=listing.number(session, scope, asked, follows))


def _asked() -> listing.Filters:
    state, suite = request.args.get("etat"), request.args.get("suite")
    return listing.Filters(
        call=request.args.get("appel") or None,
        state=state if state in {s.value for s in State} else None,
        words=(request.args.get("q") or "")[:100] or None,
        turn=next((turn for turn in listing.Turn if turn.value == suite), None),
        late=suite == LATE,
        unproven=suite == UNPROVEN and security.required_visitor().is_agent,
        undelivered=suite == UNDELIVERED and security.required_visitor().is_agent,
        contested=suite == CONTESTED and security.required_visitor().is_agent,
    )


def _suite(asked: listing.Filters) -> str:
    if asked.late or asked.unproven:
        return LATE if asked.late else UNPROVEN
    if asked.undelivered or asked.contested:
        return UNDELIVERED if asked.undelivered else CONTESTED
    return asked.turn.value if asked.turn else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to narrow the list: what the address says, what the page says, how many dossiers it leaves."""

    value: str
    label: str
    number: int


def _choices(visitor: Visitor, found: listing.Listed) -> list[Choice]:
    """What is late, and whose turn it is; nothing for those who follow no dossier."""
    if visitor.role in {Role.MEMBER, Role.ADMIN}:
        return []
    late = Choice(LATE, "en retard", found.late)
    if visitor.is_agent:
        turns = [Choice(turn.value, _TURNS[turn][0], found.by_turn.get(turn, 0)) for turn in _TURNS]
        unproven = Choice(UNPROVEN, "preuve attendue", found.unproven)
        undelivered = Choice(UNDELIVERED, "courriel non remis", found.undelivered)
        contested = Choice(CONTESTED, "ligne contestée", found.contested)
        return [late, *turns, unproven, undelivered, contested]
    mine = listing.Turn.PARTIES
    return [late, Choice(mine.value, _TURNS_OF_PARTIES[mine][0], found.by_turn.get(mine, 0))]


def _to_validate(visitor: Visitor) -> int:
    """How many letters wait for their validation in the region, for agents: they are a list of their own."""
    if not visitor.is_agent:
        return 0
    found = letter_lists.counts(db.session(), scope_of(visitor), KINDS)
    return sum(number for (step, _), number in found.items() if step is LetterStep.VALIDATE)


@dataclass(frozen=True, slots=True)
class Next:
    """The deadline of a line: what, how far in days, on which day, how pressing."""

    what: str
    far: str
    day: date
    tone: str
    glyph: str


def _next(line: listing.Line, now: datetime) -> Next | None:
    """The first deadline of a line, past or to come, in days of the place where it counts."""
    due = line.due
    if due is None:
        return None
    day = agenda.last_day(due.kind, due.due_on)
    days = (day - due.due_on).days - (now - due.due_at) // _ONE_DAY
    if days < 0 and due.kind in agenda.OPTIONAL:
        return Next(DueKind(due.kind).label, agenda.PASSED, day, "", "week")
    tone, glyph = ("late", "late") if days < 0 else ("soon", "today") if days <= _SOON_DAYS else ("", "week")
    return Next(DueKind(due.kind).label, relative_plain(days), day, tone, glyph)


def _until(line: listing.Line) -> date | None:
    """The last day of whoever is awaited, when the deadline of the line is another one."""
    if line.turn is not listing.Turn.PARTIES:
        return None
    if line.answer is not None:
        return agenda.last_day(line.answer.kind, line.answer.due_on)
    asked = line.row.pieces_due_on if line.row.state == State.SUBMITTED.value else None
    return None if line.due is not None and line.due.due_on == asked else asked
