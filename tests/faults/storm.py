"""Random faults on an installation at work: each of many kinds, logged from its beginning to its end.

Faults come in gusts, two at a time. After each gust the storm holds its breath until everything that was due at the
end of its last fault is done, and notes how long that took.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from backoffice.services.clocks import machine_now
from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.store.outbox import OutboxRow
from config import faultpoints
from config.faultpoints import InjectedError
from config.settings import Settings
from tests.faults import haste
from tests.faults.installation import Installation, NeverHappenedError
from tests.faults.office import Office
from tests.faults.processes import Running
from tests.faults.proxy import Proxy, proxied
from tests.faults.servers import client, crashed, restarted_empty
from tests.servers import libpq

#: Seconds after the end of a fault within which everything due is done.
SOON = 30.0
_GUST = 8
_STRUCK = ("postgresql", "redis", "smtp", "work0", "work1", "clock", "office")
_RUN = (
    "from tests.faults import haste\nhaste.begin({folder!r}, {name!r})\n"
    "from workers.__main__ import main\nimport sys\nsys.exit(main({arguments!r}))"
)


@dataclass
class Fault:
    """A fault that happened. `pid`: the process it struck; `cuts`: a mail that is leaving meanwhile may leave again."""

    kind: str
    began: float
    ended: float = 0.0
    pid: int = 0
    cuts: bool = False


@dataclass
class Town:
    """The processes of an installation: two workers, two clocks, and the proxies that half of them go through."""

    house: Installation
    postgresql: Proxy
    redis: Proxy
    smtp: Proxy
    works: list[Running] = field(default_factory=list)
    clocks: list[Running] = field(default_factory=list)
    ways: list[Flask] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _asked: SimpleQueue[tuple[Callable[[], None], Future[None]]] = field(default_factory=SimpleQueue)

    @property
    def sink(self) -> Running:
        """The mail server."""
        return next(running for running in self.house.processes.all if running.name == "sink")

    def revive(self) -> None:
        """Start those that died again, as the supervisor does."""
        with self.lock:
            for running in (*self.works, *self.clocks):
                if running.kept and not running.lives:
                    running.start()

    def ask(self, what: Callable[[], None]) -> None:
        """Have the main thread do something: a server ends with the thread that started it."""
        done: Future[None] = Future()
        self._asked.put((what, done))
        done.result(120)

    def attend(self) -> None:
        """Do what was asked of the main thread."""
        while not self._asked.empty():
            what, done = self._asked.get()
            try:
                what()
            except Exception as error:  # told to whoever asked
                done.set_exception(error)
            else:
                done.set_result(None)

    def end(self) -> None:
        """Kill them all, for good."""
        with self.lock:
            for running in (*self.works, *self.clocks):
                running.kept = False
                running.kill()


@contextmanager
def town(house: Installation, *, clocks: int = 2) -> Iterator[Town]:
    """An installation with its processes started; the first of each kind goes through the proxies."""
    assert house.postgres is not None
    assert house.redis is not None
    settings = house.processes.settings
    settings |= {"TEMPS_PARTAGE_LEGAL_SHIFT": "1", faultpoints.LOG: str(house.processes.fault_log)}
    port = int(str(make_url(house.postgres.url).query["port"]))
    mail = int(settings["SMTP_URL"].rpartition(":")[2])
    with (
        proxied("127.0.0.1", port) as postgresql,
        proxied(house.redis.url.removeprefix("unix://"), 0) as redis,
        proxied("127.0.0.1", mail) as smtp,
    ):
        database = make_url(house.database).set(host="127.0.0.1", port=postgresql.port, query={})
        through = {
            "DATABASE_URL": database.render_as_string(hide_password=False),
            "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
            "SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
        }
        made = Town(house, postgresql, redis, smtp)
        made.ways = [house.app, bare_app(Settings(database_url=through["DATABASE_URL"], home=house.folder), "way")]
        direct = {name: settings[name] for name in through}
        for number, way in enumerate((through, direct)):
            settings |= way
            made.works.append(_started(house, f"work{number}", ["work", "--grace", "5"]))
            if number < clocks:
                made.clocks.append(_started(house, f"clock{number}", ["clock", "--period", "1"]))
        try:
            yield made
        finally:
            made.end()
            with made.ways[1].app_context():
                db.engine.dispose()


def _started(house: Installation, name: str, arguments: list[str]) -> Running:
    code = _RUN.format(folder=str(house.folder), name=name, arguments=arguments)
    return house.processes.start(name, code, kept=True)


class Storm:
    """So many faults, drawn by chance. `goes_on`: may the next fault begin?"""

    def __init__(self, place: Town, office: Office, faults: int, seed: int) -> None:
        self.town = place
        self.house = place.house
        self.office = office
        self.random = Random(seed)  # noqa: S311 - chance for tests, not for secrets
        self.target = faults
        self.happened: list[Fault] = []
        self.waits: list[float] = []
        self.late: list[str] = []
        self.goes_on: Callable[[], bool] = lambda: True
        self.watch: Callable[[str], None] = lambda _: None
        self.errors: list[BaseException] = []
        self._locks = {name: threading.Lock() for name in _STRUCK}
        self._waiting = self._drawn()

    @property
    def progress(self) -> float:
        """The part of the faults that happened."""
        return len(self.happened) / self.target

    @property
    def counts(self) -> Counter[str]:
        """How many faults of each kind."""
        return Counter(fault.kind for fault in self.happened)

    def _drawn(self) -> list[str]:
        """The kinds of the faults to come: every kind at least once when there is room, then by their weights."""
        kinds = list(KINDS)
        self.random.shuffle(kinds)
        if self.target < len(kinds):
            return [name for name in kinds if KINDS[name].is_short][: self.target]
        weights = [KINDS[name].weight for name in kinds]
        drawn = kinds + self.random.choices(kinds, weights, k=self.target - len(kinds))
        self.random.shuffle(drawn)
        return drawn

    def rage(self) -> None:
        """Make every fault happen."""
        try:
            while self.progress < 1 and not self.office.errors:
                gust = min(_GUST, self.target - len(self.happened))
                with ThreadPoolExecutor(2) as pool:
                    list(pool.map(lambda _: self._blow(), range(gust)))
                self._calm()
        except BaseException as error:  # told by whoever started the storm
            self.errors.append(error)

    def _blow(self) -> None:
        while not self.goes_on() and not self.office.errors:
            time.sleep(0.1)
        name = self._waiting.pop() if self._waiting else self.random.choice(_SURE)
        kind = KINDS[name]
        where = kind.on if kind.on != "work" else self.random.choice(("work0", "work1"))
        with self._locks[where]:
            fault = Fault(name, time.time(), cuts=kind.cuts)
            if kind.happens(self, fault, where) is not False:
                fault.ended = time.time()
                self.happened.append(fault)

    def _calm(self) -> None:
        began, late = time.monotonic(), list[str]()
        due = self.office.insist(lambda session: set(session.scalars(_due())))
        while due:
            if time.monotonic() - began > SOON and not late:
                late = self.office.insist(_waiting)
                self.late += late
                self.watch("\n".join(late))
            if time.monotonic() - began > 4 * SOON:
                raise NeverHappenedError(f"{len(due)} effects not done {4 * SOON:g} s after the faults: {late}")
            time.sleep(0.2)
            due = self.office.insist(lambda session: set(session.scalars(_open(due))))  # noqa: B023 - called at once
        self.waits.append(time.monotonic() - began)
        acts = len(self.office.accepted)
        self.watch(f"{acts} acts, {len(self.happened)} faults, then {self.waits[-1]:.1f} s to do what was due")

    # what the kinds do

    def running(self, where: str) -> Running:
        """A worker or a clock."""
        if where == "clock":
            return self.random.choice(self.town.clocks)
        return self.town.works[int(where[-1])]

    def struck(self, fault: Fault, where: str) -> Running:
        """A living process, noted as the one that the fault strikes."""
        running = self.running(where)
        while not running.lives:
            time.sleep(0.05)
        fault.pid = running.process.pid
        return running

    def kill(self, fault: Fault, where: str) -> None:
        """As `kill -9`."""
        running = self.struck(fault, where)  # waits for the one who starts it again, and holds nothing meanwhile
        with self.town.lock:
            running.kill()

    def pause(self, fault: Fault, where: str, seconds: float) -> None:
        """As SIGSTOP, then SIGCONT."""
        running = self.struck(fault, where)
        with self.town.lock:
            running.pause()
        time.sleep(seconds)
        with self.town.lock:
            if running.process.pid == fault.pid:
                running.resume()

    def at_point(self, fault: Fault, where: str, point: str, action: str) -> bool:
        """Have a process fail at a place of its code; False when it did not come there in time."""
        running = self.struck(fault, where)
        before = len(self.house.fired)
        self._arm(running, f"{point}={action}:~1")
        for _ in range(60):
            time.sleep(0.1)
            fired = [one for one in self.house.fired[before:] if one["point"] == point]
            if fired:
                break
        self._arm(running, "")
        return bool(fired)

    def _arm(self, running: Running, faults: str) -> None:
        draft = self.house.folder / f"draft-{running.name}"
        draft.write_text(faults)
        draft.rename(self.house.folder / f"arm-{running.name}")

    def some(self, least: float, most: float) -> None:
        """Let some time pass."""
        time.sleep(self.random.uniform(least, most))


def _due() -> Any:
    return select(OutboxRow.id).where(
        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.next_attempt_at <= machine_now()
    )


def _waiting(session: Session) -> list[str]:
    """What waits and why, to be read when it waits for too long."""
    waiting = select(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
    return [
        f"{machine_now():%T} {row.id} {row.name}: {row.attempts} attempts, due {row.next_attempt_at:%T},"
        f" lease {row.lease_until}, hinted {row.hinted_at}, {row.last_error}"
        for row in session.scalars(waiting)
    ]


def _open(rows: set[UUID]) -> Any:
    return select(OutboxRow.id).where(OutboxRow.id.in_(rows), OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))


# The kinds.

Happens = Callable[[Storm, Fault, str], bool | None]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: what it strikes, how often it is drawn, whether it may cut the sending of a mail short."""

    happens: Happens
    on: str
    weight: float = 1.0
    cuts: bool = False
    is_short: bool = True


