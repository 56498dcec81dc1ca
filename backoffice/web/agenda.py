"""Deadlines as a page shows them: the clocks that run for a reader, and what the machine will do by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from backoffice.services import foretold
from backoffice.services.act import Times
from backoffice.services.foretold import Bygone, Foretold
from backoffice.services.soon import Proposal, proposals
from backoffice.web import security
from backoffice.web.reader import Page
from backoffice.web.words import relative
from workflows.actors import Role
from workflows.calendars import Calendar
from workflows.due import OF_PARTIES, Due, DueKind
from workflows.french import short_day, unbroken
from workflows.parts.silence import SilenceClock
from workflows.proofs import if_unheard
from workflows.silence_words import refusal
from workflows.states import State

#: Deadlines of a dossier. A reminder or an alert is none: its own line is only in what the machine will do.
FOLLOWED = frozenset(
    {
        DueKind.DRAFT_REMINDER,
        DueKind.PIECES_LAST_DAY,
        DueKind.SILENCE_ELAPSED,
        DueKind.OFFER_REPLY,
        DueKind.RESERVE_END,
        DueKind.AWARD_REPLY,
        DueKind.CHOICE,
        DueKind.CONDITION,
        DueKind.START_WATCH,
        DueKind.DEPARTURE,
        DueKind.REPLACEMENT_DUE,
        DueKind.GIVE_BACK,
        DueKind.NOTICE_OVER,
        DueKind.CONTRACT_END,
        DueKind.TRANCHE,
        DueKind.CONTRADICTORY_OVER,
        DueKind.TITLE_UNPAID,
        DueKind.CLAIM_ELAPSED,
        DueKind.TIME_BARRED,
    }
)
#: Kinds whose item comes the day after the last day given to somebody.
_DAY_AFTER = frozenset({DueKind.NOTICE_OVER, DueKind.CONTRADICTORY_OVER, DueKind.CLAIM_ELAPSED, DueKind.TIME_BARRED})
#: Kinds of a period to answer that nobody owes: whoever says nothing is not late, and the agency may go on.
OPTIONAL = frozenset({DueKind.NOTICE_OVER, DueKind.CONTRADICTORY_OVER})
PASSED = "délai passé"
_OF_MONEY = frozenset(
    {DueKind.TRANCHE, DueKind.FIR_LAPSE, DueKind.CREDITS_LEFT, DueKind.CONTRADICTORY_OVER, DueKind.TITLE_UNPAID}
    | {DueKind.CLAIM_DUE, DueKind.CLAIM_ELAPSED, DueKind.TIME_BAR, DueKind.TIME_BARRED}
)
#: How many of the last things that the machine did are shown.
_LAST_DONE = 3
#: A deadline this many working days away, or fewer, stands out.
_SOON_DAYS = 3


def followed(role: Role) -> tuple[str, ...]:
    """The kinds of deadlines that order the list of somebody of a role; none for who follows no dossier."""
    if role in {Role.MEMBER, Role.ADMIN}:
        return ()
    kinds = FOLLOWED - {DueKind.DRAFT_REMINDER}
    if role in {Role.CANDIDATE, Role.ESTABLISHMENT}:
        kinds &= OF_PARTIES
    if role is Role.CANDIDATE:
        kinds -= _OF_MONEY
    return tuple(sorted(kind.value for kind in kinds))


def last_day(kind: str, on: date) -> date:
    """The day of a deadline as one is told of it: the last day given, when the item comes the day after."""
    return on - timedelta(days=1) if DueKind(kind) in _DAY_AFTER else on


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline that runs or has passed: what, how far, on which day, on what it rests. `tone`: late, soon or none."""

    what: str
    far: str
    day: str
    basis: str | None
    tone: str = ""
    glyph: str = "week"


