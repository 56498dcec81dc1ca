"""The broker: it carries ids, waits for nobody for ever, and takes every trouble of Redis for a lost connection."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from uuid import uuid4

import dramatiq
import pytest
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware import Retries, TimeLimit

from backoffice.services.leases import LONGEST
from tests.servers import Server, private_server
from workers.broker import QUEUES, TIME_LIMIT_MS, make_broker, make_worker


@pytest.fixture
def server() -> Iterator[Server]:
    """A Redis-compatible server of our own, that a test may harm."""
    with private_server("redis") as started:
        yield started


@pytest.fixture(params=["stub", "redis"])
def broker(request: pytest.FixtureRequest) -> Iterator[dramatiq.Broker]:
    """Each kind of broker."""
    made = make_broker(request.getfixturevalue("redis_url") if request.param == "redis" else None)
    yield made
    made.close()


def message(queue: str = "work") -> dramatiq.Message[None]:
    return dramatiq.Message(queue_name=queue, actor_name="deliver", args=(str(uuid4()),), kwargs={}, options={})


def test_the_broker_is_redis_when_there_is_one(redis_url):
    assert isinstance(make_broker(None), StubBroker)
    found = make_broker(redis_url)
    assert isinstance(found, RedisBroker)
    found.client.close()


def test_there_is_one_queue_for_mails_one_for_gathered_mails_and_one_for_the_rest(broker):
    assert QUEUES == ("mail", "work", "digest")
    assert set(QUEUES) <= broker.get_declared_queues()


def test_nothing_is_retried_nor_delayed_by_the_broker(broker):
    assert not any(isinstance(middleware, Retries) for middleware in broker.middleware)


def test_an_attempt_is_cut_before_its_lease_runs_out(broker):
    make_worker(broker)
    (limit,) = [middleware for middleware in broker.middleware if isinstance(middleware, TimeLimit)]
    assert limit.time_limit == TIME_LIMIT_MS < LONGEST.total_seconds() * 1000
    assert isinstance(limit.manager, Thread)
    assert limit.manager.is_alive()


def test_a_worker_takes_one_message_at_a_time(broker):
    worker = make_worker(broker)
    assert worker.queue_prefetch == 1


def test_no_conversation_with_redis_lasts_for_ever(redis_url):
    found = make_broker(redis_url)
    assert isinstance(found, RedisBroker)
    settings = found.client.connection_pool.connection_kwargs
    found.client.close()
    assert settings["socket_timeout"] == 5
    assert settings["socket_connect_timeout"] == 5


def test_redis_away_is_a_lost_connection(server):
    broker = make_broker(server.url)
    broker.enqueue(message())
    server.stop()
    with pytest.raises(ConnectionClosed):
        broker.enqueue(message())


def test_redis_without_memory_is_a_lost_connection_too(server):
    broker = make_broker(server.url)
    broker.enqueue(message())
    client = redis.Redis.from_url(server.url)
    client.config_set("maxmemory", "1")
    with pytest.raises(ConnectionClosed, match="maxmemory"):
        broker.enqueue(message())
    client.config_set("maxmemory", "0")
    client.close()
    broker.enqueue(message())
