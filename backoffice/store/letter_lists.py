"""The queries on letters: what waits for which step, what a dossier or a session asked for, how far a batch is.

Those of the pages are scoped to what the reader may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, null, or_, select
from sqlalchemy.orm import Session

from backoffice.store.calls import CallVersion
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.letters import Letter, LetterBatch, LetterStep, LetterTemplate, has_left, letter_step, stands
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.scope import Scope


def standing(session: Session, dues: Collection[UUID]) -> dict[UUID, list[Letter]]:
    """The letters that stand for some letters to prepare, by these."""
    found: dict[UUID, list[Letter]] = {due: [] for due in dues}
    wanted = select(Letter).where(Letter.due.in_(list(dues)), stands())
    for letter in session.scalars(wanted.order_by(Letter.drafted_at, Letter.party)) if dues else ():
        found[letter.due].append(letter)
    return found


def asked_with(session: Session, dossier: UUID, code: str) -> list[tuple[LetterDue, JournalEntry, Letter | None]]:
    """The letters of a code that a dossier asked for, the last first, each with the act that asked and what stands."""
    wanted = (
        select(LetterDue, JournalEntry, Letter)
        .join(JournalEntry, JournalEntry.id == LetterDue.entry)
        .outerjoin(Letter, and_(Letter.due == LetterDue.id, stands()))
        .where(LetterDue.dossier == dossier, LetterDue.code == code, LetterDue.cancelled_at.is_(None))
        .order_by(JournalEntry.seq.desc())
    )
    return [(due, entry, letter) for due, entry, letter in session.execute(wanted)]


def _seen(scope: Scope) -> ColumnElement[bool]:
    """The condition that a reader sees a letter to prepare: that of its dossier; for a session, that of its region.

    A member sees no session as a whole: each has a letter of their own.
    """
    condition = scope.condition()
    return condition if scope.region is None else or_(condition, LetterDue.region == scope.region)


def one(session: Session, scope: Scope, letter: UUID) -> tuple[Letter, DossierRow | None] | None:
    """A letter and its dossier, None for one of a session, if the reader may see it."""
    wanted = (
        select(Letter, DossierRow)
        .join(LetterDue, LetterDue.id == Letter.due)
        .outerjoin(DossierRow, DossierRow.id == Letter.dossier)
    )
    own = and_(Letter.dossier.is_(None), Letter.party == str(scope.member))
    seen = _seen(scope) if scope.member is None else own
    found = session.execute(wanted.where(Letter.id == letter, seen)).one_or_none()
    return None if found is None else (found[0], found[1])


def of_session(session: Session, call: str, name: str) -> list[tuple[LetterDue, list[Letter]]]:
    """The letters asked for a session, each with those that stand; one taken back, with those of it that left."""
    return _with_letters(session, LetterDue.call == call, LetterDue.session == name)


def of_dossier(session: Session, dossier: UUID) -> list[tuple[LetterDue, list[Letter]]]:
    """The letters that a dossier asked for, in the same way."""
    return _with_letters(session, LetterDue.dossier == dossier)


@dataclass(frozen=True, slots=True)
class Signs:
    """What may make a letter untrue besides its dossier: the text of the template that its agency keeps, None for the
    shipped one; whether the call was loaded again since it was prepared.
    """

    template: str | None
    reloaded: bool


def _signs() -> tuple[Any, Any]:
    mine = (LetterTemplate.authority == Letter.authority, LetterTemplate.code == Letter.code)
    kept = select(LetterTemplate.text).where(*mine).order_by(LetterTemplate.version.desc()).limit(1)
    again = (CallVersion.call == DossierRow.call, CallVersion.number > 1, CallVersion.loaded_at >= Letter.drafted_at)
    since = select(CallVersion.id).where(*again, DossierRow.id == Letter.dossier).correlate(Letter).exists()
    return kept.correlate(Letter).scalar_subquery(), since


def signs_of(session: Session, letters: Collection[UUID]) -> dict[UUID, Signs]:
    """The signs of some letters, by their ids. One statement, none for no letter."""
    wanted = select(Letter.id, *_signs()).where(Letter.id.in_(list(letters)))
    return {found: Signs(text, again) for found, text, again in session.execute(wanted)} if letters else {}


def of_dossier_with_signs(
    session: Session, dossier: UUID
) -> tuple[list[tuple[LetterDue, list[Letter]]], dict[UUID, Signs]]:
    """The letters that a dossier asked for, and the signs of each by its id. One statement."""
    signs: dict[UUID, Signs] = {}
    return _with_letters(session, LetterDue.dossier == dossier, signs=signs), signs


def _with_letters(
    session: Session, *mine: ColumnElement[bool], signs: dict[UUID, Signs] | None = None
) -> list[tuple[LetterDue, list[Letter]]]:
    """One statement. What was written elsewhere has left. `signs`: to fill in with those of the letters."""
    shown = or_(LetterDue.cancelled_at.is_(None), has_left(), LetterDue.elsewhere_at.is_not(None))
    told = _signs() if signs is not None else (null(), null())
    wanted = select(LetterDue, Letter, *told).outerjoin(Letter, and_(Letter.due == LetterDue.id, stands()))
    found: dict[UUID, tuple[LetterDue, list[Letter]]] = {}
    in_order = LetterDue.asked_at, LetterDue.code, LetterDue.addressee, Letter.party
    rows: list[Any] = list(session.execute(wanted.where(*mine, shown).order_by(*in_order)))
    for due, letter, text, again in rows:
        _, made = found.setdefault(due.id, (due, []))
        made += [letter] if letter is not None else []
        if signs is not None and letter is not None:
            signs[letter.id] = Signs(text, again)
    return list(found.values())


def asked(session: Session, scope: Scope, dues: Iterable[UUID]) -> list[tuple[LetterDue, DossierRow | None]]:
    """Some letters to prepare, those that the reader may see and that were not taken back."""
    wanted = (
        select(LetterDue, DossierRow)
        .outerjoin(DossierRow, DossierRow.id == LetterDue.dossier)
        .where(LetterDue.id.in_(list(dues)), LetterDue.cancelled_at.is_(None), _seen(scope))
        .order_by(DossierRow.number, LetterDue.asked_at, LetterDue.code, LetterDue.addressee)
    )
    return [(due, row) for due, row in session.execute(wanted)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter of the list: to prepare while `letter` is None. `row` is None for one of a session."""

    due: LetterDue
    row: DossierRow | None
    letter: Letter | None


