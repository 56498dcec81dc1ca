"""The sweep of each job over very many dossiers, against one SQL statement that writes the same rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from backoffice.services import due
from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.store.dossiers import DossierRow
from config.settings import Settings
from tests import servers
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.bench.door import make_durable
from tests.databases import migrated
from workflows.jobs import Job
from workflows.states import State

GOAL = 2.0
SIZES = (100_000, 1_000_000)
#: One dossier in so many has something due for a job.
_ONE_IN = 100
_RECRUITERS = 400
_RUNS = 3

_DOSSIERS = """
INSERT INTO dossier SELECT (jsonb_populate_record(d, jsonb_build_object(
    'id', gen_random_uuid(), 'number', 'B-' || n, 'agenda', 'bench', 'facts', '{}'))).*
FROM dossier d, generate_series(1, :count) n WHERE d.id = :model
"""
_DEADLINES = """
INSERT INTO deadline (dossier, kind, due_on, due_at, run_at, family, job, told)
SELECT d.id, 'bench_' || lower(j.job), date '2030-01-01' + m, timestamptz '2030-01-01' + m * interval '1 day',
       timestamptz '2030-01-01' + m * interval '1 day',
       'bench', j.job, '["recruiter|99' || lpad((abs(hashtext(d.number)) % :recruiters)::text, 7, '0') || '"]'
FROM dossier d, unnest(cast(:jobs AS text[])) AS j(job),
     LATERAL (SELECT (substr(d.number, 3)::int % :one_in) * 30 AS m) days
WHERE d.number LIKE 'B-%'
"""
#: No check of what is copied, and the index once for all: only what comes after is measured.
_FASTER = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL session_replication_role = replica",
    "DROP INDEX ix_deadline_waiting, ix_deadline_due",
)
_INDEX = "CREATE INDEX ix_deadline_waiting ON deadline (job, run_at) WHERE noticed_at IS NULL"
_FIRST = "SELECT min(run_at) FROM deadline WHERE job = :job AND noticed_at IS NULL AND family = 'bench'"
#: The same rows as a sweep writes, in one statement: notices, mails, their lines, the marks.
_FLOOR = """
WITH run AS (
    INSERT INTO job_run (id, job, at, ran_at, by, notices, effects)
    VALUES (gen_random_uuid(), :job, :legal, :legal, 'floor', 0, 0) RETURNING id
), come AS (
    SELECT dossier, kind, due_on, told,
           row_number() OVER (PARTITION BY dossier, family ORDER BY due_on DESC, kind) AS rank
    FROM deadline WHERE job = :job AND noticed_at IS NULL AND run_at <= :legal
), noticed AS (
    INSERT INTO due_notice (id, dossier, kind, due_on, noticed_at, run, tells)
    SELECT gen_random_uuid(), dossier, kind, due_on, :legal, run.id, rank = 1 FROM come, run
    ON CONFLICT DO NOTHING RETURNING id, dossier, kind, due_on
), told AS (
    SELECT noticed.id AS notice, noticed.dossier, each.value
    FROM noticed JOIN come USING (dossier, kind, due_on), jsonb_array_elements_text(come.told::jsonb) AS each(value)
    WHERE come.rank = 1
), mails AS (
    INSERT INTO outbox (id, dedupe_key, call, run, queue, kind, name, addressee, party, details, at, created_at,
                        next_attempt_at, attempts)
    SELECT gen_random_uuid(), 'floor:' || run.id || value, 'bench', run.id, 'digest', 'digest', :job,
           split_part(value, '|', 1), split_part(value, '|', 2), '{}', :legal, :legal, :legal, 0
    FROM (SELECT DISTINCT value FROM told) AS each, run RETURNING id, addressee || '|' || party AS value
), lines AS (
    INSERT INTO digest_line (outbox, notice, dossier)
    SELECT mails.id, told.notice, told.dossier FROM told JOIN mails USING (value)
)
UPDATE deadline SET noticed_at = :legal FROM come
WHERE deadline.dossier = come.dossier AND deadline.kind = come.kind AND deadline.due_on = come.due_on
"""


def _fill(session: Session, model: StoredLife, count: int) -> None:
    jobs = [job.value for job in Job]
    for faster in _FASTER:
        session.execute(text(faster))
    session.execute(text(_DOSSIERS), {"count": count, "model": model.id})
    session.execute(text(_DEADLINES), {"jobs": jobs, "one_in": _ONE_IN, "recruiters": _RECRUITERS})
    session.execute(text(_INDEX))
    session.commit()
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("ANALYZE"))


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


class Counter:
    """Statements that an engine sent."""

    def __init__(self) -> None:
        self.sent = 0

    def count(self, *_told: Any) -> None:
        """One more."""
        self.sent += 1


def _measured(session: Session, job: Job) -> tuple[float, float, int, int]:
    """Seconds of the sweep and of its floor, in turn on days of their own; statements and notices of a sweep."""
    first = session.scalar(text(_FIRST), {"job": job.value})
    session.commit()
    turns = [_turn(session, job, first + timedelta(days=60 * turn)) for turn in range(_RUNS)]
    ours, floors = (statistics.median(turn[n] for turn in turns) for n in (0, 1))
    return ours, floors, *turns[-1][2:]


def _turn(session: Session, job: Job, legal: datetime) -> tuple[float, float, int, int]:
    counter, made = Counter(), list[due.Noticed]()
    event.listen(session.get_bind(), "before_cursor_execute", counter.count)
    ours = _timed(lambda: made.append(due.run(session, job, legal=legal, machine=MACHINE, by="bench")))
    event.remove(session.get_bind(), "before_cursor_execute", counter.count)
    session.execute(text("SET LOCAL statement_timeout = 0"))
    floor = _timed(lambda: _floor(session, {"job": job.value, "legal": legal + timedelta(days=30)}))
    return ours, floor, counter.sent, made[0].notices


def _floor(session: Session, values: dict[str, Any]) -> None:
    session.execute(text(_FLOOR), values)
    session.commit()


def measure() -> list[str]:
    """A line for each job and size."""
    lines = []
    for size in SIZES:
        with servers.private_server("postgresql") as server:
            url = migrated(server.url.replace("postgresql://", "postgresql+psycopg://", 1))
            make_durable(url)
            app = bare_app(Settings(database_url=url, home=Path()))
            with app.app_context():
                session = db.session()
                _fill(session, stored_life(session, "na-2024").to(State.SUBMITTED), size)
                lines += [_line(size, job, *_measured(session, job)) for job in Job]
                lines.append(_idle(session, size))
                db.session.remove()
                db.engine.dispose()
    return lines


def _idle(session: Session, size: int) -> str:
    past = session.scalar(select(DossierRow.touched_at).limit(1))
    session.commit()
    assert past is not None
    spent = statistics.median(_timed(lambda: due.tick(session, legal=past, machine=MACHINE)) for _ in range(9))
    return f"tour d’horloge sans rien à faire, {size} dossiers : {spent * 1e3:.1f} ms"


def _line(size: int, job: Job, ours: float, floor: float, sent: int, notices: int) -> str:
    compared = f"{ours * 1e3:.0f} ms ; une seule requête : {floor * 1e3:.0f} ms"
    told = f"rapport {ours / floor:.2f} (but : {GOAL:g} au plus) ; {sent} requêtes"
    return f"{job} sur {size} dossiers, {notices} échus : {compared} ; {told}"
