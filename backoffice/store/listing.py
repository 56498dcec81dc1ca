"""The list of dossiers: filtered, counted, in the order in which they want somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, false, func, not_, null, or_, select, text
from sqlalchemy.orm import Session, defer

from backoffice.store.bounces import undelivered
from backoffice.store.contests import contested, righted_by
from backoffice.store.dossiers import DossierRow
from backoffice.store.money import MoneyFlowRow
from backoffice.store.people import Establishment, Person
from backoffice.store.schedule import Deadline
from backoffice.store.scope import Scope
from backoffice.store.search import normalised
from workflows.account.budget import Flow
from workflows.acts import ACTS
from workflows.acts.base import Who
from workflows.calls.funding import Vehicle
from workflows.due import DueKind
from workflows.parts.claims import ClaimState
from workflows.parts.contests import REMEDIES
from workflows.parts.repayment_steps import RepaymentState

PAGE = 50


class Turn(StrEnum):
    """Whose turn it is on a dossier. The value is what an address says."""

    HEAD = "decision"
    DESK = "instruction"
    PARTIES = "etablissements"


#: Acts that put an account right and that a head decides, or whoever stands above.
_RIGHTED_BY_HEADS = tuple(act for act in REMEDIES if Who.INSTRUCTOR not in ACTS[act].who)
#: Periods that a party is given to answer. The items of the second kind come the day after the last day.
_LAST_DAYS = (DueKind.OFFER_REPLY.value, DueKind.AWARD_REPLY.value, DueKind.REPLACEMENT_DUE.value)
_DAYS_AFTER = (DueKind.NOTICE_OVER.value, DueKind.CONTRADICTORY_OVER.value)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Which deadlines a reader follows, by kind, and the instant before which the day of one has passed."""

    kinds: tuple[str, ...]
    past: datetime

    @property
    def now(self) -> datetime:
        """The instant of the list."""
        return self.past + _ONE_DAY

    def runs(self, deadline: Deadline) -> bool:
        """True for the last day given to a party to answer, while it has not passed."""
        after = deadline.kind in _DAYS_AFTER and deadline.due_at > self.now
        return after or (deadline.kind in _LAST_DAYS and deadline.due_at > self.past)

    def running(self) -> ColumnElement[bool]:
        """The same in SQL, on the rows of deadlines."""
        after = and_(Deadline.kind.in_(_DAYS_AFTER), Deadline.due_at > self.now)
        return or_(after, and_(Deadline.kind.in_(_LAST_DAYS), Deadline.due_at > self.past))

    @property
    def today(self) -> date:
        """The day of the list, to compare with days that the row of a dossier holds."""
        return self.now.date()


def _is(*states: StrEnum) -> ColumnElement[bool]:
    """True for a dossier that holds something at one of these states; their words are those of no other thing."""
    return or_(*(DossierRow.facts.contains(f'"state":"{state.value}"') for state in states))


def _head_awaited(agenda: Agenda) -> ColumnElement[bool]:
    """True while a head is awaited beside the state: a claim to answer, a relief to grant, a line to put right.

    Or money that was decided to come back otherwise than by a title.
    """
    facts = DossierRow.facts
    answerable = exists().where(
        Deadline.dossier == DossierRow.id,
        Deadline.kind == DueKind.CLAIM_ELAPSED.value,
        Deadline.due_at > agenda.now,
    )
    otherwise = or_(*(facts.contains(f'"vehicle":"{way.value}"') for way in Vehicle if way is not Vehicle.TITLE))
    claimed, redirected = and_(_is(ClaimState.OPEN), answerable), and_(_is(RepaymentState.DECIDED), otherwise)
    return or_(claimed, redirected, facts.contains('"relief":{'), righted_by(_RIGHTED_BY_HEADS))


