"""Deadlines as a page shows them: the clocks that run for a reader, and what the machine will do by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from backoffice.web.reader import Page
from backoffice.web.words import relative
from workflows.actors import Role
from workflows.calendars import Calendar
from workflows.due import Due, DueKind
from workflows.french import short_day, unbroken
from workflows.silence import SilenceClock
from workflows.states import State

#: What falls due, in a few words. A reminder is no deadline: its own line is only in what the machine will do.
LABELS = {
    DueKind.DRAFT_REMINDER: "Clôture de l’appel proche",
    DueKind.PIECES_LAST_DAY: "Pièces attendues",
    DueKind.SILENCE_ELAPSED: "Silence vaut rejet",
    DueKind.OFFER_REPLY: "Réponse à la place proposée",
    DueKind.RESERVE_END: "Fin de la liste complémentaire",
    DueKind.AWARD_REPLY: "Acceptations attendues",
    DueKind.CHOICE: "Choix du médecin attendu",
    DueKind.CONDITION: "Condition à remplir",
    DueKind.START_WATCH: "Procès-verbal d’installation attendu",
    DueKind.DEPARTURE: "Départ annoncé",
    DueKind.REPLACEMENT_DUE: "Remplacement à proposer",
    DueKind.GIVE_BACK: "Poste à rendre",
    DueKind.NOTICE_OVER: "Réponse au courrier contradictoire",
    DueKind.CONTRACT_END: "Fin du contrat",
    DueKind.TRANCHE: "Tranche à déléguer",
    DueKind.CONTRADICTORY_OVER: "Observations sur le reversement",
}
#: Kinds whose item comes the day after the last day given to somebody.
_DAY_AFTER = frozenset({DueKind.NOTICE_OVER, DueKind.CONTRADICTORY_OVER})
_OF_MONEY = frozenset({DueKind.TRANCHE, DueKind.CONTRADICTORY_OVER})
#: What is for the agency to watch.
_OF_AGENCY = frozenset({DueKind.SILENCE_ELAPSED, DueKind.GIVE_BACK, DueKind.TRANCHE})
#: A deadline this many working days away, or fewer, stands out.
_SOON_DAYS = 3


def followed(role: Role) -> tuple[str, ...]:
    """The kinds of deadlines that order the list of somebody of a role; none for who follows no dossier."""
    if role in {Role.MEMBER, Role.ADMIN}:
        return ()
    kinds = set(LABELS) - {DueKind.DRAFT_REMINDER}
    if role in {Role.CANDIDATE, Role.ESTABLISHMENT}:
        kinds -= _OF_AGENCY
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


def clocks(page: Page, due: tuple[Due, ...]) -> list[Clock]:
    """The clocks of a dossier for its visitor, the most overdue first; one line for one matter."""
    found = list(_silence(page, {item.kind for item in due}))
    known: set[DueKind] = set()
    for item in due:
        if item.kind is DueKind.SILENCE_ELAPSED or item.kind not in LABELS or item.kind in known:
            continue
        if item.kind is DueKind.DRAFT_REMINDER and item.on < page.today:
            continue
        if item.kind in _OF_AGENCY and not page.visitor.is_agent:
            continue
        known.add(item.kind)
        day = last_day(item.kind.value, item.on)
        tone, glyph = _urgency(page, day)
        on = unbroken(f"le {short_day(day)}")
        found.append(Clock(LABELS[item.kind], _far(page, day), on, item.rule, tone, glyph))
    return found


def _silence(page: Page, kinds: set[DueKind]) -> Iterator[Clock]:
    clock = page.view.silence
    if clock is None or DueKind.SILENCE_ELAPSED not in kinds:
        return
    day = clock.due_on(page.today)
    basis, tail = "CRPA art. L. 231-4", ", à titre indicatif" if clock.informative else ""
    if clock.is_suspended(page.today):
        yield Clock("Silence", "suspendu", unbroken(f"vaudrait rejet le {short_day(day)}{tail}"), basis, glyph="wait")
    elif day < page.today:
        yield from _elapsed(page, clock, day, tail)
    else:
        tone, glyph = _urgency(page, day)
        told = unbroken(f"vaudra rejet le {short_day(day)}{tail}")
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
