"""The list of dossiers: filtered, counted, in the order in which they want somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, null, or_, select, text
from sqlalchemy.orm import Session, defer

from backoffice.store.bounces import undelivered
from backoffice.store.dossiers import DossierRow
from backoffice.store.people import Establishment, Person
from backoffice.store.reading import Scope
from backoffice.store.schedule import Deadline
from backoffice.store.search import normalised

PAGE = 50


class Turn(StrEnum):
    """Whose turn it is on a dossier. The value is what an address says."""

    HEAD = "decision"
    DESK = "instruction"
    PARTIES = "etablissements"


#: Repayments that wait for a decision, not for a task of the desk.
_TO_DECIDE = ("contradictory",)


def _turn() -> ColumnElement[str | None]:
    """Whose turn it is, drawn from the columns of the row; NULL when nothing waits for anybody.

    A piece to judge, a request to answer, an opinion given are only in the facts: their canonical text says it. While
    a letter waits for its proof of receipt, no period of those who have it runs: the desk has that proof to record.
    """
    state, facts = DossierRow.state, DossierRow.facts
    waits = [facts.contains(f'"state":"{word}"') for word in ("received", "reported", "under_review")]
    judged = [facts.contains(f'"favourable":{word}') for word in ("true", "false")]
    noticed, desk = facts.contains('"notice":{'), Turn.DESK.value
    return case(
        (state == "draft", Turn.PARTIES.value),
        (state.in_(("rejected", "ended")), null()),
        (or_(*waits), desk),
        (and_(DossierRow.proof_since.is_not(None), or_(state == "notified", and_(state == "selected", noticed))), desk),
        (or_(state == "selected", and_(state == "committee", or_(*judged))), Turn.HEAD.value),
        (and_(state == "clawback", DossierRow.repayment.in_(_TO_DECIDE)), Turn.HEAD.value),
        (and_(state == "submitted", DossierRow.pieces_due_on.is_not(None)), Turn.PARTIES.value),
        (state.in_(("submitted", "complete", "committee", "clawback")), Turn.DESK.value),
        (state.in_(("notified", "withdrawn")), Turn.PARTIES.value),
        else_=null(),
    )


@dataclass(frozen=True, slots=True)
class Agenda:
    """Which deadlines a reader follows, by kind, and the instant before which the day of one has passed."""

    kinds: tuple[str, ...]
    past: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: a call, a state, words to find, whose turn it is, what is late. None: no condition.

    `unproven`: only what waits for a proof of receipt; `undelivered`: only what has a mail that nobody took.
    """

    call: str | None = None
    state: str | None = None
    words: str | None = None
    turn: Turn | None = None
    late: bool = False
    unproven: bool = False
    undelivered: bool = False

    @property
    def any(self) -> bool:
        """True when some dossiers may be left out."""
        return bool(
            self.call or self.state or self.words or self.turn or self.late or self.unproven or self.undelivered
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier of a list: its doctor and its recruiter by name, whose turn it is, the deadline that comes first."""

    row: DossierRow
    doctor: str | None
    recruiter: str | None
    turn: Turn | None
    due: Deadline | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, how many dossiers it has in all, and how many there are by state, by turn, late, unproven,
    undelivered.
    """

    lines: list[Line]
    total: int
    by_state: dict[str, int]
    by_turn: dict[Turn, int]
    late: int
    unproven: int = 0
    undelivered: int = 0


def listed(session: Session, scope: Scope, filters: Filters, agenda: Agenda, page: int = 1) -> Listed:
    """A page of dossiers, the nearest deadline first, the most overdue before all. Three statements at most."""
    near = _nearest(agenda)
    found = _counted(session, scope, filters, near)
    wanted = _wanted(scope, filters, near).limit(PAGE).offset((page - 1) * PAGE)
    found.lines.extend(_lines(session, session.execute(wanted).all(), agenda))
    return found


#: Dossiers read at a time when all of a list are wanted.
BATCH = 500


def every(session: Session, scope: Scope, filters: Filters, agenda: Agenda) -> Iterator[Line]:
    """Every dossier of a list, in the same order, without its facts; read as needed, none is held once it is given."""
    heavy = [defer(column, raiseload=True) for column in (DossierRow.facts, DossierRow.search)]
    wanted = _wanted(scope, filters, _nearest(agenda)).options(*heavy).execution_options(yield_per=BATCH)
    for rows in session.execute(wanted).partitions():
        yield from _lines(session, rows, agenda)


def number(session: Session, scope: Scope, filters: Filters, agenda: Agenda) -> int:
    """How many dossiers a list has."""
    return _counted(session, scope, filters, _nearest(agenda)).total


def _nearest(agenda: Agenda) -> tuple[Any, Any]:
    """The first deadline of each dossier, as a subquery, and whether its day has passed."""
    nearest = (
        select(Deadline.dossier, func.min(Deadline.due_at).label("due_at"))
        .where(Deadline.kind.in_(agenda.kinds))
        .group_by(Deadline.dossier)
        .subquery()
    )
    return nearest, func.coalesce(nearest.c.due_at <= agenda.past, false())


def _wanted(scope: Scope, filters: Filters, near: tuple[Any, Any]) -> Any:
    nearest, late = near
    wanted = (
        select(DossierRow, Person.given_name + " " + Person.family_name, Establishment.name, _turn())
        .outerjoin(Person, Person.id == DossierRow.candidate)
        .outerjoin(Establishment, Establishment.finess == DossierRow.recruiter)
        .outerjoin(nearest, nearest.c.dossier == DossierRow.id)
        .where(*_conditions(scope, filters))
        .order_by(nearest.c.due_at.is_(None), nearest.c.due_at, DossierRow.touched_at.desc(), DossierRow.number)
    )
    if filters.state:
        wanted = wanted.where(DossierRow.state == filters.state)
    if filters.turn:
        wanted = wanted.where(_turn() == filters.turn.value)
    if filters.late:
        wanted = wanted.where(late)
    if filters.unproven:
        wanted = wanted.where(DossierRow.proof_since.is_not(None)).order_by(None)
        wanted = wanted.order_by(DossierRow.proof_since, DossierRow.number)
    return wanted.where(undelivered()) if filters.undelivered else wanted


def _lines(session: Session, rows: Sequence[Any], agenda: Agenda) -> Iterator[Line]:
    due = _first_deadlines(session, [row.id for row, *_ in rows], agenda.kinds)
    for row, doctor, recruiter, turn in rows:
        yield Line(row, doctor, recruiter, Turn(turn) if turn else None, due.get(row.id))


def _conditions(scope: Scope, filters: Filters) -> list[ColumnElement[bool]]:
    """What every dossier of a list meets, whatever the state, the turn and the deadlines asked for."""
    conditions = [scope.condition()]
    if filters.call:
        conditions.append(DossierRow.call == filters.call)
    words = normalised(filters.words).split()[:6]
    conditions.extend(DossierRow.search.contains(word, autoescape=True) for word in words)
    return conditions


def _counted(session: Session, scope: Scope, filters: Filters, near: tuple[Any, Any]) -> Listed:
    """How many dossiers a list has: each figure is what one would see by asking for it, the rest staying the same."""
    nearest, late = near
    counts = (
        select(DossierRow.state, _turn(), late, DossierRow.proof_since.is_not(None), undelivered(), func.count())
        .outerjoin(nearest, nearest.c.dossier == DossierRow.id)
        .where(*_conditions(scope, filters))
        .group_by(text("1"), text("2"), text("3"), text("4"), text("5"))
    )
    found = Listed([], 0, {}, {}, 0)
    total = overdue = unproven = lost = 0
    for state, turn, is_late, waits, is_lost, number in session.execute(counts):
        in_state, in_turn = filters.state in {None, state}, filters.turn is None or filters.turn.value == turn
        in_time, in_wait = bool(is_late) or not filters.late, bool(waits) or not filters.unproven
        in_loss = bool(is_lost) or not filters.undelivered
        if in_turn and in_time and in_wait and in_loss:
            found.by_state[state] = found.by_state.get(state, 0) + number
        if turn and in_state and in_time and in_wait and in_loss:
            found.by_turn[Turn(turn)] = found.by_turn.get(Turn(turn), 0) + number
        overdue += number if is_late and in_state and in_turn and in_wait and in_loss else 0
        unproven += number if waits and in_state and in_turn and in_time and in_loss else 0
        lost += number if is_lost and in_state and in_turn and in_time and in_wait else 0
        total += number if in_state and in_turn and in_time and in_wait and in_loss else 0
    return replace(found, total=total, late=overdue, unproven=unproven, undelivered=lost)


def _first_deadlines(session: Session, dossiers: list[UUID], kinds: tuple[str, ...]) -> dict[UUID, Deadline]:
    """The first deadline of each dossier, past or to come."""
    if not dossiers or not kinds:
        return {}
    wanted = select(Deadline).where(Deadline.dossier.in_(dossiers), Deadline.kind.in_(kinds))
    found: dict[UUID, Deadline] = {}
    for deadline in session.scalars(wanted.order_by(Deadline.due_at, Deadline.kind)):
        found.setdefault(deadline.dossier, deadline)
    return found