def _listing(scope: Scope, codes: Collection[str], *columns: Any) -> Any:
    """Letters to prepare that have an object, and those that stand; of what was taken back, those that left."""
    wanted = or_(LetterDue.cancelled_at.is_(None), has_left())
    in_object = or_(LetterDue.idle_at.is_(None), Letter.id.is_not(None))
    return (
        select(*columns)
        .select_from(LetterDue)
        .outerjoin(DossierRow, DossierRow.id == LetterDue.dossier)
        .outerjoin(Letter, and_(Letter.due == LetterDue.id, stands()))
        .where(wanted, in_object, LetterDue.elsewhere_at.is_(None))
        .where(LetterDue.code.in_(list(codes)), _seen(scope))
    )


def _in_order() -> tuple[Any, ...]:
    """The oldest first; two letters of one act keep their places from a page to the next."""
    return (LetterDue.asked_at, DossierRow.number, LetterDue.addressee, Letter.party, LetterDue.id)


#: How many letters of a whole list are read at once.
_MANY = 500


def listed(
    session: Session,
    scope: Scope,
    codes: Collection[str],
    steps: Collection[LetterStep],
    *,
    code: str | None = None,
    limit: int,
    offset: int = 0,
) -> list[Listed]:
    """The letters at some steps, the oldest first."""
    wanted = _at(_listing(scope, codes, LetterDue, DossierRow, Letter), steps, code)
    wanted = wanted.order_by(*_in_order())
    return [Listed(*found) for found in session.execute(wanted.limit(limit).offset(offset))]


