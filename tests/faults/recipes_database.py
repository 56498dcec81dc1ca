"""PostgreSQL crashed, cut off, locked: an act is whole or nothing, and what was acknowledged is kept."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import DBAPIError

from backoffice.store.base import db
from tests.faults.browser import Browser, signed_in
from tests.faults.installation import Installation
from tests.faults.invariants import examined
from tests.faults.load import Load
from tests.faults.proxy import proxied
from tests.faults.servers import crashed, restarted_empty
from tests.servers import libpq


def _recovered(house: Installation, load: Load, healed: float) -> None:
    house.drain(30)
    outcome = examined(house)
    assert load.statuses.keys() <= {303, 503}, load.statuses
    assert load.slowest < 10
    house.note(f"{outcome.acts} acts, {load.statuses[503]} times 503, {outcome.doubles} doubles explained")
    house.note(f"drained {time.monotonic() - healed:.1f} s after")


def test_r15_postgresql_crashed_again_and_again_under_load_keeps_all_that_was_acknowledged(house: Installation):
    house.prepare(6)
    house.processes.work(lease=4, kept=True)
    with Load(house, pause=0.15).running() as load:
        for _ in range(20 if house.first_seed else 4):
            time.sleep(house.random.uniform(0.1, 1.5))
            crashed(house)
        healed = time.monotonic()
    _recovered(house, load, healed)


def test_r36_postgresql_and_redis_restarted_during_the_recovery_of_a_killed_worker_lose_nothing(house: Installation):
    house.prepare(3)
    for number in range(6):
        house.ask(number)
    house.processes.work("outbox.claimed=kill:~2", lease=4)
    house.until_fired()
    house.processes.work(lease=4, kept=True)
    time.sleep(house.random.uniform(0.5, 2.5))
    crashed(house)
    restarted_empty(house)
    time.sleep(house.random.uniform(0, 1))
    crashed(house)
    house.drain(40)
    assert examined(house).mails == 6


def test_r16_the_connection_cut_at_each_statement_of_an_act_leaves_all_or_nothing(house: Installation):
    house.prepare(1)
    cuts, done = 0, False
    while not done:
        before = house.snapshot()
        with house.app.app_context():
            engine = db.engine
        cutter = _Cutter(house.database, cuts)
        event.listen(engine, "before_cursor_execute", cutter)
        try:
            house.ask()
            done = not cutter.has_cut
        except DBAPIError:
            assert house.snapshot() == before, f"half an act after {cuts} statements"
        finally:
            event.remove(engine, "before_cursor_execute", cutter)
        cuts += 1
    house.note(f"cut at each of {cuts - 1} statements")
    assert cuts > 8
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).mails == len(house.accepted)


class _Cutter:
    """Has the server end the connection before the nth statement."""

    def __init__(self, url: str, nth: int) -> None:
        self.url, self.left, self.has_cut = url, nth, False

    def __call__(self, connection: Any, _cursor: Any, _statement: str, *_: Any) -> None:
        if self.left == 0:
            self.has_cut = True
            pid = connection.connection.dbapi_connection.info.backend_pid
            with psycopg.connect(libpq(make_url(self.url)), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        self.left -= 1


def test_r18_forty_slow_requests_on_a_pool_of_eight_wait_or_get_a_503_that_says_when_to_retry(house: Installation):
    house.prepare(40)
    browser = signed_in(house, "act.locked=sleep:*:2", workers=1, threads=40)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda number: Browser.twin(browser).exchange_of(number), range(40)))
    counts = {status: sum(1 for s, _ in answers if s == status) for status in {s for s, _ in answers}}
    house.note(f"answers {counts}")
    assert set(counts) == {303, 503}
    assert all(headers.get("Retry-After") for status, headers in answers if status == 503)
    assert browser.get("/dossiers") == 200
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).acts == counts[303]
    assert _idle_in_transaction(house) == 0


def _idle_in_transaction(house: Installation) -> int:
    wanted = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state LIKE 'idle in transaction%' AND xact_start < now() - interval '1 second'"
    )
    return int(house.scalar(wanted))


def test_r33_a_row_locked_by_somebody_who_left_gives_a_503_in_time_and_no_leak(house: Installation):
    house.prepare(2)
    browser = signed_in(house)
    with psycopg.connect(libpq(make_url(house.database))) as holder:
        holder.execute("SELECT 1 FROM dossier WHERE id = %s FOR UPDATE", [house.dossiers[0].id])
        began = time.monotonic()
        key = browser.new_key()
        assert browser.send(0, key) == 503
        took = time.monotonic() - began
        assert browser.send(1) == 303
        holder.rollback()
    assert browser.send(0, key) == 303
    house.note(f"503 after {took:.1f} s")
    assert 4 < took < 10
    with house.session() as session:
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).acts == 2
    assert _idle_in_transaction(house) == 0


def test_r15b_an_act_during_a_crash_raises_and_is_whole_or_nothing(house: Installation):
    house.prepare(1)
    before = house.snapshot()
    crashed(house, start=False)
    with pytest.raises(DBAPIError):
        house.ask()
    crashed(house)
    assert house.snapshot() == before
    house.ask()
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).acts == 1


def test_r17d_a_database_that_refuses_or_keeps_silent_when_called_gives_a_503_in_time(house: Installation):
    house.prepare(1)
    assert house.postgres is not None
    url = make_url(house.database)
    with proxied("127.0.0.1", int(str(url.query["port"]))) as proxy:
        there = url.set(host="127.0.0.1", port=proxy.port, query={})
        house.processes.settings["DATABASE_URL"] = there.render_as_string(hide_password=False)
        browser = signed_in(house)
        key = browser.new_key()
        proxy.refuses = True
        proxy.reset()
        assert browser.send(0, key) == 503
        proxy.refuses = False
        assert browser.send(0, key) == 303
        proxy.reset()
        proxy.swallow()
        began = time.monotonic()
        assert browser.send(0) == 503
        house.note(f"503 after {time.monotonic() - began:.1f} s of silence")
        proxy.heal()
        browser.insist(0)
        assert browser.broken == 0
    house.processes.settings["DATABASE_URL"] = house.database
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).acts == 2
