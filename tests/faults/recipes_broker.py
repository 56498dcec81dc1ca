"""Redis away, frozen, full, read-only, feeding rubbish: the pages do not notice, the effects are late, that is all."""

from __future__ import annotations

import time
from uuid import uuid4

from backoffice.services.clocks import machine_now
from tests.faults.installation import Installation
from tests.faults.invariants import examined
from tests.faults.load import Load
from tests.faults.servers import client, restarted, restarted_empty


def _afterwards(house: Installation, load: Load, healed: float) -> None:
    """No error for anybody, everything sent at the latest thirty seconds after the end of the fault."""
    house.drain(30)
    late = time.monotonic() - healed
    outcome = examined(house, doubles=0)
    assert load.statuses.keys() == {303}, load.statuses
    assert load.slowest < 10
    house.note(f"{outcome.acts} acts, no 5xx, slowest answer {load.slowest:.1f} s, drained {late:.1f} s after")


def test_r11_redis_down_for_a_minute_under_load_gives_no_5xx_and_late_effects_only(house: Installation):
    house.prepare(6)
    for _ in range(2):
        house.processes.work(kept=True)
    seconds = 60 if house.first_seed else 8
    with Load(house, pause=0.3 if house.first_seed else 0.1).running() as load:
        house.until(lambda: len(house.accepted) >= 5, "the office is at work")
        assert house.redis is not None
        house.redis.kill()
        before = len(house.accepted)
        time.sleep(seconds)
        during = len(house.accepted) - before
        restarted(house)
        healed = time.monotonic()
    house.note(f"{during} acts in {seconds} s without Redis")
    assert during > seconds
    _afterwards(house, load, healed)


def test_r11b_redis_that_never_comes_back_makes_effects_late_only_and_each_is_done_once(house: Installation):
    house.prepare(6)
    works = [house.processes.work() for _ in range(2)]
    with Load(house, pause=0.1).running() as load:
        house.until(lambda: len(house.accepted) >= 5, "the office is at work")
        assert house.redis is not None
        house.redis.kill()
        gone, before = machine_now(), len(house.accepted)
        time.sleep(20 if house.first_seed else 8)
        during = len(house.accepted) - before
    assert during > 0
    _afterwards(house, load, time.monotonic())
    rows = house.rows(cancelled_at=None)
    since = [row for row in rows if row.created_at > gone]
    late = max((row.done_at - row.created_at).total_seconds() for row in since if row.done_at)
    house.note(f"{len(since)} effects since Redis went, the latest done {late:.1f} s after its act")
    assert len(house.mails()) == len(rows)
    assert late < 15
    for one in works:
        house.stops(one)


def test_r11c_asked_to_stop_without_redis_the_worker_finishes_what_it_began_and_leaves_the_rest(house: Installation):
    assert house.redis is not None
    house.redis.kill()
    house.prepare(4)
    for number in range(8):
        house.ask(number)
    works = house.processes.work("outbox.after_send=sleep:*:1")
    house.until_fired(1 + house.random.randint(0, 3))
    house.stops(works)
    assert [row for row in house.rows() if row.lease is not None] == []
    assert house.waiting() > 0
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).mails == 8


def test_r12b_redis_killed_and_restarted_empty_ten_times_under_load_loses_nothing(house: Installation):
    house.prepare(6)
    house.processes.work(kept=True)
    with Load(house, pause=0.1).running() as load:
        for _ in range(10):
            time.sleep(house.random.uniform(0.1, 0.8))
            restarted_empty(house, house.random.uniform(0, 0.5))
        healed = time.monotonic()
    _afterwards(house, load, healed)


def test_r13_redis_frozen_for_25_seconds_the_consumers_go_on_afterwards(house: Installation):
    house.prepare(6)
    house.processes.work(kept=True)
    with Load(house, pause=0.2).running() as load:
        house.until(lambda: len(house.accepted) >= 5, "the office is at work")
        assert house.redis is not None
        house.redis.pause()
        time.sleep(25 if house.first_seed else 8)
        house.redis.resume()
        healed = time.monotonic()
    _afterwards(house, load, healed)


def test_r14_redis_full_then_read_only_makes_effects_late_only(house: Installation):
    house.prepare(6)
    house.processes.work(kept=True)
    with client(house) as redis, Load(house, pause=0.1).running() as load:
        redis.config_set("maxmemory", "1")
        time.sleep(house.random.uniform(2, 4))
        redis.config_set("maxmemory", "0")
        redis.execute_command("REPLICAOF", "127.0.0.1", "1")
        time.sleep(house.random.uniform(2, 4))
        redis.execute_command("REPLICAOF", "NO", "ONE")
        healed = time.monotonic()
    _afterwards(house, load, healed)


def test_r28_messages_that_nobody_can_read_do_not_hold_back_their_neighbours(house: Installation):
    house.prepare(3)
    with client(house) as redis:
        for content in (b"\xff\x00 no message", b"{}", b'{"queue_name": "mail"}'):
            name = str(uuid4())
            redis.hset("dramatiq:mail.msgs", name, content)
            redis.rpush("dramatiq:mail", name)
        redis.rpush("dramatiq:mail", "a message that is not there")
        for number in range(6):
            house.ask(number)
        house.processes.work(lease=4, kept=True)
        took = house.drain(40)
    house.note(f"neighbours sent in {took:.1f} s")
    assert examined(house, doubles=0).mails == 6
