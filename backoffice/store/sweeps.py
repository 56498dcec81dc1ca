"""The statements of a sweep: one job, every dossier, a constant number of statements whatever their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    Update,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backoffice.store.base import UtcDateTime
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline, DigestLine, DueNotice

#: The kind, and the queue, of a mail that gathers what one job has to tell one recipient about a call.
DIGEST = "digest"
#: Between an addressee and who that is, in what a deadline says of whom to tell.
BETWEEN = "|"
#: Milliseconds a statement of a sweep may take: it sees to every dossier at once. It gives up by itself before whoever
#: watches over the clock takes it to hang.
SWEEP_MS = 120_000


def waiting(legal: datetime, job: str | None = None) -> ColumnElement[bool]:
    """The condition that a deadline has come, "due and not seen to", never "today"."""
    come = and_(Deadline.noticed_at.is_(None), Deadline.run_at <= legal)
    return and_(come, Deadline.job != "") if job is None else and_(come, Deadline.job == job)


def jobs_waiting(legal: datetime) -> Select[str]:
    """The jobs that have something to see to."""
    return select(Deadline.job).where(waiting(legal)).distinct()


def noticed() -> ColumnElement[bool]:
    """The condition that somebody has noticed a deadline already."""
    return exists().where(
        DueNotice.dossier == Deadline.dossier, DueNotice.kind == Deadline.kind, DueNotice.due_on == Deadline.due_on
    )


def pointless() -> ColumnElement[bool]:
    """The condition that a deadline has lost its object: the mail it waited for has left."""
    left = exists().where(
        OutboxRow.dossier == Deadline.dossier, OutboxRow.name == Deadline.unless_sent, SentMail.outbox == OutboxRow.id
    )
    return and_(Deadline.unless_sent.is_not(None), left)


def allow_long(session: Session) -> None:
    """Let the statements of this transaction take as long as every dossier takes."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL statement_timeout = {SWEEP_MS}"))