def _at(point: str, action: str = "kill") -> Happens:
    return lambda storm, fault, where: storm.at_point(fault, where, point, action)


def _paused(seconds: float) -> Happens:
    return lambda storm, fault, where: storm.pause(fault, where, seconds)


def _ordered(least: float = 1, most: float = 4, **orders: Any) -> Happens:
    def happens(storm: Storm, _: Fault, __: str) -> None:
        storm.house.order_sink(**orders)
        storm.some(least, most)
        storm.house.order_sink()

    return happens


def _sink_killed(storm: Storm, _: Fault, __: str) -> None:
    storm.town.sink.kill()
    storm.some(0.5, 3)
    storm.town.sink.start()


def _sink_paused(storm: Storm, _: Fault, __: str) -> None:
    storm.town.sink.pause()
    storm.some(1, 5)
    storm.town.sink.resume()


def _swallowed(name: str) -> Happens:
    def happens(storm: Storm, _: Fault, __: str) -> None:
        proxy: Proxy = getattr(storm.town, name)
        proxy.swallow()
        storm.some(1, 5)
        proxy.heal()

    return happens


def _refused(name: str) -> Happens:
    def happens(storm: Storm, _: Fault, __: str) -> None:
        proxy: Proxy = getattr(storm.town, name)
        proxy.refuses = True
        proxy.reset()
        storm.some(0.5, 3)
        proxy.heal()

    return happens


