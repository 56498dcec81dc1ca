"""What the clock does: notice what fell due, once, and ask for its effects. A constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import ClockSlot, Deadline, DueNotice


@dataclass(frozen=True, slots=True)
class Noticed:
    """What one tick noticed: notices made, effects asked for."""

    notices: int
    effects: int


#: Dossiers seen to in one transaction, each with all its deadlines; the rest waits for the next tick, a moment later.
BATCH = 200
#: How long the slots of the clock are kept.
_SLOTS_KEPT = timedelta(days=7)


def tick(session: Session, *, legal: datetime, machine: datetime) -> Noticed:
    """Notice every deadline that has come: "due and not noticed", never "today".

    After days without a clock only the last reminder of a family is mailed; the earlier ones are noticed in silence.
    """
    with writing(session):
        due = _due(session, legal)
        rows = [_notice(deadline, legal) for deadline in due]
        kept = _insert_new(session, rows)
        wanted = [(d, kept[d.dossier, d.kind, d.due_on]) for d in due if (d.dossier, d.kind, d.due_on) in kept]
        last = _last_of_family(wanted)
        effects = [_effect(d, notice, to, legal, machine) for d, notice in last for to in _addressees(d)]
        session.add_all(effects)
    return Noticed(len(kept), len(effects))


def _due(session: Session, legal: datetime) -> list[Deadline]:
    noticed = exists().where(
        DueNotice.dossier == Deadline.dossier, DueNotice.kind == Deadline.kind, DueNotice.due_on == Deadline.due_on
    )
    waiting = (Deadline.due_at <= legal, ~noticed)
    dossiers = select(Deadline.dossier).where(*waiting).distinct().order_by(Deadline.dossier).limit(BATCH)
    wanted = select(Deadline).where(Deadline.dossier.in_(dossiers), *waiting)
    return list(session.scalars(wanted.order_by(Deadline.due_at, Deadline.dossier, Deadline.kind)))


def _notice(deadline: Deadline, legal: datetime) -> dict[str, object]:
    return {
        "id": uuid4(),
        "dossier": deadline.dossier,
        "kind": deadline.kind,
        "due_on": deadline.due_on,
        "noticed_at": legal,
    }


def _insert_new(session: Session, rows: list[dict[str, object]]) -> dict[tuple[UUID, str, object], UUID]:
    """Insert the notices nobody made before; gives the id of each one made here."""
    if not rows:
        return {}
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(DueNotice) if dialect == "postgresql" else sqlite.insert(DueNotice)
    made = session.execute(
        insert.values(rows)
        .on_conflict_do_nothing(index_elements=["dossier", "kind", "due_on"])
        .returning(DueNotice.dossier, DueNotice.kind, DueNotice.due_on, DueNotice.id)
    )
    return {(dossier, kind, due_on): notice for dossier, kind, due_on, notice in made}


def _last_of_family(wanted: list[tuple[Deadline, UUID]]) -> list[tuple[Deadline, UUID]]:
    last: dict[tuple[UUID, str], tuple[Deadline, UUID]] = {}
    for deadline, notice in sorted(wanted, key=lambda pair: pair[0].due_on):
        last[deadline.dossier, deadline.family] = (deadline, notice)
    return list(last.values())


def _addressees(deadline: Deadline) -> list[str | None]:
    """Those the machine writes to, one mail each; nobody for an act that it fires."""
    if deadline.act is not None:
        return [None]
    return [*deadline.addressee.split(",")] if deadline.addressee else []


def _effect(deadline: Deadline, notice: UUID, to: str | None, legal: datetime, machine: datetime) -> OutboxRow:
    fires = deadline.act is not None
    return OutboxRow(
        id=uuid4(),
        dedupe_key=":".join(filter(None, ("notice", str(deadline.dossier), deadline.kind, str(deadline.due_on), to))),
        dossier=deadline.dossier,
        notice=notice,
        queue="work" if fires else "mail",
        kind="act" if fires else "mail",
        name=deadline.act or deadline.kind,
        addressee=to,
        details={} if fires else {"due_on": deadline.due_on.isoformat()},
        at=deadline.due_at if fires else legal,
        created_at=machine,
        next_attempt_at=machine,
    )


def take_slot(session: Session, job: str, slot: datetime, now: datetime) -> bool:
    """Take a slot of a job: True for one clock process only, whatever their number."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(ClockSlot) if dialect == "postgresql" else sqlite.insert(ClockSlot)
    with writing(session):
        taken = session.execute(
            insert.values(job=job, slot=slot, taken_at=now).on_conflict_do_nothing().returning(ClockSlot.job)
        )
        return taken.first() is not None


def close_slot(session: Session, job: str, slot: datetime, now: datetime) -> None:
    """Note that the work of a slot is done, and forget the old slots."""
    with writing(session):
        done = update(ClockSlot).where(ClockSlot.job == job, ClockSlot.slot == slot)
        session.execute(done.values(done_at=now).execution_options(synchronize_session=False))
        old = delete(ClockSlot).where(ClockSlot.slot < now - _SLOTS_KEPT)
        session.execute(old.execution_options(synchronize_session=False))
