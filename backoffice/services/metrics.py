"""The figures of the installation for a monitoring system, read from the database at each scrape.

Nothing is counted in a process: several of them serve the pages. No label says anything of anybody.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import metadata

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from backoffice.services import operations
from backoffice.services.effect_words import KINDS
from backoffice.services.operations import Figures
from backoffice.store import operations as store
from backoffice.store.operations import RowState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(session: Session, now: datetime) -> bytes:
    """The figures, in the text format of Prometheus. Six statements."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reading([*_families(session, now)]))
    return generate_latest(registry)


class _Reading(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(session: Session, now: datetime) -> Iterator[Metric]:
    yield _build()
    yield from _outbox(operations.figures(session, now), now)
    yield from _clock(store.ticks(session), now)
    yield from _totals(store.totals(session))


def _gauge(name: str, told: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"temps_partage_{name}", told, labels=labels)


def _counter(name: str, told: str, labels: tuple[str, ...] = ()) -> CounterMetricFamily:
    return CounterMetricFamily(f"temps_partage_{name}", told, labels=labels)


def _build() -> Metric:
    found = _gauge("build_info", "The release that answers; always 1.", ("version", "python"))
    found.add_metric([metadata.version("temps-partage"), platform.python_version()], 1)
    return found


def _outbox(figures: Figures, now: datetime) -> Iterator[Metric]:
    kinds = sorted({*KINDS, *figures.kinds})  # those without a row too: an alert never looks at nothing
    rows = _gauge("outbox_rows", "Effects that are not done, by kind and state.", ("kind", "state"))
    done = _gauge("outbox_done_last_day", "Effects done in the last 24 hours, by kind.", ("kind",))
    attempts = _gauge("outbox_attempts", "Attempts taken by the effects that are not done, by kind.", ("kind",))
    for kind in kinds:
        for state in RowState:
            if state is not RowState.DONE:
                rows.add_metric([kind, state.value], figures.number(state, kind))
        done.add_metric([kind], figures.number(RowState.DONE, kind))
        attempts.add_metric([kind], figures.attempts(kind))
    yield from (rows, done, attempts)
    oldest = _gauge("outbox_oldest_due_seconds", "For how long the oldest due effect has waited; 0 when none waits.")
    oldest.add_metric([], (now - figures.due_since).total_seconds() if figures.due_since else 0)
    yield oldest
    for state, name in ((RowState.DEAD, "outbox_dead"), (RowState.DOUBTFUL, "outbox_doubtful")):
        total = _gauge(name, f"Effects that are {state.value}, of every kind.")
        total.add_metric([], figures.number(state))
        yield total


def _clock(ticks: list[store.Tick], now: datetime) -> Iterator[Metric]:
    taken = _gauge("clock_last_tick_age_seconds", "Since when no clock has begun a turn, by job.", ("job",))
    done = _gauge("clock_last_done_age_seconds", "Since when no clock has finished a turn, by job.", ("job",))
    for tick in ticks:
        taken.add_metric([tick.job], _away(tick.taken_at, now))
        if tick.done_at is not None:
            done.add_metric([tick.job], _away(tick.done_at, now))
    yield from (taken, done)


def _away(at: datetime, now: datetime) -> float:
    """Seconds between a turn and now. One dated ahead, by a clock moved back since, is as good as that late."""
    return abs((now - at).total_seconds())


def _totals(totals: store.Totals) -> Iterator[Metric]:
    notices = _counter("job_notices", "Deadlines noticed, by job.", ("job",))
    for job, number in sorted(totals.notices.items()):
        notices.add_metric([job], number)
    mails = _counter("mails", "Mails that left, or were kept without being sent (dry).", ("outcome",))
    mails.add_metric(["sent"], totals.sent)
    mails.add_metric(["dry"], totals.dry)
    bounces = _counter("mail_bounces", "Addresses that did not take a mail, for good or for now.", ("permanent",))
    for permanent in (True, False):
        bounces.add_metric([str(permanent).lower()], totals.bounces.get(permanent, 0))
    dossiers = _gauge("dossiers", "Dossiers, by call and state.", ("call", "state"))
    for (call, state), number in sorted(totals.dossiers.items()):
        dossiers.add_metric([call, state], number)
    yield from (notices, mails, bounces, dossiers)