def _reset(name: str) -> Happens:
    def happens(storm: Storm, _: Fault, __: str) -> None:
        proxy: Proxy = getattr(storm.town, name)
        for _turn in range(storm.random.randint(1, 5)):
            proxy.reset()
            storm.some(0, 0.3)

    return happens


def _act_broken(point: str) -> Happens:
    """As if the pages died at a place of an act: whoever asked gets no answer."""

    def happens(storm: Storm, _: Fault, __: str) -> bool:
        others = storm.office.counts.others
        before = others[InjectedError.__name__]
        armed = {point: faultpoints.Fault(point, "raise")}
        with patch.object(faultpoints, "_armed", armed):
            for _turn in range(60):
                if others[InjectedError.__name__] > before:
                    break
                time.sleep(0.1)
        return others[InjectedError.__name__] > before

    return happens


def _slow(storm: Storm, _: Fault, __: str) -> None:
    storm.town.postgresql.delay = storm.random.uniform(0.01, 0.05)
    storm.some(1, 4)
    storm.town.postgresql.heal()


def _terminated(storm: Storm, _: Fault, __: str) -> None:
    asked = (
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() ORDER BY random() LIMIT %s) AS drawn"
    )
    with psycopg.connect(libpq(make_url(storm.house.database)), autocommit=True) as connection:
        connection.execute(asked, [storm.random.randint(1, 6)])


def _crashed(storm: Storm, _: Fault, __: str) -> None:
    crashed(storm.house, start=False)
    storm.some(0, 2)
    storm.town.ask(lambda: crashed(storm.house))


def _redis_emptied(storm: Storm, _: Fault, __: str) -> None:
    assert storm.house.redis is not None
    storm.house.redis.kill()
    storm.some(0, 2)
    storm.town.ask(lambda: restarted_empty(storm.house))


