"""The doctor on what is under way now: what nobody carries out, what holds the database, what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backoffice.services.ailments import UNREADABLE, Ailment
from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.store.calls import newest_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow, is_free, is_open
from backoffice.store.schedule import Deadline
from workflows.onward import WAITS_FOR_NOTHING, may_go_on

#: How long something may be due before it is said that nobody carries it out.
TOO_LONG = timedelta(minutes=15)
#: Seconds a transaction may stay open while nothing is asked of it.
IDLE_SECONDS = 30


def check_waiting(session: Session, now: datetime) -> Iterator[Ailment]:
    """No effect is due for long while nobody carries it out."""
    late = select(OutboxRow.id, OutboxRow.name, OutboxRow.next_attempt_at).where(
        is_open(), is_free(now), OutboxRow.next_attempt_at < now - TOO_LONG
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


def forgotten(session: Session, legal: datetime) -> Iterator[Ailment]:
    """Dossiers for which neither a deadline to come nor an act of the agency that carries them further is left."""
    ahead = select(Deadline.dossier).where(Deadline.dossier == DossierRow.id, Deadline.due_at > legal)
    waiting = select(DossierRow).where(DossierRow.state.not_in(WAITS_FOR_NOTHING), ~ahead.exists())
    newest = cache(lambda call: session.scalar(select(newest_of(call))))
    for row in session.scalars(waiting.order_by(DossierRow.number).execution_options(yield_per=200)):
        with suppress(*UNREADABLE):  # the check of histories names it
            if not may_go_on(view_of(row), ruling(session, row, newest(row.call)), legal):
                yield Ailment("sans suite", row.number, _STUCK)


_STUCK = "aucune échéance à venir, et aucun acte de l’agence ne peut faire avancer le dossier"