def every(
    session: Session, scope: Scope, codes: Collection[str], steps: Collection[LetterStep], code: str | None
) -> Iterator[list[Listed]]:
    """All the letters at some steps, in the order of the list, some at a time."""
    offset = 0
    while found := listed(session, scope, codes, steps, code=code, limit=_MANY, offset=offset):
        yield found
        offset += len(found)


def picked(session: Session, scope: Scope, codes: Collection[str], letters: Collection[UUID]) -> list[Listed]:
    """Some letters, those that the reader may see, in the order of the list."""
    wanted = _listing(scope, codes, LetterDue, DossierRow, Letter).where(Letter.id.in_(list(letters)))
    return [Listed(*found) for found in session.execute(wanted.order_by(*_in_order()))]


def waiting(
    session: Session, scope: Scope, codes: Collection[str], steps: Collection[LetterStep], code: str | None, most: int
) -> list[tuple[UUID, Any]]:
    """The ids of what is at some steps, of letters to prepare or of letters, with the data of letters."""
    columns = (func.coalesce(Letter.id, LetterDue.id), Letter.data)
    wanted = _at(_listing(scope, codes, *columns), steps, code)
    return [(found, data) for found, data in session.execute(wanted.order_by(LetterDue.asked_at).limit(most))]


def _at(wanted: Any, steps: Collection[LetterStep], code: str | None) -> Any:
    at = wanted.where(letter_step().in_([step.value for step in steps]))
    return at.where(LetterDue.code == code) if code else at


def counts(session: Session, scope: Scope, codes: Collection[str]) -> dict[tuple[LetterStep, str], int]:
    """How many letters are at each step, by step and code. One statement."""
    step = letter_step().label("step")
    found = _listing(scope, codes, step, LetterDue.code).subquery()
    wanted = select(found.c.step, found.c.code, func.count()).group_by(found.c.step, found.c.code)
    return {(LetterStep(name), code): number for name, code, number in session.execute(wanted)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. `waiting`: letters that the worker will still make; `failed`: those given up.

    One whose decision was taken back meanwhile is none of them.
    """

    batch: LetterBatch
    made: int
    waiting: int
    failed: list[tuple[Letter, str]]


def batch_progress(session: Session, region: str | None, batch: UUID) -> Progress | None:
    """How far a batch of a region is."""
    row = session.get(LetterBatch, batch)
    if row is None or row.region != region:
        return None
    mine = select(func.count()).select_from(Letter).where(Letter.batch == batch)
    made, waits = mine.where(Letter.generated_at.is_not(None)), mine.where(letter_step() == LetterStep.BEING_MADE.value)
    failed = (
        select(Letter, OutboxRow.last_error)
        .join(OutboxRow, OutboxRow.id == Letter.making)
        .where(Letter.batch == batch, OutboxRow.dead_at.is_not(None), Letter.generated_at.is_(None))
    )
    given_up = [(letter, error or "") for letter, error in session.execute(failed)]
    return Progress(row, session.scalar(made) or 0, session.scalar(waits) or 0, given_up)


def visible(session: Session, scope: Scope, letters: Iterable[UUID]) -> list[UUID]:
    """Those of some letters that the reader may see, in order."""
    wanted = select(Letter.id).join(LetterDue, LetterDue.id == Letter.due)
    wanted = wanted.outerjoin(DossierRow, DossierRow.id == Letter.dossier)
    wanted = wanted.where(Letter.id.in_(list(letters)), _seen(scope))
    return list(session.scalars(wanted.order_by(Letter.drafted_at, DossierRow.number, Letter.party)))