def seen(page: Page, due: tuple[Due, ...]) -> tuple[Due, ...]:
    """What falls due, without what is not the visitor’s business."""
    return due if page.sees_money else tuple(item for item in due if item.kind not in _OF_MONEY)


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine will do by itself for a dossier, what is late first, and the last things that it did.

    `soon`: what it is about to do because an act asked it to.
    """

    to_come: tuple[Foretold, ...]
    done: tuple[Foretold | Bygone, ...]
    soon: tuple[Proposal, ...] = ()


def machine(page: Page, due: tuple[Due, ...]) -> Machine:
    """What the machine will do by itself, with its reasons, and has done; for a party, what concerns it."""
    mine = [item for item in due if page.visitor.is_agent or item.for_parties]
    jobs = foretold.seen_to(page.session, page.row, page.now)
    lines = foretold.told(mine, page.view, page.call, jobs, page.today)
    # whom the rest concerned is not known any more: it is the agency’s
    whole = page.visitor.is_agent and page.sees_money
    others = foretold.bygone(due, page.call, jobs) if whole else ()
    times = Times(page.now, security.clocks().machine())
    soon = proposals(page.session, page.row, page.view, page.call, times) if page.visitor.is_agent else ()
    return Machine(foretold.to_come(lines, page.now), foretold.done(lines, others)[-_LAST_DONE:], soon)


def clocks(page: Page, due: tuple[Due, ...]) -> list[Clock]:
    """The clocks of a dossier for its visitor, the most overdue first; one line for one matter."""
    found = list(_silence(page, {item.kind for item in due}))
    known: set[DueKind] = set()
    for item in due:
        if item.kind is DueKind.SILENCE_ELAPSED or item.kind not in FOLLOWED or item.kind in known:
            continue
        if item.kind is DueKind.DRAFT_REMINDER and item.on < page.today:
            continue
        if not (page.visitor.is_agent or item.for_parties or item.kind in OF_PARTIES):
            continue
        known.add(item.kind)
        day = last_day(item.kind.value, item.on)
        on = unbroken(f"le {short_day(day)}")
        if item.kind in OPTIONAL and day < page.today:
            found.append(Clock(item.kind.label, PASSED, on, item.rule))
            continue
        tone, glyph = _urgency(page, day)
        found.append(Clock(item.kind.label, _far(page, day), on, item.rule, tone, glyph))
    return found


def _silence(page: Page, kinds: set[DueKind]) -> Iterator[Clock]:
    clock = page.view.silence
    if clock is None or DueKind.SILENCE_ELAPSED not in kinds:
        return
    day = clock.due_on(page.today)
    basis, tail = "CRPA art. L. 231-4", ", à titre indicatif" if clock.informative else ""
    unheard = if_unheard(page.view) if page.visitor.is_agent else None
    earlier, stopped = unheard.due_on(page.today) if unheard else None, clock.is_suspended(page.today)
    told = unbroken(f"{refusal(day, earlier, page.today, stopped=stopped)}{tail}")
    if stopped:
        yield Clock("Silence", "suspendu", told, basis, glyph="wait")
    elif day < page.today:
        yield from _elapsed(page, clock, day, tail)
    else:
        tone, glyph = _urgency(page, day)
        yield Clock("Silence", _far(page, day), told, basis, tone, glyph)


def _elapsed(page: Page, clock: SilenceClock, day: date, tail: str) -> Iterator[Clock]:
    """The silence that has lasted: late for the agency; for a party, what it means, until they are answered."""
    told = unbroken(f"vaut rejet depuis le {short_day(day)}{tail}")
    if page.visitor.is_agent:
        tone, glyph = ("", "late") if clock.informative else ("late", "late")
        yield Clock("Silence", _far(page, day), told, "CRPA art. L. 231-4", tone, glyph)
    elif page.view.state is not State.RESERVE:
        yield Clock("Silence", "délai passé", told, "CRPA art. L. 231-4")


def _far(page: Page, day: date) -> str:
    return relative(day, page.today, Calendar(page.call.authority.calendar))


def _urgency(page: Page, day: date) -> tuple[str, str]:
    if day < page.today:
        return "late", "late"
    days = Calendar(page.call.authority.calendar).working_days_between(page.today, day)
    return ("soon", "today") if days <= _SOON_DAYS else ("", "week")
