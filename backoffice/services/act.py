"""The one door: every change of a dossier goes through here, in one transaction.

Lock, view, decide, write the facts, the journal entry, the effects and the places, commit. Nothing else writes a
dossier, and nothing here carries an effect out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from backoffice import CODE_VERSION
from backoffice.services import deadlines, drawing, records
from backoffice.services.callbook import ruled_by, ruling
from backoffice.services.facts import moved, view_of
from backoffice.services.letters.idle import note_idle
from backoffice.services.projection import columns
from backoffice.services.surroundings import around
from backoffice.store.base import OvertakenError, canonical, in_spite_of_others, writing
from backoffice.store.calls import newest_of
from backoffice.store.dossiers import Command, DossierRow, JournalEntry, LateAttempt
from backoffice.store.journal import entry_hash
from backoffice.store.people import Document, Person
from config.faultpoints import faultpoint
from workflows.actors import Actor
from workflows.acts.base import ActInputs
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.decide import Decision, Refused, decide
from workflows.dossier import Dossier
from workflows.facts import plain_changes
from workflows.personal import without_personal
from workflows.shapes import dump
from workflows.table import FILING


class DossierNotFoundError(LookupError):
    """No dossier of that id."""


class KeyReusedError(ValueError):
    """An idempotency key came back with another request."""

    def __init__(self) -> None:
        super().__init__("Cette page a déjà servi à une autre demande : rechargez-la et recommencez.")


@dataclass(frozen=True, slots=True)
class Order:
    """An act asked for. `version`: the version of the dossier the person saw; `key`: the same key acts once.

    `brings`: what the inputs refer to and is not written yet, a doctor named for the first time or a document. It is
    written with the act, or not at all.
    """

    dossier: UUID
    act: str
    inputs: ActInputs
    by: Actor
    version: int | None = None
    key: str | None = None
    brings: tuple[Person | Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The act went through, now or earlier under the same key (`repeated`). `outbox`: rows that wait to be sent."""

    seq: int
    after: Dossier
    decision: Decision | None
    outbox: tuple[UUID, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else acted in between: who, what and when."""

    version: int
    act: str
    author: str
    author_role: str
    at: datetime


Answer = Done | Refused | Conflict


@dataclass(frozen=True, slots=True)
class Times:
    """The legal instant of an act, and the machine’s."""

    legal: datetime
    machine: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A dossier held under lock: its row, its view, the call that rules it, the id of the version in force."""

    row: DossierRow
    view: Dossier
    call: Call
    in_force: UUID


def perform(session: Session, order: Order, times: Times) -> Answer:
    """Carry one act out; again from its beginning when it was given up for another transaction.

    Raises DossierNotFoundError, KeyReusedError.

    A refused act writes nothing, except the trace of a late filing.
    """
    return in_spite_of_others(lambda: _performed(session, order, times))


def _performed(session: Session, order: Order, times: Times) -> Answer:
    with writing(session):
        answer = within(session, order, times)
        faultpoint("act.before_commit", order.dossier)
    faultpoint("act.after_commit", order.dossier)
    return answer


def within(session: Session, order: Order, times: Times) -> Answer:
    """The same as `perform`, within a write transaction of the caller’s.

    Raises OvertakenError too, unless the caller held the dossier already: the whole transaction begins again then.
    """
    row, newest = _locked(session, order.dossier)
    faultpoint("act.locked", order.dossier)
    repeated = _repeated(session, order, row)
    if repeated is not None:
        return repeated
    if order.version is not None and order.version != row.version:
        conflict = _conflict(session, row, order.version)
        if conflict is not None:
            return conflict
    call = ruling(session, row, newest)
    held = Held(row, _around(session, row, call, order, times, lock=True), call, newest)
    return _decide(session, order, held, times)


def _around(session: Session, row: DossierRow, call: Call, order: Order, times: Times, *, lock: bool) -> Dossier:
    instants = {"legal": times.legal, "machine": times.machine}
    return around(session, row, view_of(row), call, order.act, **instants, inputs=order.inputs, lock=lock)


def preview(session: Session, order: Order, times: Times) -> tuple[Dossier, Decision | Refused]:
    """What an act would do now, and the view it was judged on. Writes nothing. Raises DossierNotFoundError."""
    row = session.get(DossierRow, order.dossier)
    if row is None:
        raise DossierNotFoundError(str(order.dossier))
    call = ruling(session, row)
    view = _around(session, row, call, order, times, lock=False)
    return view, decide(view, order.act, order.inputs, by=order.by, call=call, now=times.legal)


def note_late(session: Session, order: Order, answer: Refused, now: datetime) -> None:
    """Keep the trace of a late filing that a preview refused: the attempt counts, whatever the page it was made on."""
    if _is_late(order, answer):
        with writing(session):
            _trace_late(session, order, session.get_one(DossierRow, order.dossier), answer, now)


def _decide(session: Session, order: Order, held: Held, times: Times) -> Done | Refused:
    vault = records.Vault(held.row.id, held.row.version + 1, held.row.facts)
    inputs = without_personal(order.inputs, vault.keep)
    answer = decide(held.view, order.act, inputs, by=order.by, call=held.call, now=times.legal)
    if isinstance(answer, Refused):
        _under_the_call_in_force(session, held)
        _trace_late(session, order, held.row, answer, times.legal)
        return answer
    session.add_all([*order.brings, *vault.rows])
    records.write_identity(session, order.inputs, answer.after)
    if order.brings:
        session.flush()  # what is found by the name of a doctor is written next
    return _write(
        session, replace(order, inputs=inputs), held, answer, times, request_digest(order) if order.key else ""
    )


# NO KEY UPDATE: whoever only refers to the dossier, a mail that has just left, does not wait for the act.
_LOCKED = (
    select(DossierRow, newest_of(DossierRow.call))
    .where(DossierRow.id == bindparam("dossier"))
    .with_for_update(of=DossierRow, key_share=True)
    .execution_options(populate_existing=True)
)


def _locked(session: Session, dossier: UUID) -> tuple[DossierRow, UUID]:
    """The dossier, locked, and the version in force of its call."""
    found = session.execute(_LOCKED, {"dossier": dossier}).one_or_none()
    if found is None:
        raise DossierNotFoundError(str(dossier))
    row, newest = found
    return row, newest


def _under_the_call_in_force(session: Session, held: Held) -> None:
    """Raise OvertakenError for an act judged under a version that another replaced while it waited for its dossier.

    The statement that waits reads the version of before its wait. Whoever loads one holds every dossier of its call:
    what is read once the dossier is held stays until the act ends.
    """
    if session.scalar(select(newest_of(held.row.call))) != held.in_force:
        raise OvertakenError(held.row.number)


def request_digest(order: Order) -> str:
    """Digest of what an order asks, to recognise the same request under the same key, which salts it."""
    asked = {"key": order.key, "dossier": str(order.dossier), "act": order.act, "inputs": dump(order.inputs)}
    return hashlib.sha256(canonical(asked).encode()).hexdigest()


def _repeated(session: Session, order: Order, row: DossierRow) -> Done | None:
    if order.key is None:
        return None
    known = session.get(Command, (order.key, order.by.id))
    if known is None:
        return None
    if known.request != request_digest(order) or known.seq is None:
        raise KeyReusedError
    return Done(known.seq, view_of(row), None, repeated=True)


def _conflict(session: Session, row: DossierRow, seen: int) -> Conflict | None:
    """Who acted on a dossier after the version that a person saw; None when nothing that they saw has changed since."""
    acted = select(JournalEntry).where(JournalEntry.dossier == row.id).order_by(JournalEntry.seq.desc()).limit(1)
    if seen < row.version:
        acted = acted.where(JournalEntry.seq > seen, JournalEntry.act.not_in(FILING))
    last = session.scalars(acted).one_or_none()
    return None if last is None else Conflict(row.version, last.act, last.author, last.author_role, last.at)


def _is_late(order: Order, answer: Refused) -> bool:
    return "call_closed" in answer.codes and order.act == "submit"


def _trace_late(session: Session, order: Order, row: DossierRow, answer: Refused, now: datetime) -> None:
    if _is_late(order, answer):
        digest = hashlib.sha256(row.facts.encode()).hexdigest()
        session.add(LateAttempt(dossier=row.id, at=now, author=order.by.id, draft_digest=digest))


def _write(session: Session, order: Order, held: Held, decision: Decision, times: Times, request: str) -> Done:
    row, today = held.row, local_day(times.legal, held.call.authority.zone)
    entry = _entry(order, held, decision, times)
    due = deadlines.planned(row.id, decision.after, held.call, today)
    append(session, entry)
    update_row(session, held, decision.after, entry, deadlines.agenda(due))
    records.write_places(session, row, held.view, decision.after)
    records.write_sites(session, row, held.view, decision.after)
    records.write_titles(session, row, held.view, decision.after, entry.seq)
    drawing.write_drawn(session, row, held.view, decision.after)
    deadlines.rewrite(session, row.id, due, before=row.agenda)
    if decision.after.pause != held.view.pause:
        deadlines.let_go(session, row.id, times.machine)
    outbox = records.write_effects(session, entry, decision.effects, times.legal, times.machine)
    if order.key is not None:
        session.add(
            Command(key=order.key, author=order.by.id, request=request, dossier=row.id, seq=entry.seq, at=times.machine)
        )
    session.flush()
    note_idle(session, row.id, decision.after, times.machine)
    return Done(entry.seq, decision.after, decision, tuple(outbox))


def _entry(order: Order, held: Held, decision: Decision, times: Times) -> JournalEntry:
    row = held.row
    entry = JournalEntry(
        id=uuid4(),
        dossier=row.id,
        seq=row.version + 1,
        act=order.act,
        source=decision.source.value,
        target=decision.target.value,
        author_kind=records.author_kind(order.by),
        author_role=order.by.role.value,
        author=order.by.id,
        party=order.by.party,
        at=times.legal,
        recorded_at=times.machine,
        call_version=held.in_force,
        code_version=CODE_VERSION,
        inputs=dump(order.inputs),
        changes=plain_changes(decision.changes),
        effects=[records.plain_effect(e) for e in decision.effects],
        findings=records.plain_findings(decision.findings),
        evaluation=records.plain_evaluation(decision.evaluation),
        previous=row.head,
    )
    entry.hash = entry_hash(entry)
    return entry


# On the tables and not on the mapped classes: the unit of work has nothing to add here, and it costs.
_DOSSIERS, _JOURNAL = cast(Table, DossierRow.__table__), cast(Table, JournalEntry.__table__)
_APPENDED = insert(_JOURNAL)
_ENTRY = tuple(column.name for column in _JOURNAL.c)
_FENCED = update(_DOSSIERS).where(
    _DOSSIERS.c.id == bindparam("held"),
    _DOSSIERS.c.version == bindparam("read"),
    newest_of(_DOSSIERS.c.call) == bindparam("in_force"),
)


def append(session: Session, entry: JournalEntry) -> None:
    """Add an entry to the journal."""
    session.connection().execute(_APPENDED, {name: getattr(entry, name) for name in _ENTRY})


class LostRaceError(RuntimeError):
    """The row moved although it was locked: the database does not lock as it must."""


def update_row(session: Session, held: Held, after: Dossier, entry: JournalEntry, agenda: str) -> None:
    """Write the new facts and the columns drawn from them, fenced by the version that was read and by that of the call.

    The row in hand stays as it was read; the session forgets it, so that whoever asks again reads what was written.
    """
    row = held.row
    values: dict[str, Any] = {
        **columns(after, local_day(entry.at, held.call.authority.zone)),
        "call_version": ruled_by(row, held.in_force),
        "facts": moved(row.facts, entry.changes),
        "head": entry.hash,
        "touched_at": entry.at,
        "last_actor": entry.author,
        "agenda": agenda,
        "planned": deadlines.PLANNING,
        "drawn": after.version,
    }
    if records.found_by(held.view) != records.found_by(after):
        values["search"] = records.search_text(session, row.number, after)
    fence = {"held": row.id, "read": row.version, "in_force": held.in_force}
    if session.connection().execute(_FENCED, values | fence).rowcount != 1:
        _under_the_call_in_force(session, held)
        raise LostRaceError(row.number)
    session.expunge(row)