@dataclass(frozen=True)
class Sweep:
    """The statements of one run of a job, for one kind of database. `legal` and `machine` are the instants it runs at.

    In order: notices; the acts they fire; one mail for each call and reader; the lines of these mails; the deadlines
    that are seen to. A reader is a party, under whatever names it is told, or an addressee that is none (the service).
    """

    dialect: str
    job: str
    run: UUID
    legal: datetime
    machine: datetime

    def notices(self) -> Any:
        """Note each deadline that has come, once whatever the number of clocks; of each matter, the last one tells."""
        rank = func.row_number().over(
            partition_by=(Deadline.dossier, Deadline.family), order_by=(Deadline.due_on.desc(), Deadline.kind)
        )
        found = select(
            self._new_id,
            Deadline.dossier,
            Deadline.kind,
            Deadline.due_on,
            literal(self.legal, UtcDateTime),
            literal(self.run, Uuid),
            and_(rank == 1, Deadline.act.is_(None)),
        ).where(waiting(self.legal, self.job), ~noticed(), ~pointless())
        names = ["id", "dossier", "kind", "due_on", "noticed_at", "run", "tells"]
        into = self._insert(DueNotice).from_select(names, found)
        return into.on_conflict_do_nothing(index_elements=["dossier", "kind", "due_on"])

    def acts(self) -> Any:
        """Ask for the acts that the machine fires, on inputs a person decided beforehand."""
        key = _joined("notice:", DueNotice.dossier, ":", DueNotice.kind, ":", DueNotice.due_on)
        found = self._of_run(
            self._new_id,
            key,
            DueNotice.dossier,
            DueNotice.id,
            literal("work"),
            literal("act"),
            Deadline.act,
            literal("{}"),
            Deadline.due_at,
            *self._now(),
        ).where(Deadline.act.is_not(None))
        names = ["id", "dedupe_key", "dossier", "notice", "queue", "kind", "name", "details", "at"]
        return self._insert(OutboxRow).from_select([*names, *_CREATED], found)

    def mails(self) -> Any:
        """Ask for one mail for each call and reader."""
        told = self._told(
            DossierRow.call.label("call"),
            self._reader.label("reader"),
            self._party.label("party"),
            self._addressee.label("addressee"),
        ).subquery()
        group = (told.c.call, told.c.reader, told.c.party)
        each = select(*group, func.min(told.c.addressee).label("addressee")).group_by(*group).subquery()
        found = select(
            self._new_id,
            self._key(each.c.call, each.c.reader),
            each.c.call,
            literal(self.run, Uuid),
            literal(DIGEST),
            literal(DIGEST),
            literal(self.job),
            each.c.addressee,
            each.c.party,
            literal("{}"),
            literal(self.legal, UtcDateTime),
            *self._now(),
        )
        names = ["id", "dedupe_key", "call", "run", "queue", "kind", "name", "addressee", "party", "details", "at"]
        return self._insert(OutboxRow).from_select([*names, *_CREATED], found)

    def lines(self) -> Any:
        """Name, in each mail, the notices it tells."""
        # by its key, which an index finds whatever the database knows of the tables
        mine = OutboxRow.dedupe_key == self._key(DossierRow.call, self._reader)
        found = self._told(OutboxRow.id, DueNotice.id, DueNotice.dossier).join(OutboxRow, mine)
        return self._insert(DigestLine).from_select(["outbox", "notice", "dossier"], found.distinct())

    def seen(self) -> Update:
        """Mark the deadlines that are seen to: the next sweep does not look at them again."""
        over = or_(noticed(), pointless())
        marked = update(Deadline).where(waiting(self.legal, self.job), over).values(noticed_at=self.legal)
        return marked.execution_options(synchronize_session=False)

    def _key(self, call: Any, reader: Any) -> ColumnElement[str]:
        """The key of the mail of this run for a reader of a call."""
        return _joined(f"digest:{self.run}:", call, ":", reader)

    def _now(self) -> tuple[Any, ...]:
        return literal(self.machine, UtcDateTime), literal(self.machine, UtcDateTime), literal(0)

    def _of_run(self, *columns: Any) -> Select[Any]:
        same = and_(
            Deadline.dossier == DueNotice.dossier, Deadline.kind == DueNotice.kind, Deadline.due_on == DueNotice.due_on
        )
        return select(*columns).select_from(DueNotice).join(Deadline, same).where(DueNotice.run == self.run)

    def _told(self, *columns: Any) -> Select[Any]:
        """What this run tells, each with those it is told to."""
        return (
            self._of_run(*columns)
            .where(DueNotice.tells)
            .join(DossierRow, DossierRow.id == DueNotice.dossier)
            .join(self._each, true())
        )

    @cached_property
    def _each(self) -> Any:
        told = cast(Deadline.told, Text)
        if self.dialect == "postgresql":
            return func.jsonb_array_elements_text(cast(told, postgresql.JSONB)).table_valued("value").alias("told")
        return func.json_each(told).table_valued("value").alias("told")

    @property
    def _addressee(self) -> ColumnElement[str]:
        value = self._each.c.value
        if self.dialect == "postgresql":
            return cast(func.split_part(value, BETWEEN, 1), String)
        return cast(func.substr(value, 1, func.instr(value, BETWEEN) - 1), String)

    @property
    def _party(self) -> ColumnElement[str]:
        value = self._each.c.value
        if self.dialect == "postgresql":
            return func.nullif(func.split_part(value, BETWEEN, 2), "")
        return func.nullif(func.substr(value, func.instr(value, BETWEEN) + 1), "")

    @property
    def _reader(self) -> ColumnElement[str]:
        return func.coalesce(self._party, self._addressee)

    @property
    def _new_id(self) -> ColumnElement[Any]:
        if self.dialect == "postgresql":
            return func.gen_random_uuid()
        return func.lower(func.hex(func.randomblob(16)))

    def _insert(self, table: Any) -> Any:
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)


_CREATED = ("created_at", "next_attempt_at", "attempts")


def _joined(*parts: Any) -> ColumnElement[str]:
    """Texts one after the other."""
    texts = [literal(part, String) if isinstance(part, str) else cast(part, String) for part in parts]
    return reduce(lambda before, part: before.concat(part), texts)