def _turn(agenda: Agenda, nearest: Any) -> ColumnElement[str | None]:
    """Whose turn it is: who can do what the dossier waits for; NULL when nothing waits for anybody.

    What was given waits for the desk; a period that runs, for the party that has it; a period that cannot start
    before a letter is proven to be received, for the desk, which has that proof to record; the rest, for who may do
    the next act of the state. A repayment waits whatever the state, for the same persons as on its page. A piece to
    judge, a request to answer, an opinion given are only in the facts: their canonical text says it.
    """
    state, facts = DossierRow.state, DossierRow.facts
    given = or_(*(facts.contains(f'"state":"{word}"') for word in ("received", "reported", "under_review")))
    judged = or_(*(facts.contains(f'"favourable":{word}') for word in ("true", "false")))
    accepted = and_(facts.contains('"recruiter_accepted_on":"'), not_(facts.contains('"declined_on":"')))
    noticed = facts.contains('"notice":{')
    proposed, billed = _is(RepaymentState.PROPOSED), _is(RepaymentState.CONTRADICTORY)
    over = state.in_(("rejected", "ended"))
    owed = exists().where(MoneyFlowRow.dossier == DossierRow.id, MoneyFlowRow.flow == Flow.OWED.value)
    asked = and_(state == "submitted", DossierRow.pieces_due_on >= agenda.today)
    unstarted = or_(billed, and_(state == "selected", noticed)) & facts.contains('"answer_by":null,"answered_on":null')
    unproven = and_(DossierRow.proof_since.is_not(None), or_(state == "notified", unstarted))
    running = nearest.c.runs == 1
    to_decide = or_(
        state.in_(("selected", "withdrawn")),
        billed,
        and_(state == "committee", judged),
        and_(state == "notified", noticed),
        and_(state == "reserve", or_(accepted, nearest.c.over == 1)),
    )
    return case(
        (state == "draft", Turn.PARTIES.value),
        (_head_awaited(agenda), Turn.HEAD.value),
        (contested(), Turn.DESK.value),
        (and_(over, not_(or_(proposed, billed, owed))), null()),
        (and_(given, not_(over)), Turn.DESK.value),
        (or_(asked, running), Turn.PARTIES.value),
        (unproven, Turn.DESK.value),
        (to_decide, Turn.HEAD.value),
        (or_(proposed, over, state.in_(("submitted", "complete", "committee", "clawback"))), Turn.DESK.value),
        (state == "notified", Turn.PARTIES.value),
        else_=null(),
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: a call, a state, words to find, whose turn it is, what is late. None: no condition.

    `unproven`: only what waits for a proof of receipt; `undelivered`: only what has a mail that nobody took;
    `contested`: only what has a contested line.
    """

    call: str | None = None
    state: str | None = None
    words: str | None = None
    turn: Turn | None = None
    late: bool = False
    unproven: bool = False
    undelivered: bool = False
    contested: bool = False

    @property
    def any(self) -> bool:
        """True when some dossiers may be left out."""
        asked = (self.call, self.state, self.words, self.turn)
        return any(asked) or self.late or self.unproven or self.undelivered or self.contested


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier of a list: its doctor and its recruiter by name, whose turn it is, the deadline that comes first.

    `answer`: the first of the periods to answer that run, when it is another one.
    """

    row: DossierRow
    doctor: str | None
    recruiter: str | None
    turn: Turn | None
    due: Deadline | None
    answer: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, how many dossiers it has in all, and how many there are by state, by turn, late, unproven,
    undelivered, contested.

    A turn, what is late, unproven, undelivered or contested are working lists side by side: the number of each is what
    one finds by opening it, whichever is open now. `every`: those of all of them and of none.
    """

    lines: list[Line]
    total: int
    by_state: dict[str, int]
    by_turn: dict[Turn, int]
    late: int
    unproven: int = 0
    undelivered: int = 0
    contested: int = 0
    every: int = 0


def listed(session: Session, scope: Scope, filters: Filters, agenda: Agenda, page: int = 1) -> Listed:
    """A page of dossiers, the nearest deadline first, the most overdue before all. Three statements at most."""
    near = _nearest(scope, agenda)
    found = _counted(session, scope, filters, near)
    wanted = _wanted(scope, filters, near).limit(PAGE).offset((page - 1) * PAGE)
    found.lines.extend(_lines(session, session.execute(wanted).all(), scope, agenda))
    return found


#: Dossiers read at a time when all of a list are wanted.
BATCH = 500


def every(session: Session, scope: Scope, filters: Filters, agenda: Agenda) -> Iterator[Line]:
    """Every dossier of a list, in the same order, without its facts; read as needed, none is held once it is given."""
    heavy = [defer(column, raiseload=True) for column in (DossierRow.facts, DossierRow.search)]
    wanted = _wanted(scope, filters, _nearest(scope, agenda)).options(*heavy).execution_options(yield_per=BATCH)
    for rows in session.execute(wanted).partitions():
        yield from _lines(session, rows, scope, agenda)


def number(session: Session, scope: Scope, filters: Filters, agenda: Agenda) -> int:
    """How many dossiers a list has."""
    return _counted(session, scope, filters, _nearest(scope, agenda)).total


def _nearest(scope: Scope, agenda: Agenda) -> tuple[Any, Any, Any]:
    """The first deadline of each dossier, as a subquery, whether its day has passed, and whose turn it is."""
    nearest = (
        select(
            Deadline.dossier,
            func.min(Deadline.due_at).label("due_at"),
            func.max(case((agenda.running(), 1), else_=0)).label("runs"),
            func.max(
                case((and_(Deadline.kind.in_(_LAST_DAYS + _DAYS_AFTER), not_(agenda.running())), 1), else_=0)
            ).label("over"),
        )
        .where(_followed(scope, agenda))
        .group_by(Deadline.dossier)
        .subquery()
    )
    return nearest, func.coalesce(nearest.c.due_at <= agenda.past, false()), _turn(agenda, nearest)


def _wanted(scope: Scope, filters: Filters, near: tuple[Any, Any, Any]) -> Any:
    nearest, late, turn = near
    wanted = (
        select(DossierRow, Person.given_name + " " + Person.family_name, Establishment.name, turn)
        .outerjoin(Person, Person.id == DossierRow.candidate)
        .outerjoin(Establishment, Establishment.finess == DossierRow.recruiter)
        .outerjoin(nearest, nearest.c.dossier == DossierRow.id)
        .where(*_conditions(scope, filters))
        .order_by(nearest.c.due_at.is_(None), nearest.c.due_at, DossierRow.touched_at.desc(), DossierRow.number)
    )
    if filters.state:
        wanted = wanted.where(DossierRow.state == filters.state)
    if filters.turn:
        wanted = wanted.where(turn == filters.turn.value)
    if filters.late:
        wanted = wanted.where(late)
    if filters.unproven:
        wanted = wanted.where(DossierRow.proof_since.is_not(None)).order_by(None)
        wanted = wanted.order_by(DossierRow.proof_since, DossierRow.number)
    if filters.contested:
        wanted = wanted.where(contested())
    return wanted.where(undelivered()) if filters.undelivered else wanted


def _lines(session: Session, rows: Sequence[Any], scope: Scope, agenda: Agenda) -> Iterator[Line]:
    due = _deadlines(session, [row.id for row, *_ in rows], _followed(scope, agenda))
    for row, doctor, recruiter, whose in rows:
        mine = due.get(row.id, [])
        first, answer = next(iter(mine), None), next((each for each in mine if agenda.runs(each)), None)
        turn = Turn(whose) if whose else None
        yield Line(row, doctor, recruiter, turn, first, answer if answer is not first else None)


def _conditions(scope: Scope, filters: Filters) -> list[ColumnElement[bool]]:
    """What every dossier of a list meets, whatever the state, the turn and the deadlines asked for."""
    conditions = [scope.condition()]
    if filters.call:
        conditions.append(DossierRow.call == filters.call)
    words = normalised(filters.words).split()[:6]
    conditions.extend(DossierRow.search.contains(word, autoescape=True) for word in words)
    return conditions


def _counted(session: Session, scope: Scope, filters: Filters, near: tuple[Any, Any, Any]) -> Listed:
    """How many dossiers a list has: each figure is what one would see by asking for it."""
    nearest, late, turn = near
    counts = (
        select(
            *(DossierRow.state, turn, late, DossierRow.proof_since.is_not(None), undelivered(), contested()),
            func.count(),
        )
        .outerjoin(nearest, nearest.c.dossier == DossierRow.id)
        .where(*_conditions(scope, filters))
        .group_by(text("1"), text("2"), text("3"), text("4"), text("5"), text("6"))
    )
    found = Listed([], 0, {}, {}, 0)
    total = overdue = unproven = lost = disputed = every = 0
    for state, whose, is_late, waits, is_lost, is_contested, number in session.execute(counts):
        here = filters.turn in {None, whose} and (bool(is_late) or not filters.late)
        here = here and (bool(waits) or not filters.unproven) and (bool(is_lost) or not filters.undelivered)
        here = here and (bool(is_contested) or not filters.contested)
        if here:
            found.by_state[state] = found.by_state.get(state, 0) + number
        if filters.state not in {None, state}:
            continue
        if whose:
            found.by_turn[Turn(whose)] = found.by_turn.get(Turn(whose), 0) + number
        total += number if here else 0
        overdue += number if is_late else 0
        unproven += number if waits else 0
        lost += number if is_lost else 0
        disputed += number if is_contested else 0
        every += number
    found = replace(found, total=total, every=every, late=overdue, unproven=unproven)
    return replace(found, undelivered=lost, contested=disputed)


def _followed(scope: Scope, agenda: Agenda) -> ColumnElement[bool]:
    """The deadlines that a reader follows: of the establishments, only the recruiter is asked for money back (A39)."""
    followed = Deadline.kind.in_(agenda.kinds)
    if scope.establishment is None:
        return followed
    recruits = select(DossierRow.id).where(DossierRow.recruiter == scope.establishment)
    return and_(followed, or_(Deadline.kind != DueKind.CONTRADICTORY_OVER.value, Deadline.dossier.in_(recruits)))


def _deadlines(session: Session, dossiers: list[UUID], followed: ColumnElement[bool]) -> dict[UUID, list[Deadline]]:
    """The deadlines of each dossier that are followed, past or to come, the first one first."""
    if not dossiers:
        return {}
    wanted = select(Deadline).where(Deadline.dossier.in_(dossiers), followed)
    found: dict[UUID, list[Deadline]] = {}
    for deadline in session.scalars(wanted.order_by(Deadline.due_at, Deadline.kind)):
        found.setdefault(deadline.dossier, []).append(deadline)
    return found
