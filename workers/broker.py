"""The broker: Redis when there is one, else the embedded one of the process. It only carries ids of outbox rows.

Nothing durable lives in it: retries, delays and due times are in the database, and the relay hints again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware import TimeLimit

from backoffice.services.leases import LONGEST

QUEUES = ("mail", "work", "digest")
#: Milliseconds one attempt may take: less than what makes it hang, so that a slow worker loses neither row nor lease.
TIME_LIMIT_MS = int(LONGEST.total_seconds() * 1000 * 5 / 6)
_THREADS = 4
_HEARTBEAT_MS = 60_000
_MAINTENANCE = 1_000_000
_SOCKET_SECONDS = 5


class PatientRedisBroker(RedisBroker):
    """A Redis broker for which every trouble of Redis is a lost connection, after which its threads try again.

    A timeout or a full memory would otherwise end the conversation for good, or leave a message unacknowledged.
    """

    def _dispatch(self, command: str) -> Callable[..., Any]:
        dispatch: Callable[..., Any] = super()._dispatch(command)  # type: ignore[no-untyped-call]

        def patiently(queue_name: str, *arguments: Any) -> Any:
            try:
                return dispatch(queue_name, *arguments)
            except redis.RedisError as error:
                raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]

        return patiently


def make_broker(redis_url: str | None) -> dramatiq.Broker:
    """The broker of this process, with both queues declared. No retries: they live in the database."""
    middleware: list[dramatiq.Middleware] = [TimeLimit(time_limit=TIME_LIMIT_MS)]
    broker: dramatiq.Broker
    if redis_url is None:
        broker = StubBroker(middleware=middleware)
    else:
        # given as a client: beside a URL the broker would drop the timeouts
        client = redis.Redis.from_url(redis_url, socket_timeout=_SOCKET_SECONDS, socket_connect_timeout=_SOCKET_SECONDS)
        broker = PatientRedisBroker(  # type: ignore[no-untyped-call]
            client=client,
            middleware=middleware,
            heartbeat_timeout=_HEARTBEAT_MS,
            maintenance_chance=_MAINTENANCE,
        )
    for queue in QUEUES:
        broker.declare_queue(queue)
    return broker


def hints_waiting(broker: dramatiq.Broker) -> int:
    """Messages that wait in the broker or are being worked on. Raises ConnectionClosed when Redis is away."""
    if isinstance(broker, RedisBroker):
        return sum(int(broker.do_qsize(queue)) for queue in QUEUES)
    return sum(broker.queues[queue].qsize() for queue in QUEUES)


def make_worker(broker: dramatiq.Broker) -> dramatiq.Worker:
    """The worker of this process, not started. The limit on the time of an attempt begins to watch."""
    worker = dramatiq.Worker(broker, worker_threads=_THREADS)
    # One message at a time for each queue: an undecodable message would strand the rest of its batch.
    worker.queue_prefetch = 1
    broker.emit_after("process_boot")
    return worker