def _redis_paused(storm: Storm, _: Fault, __: str) -> None:
    assert storm.house.redis is not None
    storm.house.redis.pause()
    storm.some(1, 7)
    storm.house.redis.resume()


def _redis_full(storm: Storm, _: Fault, __: str) -> None:
    with client(storm.house) as redis:
        redis.config_set("maxmemory", "1")
        storm.some(1, 4)
        redis.config_set("maxmemory", "0")


def _redis_read_only(storm: Storm, _: Fault, __: str) -> None:
    with client(storm.house) as redis:
        redis.execute_command("REPLICAOF", "127.0.0.1", "1")
        storm.some(1, 4)
        redis.execute_command("REPLICAOF", "NO", "ONE")


KINDS: dict[str, Kind] = {
    "worker killed": Kind(Storm.kill, "work", 2, cuts=True),
    "worker killed after the claim": Kind(_at("outbox.claimed"), "work"),
    "worker killed before the sending": Kind(_at("outbox.before_send"), "work", cuts=True),
    "worker killed after the sending": Kind(_at("outbox.after_send"), "work", 2, cuts=True),
    "worker killed before the finish": Kind(_at("outbox.before_finish"), "work", cuts=True),
    "worker killed after the finish": Kind(_at("outbox.after_finish"), "work"),
    "worker killed before the ack": Kind(_at("actor.before_ack"), "work"),
    "relay killed once its rows are marked": Kind(_at("relay.marked"), "work"),
    "relay killed in the middle of its hints": Kind(_at("relay.hinted"), "work"),
    "error after the sending": Kind(_at("outbox.after_send", "raise"), "work", cuts=True),
    "worker paused past its lease": Kind(_paused(haste.PAST_THE_LEASE), "work", 1.5, cuts=True, is_short=False),
    "clock killed": Kind(Storm.kill, "clock"),
    "clock killed before a commit": Kind(_at("due.before_commit"), "clock", 0.5, is_short=False),
    "clock killed after a commit": Kind(_at("due.after_commit"), "clock", 0.5, is_short=False),
    "clock paused": Kind(_paused(3.0), "clock", is_short=False),
    "act broken before its commit": Kind(_act_broken("act.before_commit"), "office"),
    "act broken after its commit": Kind(_act_broken("act.after_commit"), "office", 2),
    "PostgreSQL crashed": Kind(_crashed, "postgresql", 2, cuts=True),
    "PostgreSQL connections ended": Kind(_terminated, "postgresql", 2, cuts=True),
    "PostgreSQL connections reset": Kind(_reset("postgresql"), "postgresql", cuts=True),
    "PostgreSQL half-open": Kind(_swallowed("postgresql"), "postgresql", cuts=True, is_short=False),
    "PostgreSQL slow": Kind(_slow, "postgresql", cuts=True, is_short=False),
    "Redis killed, empty again": Kind(_redis_emptied, "redis", 2),
    "Redis paused": Kind(_redis_paused, "redis", is_short=False),
    "Redis full": Kind(_redis_full, "redis", is_short=False),
    "Redis read-only": Kind(_redis_read_only, "redis", is_short=False),
    "Redis half-open": Kind(_swallowed("redis"), "redis", is_short=False),
    "Redis connections reset": Kind(_reset("redis"), "redis"),
    "mail answered 451": Kind(_ordered(answer="451 Plus tard"), "smtp", is_short=False),
    "mail answered 550": Kind(_ordered(0.2, 0.8, answer="550 Non"), "smtp", 0.3),
    "mail server hangs up after the content": Kind(_ordered(0.3, 2, cut=True), "smtp", cuts=True),
    "mail server answers too late": Kind(_ordered(1, 3, seconds=5), "smtp", cuts=True, is_short=False),
    "mail server killed": Kind(_sink_killed, "smtp", cuts=True),
    "mail server paused": Kind(_sink_paused, "smtp", cuts=True, is_short=False),
    "mail server refuses connections": Kind(_refused("smtp"), "smtp", cuts=True),
    "mail server half-open": Kind(_swallowed("smtp"), "smtp", cuts=True, is_short=False),
    "mail connections reset": Kind(_reset("smtp"), "smtp", cuts=True),
}
#: Those that always happen, in the place of those whose point no process came to.
_SURE = (
    *("worker killed", "clock killed", "PostgreSQL crashed", "PostgreSQL connections ended"),
    *("Redis killed, empty again", "mail connections reset"),
)
