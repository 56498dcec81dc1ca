"""The doctor on what is under way now: what nobody carries out, what holds the database, what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from backoffice.services.ailments import Ailment
from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline
from workflows.actors import Actor, Role
from workflows.decide import explain
from workflows.dossier import Dossier, Surroundings
from workflows.states import State

#: How long something may be due before it is said that nobody carries it out.
TOO_LONG = timedelta(minutes=15)
#: Seconds a transaction may stay open while nothing is asked of it.
IDLE_SECONDS = 30
#: Dossiers that wait for nothing: their story is over, or the act that goes on is somebody’s appeal.
_OVER = frozenset({State.REJECTED.value, State.ENDED.value})
_PERSONS = (Role.INSTRUCTOR, Role.HEAD, Role.DG)


def check_waiting(session: Session, now: datetime) -> Iterator[Ailment]:
    """No effect is due for long while nobody carries it out."""
    free = or_(OutboxRow.lease.is_(None), OutboxRow.lease_until < now)
    late = select(OutboxRow.id, OutboxRow.name, OutboxRow.next_attempt_at).where(
        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), free, OutboxRow.next_attempt_at < now - TOO_LONG
    )
    for row, name, due in session.execute(late.order_by(OutboxRow.next_attempt_at)):
        minutes = int((now - due).total_seconds() // 60)
        told = f"l’effet {name} attend depuis {minutes} minutes : les processus d’arrière-plan tournent-ils ?"
        yield Ailment("attente", str(row), told)


_IDLE = text(
    "SELECT pid, application_name, extract(epoch FROM clock_timestamp() - state_change)::int FROM pg_stat_activity"
    " WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
    " AND state_change < clock_timestamp() - make_interval(secs => :seconds)"
)
_USED = text(
    "SELECT count(*), current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    " FROM pg_stat_activity WHERE backend_type = 'client backend'"
)


def check_connections(session: Session) -> Iterator[Ailment]:
    """No transaction stays open for nothing, and connections are left. PostgreSQL only."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for pid, name, seconds in session.execute(_IDLE, {"seconds": IDLE_SECONDS}):
        yield Ailment("connexions", f"{pid} {name}".strip(), f"une transaction reste ouverte depuis {seconds} s")
    used, most = session.execute(_USED).one()
    if used >= most:
        yield Ailment("connexions", "base", f"toutes les connexions sont prises ({used} sur {most})")


def given_up(session: Session) -> Iterator[Ailment]:
    """Effects given up after their last attempt: a person tries them again, or sees to it otherwise."""
    dead = select(OutboxRow.id, OutboxRow.name, OutboxRow.last_error).where(OutboxRow.dead_at.is_not(None))
    for row, name, error in session.execute(dead.order_by(OutboxRow.dead_at)):
        yield Ailment("abandons", str(row), f"l’effet {name} a été abandonné : {error or 'sans explication'}")


def forgotten(session: Session, now: datetime) -> Iterator[Ailment]:
    """Dossiers for which neither a deadline to come nor an act of anybody of the agency is left."""
    ahead = select(Deadline.dossier).where(Deadline.dossier == DossierRow.id, Deadline.due_at > now)
    waiting = select(DossierRow).where(DossierRow.state.not_in(_OVER), ~ahead.exists()).order_by(DossierRow.number)
    for row in session.scalars(waiting.execution_options(yield_per=200)):
        if not _somebody_may_act(session, row, view_of(row), now):
            yield Ailment("sans suite", row.number, "ni échéance à venir, ni acte possible pour l’agence")


def _somebody_may_act(session: Session, row: DossierRow, view: Dossier, now: datetime) -> bool:
    call, bare = ruling(session, row), replace(view, around=Surroundings())
    return any(
        possibility.allowed or possibility.held
        for role in _PERSONS
        for possibility in explain(bare, by=Actor(role, str(UUID(int=0))), call=call, now=now)
    )
